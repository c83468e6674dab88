// What is drawn in every frame: the window on the picture, the growing result, and the arithmetic of one pixel.

import { hatch, sharpContext } from "../shared/canvas.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { full } from "../shared/numbers.js";
import { paintAfterOutlines } from "./after.js";
import { HATCH, lettering, outline, paintAsFarAsMade, paintGrid, READABLE, veil } from "./grid.js";
import { greyPixel, picturePixels } from "./pixels.js";
import { lastIndex, matrix, placeOf, where, windowValues } from "./places.js";

const LEGIBLE = 16; // pixels of a cell that holds one digit of a kernel
const ROOMY = 34; // and of one that holds a value and what it is multiplied by

// Drawn once for each size and channel, and copied in every frame.
export function prepare(view) {
  const font = view.font;
  const base = (name, pixelOf, cell) => {
    const canvas = document.createElement("canvas");
    paintGrid(canvas, { ...matrix(view, name), cell, pixelOf, font });
    return canvas;
  };
  view.bases = {
    source: base("padded", picturePixels(view, "padded"), view.cell),
    result: base("output", (value) => colourOf(value, "diverging", view.limit), view.resultCell),
  };
  markMargins(view, view.bases.source.getContext("2d"));
}

function markMargins(view, context) {
  const { padding, left_out: leftOut } = view.message;
  const { cell, source } = view;
  const [width, height] = [source.columns * cell, source.rows * cell];
  const margin = padding * cell;
  if (margin) {
    hatch(context, 0, 0, width, margin, HATCH);
    hatch(context, 0, height - margin, width, margin, HATCH);
    hatch(context, 0, margin, margin, height - 2 * margin, HATCH);
    hatch(context, width - margin, margin, margin, height - 2 * margin, HATCH);
  }
  for (const row of leftOut.rows) veil(context, 0, row * cell, width, cell);
  for (const column of leftOut.columns) veil(context, column * cell, 0, cell, height);
}

export function paint(view) {
  if (!view.cell) return;
  paintSource(view);
  paintResult(view);
  if (view.message.whole) return;
  paintArithmetic(view);
  paintAfterOutlines(view);
  showPlace(view);
}

function showPlace(view) {
  const [row, column] = placeOf(view);
  view.scrub.max = lastIndex(view);
  view.scrub.value = view.index;
  view.scrub.setAttribute("aria-valuetext", where(row, column));
  view.place.textContent = where(row, column);
}

function paintSource(view) {
  const { cell, source } = view;
  const context = sharpContext(view.canvases.source, source.columns * cell, source.rows * cell);
  context.drawImage(view.bases.source, 0, 0, source.columns * cell, source.rows * cell);
  if (!view.message.whole) paintWindow(view, context);
}

function paintWindow(view, context) {
  const { cell, message } = view;
  const { stride, dilation, kernel } = message;
  const [row, column] = placeOf(view);
  const [top, left] = [row * stride * cell, (column + view.glide) * stride * cell];
  const [rows, columns] = kernel.shape;
  const texts = tapTexts(view, context, windowValues(view));
  for (let i = 0; i < rows * columns; i++) {
    const [y, x] = [top + Math.floor(i / columns) * dilation * cell, left + (i % columns) * dilation * cell];
    paintTap(view, context, x, y, i, texts);
  }
  const reach = (taps) => ((taps - 1) * dilation + 1) * cell;
  outline(context, left, top, reach(columns), reach(rows), 2.5);
}

// What stands on the taps, in one or two lines: the kernel's numbers, and with room for them the picture's.
function tapTexts(view, context, values) {
  const { cell, font, message } = view;
  if (cell < LEGIBLE) return null;
  const line = (numbers, size, height, sign = "") => {
    const { texts, size: fitting } = lettering(context, numbers, size, cell - 3 - sign.length * 6, font);
    return { texts: texts.map((text) => sign + text), font: `${fitting}px ${font}`, height };
  };
  const taps = message.kernel.values;
  if (cell < ROOMY) return [line(taps, Math.min(14, cell * 0.46), 0.53)];
  const under = view.glide ? [] : [line(values, cell * 0.28, 0.3)];
  return [...under, line(taps, cell * 0.34, 0.68, "×")];
}

// The kernel lies on the picture: its colours shine through where the cells are too small for its numbers.
function paintTap(view, context, x, y, index, lines) {
  const { cell } = view;
  const pixel = colourOf(view.message.kernel.values[index], "diverging", view.kernelLimit);
  context.globalAlpha = cell >= READABLE ? 1 : cell >= LEGIBLE ? 0.82 : 0.35;
  context.fillStyle = cssOf(pixel);
  context.fillRect(x, y, cell, cell);
  context.globalAlpha = 1;
  if (view.message.dilation > 1) outline(context, x, y, cell, cell, 1);
  if (!lines) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = inkOn(pixel);
  for (const { texts, font, height } of lines) {
    context.font = font;
    context.fillText(texts[index], x + cell / 2, y + cell * height, cell - 2);
  }
}

function paintResult(view) {
  const { resultCell: cell, output } = view;
  const [width, height] = [output.columns * cell, output.rows * cell];
  const context = sharpContext(view.canvases.result, width, height);
  context.fillStyle = "#8a939e1c";
  context.fillRect(0, 0, width, height);
  paintAsFarAsMade(context, view.bases.result, width, height, cell, placeOf(view, view.revealed - 1));
  if (!view.message.whole) {
    const [y, x] = placeOf(view);
    outline(context, x * cell, y * cell, cell, cell, 2.5);
  }
}

function paintArithmetic(view) {
  const { kernel } = view.message;
  const [rows, columns] = kernel.shape;
  const values = windowValues(view);
  const grid = (values, pixelOf) => ({ values, rows, columns, cell: view.tapCell, pixelOf, font: view.font });
  const signed = (value) => colourOf(value, "diverging", view.kernelLimit);
  const light = view.message.ink ? (value) => colourOf(value, "ink", 1) : greyPixel;
  paintGrid(view.canvases.window, grid(values, light));
  paintGrid(view.canvases.products, grid(values.map((value, i) => value * kernel.values[i]), signed));
  const total = view.output.values[view.index];
  const pixel = colourOf(total, "diverging", view.limit);
  view.sum.textContent = full(total);
  view.sum.style.background = cssOf(pixel);
  view.sum.style.color = inkOn(pixel);
}
