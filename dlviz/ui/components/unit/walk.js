// A convolution's window slides over the maps before it: the arithmetic of each place, made here from what Python has
// sent for one of them. Python hears of the place where it comes to rest, and tells of that one.

import { argmax, clampIndex } from "../shared/arrays.js";
import { setUpBar, startPlaying, stopPlaying } from "../shared/bar.js";
import { tellUnit } from "../shared/hover.js";
import { full, short } from "../shared/numbers.js";
import { spanAround, spanRead } from "../shared/windows.js";
import { chosenPart } from "./parts.js";

const REST = 250; // milliseconds

export function attachWalk(view, show) {
  view.walkTo = (index) => {
    const [rows, cols] = mapShape(view.message);
    const at = clampIndex(index, rows * cols);
    view.part = chosenPart(view); // one map stays in sight on the way
    view.wanted = null;
    view.walked = [Math.floor(at / cols), at % cols];
    view.message = standingAt(view.message, ...view.walked);
    show(view);
    tellUnit(unitOf(view.message));
    if (!view.playing) rest(view);
  };
  const go = (index) => {
    if (view.playing) stopPlaying(view);
    view.walkTo(index);
  };
  setUpBar(view, { step: (by) => go(indexOf(view) + by), jump: go, toggle: () => toggleWalk(view) });
  view.place.remove(); // the heading says it
}

export function walks({ bias }) {
  return bias !== undefined;
}

export function toggleWalk(view) {
  if (!walks(view.message)) return;
  if (view.playing) {
    stopPlaying(view);
    rest(view);
    return;
  }
  clearTimeout(view.resting);
  view.resting = null;
  const atEnd = indexOf(view) === lastOf(view);
  startPlaying(view, (steps) => {
    if (steps) view.walkTo(indexOf(view) + steps);
    if (indexOf(view) === lastOf(view)) toggleWalk(view);
  });
  view.walkTo(atEnd ? 0 : indexOf(view));
}

// Another unit was chosen, or Python has told of the one where the window rests.
export function endWalk(view) {
  if (view.playing) stopPlaying(view);
  clearTimeout(view.resting);
  Object.assign(view, { resting: null, walked: null });
}

export function showBar(view) {
  const bar = view.root.querySelector(".chain ~ .bar");
  bar.hidden = !walks(view.message);
  if (bar.hidden) return;
  const [, , row, col] = view.message.selection;
  view.scrub.max = lastOf(view);
  view.scrub.value = indexOf(view);
  view.scrub.setAttribute("aria-valuetext", `row ${row}, column ${col}`);
}

function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    view.resting = null;
    tellUnit(null);
    const { selection } = view.message;
    view.setStateValue("part", [...selection, view.part]);
    view.send(selection);
  }, REST);
}

function mapShape({ squares, arrays }) {
  return arrays[`square.${squares.length - 1}`].shape;
}

function indexOf({ message }) {
  const [, , row, col] = message.selection;
  return row * mapShape(message)[1] + col;
}

function lastOf({ message }) {
  const [rows, cols] = mapShape(message);
  return rows * cols - 1;
}

function unitOf({ selection: [stage, channel, row, col] }) {
  return { stage, channel, row, col };
}

// The message for another pixel of the same map.
export function standingAt(message, row, col) {
  const { arrays, squares, parts, terms, edited, bias } = message;
  const read = readAt(message, row, col);
  const [stage, channel] = message.selection;
  const last = squares.length - 1;
  const [, cols] = mapShape(message);
  const value = full(arrays[`square.${last}`].values[row * cols + col]);
  const products = read.sums.reduce((sum, part) => sum + part, 0);
  const place = `pixel (${row}, ${col}) of map ${channel}`;
  const result = [edited ? full(products + bias) : value, terms.at(-1)[1]];
  return {
    ...message,
    selection: [stage, channel, row, col],
    place,
    value,
    squares: fieldsAt(squares, arrays, row, col),
    parts: { ...parts, strongest: argmax(read.sums, Math.abs) },
    terms: [[short(products), terms[0][1]], ...terms.slice(1, -1), result],
    sentence: `${place}: ${value}`,
    arrays: {
      ...arrays,
      inputs: { ...arrays.inputs, values: read.inputs },
      sums: { ...arrays.sums, values: read.sums },
      padded: { ...arrays.padded, values: read.padded },
    },
  };
}

// What the window reads there, (channel, row, column), and the sum of each channel's products. The drawing goes in as
// −1 … 1, and padding is 0.
export function readAt({ arrays, squares }, row, col) {
  const last = squares.length - 1;
  const drawn = arrays[`square.${last - 1}`];
  const { values, shape } = arrays.sources ?? { values: drawn.values, shape: [1, ...drawn.shape] };
  const [[height, ...down], [width, ...across]] = squares[last].windows;
  const entry = last === 1 ? (value) => 2 * value - 1 : (value) => value;
  const size = height * width;
  const inputs = new Float32Array(shape[0] * size);
  const padded = new Uint8Array(size);
  const sums = new Float32Array(shape[0]);
  for (let channel = 0; channel < shape[0]; channel++) {
    for (let at = 0; at < size; at++) {
      const y = positionIn(down, row, Math.floor(at / width));
      const x = positionIn(across, col, at % width);
      padded[at] = y < 0 || x < 0 || y >= shape[1] || x >= shape[2];
      if (!padded[at]) inputs[channel * size + at] = entry(values[(channel * shape[1] + y) * shape[2] + x]);
    }
    for (let at = channel * size; at < (channel + 1) * size; at++) sums[channel] += inputs[at] * arrays.weights.values[at];
  }
  return { inputs, padded, sums };
}

function positionIn([stride, padding, dilation], place, tap) {
  return place * stride - padding + dilation * tap;
}

// The squares with what the unit sees of each.
function fieldsAt(squares, arrays, row, col) {
  const found = [...squares];
  let [seen, around] = [[[row, row + 1], [col, col + 1]], [[row, row + 1], [col, col + 1]]];
  for (let at = squares.length - 1; at >= 0; at--) {
    found[at] = { ...squares[at], box: seen.flat(), around: around.flat() };
    if (at === 0) break;
    const { windows } = squares[at];
    const { shape } = arrays[`square.${at - 1}`];
    seen = seen.map((span, axis) => spanRead(windows[axis], span, shape[axis]));
    around = around.map((span, axis) => spanAround(windows[axis], span));
  }
  return found;
}
