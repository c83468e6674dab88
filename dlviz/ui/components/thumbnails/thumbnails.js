// The pictures of a class, small. One that is chosen goes back as `pick` [place, time].

import { sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { element } from "../shared/elements.js";
import { onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";
import { drawThumbnail, followSheets, takeSheet } from "../shared/sheets.js";

const SIDE = 44;

export default mount({ create, receive, draw });

function create(view) {
  view.grid = view.root.querySelector(".grid");
  view.root.style.setProperty("--chosen", PALETTE.accent);
  const unfollow = followSheets(() => (view.root.isConnected ? paint(view) : unfollow()));
  const move = (by) => (event) => {
    const places = [...view.grid.children];
    const next = places[places.indexOf(event.target) + by];
    if (next) focus(view, next);
  };
  const press = (event) => pick(view, event.target);
  onKeys(view.grid, { ArrowLeft: move(-1), ArrowUp: move(-1), ArrowRight: move(1), ArrowDown: move(1), Enter: press, " ": press });
}

function receive(view, message) {
  const { names, arrays } = message;
  const same = view.message?.names.join() === names.join();
  view.message = message;
  if (knowsChoice(view, message)) view.chosen = message.chosen;
  view.grid.setAttribute("aria-label", message.label);
  if (same) return;
  view.grid.replaceChildren(...names.map(() => optionOf(view)));
  takeSheet(names, arrays.sheet.values);
}

function optionOf(view) {
  const option = element("div");
  option.setAttribute("role", "option");
  option.append(element("canvas"));
  option.onclick = () => pick(view, option);
  return option;
}

function draw(view) {
  paint(view);
}

function paint(view) {
  const { names, marks } = view.message;
  [...view.grid.children].forEach((option, at) => {
    drawThumbnail(sharpContext(option.firstChild, SIDE, SIDE), names[at], 0, 0, SIDE);
    option.setAttribute("aria-label", marks[at]);
    option.title = marks[at];
  });
  showChosen(view);
  performance.mark("dlviz:thumbnails");
}

function showChosen(view) {
  const entry = Math.max(0, view.chosen);
  [...view.grid.children].forEach((option, at) => {
    option.setAttribute("aria-selected", String(at === view.chosen));
    option.tabIndex = at === entry ? 0 : -1;
  });
}

function focus(view, option) {
  for (const each of view.grid.children) each.tabIndex = each === option ? 0 : -1;
  option.focus();
}

function pick(view, option) {
  view.chosen = [...view.grid.children].indexOf(option);
  noteChoice(view);
  sendChoice(view, "pick", [view.chosen]);
  showChosen(view);
}
