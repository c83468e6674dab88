// Step through a convolution. Python sends the padded picture, the kernel and all results as bytes, once;
// back come `pixel`, the output's [row, column] where the window rests, `channel`, the name of the one that is looked
// at, and `kernel`, the texts of its cells, row by row; each followed by the report's number.

import { largest } from "../shared/arrays.js";
import { setUpBar } from "../shared/bar.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { colourOf } from "../shared/colour.js";
import { button } from "../shared/elements.js";
import { onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { full, short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";
import { caption, layOutPanels, paintPanel } from "./after.js";
import { cellFor, paintCells } from "./grid.js";
import { showKernel } from "./kernel.js";
import { centredOn, lastIndex, matrix, onPicture, placeOf, where } from "./places.js";
import { paint, prepare } from "./scene.js";
import { announce, jump, step, toggle } from "./walk.js";

const NARROW = 500;
const TIGHT = 700; // the sum goes below its products
const TALLEST = 400;
const ENLARGED = 2.5; // times at most, a small result's cells
const TALLEST_NARROW = 300; // both pictures and the buttons on one screen

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { index: -1, revealed: 0, channel: 0, glide: 0, reports: 0 });
  view.canvases = {
    source: find(".source canvas"),
    result: find(".result > canvas"),
    window: find(".window"),
    products: find(".products"),
  };
  Object.assign(view, { sum: find(".sum output"), tip: find(".tip") });
  setUpBar(view, {
    step: (by) => step(view, view.index + by),
    jump: (index) => jump(view, index),
    toggle: () => toggle(view),
  });
  listen(view);
}

function listen(view) {
  const { source, result } = view.canvases;
  onKeys(result, {
    ArrowLeft: () => step(view, view.index - 1),
    ArrowRight: () => step(view, view.index + 1),
    ArrowUp: () => step(view, view.index - view.output.columns),
    ArrowDown: () => step(view, view.index + view.output.columns),
    Home: () => step(view, 0),
    End: () => step(view, lastIndex(view)),
    " ": () => toggle(view),
  });
  result.addEventListener("pointerdown", (event) => press(view, event, view.output, view.resultCell, (row, column) => [row, column]));
  source.addEventListener("pointerdown", (event) => press(view, event, view.source, view.cell, (...place) => centredOn(view, place)));
  view.root.addEventListener("pointermove", (event) => hover(view, event));
  view.root.addEventListener("pointerleave", () => (view.tip.hidden = true));
}

function receive(view, message) {
  view.message = message;
  view.reports = Math.max(view.reports, message.heard); // numbers go on where a former picture's ended
  message.kernel = message.arrays.kernel;
  view.kernelLimit = largest(message.kernel.values);
  view.limit = largest(message.arrays.output.values);
  chooseChannel(view, message.channels.length ? (view.chosen ?? message.channel) : 0);
  stand(view);
  showChannels(view);
  view.canvases.source.setAttribute("aria-label", message.alt.source);
  view.canvases.result.setAttribute("aria-label", message.alt.result);
  view.root.classList.toggle("whole", message.whole);
  view.root.classList.toggle("stale", message.stale);
}

function chooseChannel(view, channel) {
  view.channel = channel;
  view.source = matrix(view, "padded");
  view.output = matrix(view, "output");
}

// Where the learner stood, if it is still there; before they have moved where Python says, the result complete.
function stand(view) {
  const [row, column] = view.message.selected;
  const done = view.revealed > (view.last ?? -1);
  const linked = row * view.output.columns + column;
  const same = view.columns === view.output.columns && view.last === lastIndex(view);
  if (!view.moved || !same) view.index = linked;
  view.columns = view.output.columns;
  view.last = lastIndex(view);
  view.revealed = done ? view.last + 1 : Math.max(view.index + 1, Math.min(view.revealed, view.last + 1));
  view.sent = view.message.selected;
}

function draw(view) {
  const width = view.root.clientWidth;
  view.narrow = width < NARROW;
  view.font = cssColour(view.root, "--st-font") || "sans-serif";
  view.root.classList.toggle("narrow", view.narrow);
  view.root.classList.toggle("tight", width < TIGHT);
  const half = view.narrow ? width : (width - 60) / 2;
  view.cell = cellFor(view.source.rows, view.source.columns, half - 2, view.narrow ? TALLEST_NARROW : TALLEST);
  view.resultCell = resultCell(view, half - 2);
  view.tapCell = tapCell(view, width);
  view.root.style.setProperty("--cell", `${view.tapCell}px`);
  showKernel(view);
  captions(view);
  prepare(view);
  layOutPanels(view, width);
  for (const panel of view.panels) paintPanel(view, panel, ...placeOf(view));
  paint(view);
  centreOnPicture(view);
}

