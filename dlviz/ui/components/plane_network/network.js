// Where a network's weights lie, and what its units do with their sums. Parameters come in PyTorch's order: of each layer
// the weights, a row for each unit, then the biases.

import { short } from "../shared/numbers.js";

// What a unit passes on, on which scale of colours, up to which value (none: the largest sum), and its rule in words.
export const ACTIVATIONS = {
  relu: { pass: (sum) => Math.max(0, sum), scale: "sequential", rule: foldRule },
  tanh: { pass: Math.tanh, scale: "diverging", most: 1, rule: (layer, read) => `${sumOf(layer, read)} Tanh bends it to between −1 and 1, most steeply along the line where the sum is 0.` },
  sigmoid: { pass: (sum) => 1 / (1 + Math.exp(-sum)), scale: "sequential", most: 1, rule: (layer, read) => `${sumOf(layer, read)} Sigmoid bends it to between 0 and 1; along the line the sum is 0 and it passes on 0.5.` },
  none: { pass: (sum) => sum, scale: "diverging", rule: (layer, read) => `${sumOf(layer, read)} It passes on the sum as it is, so in every layer the picture is one slope and the line is straight.` },
};

function foldRule(layer, read, sums) {
  const sum = sumOf(layer, read);
  if (!sums.some((value) => value > 0)) return `${sum} It is positive nowhere on this plane, so here the unit passes on nothing.`;
  if (sums.every((value) => value > 0)) return `${sum} It is positive on all of this plane, so here ReLU does nothing: no border.`;
  const border = layer ? "The border bends where a unit that it reads has its own border: a fold of what is folded." : "The border is a straight line.";
  return `${sum} Where it is positive, ReLU passes it on; elsewhere 0. ${border}`;
}

function sumOf(layer, read) {
  if (layer) return `Its sum: ${read.length - 1} units of layer ${layer} times their weights, plus its bias.`;
  const [a, b, bias] = read;
  return `Its sum: ${short(a)} x₁ ${signed(b)} x₂ ${signed(bias)}.`;
}

export function signed(value) {
  return `${value < 0 ? "−" : "+"} ${short(Math.abs(value))}`;
}

function startOf({ width }, layer) {
  return layer === 0 ? 0 : 3 * width + (layer - 1) * (width + 1) * width;
}

// -> the places of a unit's weights, each with the place of what it reads, and of its bias.
export function incoming(network, unit) {
  const { width } = network;
  const [layer, own] = [Math.floor(unit / width), unit % width];
  const [start, reads] = [startOf(network, layer), layer ? width : 2];
  const weights = Array.from({ length: reads }, (_, from) => ({ place: start + own * reads + from, layer: layer - 1, from }));
  return [...weights, { place: start + width * reads + own, layer, from: "bias" }];
}

// -> the places of the weights with which the next layer, or the output, reads a unit.
export function outgoing(network, unit) {
  const { width, depth } = network;
  const [layer, own] = [Math.floor(unit / width), unit % width];
  const start = startOf(network, layer + 1);
  const readers = layer + 1 < depth ? width : 1;
  return Array.from({ length: readers }, (_, to) => ({ place: start + to * width + own, layer: layer + 1, to }));
}

export function nameOf({ depth }, { layer, from, to }) {
  if (from === "bias") return "bias";
  if (to !== undefined) return layer === depth ? "output" : `unit ${to + 1}`;
  return layer < 0 ? ["x₁", "x₂"][from] : `unit ${from + 1}`;
}
