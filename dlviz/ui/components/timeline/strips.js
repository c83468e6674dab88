// Drawing a network's strips, units from top to bottom and steps from left to right; under each the chosen unit's line;
// and its answers after every step.

import { clampIndex, transposed } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { showTip } from "../shared/tip.js";
import { isolated } from "../shared/words.js";
import { answerAt, called } from "./answers.js";
import { showEquations } from "./equations.js";
import { line, outlined } from "./lines.js";

const TALL = 256; // pixels
const LOW = 160; // on a phone, and for few strips beside another network's
const LINE = 46;
const DOT = 3.5; // its radius

// Whether there is room for the equations beside its strips, which stand below another network's.
export function few(view, network) {
  return network.strips.length < 3 && view.networks.length > 1;
}

export function bases(network) {
  for (const strip of network.strips) {
    strip.base = picture(sorted(strip, network.order), strip.units, strip.steps, strip.scale, strip.limit);
  }
}

// Values with the units in the order of the strips' rows.
function sorted({ values, steps }, order) {
  const rows = new Float32Array(values.length);
  order.forEach((unit, row) => rows.set(values.subarray(unit * steps, (unit + 1) * steps), row * steps));
  return rows;
}

export function placeOn(network, strip, event) {
  const box = strip.map.getBoundingClientRect();
  const at = (share, count) => clampIndex(Math.floor(share * count), count);
  return {
    step: at((event.clientX - box.left) / box.width, strip.steps),
    unit: network.order[at((event.clientY - box.top) / box.height, strip.units)],
  };
}

export function paintNetwork(view, network) {
  const usual = view.narrow || few(view, network) ? LOW : TALL;
  const height = Math.max(usual, 15 * view.message.classes.length); // room for each name
  for (const strip of network.strips) {
    const width = strip.map.parentElement.clientWidth;
    paintStrip(view, network, strip, width, height);
    paintTrace(view, network, strip, width);
  }
  if (view.message.kind !== "series") paintAnswers(view, network, height);
  showEquations(view, network);
}

// What has been read stands out; what is to come is faint.
function paintStrip(view, network, strip, width, height) {
  const context = sharpContext(strip.map, width, height);
  const { base, steps, units } = strip;
  const read = view.step + 1;
  context.globalAlpha = 0.22;
  context.drawImage(base, 0, 0, width, height);
  context.globalAlpha = 1;
  context.clearRect(0, 0, (width * read) / steps, height);
  context.drawImage(base, 0, 0, read, units, 0, 0, (width * read) / steps, height);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 1.5;
  const row = Math.max(3, height / units);
  context.strokeRect((width * view.step) / steps, -2, Math.max(3, width / steps), height + 4);
  context.strokeRect(-2, (height * (network.rowOf[network.shownUnit] + 0.5)) / units - row / 2, width + 4, row);
}

function paintTrace(view, network, strip, width) {
  const context = sharpContext(strip.line, width, LINE);
  const { values, steps, scale, limit } = strip;
  const first = network.shownUnit * steps;
  const x = (step) => ((step + 0.5) * width) / steps;
  const y = (value) => {
    const part = limit ? value / limit : 0;
    const share = scale === "diverging" ? (part + 1) / 2 : part;
    return LINE - 4 - share * (LINE - 8);
  };
  const valueOf = (step) => values[first + step];
  line(context, [0, steps - 1], () => 0, x, y, view.ink, 0.25);
  line(context, [0, steps - 1], valueOf, x, y, view.ink, 0.3);
  line(context, [0, view.step], valueOf, x, y, view.ink, 1, 1.75);
  context.fillStyle = PALETTE.accent;
  context.beginPath();
  const middle = Math.max(DOT, Math.min(width - DOT, x(view.step))); // whole, also at the first and last step
  context.arc(middle, y(valueOf(view.step)), DOT, 0, 7);
  context.fill();
}

