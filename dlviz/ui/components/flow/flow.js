// A text through the network: words, vectors, both readers' states, their last states, the answer. Python sends it all
// at once; back comes `word`, the one that was chosen, followed by the report's number.

import { clampIndex, largest, transposed } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { button, element } from "../shared/elements.js";
import { onKeys } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";
import { follow, MANY, quoted, shortened } from "../shared/words.js";

const NARROW = 640;
const REST = 200; // milliseconds
const STRIPS = {
  vectors: { title: "embedding", note: "numbers a word", height: 84 },
  forward: { title: "forward LSTM →", note: "units, from the first word to the last", height: 128 },
  backward: { title: "← backward LSTM", note: "units, from the last word to the first", height: 128 },
};

export default mount({ create, receive, draw });

function create(view) {
  const { root } = view;
  view.tip = root.querySelector(".tip");
  const choosing = (wordFrom) => (event) => {
    // From the word that has the keyboard's focus, else from the one that is shown.
    const buttons = [...root.querySelectorAll(".words button")];
    const focused = buttons.indexOf(event.composedPath()[0]);
    choose(view, wordFrom(focused < 0 ? view.word : focused));
    if (focused >= 0) buttons[view.word].focus();
  };
  onKeys(root, {
    ArrowLeft: choosing((word) => word - 1),
    ArrowRight: choosing((word) => word + 1),
    Home: choosing(() => 0),
    End: choosing(() => view.count - 1),
  });
  root.addEventListener("pointermove", (event) => hover(view, event));
  root.addEventListener("pointerleave", () => (view.tip.hidden = true));
  view.strips = Object.entries(STRIPS).map(([name, { title, note, height }]) => {
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.onpointerdown = (event) => choose(view, placeOn(view, canvas, event).word);
    const figure = element("figure");
    const caption = element("figcaption");
    const size = element("span");
    caption.append(element("b", title), size);
    figure.append(caption, canvas);
    root.querySelector(".strips").append(figure);
    return { name, title, note, size, canvas, height };
  });
  view.ends = ["forward", "backward"].map((name) => {
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    const text = name === "forward" ? "forward, after the last word" : "backward, after the first word";
    canvas.setAttribute("aria-label", `The state that fc reads: ${text}`);
    root.querySelector(".last").append(element("small", text), canvas);
    return { name, canvas };
  });
}

function receive(view, message) {
  // What was sent before the learner's last choice had arrived must not turn it back.
  const same = view.message && String(view.message.words) === String(message.words);
  if (!same || !view.moved) view.word = message.word;
  view.moved &&= same;
  view.message = message;
  view.count = message.words.length;
  for (const strip of view.strips) {
    const { values, shape } = message.arrays[strip.name];
    // Both readers on one scale.
    const alike = strip.name === "vectors" ? ["vectors"] : ["forward", "backward"];
    const limit = Math.max(...alike.map((name) => largest(message.arrays[name].values)));
    Object.assign(strip, { units: shape[1], values: transposed(values, shape), limit });
    strip.base = picture(strip.values, strip.units, view.count, "diverging", strip.limit);
    strip.canvas.setAttribute("aria-label", message.alt[strip.name]);
    strip.size.textContent = ` ${strip.units} ${strip.note}; full colour at ±${short(limit)}`;
  }
  const both = 2 * view.strips.find(({ name }) => name === "forward").units;
  view.root.querySelector(".both").textContent = `${both} numbers: the framed columns, as fc reads them`;
  showWords(view);
  showAnswer(view);
}

function showWords(view) {
  const { words, indices, unknown } = view.message;
  // Buttons that stay keep the keyboard's focus.
  const shown = JSON.stringify([words, unknown]);
  if (view.shown === shown) return;
  view.shown = shown;
  const items = words.map((word, at) => {
    const [item, made] = [element("li"), button(shortened(word), () => choose(view, at))];
    made.title = word;
    made.append(element("small", unknown.includes(at) ? "unknown" : String(indices[at])));
    made.classList.toggle("unknown", unknown.includes(at));
    item.append(made);
    return item;
  });
  // Their indices are then told of the chosen one alone.
  view.root.classList.toggle("many", words.length > MANY);
  view.root.querySelector(".words").replaceChildren(...items);
}

