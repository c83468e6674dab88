// The part of the network that is looked at: at one checkpoint, or at two with what lies between them.

import { argmax, largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";
import { called } from "./answers.js";

export const NARROW = 620; // the component's width, below which its panels stand one below the other
const SPACE = 4; // between tiles
const HEAD = 16; // for a tile's name
const HIGHEST = 440;
const LARGEST = 24; // pixels of a value

// One scale for all checkpoints, so that a colour means the same throughout the film; gates have one each.
export function limitsOf({ each, arrays: { values } }) {
  const [checkpoints, count, height, width] = values.shape;
  const [size, limits] = [height * width, new Float32Array(count)];
  for (let place = 0; place < checkpoints; place++) {
    for (let tile = 0; tile < count; tile++) {
      const start = (place * count + tile) * size;
      limits[tile] = Math.max(limits[tile], largest(values.values.subarray(start, start + size)));
    }
  }
  return each ? limits : limits.fill(largest(limits));
}

function framesOf(view) {
  const { checkpoints } = view.message;
  const at = (place) => ({ title: called(checkpoints[place].step), values: valuesAt(view, place) });
  if (view.beside < 0) return [at(view.step)];
  const [before, now] = [at(view.beside), at(view.step)];
  const values = now.values.map((value, index) => value - before.values[index]);
  return [before, now, { title: `${now.title} less ${before.title}`, values, difference: true }];
}

function valuesAt({ message: { arrays } }, place) {
  const size = arrays.values.values.length / arrays.values.shape[0];
  return arrays.values.values.subarray(place * size, (place + 1) * size);
}

export function layOutPanels(view) {
  const count = view.message.arrays.values.shape[1] ? (view.beside < 0 ? 1 : 3) : 0;
  const box = view.root.querySelector(".panels");
  view.panels = Array.from({ length: count }, (_, index) => box.children[index] ?? panel());
  box.replaceChildren(...view.panels);
  const wide = view.root.clientWidth;
  const narrow = wide < NARROW;
  const room = narrow || count === 1 ? wide : (wide - 18 * (count - 1)) / count;
  view.grid = count ? gridOf(view.message, room) : null;
  view.root.querySelector(".note").textContent = view.message.note;
}

function panel() {
  const [made, canvas] = [element("figure"), element("canvas")];
  canvas.setAttribute("role", "img");
  made.append(element("figcaption"), canvas);
  return made;
}

// As large as fits the width without being too high; a tile too wide for it is squeezed.
function gridOf(message, room) {
  const grid = squareGridOf(message, room);
  // A sequence may be short: its steps are drawn wider than its units are high.
  const [, , , width] = message.arrays.values.shape;
  const across = Math.floor((room + SPACE) / grid.across - SPACE);
  const wide = message.each ? Math.max(grid.cell, Math.min(LARGEST, Math.floor(across / width))) : grid.cell;
  return { ...grid, wide, stepX: width * wide + SPACE };
}

function squareGridOf({ names, arrays: { values } }, room) {
  const [, count, height, width] = values.shape;
  const head = names.length ? HEAD : 0;
  const fit = (cell) => {
    const across = Math.max(1, Math.min(count, Math.floor((room + SPACE) / (width * cell + SPACE))));
    return { cell, across, rows: Math.ceil(count / across), stepX: width * cell + SPACE, stepY: height * cell + SPACE + head, head };
  };
  for (let cell = LARGEST; cell > 1; cell--) {
    const grid = fit(cell);
    if (grid.rows * grid.stepY <= HIGHEST && width * cell <= room) return { ...grid, across: Math.ceil(count / grid.rows) };
  }
  return fit(Math.min(1, room / width));
}

export function paintPanels(view) {
  if (!view.grid) return;
  framesOf(view).forEach((frame, index) => paintPanel(view, frame, view.panels[index]));
}

function paintPanel(view, frame, made) {
  const { names, scales, item, arrays: { values: { shape: [, count, height, width] } } } = view.message;
  const { grid } = view;
  const canvas = made.querySelector("canvas");
  const context = sharpContext(canvas, grid.across * grid.stepX - SPACE, grid.rows * grid.stepY - SPACE);
  const most = largest(frame.values);
  for (let tile = 0; tile < count; tile++) {
    const [left, top] = [(tile % grid.across) * grid.stepX, Math.floor(tile / grid.across) * grid.stepY + grid.head];
    const values = frame.values.subarray(tile * height * width, (tile + 1) * height * width);
    const [scale, limit] = frame.difference ? ["diverging", most] : [scales[tile], view.limits[tile]];
    const box = [left, top, width * grid.wide, height * grid.cell];
    context.drawImage(picture(values, height, width, scale, limit), ...box);
    Object.assign(context, { strokeStyle: "#8a939e66", lineWidth: 0.75, fillStyle: view.ink, font: `11px ${view.font}` });
    context.strokeRect(...box);
    if (grid.head) context.fillText(names[tile], left, top - 5, width * grid.wide);
  }
  made.frame = frame;
  const size = height * width;
  const many = size > 1 ? `${count} ${item}s of ${height}×${width}` : `${count} ${item}s`;
  const what = count === 1 ? `${height}×${width}` : many;
  const top = argmax(frame.values, Math.abs);
  const where = names[Math.floor(top / size)] ?? `${item} ${Math.floor(top / size)}`;
  const told = frame.difference ? `largest change: ${short(frame.values[top])} in ${where}` : `strongest: ${short(frame.values[top])} in ${where}`;
  made.querySelector("figcaption").replaceChildren(element("b", sentenceCase(frame.title)), element("span", `${what}; ${told}`));
  canvas.setAttribute("aria-label", `${view.message.title}, ${frame.title}: ${what}; ${told}.`);
}

function sentenceCase(text) {
  return text[0].toUpperCase() + text.slice(1);
}

export function hover(view, event) {
  const made = view.panels.find((each) => event.composedPath().includes(each.querySelector("canvas")));
  const read = made && readAt(view, made, event);
  if (read) showTip(view, event, read.value, read.place);
  else view.tip.hidden = true;
}

function readAt(view, made, event) {
  const { names, item, arrays: { values: { shape: [, count, height, width] } } } = view.message;
  const { grid } = view;
  const box = made.querySelector("canvas").getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const [across, down] = [Math.floor(x / grid.stepX), Math.floor(y / grid.stepY)];
  const column = Math.floor((x - across * grid.stepX) / grid.wide);
  const row = Math.floor((y - down * grid.stepY - grid.head) / grid.cell);
  const tile = down * grid.across + across;
  if (tile >= count || row < 0 || row >= height || column >= width) return null;
  const place = height * width > 1 ? `, row ${row}, column ${column}` : "";
  const value = short(made.frame.values[(tile * height + row) * width + column]);
  return { value, place: `${names[tile] ?? `${item} ${tile}`}${place}, ${made.frame.title}` };
}
