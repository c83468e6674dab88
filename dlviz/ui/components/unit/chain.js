// The chain of squares from the drawing to the selected unit's map.

import { clampIndex } from "../shared/arrays.js";
import { hatch, sharpContext } from "../shared/canvas.js";
import { colourOf, inkOn, picture } from "../shared/colour.js";
import { button, element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { isolated } from "../shared/words.js";
import { chosenPart, partName } from "./parts.js";

const OWN = 200;
const ROW = 15; // the least height of a class
const EDGE = 2; // px round a square, so that outlines at its border are whole

export function showChain(view) {
  const { squares } = view.message;
  const place = view.root.querySelector(".chain");
  const names = squares.map((square) => square.name).join();
  if (place.dataset.names !== names) {
    const focused = place.contains(view.root.getRootNode().activeElement);
    place.replaceChildren(...squares.map((_, index) => figureOf(view, index)));
    place.dataset.names = names;
    if (focused) place.querySelector("[tabindex]").focus({ preventScroll: true });
  }
  squares.forEach((_, index) => paintSquare(view, index));
}

function figureOf(view, index) {
  const [figure, canvas] = [element("figure"), element("canvas")];
  const own = index === view.message.squares.length - 1;
  if (own) makeChooser(view, canvas);
  else if (index === 0) canvas.setAttribute("role", "img");
  else canvas.setAttribute("aria-hidden", "true"); // the button around it has the name
  if (index === 0 || own) {
    figure.append(canvas);
  } else {
    const holder = button("", () => view.choose([view.message.squares[index].name, ...unitOf(view, index)]));
    holder.append(canvas);
    figure.append(holder);
  }
  figure.append(element("figcaption"));
  return figure;
}

// Clicking a pixel of the unit's own map, or moving by arrow keys, chooses another unit.
function makeChooser(view, canvas) {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "keys");
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const [rows, cols] = ownShape(view);
    const row = (event.clientY - box.top - EDGE) / (box.height - 2 * EDGE);
    const col = (event.clientX - box.left - EDGE) / (box.width - 2 * EDGE);
    return [clampIndex(Math.floor(row * rows), rows), clampIndex(Math.floor(col * cols), cols)];
  };
  canvas.onclick = (event) => moveTo(view, ...at(event));
  canvas.onpointermove = (event) => readOut(view, ...at(event));
  canvas.onpointerleave = () => readOut(view, ...ownPlace(view));
  onArrows(canvas, (...step) => {
    const place = ownPlace(view).map((i, axis) => i + step[axis]);
    if (place.every((i, axis) => i >= 0 && i < ownShape(view)[axis])) moveTo(view, ...place);
  });
}

function ownShape(view) {
  return view.message.arrays[`square.${view.message.squares.length - 1}`].shape;
}

// Row and column on the unit's own square; a vector is folded into rows.
function ownPlace(view) {
  const here = view.message.selection;
  const [, channel, row, col] = view.wanted?.[0] === here[0] ? view.wanted : here;
  const [, cols] = ownShape(view);
  return isVector(view) ? [Math.floor(channel / cols), channel % cols] : [row, col];
}

function isVector(view) {
  return !view.message.squares.at(-1).maps;
}

function moveTo(view, row, col) {
  const [stage, channel] = view.message.selection;
  const [, cols] = ownShape(view);
  view.choose(isVector(view) ? [stage, row * cols + col, 0, 0] : [stage, channel, row, col]);
  paintSquare(view, view.message.squares.length - 1);
}

function readOut(view, row, col) {
  const last = view.message.squares.length - 1;
  const [, cols] = ownShape(view);
  const value = short(view.message.arrays[`square.${last}`].values[row * cols + col]);
  const { softmax } = view.message;
  const unit = row * cols + col;
  const named = softmax && !softmax.digits ? isolated(softmax.classes[unit]) : `${softmax ? "digit" : "unit"} ${unit}`;
  const place = isVector(view) ? named : `(${row}, ${col})`;
  caption(view, last, `${place}: ${value}`);
}

function caption(view, index, third) {
  const { title, size } = view.message.squares[index];
  setText(view.root.querySelectorAll(".chain figcaption")[index], [title, size, third].filter(Boolean).join("\n"));
}

// The unit of a square that the way leads through. Of a sum's source another part may have been chosen since.
function unitOf(view, index) {
  const { squares, arrays } = view.message;
  const { unit } = squares[index];
  if (!arrays.sources || index !== squares.length - 2 || unit?.[0] === chosenPart(view)) return unit;
  const [top, , left] = squares[index].box;
  return [chosenPart(view), top, left];
}

