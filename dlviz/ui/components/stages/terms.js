// The chosen cell, computed before the learner's eyes, term by term: the ten largest terms, and the rest in one.

import { largest } from "../shared/arrays.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element, setText } from "../shared/elements.js";
import { full, short } from "../shared/numbers.js";
import { quoted } from "../shared/words.js";
import { isSquare } from "./cells.js";

const SHOWN = 10;

export function placeOf(view, [stage, row, column]) {
  const { symbol } = view.stages[stage];
  const token = (at) => quoted(view.message.tokens[at]);
  return isSquare(stage) ? `${symbol}: ${token(row)} → ${token(column)}` : `${symbol}: ${token(row)}, number ${column + 1}`;
}

export function showDetail(view) {
  const { root, cell } = view;
  const stage = view.stages[cell[0]];
  const at = view.names.indexOf(cell[0]);
  root.querySelector(".back").disabled = at === 0;
  root.querySelector(".next").disabled = at === view.names.length - 1;
  setText(root.querySelector(".why"), stage.why);
  setText(root.querySelector(".where"), placeOf(view, cell));
  const value = stage.values[cell[1] * stage.columns + cell[2]];
  const { terms, sum } = EXPLAINED[cell[0]](view, cell[1], cell[2], value);
  root.querySelector(".terms").replaceChildren(...chips(terms));
  setText(root.querySelector(".sum"), sum);
}

// terms: [label, written, value], each a chip coloured by its value, the largest first.
function chips(terms) {
  const limit = largest(terms.map(([, , value]) => value));
  const sorted = [...terms].sort(([, , a], [, , b]) => Math.abs(b) - Math.abs(a));
  const rest = terms.length > SHOWN + 1 ? sorted.splice(SHOWN) : [];
  const shown = sorted.map(([label, written, value]) => {
    const chip = chipOf(label, written, value);
    const pixel = colourOf(value, "diverging", limit);
    chip.style.setProperty("--tone", cssOf(pixel));
    chip.style.setProperty("--ink", inkOn(pixel));
    return chip;
  });
  if (!rest.length) return shown;
  const chip = chipOf(`the other ${rest.length}`, "together", rest.reduce((sum, [, , value]) => sum + value, 0));
  chip.className = "rest";
  return [...shown, chip];
}

function chipOf(label, written, value) {
  const chip = element("span");
  chip.append(element("small", label), written, element("b", `= ${short(value)}`));
  return chip;
}

function rowOf({ values, columns }, row) {
  return Array.from(values.subarray(row * columns, (row + 1) * columns));
}

function columnOf({ values, rows, columns }, column) {
  return Array.from({ length: rows }, (_, row) => values[row * columns + column]);
}

// A product of a row and a column, and what it comes to; `value` is what PyTorch has there.
function dotted(left, right, labels, value, bias) {
  const terms = left.map((a, at) => [labels[at], `${short(a)} × ${short(right[at])}`, a * right[at]]);
  const total = terms.reduce((sum, [, , term]) => sum + term, 0);
  const after = bias === undefined ? "" : ` ${bias < 0 ? "−" : "+"} bias ${short(Math.abs(bias))}`;
  const head = `Sum of the ${terms.length === 1 ? "one product" : `${terms.length} products`}${bias === undefined ? "" : `, ${short(total)},`}${after}`;
  return { terms, sum: `${head} = ${outcome(total + (bias ?? 0), value)}` };
}

// What the terms give; where the learner has intervened, also what it was set to.
function outcome(computed, value) {
  const same = Math.abs(computed - value) <= 2e-4 * Math.max(1, Math.abs(value));
  return same ? full(value) : `${short(computed)}; by your change ${full(value)}`;
}

function numbers(count) {
  return Array.from({ length: count }, (_, at) => String(at + 1));
}

function ofSum(view, row, column, value) {
  const [left, right] = ["out", "x"].map((name) => view.stages[name].values[row * view.stages.x.columns + column]);
  return plain(`${short(left)} ${right < 0 ? "−" : "+"} ${short(Math.abs(right))} = ${outcome(left + right, value)}`);
}

function plain(sum) {
  return { terms: [], sum };
}

// A row of weights of a linear layer travels only for the cell that Python knows to be chosen.
function linear(view, row, source, value) {
  const { message } = view;
  const known = String(message.cell) === String(view.cell) && message.arrays.weights;
  if (!known) return plain("…");
  const left = rowOf(view.stages[source], row);
  return dotted(left, Array.from(message.arrays.weights.values), numbers(left.length), value, message.bias);
}

function ofSoftmax(view, row, column, value) {
  const scores = rowOf(view.stages[view.stages.masked ? "masked" : "scaled"], row);
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const total = raised.reduce((a, b) => a + b, 0);
  const terms = scores.map((score, key) => [
    view.message.tokens[key],
    score === -Infinity ? "masked" : `e^(${short(score)} − ${short(most).replace(/^−(.*)/, "(−$1)")})`,
    raised[key],
  ]);
  const share = `${short(raised[column])} ÷ ${short(total)}`;
  return { terms, sum: `Its share of the sum of all: ${share} = ${outcome(raised[column] / total, value)}` };
}

function ofScale(view, row, column, value) {
  const { values, columns } = view.stages.products;
  const product = values[row * columns + column];
  const { headDim, scaled } = view.message;
  if (!scaled) return plain(`${short(product)}, not divided: ${full(value)}`);
  const root = Math.sqrt(headDim);
  return plain(`${short(product)} ÷ √${headDim} = ${short(product)} ÷ ${short(root)} = ${outcome(product / root, value)}`);
}

function ofJoined(view, row, column, value) {
  const { headDim } = view.message;
  const head = Math.floor(column / headDim);
  return plain(`Number ${(column % headDim) + 1} of head ${head + 1}, put in its place: ${full(value)}`);
}

const EXPLAINED = {
  x: (view, row, column, value) => plain(`Number ${column + 1} of ${view.stages.x.columns}: ${full(value)}`),
  q: (view, row, column, value) => linear(view, row, "x", value),
  k: (view, row, column, value) => linear(view, row, "x", value),
  v: (view, row, column, value) => linear(view, row, "x", value),
  products: (view, row, column, value) =>
    dotted(rowOf(view.stages.q, row), rowOf(view.stages.k, column), numbers(view.message.headDim), value),
  scaled: ofScale,
  masked: (view, row, column, value) => plain(value === -Infinity ? "Masked: −∞, of which softmax makes 0" : `Not masked, the score stays: ${full(value)}`),
  pattern: ofSoftmax,
  heads: (view, row, column, value) =>
    dotted(rowOf(view.stages.pattern, row), columnOf(view.stages.v, column), view.message.tokens, value),
  joined: ofJoined,
  out: (view, row, column, value) => linear(view, row, "joined", value),
  added: ofSum,
};
