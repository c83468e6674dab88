import assert from "node:assert/strict";
import test from "node:test";

import { readAt, standingAt } from "../../dlviz/ui/components/unit/walk.js";
import { fieldsOf } from "../../dlviz/ui/components/wall/fields.js";

const THREE = [[3, 1, 1, 1], [3, 1, 1, 1]]; // kernel, stride, padding, dilation along rows and columns
const ONE = [[1, 1, 0, 1], [1, 1, 0, 1]];
const POOL = [[2, 2, 0, 1], [2, 2, 0, 1]];
const WALL = [
  ["input", [1, 28, 28], []],
  ["conv 1", [32, 28, 28], THREE],
  ["ReLU 1", [32, 28, 28], ONE],
  ["pool 1", [32, 14, 14], POOL],
  ["conv 2", [64, 14, 14], THREE],
  ["linear", [256, 1, 1], []],
].map(([name, shape, windows]) => ({ name, shape, windows }));

test("a unit sees three pixels of the stage before a convolution, twice as many before pooling, and so on", () => {
  assert.deepEqual(fieldsOf(WALL, { stage: "conv 2", row: 6, col: 6 }), {
    "pool 1": [5, 8, 5, 8],
    "ReLU 1": [10, 16, 10, 16],
    "conv 1": [10, 16, 10, 16],
    input: [9, 17, 9, 17],
  });
});

test("what a unit at the rim sees ends with the map, at each stage", () => {
  const fields = fieldsOf(WALL, { stage: "conv 2", row: 0, col: 13 });
  assert.deepEqual([fields["pool 1"], fields.input], [[0, 2, 12, 14], [0, 5, 23, 28]]);
});

test("a unit without maps, of another network, or beyond the map has no field", () => {
  for (const [stage, row] of [["linear", 0], ["conv 9", 0], ["conv 2", 14]]) {
    assert.deepEqual(fieldsOf(WALL, { stage, row, col: 0 }), {});
  }
});

// Two maps of 2×3 under kernels of ones and of twos, padded by 1.
const MESSAGE = {
  selection: ["conv", 5, 0, 0],
  bias: 0.5,
  edited: "",
  parts: { strongest: 0 },
  terms: [["?", "sum of 2 channel sums"], ["+", ""], ["0.5", "bias"], ["=", ""], ["?", "its value"]],
  squares: [{ windows: [] }, { windows: ONE }, { windows: THREE }],
  arrays: {
    "square.0": { shape: [2, 3], values: new Float32Array(6) },
    "square.1": { shape: [2, 3], values: new Float32Array(6) },
    "square.2": { shape: [2, 3], values: Float32Array.of(0, 0, 0, 0, 0, 96.5) },
    sources: { shape: [2, 2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) },
    inputs: { shape: [2, 3, 3] },
    weights: { shape: [2, 3, 3], values: Float32Array.from({ length: 18 }, (_, at) => (at < 9 ? 1 : 2)) },
    sums: {},
    padded: {},
  },
};

test("the window that has walked on reads its numbers, and 0 beyond the map", () => {
  const { inputs, padded, sums } = readAt(MESSAGE, 1, 2);
  assert.deepEqual([...inputs.subarray(0, 9)], [2, 3, 0, 5, 6, 0, 0, 0, 0]);
  assert.deepEqual([...padded], [0, 0, 1, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual([...sums], [16, 80]);
});

test("the pixel where the window stands is told with its sum, its value, and what it sees", () => {
  const there = standingAt(MESSAGE, 1, 2);
  assert.deepEqual(there.selection, ["conv", 5, 1, 2]);
  assert.deepEqual([there.place, there.value, there.parts.strongest], ["pixel (1, 2) of map 5", "96.5", 1]);
  assert.deepEqual([there.terms[0], there.terms.at(-1)], [["96", "sum of 2 channel sums"], ["96.5", "its value"]]);
  assert.deepEqual([there.squares[1].box, there.squares[1].around], [[0, 2, 1, 3], [0, 3, 1, 4]]);
});

test("the first convolution reads the drawing from −1 to 1, and padding is 0", () => {
  const { sources, ...arrays } = MESSAGE.arrays;
  const drawn = { ...MESSAGE, squares: [{ windows: [] }, { windows: THREE }], arrays: { ...arrays, "square.0": { shape: [2, 3], values: Float32Array.of(0, 1, 0, 1, 1, 1) } } };
  drawn.arrays.weights = { shape: [1, 3, 3], values: new Float32Array(9).fill(1) };
  assert.deepEqual([...readAt(drawn, 0, 0).inputs], [0, 0, 0, 0, -1, 1, 0, 1, 1]);
  assert.equal(sources.shape[0], 2);
});
