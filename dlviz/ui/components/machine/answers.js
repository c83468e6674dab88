// What the network answers at a checkpoint, and how its answers came about over the run.

import { rowOf } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { element } from "../shared/elements.js";
import { probability } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { isolated } from "../shared/words.js";

const SHOWN = 5;
const TALL = 132;
const FOOT = 18; // for the steps below the curves

// The places of the largest, the largest first.
function ranked(row) {
  return [...row.keys()].sort((a, b) => row[b] - row[a]);
}

export function called(step) {
  return `step ${step.toLocaleString("en")}`;
}

function nameOf(view, index) {
  const name = view.message.classes[index];
  return { " ": "space", "\n": "new line" }[name] ?? name;
}

export function sentenceOf(view, place) {
  const row = rowOf(view.answers, place);
  const [best] = ranked(row);
  return `It says ${isolated(nameOf(view, best))} (${probability(row[best])}).`;
}

export function showSays(view) {
  const places = view.beside < 0 ? [view.step] : [view.beside, view.step];
  view.root.querySelector(".says").replaceChildren(...places.map((place) => sayingOf(view, place)));
}

function sayingOf(view, place) {
  const row = rowOf(view.answers, place);
  const order = ranked(row).slice(0, SHOWN);
  const [part, list] = [element("section"), element("dl")];
  list.translate = false;
  for (const index of order) {
    const [bar, track] = [element("i"), element("b")];
    bar.style.width = `${100 * row[index]}%`;
    bar.style.setProperty("--tone", index === order[0] ? PALETTE.scales.sequential[3] : "#8a939e");
    track.append(bar);
    list.append(element("dt", nameOf(view, index)), track, element("dd", probability(row[index])));
  }
  part.append(element("h3", `It says ${nameOf(view, order[0])}`), element("p", view.message.checkpoints[place].said), list);
  return part;
}

// Probability over checkpoints: the answer's line here and now, the others thin.
export function paintCourse(view) {
  const { message, course, answers } = view;
  const width = course.parentElement.clientWidth;
  const context = sharpContext(course, width, TALL);
  const [count, classes] = answers.shape;
  const bottom = TALL - FOOT;
  view.courseX = (place) => 8 + (place / Math.max(1, count - 1)) * (width - 16);
  const y = (share) => bottom - 4 - share * (bottom - 10);
  const row = rowOf(view.answers, view.step);
  const [best, second] = ranked(row);
  const curve = (index, colour, thick) => {
    Object.assign(context, { strokeStyle: colour, lineWidth: thick });
    context.beginPath();
    for (let place = 0; place < count; place++) context.lineTo(view.courseX(place), y(answers.values[place * classes + index]));
    context.stroke();
  };
  for (let index = 0; index < classes; index++) if (index !== best && index !== second) curve(index, "#8a939e77", 1);
  if (second !== undefined) curve(second, "#8a939e", 2);
  curve(best, PALETTE.scales.sequential[3], 3);
  upright(context, view.courseX(view.step), bottom, PALETTE.accent, []);
  if (view.beside >= 0) upright(context, view.courseX(view.beside), bottom, PALETTE.accent, [3, 3]);
  labelSteps(view, context, width);
  const [first, last] = [0, count - 1].map((place) => probability(answers.values[place * classes + best]));
  course.parentElement.querySelector("figcaption").replaceChildren(
    element("b", `Probability of ${nameOf(view, best)}`), " over the checkpoints; thin: the others",
  );
  const from = called(message.checkpoints[0].step);
  course.setAttribute("aria-label", `Probability of ${nameOf(view, best)}: ${first} at ${from}, ${probability(row[best])} here, ${last} at the end.`);
}

function upright(context, x, bottom, colour, dash) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: 2 });
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, 2);
  context.lineTo(x, bottom);
  context.stroke();
  context.restore();
}

// As many steps as have room.
function labelSteps(view, context, width) {
  Object.assign(context, { font: `11px ${view.font}`, fillStyle: view.ink, globalAlpha: 0.75, textBaseline: "alphabetic" });
  let free = 0;
  view.message.checkpoints.forEach(({ step }, place) => {
    const text = step.toLocaleString("en");
    const half = context.measureText(text).width / 2;
    const middle = Math.max(half, Math.min(width - half, view.courseX(place)));
    if (middle - half < free) return;
    context.fillText(text, middle - half, TALL - 4);
    free = middle + half + 10;
  });
  context.globalAlpha = 1;
}

export function placeOnCourse(view, x) {
  let best = 0;
  for (let place = 1; place < view.count; place++) {
    if (Math.abs(view.courseX(place) - x) < Math.abs(view.courseX(best) - x)) best = place;
  }
  return best;
}
