// A series that can be drawn over. Python sends its values; back come `values`, all of them, and the report's number.

import { clampIndex } from "../shared/arrays.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { withMinus } from "../shared/numbers.js";

const HEIGHT = 150;
const STEP = 0.05; // of an arrow key
const REST = 400; // milliseconds without a key, after which Python hears of it

export default mount({ create, receive, draw: paint });

function create(view) {
  const canvas = view.root.querySelector("canvas");
  Object.assign(view, { canvas, live: view.root.querySelector("[aria-live]"), at: 0, stroke: null });
  canvas.addEventListener("pointerdown", (event) => begin(view, event));
  canvas.addEventListener("pointermove", (event) => view.stroke?.by === event.pointerId && drawTo(view, event));
  canvas.addEventListener("pointerup", (event) => lift(view, event));
  canvas.addEventListener("pointercancel", (event) => lift(view, event));
  onArrows(canvas, (down, right) => moveBy(view, -down, right));
}

function receive(view, message) {
  if (!view.stroke && knowsChoice(view, message)) view.values = Float32Array.from(message.arrays.values.values);
  view.canvas.setAttribute("aria-label", `${message.alt} Draw to change it.`);
}

// One finger draws, the left button, or a pen: that goes before the palm of its hand, whose mark goes away.
function begin(view, event) {
  const { pointerId, pointerType, button } = event;
  if (button !== 0) return;
  if (view.stroke?.touches && pointerType === "pen") view.values = view.stroke.before;
  else if (view.stroke) return;
  view.canvas.setPointerCapture(pointerId);
  view.stroke = { by: pointerId, touches: pointerType === "touch", before: view.values.slice() };
  view.last = null;
  drawTo(view, event);
}

function lift(view, { pointerId }) {
  if (view.stroke?.by !== pointerId) return;
  view.stroke = null;
  clearTimeout(view.resting); // what keys have changed goes with it
  report(view);
}

function report(view) {
  noteChoice(view);
  sendChoice(view, "values", [Array.from(view.values, (value) => Number(value.toFixed(3)))]);
}

// The values under the pointer's way follow it; between two events along a straight line.
function drawTo(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const last = view.values.length - 1;
  const x = Math.round(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * last);
  const y = inRange(1 - (2 * (event.clientY - box.top)) / box.height);
  const [x0, y0] = view.last ?? [x, y];
  const way = Math.max(1, Math.abs(x - x0));
  for (let i = 0; i <= way; i++) view.values[Math.round(x0 + ((x - x0) * i) / way)] = y0 + ((y - y0) * i) / way;
  view.last = [x, y];
  view.at = x;
  paint(view);
}

function moveBy(view, up, right) {
  view.at = clampIndex(view.at + right, view.values.length);
  view.values[view.at] = inRange(view.values[view.at] + up * STEP);
  view.live.textContent = `Value ${view.at}: ${withMinus(String(Number(view.values[view.at].toFixed(2))))}`;
  paint(view);
  if (!up) return;
  noteChoice(view);
  clearTimeout(view.resting);
  view.resting = setTimeout(() => report(view), REST);
}

function inRange(value) {
  return Math.max(-1, Math.min(1, value));
}

function paint(view) {
  const width = view.root.clientWidth;
  const context = sharpContext(view.canvas, width, HEIGHT);
  const [ink, line] = [cssColour(view.root, "--st-text-color"), cssColour(view.root, "--st-primary-color")];
  const x = (i) => 3 + (i / (view.values.length - 1)) * (width - 6);
  const y = (value) => HEIGHT / 2 - value * (HEIGHT / 2 - 4);
  context.strokeStyle = ink;
  context.globalAlpha = 0.25;
  context.strokeRect(0.5, 0.5, width - 1, HEIGHT - 1);
  context.strokeRect(0, HEIGHT / 2, width, 0);
  context.globalAlpha = 1;
  context.strokeStyle = line;
  context.lineWidth = 2;
  context.beginPath();
  view.values.forEach((value, i) => context.lineTo(x(i), y(value)));
  context.stroke();
  context.fillStyle = line;
  context.fillRect(x(view.at) - 3, y(view.values[view.at]) - 3, 6, 6);
}
