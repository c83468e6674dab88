// Where every layer looked when it said the next character: a strip a layer, and the text lit by one of them. `looks` of the
// message is {layer, head, heard}; back comes `looks` [layer, head, time]. Head −1 is the mean of all heads.

import { argmax, largest } from "../shared/arrays.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { button, element } from "../shared/elements.js";
import { percent } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { called } from "./characters.js";

const STRIP = 16; // pixels

export function receiveLooks(view, { looks }) {
  const box = view.root.querySelector(".looks");
  box.hidden = !looks;
  if (!looks || !knowsChoice(view, looks)) return;
  [view.layer, view.head] = [looks.layer, looks.head];
  if (!box.children.length) createLooks(view, box);
  box.querySelector("select").value = view.head;
}

function createLooks(view, box) {
  const [, layers, heads] = view.message.arrays.attention.shape;
  const [label, select] = [element("label"), element("select")];
  select.append(new Option("the mean of all heads", -1), ...Array.from({ length: heads }, (_, at) => new Option(`head ${at + 1}`, at)));
  select.onchange = () => lookBy(view, view.layer, Number(select.value));
  label.append("Where it looked, by ", select);
  const rows = Array.from({ length: layers }, (_, layer) => {
    const [made, strip] = [button("", () => lookBy(view, layer, view.head)), element("canvas")];
    strip.setAttribute("aria-hidden", true);
    made.append(element("span", `Block ${layer + 1}`), strip, element("span"));
    return made;
  });
  const note =
    "Strips: the characters before, the nearest at the right, each coloured up to its own largest weight in steps of 1/255. The outlined one lights the text.";
  box.replaceChildren(label, ...rows, element("p", note, "note"));
}

function lookBy(view, layer, head) {
  [view.layer, view.head] = [layer, head];
  paintLooks(view);
  noteChoice(view);
  sendChoice(view, "looks", [layer, head]);
}

// (context,) of one layer at the character that is looked at: the last value is the character just before.
function looksOf(view, layer) {
  const { values, shape: [, layers, heads, context] } = view.message.arrays.attention;
  const start = (view.step * layers + layer) * heads * context;
  const row = (head) => values.subarray(start + head * context, start + (head + 1) * context);
  if (view.head >= 0) return Float32Array.from(row(view.head), (value) => value / 255);
  return Float32Array.from({ length: context }, (_, place) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += row(head)[place];
    return sum / heads / 255;
  });
}

// The largest of these weights, exactly: their 256 steps do not give a percentage's decimal.
function mostOf(view, layer) {
  const { values, shape: [, layers, rows] } = view.message.arrays.most;
  return values[(view.step * layers + layer) * rows + view.head + 1];
}

export function paintLooks(view) {
  if (!view.message.looks) return;
  const here = view.message.prompt.length + view.step;
  const first = (weights) => here - weights.length; // the place in the text of the first weight
  for (const span of view.spans) span.style.background = "";
  const lit = looksOf(view, view.layer);
  const limit = largest(lit);
  lit.forEach((weight, at) => {
    const span = view.spans[first(lit) + at];
    if (!span || weight < 0.004) return;
    // Faint where the weight is small, on a dark page too: there the palette's white would shine.
    span.style.background = `color-mix(in srgb, ${PALETTE.scales.sequential[3]} ${(90 * weight) / limit}%, transparent)`;
  });
  [...view.root.querySelectorAll(".looks button")].forEach((button, layer) => {
    const weights = looksOf(view, layer);
    const best = argmax(weights);
    const character = view.spans[first(weights) + best]?.dataset.character ?? "";
    const back = weights.length - best;
    button.setAttribute("aria-pressed", layer === view.layer);
    button.lastChild.textContent = `${called(character)} ${back} back: ${percent(mostOf(view, layer))}`;
    const strip = button.querySelector("canvas");
    const shown = pooled(weights);
    [strip.width, strip.height] = [shown.length, 1];
    strip.style.height = `${STRIP}px`;
    strip.getContext("2d").drawImage(picture(shown, 1, shown.length, "sequential", largest(shown)), 0, 0);
  });
}

// The larger of each two: there are about half as many pixels as characters, and none may be lost.
function pooled(weights) {
  return Float32Array.from({ length: weights.length / 2 }, (_, at) => Math.max(weights[2 * at], weights[2 * at + 1]));
}
