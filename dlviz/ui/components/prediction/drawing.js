// A curve: drawn with the pointer, or place by place with the arrow keys; then both curves over the same axes.

import { clampIndex } from "../shared/arrays.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { button, element } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { PALETTE } from "../shared/palette.js";
import { onScale, shareOf, ticks, valueAt, written } from "./axis.js";

const HEIGHT = 200;
const MARGIN = { left: 52, right: 12, top: 10, bottom: 36 };
const STEP = 0.04; // of the axis, of an arrow key

export function draw(view, question, predict) {
  const { places, across, up } = question;
  // Values that were drawn by hand, null elsewhere; a question about other axes begins anew.
  const scene = JSON.stringify([places, across, up]);
  if (view.scene !== scene) Object.assign(view, { scene, hand: places.map(() => null), at: 0 });
  const [canvas, live] = [element("canvas"), element("p", "", "visually-hidden")];
  const commit = button("That is my prediction", () => predict(whole(view.hand)));
  const clear = button("Clear", () => {
    view.hand.fill(null);
    change();
  });
  clear.className = "quiet";
  live.setAttribute("aria-live", "polite");
  canvas.tabIndex = 0;
  canvas.dataset.next = "";
  canvas.setAttribute("role", "application");
  const keys = "Left and right choose a place, up and down move the curve there.";
  canvas.setAttribute("aria-label", `${up.title} against ${across.title}. ${keys}`);
  const change = () => {
    commit.disabled = clear.hidden = view.hand.every((value) => value === null);
    view.repaint();
  };
  view.repaint = () => paint(view, canvas, question, { mine: view.hand, handle: canvas.matches(":focus-visible") });
  takePointer(view, canvas, question, change);
  onArrows(canvas, (down, right) => {
    moveBy(view, question, -down, right);
    const value = whole(view.hand)[view.at];
    live.textContent = `${across.title} ${written(across, places[view.at])}: ${written(up, value)}`;
    change();
  });
  canvas.onfocus = canvas.onblur = () => view.repaint();
  const asked = element("div", "", "drawing open");
  asked.append(canvas, live, ...(question.before.length ? [legend(question, false, false)] : []));
  commit.disabled = clear.hidden = view.hand.every((value) => value === null);
  return { asked, buttons: [commit, clear] };
}

export function drawn(view, question, predicted, answer) {
  view.scene = null;
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  const ends = [predicted, ...(answer ? [answer.filter((value) => value !== null)] : [])].map((values) => values.at(-1));
  const [mine, right] = ends.map((value) => (value === undefined ? "nothing yet" : written(question.up, value)));
  canvas.setAttribute("aria-label", `Your curve ends at ${mine}${right ? `, the computed one at ${right}` : ""}.`);
  view.repaint = () => paint(view, canvas, question, { mine: predicted, answer });
  const made = element("div", "", "drawing");
  made.append(canvas, legend(question, true, answer !== null));
  return made;
}

function legend({ before, before_title: title }, mine, answer) {
  const lines = [
    [before.length, title, "color-mix(in srgb, currentcolor 55%, transparent)", before.length === 1 ? "dot" : ""],
    [mine, "Your prediction", "var(--mine)", "dashed"],
    [answer, "Computed", "var(--true)", ""],
  ];
  const made = element("div", "", "legend");
  for (const [shown, text, colour, className] of lines) {
    if (!shown) continue;
    const item = element("span", text, className);
    item.style.setProperty("--line", colour);
    made.append(item);
  }
  return made;
}

// What was drawn, with straight lines between, and level before its first and after its last value.
function whole(hand) {
  const known = hand.flatMap((value, at) => (value === null ? [] : [at]));
  return hand.map((value, at) => {
    if (value !== null) return value;
    const before = known.findLast((each) => each < at) ?? known[0];
    const after = known.find((each) => each > at) ?? known.at(-1);
    if (before === after || at < before || at > after) return hand[at < before ? before : after];
    return hand[before] + ((at - before) / (after - before)) * (hand[after] - hand[before]);
  });
}

