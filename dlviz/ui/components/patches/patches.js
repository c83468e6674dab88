// Attention laid over a digit: how much one token looks at each of its 49 patches, in several panels. A patch that is
// clicked goes back as `pin` [token, time], −1 for none; token 0 is the class token, which is no patch.

import { argmax, clampIndex, largest } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { element, setText } from "../shared/elements.js";
import { followToken, HOVERED, tellToken } from "../shared/hover.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";

const [SIDE, ACROSS, PIXELS] = [168, 7, 28];

export default mount({ create, receive, draw });

function create(view) {
  followToken(view, () => draw(view));
}

function receive(view, message) {
  view.message = message;
  if (knowsChoice(view, message)) view.pinned = message.pinned;
}

function draw(view) {
  const place = view.root.querySelector(".panels");
  const { panels, tokens, note } = view.message;
  if (place.children.length !== panels.length) place.replaceChildren(...panels.map(() => panelOf(view)));
  [...place.children].forEach((figure, at) => paint(view, figure, at));
  const text = view.pinned > 0 ? `Patch ${tokens[view.pinned]} is pinned; click it again to see the class token’s attention.` : "Patch 3,4 is the one in row 3, column 4. Click a patch to see where it looks. Here you see where the class token looks, from which the answer is read.";
  setText(view.root.querySelector(".note"), note || text);
  performance.mark("dlviz:patches");
}

function panelOf(view) {
  const [figure, caption, canvas] = ["figure", "figcaption", "canvas"].map((name) => element(name));
  caption.append(element("b"), element("span"));
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "keys");
  const tokenUnder = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = (place) => clampIndex(Math.floor((place / SIDE) * ACROSS), ACROSS);
    return 1 + at(event.clientY - box.top) * ACROSS + at(event.clientX - box.left);
  };
  canvas.onclick = (event) => pin(view, tokenUnder(event));
  canvas.onpointermove = (event) => tellToken(tokenUnder(event));
  canvas.onpointerleave = () => tellToken(-1);
  onArrows(canvas, (down, right) => {
    const next = view.pinned > 0 ? view.pinned + down * ACROSS + right : 1;
    if (next >= 1 && next <= ACROSS * ACROSS) pin(view, next);
  });
  figure.append(caption, canvas);
  return figure;
}

function pin(view, token) {
  view.pinned = view.pinned === token && !view.message.note ? -1 : token;
  noteChoice(view);
  sendChoice(view, "pin", [view.pinned]);
  draw(view);
}

function paint(view, figure, at) {
  const { panels, arrays, tokens } = view.message;
  figure.querySelector("b").textContent = panels[at].title;
  const canvas = figure.querySelector("canvas");
  const context = sharpContext(canvas, SIDE, SIDE);
  const row = arrays.weights.values.subarray(at * (1 + ACROSS ** 2) + 1, (at + 1) * (1 + ACROSS ** 2));
  figure.querySelector("span").textContent = `${panels[at].note}; darkest: ${short(largest(row))}`;
  context.drawImage(picture(row, ACROSS, ACROSS, "sequential", largest(row)), 0, 0, SIDE, SIDE);
  context.globalAlpha = 0.34;
  context.globalCompositeOperation = "multiply";
  context.drawImage(picture(arrays.digit.values, PIXELS, PIXELS, "ink", 1), 0, 0, SIDE, SIDE);
  context.globalCompositeOperation = "source-over";
  context.globalAlpha = 1;
  const step = SIDE / ACROSS;
  context.strokeStyle = "#8a939e55";
  context.lineWidth = 1;
  for (let line = 0; line <= ACROSS; line++) {
    context.strokeRect(line * step, 0, 0, SIDE);
    context.strokeRect(0, line * step, SIDE, 0);
  }
  for (const [token, colour] of [[view.pinned, PALETTE.accent], [view.hovered, HOVERED]]) {
    if (token < 1 || token > ACROSS ** 2) continue;
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.strokeRect(((token - 1) % ACROSS) * step, Math.floor((token - 1) / ACROSS) * step, step, step);
  }
  const best = argmax(row);
  canvas.setAttribute("aria-label", `${panels[at].title}; ${panels[at].note}; most on patch ${tokens[best + 1]}: ${short(row[best])}`);
}
