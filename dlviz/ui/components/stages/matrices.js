// The matrices: where they stand, how they are drawn, and what the pointer finds in them.

import { clampIndex } from "../shared/arrays.js";
import { clipped, cssColour, hatch, sharpContext } from "../shared/canvas.js";
import { noteChoice, sendChoice } from "../shared/choices.js";
import { element } from "../shared/elements.js";
import { HOVERED, tellToken } from "../shared/hover.js";
import { onArrows } from "../shared/keys.js";
import { full } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";
import { quoted } from "../shared/words.js";
import { cellIn, focusOf, isSquare, sourcesOf } from "./cells.js";
import { placeOf, showDetail } from "./terms.js";
import { paintWires } from "./wires.js";

const NARROW = 600;
const FOLDED = 900; // narrower ones stand in two lines: up to the softmax, and from there
const GAP = 22;
const PAIRED = ["q", "k", "v"];
const LOW = 0.42; // height of these, which stand one below the other, beside that of a square
const WIDTHS = { x: 0.85, q: 0.7, k: 0.7, v: 0.7, heads: 0.65, joined: 0.8, out: 0.8, added: 0.8 };
const SQUARE = 1.35;
const LABELLED = 8; // pixels of a row from which every token stands beside it; else those that are looked at
const NAMES = 74; // pixels for the tokens' names at the left

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
  canvas.onpointerleave = () => {
    view.tip.hidden = true;
    tellToken(-1);
  };
  canvas.onclick = (event) => click(view, name, event);
  onArrows(canvas, (...step) => move(view, name, step));
  figure.append(caption, canvas, element("div", "", "shape"));
  view.figures[name] = figure;
  return figure;
}

export function layOut(view) {
  const width = view.root.clientWidth;
  view.narrow = width < NARROW;
  view.folded = !view.narrow && width < FOLDED;
  view.root.classList.toggle("narrow", view.narrow);
  view.root.classList.toggle("folded", view.folded);
  view.ink = cssColour(view.root, "--st-text-color") || "#222";
  const stages = columnsOf(view);
  const line = view.folded ? stages.slice(0, stages.findIndex(([name]) => name === "pattern")) : stages;
  const columns = line.map(([name]) => WIDTHS[name] ?? SQUARE);
  const units = columns.reduce((a, b) => a + b, 0);
  const unit = (width - NAMES - GAP * (columns.length - 1)) / units;
  const side = Math.min(220, view.narrow ? width - NAMES : SQUARE * unit);
  view.top = topOf(view);
  for (const name of view.names) {
    const left = isNamed(view, name) ? NAMES : 0;
    const [across, down] = (view.narrow ? onPhone : beside)(name, { width: width - left - 2, side, unit });
    // Their rows are at one height, except those of Q, K and V.
    const top = isSquare(name) || !(view.narrow || PAIRED.includes(name)) ? view.top : 0;
    view.stages[name].place = { left, top, width: across, height: down };
  }
  paint(view);
  performance.mark("dlviz:stages", { detail: view.count });
}

// Tokens stand at the left of X and, where the matrices do not stand in one line, of the others that begin one.
function isNamed(view, name) {
  return name === "x" || (view.narrow && isSquare(name)) || (view.folded && name === "pattern");
}

// Room for the names over the columns, which are written upwards.
function topOf(view) {
  const context = view.wires.getContext("2d");
  context.font = "11px sans-serif";
  return Math.min(56, 8 + Math.max(...view.message.tokens.map((token) => context.measureText(token).width)));
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

export function paint(view) {
  for (const name of view.names) paintMatrix(view, name);
  paintWires(view);
  showDetail(view);
}

function paintMatrix(view, name) {
  const stage = view.stages[name];
  const { left, top, width, height } = stage.place;
  const figure = view.figures[name];
  figure.classList.toggle("labelled", left > 0);
  figure.style.setProperty("--labels", `${left}px`);
  figure.querySelector("figcaption").style.maxWidth = `${left + width}px`;
  const canvas = figure.querySelector("canvas");
  const context = sharpContext(canvas, left + width, top + height);
  if (left) nameRows(view, context, stage);
  if (isSquare(name)) nameColumns(view, context, stage);
  context.translate(left, top);
  context.imageSmoothingEnabled = stage.columns > width || stage.rows > height;
  context.drawImage(stage.base, 0, 0, width, height);
  hatchMasked(view, context, stage);
  context.strokeStyle = "#8886";
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  paintMarks(view, context, stage);
  canvas.setAttribute("aria-label", alternative(view, stage));
}

function nameRows(view, context, { place: { left, top, height } }) {
  const step = height / view.count;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const at of namedTokens(view, step, view.focus.query)) {
    setFont(view, context, at, step);
    context.fillText(clipped(context, view.message.tokens[at], left - 8), left - 6, top + (at + 0.5) * step + 0.5);
  }
}

function nameColumns(view, context, { place: { left, top, width } }) {
  const step = width / view.count;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const at of namedTokens(view, step, view.focus.key)) {
    setFont(view, context, at, step);
    context.save();
    context.translate(left + (at + 0.5) * step, top - 4);
    context.rotate(-Math.PI / 2);
    context.fillText(clipped(context, view.message.tokens[at], top - 5), 0, 0);
    context.restore();
  }
}

function setFont(view, context, at, step) {
  context.fillStyle = view.ink;
  context.font = `${at === view.pinned || at === view.hovered ? "bold " : ""}${Math.min(11, Math.max(8.5, step - 0.5))}px sans-serif`;
}

// All, where there is room; else those that are looked at, one for each place.
function namedTokens(view, step, focus) {
  if (step >= LABELLED) return [...view.message.tokens.keys()];
  const shown = [];
  for (const at of [view.hovered, focus, view.pinned]) {
    if (at >= 0 && at < view.count && shown.every((other) => Math.abs(other - at) * step >= 11)) shown.push(at);
  }
  return shown;
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
  if (view.hovered >= 0 && view.hovered < view.count) {
    context.strokeStyle = HOVERED;
    context.lineWidth = 2;
    box([view.hovered, view.hovered + 1, 0, stage.columns]);
    if (isSquare(stage.name)) {
      context.setLineDash([3, 3]);
      box([0, stage.rows, view.hovered, view.hovered + 1]);
      context.setLineDash([]);
    }
  }
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
  const row = Math.floor(((event.clientY - box.top - place.top) / place.height) * rows);
  const column = Math.floor(((event.clientX - box.left - place.left) / place.width) * columns);
  return column < 0 ? [clampIndex(row, rows)] : [clampIndex(row, rows), clampIndex(column, columns)];
}

function hover(view, name, event) {
  const [row, column] = cellUnder(view, name, event);
  tellToken(row);
  if (column === undefined) return showTip(view, event, quoted(view.message.tokens[row]), "click to pin");
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
