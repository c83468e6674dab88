// The matrices: where they stand, how they are drawn, and what the pointer finds in them.

import { clampIndex } from "../shared/arrays.js";
import { clipped, cssColour, hatch, sharpContext } from "../shared/canvas.js";
import { noteChoice, sendChoice } from "../shared/choices.js";
import { element } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { full } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";
import { cellIn, focusOf, isSquare, sourcesOf } from "./cells.js";
import { placeOf, showDetail } from "./terms.js";

const NARROW = 600;
const FOLDED = 900; // narrower ones stand in two lines: up to the softmax, and from there
const GAP = 24;
const PAIRED = ["q", "k", "v"];
const LOW = 0.52; // height of these, which stand one below the other, beside that of a square
const WIDTHS = { x: 1, q: 0.8, k: 0.8, v: 0.8, heads: 0.8, joined: 1, out: 1 };
const SQUARE = 1.35;
const LABELLED = 8.5; // pixels of a row from which its token stands beside it

function columnsOf(view) {
  const columns = [];
  for (const name of view.names) {
    if (name === "k" || name === "v") columns.at(-1).push(name);
    else columns.push([name]);
  }
  return columns;
}

export function build(view) {
  const names = view.names.join();
  if (view.flow.dataset.names !== names) {
    view.flow.dataset.names = names;
    const columns = columnsOf(view).map((stages) => {
      const column = element("div", "", stages.length > 1 ? "column trio" : "column");
      column.append(...stages.map((name) => figureOf(view, name)));
      return column;
    });
    const fold = columns.findIndex((column) => column.firstChild.dataset.stage === "pattern");
    view.flow.replaceChildren(lineOf(columns.slice(0, fold)), lineOf(columns.slice(fold)));
  }
  for (const stage of Object.values(view.stages)) {
    const figure = view.figures[stage.name];
    figure.querySelector("b").textContent = stage.symbol;
    figure.querySelector("span").textContent = stage.title;
    figure.querySelector(".shape").textContent = [`${stage.rows} × ${stage.columns}`, stage.note].filter(Boolean).join(", ");
  }
}

function lineOf(columns) {
  const line = element("div", "", "line");
  line.append(...columns);
  return line;
}

function figureOf(view, name) {
  const [figure, caption, canvas] = ["figure", "figcaption", "canvas"].map((tag) => element(tag));
  figure.dataset.stage = name;
  caption.append(element("b"), element("span"));
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "keys");
  canvas.onpointermove = (event) => hover(view, name, event);
  canvas.onpointerleave = () => (view.tip.hidden = true);
  canvas.onclick = (event) => click(view, name, event);
  onArrows(canvas, (...step) => move(view, name, step));
  figure.append(caption, canvas, element("div", "", "shape"));
  view.figures[name] = figure;
  return figure;
}

export function layOut(view) {
  const width = view.root.clientWidth;
  const narrow = width < NARROW;
  const folded = !narrow && width < FOLDED;
  view.root.classList.toggle("narrow", narrow);
  view.root.classList.toggle("folded", folded);
  view.ink = cssColour(view.root, "--st-text-color") || "#222";
  const stages = columnsOf(view);
  const line = folded ? stages.slice(0, stages.findIndex(([name]) => name === "pattern")) : stages;
  const columns = line.map(([name]) => WIDTHS[name] ?? SQUARE);
  const units = columns.reduce((a, b) => a + b, 0);
  view.labels = 74;
  const unit = (width - view.labels - GAP * (columns.length - 1)) / units;
  const side = Math.min(220, narrow ? width : SQUARE * unit);
  const row = (narrow ? LOW * side : side) / view.count;
  view.labels = row < LABELLED ? 0 : view.labels;
  for (const name of view.names) {
    const left = name === "x" ? view.labels : 0;
    const [across, down] = (narrow ? onPhone : beside)(name, { width: width - left - 2, side, unit });
    view.stages[name].place = { left, width: across, height: down };
  }
  paint(view);
  performance.mark("dlviz:stages", { detail: view.count });
}

// Width and height of a matrix: side by side, where all but Q, K and V are of one height.
function beside(name, { side, unit }) {
  return [(WIDTHS[name] ?? SQUARE) * unit, PAIRED.includes(name) ? LOW * side : side];
}

// One below the other, but for Q, K and V, which stand in a row.
function onPhone(name, { width, side }) {
  if (isSquare(name)) return [side, side];
  return [PAIRED.includes(name) ? (width - 20) / 3 : width, LOW * side];
}

function paint(view) {
  for (const name of view.names) paintMatrix(view, name);
  showDetail(view);
}