// As large as the picture's, so that the two lie pixel by pixel side by side; larger if the result is much smaller.
function resultCell({ source, output, cell }, width) {
  const fitting = cellFor(output.rows, output.columns, width, source.rows * cell);
  return fitting < 1.4 * cell ? cell : Math.min(fitting, ENLARGED * cell);
}

// The arrow and the result stand at the middle of the picture's height.
function centreOnPicture({ root, canvases, narrow }) {
  const sign = root.querySelector(".flow .sign");
  const height = canvases.source.offsetHeight;
  const below = (size) => (narrow ? 0 : `${Math.max(0, height - size) / 2}px`);
  canvases.result.style.marginTop = below(canvases.result.offsetHeight);
  sign.style.marginTop = below(sign.offsetHeight);
}

function tapCell(view, width) {
  const [rows, columns] = view.message.kernel.shape;
  const room = view.narrow ? (width - 70) / Math.min(3, 1 + 6 / columns) : (width - (width < TIGHT ? 110 : 350)) / 3;
  return Math.floor(Math.max(20, Math.min(46, room / columns, 230 / rows)));
}

function captions(view) {
  const { root, message, output } = view;
  const [rows, columns] = message.kernel.shape;
  caption(root.querySelector(".source"), message.title, sizeOf(view));
  caption(root.querySelector(".kernel"), message.kernel_title, `${rows}×${columns}`);
  const channel = message.channels.length ? `${message.channels[view.channel]}, ` : "";
  caption(root.querySelector(".result"), "Result", `${channel}${output.rows}×${output.columns}`);
  caption(root.querySelector(".arithmetic .step"), "Window", `${channel}${rows}×${columns}`);
  caption(root.querySelector(".products").parentElement, "Products", "");
  root.querySelector(".source .note").textContent = message.note;
  const [low, high] = root.querySelectorAll(".scale span");
  low.textContent = short(-view.limit);
  high.textContent = short(view.limit);
  root.querySelector(".size").textContent = message.size;
  const [length, thickness] = [101, 8];
  const bar = Float32Array.from({ length: length * thickness }, (_, i) => (i % length) / 50 - 1);
  const context = sharpContext(root.querySelector(".scale canvas"), length, thickness);
  const pixelOf = (value) => colourOf(value, "diverging", 1);
  paintCells(context, { values: bar, rows: thickness, columns: length, cell: 1, pixelOf });
}

function sizeOf({ source, message: { padding } }) {
  const padded = `${source.rows}×${source.columns}`;
  return padding ? `${source.rows - 2 * padding}×${source.columns - 2 * padding}, padded ${padded}` : padded;
}

function showChannels(view) {
  const box = view.root.querySelector(".channels");
  box.replaceChildren(
    ...view.message.channels.map((name, channel) => {
      const made = button(name, () => {
        view.chosen = channel;
        chooseChannel(view, channel);
        showChannels(view);
        draw(view);
        announce(view);
        view.setStateValue("channel", [name, ++view.reports]);
      });
      made.setAttribute("aria-pressed", String(channel === view.channel));
      return made;
    }),
  );
}

function cellAt(event, grid, cell, canvas) {
  const box = canvas.getBoundingClientRect();
  const [row, column] = [Math.floor((event.clientY - box.top) / cell), Math.floor((event.clientX - box.left) / cell)];
  return row >= 0 && row < grid.rows && column >= 0 && column < grid.columns ? [row, column] : null;
}

function press(view, event, grid, cell, outputPlace) {
  const place = cellAt(event, grid, cell, event.currentTarget);
  if (!place || view.message.whole) return;
  const [row, column] = outputPlace(...place);
  step(view, row * view.output.columns + column);
}

function hover(view, event) {
  const shown = [
    { ...view.source, cell: view.cell, canvas: view.canvases.source },
    { ...view.output, cell: view.resultCell, canvas: view.canvases.result },
    ...(view.panels ?? []),
  ].find(({ canvas }) => event.composedPath().includes(canvas));
  const place = shown && cellAt(event, shown, shown.cell, shown.canvas);
  view.tip.hidden = !place;
  if (!place) return;
  const [row, column] = place;
  const value = shown.values[row * shown.columns + column];
  const text = shown.canvas === view.canvases.source ? onPicture(view, row, column) : where(row, column);
  showTip(view, event, view.message.whole ? short(value) : full(value), text);
}
