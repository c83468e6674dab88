// What is being read: the digit's rows, the words, or the series with its forecasts; and which past steps still matter.

import { argmax } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { button, element } from "../shared/elements.js";
import { percent } from "../shared/numbers.js";
import { stepTo } from "../shared/transport.js";
import { follow, MANY } from "../shared/words.js";
import { called, toneOf } from "./answers.js";
import { line, outlined } from "./lines.js";
import { memoryOf, sharesOf } from "./memory.js";

const ROW = 6; // pixels of a digit's row
const BARS = 70; // and of the bars beside it
const PLOT = 170;

export function paintInput(view) {
  view.picture.setAttribute("aria-label", view.message.alt);
  view.picture.parentElement.hidden = view.message.kind === "sentence";
  if (view.message.kind === "digit") paintRows(view);
  if (view.message.kind === "series") paintSeries(view);
  if (view.message.kind === "sentence") markWords(view);
  view.root.querySelector(".memory").textContent = memoryNote(view);
}

function memoryNote(view) {
  if (view.message.step !== view.step) return "Which steps still matter is computed when you rest on a step.";
  const parts = view.networks.map((network) => {
    const shares = sharesOf(view, network);
    const best = argmax(shares);
    return `${network.name.toUpperCase()} ${called(view, best)} with ${percent(shares[best]).replaceAll(" ", "\u00a0")}`;
  });
  const dotted = view.message.kind === "series" ? "Dotted: the guess “same as the last value”. " : "";
  const { target, back } = view.message;
  const each = view.step < back ? "each step" : `each of the last ${back} steps`;
  return `${dotted}Bars: how much ${each} still matters for ${target}, as a share of the network’s gradient. Most: ${parts.join(", ")}.`;
}

function paintRows(view) {
  const { values } = view.message.arrays.shown;
  const side = 28 * ROW;
  const context = sharpContext(view.picture, side + 10 + view.networks.length * BARS, side);
  const base = picture(values, 28, 28, "ink", 1);
  context.globalAlpha = 0.35;
  context.drawImage(base, 0, 0, side, side);
  context.globalAlpha = 1;
  const read = view.step + 1;
  context.drawImage(base, 0, 0, 28, read, 0, 0, side, read * ROW);
  outlined(context, 0, view.step * ROW, side, ROW);
  view.networks.forEach((network, index) => {
    const memory = memoryOf(view, network);
    const left = side + 8 + index * BARS;
    context.fillStyle = toneOf(network);
    if (memory) for (let row = 0; row < read; row++) context.fillRect(left, row * ROW + 1, memory(row) * (BARS - 12), ROW - 2);
    context.fillRect(left - 1, 0, 1, side);
  });
}

function paintSeries(view) {
  const { values } = view.message.arrays.shown;
  const width = view.root.clientWidth;
  const context = sharpContext(view.picture, width, PLOT);
  const x = (i) => 6 + (i / Math.max(1, view.count)) * (width - 12);
  const middle = (PLOT - 30) / 2;
  const full = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const y = (value) => middle - (value / full) * (middle - 6) * 0.8;
  line(context, [0, view.count], () => 0, x, y, view.ink, 0.2);
  line(context, [0, view.count - 1], (i) => values[i], x, y, view.ink, 0.25);
  line(context, [0, view.step], (i) => values[i], x, y, view.ink, 1, 2);
  line(context, [1, view.step + 1], (i) => values[i - 1], x, y, view.ink, 0.6, 1, [2, 3]);
  view.networks.forEach((network, index) => {
    const forecasts = network.of("answers").values;
    const dash = network.name === "rnn" ? [6, 3] : [];
    line(context, [1, view.step + 1], (i) => forecasts[i - 1], x, y, toneOf(network), 1, 2, dash);
    const memory = memoryOf(view, network);
    context.fillStyle = toneOf(network);
    for (let i = 0; memory && i <= view.step; i++) {
      context.fillRect(x(i) - 2 + 2 * index, PLOT, 2, -memory(i) * 26);
    }
  });
  outlined(context, x(view.step) - 3, y(values[view.step]) - 3, 6, 6);
}

export function showWords(view) {
  const { kind, steps, unknown } = view.message;
  const list = view.root.querySelector(".words");
  // Buttons that stay keep the keyboard's focus.
  const shown = JSON.stringify([kind === "sentence" && steps, unknown, view.networks.length]);
  if (view.shown === shown) return;
  view.shown = shown;
  if (kind !== "sentence") {
    list.replaceChildren();
    return;
  }
  const items = steps.map((word, step) => {
    const [item, made] = [element("li"), button(word, () => stepTo(view, step))];
    made.append(...view.networks.map(() => element("i")));
    if (unknown.includes(step)) {
      made.classList.add("unknown");
      made.title = "A word that the networks have not learnt";
      made.setAttribute("aria-label", `${word}, unknown`);
    }
    item.append(made);
    return item;
  });
  list.classList.toggle("many", steps.length > MANY);
  list.replaceChildren(...items);
}

function markWords(view) {
  const memories = view.networks.map((network) => memoryOf(view, network));
  [...view.root.querySelectorAll(".words button")].forEach((button, step) => {
    button.classList.toggle("here", step === view.step);
    button.classList.toggle("future", step > view.step);
    if (step === view.step) follow(button);
    if (step === view.step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    [...button.querySelectorAll("i")].forEach((bar, index) => {
      bar.style.setProperty("--share", `${100 * (memories[index]?.(step) ?? 0)}%`);
      bar.style.setProperty("--tone", toneOf(view.networks[index]));
    });
  });
}

export function jumpOnPicture(view, event) {
  const box = view.picture.getBoundingClientRect();
  const down = (event.clientY - box.top) / ROW;
  const across = ((event.clientX - box.left - 6) / (box.width - 12)) * view.count;
  stepTo(view, view.message.kind === "digit" ? Math.floor(down) : Math.round(across));
}
