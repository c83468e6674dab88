// Where the window is, and how it moves: play, steps, jumps. Python hears of it when it has come to rest.

import { clampIndex } from "../shared/arrays.js";
import { startPlaying, stopPlaying } from "../shared/bar.js";
import { full } from "../shared/numbers.js";
import { lastIndex, placeOf } from "./places.js";
import { paint } from "./scene.js";

const REST = 250; // milliseconds

// Stand on an output pixel; what was computed before stays computed.
function moveTo(view, index, revealed = Math.max(view.revealed, index + 1)) {
  view.index = clampIndex(index, lastIndex(view) + 1);
  view.revealed = Math.max(view.index + 1, Math.min(lastIndex(view) + 1, revealed));
  view.glide = 0;
  view.moved = true;
  paint(view);
  if (!view.playing) rest(view);
}

function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    announce(view);
    const place = placeOf(view);
    if (String(place) === String(view.sent)) return;
    view.sent = place;
    view.setStateValue("pixel", [...place, ++view.reports]);
  }, REST);
}

export function toggle(view) {
  if (view.playing) pause(view);
  else play(view);
}

function play(view) {
  clearTimeout(view.resting);
  startPlaying(view, (steps) => advance(view, steps));
  if (view.revealed > lastIndex(view)) moveTo(view, 0, 1); // a finished result is made anew, and stays to be seen, pale
}

function pause(view) {
  stopPlaying(view);
  view.glide = 0;
  paint(view);
  rest(view);
}

function advance(view, steps) {
  if (steps) {
    view.index = clampIndex(view.index + steps, lastIndex(view) + 1);
    view.revealed = Math.max(view.revealed, view.index + 1);
  }
  view.glide = glide(view);
  paint(view);
  if (view.index === lastIndex(view)) pause(view);
}

// Played slowly, the window glides over to its next place in the last third of a step.
function glide(view) {
  const calm = view.speed > 4 || matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm || placeOf(view)[1] === view.output.columns - 1) return 0;
  const share = Math.max(0, (view.owed - 0.65) / 0.35);
  return share * share * (3 - 2 * share);
}

export function step(view, index) {
  if (view.playing) pause(view);
  if (index >= 0 && index <= lastIndex(view)) moveTo(view, index);
}

// To a place, as far as which the result is made; what lay behind it is not there yet.
export function jump(view, index) {
  if (view.playing) pause(view);
  moveTo(view, index, index + 1);
}

export function announce(view) {
  const [row, column] = placeOf(view);
  const total = full(view.output.values[view.index]);
  const count = view.message.kernel.values.length;
  view.root.querySelector("#state").textContent =
    `Output row ${row}, column ${column}: the sum of ${count === 1 ? "one product" : `${count} products`} is ${total}.`;
}
