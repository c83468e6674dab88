// The plane in its linear regions, each a shade of its class's colour. The logit is drawn and told from the table of affine
// functions alone: a weight for each coordinate and a bias for each region. Nothing goes back to Python.

import { cssColour, sharpContext } from "../shared/canvas.js";
import { element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { percent, probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { colourOf, pixelCanvas, rgbPixel } from "../shared/colour.js";
import { drawFold, drawPlace, drawPoints } from "../shared/plane_marks.js";

const MOST = 520; // CSS pixels of a side
const GOLDEN = 0.6180339887; // its multiples spread evenly: neighbouring numbers get shades far apart
const STEP = 8; // pixels of the plane that an arrow key moves by
const LIT = rgbPixel(194, 24, 91, 150);

export default mount({ create, receive, draw });

function create(view) {
  view.canvas = view.root.querySelector("canvas");
  view.place = null;
  const point = (event) => {
    const box = view.canvas.getBoundingClientRect();
    choose(view, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  view.canvas.onpointermove = (event) => event.pointerType === "mouse" && point(event);
  view.canvas.onclick = point;
  onArrows(view.canvas, (down, right) => {
    const [column, row] = view.place ?? [view.side / 2, view.side / 2];
    choose(view, (column + STEP * right + 0.5) / view.side, (row + STEP * down + 0.5) / view.side);
  });
}

function receive(view, message) {
  view.message = message;
  const { values, shape } = message.arrays.numbers;
  const [, side] = shape;
  const size = side * side;
  view.side = side;
  view.numbers = Int32Array.from({ length: size }, (_, at) => values[at] + (values[size + at] << 8) + (values[2 * size + at] << 16));
  view.sizes = new Int32Array(message.arrays.on.shape[0]);
  view.numbers.forEach((number) => view.sizes[number]++);
  if (view.place?.some((each) => each >= side)) view.place = null;
  view.logits = message.affine ? Float32Array.from({ length: size }, (_, at) => logitAt(view, at % side, Math.floor(at / side))) : null;
  view.sheet = pixelCanvas(side, side, (at) => shade(view, at), view.sheet);
}

// The plane's coordinates of a pixel's middle.
function coordinates(view, column, row) {
  const { reach } = view.message;
  return [((2 * (column + 0.5)) / view.side - 1) * reach, (1 - (2 * (row + 0.5)) / view.side) * reach];
}

function functionAt(view, column, row) {
  const { weights, biases } = view.message.arrays;
  const region = view.numbers[row * view.side + column];
  return [weights.values[2 * region], weights.values[2 * region + 1], biases.values[region]];
}

function logitAt(view, column, row) {
  const [x, y] = coordinates(view, column, row);
  const [a, b, bias] = functionAt(view, column, row);
  return a * x + b * y + bias;
}

function shade(view, at) {
  const depth = 0.12 + 0.5 * ((view.numbers[at] * GOLDEN) % 1);
  if (!view.logits) return colourOf(depth, "sequential", 1);
  return colourOf(view.logits[at] > 0 ? depth : -depth, "diverging", 1);
}

function choose(view, x, y) {
  const place = [x, y].map((each) => Math.max(0, Math.min(view.side - 1, Math.floor(each * view.side))));
  view.place = place;
  draw(view);
}

function draw(view) {
  const { arrays, reach } = view.message;
  const side = Math.min(MOST, view.root.clientWidth);
  const context = sharpContext(view.canvas, side, side);
  context.drawImage(view.sheet, 0, 0, side, side);
  if (view.place) {
    const region = view.numbers[view.place[1] * view.side + view.place[0]];
    view.lit = pixelCanvas(view.side, view.side, (at) => (view.numbers[at] === region ? LIT : 0), view.lit);
    context.drawImage(view.lit, 0, 0, side, side);
  }
  if (view.logits) drawFold(context, view.logits, view.side, side, cssColour(view.root, "--st-text-color") || "#222", 1.5);
  drawPoints(context, arrays, reach, side, 0.6);
  if (view.place) drawPlace(context, coordinates(view, ...view.place), reach, 0, 0, side, true, 5);
  tell(view);
  performance.mark("dlviz:plane-regions");
}

function tell(view) {
  const { arrays, units, affine } = view.message;
  const set = (name, text) => setText(view.root.querySelector(`.${name}`), text);
  const count = view.sizes.length;
  view.canvas.setAttribute("aria-label", `The plane in ${count.toLocaleString("en")} linear regions`);
  const bars = view.root.querySelector(".layers");
  if (!view.place) {
    set("region", "Point at a region, or tap it: the affine function there.");
    for (const name of ["function", "value", "on"]) set(name, "");
    bars.replaceChildren();
    return;
  }
  const [column, row] = view.place;
  const region = view.numbers[row * view.side + column];
  set("region", `Region ${(region + 1).toLocaleString("en")} of ${count.toLocaleString("en")}: ${percent(view.sizes[region] / view.side ** 2)} of this plane`);
  const [x, y] = coordinates(view, column, row);
  if (affine) {
    const [a, b, bias] = functionAt(view, column, row);
    const logit = a * x + b * y + bias;
    set("function", `logit = ${short(a)} x₁ ${signed(b)} x₂ ${signed(bias)}`);
    set("value", `At (${short(x)}, ${short(y)}): logit ${short(logit)}, class 1 with probability ${probability(1 / (1 + Math.exp(-logit)))}.`);
  } else {
    set("function", "");
    set("value", "Layers above fold this region further: the output has several affine functions in it.");
  }
  const layers = arrays.on.shape[1];
  const on = [...arrays.on.values.subarray(region * layers, (region + 1) * layers)];
  set("on", "Units that are on here:");
  bars.replaceChildren(
    ...on.map((lit, layer) => {
      const [line, track, bar] = [element("div"), element("b"), element("i")];
      bar.style.width = `${(100 * lit) / units}%`;
      track.append(bar);
      line.append(element("span", `Layer ${layer + 1}`), track, element("span", `${lit} of ${units}`));
      return line;
    }),
  );
}

function signed(value) {
  return `${value < 0 ? "−" : "+"} ${short(Math.abs(value))}`;
}
