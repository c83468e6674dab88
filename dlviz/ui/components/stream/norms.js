// What both LayerNorms do to the chosen token, in numbers, and to its chosen unit, as a sum.

import { element } from "../shared/elements.js";
import { short, withMinus } from "../shared/numbers.js";
import { named } from "./stations.js";

export function showNorms(view) {
  view.norms.forEach((box, index) => {
    const number = index + 1;
    const { values } = view.message.arrays[`moments${number}`];
    const [mean, variance, meanAfter, varianceAfter] = values.subarray(4 * view.token, 4 * view.token + 4);
    box.replaceChildren(
      element("b", `norm${number} of ${named(view)}`),
      table([
        ["", "before", "after"],
        ["mean", short(mean), near(meanAfter)],
        ["variance", short(variance), near(varianceAfter)],
      ]),
      element("b", `then unit ${view.unit + 1}`),
      ...sum(view, number, mean, variance),
    );
  });
}

// Rounding leaves 3e−8 where a 0 is meant.
function near(value) {
  return Math.abs(value) < 1e-5 ? "0" : short(value);
}

function table(rows) {
  const made = element("table");
  rows.forEach((cells, row) => {
    const line = element("tr");
    line.append(...cells.map((text, column) => element(row && column ? "td" : "th", text)));
    for (const cell of line.querySelectorAll("td")) cell.translate = false;
    made.append(line);
  });
  return made;
}

function sum(view, number, mean, variance) {
  const { arrays, eps } = view.message;
  const at = (name) => arrays[name].values[view.token * arrays[name].shape[1] + view.unit];
  const before = at(number === 1 ? "mid" : "post");
  const divided = (before - mean) / Math.sqrt(variance + eps);
  const [scale, shift] = ["scale", "shift"].map((name) => arrays[`${name}${number}`].values[view.unit]);
  const minus = mean < 0 ? `+ ${short(-mean)}` : `− ${short(mean)}`;
  const plus = shift < 0 ? `− ${short(-shift)}` : `+ ${short(shift)}`;
  return [
    element("span", `(${short(before)} ${minus}) ÷ √${short(variance)} = ${short(divided)}`, "sum"),
    element("span", `${short(divided)} × ${short(scale)} ${plus} = ${withMinus(at(`norm${number}`).toPrecision(7))}`, "sum"),
  ];
}
