// Who looks at whom: one layer's weights, as a map of one head or as lines of several heads laid over each other. Back
// comes `pin` [token, time], −1 for none.

import { largest } from "../shared/arrays.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { paintColourBar } from "../shared/colour_bar.js";
import { button, element, setText } from "../shared/elements.js";
import { followToken, tellToken } from "../shared/hover.js";
import { mount } from "../shared/mount.js";
import { full, short } from "../shared/numbers.js";
import { showTip } from "../shared/tip.js";
import { quoted } from "../shared/words.js";
import { cellOfLines, colourOfHead, paintLines } from "./lines.js";
import { cellOfMap, paintMap } from "./map.js";

export default mount({ create, receive, draw: paint });

function create(view) {
  const find = (selector) => view.root.querySelector(selector);
  Object.assign(view, { tip: find(".tip"), big: find(".big"), words: find(".words"), key: find(".key") });
  view.big.onpointermove = (event) => hover(view, event);
  view.big.onpointerleave = () => {
    view.tip.hidden = true;
    tellToken(-1);
  };
  view.big.onclick = (event) => pin(view, cellUnder(view, event)[0]);
  followToken(view, () => paint(view));
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  if (knowsChoice(view, message)) view.pinned = message.pinned;
  const { values } = message.arrays.patterns;
  view.patterns = message.heads.map((head, at) => ({ head, weights: values.subarray(at * view.count ** 2, (at + 1) * view.count ** 2) }));
  view.most = largest(message.view === "lines" ? values : view.patterns[0].weights);
  view.limit = message.limit || view.most;
  setText(view.root.querySelector(".title"), message.title);
  view.big.setAttribute("aria-label", message.alt);
  showWords(view);
  showKey(view);
}

function showWords(view) {
  const written = JSON.stringify(view.message.tokens);
  if (view.written === written) return;
  view.written = written;
  const buttons = view.message.tokens.map((token, at) => {
    const made = button(token, () => pin(view, at));
    made.onpointerenter = () => tellToken(at);
    made.onpointerleave = () => tellToken(-1);
    return made;
  });
  view.words.replaceChildren(...buttons);
}

// The heads whose lines are laid over each other, in their colours.
function showKey(view) {
  view.key.hidden = view.message.view !== "lines" || view.patterns.length === 1;
  view.key.replaceChildren(
    ...view.patterns.map(({ head }, at) => {
      const name = element("span", `━ head ${head + 1}`);
      name.style.setProperty("--tone", colourOfHead(at));
      return name;
    }),
  );
}

function paint(view) {
  const { message, count, limit, most } = view;
  const width = view.root.clientWidth;
  if (message.view === "lines") paintLines(view, width);
  else paintMap(view, width);
  paintColourBar(view.root.querySelector(".scale"), { limit, most, count });
  const { weights } = view.patterns[0];
  [...view.words.children].forEach((word, at) => {
    word.classList.toggle("pinned", at === view.pinned);
    word.classList.toggle("lit", at === view.hovered);
    word.setAttribute("aria-pressed", at === view.pinned);
    const pixel = view.pinned < 0 ? 0 : colourOf(weights[view.pinned * count + at], "sequential", limit);
    word.style.setProperty("--tone", view.pinned < 0 ? "transparent" : cssOf(pixel));
    word.style.setProperty("--ink", view.pinned < 0 ? "inherit" : inkOn(pixel));
  });
  tell(view);
  performance.mark("dlviz:looks", { detail: count });
}

function tell(view) {
  const { weights } = view.patterns[0];
  const row = weights.subarray(view.pinned * view.count, (view.pinned + 1) * view.count);
  const most = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 3);
  const told =
    view.pinned < 0
      ? "Pin a token to see its row alone."
      : `${named(view, view.pinned)} looks most at ${most.map((key) => `${named(view, key)} ${short(row[key])}`).join(", ")}`;
  setText(view.root.querySelector(".told"), told);
}

function named(view, at) {
  return `${quoted(view.message.tokens[at])} (${at + 1})`;
}

function pin(view, at) {
  if (at === undefined) return;
  view.pinned = view.pinned === at ? -1 : at;
  paint(view);
  noteChoice(view);
  sendChoice(view, "pin", [view.pinned]);
}

// -> [query, key] under the pointer, as far as there are such.
function cellUnder(view, event) {
  const box = view.big.getBoundingClientRect();
  const place = [event.clientX - box.left, event.clientY - box.top];
  return view.message.view === "lines" ? cellOfLines(view, ...place) : cellOfMap(view, ...place);
}

function hover(view, event) {
  const [query, key] = cellUnder(view, event);
  tellToken(query ?? key ?? -1);
  view.tip.hidden = query === undefined;
  if (view.tip.hidden) return;
  if (key === undefined) showTip(view, event, named(view, query), "click to pin");
  else showTip(view, event, `${named(view, query)} → ${named(view, key)}`, full(view.patterns[0].weights[query * view.count + key]));
}
