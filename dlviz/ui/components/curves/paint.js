// Drawing: axes, bands, lines with their dashes and markers, and marks of what happened.

import { cssColour } from "../shared/canvas.js";
import { percent, percentTick, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { MARGIN } from "./layout.js";
import { MARKED, OPEN, styleOf, visible } from "./lines.js";

const FONT = "11px sans-serif";

// A value in three significant digits, an accuracy in percent.
export function written(panel, value) {
  if (panel.percent) return percent(value, 2);
  if (panel.name === "rate") return plain(value);
  return value >= 1e-3 && value < 1000 ? value.toPrecision(3) : short(value);
}

function tickText(panel, value) {
  return panel.percent ? percentTick(value) : plain(value);
}

// Without zeros at its end, and without an exponent as long as it can be read.
function plain(value) {
  return value && (value < 1e-5 || value >= 1e5) ? short(value) : String(Number(value.toPrecision(3)));
}

export function paintPanel(view, context, panel) {
  const { box } = panel;
  panel.taken = []; // by words
  paintAxes(view, context, panel);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 5, box.right - box.left + 5, box.bottom - box.top + 10);
  context.clip();
  const mine = visible(view).filter((line) => line.panel === panel.at);
  view.message.levels.filter(({ panel: at }) => at === panel.at).forEach((level) => paintLevel(view, context, panel, level));
  mine.filter((line) => line.low).forEach((line) => paintBand(context, panel, line));
  mine.forEach((line) => paintLine(context, panel, line, styleOf(line.run)));
  context.restore();
  paintMarks(view, context, panel);
}

function paintAxes(view, context, panel) {
  const { box } = panel;
  const ink = cssColour(view.root, "--st-text-color") || "#222";
  context.font = FONT;
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = 1;
  context.setLineDash([]);
  panel.yTicks.forEach((value) => {
    const y = Math.round(panel.y(value)) + 0.5;
    rule(context, 0.12, box.left, y, box.right, y);
    context.textAlign = "right";
    context.fillText(tickText(panel, value), box.left - 6, y + 3.5);
  });
  context.textAlign = "center";
  panel.xTicks.forEach((value) => {
    rule(context, 0.3, panel.x(value), box.bottom, panel.x(value), box.bottom + 4);
    const text = tickText({}, value);
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(panel.x(value), box.right + MARGIN.right - half), box.bottom + 15);
  });
  rule(context, 0.4, box.left, box.bottom + 0.5, box.right, box.bottom + 0.5);
  context.textAlign = "left";
  context.font = `600 12px sans-serif`;
  context.fillText(panel.title, box.left - MARGIN.left, box.top - 9);
  const titled = context.measureText(panel.title).width;
  context.font = FONT;
  context.textAlign = "right";
  const far = panel.beyond && `on to ${written(panel, panel.beyond)}, beyond the top`;
  const below = panel.below && `${panel.below.label}: ${written(panel, panel.below.y)}, below the picture`;
  const outside = [far, below].filter(Boolean);
  context.globalAlpha = 0.75;
  const note = [...outside, `over ${view.message.axis}`].join(" · ");
  const room = box.right - box.left + MARGIN.left - titled - 10;
  // In a narrow panel the unit of the axis goes first: the other panels say it too.
  const tight = outside.length && context.measureText(note).width > room;
  context.fillText(tight ? outside.join(" · ") : note, box.right, box.top - 9, room);
  context.globalAlpha = 1;
}

export function rule(context, alpha, x0, y0, x1, y1) {
  context.globalAlpha = alpha;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.globalAlpha = 1;
}

// What a guess is worth: a dotted line with its name, over the whole width.
function paintLevel(view, context, panel, { y, label }) {
  const height = panel.y(y);
  context.strokeStyle = context.fillStyle = cssColour(view.root, "--st-text-color") || "#222";
  context.setLineDash([1, 4]);
  rule(context, 0.8, panel.box.left, height, panel.box.right, height);
  context.setLineDash([]);
  context.font = FONT;
  // In the middle: curves begin and marks stand at the ends.
  context.textAlign = "center";
  context.globalAlpha = 0.75;
  const below = height - 16 < panel.box.top ? 13 : -4;
  const [text, middle] = [`${label}: ${written(panel, y)}`, (panel.box.left + panel.box.right) / 2];
  context.fillText(text, middle, height + below);
  context.globalAlpha = 1;
  const half = context.measureText(text).width / 2;
  panel.taken.push({ left: middle - half, right: middle + half, top: height + below - 10, bottom: height + below + 3 });
}

function paintBand(context, panel, line) {
  context.beginPath();
  line.x.forEach((x, i) => context.lineTo(panel.x(x), panel.y(line.high[i])));
  for (let i = line.x.length - 1; i >= 0; i--) context.lineTo(panel.x(line.x[i]), panel.y(line.low[i]));
  context.globalAlpha = MARKED.includes(line.role) ? 0.13 : 0.2;
  context.fillStyle = styleOf(line.run).colour;
  context.fill();
  context.globalAlpha = 1;
}

