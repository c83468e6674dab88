// What still matters of the steps before, by the gradient.

import { largest } from "../shared/arrays.js";

// Each step's share of all that matters to a network, as Python has last computed it; null where that was for another
// step.
export function sharesOf(view, network) {
  if (view.message.step !== view.step) return null;
  const { values } = network.of("remembered");
  const all = values.reduce((sum, value) => sum + value, 0) || 1;
  return values.map((value) => value / all);
}

// How long each step's bar is, from 0 to 1: one scale for all networks, whose longest bar is the largest share.
export function memoryOf(view, network) {
  const shares = sharesOf(view, network);
  const limit = shares && (Math.max(...view.networks.map((each) => largest(sharesOf(view, each)))) || 1);
  return shares && ((step) => (step < shares.length ? shares[step] / limit : 0));
}