// Classes from top to bottom: how each probability grew over the steps, and as bars where we stand.
function paintAnswers(view, network, height) {
  const { values, shape } = network.of("answers");
  const [steps, classes] = shape;
  const rows = transposed(values, shape);
  const width = network.answers.parentElement.clientWidth;
  const part = width * 0.5;
  network.share = 0.5;
  const context = sharpContext(network.answers, width, height);
  const base = picture(rows, classes, steps, "sequential", 1);
  context.globalAlpha = 0.22;
  context.drawImage(base, 0, 0, part, height);
  context.globalAlpha = 1;
  const read = (part * (view.step + 1)) / steps;
  context.clearRect(0, 0, read, height);
  context.drawImage(base, 0, 0, view.step + 1, classes, 0, 0, read, height);
  outlined(context, (part * view.step) / steps, 0, Math.max(3, part / steps), height);
  paintBars(view, context, { rows, steps, classes, left: part + 6, width, height });
  const caption = network.part.querySelector(".answers figcaption");
  caption.replaceChildren(element("b", "If it stopped here"));
  network.answers.setAttribute("role", "img");
  network.answers.setAttribute("aria-label", answerAt(view, network, view.step));
}

function paintBars(view, context, { rows, steps, classes, left, width, height }) {
  const cell = height / classes;
  context.font = `12px ${view.font}`;
  context.textBaseline = "middle";
  if (view.message.classes.some((name) => name.length > 2) && classes > 2) {
    paintNames(view, context, { rows, steps, cell, left, width });
    return;
  }
  view.message.classes.forEach((name, index) => {
    const share = rows[index * steps + view.step];
    // A digit stands beside its bar; a word above it, with its share, where there is room for both.
    const [text, middle] = classes > 2 ? [name, (index + 0.5) * cell] : [`${isolated(name)} ${probability(share)}`, (index + 0.5) * cell + 7];
    const tall = Math.min(18, cell * 0.72);
    context.textAlign = "left";
    context.fillStyle = view.ink;
    context.fillText(text, left, classes > 2 ? middle : middle - tall);
    const start = left + (classes > 2 ? 12 : 0);
    // Beside the longest bar, too, its share has room.
    const room = width - start - 4 - (classes > 2 ? context.measureText(" > 99.9 %").width : 0);
    context.fillStyle = classes > 2 ? PALETTE.classes[index % 10] : PALETTE.scales.diverging[index ? 8 : 2];
    context.fillRect(start, middle - tall / 2, Math.max(1, room * share), tall);
    if (classes < 3 || share < 0.005) return;
    context.fillStyle = view.ink;
    context.fillText(probability(share), start + room * share + 4, middle);
  });
}

// Names too long to stand beside their bars are written over them.
function paintNames(view, context, { rows, steps, cell, left, width }) {
  const room = width - left - 4;
  context.textAlign = "left";
  view.message.classes.forEach((name, index) => {
    const share = rows[index * steps + view.step];
    context.globalAlpha = 0.35;
    context.fillStyle = PALETTE.classes[index % 10];
    context.fillRect(left, index * cell + 1, Math.max(1, room * share), cell - 2);
    context.globalAlpha = 1;
    context.fillStyle = view.ink;
    const told = share < 0.005 ? name : `${isolated(name)} ${probability(share)}`;
    context.fillText(told, left + 3, (index + 0.5) * cell, room - 3);
  });
}

export function hover(view, event) {
  const strips = view.networks.flatMap((network) => network.strips.map((strip) => ({ network, strip })));
  const over = strips.find(({ strip: { map } }) => event.composedPath().includes(map));
  view.tip.hidden = !over;
  if (!over) return;
  const { network, strip } = over;
  const { step, unit } = placeOn(network, strip, event);
  const place = `${strip.title}, unit ${unit}, ${called(view, step)}`;
  showTip(view, event, short(strip.values[unit * strip.steps + step]), place);
}
