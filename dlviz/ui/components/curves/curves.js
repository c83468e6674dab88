// Training curves: panels over one axis. Python sends thinned lines as bytes, anew every second or two while runs go on;
// the learner's choices (hidden runs, logarithmic scale, zoom, where the reading is) stay. Nothing is reported back.

import { mount } from "../shared/mount.js";
import { listen, setLog, zoomTo } from "./gestures.js";
import { showKey, showLegend } from "./legend.js";
import { paint } from "./picture.js";

export default mount({ create, receive, draw: paint });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { base: find(".base"), over: find(".over"), tip: find(".tip"), live: find("[aria-live]") });
  Object.assign(view, { hidden: new Set(), log: false, zoom: null, at: null, focus: 0 });
  find("[name=log]").onclick = () => setLog(view);
  find("[name=whole]").onclick = () => zoomTo(view, null);
  listen(view);
}

function receive(view, message) {
  const { arrays } = message;
  message.lines.forEach((line, at) => {
    line.x = arrays[`${at}.x`].values;
    line.y = arrays[`${at}.y`].values;
    line.low = arrays[`${at}.low`]?.values;
    line.high = arrays[`${at}.high`]?.values;
  });
  view.message = message;
  view.focus = Math.min(view.focus, message.panels.length - 1);
  view.over.setAttribute("aria-label", message.alt);
  view.root.querySelector("[name=log]").hidden = !message.panels.some((panel) => panel.log);
  showLegend(view);
  showKey(view);
}
