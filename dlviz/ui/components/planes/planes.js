// The same pictures in several planes. The one that is clicked is outlined in all, and joined to its nearest in each,
// which stand below; nothing goes back to Python.

import { cssColour, sharpContext } from "../shared/canvas.js";
import { element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";
import { drawThumbnail, followSheets } from "../shared/sheets.js";
import { quoted } from "../shared/words.js";

const [TALL, MARGIN] = [0.82, 30]; // height of a plane by its width; pixels around the outermost pictures
const [LARGE, NEAR] = [46, 40]; // the chosen picture, and its nearest below

export default mount({ create, receive, draw });

function create(view) {
  view.place = view.root.querySelector(".panels");
  const unfollow = followSheets(() => (view.root.isConnected ? draw(view) : unfollow()));
}

function receive(view, message) {
  const { names, chosen, classes, planes } = message;
  const before = view.message?.names[view.chosen];
  const asked = !view.message || message.names[chosen] !== view.message.names[view.message.chosen];
  view.message = message;
  // The learner's own choice stays while its picture does, and until another one is chosen above.
  view.chosen = asked ? chosen : Math.max(0, names.indexOf(before));
  const legend = classes.map((name, label) => {
    const [entry, square, text] = [element("span"), element("i"), element("bdi", name)];
    square.style.background = PALETTE.classes[label];
    entry.append(square, text);
    return entry;
  });
  view.root.querySelector(".legend").replaceChildren(...legend);
  if (view.place.children.length !== planes.length) view.place.replaceChildren(...planes.map((_, at) => panelOf(view, at)));
}

function panelOf(view, at) {
  const [figure, caption, canvas, near, row] = ["figure", "figcaption", "canvas", "p", "div"].map((name) => element(name));
  caption.append(element("b"), element("span"));
  [canvas.className, near.className, row.className] = ["plane", "near", "row"];
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "keys");
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const distances = view.spots[at].map(([left, top]) => Math.hypot(left - x, top - y));
    choose(view, distances.indexOf(Math.min(...distances)));
  };
  onArrows(canvas, (down, right) => {
    const count = view.message.names.length;
    choose(view, (view.chosen + down + right + count) % count);
  });
  figure.append(caption, canvas, near, row);
  return figure;
}

function choose(view, picture) {
  view.chosen = picture;
  draw(view);
}

function draw(view) {
  view.spots = view.message.planes.map((_, at) => drawPlane(view, at));
  performance.mark("dlviz:planes");
}

// -> where each picture lies on the canvas.
function drawPlane(view, at) {
  const { planes, names, classes, arrays } = view.message;
  const figure = view.place.children[at];
  figure.querySelector("b").textContent = planes[at].title;
  figure.querySelector("figcaption span").textContent = planes[at].note;
  const canvas = figure.querySelector(".plane");
  const width = figure.clientWidth - 2;
  const height = Math.round(width * TALL);
  const context = sharpContext(canvas, width, height);
  const spots = layOut(arrays.points, at, names.length, width, height);
  const near = nearestOf(view, at, view.chosen);
  const side = names.length > 400 ? 12 : names.length > 120 ? 18 : 26;
  const front = new Set([...near, view.chosen]);
  const paint = (picture, size, edge) => {
    const [x, y] = spots[picture];
    context.fillStyle = PALETTE.classes[arrays.labels.values[picture]];
    context.fillRect(x - size / 2 - edge, y - size / 2 - edge, size + 2 * edge, size + 2 * edge);
    drawThumbnail(context, names[picture], x - size / 2, y - size / 2, size);
  };
  context.globalAlpha = 0.75;
  names.forEach((_, picture) => front.has(picture) || paint(picture, side, 2));
  context.globalAlpha = 1;
  context.strokeStyle = cssColour(canvas, "--st-text-color") || "#222";
  context.lineWidth = 1.5;
  for (const other of near) {
    context.beginPath();
    context.moveTo(...spots[view.chosen]);
    context.lineTo(...spots[other]);
    context.stroke();
  }
  for (const other of near) paint(other, side + 6, 2);
  const [x, y] = spots[view.chosen];
  context.fillStyle = PALETTE.accent;
  context.fillRect(x - LARGE / 2 - 5, y - LARGE / 2 - 5, LARGE + 10, LARGE + 10);
  paint(view.chosen, LARGE, 2);
  tellNearest(view, figure, near);
  const own = classes[arrays.labels.values[view.chosen]];
  canvas.setAttribute("aria-label", `${planes[at].title}: picture ${view.chosen + 1} of ${names.length}, ${quoted(own)}`);
  return spots;
}

function layOut({ values }, at, count, width, height) {
  const points = Array.from({ length: count }, (_, picture) => values.subarray(2 * (at * count + picture), 2 * (at * count + picture) + 2));
  const place = (axis, low, high) => {
    const along = points.map((point) => point[axis]);
    const [least, most] = [Math.min(...along), Math.max(...along)];
    return along.map((value) => (most > least ? low + ((value - least) / (most - least)) * (high - low) : (low + high) / 2));
  };
  const [xs, ys] = [place(0, MARGIN, width - MARGIN), place(1, height - MARGIN, MARGIN)];
  return xs.map((x, picture) => [x, ys[picture]]);
}

function nearestOf(view, at, picture) {
  const { values, shape } = view.message.arrays.nearest;
  const [, count, most] = shape;
  const first = (at * count + picture) * most;
  return [...values.subarray(first, first + most)].filter((other) => other >= 0);
}

function tellNearest(view, figure, near) {
  const { names, classes, arrays } = view.message;
  const labels = arrays.labels.values;
  const own = near.filter((other) => labels[other] === labels[view.chosen]).length;
  const text = near.length ? `Nearest to it: ${own} of ${near.length} of its own class` : "There is no picture of another burst to compare it with";
  setText(figure.querySelector(".near"), text);
  const pictures = near.map((other) => {
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", classes[labels[other]]);
    canvas.title = classes[labels[other]];
    drawThumbnail(sharpContext(canvas, NEAR, NEAR), names[other], 0, 0, NEAR);
    canvas.style.borderColor = PALETTE.classes[labels[other]];
    canvas.onclick = () => choose(view, other);
    return canvas;
  });
  figure.querySelector(".row").replaceChildren(...pictures);
}