export const ALL = 2; // runs up to which all panels are read at once; with more, the one under the pointer
const WIDTHS = { smooth: 2.4, validation: 1.7, test: 1.7, train: 1.7, known: 1.7, value: 2 };

function paintLine(context, panel, line, style) {
  const { role } = line;
  context.strokeStyle = context.fillStyle = style.colour;
  if (role === "raw") return dots(context, line.x.length, (i) => [panel.x(line.x[i]), panel.y(line.y[i])]);
  // The median is the line of training: its epochs are points.
  if (!OPEN.includes(role) || panel.name !== "loss") {
    stroke(context, role, style, line.x.length, (i) => context.lineTo(panel.x(line.x[i]), panel.y(line.y[i])));
  }
  if (!MARKED.includes(role)) return;
  context.strokeStyle = context.fillStyle = style.colour;
  line.x.forEach((x, i) => paintMarker(context, panel.x(x), panel.y(line.y[i]), style.shape, !OPEN.includes(role)));
}

// Every batch, so faint that they do not hide the line through their middle.
export function dots(context, count, place) {
  context.globalAlpha = 0.45;
  context.beginPath();
  for (let i = 0; i < count; i++) {
    const [x, y] = place(i);
    context.moveTo(x + 1.1, y);
    context.arc(x, y, 1.1, 0, 7);
  }
  context.fill();
  context.globalAlpha = 1;
}

// A dash tells runs apart and nothing else; what is held out has markers and a thinner line.
export function stroke(context, role, style, count, lineTo) {
  context.strokeStyle = style.colour;
  context.lineWidth = WIDTHS[role];
  context.setLineDash(style.dash);
  context.lineJoin = "round";
  context.beginPath();
  for (let i = 0; i < count; i++) lineTo(i);
  context.stroke();
  context.setLineDash([]);
}

export function paintMarker(context, x, y, shape, full) {
  const size = full ? 3.6 : 3;
  context.beginPath();
  if (shape === "circle") context.arc(x, y, size, 0, 7);
  else if (shape === "square") context.rect(x - size, y - size, 2 * size, 2 * size);
  else if (shape === "triangle") corners(context, [[x, y - size * 1.3], [x + size * 1.2, y + size], [x - size * 1.2, y + size]]);
  else if (shape === "diamond") corners(context, [[x, y - size * 1.4], [x + size * 1.4, y], [x, y + size * 1.4], [x - size * 1.4, y]]);
  else cross(context, x, y, size);
  context.lineWidth = shape === "cross" ? 2 : 1.3;
  if (full) context.fill();
  context.stroke();
}

function cross(context, x, y, size) {
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
}

function corners(context, points) {
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
}

// A line through every panel; in the first its words, where there is room for them.
function paintMarks(view, context, panel) {
  const { runs, marks } = view.message;
  const seen = marks
    .map((mark) => ({ ...mark, x: panel.x(mark.x) }))
    .filter(({ run, x }) => !view.hidden.has(runs[run].label) && x >= panel.box.left - 1 && x <= panel.box.right + 1);
  for (const { run, x } of seen) {
    context.strokeStyle = context.fillStyle = runs.length > 1 ? styleOf(run).colour : PALETTE.accent;
    context.lineWidth = 1;
    // Of many runs the flags alone: their lines would hide the curves.
    if (runs.length <= ALL) rule(context, 0.75, x, panel.box.top, x, panel.box.bottom);
    corner(context, x, panel.box.top);
  }
  if (panel.at || runs.length > 1) return;
  seen.forEach((mark) => label(view, context, panel, mark));
}

// A small flag, so that a mark is seen without its words.
function corner(context, x, y) {
  context.beginPath();
  corners(context, [[x - 4, y - 3], [x + 4, y - 3], [x, y + 4]]);
  context.fill();
}

const ROWS = 5; // of marks' words, one below the other

// The words of a mark in the first row where no others stand; without room its flag alone is left.
function label(view, context, { box, taken }, mark) {
  context.font = FONT;
  const width = context.measureText(mark.label).width;
  const wanted = mark.x + 6 + width > box.right ? mark.x - 6 - width : mark.x + 6;
  const left = Math.max(box.left, wanted);
  const rows = Array.from({ length: ROWS }, (_, row) => box.top + 15 + 14 * row);
  const placed = rows.map((y) => ({ left: left - 4, right: left + width + 4, top: y - 10, bottom: y + 3 }));
  const row = placed.findIndex((place) => !taken.some((other) => overlap(place, other)));
  if (row < 0) return;
  taken.push(placed[row]);
  const y = rows[row];
  context.globalAlpha = 0.85;
  context.fillStyle = cssColour(view.root, "--st-background-color") || "#fff";
  context.fillRect(left - 2, y - 10, width + 4, 13);
  context.globalAlpha = 1;
  context.fillStyle = cssColour(view.root, "--st-text-color") || "#222";
  context.textAlign = "left";
  context.fillText(mark.label, left, y);
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
