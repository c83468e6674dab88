// A picture with a class's activation map over it, the bars of all classes, and the sum of the map in numbers. A class
// that is clicked shows its own map; nothing goes back to Python.

import { sharpContext } from "../shared/canvas.js";
import { colourOf, cssOf } from "../shared/colour.js";
import { element, setText } from "../shared/elements.js";
import { largest } from "../shared/arrays.js";
import { mount } from "../shared/mount.js";
import { probability, withMinus } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";

const FULL = 0.72; // opacity of the strongest place

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { canvas: find("canvas"), rows: find(".rows"), caption: find("figcaption"), chosen: null });
  view.root.style.setProperty("--first", PALETTE.scales.sequential[3]);
}

function receive(view, message) {
  const { classes, arrays, title } = message;
  view.message = message;
  if (!classes.includes(view.chosen)) view.chosen = null; // the answer's
  const shares = arrays.probabilities.values;
  view.order = [...classes.keys()].sort((one, other) => shares[other] - shares[one]);
  view.caption.textContent = title;
  view.rows.replaceChildren(...view.order.map((at) => rowOf(view, at)));
  const count = (view.count = (view.count ?? 0) + 1);
  createImageBitmap(new Blob([arrays.jpeg.values], { type: "image/jpeg" })).then((image) => {
    if (count !== view.count) return;
    view.image = image;
    draw(view);
  });
}

function rowOf(view, at) {
  const { classes, arrays } = view.message;
  const row = element("button");
  row.type = "button";
  const [name, track, bar] = [element("span", classes[at]), element("b"), element("i")];
  name.dir = "auto";
  name.title = classes[at];
  bar.style.width = `${100 * arrays.probabilities.values[at]}%`;
  track.append(bar);
  row.append(name, track, element("span", probability(arrays.probabilities.values[at])));
  row.onclick = () => {
    view.chosen = at === view.order[0] ? null : classes[at];
    draw(view);
  };
  return row;
}

function draw(view) {
  const { classes, arrays, side } = view.message;
  const shown = view.chosen === null ? view.order[0] : classes.indexOf(view.chosen);
  [...view.rows.children].forEach((row, at) => row.setAttribute("aria-pressed", String(view.order[at] === shown)));
  const [, rows, columns] = arrays.maps.shape;
  const size = rows * columns;
  const map = arrays.maps.values.subarray(shown * size, (shown + 1) * size);
  const limit = largest(arrays.maps.values);
  paint(view, map, rows, columns, limit, Math.min(side, view.root.clientWidth));
  const [logit, bias] = [arrays.logits.values[shown], arrays.bias.values[shown]];
  const sum = map.reduce((total, part) => total + part, 0);
  tellSum(view, classes[shown], size, sum, logit, bias);
  const best = map.reduce((found, part, at) => (part > map[found] ? at : found), 0);
  view.canvas.setAttribute(
    "aria-label",
    `The picture, and where it speaks for ${classes[shown]}: most in row ${Math.floor(best / columns) + 1}, column ${(best % columns) + 1} of ${rows} × ${columns} places, ${written(map[best])}`,
  );
  performance.mark("dlviz:class-map");
}

function paint(view, map, rows, columns, limit, side) {
  const context = sharpContext(view.canvas, side, side);
  if (!view.image) return;
  context.imageSmoothingEnabled = true;
  context.filter = "grayscale(0.75)";
  context.drawImage(view.image, 0, 0, side, side);
  context.filter = "none";
  const step = side / columns;
  context.font = `600 ${Math.round(step / 4.4)}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  map.forEach((part, at) => {
    const [left, top] = [(at % columns) * step, Math.floor(at / columns) * step];
    context.globalAlpha = FULL * Math.min(1, Math.abs(part) / (limit || 1));
    context.fillStyle = cssOf(colourOf(Math.sign(part) * 0.6, "diverging", 1));
    context.fillRect(left, top, step, step);
    context.globalAlpha = 1;
    if (step < 40) return;
    context.strokeStyle = "#000a";
    context.lineWidth = 3;
    context.fillStyle = "#fff";
    for (const ink of ["strokeText", "fillText"]) context[ink](written(part), left + step / 2, top + step / 2);
  });
}

function tellSum(view, name, places, sum, logit, bias) {
  const line = element("p", "", "sum");
  const label = element("bdi", name);
  line.append(`The ${places} numbers for `, label, " add up to ", element("strong", written(sum, 3)), ". Its logit ", element("strong", written(logit, 3)), " − its bias ", element("strong", bias < 0 ? `(${written(bias, 3)})` : written(bias, 3)), " = ", element("strong", written(logit - bias, 3)), ".");
  view.root.querySelector(".sum").replaceWith(line);
  setText(view.root.querySelector(".note"), "Blue places speak for the class, orange ones against it. Rounded numbers; click a class for its map.");
}

function written(value, digits = 2) {
  const text = value.toFixed(digits);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}
