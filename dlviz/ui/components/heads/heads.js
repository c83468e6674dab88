// Attention: every head small, one large, as a heat map or as lines between words. Python sends the small ones as bytes,
// pooled and scaled each to its own largest weight, the large one exactly. Back come `head` [row, column, time] and
// `pin` [token, time], −1 for none.

const HEADS = new WeakMap(); // parentElement -> view: every rerun and theme change calls the function below
const NARROW = 700;
const MANY = 60; // tokens: more are written small

export default function ({ parentElement, data, setStateValue }) {
  let view = HEADS.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".heads"));
    HEADS.set(parentElement, view);
  }
  view.setStateValue = setStateValue;
  receive(view, unpack(data));
  return onResize(view.root, () => layOut(view));
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, tip: find(".tip"), grid: find(".grid"), big: find(".big"), words: find(".words") };
  view.grid.onpointermove = (event) => hoverGrid(view, event);
  view.grid.onpointerdown = (event) => chooseHead(view, ...headAt(view, event));
  view.grid.onkeydown = (event) => onKey(view, event);
  view.big.onpointermove = (event) => hoverBig(view, event);
  view.big.onpointerdown = (event) => pin(view, rowAt(view, event));
  for (const canvas of [view.grid, view.big]) canvas.onpointerleave = () => (view.tip.hidden = true);
  return view;
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  view.large = message.arrays.large.values;
  view.limit = largest(view.large);
  // What was sent before the learner's last choice had arrived must not turn it back.
  if (message.heard >= (view.asked ?? 0)) [view.shown, view.pinned] = [message.shown, message.pinned];
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
  if (view.drawn) layOut(view);
}

// All small patterns as canvases of one pixel a value.
function thumbnails({ values, shape: [rows, columns, size] }) {
  return Array.from({ length: rows * columns }, (_, at) =>
    picture(values.subarray(at * size * size, (at + 1) * size * size), size, size, "sequential", 255),
  );
}

function showWords(view) {
  const shown = JSON.stringify([view.message.tokens, view.message.segments, view.message.ids]);
  if (view.written !== shown) {
    view.written = shown;
    const buttons = view.message.tokens.map((token, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = token;
      if (view.message.ids.length) {
        const id = document.createElement("small");
        id.textContent = view.message.ids[at];
        button.append(id);
        button.title = `number ${id.textContent} of the vocabulary`;
      }
      button.classList.toggle("other", view.message.segments[at] === 1);
      button.onclick = () => pin(view, at);
      return button;
    });
    view.words.replaceChildren(...buttons);
  }
}

function layOut(view) {
  const width = view.root.clientWidth;
  if (!width) return;
  view.drawn = true;
  view.root.classList.toggle("narrow", width < NARROW);
  if (view.message.arrays.small) paintGrid(view);
  paintLarge(view);
  performance.mark("dlviz:heads", { detail: view.count });
}

function paintLarge(view) {
  (view.message.view === "lines" ? paintLines : paintMap)(view);
  [...view.words.children].forEach((button, at) => {
    button.classList.toggle("pinned", at === view.pinned);
    button.setAttribute("aria-pressed", at === view.pinned);
    const pixel = view.pinned < 0 ? 0 : colourOf(weight(view, view.pinned, at), view.message.scale, rowLimit(view));
    button.style.setProperty("--tone", view.pinned < 0 ? "transparent" : cssOf(pixel));
    button.style.setProperty("--ink", view.pinned < 0 ? "inherit" : inkOn(pixel));
  });
  tell(view);
}

function weight(view, query, key) {
  return view.large[query * view.count + key];
}

function rowLimit(view) {
  return largest(view.large.subarray(view.pinned * view.count, (view.pinned + 1) * view.count));
}

function tell(view) {
  const { tokens, pinNote } = view.message;
  let text = "Pin a token to see its row alone.";
  if (view.pinned >= 0) {
    const row = [...tokens.keys()].sort((a, b) => Math.abs(weight(view, view.pinned, b)) - Math.abs(weight(view, view.pinned, a)));
    const said = row.slice(0, 3).map((key) => `${named(view, key)} ${short(weight(view, view.pinned, key))}`);
    text = `${named(view, view.pinned)} ${pinNote} ${said.join(", ")}`;
  }
  const told = view.root.querySelector(".told");
  if (told.textContent !== text) told.textContent = text;
}

function named(view, at) {
  return `“${view.message.tokens[at]}” (${at + 1})`;
}

function choose(view, report, value) {
  view.asked = Date.now();
  view.setStateValue(report, [...value, view.asked]);
}

function chooseHead(view, row, column) {
  const { rows, columns } = view.message;
  if (row < 0 || row >= rows.length || column < 0 || column >= columns.length) return;
  view.shown = [row, column];
  paintGrid(view);
  choose(view, "head", [row, column]);
}

function pin(view, at) {
  if (at === undefined) return;
  view.pinned = view.pinned === at ? -1 : at;
  paintLarge(view);
  choose(view, "pin", [view.pinned]);
}

const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onKey(view, event) {
  const step = KEYS[event.key];
  if (!step) return;
  const [row, column] = view.shown ?? [0, 0];
  const within = (value, list) => Math.max(0, Math.min(list.length - 1, value));
  chooseHead(view, within(row + step[0], view.message.rows), within(column + step[1], view.message.columns));
  event.preventDefault();
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

function rowAt(view, event) {
  return cellAt(view, event)[0];
}
