// A run's network at its checkpoints. Python sends the answers and the values of all of them as bytes, once; back come
// `step`, the training step of the checkpoint where the learner has come to rest, and `beside`, that of the one that it
// is compared with, or -1; each followed by the report's number. Steps, not places: a run that goes on has ever more
// checkpoints, and of many only some are shown.

import { argmax } from "../shared/arrays.js";
import { cssColour } from "../shared/canvas.js";
import { mount } from "../shared/mount.js";
import { conduct, stepTo } from "../shared/transport.js";
import { called, paintCourse, placeOnCourse, sentenceOf, showSays } from "./answers.js";
import { hover, layOutPanels, limitsOf, NARROW, paintPanels } from "./panels.js";

export default mount({ create, receive, draw });

function create(view) {
  const { root } = view;
  const find = (selector) => root.querySelector(selector);
  Object.assign(view, { step: -1, tip: find(".tip"), state: find(".state") });
  Object.assign(view, { select: find(".beside"), course: find(".course canvas"), panels: [] });
  conduct(view, { paint, announce, report: () => stepAt(view, view.step) });
  view.select.onchange = () => compareWith(view, Number(view.select.value));
  view.course.addEventListener("pointerdown", (event) => stepTo(view, placeOnCourse(view, event.offsetX)));
  root.addEventListener("pointermove", (event) => hover(view, event));
  root.addEventListener("pointerleave", () => (view.tip.hidden = true));
}

function receive(view, message) {
  // The learner stays where they stand, unless the run or the link is another.
  const same = view.message?.run === message.run && view.message.link === message.link;
  if (!same) Object.assign(view, { step: message.step, beside: message.beside, moved: false });
  else stay(view, message);
  view.message = message;
  view.count = message.checkpoints.length;
  view.scrub.max = view.count - 1;
  view.answers = message.arrays.answers;
  view.limits = limitsOf(message);
  showChoices(view);
}

// The newest checkpoint is followed while a run goes on, as long as the learner has not moved.
function stay(view, message) {
  const stood = stepAt(view, view.step);
  view.step = view.moved || view.playing ? nearest(message, stood) : message.step;
  if (view.beside >= 0) view.beside = nearest(message, stepAt(view, view.beside));
}

function stepAt(view, place) {
  return place < 0 ? place : view.message.checkpoints[place].step;
}

function nearest({ checkpoints }, step) {
  return argmax(checkpoints, (each) => -Math.abs(each.step - step));
}

function showChoices(view) {
  const names = ["nothing", ...view.message.checkpoints.map(({ step }) => called(step))];
  const options = names.map((name, index) => new Option(name, index - 1, false, index - 1 === view.beside));
  view.select.replaceChildren(...options);
}

function compareWith(view, beside) {
  view.beside = beside;
  draw(view);
  announce(view);
  view.setStateValue("beside", [stepAt(view, beside), Date.now()]);
}

function draw(view) {
  view.font = cssColour(view.root, "--st-font") || "sans-serif";
  view.ink = cssColour(view.root, "--st-text-color");
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
  layOutPanels(view);
  paint(view);
}

function paint(view) {
  const began = performance.now();
  showPlace(view);
  showSays(view);
  paintCourse(view);
  paintPanels(view);
  performance.measure("dlviz:checkpoint", { start: view.movedAt ?? began, detail: view.message.checkpoints[view.step].step });
  view.movedAt = undefined;
}

function showPlace(view) {
  const { step } = view.message.checkpoints[view.step];
  view.scrub.value = view.step;
  view.scrub.setAttribute("aria-valuetext", called(step));
  view.place.textContent = `${called(step)} · ${view.step + 1} of ${view.count}`;
}

function announce(view) {
  const places = view.beside < 0 ? [view.step] : [view.beside, view.step];
  view.state.textContent = places.map((place) => `${view.message.checkpoints[place].said}. ${sentenceOf(view, place)}`).join(" ");
}
