// A network over the plane. Each hidden unit is a picture of what it passes on; the chosen one stands below with its
// weights in numbers, which can be changed. Back come `unit`, `switch` [unit], `weight` [place, value] and `place` [x, y]
// in thousandths of the plane's reach, each followed by the report's own number.

import { clampIndex, largest } from "../shared/arrays.js";
import { cssColour, hatch, sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { colourOf, cssOf, pixelCanvas } from "../shared/colour.js";
import { button, element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { drawFold, drawPlace, drawPoints } from "../shared/plane_marks.js";
import { ACTIVATIONS, incoming, nameOf, outgoing } from "./network.js";

const NARROW = 700; // pixels of the whole: below, the output stands under the layers
const [LEAST, MOST, GAP, LINE] = [38, 62, 6, 8]; // pixels of a unit's side, between units, and of a bar over each
const PAUSE = 120; // ms between two values of a weight that go to Python while it is dragged
const PLACES = 1000;
const STEP = 40; // thousandths: of a point that is moved by arrow keys

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, {
    layers: find(".layers"), answer: find(".answer canvas"), large: find(".unit canvas"), editor: find(".editor"),
    slider: find("input[type=range]"), field: find("input[type=number]"), edited: null,
  });
  view.answer.onclick = (event) => {
    const box = view.answer.getBoundingClientRect();
    choosePlace(view, 2 * ((event.clientX - box.left) / box.width) - 1, 1 - 2 * ((event.clientY - box.top) / box.height));
  };
  onArrows(view.answer, (down, right) => {
    const [x, y] = (view.place ?? [0, 0]).map((each) => each / view.message.reach);
    choosePlace(view, x + (right * STEP) / PLACES, y - (down * STEP) / PLACES);
  });
  find(".switch").onclick = () => {
    noteChoice(view);
    view.off.has(view.unit) ? view.off.delete(view.unit) : view.off.add(view.unit);
    draw(view);
    sendChoice(view, "switch", [view.unit]);
  };
  view.slider.oninput = () => changeWeight(view, view.slider.valueAsNumber);
  view.field.onchange = () => {
    const { strongest } = view.message;
    const value = view.field.valueAsNumber;
    if (Number.isFinite(value)) changeWeight(view, Math.max(-strongest, Math.min(strongest, value)));
  };
  find(".back").onclick = () => changeWeight(view, null);
}

function receive(view, message) {
  const same = view.message && ["depth", "width"].every((size) => view.message[size] === message[size]);
  view.message = message;
  view.learned = new Map(message.learned);
  if (!same) view.edited = null;
  if (knowsChoice(view, message) || !same) {
    if (view.unit !== message.unit) view.edited = null;
    view.unit = message.unit;
    view.off = new Set(message.off);
    view.place = message.place;
    view.change = null;
  } else applyChange(view);
  view.sheet = sheetOf(view, message);
  if (view.layers.children.length !== message.depth) {
    view.layers.replaceChildren(...Array.from({ length: message.depth }, (_, layer) => layerOf(view, layer)));
  }
}

// All units' pictures, one below the other, of what they pass on.
function sheetOf(view, { activation, arrays }) {
  const { values, shape } = arrays.sums;
  const [count, side] = shape;
  const limits = arrays.limits.values;
  const { pass, scale, most } = ACTIVATIONS[activation];
  const tables = Array.from(limits, (limit) => {
    const full = most ?? limit;
    return Uint32Array.from({ length: 256 }, (_, byte) => colourOf(pass(((byte - 127.5) / 127.5) * limit), scale, full));
  });
  return pixelCanvas(count * side, side, (at) => tables[Math.floor(at / (side * side))][values[at]], view.sheet);
}

function layerOf(view, layer) {
  const [figure, caption, canvas] = ["figure", "figcaption", "canvas"].map((name) => element(name));
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "unit-keys state");
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    const { across, stepX, stepY } = view.laidOut;
    const [column, row] = [Math.floor((event.clientX - box.left) / stepX), Math.floor((event.clientY - box.top) / stepY)];
    const at = row * across + column;
    if (column < across && at < view.message.width) chooseUnit(view, layer * view.message.width + at);
  };
  onArrows(canvas, (rows, columns) => {
    const { depth, width } = view.message;
    chooseUnit(view, clampIndex(view.unit + rows * view.laidOut.across + columns, depth * width));
  });
  figure.append(caption, canvas);
  return figure;
}

