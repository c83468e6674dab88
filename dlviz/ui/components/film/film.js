// Sentences as dots in one plane, frame by frame, while a network learns to tell them apart. The colour is a sentence's
// label; a ring stands round those that the network gets wrong in this frame, and a thin line leads from where each was in
// the first frame. The learner's own sentence is a diamond in the colour of its answer, with a trail from checkpoint to
// checkpoint. Nothing goes back to Python.

import { setUpBar, startPlaying, stopPlaying } from "../shared/bar.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { element, setText } from "../shared/elements.js";
import { onArrows, onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { percent } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { keepFrame, readFrame } from "./kept_frame.js";

const WIDEST = 620; // CSS pixels
const SHAPE = 0.72; // height of the picture, of its width
const EDGE = 18;
const NEAR = 14; // pixels within which a dot is meant
const ASIDE = 2; // how much farther a dot counts that lies aside of an arrow key's direction

export default mount({ create, receive, draw });

function create(view) {
  view.canvas = view.root.querySelector("canvas");
  view.frame = 0;
  view.pointed = -1;
  const go = (frame) => show(view, Math.max(0, Math.min(view.frames - 1, frame)));
  setUpBar(view, {
    step: (by) => (stopPlaying(view), go(view.frame + by)),
    jump: (frame) => (stopPlaying(view), go(frame)),
    toggle: () => toggle(view, go),
  });
  const point = (event) => {
    const box = view.canvas.getBoundingClientRect();
    view.pointed = nearest(view, event.clientX - box.left, event.clientY - box.top);
    draw(view);
  };
  view.canvas.onpointermove = (event) => event.pointerType === "mouse" && point(event);
  view.canvas.onclick = point;
  view.live = view.root.querySelector(".said");
  onArrows(view.canvas, (rows, columns) => move(view, columns, rows));
  onKeys(view.canvas, { Enter: () => say(view, true), " ": () => say(view, true), Escape: () => choose(view, -1) });
}

// From the dot that is chosen, or from the middle, to the nearest one in an arrow's direction; the own sentence is the last.
function move(view, right, down) {
  const { clientWidth: width, clientHeight: height } = view.canvas;
  const count = view.count + (view.message.own ? 1 : 0);
  const places = Array.from({ length: count }, (_, at) => (at < view.count ? placeOf(view, at, width, height) : ownPlace(view, view.frame, width, height)));
  const [x, y] = view.pointed < 0 ? [width / 2, height / 2] : places[view.pointed];
  const far = places.map(([left, top], at) => {
    const along = (left - x) * right + (top - y) * down;
    const aside = Math.abs((left - x) * down) + Math.abs((top - y) * right);
    // Of two dots in one place the later one is on: none is out of reach.
    const ahead = along > 0 || (along === 0 && aside === 0 && at > view.pointed);
    return at === view.pointed || !ahead ? Infinity : along + ASIDE * aside;
  });
  const least = Math.min(...far);
  if (least < Infinity) choose(view, far.indexOf(least));
}

function choose(view, at) {
  view.pointed = at;
  draw(view);
  say(view, false);
}

// What a screen reader says of the chosen dot: on Enter the sentence, too.
function say(view, whole) {
  const at = view.pointed;
  if (at < 0) return setText(view.live, "");
  if (at === view.count) return setText(view.live, tellOwn(view));
  setText(view.live, `${whole ? `${view.message.texts[at]} ` : ""}${tellAnswer(view, at)}`);
}

function toggle(view, go) {
  if (view.playing) return stopPlaying(view);
  if (view.frame === view.frames - 1) go(0);
  startPlaying(view, (steps) => {
    if (!steps) return;
    go(view.frame + steps);
    if (view.frame === view.frames - 1) stopPlaying(view);
  });
}

function receive(view, message) {
  const same = view.message?.run === message.run;
  view.message = message;
  [view.frames, view.count] = message.arrays.points.shape;
  view.frame = Math.min(same ? view.frame : readFrame(message.run), view.frames - 1);
  view.pointed = -1;
  view.scrub.max = view.frames - 1;
  view.low = [Infinity, Infinity];
  view.high = [-Infinity, -Infinity];
  for (const points of [message.arrays.points, message.arrays.own]) {
    points?.values.forEach((value, at) => {
      view.low[at % 2] = Math.min(view.low[at % 2], value);
      view.high[at % 2] = Math.max(view.high[at % 2], value);
    });
  }
  legend(view);
  checkpoints(view);
}

// The own sentence's answer at each checkpoint, in a list beside the picture.
function checkpoints(view) {
  const { own, classes } = view.message;
  const lines = own ? eachCheckpoint(own).map((frame) => `step ${own.since[frame]}: ${classes[own.answers[frame]]}, ${own.probabilities[frame]}`) : [];
  view.root.querySelector(".checkpoints").replaceChildren(
    ...lines.map((text) => {
      const made = element("li");
      made.textContent = text;
      return made;
    }),
  );
}

// The first frame of each checkpoint.
function eachCheckpoint({ since }) {
  return since.map((step, frame) => [step, frame]).filter(([step, frame]) => frame === 0 || step !== since[frame - 1]).map(([, frame]) => frame);
}

function legend(view) {
  const list = view.root.querySelector(".legend");
  const lines = view.message.classes.map((name, label) => line(name, (mark) => (mark.style.background = colourOf(view, label))));
  const marks = { ring: "answered wrongly", way: "the way from the first frame" };
  if (view.message.own) marks.own = "your sentence, in the colour of its answer";
  const others = Object.entries(marks).map(([kind, text]) => line(text, (mark) => mark.classList.add(kind)));
  list.replaceChildren(...lines, ...others);
}

function line(text, paint) {
  const made = element("li");
  const mark = element("i");
  paint(mark);
  made.append(mark, document.createTextNode(text));
  return made;
}

// Two labels have the colours of negative and positive; more, those of classes.
function colourOf(view, label) {
  const { classes } = view.message;
  if (classes.length === 2) return PALETTE.scales.diverging[label ? 9 : 1];
  return PALETTE.classes[label % PALETTE.classes.length];
}

function show(view, frame) {
  view.frame = frame;
  keepFrame(view.message.run, frame);
  draw(view);
}

function placeOf(view, at, width, height, frame = view.frame) {
  return place(view, view.message.arrays.points.values, frame * view.count + at, width, height);
}

function place(view, values, at, width, height) {
  const start = 2 * at;
  const [x, y] = [0, 1].map((axis) => (values[start + axis] - view.low[axis]) / Math.max(view.high[axis] - view.low[axis], 1e-9));
  return [EDGE + x * (width - 2 * EDGE), height - EDGE - y * (height - 2 * EDGE)];
}

function ownPlace(view, frame, width, height) {
  return place(view, view.message.arrays.own.values, frame, width, height);
}

function nearest(view, x, y) {
  const { clientWidth: width, clientHeight: height } = view.canvas;
  const far = Array.from({ length: view.count }, (_, at) => {
    const [left, top] = placeOf(view, at, width, height);
    return Math.hypot(left - x, top - y);
  });
  const found = far.indexOf(Math.min(...far));
  return far[found] <= NEAR ? found : -1;
}

function answerOf(view, at) {
  return view.message.arrays.answers.values[view.frame * view.count + at];
}

function draw(view) {
  const { labels } = view.message.arrays;
  const width = Math.min(WIDEST, view.root.clientWidth - 2);
  const height = Math.round(SHAPE * width);
  const context = sharpContext(view.canvas, width, height);
  const ink = cssColour(view.root, "--st-text-color") || "#222";
  drawLine(view, context, width, height, ink);
  drawWays(view, context, width, height);
  let right = 0;
  for (let at = 0; at < view.count; at++) {
    const [x, y] = placeOf(view, at, width, height);
    const wrong = answerOf(view, at) !== labels.values[at];
    right += !wrong;
    dot(context, x, y, at === view.pointed ? 8 : 5.5, colourOf(view, labels.values[at]), wrong && ink);
    if (at === view.pointed) frame(context, x, y, ink);
  }
  if (view.message.own) drawOwn(view, context, width, height, ink);
  tell(view, right);
  performance.mark("dlviz:film");
}

// Where the last head is undecided, and which answer it gives on either side.
function drawLine({ low, high, message: { line, classes } }, context, width, height, ink) {
  if (line === null) return;
  const x = EDGE + ((line - low[0]) / Math.max(high[0] - low[0], 1e-9)) * (width - 2 * EDGE);
  context.strokeStyle = context.fillStyle = ink;
  context.lineWidth = 1;
  context.setLineDash([5, 5]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
  context.setLineDash([]);
  context.font = "12px sans-serif";
  context.textBaseline = "alphabetic";
  context.fillText(`${classes[1]} →`, x + 6, height - 6);
  const left = `← ${classes[0]}`;
  context.fillText(left, x - 6 - context.measureText(left).width, height - 6);
}

// From each dot's place in the first frame to where it is now.
function drawWays(view, context, width, height) {
  context.globalAlpha = 0.5;
  context.lineWidth = 1.4;
  for (let at = 0; at < view.count; at++) {
    context.beginPath();
    context.moveTo(...placeOf(view, at, width, height, 0));
    context.lineTo(...placeOf(view, at, width, height));
    context.strokeStyle = colourOf(view, view.message.arrays.labels.values[at]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

// The own sentence where it is now, its answer beside it, and hollow where it was at the checkpoints before.
function drawOwn(view, context, width, height, ink) {
  const { own, classes } = view.message;
  const until = eachCheckpoint(own).filter((frame) => frame <= view.frame);
  const places = until.map((frame) => ownPlace(view, frame, width, height));
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.strokeStyle = ink;
  context.lineWidth = 1.2;
  context.stroke();
  places.forEach(([x, y], at) => {
    const last = at === places.length - 1;
    diamond(context, x, y, last ? 10 : 5, colourOf(view, own.answers[until[at]]), ink);
  });
  const [x, y] = places.at(-1);
  if (view.pointed === view.count) frame(context, x, y, ink);
  const text = `${classes[own.answers[view.frame]]}, ${own.probabilities[view.frame]}`;
  context.font = "600 12px sans-serif";
  const wide = context.measureText(text).width;
  const left = x + 16 + wide < width ? x + 16 : Math.max(2, x - 16 - wide);
  context.textBaseline = "middle";
  context.globalAlpha = 0.85;
  context.fillStyle = cssColour(view.root, "--st-background-color") || "#fff";
  context.fillRect(left - 3, y - 9, wide + 6, 18);
  context.globalAlpha = 1;
  context.fillStyle = ink;
  context.fillText(text, left, y);
}

function frame(context, x, y, ink) {
  context.strokeStyle = ink;
  context.lineWidth = 1.6;
  context.strokeRect(x - 15, y - 15, 30, 30);
}

function dot(context, x, y, radius, fill, ring) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = fill;
  context.fill();
  if (!ring) return;
  context.beginPath();
  context.arc(x, y, radius + 2.5, 0, 7);
  context.strokeStyle = ring;
  context.lineWidth = 1.6;
  context.stroke();
}

function diamond(context, x, y, radius, fill, edge) {
  context.beginPath();
  for (const [right, down] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) context.lineTo(x + radius * right, y + radius * down);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = edge;
  context.lineWidth = 2.4;
  context.stroke();
}

function tell(view, right) {
  const { steps, texts, sure } = view.message;
  const step = steps[view.frame];
  const told = (name, text) => setText(view.root.querySelector(`.${name}`), text);
  view.scrub.value = view.frame;
  view.scrub.ariaValueText = `step ${step}`;
  view.place.textContent = `step ${step} of ${steps[view.frames - 1]}`;
  const share = `${right} of ${view.count} answers are right: ${percent(right / view.count)}. On average the network is ${percent(sure[view.frame])} sure.`;
  told("right", share);
  const own = tellOwn(view);
  told("own", own);
  view.canvas.setAttribute("aria-label", `${view.count} sentences as dots, after step ${step}. ${share}. ${own}`);
  const at = view.pointed;
  const isDot = at >= 0 && at < view.count;
  told("text", isDot ? texts[at] : "Point at a dot, tap it, or go to it with the arrow keys: its sentence.");
  told("answer", isDot ? tellAnswer(view, at) : "");
}

function tellAnswer({ frame, count, message: { classes, arrays } }, at) {
  return `Label: ${classes[arrays.labels.values[at]]}. Answer now: ${classes[arrays.answers.values[frame * count + at]]}.`;
}

function tellOwn({ frame, message: { own, classes } }) {
  if (!own) return "";
  return `Your sentence, read by the network after step ${own.since[frame]}: ${classes[own.answers[frame]]}, ${own.probabilities[frame]}.`;
}
