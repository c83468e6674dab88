// Reading the curves at a place of their axis, and zooming: by pointer, finger and keys.

import { clampIndex } from "../shared/arrays.js";
import { onKeys } from "../shared/keys.js";
import { panelAt } from "./layout.js";
import { visible } from "./lines.js";
import { paint, paintOver } from "./picture.js";
import { reading } from "./reading.js";

export function listen(view) {
  const { over } = view;
  over.onpointerdown = (event) => press(view, event);
  over.onpointermove = (event) => move(view, event);
  over.onpointerup = (event) => release(view, event);
  over.onpointercancel = () => ((view.drag = null), paintOver(view));
  // A lifted finger leaves too, but what it has read stays until another place is touched.
  over.onpointerleave = (event) => event.pointerType === "mouse" && !view.drag && read(view, null);
  over.ondblclick = () => zoomTo(view, null);
  over.onblur = () => read(view, null);
  listenToKeys(view);
}

function place(view, event) {
  const box = view.over.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function press(view, event) {
  const panel = panelAt(view, ...place(view, event));
  if (event.pointerType === "mouse" && event.button === 0) {
    view.over.setPointerCapture(event.pointerId);
    view.drag = { panel, from: place(view, event)[0], to: place(view, event)[0] };
  }
  move(view, event);
}

function move(view, event) {
  const [x, y] = place(view, event);
  const panel = view.drag?.panel ?? panelAt(view, x, y);
  if (view.drag) view.drag.to = Math.max(panel.box.left, Math.min(panel.box.right, x));
  view.focus = panel.at;
  read(view, within(view, panel.value(x)));
}

function release(view) {
  const drag = view.drag;
  view.drag = null;
  if (!drag || Math.abs(drag.to - drag.from) < 6) return paintOver(view);
  const ends = [drag.panel.value(drag.from), drag.panel.value(drag.to)];
  zoomTo(view, ends.sort((a, b) => a - b));
}

function shownRange(view) {
  return view.zoom ?? [0, view.message.end];
}

function within(view, value) {
  const [low, high] = shownRange(view);
  return Math.max(low, Math.min(high, value));
}

function read(view, at) {
  view.at = at;
  paintOver(view);
}

function listenToKeys(view) {
  const span = () => shownRange(view)[1] - shownRange(view)[0];
  const step = ({ shiftKey }) => (span() / 100) * (shiftKey ? 10 : 1);
  const at = () => view.at ?? newest(view);
  const actions = {
    ArrowLeft: (event) => tell(view, within(view, at() - step(event))),
    ArrowRight: (event) => tell(view, within(view, Math.min(at() + step(event), Math.max(newest(view), at())))),
    Home: () => tell(view, shownRange(view)[0]),
    End: () => tell(view, within(view, newest(view))),
    ArrowUp: () => choose(view, -1),
    ArrowDown: () => choose(view, 1),
    "+": () => zoomTo(view, [at() - span() / 4, at() + span() / 4]),
    "-": () => zoomTo(view, [at() - span(), at() + span()]),
    0: () => zoomTo(view, null),
    l: () => setLog(view),
    Escape: () => read(view, null),
  };
  onKeys(view.over, actions, (event) => !(event.ctrlKey || event.metaKey || event.altKey));
}

function choose(view, step) {
  view.focus = clampIndex(view.focus + step, view.panels.length);
  tell(view, view.at ?? newest(view));
}

function newest(view) {
  return Math.max(0, ...visible(view).map((line) => line.x[line.x.length - 1]));
}

function tell(view, at) {
  read(view, at);
  const { title, groups, marks } = reading(view);
  const said = groups.map(({ name, rows }) => `${name}: ${rows.map(({ text }) => text).join("; ") || "nothing yet"}`);
  view.live.textContent = [title, ...said, ...marks.map(({ text }) => text)].join(". ");
}

export function setLog(view) {
  view.log = !view.log;
  view.root.querySelector("[name=log]").setAttribute("aria-pressed", view.log);
  paint(view);
}

export function zoomTo(view, range) {
  const [low, high] = [0, view.message.end];
  if (range) range = [Math.max(low, range[0]), Math.min(high, range[1])];
  view.zoom = !range || range[1] - range[0] >= high - low || range[1] <= range[0] ? null : range;
  view.root.querySelector("[name=whole]").hidden = !view.zoom;
  paint(view);
}
