// A hidden layer between the drawing and the answers: each unit is a picture of its weights, with a bar under it for
// what it passes on; a unit that passes on nothing is faded. Back come `unit` [number, time] and `answer` [class, time].

import { clampIndex, largest } from "../shared/arrays.js";
import { cssColour, hatch, sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { colourOf, cssOf, picture } from "../shared/colour.js";
import { paintColourBar } from "../shared/colour_bar.js";
import { button, element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";

const NARROW = 560; // pixels of the whole: below, the units stand under the drawing and the answers
const [LEAST, TOUCHED, MOST] = [24, 36, 46]; // pixels of a unit's side: at least, under a finger, and at most
const [GAP, BAR] = [4, 5]; // between units; of the bar under each
const MIDDLE = 255 / 2; // of a scale of 256 colours: a weight of 0
const FADED = 0.4; // opacity

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, {
    tip: find(".tip"), canvas: find(".units canvas"), input: find(".input canvas"), list: find(".list"), bar: find(".bar"),
  });
  view.canvas.onpointermove = (event) => hover(view, event);
  view.canvas.onpointerleave = () => (view.tip.hidden = true);
  view.canvas.onclick = (event) => chooseUnit(view, placeAt(view, event));
  onArrows(view.canvas, (rows, columns) => {
    const step = rows * view.place.across + columns;
    chooseUnit(view, clampIndex(view.message.units.indexOf(view.selected) + step, view.message.units.length));
  });
}

function receive(view, message) {
  view.message = message;
  view.off = new Set(message.off);
  if (knowsChoice(view, message)) [view.selected, view.answer] = [message.selected, message.answer];
  view.most = largest(message.arrays.activations.values);
  const { values, shape } = message.arrays.weights;
  const [count, height, width] = shape;
  const centred = Float32Array.from(values, (place) => place - MIDDLE);
  // All units, one below the other: a canvas for each would take ten times as long.
  view.sheet = picture(centred, count * height, width, "diverging", MIDDLE, view.sheet);
  setText(view.root.querySelector(".units figcaption"), message.title);
  setText(view.root.querySelector(".note"), message.note);
  view.canvas.setAttribute("aria-label", message.alt);
  showAnswers(view);
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
  paintInput(view);
  paintUnits(view);
  paintColourBar(view.bar, { scale: "diverging", limit: view.message.limit });
}

function paintInput(view) {
  const side = 84;
  const context = sharpContext(view.input, side, side);
  context.drawImage(picture(view.message.arrays.pixels.values, 28, 28, "ink", 1), 0, 0, side, side);
  context.strokeStyle = "#8a939e";
  context.strokeRect(0.5, 0.5, side - 1, side - 1);
}

function layOut(width, count) {
  // As many columns as fit with units of a good size; a wide page has larger ones, not more than 16 in a row.
  const least = matchMedia("(pointer: coarse)").matches ? TOUCHED : LEAST;
  const fitting = Math.max(4, Math.floor((width + GAP) / (least + GAP)));
  const across = Math.min(fitting, 16, count);
  const side = Math.min(MOST, (width + GAP) / across - GAP);
  return { across, side, stepX: side + GAP, stepY: side + BAR + 2 + GAP, rows: Math.ceil(count / across) };
}

