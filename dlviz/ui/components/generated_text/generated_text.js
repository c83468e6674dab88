// A text character by character, each with what it was drawn from. Python sends all of it at once; back come `step`, the
// written character where the learner has come to rest, and `put`, a place and the character that the learner puts there,
// each followed by the report's number.

import { largest, rowOf } from "../shared/arrays.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { button, element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { percent, probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { conduct, stepTo } from "../shared/transport.js";
import { called, NAMES } from "./characters.js";
import { scoreOf, withGuess } from "./guesses.js";
import { paintLooks, receiveLooks } from "./looks.js";

const NARROW = 640;
const MOST = 10; // bars; all others share one

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { step: -1, text: find(".text"), state: find(".state"), guesses: [], guessing: false });
  conduct(view, { paint, announce });
  view.text.onclick = (event) => {
    const place = view.spans.indexOf(event.composedPath()[0]) - view.message.prompt.length;
    if (place >= 0) stepTo(view, place);
  };
  find(".guess").onclick = () => startOrEnd(view);
  const field = find(".mine");
  field.oninput = () => {
    guess(view, field.value.at(-1));
    field.value = "";
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") guess(view, "\n");
  });
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
  view.spans = Array.from(message.prompt + message.text, (character, index) => {
    const span = element("span", character === "\n" ? "↵\n" : character);
    span.dataset.character = character;
    if (index < message.prompt.length) span.className = "prompt";
    span.classList.toggle("own", Boolean(message.own?.includes(index - message.prompt.length)));
    return span;
  });
  view.text.replaceChildren(...view.spans);
  colour(view);
  view.root.querySelector(".guessing").hidden = !message.own;
  view.root.querySelector(".puts").hidden = !message.own;
  receiveLooks(view, message);
  paint(view);
}

// Each character in the colour of its value, and what the colours mean.
function colour(view) {
  const { colours, arrays } = view.message;
  const legend = view.root.querySelector(".legend");
  legend.hidden = !colours;
  if (!colours) return;
  const { values } = arrays.lit;
  const limit = colours.limit || largest(values);
  view.spans.forEach((span, index) => {
    if (colours.scale === "diverging") {
      const pixel = colourOf(values[index], "diverging", limit);
      span.style.background = cssOf(pixel);
      span.style.color = inkOn(pixel);
      return;
    }
    // Faint where the value is small, on a dark page too: there the palette's white would shine.
    span.style.background = shade(Math.min(1, values[index] / limit));
  });
  const scale = element("i");
  const diverging = colours.scale === "diverging";
  const tones = diverging ? PALETTE.scales.diverging : [shade(0), shade(1)];
  scale.style.background = `linear-gradient(to right, ${tones.join(", ")})`;
  const end = `${short(limit)} ${colours.unit}${colours.limit ? " or more" : ""}`;
  legend.replaceChildren(element("span", diverging ? short(-limit) : "0"), scale, element("span", end));
}

function shade(share) {
  return `color-mix(in srgb, ${PALETTE.scales.sequential[3]} ${90 * share}%, transparent)`;
}

// What comes is hidden while the learner guesses.
function startOrEnd(view) {
  view.guessing = !view.guessing;
  view.guesses = [];
  const find = (selector) => view.root.querySelector(selector);
  find(".guess").setAttribute("aria-pressed", view.guessing);
  find(".guessing label").hidden = !view.guessing;
  find(".score").textContent = "";
  // From the beginning, where all has been seen.
  if (view.guessing && view.step === view.count - 1) stepTo(view, 0);
  paint(view);
  if (view.guessing) find(".mine").focus();
}

function guess(view, character) {
  const { alphabet, text, arrays } = view.message;
  const next = view.step + 1;
  if (!character || next >= view.count) return;
  const it = alphabet.indexOf(text[next]);
  view.guesses = withGuess(view.guesses, alphabet.indexOf(character), it, rowOf(arrays.raw, next));
  stepTo(view, next);
  const outcome = character === text[next] ? "Right" : `Not ${called(character)}`;
  const end = next === view.count - 1 ? " The text ends here." : "";
  view.root.querySelector(".score").textContent = `${outcome}: ${called(text[next])}. ${scoreOf(view.guesses)}${end}`;
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
}

function paint(view) {
  const first = view.message.prompt.length;
  for (let index = first; index < view.spans.length; index++) {
    view.spans[index].classList.toggle("future", index > first + view.step);
    view.spans[index].classList.toggle("unseen", view.guessing && index > first + view.step);
    view.spans[index].classList.toggle("here", index === first + view.step);
  }
  view.scrub.value = view.step;
  view.place.textContent = `character ${view.step + 1} of ${view.count}`;
  view.root.querySelector(".drawn").textContent = told(view);
  showBars(view);
  paintLooks(view);
}

function told(view) {
  const { text, prompt, arrays, alphabet, own } = view.message;
  const bits = arrays.bits.values[prompt.length + view.step];
  const share = rowOf(arrays.raw, view.step)[alphabet.indexOf(text[view.step])];
  const came = own?.includes(view.step) ? "is yours" : "was drawn";
  return `${called(text[view.step])} ${came}. The network had given it ${probability(share)}: ${bits.toFixed(2)} bits of surprise`;
}

function showBars(view) {
  const { alphabet, text } = view.message;
  const [drawn, raw] = ["drawn", "raw"].map((name) => rowOf(view.message.arrays[name], view.step));
  const it = alphabet.indexOf(text[view.step]);
  const order = [...drawn.keys()].sort((a, b) => drawn[b] - drawn[a] || raw[b] - raw[a]);
  const shown = order.slice(0, MOST);
  if (!shown.includes(it)) shown[MOST - 1] = it;
  const rest = (values) => order.filter((index) => !shown.includes(index)).reduce((sum, index) => sum + values[index], 0);
  // All or nothing only where no other can be drawn.
  const certain = drawn.filter((share) => share > 0).length === 1;
  const shareOf = (share) => (certain || share === 0 ? percent(share) : probability(share));
  const lines = shown.map((index) => {
    const line = bar(NAMES[alphabet[index]] ?? alphabet[index], drawn[index], raw[index], index === it, shareOf);
    return view.message.own ? putting(view, line, index) : line;
  });
  lines.push(bar("the rest", rest(drawn), rest(raw), false, shareOf));
  const box = view.root.querySelector(".bars");
  box.replaceChildren(...lines);
  const told = shown.slice(0, 4).map((index) => `${called(alphabet[index])} ${percent(drawn[index])}`);
  box.setAttribute("aria-label", `Most probable: ${told.join(", ")}.`);
}

// A bar that puts its character where the learner is.
function putting(view, line, index) {
  const made = button("", () => view.setStateValue("put", [view.step, index, Date.now()]));
  made.className = line.className;
  made.title = `Put ${called(view.message.alphabet[index])} here`;
  made.append(...line.childNodes);
  return made;
}

function bar(name, share, raw, isIt, shareOf) {
  const [line, length] = [element("div"), element("i")];
  length.style.setProperty("--share", `${100 * share}%`);
  length.style.setProperty("--raw", `${100 * raw}%`);
  length.style.setProperty("--tone", PALETTE.classes[isIt ? 8 : 1]);
  line.classList.toggle("it", isIt);
  line.append(element("span", name), length, element("span", shareOf(share)));
  return line;
}

function announce(view) {
  view.state.textContent = `${told(view)}.`;
}
