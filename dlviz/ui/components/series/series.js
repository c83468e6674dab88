// A few lines over one axis, each with a band. Python sends all numbers anew; nothing is reported back.

import { clampIndex } from "../shared/arrays.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { element, setText } from "../shared/elements.js";
import { onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { percent, percentTick, powerOfTen, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { layOut } from "./layout.js";

const HEIGHT = 270;
const FONT = "11px sans-serif";

export default mount({ create, receive, draw: paint });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { canvas: find("canvas"), tip: find(".tip"), live: find("[aria-live]"), at: null });
  view.canvas.onpointermove = (event) => read(view, view.plot?.place(event.offsetX) ?? null);
  view.canvas.onpointerdown = view.canvas.onpointermove;
  view.canvas.onpointerleave = (event) => event.pointerType === "mouse" && read(view, null);
  view.canvas.onblur = () => read(view, null);
  const step = (by) => tell(view, view.at === null ? 0 : clampIndex(view.at + by, view.places.length));
  onKeys(view.canvas, {
    ArrowLeft: ({ shiftKey }) => step(shiftKey ? -10 : -1),
    ArrowRight: ({ shiftKey }) => step(shiftKey ? 10 : 1),
    Home: () => tell(view, 0),
    End: () => tell(view, view.places.length - 1),
    Escape: () => read(view, null),
  });
}

function receive(view, message) {
  const { arrays } = message;
  message.lines.forEach((line, at) => {
    for (const name of ["x", "y", "low", "high"]) line[name] = arrays[`${at}.${name}`]?.values;
  });
  view.message = message;
  view.places = [...new Set(message.lines.flatMap(({ x }) => Array.from(x)))].sort((a, b) => a - b);
  if (view.at !== null) view.at = view.places.length ? clampIndex(view.at, view.places.length) : null;
  setText(view.root.querySelector(".title"), message.title);
  view.canvas.setAttribute("aria-label", message.alt);
}

function styleOf({ colour, dashed }) {
  return { colour: PALETTE.runs[colour % PALETTE.runs.length], dash: dashed ? [4, 4] : [] };
}

function paint(view) {
  const width = view.root.clientWidth;
  const context = sharpContext(view.canvas, width, HEIGHT);
  view.plot = layOut(context, view.message, view.places, width, HEIGHT);
  const ink = cssColour(view.root, "--st-text-color") || "#222";
  paintAxes(context, view, ink);
  const { left, right, top, bottom } = view.plot.box;
  context.save();
  context.beginPath();
  context.rect(left - 5, top - 5, right - left + 10, bottom - top + 10);
  context.clip();
  view.message.lines.filter(({ low }) => low).forEach((line) => paintBand(context, view.plot, line));
  view.message.lines.forEach((line) => paintLine(context, view, line));
  context.restore();
  showLegend(view);
  if (view.at !== null) paintReading(context, view, ink);
  showTip(view);
}

function paintAxes(context, { message, plot }, ink) {
  const { box, xTicks, yTicks, x, y } = plot;
  context.font = FONT;
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const value of yTicks) {
    rule(context, 0.14, box.left, y(value), box.right, y(value));
    context.fillText(tickText(message, value), box.left - 6, y(value) + 3.5);
  }
  context.textAlign = "center";
  for (const { value, text } of xTicks) {
    rule(context, 0.3, x(value), box.bottom, x(value), box.bottom + 4);
    context.fillText(text, x(value), box.bottom + 16);
  }
  rule(context, 0.5, box.left, box.bottom, box.right, box.bottom);
  context.globalAlpha = 0.75;
  if (!message.names.length) context.fillText(message.over, (box.left + box.right) / 2, box.bottom + 31);
  context.globalAlpha = 1;
}

function tickText({ percent: isShare, log }, value) {
  if (isShare) return percentTick(value);
  return log && (value < 0.01 || value > 1000) ? powerOfTen(value) : short(value);
}

function rule(context, alpha, x0, y0, x1, y1) {
  context.globalAlpha = alpha;
  context.beginPath();
  context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
  context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.stroke();
  context.globalAlpha = 1;
}

