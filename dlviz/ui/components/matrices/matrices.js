// Matrices beside each other, as heat maps as wide as there is room, with a name for each row. Hover gives the value.

import { largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { followToken, HOVERED, tellToken } from "../shared/hover.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";

export default mount({
  create(view) {
    view.tip = view.root.querySelector(".tip");
    followToken(view, () => view.figures.filter(({ matrix }) => matrix.rows.length).forEach((figure) => paint(view, figure)));
  },
  receive(view, { matrices, arrays }) {
    view.figures = matrices.map((matrix) => figureOf(view, { ...matrix, ...arrays[matrix.name] }));
    view.root.querySelector(".all").replaceChildren(...view.figures.map(({ box }) => box));
  },
  draw(view) {
    view.figures.forEach((figure) => paint(view, figure));
  },
});

function figureOf(view, matrix) {
  const [box, map, room, canvas] = [element("figure"), element("div", "", "map"), element("div", "", "room"), element("canvas")];
  box.style.setProperty("--basis", `${matrix.basis}px`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", matrix.alt);
  if (matrix.rows.length) map.append(labels(matrix));
  room.append(canvas);
  map.append(room);
  const title = element("h4", matrix.title);
  title.title = matrix.title; // it may be cut
  box.append(title, element("p", matrix.note), map);
  canvas.onpointermove = (event) => hover(view, canvas, matrix, event);
  canvas.onpointerleave = () => {
    view.tip.hidden = true;
    tellToken(-1);
  };
  return { box, room, canvas, matrix };
}

function labels({ rows, row }) {
  const box = element("div", "", "labels");
  for (const [at, name] of rows.entries()) {
    const span = element("span", name);
    span.title = name;
    span.onpointerenter = () => tellToken(at);
    span.onpointerleave = () => tellToken(-1);
    span.style.height = span.style.lineHeight = `${row}px`;
    box.append(span);
  }
  return box;
}

function paint(view, { box, room, canvas, matrix }) {
  const [height, width] = matrix.shape;
  const [across, down] = [room.clientWidth, height * matrix.row];
  const context = sharpContext(canvas, across, down);
  const limit = matrix.limit || largest(matrix.values) || 1;
  context.drawImage(picture(matrix.values, height, width, matrix.scale, limit), 0, 0, across, down);
  context.strokeStyle = "#8a939e66";
  context.strokeRect(0.5, 0.5, across - 1, down - 1);
  // A word's row in all of them.
  const names = [...box.querySelectorAll(".labels span")];
  names.forEach((name, row) => name.classList.toggle("lit", row === view.hovered));
  if (!names[view.hovered]) return;
  context.strokeStyle = HOVERED;
  context.lineWidth = 2;
  context.strokeRect(1, view.hovered * matrix.row, across - 2, matrix.row);
}

function hover(view, canvas, matrix, event) {
  const [height, width] = matrix.shape;
  const [row, column] = [Math.floor(event.offsetY / matrix.row), Math.floor((event.offsetX / canvas.clientWidth) * width)];
  view.tip.hidden = row < 0 || row >= height || column < 0 || column >= width;
  if (view.tip.hidden) return;
  if (matrix.rows.length) tellToken(row);
  const place = `${matrix.rows[row] ?? `${matrix.item} ${row + 1}`}, ${matrix.column} ${column + 1}`;
  showTip(view, event, short(matrix.values[row * width + column]), place);
}
