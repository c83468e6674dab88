// From a pixel to the multiplication. Python sends where the selected unit looks and the numbers that made it;
// another unit chosen here goes back as `selection`: [stage, channel, row, col, time].

import { cssColour, sharpContext } from "../shared/canvas.js";
import { mayBeOlder, noteChoice, sendChoice } from "../shared/choices.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";
import { showChain } from "./chain.js";
import { fillGrid } from "./grid.js";
import { showSoftmax } from "./softmax.js";
import { attachStrip, attachTiles, multiply, showSum, signColour } from "./sum.js";
import { attachWalk, endWalk, showBar, standingAt } from "./walk.js";

export default mount({ create, receive });

function create(view) {
  view.root.style.setProperty("--accent", PALETTE.accent);
  view.send = (unit) => {
    view.wanted = unit;
    noteChoice(view);
    sendChoice(view, "selection", unit);
  };
  view.choose = (unit) => {
    endWalk(view);
    view.send(unit);
  };
  attachStrip(view);
  attachTiles(view);
  attachWalk(view, show);
}

function receive(view, message) {
  const answered = String(view.wanted) === String(message.selection);
  const patient = mayBeOlder(view);
  if (answered || !patient) view.wanted = null;
  const onItsWay = view.walked && !answered && (view.playing || view.resting || patient);
  if (onItsWay && isSameMap(view.message, message)) {
    view.message = standingAt(message, ...view.walked);
  } else {
    endWalk(view);
    if (String(view.message?.selection) !== String(message.selection)) Object.assign(view, { part: null, pointed: null });
    view.message = message;
  }
  show(view);
}

function isSameMap({ selection: before }, { selection: now, bias }) {
  return bias !== undefined && before[0] === now[0] && before[1] === now[1];
}

function show(view) {
  const { message, root } = view;
  if (message.arrays.inputs) multiply(view);
  const { kind } = message.parts;
  view.theme = {
    text: cssColour(root, "--st-text-color"),
    font: cssColour(root, "--st-font") || "sans-serif",
    faint: "#8a939e70",
  };
  root.querySelector(".stage").textContent = message.squares.at(-1).title;
  root.querySelector(".head .place").textContent = message.place;
  root.querySelector(".value").textContent = message.value;
  root.querySelector(".edited").textContent = message.edited;
  root.querySelector(".work h3").textContent = message.heading;
  root.querySelector(".work").classList.toggle("wide", kind === "sum");
  root.querySelector(".sum").hidden = root.querySelector("details").hidden = kind !== "sum";
  root.querySelector(".window").hidden = kind !== "pool";
  root.querySelector(".plot").hidden = kind !== "relu";
  if (kind === "sum") showSum(view);
  if (kind === "pool") showWindow(view);
  if (kind === "relu") paintRelu(view);
  showChain(view);
  showBar(view);
  showEquation(view);
  showSoftmax(view);
  say(view);
}

function showEquation({ root, message }) {
  const terms = message.terms.map(([text, meaning]) => {
    const term = element("span", text, "term");
    if (meaning) term.append(element("small", meaning));
    return term;
  });
  root.querySelector(".equation").replaceChildren(...terms);
  root.querySelector(".notes").replaceChildren(...message.notes.map((note) => element("li", note)));
}

function showWindow({ root, message }) {
  const { values, shape } = message.arrays.window;
  const [row, col] = message.parts.winner;
  const { limit } = message.squares.at(-2);
  root.querySelector(".window figcaption").textContent = `its ${shape[0]}×${shape[1]} window`;
  fillGrid(root.querySelector(".window .grid"), shape[1], values, limit, { winner: row * shape[1] + col });
}

// max(0, x) as a line, with the unit on it.
function paintRelu({ root, message, theme }) {
  const [width, height, edge] = [220, 130, 10];
  const context = sharpContext(root.querySelector(".plot"), width, height);
  const { limit } = message.squares.at(-2);
  const x = (value) => edge + ((value / (limit || 1) + 1) / 2) * (width - 2 * edge);
  const y = (value) => height - 20 - (value / (limit || 1)) * (height - 20 - edge);
  const line = (colour, lineWidth, ...points) => {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.beginPath();
    for (const [a, b] of points) context.lineTo(x(a), y(b));
    context.stroke();
  };
  const [before, after] = message.parts.point;
  line(theme.faint, 1, [0, 0], [0, limit]);
  line(theme.faint, 1, [-limit, 0], [limit, 0]);
  line(signColour(1), 3, [-limit, 0], [0, 0], [limit, limit]);
  context.setLineDash([3, 3]);
  line(PALETTE.accent, 1, [before, 0], [before, after], [0, after]);
  context.setLineDash([]);
  context.fillStyle = PALETTE.accent;
  context.beginPath();
  context.arc(x(before), y(after), 5, 0, 2 * Math.PI);
  context.fill();
}

// Read aloud once the picture has come to rest, not at every stroke.
function say(view) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    view.root.querySelector(".state").textContent = view.message.sentence;
  }, 400);
}
