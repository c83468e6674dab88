// Self-attention as one picture: each matrix a heat map, each cell a sum that can be read. Python sends the matrices of
// one head. Back come `head` [head, time], `pin` [token, time] and `cell` [stage, row, column, time].

import { largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { button, element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { cellIn, fits, focusOf } from "./cells.js";
import { build, choose, layOut } from "./matrices.js";

const WIDE = 40; // columns

export default mount({ create, receive, draw: layOut });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { tip: find(".tip"), flow: find(".flow"), all: find(".all"), figures: {} });
  find(".back").onclick = () => walk(view, -1);
  find(".next").onclick = () => walk(view, 1);
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  view.names = message.stages.map((stage) => stage.name);
  view.stages = Object.fromEntries(message.stages.map((stage) => [stage.name, prepare(stage, message.arrays[stage.name])]));
  if (knowsChoice(view, message) || !view.cell) [view.cell, view.pinned] = [message.cell, message.pinned];
  if (!fits(view, view.cell)) view.cell = message.cell;
  view.focus = focusOf(view, message.cell, view.focus);
  view.focus = focusOf(view, view.cell, view.focus);
  showHeads(view);
  build(view);
}

function prepare(stage, { values, shape: [rows, columns] }) {
  const finite = Number.isFinite;
  const limit = limitOf(values.filter(finite), columns > WIDE);
  const base = picture(values.map((value) => (finite(value) ? value : 0)), rows, columns, stage.scale, limit);
  return { ...stage, values, rows, columns, base, limit };
}

// A few numbers of a vector may be so large that all others look white beside them.
function limitOf(values, wide) {
  if (!wide) return largest(values);
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))];
}

function walk(view, direction) {
  const at = view.names.indexOf(view.cell[0]) + direction;
  if (view.names[at]) choose(view, cellIn(view, view.names[at]));
}

function showHeads(view) {
  const { message, all } = view;
  view.root.querySelector(".choose").textContent = message.heading;
  const { values, shape: [count, size] } = message.arrays.small;
  if (all.children.length !== count) {
    all.replaceChildren(...Array.from({ length: count }, (_, head) => headButton(view, head)));
  }
  [...all.children].forEach((button, head) => {
    button.setAttribute("aria-pressed", head === message.head);
    button.classList.toggle("off", message.off.includes(head));
    [...button.querySelectorAll("span, small")].forEach((part, at) => (part.textContent = message.captions[head][at]));
    const base = picture(values.subarray(head * size * size, (head + 1) * size * size), size, size, "sequential", 255);
    const context = sharpContext(button.querySelector("canvas"), 64, 64);
    context.imageSmoothingEnabled = size > 64;
    context.drawImage(base, 0, 0, 64, 64);
  });
}

function headButton(view, head) {
  const made = button("", () => {
    noteChoice(view);
    sendChoice(view, "head", [head]);
  });
  const canvas = element("canvas");
  canvas.setAttribute("aria-hidden", "true");
  made.append(canvas, element("span"), element("small"), element("small"));
  return made;
}
