// The map of the lesson: what follows from what, the lesson's tables and exercises, and what this browser has seen of it.

import { button, element, setText } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { forget, markVisited, read } from "../shared/progress.js";
import { aboutOf, tell } from "./about.js";
import { drawLines, layOut } from "./lines.js";
import { addLinks, tableOf, taskOf } from "./tables.js";

export default mount({ create, draw });

function create(view, { tracks, grids, tasks, labs }) {
  view.labs = labs;
  view.about = aboutOf(view.root.querySelector(".about"));
  layOut(view, tracks);
  view.root.querySelector(".tables").append(...grids.map(tableOf));
  view.root.querySelector(".exercises ul").append(...tasks.map(taskOf));
  addLinks(view.root);
  view.root.addEventListener("click", (event) => follow(view, event));
  view.root.addEventListener("auxclick", (event) => event.button === 1 && note(view, event.target.closest("a")));
  for (const event of ["pointerover", "focusin"]) view.root.addEventListener(event, ({ target }) => pointAt(view, target));
  view.forget = button("Forget it", () => {
    forget();
    mark(view);
    view.root.querySelector(".network a").focus({ preventScroll: true });
  });
  view.root.querySelector(".kept").append(view.forget);
  // A lab that is opened in another tab is marked here too.
  const follows = () => (view.root.isConnected ? mark(view) : window.removeEventListener("storage", follows));
  window.addEventListener("storage", follows);
  mark(view);
}

function draw(view) {
  drawLines(view);
}

// A link that is followed plainly opens within this visit; in a new tab it is a link like any other.
function follow(view, event) {
  const link = event.target.closest("a");
  note(view, link);
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  view.setStateValue("open", [link.dataset.address, Date.now()]);
}

// Of the map's stops the labs themselves tell that they were visited; of a situation it is known here alone.
function note(view, link) {
  if (!link?.dataset.mark) return;
  markVisited(link.dataset.mark);
  mark(view);
}

function pointAt(view, target) {
  const link = target.closest(".network a");
  if (!link) return;
  clearTimeout(view.pointing); // on the way across the map not every stop is asked for its picture
  view.pointing = setTimeout(() => tell(view.about, labOf(view, link), "", link), 120);
}

function labOf(view, link) {
  return view.labs.find(({ name }) => name === link.dataset.mark);
}

// What was visited and answered, and where to go on: the first lab of the lesson's order that was not visited.
function mark(view) {
  const { visited, answered } = read();
  const isIn = ({ name }) => visited[name];
  const done = view.labs.filter(isIn).length;
  const next = view.labs.find((each) => !isIn(each));
  for (const link of view.root.querySelectorAll("a[data-mark]")) {
    const name = link.dataset.mark;
    const count = answered[name]?.length ?? 0;
    link.classList.toggle("visited", Boolean(visited[name]));
    link.classList.toggle("answered", count > 0);
    setText(link.querySelector(".state"), stateOf(visited[name], count));
  }
  view.root.querySelector(".next")?.remove();
  if (next) {
    linkTo(view, next).querySelector(".title").after(element("em", done ? "Go on here" : "Start here", "next"));
  }
  const shown = next ?? view.labs[0];
  tell(view.about, shown, next ? (done ? "Go on with" : "Start with") : "Once more", linkTo(view, shown));
  const questions = view.labs.reduce((sum, { name }) => sum + (answered[name]?.length ?? 0), 0);
  setText(view.root.querySelector(".kept p"), summary(done, view.labs.length, questions));
  view.forget.hidden = !done && !questions;
  drawLines(view);
}

function linkTo(view, { name }) {
  return view.root.querySelector(`.network a[data-mark="${name}"]`);
}

function stateOf(visited, count) {
  if (count) return `, visited, ${counted(count, "question")} answered`;
  return visited ? ", visited" : "";
}

function summary(done, all, questions) {
  if (!done && !questions) return "What you visit and answer is marked on the map, and kept in this browser alone.";
  const answers = questions ? `, ${counted(questions, "question")} answered` : "";
  return `${done} of ${all} labs visited${answers}. Only this browser knows.`;
}

function counted(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