function paintUnits(view) {
  const { units, arrays, empty } = view.message;
  const [, height, width] = arrays.weights.shape;
  const place = layOut(view.canvas.parentElement.clientWidth, units.length);
  view.place = place;
  const context = sharpContext(view.canvas, place.across * place.stepX - GAP + 4, place.rows * place.stepY - GAP + 4);
  context.translate(2, 2);
  context.imageSmoothingEnabled = place.side < height;
  const theme = cssColour(view.canvas, "--st-text-color") || "#222";
  units.forEach((unit, at) => {
    const [x, y] = [(at % place.across) * place.stepX, Math.floor(at / place.across) * place.stepY];
    const value = arrays.activations.values[at];
    context.globalAlpha = empty || value > 0 || view.off.has(unit) ? 1 : FADED;
    context.drawImage(view.sheet, 0, at * height, width, height, x, y, place.side, place.side);
    context.globalAlpha = 1;
    context.strokeStyle = "#8a939e66";
    context.lineWidth = 0.75;
    context.strokeRect(x, y, place.side, place.side);
    if (view.off.has(unit)) hatch(context, x, y, place.side, place.side, theme);
    context.fillStyle = "#8a939e40";
    context.fillRect(x, y + place.side + 2, place.side, BAR);
    context.fillStyle = PALETTE.scales.sequential[3];
    context.fillRect(x, y + place.side + 2, (place.side * value) / (view.most || 1), BAR);
    if (unit !== view.selected || empty) return;
    context.strokeStyle = PALETTE.accent;
    context.lineWidth = 3;
    context.strokeRect(x - 0.5, y - 0.5, place.side + 1, place.side + BAR + 3);
  });
}

// A row for each answer: its logit as a bar from zero, before anything was switched off as an outline.
function showAnswers(view) {
  const { classes, arrays, probabilities, untouched, empty } = view.message;
  const logits = arrays.logits.values;
  if (view.list.children.length !== classes.length) {
    view.list.replaceChildren(...classes.map((_, at) => answerRow(view, at)));
  }
  const limit = Math.max(largest(logits), largest(untouched ?? [])) || 1;
  const best = logits.indexOf(Math.max(...logits));
  classes.forEach((name, at) => {
    const row = view.list.children[at];
    const [label, track, value] = row.children;
    setText(label, name);
    setText(value, empty ? "" : short(logits[at]));
    layBar(track.children[0], empty ? 0 : logits[at], limit);
    track.children[0].style.background = cssOf(colourOf(Math.sign(logits[at]) * 0.6, "diverging", 1));
    track.children[1].hidden = !untouched;
    if (untouched) layBar(track.children[1], untouched[at], limit);
    row.classList.toggle("best", !empty && at === best);
    row.setAttribute("aria-pressed", !empty && at === view.answer);
    row.title = empty ? "" : `probability ${probabilities[at]}`;
    row.disabled = empty;
  });
}

function answerRow(view, at) {
  const row = button("", () => chooseAnswer(view, at));
  const track = element("i");
  track.append(element("span"), element("span", "", "ghost"));
  row.append(element("b"), track, element("em"));
  return row;
}

function layBar(bar, value, limit) {
  const half = (50 * Math.abs(value)) / limit;
  bar.style.left = `${value < 0 ? 50 - half : 50}%`;
  bar.style.width = `${half}%`;
}

function chooseUnit(view, at) {
  const unit = view.message.units[at];
  if (unit === undefined || view.message.empty) return;
  view.selected = unit;
  paintUnits(view);
  setText(view.root.querySelector("#state"), `unit ${unit}: ${told(view, at)}`);
  noteChoice(view);
  sendChoice(view, "unit", [unit]);
}

function chooseAnswer(view, at) {
  view.answer = at;
  showAnswers(view);
  noteChoice(view);
  sendChoice(view, "answer", [at]);
}

// -> the place of the unit under the pointer, undefined for none.
function placeAt(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const { across, stepX, stepY, side } = view.place;
  const [x, y] = [event.clientX - box.left - 2, event.clientY - box.top - 2];
  const [column, row] = [Math.floor(x / stepX), Math.floor(y / stepY)];
  const within = column >= 0 && column < across && x - column * stepX <= side && row >= 0;
  return within ? row * across + column : undefined;
}

// What a unit passes on, in words.
function told(view, at) {
  if (view.off.has(view.message.units[at])) return "switched off";
  const value = view.message.arrays.activations.values[at];
  return value > 0 ? `passes on ${short(value)}` : "passes on nothing";
}

function hover(view, event) {
  const at = placeAt(view, event);
  const unit = view.message.units[at];
  view.tip.hidden = unit === undefined;
  if (!view.tip.hidden) showTip(view, event, `unit ${unit}`, view.message.empty ? "a picture of its weights" : told(view, at));
}
