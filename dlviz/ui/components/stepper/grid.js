// Matrices as squares of colour, with their numbers where there is room.

import { sharpContext } from "../shared/canvas.js";
import { inkOn, pixelCanvas } from "../shared/colour.js";
import { short, withMinus } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";

export const READABLE = 22; // pixels of a cell that holds a number
const SMALLEST = 9; // of its numbers, else they are shortened
export const HATCH = "#7f8a96";
const PALE = 0.22;

// The largest square cell, on whole device pixels, with which rows × columns fit into a box.
export function cellFor(rows, columns, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const cell = Math.min(width / columns, height / rows);
  return cell * ratio < 1.5 ? cell : Math.floor(cell * ratio) / ratio;
}

// As many digits as a small cell can hold: two decimals, fewer for large numbers; of what they would make 0, its size.
function brief(value) {
  if (value && Math.abs(value) < 0.005) return withMinus(value.toExponential(0));
  const decimals = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  const rounded = Number(value.toFixed(decimals));
  return withMinus(String(rounded || 0));
}

export function numberSize(cell) {
  return Math.max(9, Math.min(13, cell * 0.38));
}

// Texts of numbers, and the size of type in which all of them fit: three significant digits wherever they can be read.
export function lettering(context, values, size, room, font) {
  context.font = `${size}px ${font}`;
  const width = (text) => context.measureText(text).width;
  const readable = (text) => width(text) * Math.min(size, SMALLEST) <= room * size;
  const texts = Array.from(values, (value) => (readable(short(value)) ? short(value) : brief(value)));
  return { texts, size: Math.min(size, (size * room) / Math.max(...texts.map(width))) };
}

// Numbers in the cells. `grid`: {values, rows, columns, cell, pixelOf, font}.
function paintNumbers(context, { values, columns, cell, pixelOf, font }) {
  if (cell < READABLE) return;
  const { texts, size } = lettering(context, values, numberSize(cell), cell - 3, font);
  context.font = `${size}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  texts.forEach((text, i) => {
    context.fillStyle = inkOn(pixelOf(values[i]));
    context.fillText(text, ((i % columns) + 0.5) * cell, (Math.floor(i / columns) + 0.52) * cell);
  });
}

// A matrix drawn whole on a canvas that is shown at its own size.
export function paintGrid(canvas, grid) {
  const { rows, columns, cell } = grid;
  const context = sharpContext(canvas, columns * cell, rows * cell);
  paintCells(context, grid);
  paintNumbers(context, grid);
  if (cell >= 9) paintLines(context, rows, columns, cell);
  return context;
}

export function paintCells(context, { values, rows, columns, cell, pixelOf }) {
  const canvas = pixelCanvas(rows, columns, (at) => pixelOf(values[at], at));
  context.imageSmoothingEnabled = cell < 1;
  context.drawImage(canvas, 0, 0, columns * cell, rows * cell);
}

function paintLines(context, rows, columns, cell) {
  context.strokeStyle = "#8a939e40";
  context.lineWidth = 1;
  context.beginPath();
  for (let row = 0; row <= rows; row++) {
    context.moveTo(0, row * cell);
    context.lineTo(columns * cell, row * cell);
  }
  for (let column = 0; column <= columns; column++) {
    context.moveTo(column * cell, 0);
    context.lineTo(column * cell, rows * cell);
  }
  context.stroke();
}

// A matrix as far as a place in the order of reading, inclusive; what is still to come is pale.
export function paintAsFarAsMade(context, base, width, height, cell, [row, column]) {
  context.globalAlpha = PALE;
  context.drawImage(base, 0, 0, width, height);
  context.globalAlpha = 1;
  context.save();
  context.beginPath();
  context.rect(0, 0, width, row * cell);
  context.rect(0, row * cell, (column + 1) * cell, cell);
  context.clip();
  context.clearRect(0, 0, width, height);
  context.drawImage(base, 0, 0, width, height);
  context.restore();
}

// A grey veil over a row or column that no window reads.
export function veil(context, left, top, width, height) {
  context.fillStyle = "#7f8a96b0";
  context.fillRect(left, top, width, height);
}

// A frame round a rectangle, kept whole where that lies at the canvas's rim.
export function outline(context, x, y, width, height, lineWidth) {
  const { canvas } = context;
  const ratio = context.getTransform().a;
  const rim = (lineWidth + 1.5) / 2;
  const [left, top] = [Math.max(x, rim), Math.max(y, rim)];
  const right = Math.min(x + width, canvas.width / ratio - rim);
  const bottom = Math.min(y + height, canvas.height / ratio - rim);
  for (const [colour, thickness] of [["#ffffff", lineWidth + 1.5], [PALETTE.accent, lineWidth]]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(left, top, right - left, bottom - top);
  }
}
