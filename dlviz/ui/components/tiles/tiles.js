// Groups of small matrices: kernels, heat maps, hidden units. Hover gives the value.

import { largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { followToken, outlineToken, tellToken } from "../shared/hover.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { quoted } from "../shared/words.js";

const SPACE = 5; // between tiles

export default mount({
  create(view) {
    followToken(view, () => view.named.forEach((paint) => paint()));
  },
  draw(view) {
    const { root, message: { groups, arrays } } = view;
    view.named = []; // what paints the groups whose rows and columns are tokens
    root.replaceChildren(...groups.map((group) => figure(view, { ...group, ...arrays[group.name] }, arrays.under)));
  },
});

function figure(view, group, under) {
  const { root } = view;
  const [made, canvas, caption] = ["figure", "canvas", "figcaption"].map((name) => element(name));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", group.alt);
  made.append(element("h4", group.title), element("p", group.note), canvas, caption);
  if (group.rows.length) made.append(barsOf(group.rows));
  const grid = gridOf(root, group);
  const paint = () => paintGroup(view, canvas, group, grid, under);
  if (group.names.length) view.named.push(paint);
  paint();
  canvas.onpointermove = (event) => {
    caption.textContent = readAt(group, grid, event.offsetX, event.offsetY);
    if (group.names.length) tellToken(Math.floor((event.offsetY % grid.stepY) / grid.cell));
  };
  canvas.onpointerleave = () => {
    caption.textContent = "";
    tellToken(-1);
  };
  return made;
}

function gridOf(root, { shape: [count, height, width], columns, cell }) {
  const tileWidth = width * cell;
  const fitting = Math.max(1, Math.floor((root.clientWidth + SPACE) / (tileWidth + SPACE)));
  const across = Math.min(columns, fitting, count);
  return { across, cell, stepX: tileWidth + SPACE, stepY: height * cell + SPACE, rows: Math.ceil(count / across) };
}

function paintGroup(view, canvas, group, grid, under) {
  const [count, height, width] = group.shape;
  const context = sharpContext(canvas, grid.across * grid.stepX - SPACE, grid.rows * grid.stepY - SPACE);
  const limit = group.limit || largest(group.values) || 1;
  // All tiles, one below the other: a canvas for each would take ten times as long.
  const sheet = picture(group.values, count * height, width, group.scale, limit);
  for (let index = 0; index < count; index++) {
    const box = [(index % grid.across) * grid.stepX, Math.floor(index / grid.across) * grid.stepY, width * grid.cell, height * grid.cell];
    context.drawImage(sheet, 0, index * height, width, height, ...box);
    context.strokeStyle = "#8a939e66";
    context.lineWidth = 0.75;
    context.strokeRect(...box);
    if (group.over) paintInk(context, under, box);
    if (group.crossed.includes(index)) cross(context, box);
    if (group.selected === index) outline(context, box);
    if (group.names.length) outlineToken({ hovered: view.hovered, count: height }, context, box, 1.5);
  }
}

// The drawing, as a shadow over its heat map.
function paintInk(context, under, box) {
  context.globalCompositeOperation = "multiply";
  context.globalAlpha = 0.42;
  context.drawImage(picture(under.values, under.shape[1], under.shape[2], "ink", 1), ...box);
  context.globalCompositeOperation = "source-over";
  context.globalAlpha = 1;
}

function cross(context, [x, y, width, height]) {
  context.strokeStyle = "#30363d";
  context.lineWidth = 1.25;
  context.beginPath();
  context.moveTo(x + 2, y + 2);
  context.lineTo(x + width - 2, y + height - 2);
  context.moveTo(x + width - 2, y + 2);
  context.lineTo(x + 2, y + height - 2);
  context.stroke();
}

// A label, a bar and a number in each row.
function barsOf(rows) {
  const list = element("dl");
  list.translate = false;
  for (const [label, share, text] of rows) {
    const [value, track, bar] = ["dd", "b", "i"].map((name) => element(name));
    bar.style.width = `${100 * share}%`;
    bar.style.background = PALETTE.scales.sequential[3];
    track.append(bar);
    value.append(track, element("span", text));
    list.append(element("dt", label), value);
  }
  return list;
}

function outline(context, [x, y, width, height]) {
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, width - 2, height - 2);
}

// The value under the pointer, in words.
function readAt(group, grid, x, y) {
  const [count, height, width] = group.shape;
  const [column, row] = [Math.floor(x / grid.stepX), Math.floor(y / grid.stepY)];
  const index = row * grid.across + column;
  const [i, j] = [Math.floor((y - row * grid.stepY) / grid.cell), Math.floor((x - column * grid.stepX) / grid.cell)];
  if (column >= grid.across || index >= count || i >= height || j >= width || i < 0 || j < 0) return "";
  const value = short(group.values[(index * height + i) * width + j]);
  if (group.names.length) return `${quoted(group.names[i])} → ${quoted(group.names[j])}: ${value}`;
  const place = height * width > 1 ? `, row ${i}, column ${j}` : "";
  const number = count > 1 ? `${group.item} ${index}${place}` : place.slice(2);
  return `${number}: ${value}`;
}