function takePointer(view, canvas, question, change) {
  let last = null; // [place, share of the height] of the stroke's last event
  const drawTo = (event) => {
    const box = canvas.getBoundingClientRect();
    const inner = { width: box.width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
    const along = (event.clientX - box.left - MARGIN.left) / inner.width;
    const share = Math.max(0, Math.min(1, 1 - (event.clientY - box.top - MARGIN.top) / inner.height));
    const at = nearest(question, along);
    const [from, begun] = last ?? [at, share];
    const way = Math.max(1, Math.abs(at - from));
    for (let i = 0; i <= way; i++) {
      const place = Math.round(from + ((at - from) * i) / way);
      view.hand[place] = valueAt(question.up, begun + ((share - begun) * i) / way);
    }
    last = [at, share];
    view.at = at;
    change();
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0 || last) return;
    canvas.setPointerCapture(event.pointerId);
    drawTo(event);
  };
  canvas.onpointermove = (event) => canvas.hasPointerCapture(event.pointerId) && drawTo(event);
  canvas.onpointerup = canvas.onpointercancel = () => (last = null);
}

function nearest({ places, across }, along) {
  const gaps = places.map((place) => Math.abs(shareOf(across, place) - along));
  return gaps.indexOf(Math.min(...gaps));
}

function moveBy(view, { up, places, before }, higher, right) {
  const left = view.at;
  view.at = clampIndex(view.at + right, places.length);
  const begun = view.hand.some((value) => value !== null);
  const level = begun ? whole(view.hand) : places.map((_, at) => before[at] ?? valueAt(up, 0.5));
  // Going on takes the curve along, as a pen does.
  const value = view.hand[view.at] ?? level[begun ? left : view.at];
  const share = Math.max(0, Math.min(1, shareOf(up, onScale(up, value)) + higher * STEP));
  view.hand[view.at] = valueAt(up, share);
}

function paint(view, canvas, question, { mine, answer = null, handle = false }) {
  const width = Math.min(view.section.clientWidth - 36, 736);
  if (width <= 0) return;
  const { places, across, up, before } = question;
  const context = sharpContext(canvas, width, HEIGHT);
  const ink = cssColour(view.root, "--st-text-color");
  const x = (value) => MARGIN.left + shareOf(across, value) * (width - MARGIN.left - MARGIN.right);
  const y = (value) => MARGIN.top + (1 - shareOf(up, onScale(up, value))) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  axes(context, { width, ink, x, y, question, font: getComputedStyle(view.root).fontFamily });
  const line = (values, { colour, thick = 2.5, dashes = [], alpha = 1 }) => {
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.setLineDash(dashes);
    context.beginPath();
    let going = false;
    values.forEach((value, at) => {
      if (value !== null) context[going ? "lineTo" : "moveTo"](x(places[at]), y(value));
      going = value !== null;
    });
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  };
  line(before, { colour: ink, alpha: 0.55 });
  if (before.length === 1) dot(context, x(places[0]), y(before[0]), ink);
  if (answer) line(answer, { colour: PALETTE.scales.sequential[3], thick: 3 });
  const begun = mine.some((value) => value !== null);
  if (begun) line(whole(mine), { colour: PALETTE.accent, dashes: [7, 5] });
  else hintAt(context, width, ink);
  if (!handle) return;
  const value = begun ? whole(mine)[view.at] : (before[view.at] ?? valueAt(up, 0.5));
  dot(context, x(places[view.at]), y(value), PALETTE.accent);
}

function dot(context, x, y, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 5, 0, 7);
  context.fill();
}

function hintAt(context, width, ink) {
  context.fillStyle = ink;
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  context.fillText("Draw the curve here", (MARGIN.left + width) / 2, HEIGHT / 2 - 14);
  context.globalAlpha = 1;
}

function axes(context, { width, ink, x, y, question: { across, up }, font }) {
  context.font = `12px ${font}`;
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = 1;
  for (const [value, text] of ticks(up)) {
    context.globalAlpha = 0.15;
    context.strokeRect(MARGIN.left, Math.round(y(value)) + 0.5, width - MARGIN.left - MARGIN.right, 0);
    context.globalAlpha = 0.9;
    context.textAlign = "right";
    context.fillText(text, MARGIN.left - 6, y(value) + 4);
  }
  for (const [value, text] of ticks(across)) {
    context.globalAlpha = 0.9;
    context.textAlign = "center";
    context.fillText(text, x(value), HEIGHT - MARGIN.bottom + 16);
  }
  context.textAlign = "right";
  context.fillText(named(across), width - MARGIN.right, HEIGHT - 4);
  context.save();
  context.translate(11, MARGIN.top);
  context.rotate(-Math.PI / 2);
  context.fillText(named(up), 0, 0);
  context.restore();
  context.globalAlpha = 1;
}

function named({ title, unit }) {
  return unit ? `${title} (${unit})` : title;
}