function showAnswer(view) {
  const { arrays, classes } = view.message;
  const [parts, logits, shares] = ["parts", "logits", "probabilities"].map((name) => arrays[name].values);
  const rows = ["forward state", "backward state", "bias"].map((name, part) => [
    name,
    ...classes.map((_, index) => short(parts[3 * index + part])),
  ]);
  const added = [["fc adds up", ...classes], ...rows, ["logit", ...Array.from(logits, short)]];
  // Many classes stand below each other.
  const many = classes.length > 3;
  view.root.querySelector(".fc").classList.toggle("across", many);
  const table = (many ? added[0].map((_, at) => added.map((row) => row[at])) : added).map((cells, at) => {
    const line = element("tr");
    line.append(...cells.map((text, column) => element(at && column ? "td" : "th", text)));
    return line;
  });
  view.root.querySelector(".fc").replaceChildren(...table);
  const bars = classes.map((name, index) => {
    const [line, bar] = [element("div"), element("i")];
    bar.style.setProperty("--share", `${100 * shares[index]}%`);
    bar.style.setProperty("--tone", classes.length > 2 ? PALETTE.classes[index % 10] : PALETTE.scales.diverging[index ? 8 : 2]);
    line.append(element("b", name), bar, element("span", probability(shares[index])));
    return line;
  });
  view.root.querySelector(".bars").replaceChildren(...bars);
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
  paint(view);
}

function paint(view) {
  for (const strip of view.strips) paintStrip(view, strip);
  for (const end of view.ends) paintEnd(view, end);
  [...view.root.querySelectorAll(".words button")].forEach((button, at) => {
    button.classList.toggle("here", at === view.word);
    if (at === view.word) follow(button);
    if (at === view.word) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  tellWord(view);
  performance.mark("dlviz:text", { detail: view.count });
}

function paintStrip(view, strip) {
  const width = strip.canvas.parentElement.clientWidth;
  const context = sharpContext(strip.canvas, width, strip.height);
  context.drawImage(strip.base, 0, 0, width, strip.height);
  const cell = width / view.count;
  const framed = (at, colour, line) => {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(at * cell + line / 2, line / 2, Math.max(cell - line, 2), strip.height - line);
  };
  const end = { forward: view.count - 1, backward: 0 }[strip.name];
  if (end !== undefined) framed(end, "#16181d", 2);
  framed(view.word, PALETTE.accent, 2.5);
}

// The state that the linear layer reads, laid out in rows of 32 units.
function paintEnd(view, { name, canvas }) {
  const strip = view.strips.find((other) => other.name === name);
  const word = name === "forward" ? view.count - 1 : 0;
  const columns = Math.min(32, strip.units);
  const rows = Math.ceil(strip.units / columns);
  const values = Float32Array.from({ length: rows * columns }, (_, unit) =>
    unit < strip.units ? strip.values[unit * view.count + word] : 0,
  );
  const base = picture(values, rows, columns, "diverging", strip.limit);
  const width = canvas.parentElement.clientWidth;
  const cell = Math.min(width / columns, 14);
  const context = sharpContext(canvas, width, cell * rows);
  context.drawImage(base, 0, 0, width, cell * rows);
  // The last row may end early.
  const left = strip.units - (rows - 1) * columns;
  context.clearRect((width * left) / columns, (rows - 1) * cell, width, cell);
}

function tellWord(view) {
  const { words, indices, unknown } = view.message;
  const size = (name) => {
    const strip = view.strips.find((other) => other.name === name);
    let sum = 0;
    for (let unit = 0; unit < strip.units; unit++) sum += strip.values[unit * view.count + view.word] ** 2;
    return short(Math.sqrt(sum));
  };
  const index = unknown.includes(view.word) ? "unknown, index 1" : `index ${indices[view.word]}`;
  const [here, last] = [view.word + 1, view.count];
  const upTo = (first, state) => (first === here ? `word ${here} alone` : `words ${first} to ${here}`) + ` (its state has length ${size(state)})`;
  view.root.querySelector(".chosen").textContent =
    `Word ${here} of ${last}, ${quoted(shortened(words[view.word]))}: ${index}, a vector of length ${size("vectors")}. ` +
    `The forward reader has read ${upTo(1, "forward")}, the backward reader ${upTo(last, "backward")}.`;
}

function placeOn(view, canvas, event) {
  const box = canvas.getBoundingClientRect();
  const strip = view.strips.find((other) => other.canvas === canvas);
  const at = (share, count) => clampIndex(Math.floor(share * count), count);
  return {
    strip,
    word: at((event.clientX - box.left) / box.width, view.count),
    unit: at((event.clientY - box.top) / box.height, strip.units),
  };
}

function choose(view, word) {
  const next = clampIndex(word, view.count);
  if (next === view.word) return;
  view.word = next;
  view.moved = true;
  paint(view);
  clearTimeout(view.resting);
  view.resting = setTimeout(() => view.setStateValue("word", [next, Date.now()]), REST);
}

function hover(view, event) {
  const over = view.strips.find(({ canvas }) => event.composedPath().includes(canvas));
  view.tip.hidden = !over;
  if (!over) return;
  const { strip, word, unit } = placeOn(view, over.canvas, event);
  const place = `${strip.title}, number ${unit}, after ${quoted(shortened(view.message.words[word]))}`;
  showTip(view, event, short(strip.values[unit * view.count + word]), place);
}
