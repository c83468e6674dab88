// Self-attention as one picture: each matrix a heat map, each cell a sum that can be read. Python sends the matrices of
// one head. Back come `head` [head, time], `pin` [token, time] and `cell` [stage, row, column, time].

import { argmax, largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { paintColourBar } from "../shared/colour_bar.js";
import { button, element } from "../shared/elements.js";
import { followToken, outlineToken } from "../shared/hover.js";
import { mount } from "../shared/mount.js";
import { cellIn, fits, focusOf } from "./cells.js";
import { build, choose, layOut, paint } from "./matrices.js";

const WIDE = 40; // columns
const SIDE = 58; // pixels of a head's small pattern
const ROOM = 14; // letters under it

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { tip: find(".tip"), flow: find(".flow"), all: find(".all"), wires: find(".wires"), figures: {} });
  find(".back").onclick = () => walk(view, -1);
  find(".next").onclick = () => walk(view, 1);
  followToken(view, () => {
    paint(view);
    paintHeads(view);
    showLooks(view);
  });
}

function draw(view) {
  layOut(view);
  showHeads(view);
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  view.names = message.stages.map((stage) => stage.name);
  view.stages = Object.fromEntries(message.stages.map((stage) => [stage.name, prepare(view, stage)]));
  if (knowsChoice(view, message) || !view.cell) [view.cell, view.pinned] = [message.cell, message.pinned];
  if (!fits(view, view.cell)) view.cell = message.cell;
  view.focus = focusOf(view, message.cell, view.focus);
  view.focus = focusOf(view, view.cell, view.focus);
  build(view);
}

function prepare(view, stage) {
  const { values, shape: [rows, columns] } = view.message.arrays[stage.name];
  const finite = Number.isFinite;
  const limit = (stage.scale === "sequential" && view.message.limit) || limitOf(values.filter(finite), columns > WIDE);
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
  const { message, all, count } = view;
  view.root.querySelector(".choose").textContent = message.heading;
  const heads = message.captions.length;
  if (all.children.length !== heads) {
    all.replaceChildren(...Array.from({ length: heads }, (_, head) => headButton(view, head)));
  }
  [...all.children].forEach((button, head) => {
    button.setAttribute("aria-pressed", head === message.head);
    button.classList.toggle("off", message.off.includes(head));
    [...button.querySelectorAll("span, .told")].forEach((part, at) => (part.textContent = message.captions[head][at]));
  });
  view.small = message.captions.map((_, head) => {
    const values = patternOf(view, head);
    return picture(values, count, count, "sequential", message.limit || largest(values));
  });
  paintHeads(view);
  showLooks(view);
  // Where each head has a scale of its own, the bar is that of the chosen one.
  const most = largest(message.limit ? message.arrays.patterns.values : patternOf(view, message.head));
  paintColourBar(view.root.querySelector(".scale"), { limit: message.limit || most, most, count });
}

function paintHeads(view) {
  [...view.all.children].forEach((button, head) => {
    const context = sharpContext(button.querySelector("canvas"), SIDE, SIDE);
    context.imageSmoothingEnabled = view.count > SIDE;
    context.drawImage(view.small[head], 0, 0, SIDE, SIDE);
    context.strokeStyle = "#8a939e66";
    context.strokeRect(0.5, 0.5, SIDE - 1, SIDE - 1);
    outlineToken(view, context, [0, 0, SIDE, SIDE], 1.5);
  });
}

function patternOf(view, head) {
  return view.message.arrays.patterns.values.subarray(head * view.count ** 2, (head + 1) * view.count ** 2);
}

// Under each head, whom the token under the pointer looks at most there; else the pinned one, or that of the chosen cell.
function showLooks(view) {
  const { tokens } = view.message;
  const query = [view.hovered, view.pinned, view.focus.query].find((token) => token >= 0 && token < view.count);
  [...view.all.children].forEach((button, head) => {
    const key = argmax(patternOf(view, head).subarray(query * view.count, (query + 1) * view.count));
    const looks = button.querySelector(".looks");
    looks.title = `${tokens[query]} → ${tokens[key]}`;
    looks.textContent = looks.title.length > ROOM ? `→ ${tokens[key]}` : looks.title;
  });
}

function headButton(view, head) {
  const made = button("", () => {
    noteChoice(view);
    sendChoice(view, "head", [head]);
  });
  const canvas = element("canvas");
  canvas.setAttribute("aria-hidden", "true");
  made.append(canvas, element("span"), element("small", "", "told"), element("small", "", "told"), element("small", "", "looks"));
  return made;
}