function mapOf(view, index) {
  const { squares, arrays } = view.message;
  if (!arrays.sources || index !== squares.length - 2) return arrays[`square.${index}`].values;
  const size = arrays.sources.shape[1] * arrays.sources.shape[2];
  return arrays.sources.values.subarray(chosenPart(view) * size, (chosenPart(view) + 1) * size);
}

// The fewer squares there are, the larger each can be; what the unit itself reads is larger than what lies before.
function sizeOf(index, count, rows, named) {
  if (index === count - 1) return named ? Math.max(ROW * rows, Math.min(OWN, 3 * ROW * rows)) : OWN;
  if (index === 0) return 152;
  const between = count <= 5 ? 96 : count <= 8 ? 72 : 56;
  return index === count - 2 ? Math.max(100, between) : between;
}

export function paintSquare(view, index) {
  const { squares, arrays, parts } = view.message;
  const square = squares[index];
  const canvas = view.root.querySelectorAll(".chain canvas")[index];
  const last = squares.length - 1;
  const [rows, cols] = arrays[`square.${index}`].shape;
  const step = sizeOf(index, squares.length, rows, view.message.softmax) / (Math.max(rows, cols) + 2 * square.margin);
  const inset = EDGE + step * square.margin;
  const context = sharpContext(canvas, step * cols + 2 * inset, step * rows + 2 * inset);
  context.translate(inset, inset);
  canvas.closest("figure").lastElementChild.style.paddingLeft = `${inset}px`;
  if (square.margin) hatchBox(context, step, square.around, view.theme.faint);
  context.drawImage(picture(mapOf(view, index), rows, cols, square.scale, square.limit), 0, 0, step * cols, step * rows);
  context.strokeStyle = view.theme.faint;
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, step * cols - 1, step * rows - 1);
  if (parts.kind === "pool" && index === last - 1) hatchUnused(context, step, rows, cols, parts.unused, view.theme.text);
  if (index === last) paintOwn(view, context, step);
  else outline(context, step, square.box, square.around);
  if (index < last) describeSquare(view, index, canvas);
}

function describeSquare(view, index, canvas) {
  const unit = unitOf(view, index);
  const { name, title, size, maps } = view.message.squares[index];
  const map = !(unit && maps) ? "" : index === 0 ? partName(view, unit[0]) : `map ${unit[0]}`;
  caption(view, index, map);
  const label = [title, size, map].filter(Boolean).join(", ");
  const named = index === 0 ? canvas : canvas.parentElement;
  const what = unit && index > 0 ? ` (${name}): look at the unit on the way here` : ": what the unit sees is outlined";
  named.setAttribute("aria-label", label + what);
}

function paintOwn(view, context, step) {
  const [row, col] = ownPlace(view);
  const { squares, arrays, softmax } = view.message;
  const last = squares.length - 1;
  const canvas = view.root.querySelectorAll(".chain canvas")[last];
  if (softmax) {
    context.font = `12px ${view.theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const short = softmax.classes.every((name) => name.length < 3);
    arrays[`square.${last}`].values.forEach((value, digit) => {
      context.fillStyle = inkOn(colourOf(value, squares[last].scale, squares[last].limit));
      context.fillText(short ? softmax.classes[digit] : digit, step / 2, (digit + 0.5) * step + 0.5);
    });
  }
  outline(context, step, [row, row + 1, col, col + 1]);
  canvas.setAttribute("aria-label", `${squares[last].title}, ${squares[last].size}: ${view.message.place}`);
  readOut(view, row, col);
}

function outline(context, step, box, around = box) {
  const stroke = ([top, bottom, left, right]) =>
    context.strokeRect(left * step, top * step, (right - left) * step, (bottom - top) * step);
  context.strokeStyle = "#ffffffd0";
  context.lineWidth = 4;
  stroke(box);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  stroke(box);
  if (around.every((edge, i) => edge === box[i])) return;
  context.setLineDash([3, 3]);
  context.lineWidth = 1.25;
  stroke(around);
  context.setLineDash([]);
}

function hatchBox(context, step, [top, bottom, left, right], colour) {
  hatch(context, left * step, top * step, (right - left) * step, (bottom - top) * step, colour);
}

function hatchUnused(context, step, rows, cols, [unusedRows, unusedCols], colour) {
  for (const row of unusedRows) hatchBox(context, step, [row, row + 1, 0, cols], colour);
  for (const col of unusedCols) hatchBox(context, step, [0, rows, col, col + 1], colour);
}