function chooseUnit(view, unit) {
  view.unit = unit;
  view.edited = null;
  noteChoice(view);
  draw(view);
  sendChoice(view, "unit", [unit]);
}

function choosePlace(view, x, y) {
  const at = [x, y].map((each) => Math.round(PLACES * Math.max(-1, Math.min(1, each))));
  view.place = at.map((each) => (each / PLACES) * view.message.reach);
  noteChoice(view);
  draw(view);
  sendChoice(view, "place", at);
}

// value: null for the one that the network has learned.
function changeWeight(view, value) {
  const place = view.edited;
  view.change = { place, value };
  applyChange(view);
  noteChoice(view);
  drawUnit(view);
  // While a slider is dragged, not every value goes to Python, but the last one does.
  clearTimeout(view.timer);
  const send = () => {
    view.lastSent = performance.now();
    sendChoice(view, "weight", [place, value]);
  };
  view.timer = setTimeout(send, Math.max(0, PAUSE - (performance.now() - (view.lastSent ?? 0))));
}

// What the learner has changed stands at once, and against messages from before it.
function applyChange(view) {
  if (!view.change) return;
  const { place, value } = view.change;
  const { values } = view.message.arrays.parameters;
  if (value !== null) {
    if (!view.learned.has(place)) view.learned.set(place, values[place]);
    values[place] = value;
  } else if (view.learned.has(place)) values[place] = view.learned.get(place);
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
  view.ink = cssColour(view.root, "--st-text-color") || "#222";
  drawAnswer(view);
  view.laidOut = layOut(view.layers.clientWidth, view.message.width);
  for (let layer = 0; layer < view.message.depth; layer++) drawLayer(view, layer);
  drawUnit(view);
  performance.mark("dlviz:plane-network");
}

function layOut(width, count) {
  const across = Math.min(count, Math.max(4, Math.floor((width + GAP) / (LEAST + GAP))));
  const side = Math.min(MOST, Math.floor((width + GAP) / across - GAP));
  return { across, side, stepX: side + GAP, stepY: side + LINE + GAP, rows: Math.ceil(count / across) };
}

function drawLayer(view, layer) {
  const { width, depth, arrays } = view.message;
  const { across, side, stepX, stepY, rows } = view.laidOut;
  const figure = view.layers.children[layer];
  const canvas = figure.querySelector("canvas");
  const context = sharpContext(canvas, across * stepX - GAP + 4, rows * stepY - GAP + 4);
  context.translate(2, 2);
  const pixels = arrays.sums.shape[1];
  const [own, joined] = [Math.floor(view.unit / width), weightsBy(view, layer)];
  const limit = joined && largest(joined);
  context.imageSmoothingEnabled = true;
  for (let at = 0; at < width; at++) {
    const unit = layer * width + at;
    const [x, y] = [(at % across) * stepX, Math.floor(at / across) * stepY + LINE];
    if (joined) {
      context.fillStyle = cssOf(colourOf(joined[at], "diverging", limit));
      context.fillRect(x, y - LINE + 2, side, 4);
      context.strokeStyle = "#8a939e55";
      context.strokeRect(x, y - LINE + 2, side, 4);
    }
    // Half a pixel less on each side: smoothing would mix in the units above and below.
    context.drawImage(view.sheet, 0.5, unit * pixels + 0.5, pixels - 1, pixels - 1, x, y, side, side);
    context.strokeStyle = "#8a939e88";
    context.lineWidth = 0.75;
    context.strokeRect(x, y, side, side);
    if (view.off.has(unit)) hatch(context, x, y, side, side, view.ink);
    if (view.place) drawPlace(context, view.place, view.message.reach, x, y, side, arrays.point_made?.values[unit] !== 0);
    if (unit !== view.unit) continue;
    context.strokeStyle = PALETTE.accent;
    context.lineWidth = 3;
    context.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
  }
  const told = [`Layer ${layer + 1}`, joined ? (layer < own ? `: bars are the weights with which unit ${(view.unit % width) + 1} of layer ${own + 1} reads these` : `: bars are the weights with which these read unit ${(view.unit % width) + 1} of layer ${own + 1}`) : ""];
  const caption = figure.querySelector("figcaption");
  if (caption.textContent !== told.join("")) caption.replaceChildren(element("b", told[0]), told[1]);
  canvas.setAttribute("aria-label", `Layer ${layer + 1} of ${depth}: ${width} units as pictures over the plane${own === layer ? `; unit ${(view.unit % width) + 1} is chosen` : ""}`);
}

