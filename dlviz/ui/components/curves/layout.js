// Where panels, values and ticks lie.

import { visible } from "./lines.js";

export const WIDE = 720; // from here on panels stand in two columns
export const MARGIN = { left: 52, right: 8, top: 22, bottom: 20 };
const BEYOND = 4; // times the usual: what diverges further leaves the picture, unless the scale is logarithmic
const DIVERGE = ["loss", "norm"];

export function layOut(view) {
  const { panels } = view.message;
  const columns = view.width >= WIDE && panels.length > 1 ? 2 : 1;
  const [tall, low] = columns === 2 ? [300, 180] : panels.length > 1 ? [240, 150] : [300, 300];
  const gap = 12;
  const cell = (view.width - gap * (columns - 1)) / columns;
  let top = 0;
  view.panels = panels.map((panel, at) => {
    const column = at % columns;
    const height = at < columns ? tall : low;
    const alone = column === 0 && at === panels.length - 1;
    const left = column * (cell + gap);
    const box = { left: left + MARGIN.left, right: alone ? view.width - MARGIN.right : left + cell - MARGIN.right };
    Object.assign(box, { top: top + MARGIN.top, bottom: top + height - MARGIN.bottom });
    if (column === columns - 1 || alone) top += height;
    return scaled(view, { ...panel, at, box });
  });
  view.height = top;
}

// The panel with its scales: x() and y() from values to pixels, and the ticks of both.
function scaled(view, panel) {
  const { box } = panel;
  const [first, last] = view.zoom ?? [0, view.message.end || 1];
  const range = valueRange(view, panel, first, last);
  const log = view.log && panel.log;
  const shape = log ? Math.log10 : (value) => value;
  const [low, high] = [shape(range.low), shape(range.high)];
  panel.x = (value) => box.left + ((value - first) / (last - first)) * (box.right - box.left);
  panel.value = (x) => first + ((x - box.left) / (box.right - box.left)) * (last - first);
  panel.y = (value) => {
    const safe = log ? Math.max(value, 1e-12) : value;
    // Far outside is as good as infinitely far, and canvases draw it rightly.
    return Math.max(-1e4, Math.min(1e4, box.bottom - ((shape(safe) - low) / (high - low)) * (box.bottom - box.top)));
  };
  panel.beyond = range.beyond;
  panel.xTicks = ticks(first, last, Math.max(2, Math.floor((box.right - box.left) / 70)));
  panel.yTicks = log ? decades(range.low, range.high) : ticks(range.low, range.high, Math.min(6, (box.bottom - box.top) / 25));
  return panel;
}

function valueRange(view, panel, first, last) {
  let [low, high, usual] = [Infinity, -Infinity, 0];
  for (const line of visible(view).filter((line) => line.panel === panel.at)) {
    if (line.role === "smooth") usual = Math.max(usual, usualOf(line.high ?? line.y));
    for (let i = 0; i < line.x.length; i++) {
      if (line.x[i] < first || line.x[i] > last) continue;
      low = Math.min(low, (line.low ?? line.y)[i]);
      high = Math.max(high, (line.high ?? line.y)[i]);
    }
  }
  if (low > high) [low, high] = [0, 1];
  // A guess is in the picture where the curves are not far above it.
  const guess = view.message.levels.find((level) => level.panel === panel.at && panel.percent);
  if (guess && low - guess.y > Math.max(0.1, high - low)) panel.below = guess;
  else if (guess) [low, high] = [Math.min(low, guess.y), Math.max(high, guess.y)];
  return view.log && panel.log ? logRange(low, high) : linearRange(panel, low, high, usual);
}

function logRange(low, high) {
  const least = Math.max(low, 1e-8);
  return { low: least / 1.15, high: Math.max(high, least * 1.5) * 1.15 };
}

// What a loss began with, or what a gradient's norm mostly is: it begins small.
function usualOf(values) {
  return Math.max(values[0], values.slice().sort()[values.length >> 1]);
}

function linearRange(panel, low, high, usual) {
  const edge = DIVERGE.includes(panel.name) && usual > 0 ? BEYOND * usual : Infinity;
  const beyond = high > edge ? high : null;
  if (beyond) high = edge;
  if (panel.percent) {
    const room = Math.max(0.01, (high - low) * 0.08);
    return { low: Math.max(0, low - room), high: Math.min(1.002, high + room), beyond };
  }
  return { low: 0, high: high > 0 ? high * 1.06 : 1, beyond };
}

// Round values between two ends, about so many.
export function ticks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((part) => part * power >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9); k++) found.push(k * step);
  return found;
}

export function decades(low, high) {
  const found = [];
  const parts = high / low < 300 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const part of parts) {
      const value = part * 10 ** power;
      if (value >= low && value <= high) found.push(value);
    }
  }
  const every = Math.ceil(found.length / 9);
  return found.filter((_, at) => at % every === 0);
}

// The panel under a place of the canvas, the nearest if it lies between panels.
export function panelAt(view, x, y) {
  const away = ({ box }) =>
    Math.max(box.left - x, x - box.right, 0) + Math.max(box.top - MARGIN.top - y, y - box.bottom - MARGIN.bottom, 0);
  return view.panels.reduce((best, panel) => (away(panel) < away(best) ? panel : best));
}
