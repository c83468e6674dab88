// What each network would answer if the sequence ended here.

import { argmax, rowOf } from "../shared/arrays.js";
import { element } from "../shared/elements.js";
import { probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { isolated, quoted } from "../shared/words.js";

const TONES = { lstm: PALETTE.classes[2], rnn: PALETTE.classes[8], gru: PALETTE.classes[4] };

export function toneOf(network) {
  return TONES[network.name];
}

const NOUNS = { digit: "row", sentence: "word", series: "value" };

export function called(view, step) {
  const name = view.message.steps[step];
  return view.message.kind === "sentence" ? quoted(name) : name;
}

// Such as “row 28 of 28”.
export function placeOf(view) {
  return `${NOUNS[view.message.kind]} ${view.step + 1} of ${view.count}`;
}

export function showSays(view) {
  const lines = view.networks.flatMap((network) => {
    const name = element("b", network.name.toUpperCase());
    name.style.setProperty("--tone", toneOf(network));
    return [name, element("output", answerAt(view, network, view.step) + untouched(view, network))];
  });
  view.root.querySelector(".says").replaceChildren(...lines);
}

export function answerAt(view, network, step) {
  const answers = network.of("answers");
  if (view.message.kind === "series") {
    const { values: series } = view.message.arrays.shown;
    const came = step + 1 < view.count ? `; what came: ${short(series[step + 1])}` : "";
    return `next it expects ${short(answers.values[step])}${came}`;
  }
  const row = rowOf(answers, step);
  const best = argmax(row);
  return `if it stopped here it would say ${isolated(view.message.classes[best])} (${probability(row[best])})`;
}

// What it would have said there without the intervention.
function untouched(view, network) {
  const before = network.of("before");
  if (!before) return "";
  const row = rowOf(before, view.step);
  if (view.message.kind === "series") return `; untouched ${short(row[0])}`;
  const best = argmax(row);
  return `; untouched ${isolated(view.message.classes[best])} (${probability(row[best])})`;
}