// Weights between the chosen unit and those of a layer beside its own, or null.
function weightsBy(view, layer) {
  const { width } = view.message;
  const own = Math.floor(view.unit / width);
  if (Math.abs(own - layer) !== 1) return null;
  const places = (layer < own ? incoming : outgoing)(view.message, view.unit);
  return places.filter(({ from }) => from !== "bias").map(({ place }) => view.message.arrays.parameters.values[place]);
}

function drawAnswer(view) {
  const { arrays, reach, logit } = view.message;
  const side = Math.min(320, view.answer.parentElement.clientWidth - 2);
  const context = sharpContext(view.answer, side, side);
  const pixels = arrays.logits.shape[0];
  const share = (at) => 1 / (1 + Math.exp(-arrays.logits.values[at]));
  view.outputSheet = pixelCanvas(pixels, pixels, (at) => colourOf(share(at) - 0.5, "diverging", 0.85), view.outputSheet);
  context.imageSmoothingEnabled = true;
  context.drawImage(view.outputSheet, 0, 0, side, side);
  drawFold(context, arrays.logits.values, pixels, side, view.ink, 1.25);
  drawPoints(context, arrays, reach, side);
  if (view.place) drawPlace(context, view.place, reach, 0, 0, side, true, 6);
  const caption = view.root.querySelector(".answer figcaption");
  if (!caption.children.length) caption.replaceChildren(element("b", "Output"), ": blue for class 1, orange for class 0");
  const known = view.place && arrays.point_made && String(view.place) === String(view.message.place);
  const told = known
    ? `Point (${short(view.place[0])}, ${short(view.place[1])}): logit ${short(logit)}, class 1 with probability ${probability(1 / (1 + Math.exp(-logit)))}.`
    : view.place ? "…" : "Click on the plane: the point’s way through the layers.";
  setText(view.root.querySelector(".place"), told);
  view.answer.setAttribute("aria-label", `The plane in the network’s two classes, with ${arrays.labels.values.length} points. ${told}`);
}

function drawUnit(view) {
  const { arrays, width, depth, reach, activation } = view.message;
  const { values: sums, pixels } = sumsOf(view);
  const side = Math.min(250, view.large.parentElement.clientWidth - 2);
  const context = sharpContext(view.large, side, side);
  const { pass, scale, most, rule } = ACTIVATIONS[activation];
  const full = most ?? largest(sums);
  view.largeSheet = pixelCanvas(pixels, pixels, (at) => colourOf(pass(sums[at]), scale, full), view.largeSheet);
  context.imageSmoothingEnabled = true;
  context.drawImage(view.largeSheet, 0, 0, side, side);
  drawFold(context, sums, pixels, side, PALETTE.accent, 2.5);
  drawPoints(context, arrays, reach, side, 0.55);
  if (view.off.has(view.unit)) hatch(context, 0, 0, side, side, view.ink);
  if (view.place) drawPlace(context, view.place, reach, 0, 0, side, true, 6);
  const [layer, at] = [Math.floor(view.unit / width), view.unit % width];
  setText(view.root.querySelector(".unit b"), `Layer ${layer + 1}, unit ${at + 1}`);
  setText(view.root.querySelector(".switch"), view.off.has(view.unit) ? "Switch on" : "Switch off");
  const { values } = arrays.parameters;
  const read = incoming(view.message, view.unit);
  const told = view.off.has(view.unit) ? "Switched off: it passes on 0 everywhere." : rule(layer, read.map(({ place }) => values[place]), sums);
  setText(view.root.querySelector(".rule"), told);
  tellSum(view);
  view.large.setAttribute("aria-label", `Layer ${layer + 1} of ${depth}, unit ${at + 1} over the plane; the line is where its sum is 0`);
  showChips(view, view.root.querySelector(".incoming"), read);
  showChips(view, view.root.querySelector(".outgoing"), outgoing(view.message, view.unit));
  showEditor(view);
  setText(view.root.querySelector("#state"), `Layer ${layer + 1}, unit ${at + 1}`);
}

