// The loss of each depth over the steps: the mean over the seeds, and a band from the least to the greatest, which is luck.

import { cssColour, sharpContext } from "../shared/canvas.js";
import { short } from "../shared/numbers.js";
import { toneOf } from "./grid.js";

const HEIGHT = 190;
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 20, 8, 24];
const NAME = 11; // pixels from one name of a line to the next
const LEAST = 1e-4; // no loss is drawn lower

export function drawCurves(view) {
  const { arrays, columns, steps } = view.message;
  const canvas = view.find(".curves");
  const width = view.find(".all").clientWidth;
  const context = sharpContext(canvas, width, HEIGHT);
  const ink = cssColour(view.root, "--st-text-color");
  const { values } = arrays.losses;
  const [kept, , seeds] = arrays.losses.shape;
  const at = arrays.loss_steps.values;
  let [low, high] = [0.5, 0.8];
  for (const loss of values) {
    if (loss < 0) continue;
    low = Math.min(low, loss);
    high = Math.max(high, loss);
  }
  const [bottom, top] = [Math.log10(Math.max(low, LEAST)), Math.log10(high)];
  const last = Math.max(steps, 100);
  const x = (step) => LEFT + (step / last) * (width - LEFT - RIGHT);
  const y = (loss) => TOP + ((top - Math.log10(Math.max(loss, LEAST))) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
  drawAxes(context, width, { x, y, last, low, high, ink });
  const spread = columns.map((_, depth) =>
    Array.from({ length: kept }, (_, step) => {
      const start = (step * columns.length + depth) * seeds;
      const each = values.subarray(start, start + seeds);
      return each.some((loss) => loss < 0) ? null : { step: at[step], low: Math.min(...each), high: Math.max(...each), mean: each.reduce((a, b) => a + b, 0) / seeds };
    }).filter(Boolean),
  );
  spread.forEach((line, depth) => drawBand(context, line, { x, y }, toneOf(columns[depth].depth), depth === view.shown[0]));
  spread.forEach((line, depth) => drawLine(context, line, { x, y }, toneOf(columns[depth].depth), depth === view.shown[0]));
  drawNames(context, spread, { x, y }, columns);
  const told = spread.map((line, depth) => (line.length ? `${columns[depth].depth}: ${short(line.at(-1).mean)}` : "")).filter(Boolean);
  canvas.ariaLabel = told.length ? `Loss by number of layers at step ${steps}: ${told.join(", ")}` : "No loss yet";
  view.find(".curve-note").textContent = "Loss on the points that are learned, on a logarithmic scale. Line: mean of the three seeds. Band: from the lowest seed to the highest; that spread is luck.";
}

function drawAxes(context, width, { x, y, last, low, high, ink }) {
  context.fillStyle = context.strokeStyle = ink;
  context.font = "11px sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const tick of ticksBetween(Math.max(low, LEAST), high)) {
    context.globalAlpha = 0.15;
    context.fillRect(LEFT, y(tick), width - LEFT - RIGHT, 1);
    context.globalAlpha = 0.85;
    context.fillText(tickName(tick), LEFT - 6, y(tick));
  }
  context.textAlign = "center";
  for (const part of [0, 0.5, 1]) context.fillText(Math.round(part * last).toLocaleString("en"), x(part * last), HEIGHT - BOTTOM / 2 + 2);
  context.globalAlpha = 1;
}

// Round numbers: of each power of ten only the first, where the losses go over many.
function ticksBetween(low, high) {
  const firsts = Math.log10(high / low) > 2 ? [1] : Math.log10(high / low) > 1 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8];
  const powers = Array.from({ length: 24 }, (_, at) => at - 4);
  const ticks = powers.flatMap((power) => firsts.map((first) => first * 10 ** power));
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

function tickName(tick) {
  if (tick < 1e4 && tick > 1e-3) return short(tick);
  const raised = [...String(Math.round(Math.log10(tick)))].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `10${raised.join("")}`;
}

function drawBand(context, line, { x, y }, tone, shown) {
  context.beginPath();
  for (const { step, high } of line) context.lineTo(x(step), y(high));
  for (const { step, low } of line.toReversed()) context.lineTo(x(step), y(low));
  context.fillStyle = tone;
  context.globalAlpha = shown ? 0.28 : 0.1;
  context.fill();
  context.globalAlpha = 1;
}

function drawLine(context, line, { x, y }, tone, shown) {
  if (!line.length) return;
  context.beginPath();
  for (const { step, mean } of line) context.lineTo(x(step), y(mean));
  context.strokeStyle = context.fillStyle = tone;
  context.lineWidth = shown ? 2.5 : 1.5;
  context.stroke();
}

// The numbers of layers at the ends of the lines, none over another.
function drawNames(context, spread, { x, y }, columns) {
  const names = spread.flatMap((line, at) => (line.length ? [{ depth: columns[at].depth, left: x(line.at(-1).step) + 5, top: y(line.at(-1).mean) }] : []));
  names.sort((one, other) => one.top - other.top);
  names.forEach((name, at) => (name.top = at ? Math.max(name.top, names[at - 1].top + NAME) : name.top));
  context.textAlign = "left";
  names.forEach(({ depth, left, top }, at) => {
    context.fillStyle = toneOf(depth);
    context.fillText(String(depth), left, Math.min(top, HEIGHT - BOTTOM - (names.length - 1 - at) * NAME));
  });
}
