// All networks small: a column for each depth, a row for each seed.

import { pixelCanvas, rgbPixel } from "../shared/colour.js";
import { element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { percent, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";

const DARK = 0.78; // how far the surest answer goes towards its full colour: points must stand out from it
export const [ORANGE, BLUE] = ["#b95a06", "#12609f"].map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

const TABLE = Uint32Array.from({ length: 256 }, (_, at) => {
  const sure = Math.abs(at / 127.5 - 1) * DARK;
  const full = at < 127.5 ? ORANGE : BLUE;
  return rgbPixel(...full.map((part) => Math.round(255 + (part - 255) * sure)));
});

export const toneOf = (depth) => PALETTE.runs[depth - 1];

// A canvas of one pixel a point, for probabilities in 255ths from `start` on.
export function boundary(values, start, side, canvas) {
  return pixelCanvas(side, side, (at) => TABLE[values[start + at]], canvas);
}

export function buildGrid(view) {
  const { columns, arrays } = view.message;
  const [, seeds] = arrays.small.shape;
  const built = `${seeds} ${columns.map(({ depth, width }) => `${depth}:${width}`).join()}`;
  if (view.built === built) return;
  view.built = built;
  const grid = view.find(".grid");
  grid.style.gridTemplateColumns = `repeat(${columns.length}, minmax(0, 1fr))`;
  const heads = columns.map(headOf);
  view.cells = columns.map((_, depth) => Array.from({ length: seeds }, (_, seed) => cellOf(view, depth, seed)));
  view.feet = columns.map(() => footOf());
  const rows = Array.from({ length: seeds }, (_, seed) => view.cells.map((column) => column[seed]));
  grid.replaceChildren(...heads, ...rows.flat(), ...view.feet.map(({ box }) => box));
}

function headOf({ depth, width, weights }) {
  const head = element("div", "", "head");
  const title = element("b", depth === 1 ? "1 layer" : `${depth} layers`);
  title.style.setProperty("--tone", toneOf(depth));
  head.append(title, `${width} wide`);
  head.title = `${weights.toLocaleString("en")} weights and biases`;
  return head;
}

function footOf() {
  const box = element("div", "", "foot");
  const parts = ["strong", "span", "span"].map((name) => element(name));
  box.append(...parts);
  return { box, parts };
}

function cellOf(view, depth, seed) {
  const cell = element("button");
  cell.type = "button";
  cell.append(element("canvas"));
  cell.onclick = () => view.choose(depth, seed);
  onArrows(cell, (rows, columns) => {
    const [right, down] = [(depth + columns + view.cells.length) % view.cells.length, (seed + rows + view.cells[0].length) % view.cells[0].length];
    view.cells[right][down].focus();
    view.choose(right, down);
  });
  return cell;
}

export function drawGrid(view) {
  const { columns, arrays } = view.message;
  const [, seeds, side] = arrays.small.shape;
  columns.forEach(({ depth }, column) => {
    for (let seed = 0; seed < seeds; seed++) {
      const cell = view.cells[column][seed];
      boundary(arrays.small.values, (column * seeds + seed) * side * side, side, cell.firstChild).style.width = "100%";
      cell.ariaLabel = `${depth === 1 ? "1 layer" : `${depth} layers`}, seed ${seed + 1} of ${seeds}${told(arrays, column * seeds + seed)}`;
    }
    const shares = arrays.tested?.values.subarray(column * seeds, (column + 1) * seeds);
    const losses = lastLosses(arrays, column, seeds);
    const { parts } = view.feet[column];
    setText(parts[0], shares ? `${percent(mean(shares), 0)} right` : "");
    setText(parts[1], shares ? `${whole(Math.min(...shares))} to ${whole(Math.max(...shares))}` : "");
    setText(parts[2], losses ? `loss ${losses.some((loss) => loss < 0) ? "no number" : short(mean(losses))}` : "");
  });
  markShown(view);
}

function whole(share) {
  return percent(share, 0).replace(" %", "");
}

function told(arrays, at) {
  return arrays.tested ? `: ${percent(arrays.tested.values[at], 0)} of the points held out are right` : "";
}

function lastLosses(arrays, column, seeds) {
  const [kept, depths] = arrays.losses.shape;
  if (!kept) return null;
  const start = ((kept - 1) * depths + column) * seeds;
  return arrays.losses.values.subarray(start, start + seeds);
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function markShown(view) {
  view.cells.forEach((column, depth) =>
    column.forEach((cell, seed) => {
      const shown = depth === view.shown[0] && seed === view.shown[1];
      cell.setAttribute("aria-pressed", String(shown));
      cell.tabIndex = shown ? 0 : -1;
    }),
  );
}
