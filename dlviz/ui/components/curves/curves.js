// Training curves: panels over one axis. Python sends thinned lines as bytes, anew every second or two while runs go on;
// the learner's choices (hidden runs, logarithmic scale, zoom, where the reading is) stay. Nothing is reported back.

const CURVES = new WeakMap(); // parentElement -> view: every rerun and theme change calls the function below

export default function ({ parentElement, data }) {
  let view = CURVES.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".curves"));
    CURVES.set(parentElement, view);
  }
  receive(view, unpack(data));
  return onResize(view.root, () => paint(view));
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, base: find(".base"), over: find(".over"), tip: find(".tip"), live: find("[aria-live]") };
  Object.assign(view, { hidden: new Set(), log: false, zoom: null, at: null, focus: 0, width: 0 });
  find("[name=log]").onclick = () => setLog(view);
  find("[name=whole]").onclick = () => zoomTo(view, null);
  listen(view);
  return view;
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
  if (view.width) paint(view); // at once: what waits for the next frame would flicker
}

function setLog(view) {
  view.log = !view.log;
  view.root.querySelector("[name=log]").setAttribute("aria-pressed", view.log);
  paint(view);
}

function zoomTo(view, range) {
  const [low, high] = [0, view.message.end];
  if (range) range = [Math.max(low, range[0]), Math.min(high, range[1])];
  view.zoom = !range || range[1] - range[0] >= high - low || range[1] <= range[0] ? null : range;
  view.root.querySelector("[name=whole]").hidden = !view.zoom;
  paint(view);
}

function toggle(view, label) {
  if (!view.hidden.delete(label)) view.hidden.add(label);
  showLegend(view);
  paint(view);
}

function visible(view) {
  return view.message.lines.filter((line) => !view.hidden.has(view.message.runs[line.run].label));
}

function paint(view) {
  const width = view.root.clientWidth;
  if (!width) return;
  view.width = width;
  layOut(view);
  const context = sharpContext(view.base, width, view.height);
  view.panels.forEach((panel) => paintPanel(view, context, panel));
  paintOver(view);
  performance.mark("dlviz:curves", { detail: view.message.step });
}

// What follows the pointer lies on a canvas of its own, so that moving it redraws no curve.
function paintOver(view) {
  const context = sharpContext(view.over, view.width, view.height);
  if (view.drag) paintDrag(view, context);
  if (view.at !== null) paintCrosshair(view, context);
  showTip(view);
}