function paintBand(context, { x, y }, line) {
  const known = Array.from(line.x.keys()).filter((at) => Number.isFinite(line.low[at]) && Number.isFinite(line.high[at]));
  context.beginPath();
  known.forEach((at) => context.lineTo(x(line.x[at]), y(line.high[at])));
  known.reverse().forEach((at) => context.lineTo(x(line.x[at]), y(line.low[at])));
  context.globalAlpha = 0.18;
  context.fillStyle = styleOf(line).colour;
  context.fill();
  context.globalAlpha = 1;
}

function paintLine(context, { message, plot: { x, y } }, line) {
  const { colour, dash } = styleOf(line);
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2.2, lineJoin: "round" });
  context.setLineDash(dash);
  context.beginPath();
  let begun = false;
  line.x.forEach((value, at) => {
    if (!Number.isFinite(line.y[at])) begun = false;
    else if (begun) context.lineTo(x(value), y(line.y[at]));
    else context.moveTo(x(value), y(line.y[at]));
    begun = Number.isFinite(line.y[at]);
  });
  context.stroke();
  context.setLineDash([]);
  if (message.markers) line.x.forEach((value, at) => dot(context, x(value), y(line.y[at]), 3.2));
}

function dot(context, x, y, radius) {
  if (!Number.isFinite(y)) return;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

function showLegend(view) {
  const now = JSON.stringify(view.message.lines.map(({ label, colour, dashed }) => [label, colour, dashed]));
  if (view.legend === now) return;
  view.legend = now;
  const entries = view.message.lines.map((line) => {
    const entry = element("span");
    const context = sharpContext(entry.appendChild(element("canvas")), 26, 10);
    const { colour, dash } = styleOf(line);
    Object.assign(context, { strokeStyle: colour, lineWidth: 2.4 });
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(1, 5);
    context.lineTo(25, 5);
    context.stroke();
    entry.append(line.label);
    return entry;
  });
  view.root.querySelector(".legend").replaceChildren(...entries);
}

function read(view, at) {
  if (at === view.at) return;
  view.at = at;
  paint(view);
}

function tell(view, at) {
  read(view, at);
  const { title, rows } = reading(view);
  view.live.textContent = [title, ...rows.map(({ text }) => text)].join(". ");
}

// What the lines say at the place that is read.
function reading({ message, places, at }) {
  const place = places[at];
  const write = (value) => (message.percent ? percent(value) : short(value));
  const rows = message.lines.flatMap((line) => {
    const point = line.x.indexOf(place);
    if (point < 0) return [];
    const value = line.y[point];
    if (!Number.isFinite(value)) return [{ line, text: `${line.label}: no longer a number` }];
    const band = line.low && line.low[point] !== line.high[point];
    const range = band ? ` (${write(line.low[point])} to ${write(line.high[point])})` : "";
    return [{ line, value, text: `${line.label}: ${write(value)}${range}` }];
  });
  const title = message.names.length ? message.names[place] : `${message.over} ${place}`;
  return { title, rows };
}

function paintReading(context, view, ink) {
  const { box, x, y } = view.plot;
  const across = x(view.places[view.at]);
  context.strokeStyle = ink;
  rule(context, 0.6, across, box.top, across, box.bottom);
  for (const { line, value } of reading(view).rows) {
    context.fillStyle = styleOf(line).colour;
    if (value !== undefined) dot(context, across, y(value), 4.5);
  }
}

function showTip(view) {
  view.tip.hidden = view.at === null;
  if (view.tip.hidden) return;
  const { title, rows } = reading(view);
  const parts = rows.map(({ line, text }) => {
    const [row, tone] = [element("span", text), element("i")];
    tone.style.background = styleOf(line).colour;
    row.prepend(tone);
    return row;
  });
  view.tip.replaceChildren(element("strong", title), ...parts);
  const x = view.plot.x(view.places[view.at]);
  const wide = view.tip.offsetWidth + 14;
  const left = x + wide < view.root.clientWidth ? x + 14 : x - wide;
  view.tip.style.left = `${Math.max(0, left)}px`;
}
