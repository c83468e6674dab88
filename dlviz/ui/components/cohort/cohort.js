// Networks that learn in Python, a slice of time after each report from here: the next report goes when the last picture
// has been drawn, so that no browser asks for more than it can show.

import { setText } from "../shared/elements.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { mount } from "../shared/mount.js";
import { drawCurves } from "./curves.js";
import { buildGrid, drawGrid, markShown } from "./grid.js";
import { drawLarge, setUpPlacing } from "./large.js";

const [MANY, ONE, REST, AGAIN] = [-1, 1, 0, -2]; // steps to be taken, as live.py reads them
const LOST = 2000; // milliseconds after which a report is taken to be lost
// Milliseconds in which the page draws all of itself after a choice. A report that is waiting when it ends makes
// Streamlit drop this picture and make it anew, without the keyboard's focus.
const WHOLE = 400;

export default mount({ create, receive, draw });

function create(view, message) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, {
    find, playing: message.playing, ticks: 0, live: find("[aria-live]"), choose: (depth, seed) => choose(view, depth, seed),
  });
  find(".play").onclick = () => (isLearning(view) ? pause(view) : play(view));
  find(".one").onclick = () => tick(view, ONE);
  find(".again").onclick = () => {
    view.playing = false;
    tick(view, AGAIN);
    setText(view.live, "Paused at step 0");
  };
  setUpPlacing(view);
}

function receive(view, message) {
  const known = knowsChoice(view, message);
  if (message.goal !== view.message?.goal) view.stopped = false;
  view.message = message;
  view.root.dataset.steps = message.steps;
  if (known || !view.shown) view.shown = message.shown;
  if (known || view.own === undefined || (view.own === null) !== (message.own === null)) view.own = message.own;
  view.shown = [Math.min(view.shown[0], message.columns.length - 1), view.shown[1]];
  buildGrid(view);
  if (message.steps >= message.most && view.playing) pause(view);
  if (message.ticked >= view.ticks) view.waiting = false;
  requestAnimationFrame(() => goOn(view));
}

function draw(view) {
  showControls(view);
  drawGrid(view);
  drawLarge(view);
  drawCurves(view);
  performance.mark("dlviz:cohort");
}

// They also learn up to where a link says.
function isLearning(view) {
  return view.playing || (view.message.steps < view.message.goal && !view.stopped);
}

function goOn(view) {
  clearTimeout(view.next);
  if (!isLearning(view) || view.waiting || !view.message.arrays.xy.shape[0]) return;
  const due = Math.max((view.tickedAt ?? 0) + view.message.pause, (view.sentAt ?? -WHOLE) + WHOLE) - performance.now();
  view.next = setTimeout(() => isLearning(view) && view.root.isConnected && tick(view, MANY), Math.max(0, due));
}

function tick(view, steps) {
  clearTimeout(view.next);
  view.ticks = Math.max(Date.now(), view.ticks + 1);
  view.tickedAt = performance.now();
  view.waiting = true;
  view.setStateValue("tick", [steps, view.ticks]);
  const number = view.ticks;
  setTimeout(() => {
    if (view.ticks !== number || !view.waiting || !view.root.isConnected) return;
    view.waiting = false;
    goOn(view);
  }, LOST);
}

function play(view) {
  if (view.message.steps >= view.message.most) return;
  view.playing = true;
  view.stopped = false;
  showControls(view);
  if (!view.waiting) tick(view, MANY);
}

function pause(view) {
  view.playing = false;
  view.stopped = true;
  showControls(view);
  tick(view, REST);
  setText(view.live, `Paused at step ${view.message.steps.toLocaleString("en")}`);
}

function choose(view, depth, seed) {
  view.shown = [depth, seed];
  markShown(view);
  noteChoice(view);
  sendChoice(view, "shown", [depth, seed]);
}

const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 3h3v10H4zM9 3h3v10H9z";

function showControls(view) {
  const { steps, most, goal, arrays } = view.message;
  const none = !arrays.xy.shape[0];
  const learning = isLearning(view) && !none;
  const label = learning ? "Pause" : "Play";
  const button = view.find(".play");
  if (button.dataset.label !== label) {
    button.dataset.label = label;
    button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${learning ? PAUSE : PLAY}"/></svg>${label}`;
  }
  button.disabled = none || steps >= most;
  view.find(".again").disabled = !steps;
  view.find(".one").disabled = none || learning || steps >= most;
  const number = (value) => value.toLocaleString("en");
  const upTo = !view.playing && steps < goal && !view.stopped ? ` of ${number(goal)}: they learn up to where the link stands` : "";
  view.find(".place").textContent = `Step ${number(steps)}${upTo}`;
}
