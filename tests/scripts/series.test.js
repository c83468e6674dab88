import assert from "node:assert/strict";
import test from "node:test";

import { layOut } from "../../dlviz/ui/components/series/layout.js";

const context = { measureText: (text) => ({ width: 6 * text.length }) };
const line = (y, x = y.map((_, at) => at)) => ({ x, y });

function laid(message, width = 400) {
  const whole = { names: [], low: 0, high: 1, most: null, log: false, ...message };
  const places = [...new Set(whole.lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  return layOut(context, whole, places, width, 270);
}

test("greater values stand higher, and what diverges leaves the picture", () => {
  const { y, box } = laid({ lines: [line([0.2, 0.9, 1e30])], most: 1.5 });
  assert.ok(y(0.2) > y(0.9) && y(0.9) > box.top);
  assert.ok(y(1e30) < box.top && y(1e30) >= -1e4);
  assert.ok(Number.isNaN(y(NaN)));
});

test("a logarithmic scale has powers of ten and holds all values, zero left aside", () => {
  const { yTicks, y, box } = laid({ lines: [line([1e-10, 0.5, 0])], low: 1e-3, log: true });
  assert.ok(yTicks.length > 2 && yTicks.length <= 9);
  assert.ok(yTicks.every((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9)))));
  assert.ok(y(1e-10) <= box.bottom && y(0.5) >= box.top);
});

test("names that have no room beside each other are left out", () => {
  const names = ["pixels", "conv 1", "conv 2", "conv 3", "fc 1", "logits"];
  const lines = [line([0.7, 0.8, 0.9, 0.9, 0.9, 0.9])];
  assert.equal(laid({ names, lines }, 900).xTicks.length, 6);
  assert.deepEqual(laid({ names, lines }, 250).xTicks.map(({ text }) => text), ["pixels", "conv 2", "fc 1"]);
});

test("the place under the pointer is the nearest one", () => {
  const { x, place } = laid({ lines: [line([1, 2, 3], [1, 10, 21])] });
  assert.equal(place(x(10) + 3), 1);
  assert.equal(place(-50), 0);
  assert.equal(laid({ lines: [] }).place(100), null);
});
