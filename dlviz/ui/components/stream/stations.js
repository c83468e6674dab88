// The stations of the stream, and the sizes of what passes them.

import { PALETTE } from "../shared/palette.js";
import { quoted } from "../shared/words.js";

export const STATIONS = [
  { name: "in", title: "comes in" },
  { name: "pattern", title: "attention pattern" },
  { name: "attention", title: "attention out" },
  { name: "mid", title: "added", sum: "comes in + attention out" },
  { name: "norm1", title: "norm1" },
  { name: "dropout1", title: "dropout" },
  { name: "hidden", title: "feed-forward, hidden" },
  { name: "forward", title: "feed-forward out" },
  { name: "post", title: "added", sum: "dropout + feed-forward out" },
  { name: "norm2", title: "norm2" },
  { name: "out", title: "dropout" },
];
// The order in which the sizes of one block come.
const SIZES = ["in", "attention", "mid", "norm1", "dropout1", "hidden", "forward", "post", "norm2", "out"];
const ADDED = ["attention", "forward"];

export function tone(name) {
  return ADDED.includes(name) ? PALETTE.classes[6] : PALETTE.scales.sequential[3];
}

export function sizeOf(view, name, block = view.message.block) {
  const { values, shape } = view.message.arrays.sizes;
  return values[(block * shape[1] + SIZES.indexOf(name)) * shape[2] + view.token];
}

export function named(view, token = view.token) {
  return quoted(view.message.tokens[token]);
}
