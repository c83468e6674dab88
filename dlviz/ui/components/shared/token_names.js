// Names of tokens beside the rows and over the columns of a map.

import { clipped } from "./canvas.js";

// -> the tokens that have room for their name, those of `first` before all others.
// step: pixels of a token. line: pixels that a name needs.
export function namedTokens(count, { step, line, first }) {
  const wanted = [...first, ...Array(count).keys()].filter((at) => at >= 0 && at < count);
  const named = [];
  for (const at of wanted) if (named.every((other) => other !== at && Math.abs(other - at) * step >= line)) named.push(at);
  return named;
}

// Ends at x.
export function nameRow(context, text, x, y, room) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(clipped(context, text, room), x, y);
}

// Written upwards from y.
export function nameColumn(context, text, x, y, room) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(clipped(context, text, room), 0, 0);
  context.restore();
}
