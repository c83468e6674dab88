// Which step is shown, and how it changes: play, steps, jumps, keys. Python hears of it when it has come to rest.
// A view has step, count, speed and its message.

import { clampIndex } from "./arrays.js";
import { setUpBar, startPlaying, stopPlaying } from "./bar.js";
import { onKeys } from "./keys.js";

export const REST = 250; // milliseconds

// The bar and the keys of a component that has both. paint(view) shows the step, announce(view) tells of it aloud,
// report(view) is what Python hears of it; `keys` are more of its own.
export function conduct(view, { paint, announce, report = () => view.step, keys = {} }) {
  view.transport = { paint, announce, report };
  const toggle = () => (view.playing ? pause(view) : play(view));
  const [step, jump] = [(by) => stepTo(view, view.step + by), (to) => stepTo(view, to)];
  setUpBar(view, { step, jump, toggle });
  const actions = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => jump(0),
    End: () => jump(view.count - 1),
    " ": toggle,
    ...keys,
  };
  onKeys(view.root, actions, (event) => {
    const inside = event.composedPath()[0];
    // A button's own space, and all keys of the slider and the list, stay theirs.
    return !inside.matches("select, input") && !(event.key === " " && inside.matches("button"));
  });
}

export function stepTo(view, step) {
  if (view.playing) stopPlaying(view);
  moveTo(view, step);
  rest(view);
}

function moveTo(view, step) {
  const next = clampIndex(step, view.count);
  if (next === view.step) return;
  view.movedAt = performance.now();
  view.step = next;
  view.moved = true;
  view.transport.paint(view);
}

function rest(view) {
  const { announce, report } = view.transport;
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    announce(view);
    if (view.step !== view.message.step) view.setStateValue("step", [report(view), Date.now()]);
  }, REST);
}

function play(view) {
  clearTimeout(view.resting);
  if (view.step === view.count - 1) moveTo(view, 0);
  startPlaying(view, (steps) => {
    if (steps) moveTo(view, view.step + steps);
    if (view.step === view.count - 1) pause(view);
  });
}

function pause(view) {
  stopPlaying(view);
  rest(view);
}
