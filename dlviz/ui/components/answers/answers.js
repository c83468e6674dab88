// Networks side by side: of each its answer, and a picture of its inside.

import { largest } from "../shared/arrays.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";

const SHARPNESS = 8; // pixels of the picture for each of the drawing's

export default mount({ create, receive });

function create(view) {
  view.sentence = view.root.querySelector(".sentence");
  view.root.style.setProperty("--bar", PALETTE.scales.sequential[3]);
  view.cards = [];
}

function receive(view, { sentence, cards, version, arrays }) {
  // A new element for a new sentence: a page that the browser has translated keeps a text that is changed in place.
  if (view.sentence.textContent !== sentence) view.sentence.replaceChildren(element("span", sentence));
  if (view.cards.length !== cards.length) {
    view.cards = cards.map((card) => cardOf(card));
    view.root.querySelector(".cards").replaceChildren(...view.cards.map(({ section }) => section));
  }
  cards.forEach((card, at) => fill(view, at, card, arrays));
  if (version) requestAnimationFrame(() => performance.mark("dlviz:painted", { detail: version }));
}

function cardOf({ name, way, shown }) {
  const section = element("section");
  const [answer, frame] = [element("div", "", "answer"), element("div", "", "blank")];
  section.append(element("h3", name), element("p", way, "way"), answer, frame, element("p", shown, "shown"));
  return { section, answer, frame };
}

function fill(view, at, { inside }, arrays) {
  const card = view.cards[at];
  card.answer.replaceChildren(...(inside ? answerOf(inside) : []));
  const frame = inside ? paint(inside, arrays[String(at)], arrays.drawing, card.frame) : element("div", "", "blank");
  if (frame !== card.frame) card.frame.replaceWith(frame);
  card.frame = frame;
}

function answerOf({ answer, probability, share }) {
  const [right, track, bar] = ["div", "span", "i"].map((name) => element(name));
  track.className = "track";
  bar.style.width = `${100 * share}%`;
  track.append(bar);
  right.append(element("span", probability), track);
  return [element("b", answer), right];
}

// The picture, on the canvas of the last one if there is one.
function paint({ scale, alt, over }, { values, shape: [height, width] }, drawing, frame) {
  const canvas = frame instanceof HTMLCanvasElement ? frame : element("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", alt);
  const limit = largest(values) || 1;
  if (!over) return picture(values, height, width, scale, limit, canvas);
  const side = SHARPNESS * drawing.shape[0];
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.globalCompositeOperation = "source-over";
  context.globalAlpha = 1;
  context.drawImage(picture(values, height, width, scale, limit), 0, 0, side, side);
  context.globalCompositeOperation = "multiply";
  context.globalAlpha = 0.35;
  context.drawImage(picture(drawing.values, ...drawing.shape, "ink", 1), 0, 0, side, side);
  return canvas;
}
