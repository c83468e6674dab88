// The networks' frames: a figure for each strip, and what can be pressed and pointed at.

import { button, element } from "../shared/elements.js";
import { short } from "../shared/numbers.js";
import { stepTo } from "../shared/transport.js";
import { few, placeOn } from "./strips.js";
import { choose, standing } from "./units.js";

export function showNetworks(view) {
  const box = view.root.querySelector(".networks");
  const ids = view.networks.map((network) => `${network.name}${network.strips.length}`).join();
  if (box.dataset.ids !== ids) {
    box.dataset.ids = ids;
    box.replaceChildren(...view.networks.map((network) => frameOf(view, network)));
  }
  view.networks.forEach((network, index) => fillIn(view, network, box.children[index]));
}

function frameOf(view, network) {
  const part = element("section", "", "network");
  const header = element("header");
  const pick = element("div", "", "pick");
  pick.append(button("Most active unit"), button("Most changed unit"));
  header.append(element("h3"), element("span", "", "made"), pick);
  const strips = element("div", "", `strips ${few(view, network) ? "few" : ""}`);
  for (const strip of network.strips) strips.append(stripFigure(strip));
  const answers = element("figure", "", "answers");
  answers.append(element("figcaption"), element("canvas"));
  strips.append(answers);
  const equations = element("div", "", "equations");
  equations.translate = false;
  part.append(header, strips, element("p", "", "note"));
  if (few(view, network)) strips.append(equations);
  else part.append(equations);
  return part;
}

function stripFigure(strip) {
  const figure = element("figure");
  const caption = element("figcaption");
  const symbol = element("b", strip.symbol);
  symbol.translate = false;
  caption.append(symbol, element("span", ` ${strip.title}`), element("small"));
  const [map, line] = [element("canvas", "", "strip"), element("canvas", "", "trace")];
  line.setAttribute("aria-hidden", "true");
  figure.append(caption, map, line);
  return figure;
}

function fillIn(view, network, part) {
  network.part = part;
  part.querySelector("h3").textContent = network.title;
  part.querySelector(".made").textContent = network.made;
  part.querySelector(".note").textContent = network.note;
  const [active, changed] = part.querySelectorAll(".pick button");
  active.onclick = () => choose(view, current(view, network), standing(view, network, false));
  changed.onclick = () => choose(view, current(view, network), standing(view, network, true));
  const columns = few(view, network) ? 6 : network.strips.length; // two more where there are answers
  part.querySelector(".strips").style.setProperty("--columns", columns + (view.message.kind === "series" ? 0 : 2));
  [...part.querySelectorAll("figure:not(.answers)")].forEach((figure, index) => {
    const [map, line] = figure.querySelectorAll("canvas");
    map.setAttribute("role", "img");
    map.setAttribute("aria-label", index ? `${network.strips[index].title} of every unit` : network.alt);
    Object.assign(network.strips[index], { map, line });
    figure.querySelector("small").textContent = scaleOf(network.strips[index]);
    map.onpointerdown = (event) => {
      const place = placeOn(network, network.strips[index], event);
      choose(view, current(view, network), place.unit);
      stepTo(view, place.step);
    };
  });
  network.answers = part.querySelector(".answers canvas");
  network.answers.onpointerdown = (event) => {
    const box = network.answers.getBoundingClientRect();
    stepTo(view, Math.floor(((event.clientX - box.left) / (box.width * network.share)) * view.count));
  };
  part.querySelector(".answers").hidden = view.message.kind === "series";
}

// The values that the colours of a strip stand for.
function scaleOf({ scale, limit }) {
  if (!limit) return "unchanged";
  return scale === "diverging" ? `−${short(limit)} … ${short(limit)}` : `0 … ${short(limit)}`;
}

// The network as the newest message has it.
function current(view, network) {
  return view.networks.find((other) => other.name === network.name) ?? network;
}
