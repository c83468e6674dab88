// Matrices as squares of colour, with their numbers where there is room.

const READABLE = 22; // pixels of a cell that holds a number
const HATCH = "#7f8a96";

// The largest square cell, on whole device pixels, with which rows × columns fit into a box.
function cellFor(rows, columns, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const cell = Math.min(width / columns, height / rows);
  return cell * ratio < 1.5 ? cell : Math.floor(cell * ratio) / ratio;
}

// As many digits as a small cell can hold: two decimals, fewer for large numbers.
function brief(value) {
  const decimals = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  const text = String(Number(value.toFixed(decimals)));
  return text.replace("-", "−").replace(/^−0$/, "0");
}

// A float32 in full: seven significant digits.
function full(value) {
  return String(Number(value.toPrecision(7))).replace("-", "−");
}

// Black or white, whichever can be read on a colour of a scale's table.
function inkOn(pixel) {
  const [r, g, b] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#10151b" : "#ffffff";
}

function cssOf(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

function numberSize(cell) {
  return Math.max(9, Math.min(13, cell * 0.38));
}

// Numbers in the cells, each as far as it fits. `grid`: {values, rows, columns, cell, pixelOf, font}.
function paintNumbers(context, grid) {
  const { rows, columns, cell } = grid;
  if (cell < READABLE) return;
  const size = numberSize(cell);
  context.font = `${size}px ${grid.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = grid.values[row * columns + column];
      context.fillStyle = inkOn(grid.pixelOf(value));
      context.fillText(brief(value), (column + 0.5) * cell, (row + 0.52) * cell, cell - 2);
    }
  }
}

// A matrix drawn whole on a canvas that is shown at its own size.
function paintGrid(canvas, grid) {
  const { rows, columns, cell } = grid;
  const context = sharpContext(canvas, columns * cell, rows * cell);
  paintCells(context, grid);
  paintNumbers(context, grid);
  if (cell >= 9) paintLines(context, rows, columns, cell);
  return context;
}

function paintCells(context, { values, rows, columns, cell, pixelOf }) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixelOf(values[i], i);
  canvas.getContext("2d").putImageData(image, 0, 0);
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

// Slanted lines over a rectangle of cells: padding.
function hatch(context, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = HATCH;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - height - (left % 6); x < left + width; x += 6) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

// A grey veil over a row or column that no window reads.
function veil(context, left, top, width, height) {
  context.fillStyle = "#7f8a96b0";
  context.fillRect(left, top, width, height);
}
