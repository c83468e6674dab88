// Which unit of a network is shown: the next by a key, or the one that stands out.

import { argmax, clampIndex } from "../shared/arrays.js";
import { REST } from "../shared/transport.js";
import { paintNetwork } from "./strips.js";

// A unit of a network: its lines at once, its equations when Python has filled them in.
export function choose(view, network, unit) {
  const next = clampIndex(unit, network.size);
  view.main = network;
  if (next === network.shownUnit) return;
  network.shownUnit = next;
  view.units[network.name] = { unit: next, pending: true };
  paintNetwork(view, network);
  clearTimeout(view.choosing);
  view.choosing = setTimeout(() => view.setStateValue("unit", [network.name, next, Date.now()]), REST / 2);
}

// The unit so many rows further down in the strips.
export function beside(network, rows) {
  return network.order[clampIndex(network.rowOf[network.shownUnit] + rows, network.size)];
}

// The unit with the largest hidden state at this step, or the one that this step has changed most.
export function standing(view, network, changed) {
  const hidden = network.strips.find((strip) => strip.name === "hidden");
  const at = (unit, step) => (step < 0 ? 0 : hidden.values[unit * hidden.steps + step]);
  const size = (unit) => Math.abs(at(unit, view.step) - (changed ? at(unit, view.step - 1) : 0));
  return argmax(Array.from({ length: hidden.units }, (_, unit) => size(unit)));
}
