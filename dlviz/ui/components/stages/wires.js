// The ways between the matrices: what each is computed from.

import { sharpContext } from "../shared/canvas.js";

const HEAD = 6; // pixels of an arrow's head
const [NEAR, BELOW] = [2, 9]; // pixels between a way and the matrices that it joins, and under what it passes

function waysOf(view) {
  const along = view.names.slice(view.names.indexOf("products"));
  const steps = along.slice(1).map((name, at) => [along[at], name]);
  const first = [["x", "q"], ["x", "k"], ["x", "v"], ["q", "products"], ["k", "products"]];
  return [...first, ...steps, ["v", "heads"], ["x", "added"]];
}

export function paintWires(view) {
  const board = view.wires.parentElement.getBoundingClientRect();
  const context = sharpContext(view.wires, board.width, board.height);
  Object.assign(context, { strokeStyle: view.ink, fillStyle: view.ink, globalAlpha: 0.6, lineWidth: 1.5, lineJoin: "round" });
  const boxes = Object.fromEntries(view.names.map((name) => [name, boxOf(view, name, board)]));
  for (const [from, to] of waysOf(view)) {
    const points = (view.narrow ? downwards : view.folded ? inTwoLines : acrossOne)(boxes, from, to, board);
    if (points) arrow(context, points);
  }
}

// A matrix within the board, without its names; `below`: where its figure ends.
function boxOf(view, name, board) {
  const figure = view.figures[name];
  const canvas = figure.querySelector("canvas").getBoundingClientRect();
  const { left, top, width, height } = view.stages[name].place;
  const [x, y] = [canvas.left - board.left + left, canvas.top - board.top + top];
  const bounds = { left: x, right: x + width, top: y, bottom: y + height, middle: y + height / 2, centre: x + width / 2 };
  return { ...bounds, above: figure.getBoundingClientRect().top - board.top, below: figure.getBoundingClientRect().bottom - board.top };
}

// All in one line: V passes under the scores to the weights, and X under that to the sum.
function acrossOne(boxes, from, to, board) {
  const [a, b] = [boxes[from], boxes[to]];
  if (from === "x" && to === "added") return passUnder(a, b, board.height - 3);
  if (from === "v") return passUnder(a, b, board.height - 12);
  return elbow(a, b, to === "products" ? b.top + (b.bottom - b.top) * (from === "q" ? 0.3 : 0.7) : b.middle);
}

function passUnder(a, b, y) {
  return [[a.centre, a.below + NEAR], [a.centre, y], [b.centre, y], [b.centre, b.below + NEAR]];
}

function elbow(a, b, y) {
  const x = (a.right + b.left) / 2;
  return [[a.right + NEAR, a.middle], [x, a.middle], [x, y], [b.left - NEAR, y]];
}

// In two lines: the second begins with the softmax.
function inTwoLines(boxes, from, to, board) {
  const [a, b] = [boxes[from], boxes[to]];
  const between = boxes.pattern.above - BELOW;
  if (from === "x" && to === "added") return [[a.left + 6, a.below + NEAR], [a.left + 6, board.height - 3], [b.centre, board.height - 3], [b.centre, b.below + NEAR]];
  if (from === "v") return [[a.centre, a.below + NEAR], [a.centre, between], [b.right - 6, between], [b.right - 6, b.top - NEAR]];
  if (to === "pattern") return [[a.centre, a.below + NEAR], [a.centre, between - 6], [b.centre, between - 6], [b.centre, b.above]];
  return acrossOne(boxes, from, to, board);
}

// One below the other, with V passing at the right. That X is added is told by its name.
function downwards(boxes, from, to, board) {
  const [a, b] = [boxes[from], boxes[to]];
  const edge = board.width - 5;
  if (from === "x" && to === "added") return undefined;
  if (from === "v") return [[edge, a.below + NEAR], [edge, b.top - NEAR]];
  const x = from === "q" || from === "k" ? a.centre : b.centre;
  return [[x, a.below + NEAR], [x, b.above]];
}

function arrow(context, points) {
  context.beginPath();
  points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const angle = Math.atan2(y - fromY, x - fromX);
  context.beginPath();
  context.moveTo(x, y);
  for (const side of [-0.5, 0.5]) context.lineTo(x - HEAD * Math.cos(angle + side), y - HEAD * Math.sin(angle + side));
  context.fill();
}
