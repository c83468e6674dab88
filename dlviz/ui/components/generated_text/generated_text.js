// A text character by character, each with what it was drawn from. Python sends all of it at once; back comes `step`, the
// written character where the learner has come to rest, followed by the report's number.

import { largest, rowOf } from "../shared/arrays.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { percent } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { conduct, stepTo } from "../shared/transport.js";
import { called, NAMES } from "./characters.js";
import { paintLooks, receiveLooks } from "./looks.js";

const NARROW = 640;
const MOST = 10; // bars; all others share one

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { step: -1, text: find(".text"), state: find(".state") });
  conduct(view, { paint, announce });
  view.text.onclick = (event) => {
    const place = view.spans.indexOf(event.composedPath()[0]) - view.message.prompt.length;
    if (place >= 0) stepTo(view, place);
  };
}

function receive(view, message) {
  const same = view.message && view.message.text === message.text && view.message.prompt === message.prompt;
  // What is already there stays where the learner stands; a longer text is shown to its end.
  // Another text is played from its beginning, if one was being played.
  if (!same) view.step = view.playing ? 0 : message.step;
  else if (!view.moved) view.step = message.step;
  view.message = message;
  view.count = message.text.length;
  view.step = Math.min(view.step, view.count - 1);
  view.scrub.max = view.count - 1;
  const { values } = message.arrays.lit;
  const limit = largest(values);
  view.spans = Array.from(message.prompt + message.text, (character, index) => {
    const span = element("span", character === "\n" ? "↵\n" : character);
    span.dataset.character = character;
    if (index < message.prompt.length) span.className = "prompt";
    if (message.lit) {
      const pixel = colourOf(values[index], "diverging", limit);
      span.style.background = cssOf(pixel);
      span.style.color = inkOn(pixel);
    }
    return span;
  });
  view.text.replaceChildren(...view.spans);
  receiveLooks(view, message);
  paint(view);
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
}

function paint(view) {
  const first = view.message.prompt.length;
  for (let index = first; index < view.spans.length; index++) {
    view.spans[index].classList.toggle("future", index > first + view.step);
    view.spans[index].classList.toggle("here", index === first + view.step);
  }
  view.scrub.value = view.step;
  view.place.textContent = `character ${view.step + 1} of ${view.count}`;
  view.root.querySelector(".drawn").textContent = told(view);
  showBars(view);
  paintLooks(view);
}

function told(view) {
  const { text, prompt, arrays } = view.message;
  const bits = arrays.bits.values[prompt.length + view.step];
  return `${called(text[view.step])} was drawn: ${bits.toFixed(2)} bits of surprise by the marks`;
}

function showBars(view) {
  const { alphabet, text } = view.message;
  const [drawn, raw] = ["drawn", "raw"].map((name) => rowOf(view.message.arrays[name], view.step));
  const it = alphabet.indexOf(text[view.step]);
  const order = [...drawn.keys()].sort((a, b) => drawn[b] - drawn[a] || raw[b] - raw[a]);
  const shown = order.slice(0, MOST);
  if (!shown.includes(it)) shown[MOST - 1] = it;
  const rest = (values) => order.filter((index) => !shown.includes(index)).reduce((sum, index) => sum + values[index], 0);
  const lines = shown.map((index) => bar(NAMES[alphabet[index]] ?? alphabet[index], drawn[index], raw[index], index === it));
  lines.push(bar("the rest", rest(drawn), rest(raw), false));
  const box = view.root.querySelector(".bars");
  box.replaceChildren(...lines);
  const told = shown.slice(0, 4).map((index) => `${called(alphabet[index])} ${percent(drawn[index])}`);
  box.setAttribute("aria-label", `Most probable: ${told.join(", ")}.`);
}

function bar(name, share, raw, isIt) {
  const [line, length] = [element("div"), element("i")];
  length.style.setProperty("--share", `${100 * share}%`);
  length.style.setProperty("--raw", `${100 * raw}%`);
  length.style.setProperty("--tone", PALETTE.classes[isIt ? 8 : 1]);
  line.classList.toggle("it", isIt);
  line.append(element("span", name), length, element("span", percent(share)));
  return line;
}

function announce(view) {
  view.state.textContent = `${told(view)}.`;
}
