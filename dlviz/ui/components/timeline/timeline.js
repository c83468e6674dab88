// Step through a sequence. Python sends all gates and states of all steps as bytes, once; back come `step`, where the
// learner has come to rest, `unit`, the [network, unit] that was chosen, and `order`, that of the units; each followed by
// the report's number.

import { transposed } from "../shared/arrays.js";
import { cssColour } from "../shared/canvas.js";
import { mount } from "../shared/mount.js";
import { conduct } from "../shared/transport.js";
import { answerAt, called, placeOf, showSays } from "./answers.js";
import { jumpOnPicture, paintInput, showWords } from "./input.js";
import { showNetworks } from "./networks.js";
import { bases, hover, paintNetwork } from "./strips.js";
import { beside, choose } from "./units.js";

const NARROW = 560;

export default mount({ create, receive, draw });

function create(view) {
  const { root } = view;
  const find = (selector) => root.querySelector(selector);
  Object.assign(view, { step: -1, units: {}, tip: find(".tip"), state: find(".state"), picture: find(".picture canvas") });
  const keys = {
    ArrowUp: () => choose(view, view.main, beside(view.main, -1)),
    ArrowDown: () => choose(view, view.main, beside(view.main, 1)),
  };
  conduct(view, { paint, announce, keys });
  view.select = find(".order");
  view.select.onchange = () => view.setStateValue("order", [view.select.value, Date.now()]);
  view.picture.addEventListener("pointerdown", (event) => jumpOnPicture(view, event));
  root.addEventListener("pointermove", (event) => hover(view, event));
  root.addEventListener("pointerleave", () => (view.tip.hidden = true));
}

function receive(view, message) {
  const count = message.steps.length;
  // The learner stays where they stand, unless the sequence or the link is another.
  const same = view.message && view.message.steps.length === count && view.message.kind === message.kind;
  // Another sequence is played from its beginning, if one was being played.
  if (!same) view.step = view.playing ? 0 : message.step;
  else if (!view.moved && !view.playing) view.step = message.step;
  view.message = message;
  view.count = count;
  view.networks = message.networks.map((network) => prepare(view, network));
  view.main = view.networks[0];
  view.scrub.max = count - 1;
  const orders = Object.entries(message.orders);
  view.select.replaceChildren(...orders.map(([name, title]) => new Option(title, name, false, name === message.order)));
  showWords(view);
  showNetworks(view);
}

function prepare(view, network) {
  const { arrays } = view.message;
  const of = (name) => arrays[`${network.name}.${name}`];
  // A unit that was chosen while this message was on its way.
  const chosen = view.units[network.name];
  const unit = chosen?.pending && chosen.unit !== network.unit ? chosen.unit : network.unit;
  if (unit === network.unit) delete view.units[network.name];
  const strips = network.strips.map((strip) => {
    const { values, shape: [steps, units] } = of(strip.name);
    return { ...strip, steps, units, values: transposed(values, [steps, units]) };
  });
  const rowOf = []; // of each unit in the strips
  network.order.forEach((unit, row) => (rowOf[unit] = row));
  return { ...network, of, strips, rowOf, shownUnit: unit, size: strips[0].units };
}

function draw(view) {
  const width = view.root.clientWidth;
  view.font = cssColour(view.root, "--st-font") || "sans-serif";
  view.ink = cssColour(view.root, "--st-text-color");
  view.root.classList.toggle("narrow", width < NARROW);
  view.root.classList.toggle("wide", view.message.kind === "series");
  view.narrow = width < NARROW;
  for (const network of view.networks) bases(network);
  paint(view);
}

function paint(view) {
  const began = performance.now();
  paintInput(view);
  for (const network of view.networks) paintNetwork(view, network);
  showPlace(view);
  showSays(view);
  performance.measure("dlviz:step", { start: view.movedAt ?? began, detail: view.step });
  view.movedAt = undefined;
}

function showPlace(view) {
  const name = view.message.steps[view.step];
  view.scrub.value = view.step;
  view.scrub.setAttribute("aria-valuetext", name);
  const place = placeOf(view);
  view.place.textContent = place;
  const word = view.message.kind === "sentence" ? `: ${called(view, view.step)}` : "";
  view.root.querySelector(".now").textContent = `${place[0].toUpperCase()}${place.slice(1)}${word}`;
}

function announce(view) {
  const said = view.networks.map((network) => `${network.title}: ${answerAt(view, network, view.step)}`);
  view.state.textContent = `${called(view, view.step)}. ${said.join(". ")}.`;
}
