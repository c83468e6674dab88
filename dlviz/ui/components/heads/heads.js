// Attention: every head small, one large, as a heat map or as lines between words. Python sends the small ones as bytes,
// pooled and scaled to a common limit or each to its own largest weight, the large one exactly. Back come `head` [row, column, time] and
// `pin` [token, time], −1 for none.

import { clampIndex, largest } from "../shared/arrays.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { colourOf, cssOf, inkOn, picture } from "../shared/colour.js";
import { paintColourBar } from "../shared/colour_bar.js";
import { button, element, setText } from "../shared/elements.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";
import { quoted } from "../shared/words.js";
import { cellAt, headAt, paintGrid, paintLines, paintMap } from "./paint.js";
import { rowLimit, weight } from "./weights.js";

const NARROW = 700;
const MANY = 60; // tokens: more are written small

export default mount({ create, receive, draw });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { tip: find(".tip"), grid: find(".grid"), big: find(".big"), bar: find(".bar"), words: find(".words") });
  view.grid.onpointermove = (event) => hoverGrid(view, event);
  view.grid.onpointerdown = (event) => chooseHead(view, ...headAt(view, event));
  onArrows(view.grid, (...step) => {
    const { rows, columns } = view.message;
    const [row, column] = (view.shown ?? [0, 0]).map((at, axis) => at + step[axis]);
    chooseHead(view, clampIndex(row, rows.length), clampIndex(column, columns.length));
  });
  view.big.onpointermove = (event) => hoverBig(view, event);
  view.big.onpointerdown = (event) => pin(view, cellAt(view, event)[0]);
  for (const canvas of [view.grid, view.big]) canvas.onpointerleave = () => (view.tip.hidden = true);
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  view.large = message.arrays.large.values;
  view.limit = message.limit ?? largest(view.large);
  if (knowsChoice(view, message)) [view.shown, view.pinned] = [message.shown, message.pinned];
  const small = message.arrays.small;
  view.root.querySelector(".small").hidden = !small;
  view.root.querySelector(".both").classList.toggle("alone", !small);
  view.root.classList.toggle("many", view.count > MANY);
  view.root.querySelector(".small .title").textContent = message.heading;
  view.root.querySelector(".small .note").textContent = message.note;
  view.root.querySelector(".large .title").textContent = message.title;
  view.big.setAttribute("aria-label", message.alt);
  view.base = picture(view.large, view.count, view.count, message.scale, view.limit);
  if (small) view.thumbnails = thumbnails(small);
  showWords(view);
}

// All small patterns as canvases of one pixel a value.
function thumbnails({ values, shape: [rows, columns, size] }) {
  return Array.from({ length: rows * columns }, (_, at) =>
    picture(values.subarray(at * size * size, (at + 1) * size * size), size, size, "sequential", 255),
  );
}

function showWords(view) {
  const { tokens, segments, ids } = view.message;
  const written = JSON.stringify([tokens, segments, ids]);
  if (view.written === written) return;
  view.written = written;
  const buttons = tokens.map((token, at) => {
    const made = button(token, () => pin(view, at));
    if (ids.length) {
      made.append(element("small", ids[at]));
      made.title = `number ${ids[at]} of the vocabulary`;
    }
    made.classList.toggle("other", segments[at] === 1);
    return made;
  });
  view.words.replaceChildren(...buttons);
}

function draw(view) {
  view.root.classList.toggle("narrow", view.root.clientWidth < NARROW);
  if (view.message.arrays.small) paintGrid(view);
  paintLarge(view);
  performance.mark("dlviz:heads", { detail: view.count });
}

function paintLarge(view) {
  (view.message.view === "lines" ? paintLines : paintMap)(view);
  paintColourBar(view.bar, { scale: view.message.scale, limit: view.limit, most: largest(view.large), count: view.count });
  [...view.words.children].forEach((button, at) => {
    button.classList.toggle("pinned", at === view.pinned);
    button.setAttribute("aria-pressed", at === view.pinned);
    const pixel = view.pinned < 0 ? 0 : colourOf(weight(view, view.pinned, at), view.message.scale, rowLimit(view));
    button.style.setProperty("--tone", view.pinned < 0 ? "transparent" : cssOf(pixel));
    button.style.setProperty("--ink", view.pinned < 0 ? "inherit" : inkOn(pixel));
  });
  tell(view);
}

function tell(view) {
  const { tokens, pin_note: note } = view.message;
  let text = "Pin a token to see its row alone.";
  if (view.pinned >= 0) {
    const row = [...tokens.keys()].sort((a, b) => Math.abs(weight(view, view.pinned, b)) - Math.abs(weight(view, view.pinned, a)));
    const said = row.slice(0, 3).map((key) => `${named(view, key)} ${short(weight(view, view.pinned, key))}`);
    text = `${named(view, view.pinned)} ${note} ${said.join(", ")}`;
  }
  setText(view.root.querySelector(".told"), text);
}

function named(view, at) {
  return `${quoted(view.message.tokens[at])} (${at + 1})`;
}

function chooseHead(view, row, column) {
  const { rows, columns } = view.message;
  if (row < 0 || row >= rows.length || column < 0 || column >= columns.length) return;
  view.shown = [row, column];
  paintGrid(view);
  noteChoice(view);
  sendChoice(view, "head", [row, column]);
}

function pin(view, at) {
  if (at === undefined) return;
  view.pinned = view.pinned === at ? -1 : at;
  paintLarge(view);
  noteChoice(view);
  sendChoice(view, "pin", [view.pinned]);
}

function hoverGrid(view, event) {
  const [row, column] = headAt(view, event);
  const { rows, columns, captions } = view.message;
  view.tip.hidden = !(rows[row] && columns[column]);
  if (!view.tip.hidden) {
    showTip(view, event, `${rows[row]}, ${columns[column]}`, captions[row * columns.length + column] ?? "");
  }
}

function hoverBig(view, event) {
  const [query, key] = cellAt(view, event);
  view.tip.hidden = query === undefined;
  if (view.tip.hidden) return;
  if (key === undefined) showTip(view, event, named(view, query), "click to pin");
  else showTip(view, event, `${named(view, query)} → ${named(view, key)}`, weight(view, query, key).toPrecision(7));
}
