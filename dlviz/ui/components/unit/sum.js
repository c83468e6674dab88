// A sum of products: the chosen part's numbers, and what every part contributes.

import { clampIndex, largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { onKeys } from "../shared/keys.js";
import { onResize } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { paintSquare } from "./chain.js";
import { fillGrid } from "./grid.js";
import { chosenPart, partName } from "./parts.js";

const STRIP_HEIGHT = 120;
const TILE = { cell: 7, width: 96, height: 48 };

function choosePart(view, part) {
  view.part = part;
  view.setStateValue("part", [...view.message.selection, part]); // the way leads through it from now on
  showSum(view);
  paintSquare(view, view.message.squares.length - 2);
}

export function showSum(view) {
  const { parts, arrays } = view.message;
  const chosen = chosenPart(view);
  const [count, rows, cols] = arrays.inputs.shape;
  const part = (values) => values.subarray(chosen * rows * cols, (chosen + 1) * rows * cols);
  const [first, second, third, last] = view.root.querySelectorAll(".sum .grid");
  const padded = arrays.padded.values;
  fillGrid(first, cols, part(arrays.inputs.values), view.limits.inputs, { padded });
  fillGrid(second, cols, part(arrays.weights.values), view.limits.weights);
  fillGrid(third, cols, part(view.products), view.limits.products, { padded });
  fillGrid(last, 1, [arrays.sums.values[chosen]], view.limits.sums);
  view.root.querySelectorAll(".sum .grids figcaption").forEach((caption, i) => {
    const named = parts.names?.[chosen] ?? chosen;
    caption.textContent = (parts.captions[i] ?? "their sum").replace("{}", named);
  });
  for (const extra of view.root.querySelectorAll(".subtotal")) extra.hidden = rows * cols === 1;
  view.root.querySelector(".strip").hidden = count === 1;
  view.root.querySelector("details").hidden = rows * cols === 1 || count === 1;
  if (count === 1) return;
  showStrip(view);
  showTiles(view);
}

// The products of every part, and the largest of every kind of number: all parts are coloured alike.
export function multiply(view) {
  const { inputs, weights, sums } = view.message.arrays;
  view.products = inputs.values.map((value, i) => value * weights.values[i]);
  const [inputLimit, weightLimit, sumLimit] = [inputs, weights, sums].map((array) => largest(array.values));
  view.limits = { inputs: inputLimit, weights: weightLimit, products: largest(view.products), sums: sumLimit };
}

export function attachStrip(view) {
  const canvas = view.root.querySelector(".strip canvas");
  const at = (event) => {
    const count = view.message.arrays.sums.values.length;
    const share = (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
    return clampIndex(Math.floor(share * count), count);
  };
  canvas.onclick = (event) => choosePart(view, at(event));
  canvas.onpointermove = (event) => readPart(view, at(event));
  canvas.onpointerleave = () => readPart(view, chosenPart(view));
  const moveBy = (step) => choosePart(view, clampIndex(chosenPart(view) + step, view.message.arrays.sums.values.length));
  const [back, on] = [() => moveBy(-1), () => moveBy(1)];
  const ends = { Home: () => moveBy(-Infinity), End: () => moveBy(Infinity) };
  onKeys(canvas, { ArrowLeft: back, ArrowDown: back, ArrowRight: on, ArrowUp: on, ...ends });
  onResize(view.root.querySelector(".strip"), () => {
    view.width = canvas.parentElement.clientWidth;
    if (view.message) showStrip(view);
  });
}

function showStrip(view) {
  const canvas = view.root.querySelector(".strip canvas");
  const sums = view.message.arrays.sums.values;
  const chosen = chosenPart(view);
  const { width } = view;
  if (!width) return; // not laid out yet: its first size calls this again
  const context = sharpContext(canvas, width, STRIP_HEIGHT);
  const step = width / sums.length;
  const [middle, half] = [STRIP_HEIGHT / 2, STRIP_HEIGHT / 2 - 4];
  context.fillStyle = view.theme.faint;
  context.fillRect(0, middle - 0.5, width, 1);
  sums.forEach((sum, part) => {
    const height = (sum / (view.limits.sums || 1)) * half;
    context.fillStyle = signColour(sum);
    context.fillRect(part * step + step * 0.1, height > 0 ? middle - height : middle, step * 0.8, Math.abs(height));
  });
  const marked = Math.max(step, 7);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(Math.max(1, Math.min(width - marked - 1, (chosen + 0.5) * step - marked / 2)), 1, marked, STRIP_HEIGHT - 2);
  canvas.setAttribute("aria-label", `contribution of each ${view.message.parts.part}`);
  canvas.setAttribute("aria-valuemin", 0);
  canvas.setAttribute("aria-valuemax", sums.length - 1);
  canvas.setAttribute("aria-valuenow", chosen);
  readPart(view, chosen);
  canvas.setAttribute("aria-valuetext", view.root.querySelector(".readout").textContent);
}

function readPart(view, part) {
  const { parts, arrays } = view.message;
  const most = part === parts.strongest ? " contributes most" : "";
  const text = `${partName(view, part)}${most}: ${short(arrays.sums.values[part])}`;
  view.root.querySelector(".readout").textContent = text;
}

export function signColour(value) {
  const stops = PALETTE.scales.diverging;
  return stops.at(value < 0 ? 2 : -3);
}

// Every part as three small pictures and their sum, in the unfolded list.
function showTiles(view) {
  const details = view.root.querySelector("details");
  const { parts, arrays } = view.message;
  details.firstElementChild.textContent = `All ${arrays.sums.values.length} ${parts.part}s`;
  if (!details.open) return;
  const canvas = details.querySelector("canvas");
  const columns = tileColumns(view);
  const count = arrays.sums.values.length;
  const context = sharpContext(canvas, columns * TILE.width, Math.ceil(count / columns) * TILE.height);
  context.font = `11px ${view.theme.font}`;
  context.textBaseline = "top";
  const images = imagesOf(view);
  for (let part = 0; part < count; part++) paintTile(view, context, images, part, columns);
}

// Inputs, weights and products, each as one picture in which the parts stand below one another.
function imagesOf(view) {
  const { inputs, weights } = view.message.arrays;
  const [count, rows, cols] = inputs.shape;
  const { inputs: first, weights: second, products: third } = view.limits;
  return [[inputs.values, first], [weights.values, second], [view.products, third]].map(([values, limit]) =>
    picture(values, count * rows, cols, "diverging", limit));
}

function paintTile(view, context, images, part, columns) {
  const { inputs, sums } = view.message.arrays;
  const [, rows, cols] = inputs.shape;
  const [x, y] = [(part % columns) * TILE.width + 4, Math.floor(part / columns) * TILE.height + 4];
  const [width, height] = [TILE.cell * cols, TILE.cell * rows];
  context.strokeStyle = view.theme.faint;
  images.forEach((image, i) => {
    const place = [x + i * (width + 9), y + 16, width, height];
    context.drawImage(image, 0, part * rows, cols, rows, ...place);
    context.strokeRect(...place);
  });
  context.fillStyle = view.theme.text;
  context.textAlign = "left";
  context.fillText(part, x, y + 2);
  context.textAlign = "right";
  context.fillText(short(sums.values[part]), x + 3 * width + 18, y + 2);
  if (part !== chosenPart(view)) return;
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(x - 3, y - 2, TILE.width - 5, TILE.height - 3);
  context.lineWidth = 1;
}

function tileColumns(view) {
  return Math.max(1, Math.floor(view.root.querySelector(".tiles").clientWidth / TILE.width));
}

export function attachTiles(view) {
  const canvas = view.root.querySelector(".tiles canvas");
  view.root.querySelector("details").ontoggle = () => showTiles(view);
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / TILE.width);
    const part = Math.floor((event.clientY - box.top) / TILE.height) * tileColumns(view) + column;
    if (part < view.message.arrays.sums.values.length) choosePart(view, part);
  };
}
