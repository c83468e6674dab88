// The residual stream through one block: every station a heat map of tokens by values. Python sends one block, and the
// sizes of all. Back come `cell` [token, unit, time] and `block` [block, time].

import { clampIndex, largest } from "../shared/arrays.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { element } from "../shared/elements.js";
import { followToken, tellToken } from "../shared/hover.js";
import { onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";
import { chooseBlock, showBlocks } from "./blocks.js";
import { showNorms } from "./norms.js";
import { gutterWidth, paintPaper, paintStation, patchAt, placeOn, POOLED, rowHeight, showGutters } from "./paint.js";
import { named, sizeOf, STATIONS } from "./stations.js";
import { paintWires } from "./wires.js";

const NARROW = 680;
const DROPPING = 70; // pixels more where the second dropout stands there too
const TIGHT = 830; // narrower ones leave a norm's table little room
const REST = 250; // milliseconds

export default mount({ create, receive, draw });

function create(view) {
  const { root } = view;
  const find = (selector) => root.querySelector(selector);
  Object.assign(view, { tip: find(".tip"), board: find(".board"), wires: find(".wires"), paper: find(".paper") });
  view.state = find(".state");
  view.figures = STATIONS.map((station) => createFigure(view, station));
  view.norms = [1, 2].map((number) => {
    const box = element("div", "", "norm");
    box.style.gridArea = `n${number}`;
    return box;
  });
  view.gutters = [1, 2].map((lane) => {
    const box = element("div", "", "gutter");
    box.style.gridArea = `g${lane}`;
    return box;
  });
  for (const figure of view.figures) {
    view.board.append(figure.box);
    const norm = ["norm1", "norm2"].indexOf(figure.name);
    if (norm >= 0) view.board.append(view.norms[norm]);
  }
  view.board.append(...view.gutters);
  view.paper.onpointerdown = (event) => choose(view, patchAt(view, event), view.unit);
  onKeys(root, {
    ArrowUp: () => choose(view, view.token - 1, view.unit),
    ArrowDown: () => choose(view, view.token + 1, view.unit),
    Home: () => choose(view, 0, view.unit),
    End: () => choose(view, view.count - 1, view.unit),
    ArrowLeft: () => chooseBlock(view, view.block - 1),
    ArrowRight: () => chooseBlock(view, view.block + 1),
  });
  root.addEventListener("pointerleave", () => (view.tip.hidden = true));
  followToken(view, () => {
    paintStations(view);
    showGutters(view);
  });
}

function createFigure(view, { name, title, sum = "" }) {
  const [box, canvas, caption, size] = [element("figure"), element("canvas"), element("figcaption"), element("p", "", "size")];
  box.style.gridArea = name;
  canvas.setAttribute("role", "img");
  const shape = element("span");
  caption.append(element("b", title), element("span", sum, "parts"), shape);
  box.append(caption, canvas, size);
  const figure = { name, title, box, canvas, shape, size };
  canvas.onpointermove = (event) => hover(view, figure, event);
  canvas.onpointerleave = () => {
    view.tip.hidden = true;
    tellToken(-1);
  };
  canvas.onpointerdown = (event) => {
    const [token, unit] = placeOn(view, figure, event);
    choose(view, token, ["pattern", "hidden"].includes(name) ? view.unit : unit);
  };
  return figure;
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  if (knowsChoice(view, message)) [view.token, view.unit, view.block] = [message.token, message.unit, message.block];
  view.token = Math.min(view.token, view.count - 1);
  view.unit = Math.min(view.unit, message.arrays.in.shape[1] - 1);
  for (const figure of view.figures) {
    const { values, shape } = message.arrays[figure.name];
    const scale = figure.name === "hidden" || figure.name === "pattern" ? "sequential" : "diverging";
    const limit = scale === "sequential" ? largest(values) : message.limit;
    Object.assign(figure, { values, width: shape[1], scale, limit, step: 0 });
    figure.shape.textContent = `${figure.name === "hidden" ? "after ReLU, " : ""}${shape[0]}×${shape[1]}`;
    figure.canvas.setAttribute("aria-label", message.alts[figure.name]);
  }
  view.paper.hidden = !message.arrays.digit;
}

function draw(view) {
  const width = view.root.clientWidth;
  const dropping = view.message.share > 0;
  const more = dropping ? DROPPING : 0;
  view.narrow = width < NARROW + more;
  view.root.classList.toggle("narrow", view.narrow);
  view.root.classList.toggle("dropping", dropping && !view.narrow);
  view.root.classList.toggle("tight", !view.narrow && width < TIGHT + more);
  view.figures.find(({ name }) => name === "out").box.hidden = !dropping;
  view.board.style.setProperty("--gutter", `${gutterWidth(view)}px`);
  view.row = rowHeight(view);
  paintStations(view);
  const pooled = view.figures.some((figure) => figure.step > 1);
  view.root.querySelector(".legend").textContent = `${view.message.legend}${pooled ? POOLED : ""}`;
  paintPaper(view);
  showGutters(view);
  showBlocks(view);
  showNorms(view);
  paintWires(view);
  performance.mark("dlviz:stream", { detail: view.count });
}

// Without dropout at work, what it would change is not drawn.
function paintStations(view) {
  for (const figure of view.figures) if (!figure.box.hidden) paintStation(view, figure);
}

function choose(view, token, unit) {
  const [next, value] = [clampIndex(token, view.count), clampIndex(unit, view.message.arrays.in.shape[1])];
  if (next === view.token && value === view.unit) return;
  [view.token, view.unit] = [next, value];
  noteChoice(view);
  draw(view);
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    view.state.textContent = told(view);
    sendChoice(view, "cell", [view.token, view.unit]);
  }, REST);
}

function told(view) {
  const parts = ["in", "attention", "forward"].map((name) => short(sizeOf(view, name)));
  return `${named(view)} in block ${view.block + 1}: size ${parts[0]} comes in, attention adds ${parts[1]}, the feed-forward network adds ${parts[2]}.`;
}

function hover(view, figure, event) {
  const [token, unit] = placeOn(view, figure, event);
  tellToken(token);
  const value = figure.values[token * figure.width + unit];
  view.tip.hidden = value === undefined;
  if (view.tip.hidden) return;
  const place = figure.name === "pattern" ? `looks at ${named(view, unit)}` : `${figure.title}, unit ${unit + 1}`;
  showTip(view, event, short(value), `${named(view, token)} ${place}`);
}
