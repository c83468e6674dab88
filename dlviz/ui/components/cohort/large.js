// One network large, with the points; where these are the learner's own, a click places one.

import { sharpContext } from "../shared/canvas.js";
import { noteChoice, sendChoice } from "../shared/choices.js";
import { setText } from "../shared/elements.js";
import { onArrows, onKeys } from "../shared/keys.js";
import { percent } from "../shared/numbers.js";
import { BLUE, boundary, ORANGE } from "./grid.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PLACES = 256; // along each axis, as own_points.py has them
const LENGTH = 3; // characters of a point
const MOST = 2000; // own points
const SIDE = 400;
const STEP = 8; // places that an arrow key moves

const css = (rgb) => `rgb(${rgb.join(" ")})`;

export function setUpPlacing(view) {
  const canvas = view.find(".large canvas");
  Object.assign(view, { canvas, label: 1, cursor: null });
  canvas.addEventListener("pointerdown", (event) => {
    if (view.own === null || event.button === 1) return;
    const box = canvas.getBoundingClientRect();
    const place = (part) => Math.max(0, Math.min(PLACES - 1, Math.round(part * (PLACES - 1))));
    const [x, y] = [place((event.clientX - box.left) / box.width), place(1 - (event.clientY - box.top) / box.height)];
    add(view, x, y, event.button === 2 ? 1 - view.label : view.label);
  });
  canvas.addEventListener("contextmenu", (event) => view.own !== null && event.preventDefault());
  onArrows(canvas, (rows, columns) => {
    const { x, y } = view.cursor ?? { x: PLACES / 2, y: PLACES / 2 };
    const within = (place) => Math.max(0, Math.min(PLACES - 1, place));
    view.cursor = { x: within(x + STEP * columns), y: within(y - STEP * rows) };
    drawLarge(view);
  });
  onKeys(canvas, { " ": () => view.cursor && add(view, view.cursor.x, view.cursor.y, view.label) }, () => view.own !== null);
  view.root.querySelectorAll(".class").forEach((button) => {
    button.onclick = () => {
      view.label = Number(button.dataset.label);
      showClass(view);
    };
  });
  view.find(".undo").onclick = () => change(view, view.own.slice(0, -LENGTH));
  view.find(".clear").onclick = () => change(view, "");
  showClass(view);
}

function showClass(view) {
  view.root.querySelectorAll(".class").forEach((button) => {
    button.setAttribute("aria-pressed", String(Number(button.dataset.label) === view.label));
  });
}

function add(view, x, y, label) {
  if (view.own.length >= LENGTH * MOST) {
    setText(view.live, `No more than ${MOST} points can be placed`);
    return;
  }
  const number = (x << 10) + (y << 2) + (label << 1);
  change(view, view.own + DIGITS[number >> 12] + DIGITS[(number >> 6) & 63] + DIGITS[number & 63]);
  setText(view.live, `${label ? "Blue" : "Orange"} point placed: ${view.own.length / LENGTH} in all`);
}

// Python hears of all points at once: a report may be overtaken by the next one.
function change(view, own) {
  view.own = own;
  drawLarge(view);
  noteChoice(view);
  clearTimeout(view.placing);
  view.placing = setTimeout(() => sendChoice(view, "own", [own]), 60);
}

export function drawLarge(view) {
  const { arrays, edge, columns, held } = view.message;
  const side = Math.min(SIDE, view.find(".large").clientWidth || SIDE);
  const context = sharpContext(view.canvas, side, side);
  context.imageSmoothingEnabled = true;
  view.picture = boundary(arrays.large.values, 0, arrays.large.shape[0], view.picture);
  context.drawImage(view.picture, 0, 0, side, side);
  const points = view.own === null ? sentPoints(arrays, held) : ownPoints(view.own, edge);
  const radius = points.length > 600 ? 1.8 : points.length > 150 ? 2.6 : 3.6;
  for (const { x, y, label, out } of points) {
    context.beginPath();
    context.arc(((x + edge) / (2 * edge)) * side, ((edge - y) / (2 * edge)) * side, radius, 0, 2 * Math.PI);
    context.strokeStyle = out ? css(label ? BLUE : ORANGE) : "#fff";
    context.fillStyle = out ? "#fff" : css(label ? BLUE : ORANGE);
    context.fill();
    context.stroke();
  }
  if (view.cursor && view.own !== null) {
    const [x, y] = [(view.cursor.x / (PLACES - 1)) * side, (1 - view.cursor.y / (PLACES - 1)) * side];
    context.strokeStyle = "#000";
    context.strokeRect(x - 6, y - 6, 12, 12);
  }
  const [depth, seed] = view.shown;
  const { depth: layers, width, weights } = columns[depth];
  const seeds = arrays.small.shape[1];
  const right = arrays.tested ? ` ${percent(arrays.tested.values[depth * seeds + seed])} of the points held out are right.` : "";
  const sizes = `${layers === 1 ? "1 hidden layer" : `${layers} hidden layers`} of ${width} units, ${weights.toLocaleString("en")} weights and biases, seed ${seed + 1} of ${seeds}.`;
  setText(view.find("figcaption"), sizes + right);
  view.canvas.ariaLabel = `${sizes}${right} ${points.length} points.`;
  const mine = view.own !== null;
  view.canvas.toggleAttribute("data-own", mine);
  view.canvas.role = mine ? "application" : "img";
  if (mine) view.canvas.tabIndex = 0;
  else view.canvas.removeAttribute("tabindex");
  view.find(".own").hidden = !mine;
  view.find("#own-keys").hidden = !mine;
  view.find(".undo").disabled = view.find(".clear").disabled = !view.own;
}

function sentPoints({ xy, labels }, held) {
  const learned = labels.values.length - held;
  return Array.from(labels.values.subarray(0, learned), (label, at) => ({ x: xy.values[2 * at], y: xy.values[2 * at + 1], label, out: false }));
}

function ownPoints(text, edge) {
  const count = text.length / LENGTH;
  return Array.from({ length: count }, (_, at) => {
    const number = [0, 1, 2].reduce((sum, place) => 64 * sum + DIGITS.indexOf(text[LENGTH * at + place]), 0);
    const place = (bits) => ((bits & 255) / (PLACES - 1)) * 2 * edge - edge;
    return { x: place(number >> 10), y: place(number >> 2), label: (number >> 1) & 1, out: count >= 20 && at % 5 === 4 };
  });
}
