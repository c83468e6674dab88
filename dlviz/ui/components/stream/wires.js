// The ways between the stations: the stream runs straight on, attention and the feed-forward network branch off below.

import { cssColour, sharpContext } from "../shared/canvas.js";

// From, to, and where the way ends: a plus where something is added to the stream.
const WAYS = [
  ["in", "mid", "stream"],
  ["in", "pattern", "down"],
  ["pattern", "attention", "across"],
  ["attention", "mid", "plus"],
  ["mid", "norm1", "across"],
  ["norm1", "dropout1", "across"],
  ["dropout1", "post", "stream"],
  ["dropout1", "hidden", "down"],
  ["hidden", "forward", "across"],
  ["forward", "post", "plus"],
  ["post", "norm2", "across"],
  ["norm2", "out", "across"],
];

export function paintWires(view) {
  const [width, height] = [view.board.clientWidth, view.board.clientHeight];
  const context = sharpContext(view.wires, width, height);
  context.strokeStyle = cssColour(view.root, "--st-text-color") || "#222";
  context.fillStyle = context.strokeStyle;
  context.globalAlpha = 0.75;
  const boxes = Object.fromEntries(view.figures.filter(({ box }) => !box.hidden).map((figure) => [figure.name, boxOf(view, figure)]));
  for (const [from, to, kind] of WAYS) {
    context.lineWidth = kind === "stream" ? 3 : 1.5;
    if (!boxes[to]) continue;
    if (view.narrow) narrowWay(context, boxes[from], boxes[to], kind);
    else wideWay(context, boxes[from], boxes[to], kind);
  }
}

// A station's map within the board, and where its whole figure begins and ends.
function boxOf(view, { box, canvas }) {
  const [board, map, whole] = [view.board, canvas, box].map((each) => each.getBoundingClientRect());
  const [left, top] = [map.left - board.left, map.top - board.top];
  const bounds = { left, top, right: left + map.width, bottom: top + map.height, middle: top + map.height / 2 };
  return { ...bounds, above: whole.top - board.top, below: whole.bottom - board.top };
}

function wideWay(context, from, to, kind) {
  if (kind === "stream" || kind === "across") {
    arrow(context, [[from.right + 3, from.middle], [to.left - 3, from.middle]]);
  } else if (kind === "down") {
    const x = from.left + 12;
    arrow(context, [[x, from.below + 4], [x, to.above - 3]]);
  } else {
    const x = to.left + 12;
    arrow(context, [[x, from.above - 3], [x, to.below + 4]]);
    plus(context, x + 15, (from.above + to.below) / 2);
  }
}

// One below the other, in order of computation. What is added from further up is told in words.
function narrowWay(context, from, to, kind) {
  if (kind === "stream") return;
  const x = from.left + 24;
  const end = to.above - 3;
  arrow(context, [[x, end - 22], [x, end]]);
  if (kind === "plus") plus(context, x + 15, end - 11);
}

function arrow(context, points) {
  const [x, y] = points.at(-1);
  const [fromX, fromY] = points.at(-2);
  const angle = Math.atan2(y - fromY, x - fromX);
  context.beginPath();
  points.forEach(([px, py], at) => (at ? context.lineTo(px, py) : context.moveTo(px, py)));
  context.stroke();
  context.beginPath();
  context.moveTo(x, y);
  for (const side of [-1, 1]) context.lineTo(x - 7 * Math.cos(angle + side * 0.45), y - 7 * Math.sin(angle + side * 0.45));
  context.fill();
}

function plus(context, x, y) {
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.moveTo(x - 4, y);
  context.lineTo(x + 4, y);
  context.moveTo(x, y - 4);
  context.lineTo(x, y + 4);
  context.stroke();
}