function paintMatrix(view, name) {
  const stage = view.stages[name];
  const { left, width, height } = stage.place;
  const figure = view.figures[name];
  figure.classList.toggle("labelled", left > 0);
  figure.style.setProperty("--labels", `${left}px`);
  figure.querySelector("figcaption").style.maxWidth = `${left + width}px`;
  const canvas = figure.querySelector("canvas");
  const context = sharpContext(canvas, left + width, height);
  if (left) labelRows(view, context, left, height / stage.rows);
  context.translate(left, 0);
  context.imageSmoothingEnabled = stage.columns > width || stage.rows > height;
  context.drawImage(stage.base, 0, 0, width, height);
  hatchMasked(view, context, stage);
  context.strokeStyle = "#8886";
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  paintMarks(view, context, stage);
  canvas.setAttribute("aria-label", alternative(view, stage));
}

function labelRows(view, context, left, step) {
  const size = Math.min(12, step - 0.5);
  context.fillStyle = view.ink;
  context.textAlign = "right";
  context.textBaseline = "middle";
  view.message.tokens.forEach((token, at) => {
    context.font = `${at === view.pinned ? "bold " : ""}${size}px sans-serif`;
    context.fillText(clipped(context, token, left - 8), left - 6, (at + 0.5) * step + 0.5);
  });
}

function hatchMasked(view, context, { values, columns, rows, place }) {
  const [across, down] = [place.width / columns, place.height / rows];
  values.forEach((value, at) => {
    if (value === -Infinity) hatch(context, (at % columns) * across, Math.floor(at / columns) * down, across, down, "#8a939e");
  });
}

// The pinned token's row, the chosen cell, and all that it was computed from.
function paintMarks(view, context, stage) {
  const { width, height } = stage.place;
  const [across, down] = [width / stage.columns, height / stage.rows];
  const box = ([top, bottom, left, right]) => context.strokeRect(left * across, top * down, (right - left) * across, (bottom - top) * down);
  if (view.pinned >= 0 && !"kv".includes(stage.name)) {
    context.strokeStyle = "#16181d"; // matrices are light in both themes
    context.lineWidth = 1.5;
    box([view.pinned, view.pinned + 1, 0, stage.columns]);
  }
  if (stage.name === "joined") {
    const { head, headDim } = view.message;
    context.fillStyle = PALETTE.accent;
    context.fillRect(head * headDim * across, height - 3, headDim * across, 3);
  }
  const marks = sourcesOf(view).filter(([name]) => name === stage.name);
  if (stage.name === view.cell[0]) marks.push([stage.name, view.cell[1], view.cell[1] + 1, view.cell[2], view.cell[2] + 1]);
  for (const [, ...edges] of marks) {
    context.strokeStyle = "#ffffffd0";
    context.lineWidth = 4;
    box(edges);
    context.strokeStyle = PALETTE.accent;
    context.lineWidth = 2;
    box(edges);
  }
}

// -> [row, column] of a matrix under the pointer; left of it [row].
function cellUnder(view, name, event) {
  const { place, rows, columns } = view.stages[name];
  const box = event.currentTarget.getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / place.height) * rows);
  const column = Math.floor(((event.clientX - box.left - place.left) / place.width) * columns);
  return column < 0 ? [clampIndex(row, rows)] : [clampIndex(row, rows), clampIndex(column, columns)];
}

function hover(view, name, event) {
  const [row, column] = cellUnder(view, name, event);
  if (column === undefined) return showTip(view, event, `“${view.message.tokens[row]}”`, "click to pin");
  const { values, columns } = view.stages[name];
  return showTip(view, event, placeOf(view, [name, row, column]), full(values[row * columns + column]));
}

function click(view, name, event) {
  const [row, column] = cellUnder(view, name, event);
  if (column !== undefined) {
    choose(view, [name, row, column]);
    return;
  }
  view.pinned = view.pinned === row ? -1 : row;
  paint(view);
  noteChoice(view);
  sendChoice(view, "pin", [view.pinned]);
}

export function choose(view, cell) {
  view.focus = focusOf(view, cell, view.focus);
  view.cell = cell;
  paint(view);
  noteChoice(view);
  sendChoice(view, "cell", [view.names.indexOf(cell[0]), cell[1], cell[2]]);
}

// By an arrow key: to the next cell of the matrix, or first to the one that is looked at in it.
function move(view, name, step) {
  const { rows, columns } = view.stages[name];
  const [, row, column] = view.cell[0] === name ? view.cell : cellIn(view, name);
  const moved = view.cell[0] === name ? [row + step[0], column + step[1]] : [row, column];
  if (moved[0] >= 0 && moved[0] < rows && moved[1] >= 0 && moved[1] < columns) choose(view, [name, ...moved]);
}

function alternative(view, stage) {
  const shape = `${stage.symbol}, ${stage.title}: ${stage.rows} by ${stage.columns}`;
  if (view.cell[0] !== stage.name) return shape;
  return `${shape}; ${placeOf(view, view.cell)}: ${full(stage.values[view.cell[1] * stage.columns + view.cell[2]])}`;
}
