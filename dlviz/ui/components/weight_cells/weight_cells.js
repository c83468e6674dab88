// Weights as a picture with a cell each. The cell that is clicked goes back as `pick` [place, time].

import { largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { setText } from "../shared/elements.js";
import { onArrows, onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { full } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";

const [TALLEST, LARGEST_CELL] = [220, 26]; // pixels

export default mount({ create, receive, draw });

function create(view) {
  view.canvas = view.root.querySelector("canvas");
  view.tip = view.root.querySelector(".tip");
  view.canvas.onclick = (event) => {
    view.cursor = placeAt(view, event);
    pick(view, view.cursor);
  };
  view.canvas.onpointermove = (event) => {
    const place = placeAt(view, event);
    showTip(view, event, full(view.message.arrays.values.values[place]), nameOf(view, place));
  };
  view.canvas.onpointerleave = () => (view.tip.hidden = true);
  const choose = () => pick(view, view.cursor);
  onKeys(view.canvas, { Enter: choose, " ": choose });
  onArrows(view.canvas, (down, right) => {
    const [rows, columns] = view.message.arrays.values.shape;
    const row = (Math.floor(view.cursor / columns) + down + rows) % rows;
    const column = ((view.cursor % columns) + right + columns) % columns;
    view.cursor = row * columns + column;
    setText(view.root.querySelector(".said"), `${nameOf(view, view.cursor)}: ${full(view.message.arrays.values.values[view.cursor])}`);
    draw(view);
  });
  view.canvas.onfocus = view.canvas.onblur = () => draw(view);
}

function receive(view, message) {
  const before = view.message;
  view.message = message;
  if (knowsChoice(view, message)) view.marked = message.marked;
  // The keyboard begins at a chosen weight.
  if (before?.arrays.values.values.length !== message.arrays.values.values.length) view.cursor = Math.max(0, ...message.marked);
  view.canvas.setAttribute("aria-label", message.alt);
}

function nameOf({ message }, place) {
  const columns = message.arrays.values.shape[1];
  return `${message.rows} ${Math.floor(place / columns)}, ${message.columns} ${place % columns}`;
}

function placeAt(view, event) {
  const [rows, columns] = view.message.arrays.values.shape;
  const box = view.canvas.getBoundingClientRect();
  const cell = (at, size, count) => Math.max(0, Math.min(count - 1, Math.floor((at / size) * count)));
  return cell(event.clientY - box.top, box.height, rows) * columns + cell(event.clientX - box.left, box.width, columns);
}

// The weight that was chosen last stays as the first.
function pick(view, place) {
  if (place === view.marked[1]) return;
  view.marked = [view.marked[1], place];
  noteChoice(view);
  sendChoice(view, "pick", [place]);
  draw(view);
}

function draw(view) {
  const { values, shape } = view.message.arrays.values;
  const [rows, columns] = shape;
  const across = Math.min(LARGEST_CELL, view.root.clientWidth / columns);
  // Narrow cells may be taller than they are wide, as long as the picture is not too tall.
  const down = Math.min(LARGEST_CELL, Math.max(across, Math.min(TALLEST / rows, 7 * across)));
  const [width, height] = [across * columns, down * rows];
  const context = sharpContext(view.canvas, width, height);
  view.map = picture(values, rows, columns, "diverging", largest(values), view.map);
  context.drawImage(view.map, 0, 0, width, height);
  const outline = (place, colour, dash) => {
    if (place < 0) return;
    const [x, y] = [(place % columns) * across, Math.floor(place / columns) * down];
    context.setLineDash(dash);
    context.lineWidth = 4;
    context.strokeStyle = "#ffffff";
    context.strokeRect(x - 1, y - 1, across + 2, down + 2);
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.strokeRect(x - 1, y - 1, across + 2, down + 2);
  };
  outline(view.marked[0], PALETTE.accent, []);
  outline(view.marked[1], PALETTE.accent, [3, 2]);
  if (view.root.getRootNode().activeElement === view.canvas) outline(view.cursor, "#000000", [1, 2]);
  performance.mark("dlviz:weight_cells");
}
