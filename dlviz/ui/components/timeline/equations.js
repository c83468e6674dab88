// The chosen unit's equations, filled in with its numbers at the step that is shown.

import { element } from "../shared/elements.js";
import { full, withMinus } from "../shared/numbers.js";
import { called } from "./answers.js";

const FUNCTIONS = { σ: (z) => 1 / (1 + Math.exp(-z)), tanh: Math.tanh };

function signed(value) {
  return value < 0 ? `− ${number(-value)}` : `+ ${number(value)}`;
}

function number(value) {
  return withMinus(String(Number(value.toPrecision(5))));
}

export function showEquations(view, network) {
  const box = network.part.querySelector(".equations");
  const table = element("table");
  table.append(element("caption", `Unit ${network.shownUnit} at ${called(view, view.step)}`));
  // Python has these numbers for one unit; for another they are on their way.
  const rows = network.shownUnit === network.unit ? rowsOf(view, network) : [["…", "", ""]];
  for (const [formula, numbers, value] of rows) {
    const row = element("tr");
    const result = element("td");
    result.append(element("strong", value));
    row.append(element("td", formula), element("td", numbers), result);
    table.append(row);
  }
  box.replaceChildren(table);
}

function rowsOf(view, network) {
  const { values: terms } = network.of("terms");
  const { values: states } = network.of("states");
  const { count, step } = view;
  const gates = network.gates.map(({ symbol, f, bias }, gate) => {
    const [read, carried, value] = [0, 1, 2].map((part) => terms[(3 * gate + part) * count + step]);
    if (network.name === "gru" && symbol === "g") return { row: newOf(read + bias, carried, terms[2 * count + step], value), symbol, value };
    const sum = `${number(read)} ${signed(carried)} ${signed(bias)}`;
    const computed = FUNCTIONS[f](read + carried + bias);
    return { row: [`${symbol} = ${f}(W x + U h + b)`, `= ${f}(${sum})`, outcome(computed, value)], symbol, value };
  });
  const rows = gates.map(({ row }) => row);
  const of = Object.fromEntries(gates.map(({ symbol, value }) => [symbol, value]));
  if (network.name === "gru") rows.push(mixed(of, step ? states[step - 1] : 0, states[step]));
  if (states.length === count) return rows;
  const before = step ? states[count + step - 1] : 0;
  const [hidden, cell] = [states[step], states[count + step]];
  const kept = `${number(of.f)} · ${bracketed(before)} + ${number(of.i)} · ${bracketed(of.g)}`;
  rows.push(["c = f · c before + i · g", `= ${kept}`, outcome(of.f * before + of.i * of.g, cell)]);
  const shown = `= ${number(of.o)} · tanh(${number(cell)})`;
  rows.push(["h = o · tanh(c)", shown, outcome(of.o * Math.tanh(cell), hidden)]);
  return rows;
}

// A GRU's candidate: the reset gate decides how much of the state before it sees.
function newOf(read, carried, reset, value) {
  const numbers = `= tanh(${number(read)} + ${number(reset)} · ${bracketed(carried)})`;
  return ["g = tanh(W x + b + r · (U h + b′))", numbers, outcome(Math.tanh(read + reset * carried), value)];
}

// A GRU's hidden state: the update gate mixes the candidate with the state before.
function mixed({ z, g }, before, hidden) {
  const numbers = `= ${number(1 - z)} · ${bracketed(g)} + ${number(z)} · ${bracketed(before)}`;
  return ["h = (1 − z) · g + z · h before", numbers, outcome((1 - z) * g + z * before, hidden)];
}

// What the equation gives; where the learner has intervened, also what it was set to.
function outcome(computed, value) {
  return Math.abs(computed - value) < 1e-4 ? `= ${full(value)}` : `= ${number(computed)}, set to ${number(value)}`;
}

function bracketed(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}