// The chosen unit's sums: as numbers if Python has sent those of this unit, else from its bytes.
function sumsOf(view) {
  const { arrays, unit } = view.message;
  if (unit === view.unit) return { values: arrays.fine.values, pixels: arrays.fine.shape[0] };
  const [, pixels] = arrays.sums.shape;
  const size = pixels * pixels;
  const scale = arrays.limits.values[view.unit] / 127.5;
  const bytes = arrays.sums.values.subarray(view.unit * size, (view.unit + 1) * size);
  return { values: Float32Array.from(bytes, (byte) => (byte - 127.5) * scale), pixels };
}

// What it makes of the chosen point.
function tellSum(view) {
  const { arrays, place } = view.message;
  const known = view.place && arrays.point_made && String(place) === String(view.place);
  const text = known ? `At the point: its sum is ${short(arrays.point_sums.values[view.unit])}, it passes on ${short(arrays.point_made.values[view.unit])}.` : "";
  setText(view.root.querySelector(".sum"), text);
}

function showChips(view, group, parts) {
  const { values } = view.message.arrays.parameters;
  const limit = largest(parts.map(({ place }) => values[place]));
  while (group.children.length > parts.length) group.lastChild.remove();
  while (group.children.length < parts.length) {
    const chip = button("", () => {
      view.edited = view.edited === chip.place ? null : chip.place;
      drawUnit(view);
      // Python may have chosen the unit: now it is the learner's choice.
      noteChoice(view);
      sendChoice(view, "unit", [view.unit]);
    });
    chip.append(element("small"), element("span"));
    group.append(chip);
  }
  parts.forEach((part, at) => {
    const chip = group.children[at];
    chip.place = part.place;
    setText(chip.children[0], nameOf(view.message, part));
    setText(chip.children[1], short(values[part.place]));
    chip.style.setProperty("--weight", cssOf(colourOf(values[part.place], "diverging", limit)));
    chip.setAttribute("aria-pressed", String(part.place === view.edited));
    chip.classList.toggle("changed", view.learned.has(part.place));
  });
}

function showEditor(view) {
  view.editor.hidden = view.edited === null;
  if (view.editor.hidden) return;
  const { parameters } = view.message.arrays;
  const value = parameters.values[view.edited];
  const learned = view.learned.get(view.edited) ?? value;
  const part = [...incoming(view.message, view.unit), ...outgoing(view.message, view.unit)].find(({ place }) => place === view.edited);
  setText(view.editor.querySelector("label span"), part.from === "bias" ? "Bias" : `Weight ${part.to === undefined ? "of" : "to"} ${nameOf(view.message, part)}`);
  const end = Math.max(4, Math.ceil(2 * Math.abs(learned)), Math.ceil(Math.abs(value)));
  view.slider.min = -end;
  view.slider.max = end;
  if (view.root.getRootNode().activeElement !== view.slider) view.slider.value = value;
  if (view.root.getRootNode().activeElement !== view.field) view.field.value = Number(value.toPrecision(4));
  view.field.setAttribute("aria-label", "Its value");
  view.field.min = -view.message.strongest;
  view.field.max = view.message.strongest;
  const back = view.editor.querySelector(".back");
  setText(back, `As learned: ${short(learned)}`);
  back.disabled = value === learned;
}
