// Self-attention as one picture: each matrix a heat map, each cell a sum that can be read. Python sends the matrices of
// one head. Back come `head` [head, time], `pin` [token, time] and `cell` [stage, row, column, time].

const STAGES = new WeakMap(); // parentElement -> view: every rerun and theme change calls the function below

const WIDE = 40; // columns
const OF_HEAD = ["q", "k", "v", "heads"];

export default function ({ parentElement, data, setStateValue }) {
  let view = STAGES.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".stages"));
    STAGES.set(parentElement, view);
  }
  view.setStateValue = setStateValue;
  receive(view, unpack(data));
  return onResize(view.root, () => layOut(view));
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, tip: find(".tip"), flow: find(".flow"), all: find(".all"), figures: {} };
  find(".back").onclick = () => walk(view, -1);
  find(".next").onclick = () => walk(view, 1);
  return view;
}

function receive(view, message) {
  view.message = message;
  view.count = message.tokens.length;
  view.names = message.stages.map((stage) => stage.name);
  view.stages = Object.fromEntries(message.stages.map((stage) => [stage.name, prepare(stage, message.arrays[stage.name])]));
  // What was sent before the learner's last choice had arrived must not turn it back.
  if (message.heard >= (view.asked ?? 0) || !view.cell) [view.cell, view.pinned] = [message.cell, message.pinned];
  if (!fits(view, view.cell)) view.cell = message.cell;
  view.focus = focusOf(view, message.cell, view.focus);
  view.focus = focusOf(view, view.cell, view.focus);
  showHeads(view);
  build(view);
  if (view.drawn) layOut(view);
}

function prepare(stage, { values, shape: [rows, columns] }) {
  const finite = Number.isFinite;
  const limit = limitOf(values.filter(finite), columns > WIDE);
  const base = picture(values.map((value) => (finite(value) ? value : 0)), rows, columns, stage.scale, limit);
  return { ...stage, values, rows, columns, base, limit };
}

// A few numbers of a vector may be so large that all others look white beside them.
function limitOf(values, wide) {
  if (!wide) return largest(values);
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))];
}

function fits(view, [stage, row, column]) {
  const there = view.stages[stage];
  return there && row < there.rows && column < there.columns;
}

// Which query, key, column of a head and of a whole vector a cell stands for, on top of what was looked at before.
function focusOf(view, [stage, row, column], before) {
  const { headDim } = view.message;
  const focus = { query: 0, key: 0, unit: 0, column: 0, ...before };
  for (const part of ["query", "key"]) focus[part] = Math.min(focus[part], view.count - 1);
  focus.unit = Math.min(focus.unit, headDim - 1);
  focus.column = Math.min(focus.column, view.stages.x.columns - 1);
  focus[stage === "k" || stage === "v" ? "key" : "query"] = row;
  if (isSquare(stage)) focus.key = column;
  else if (stage === "joined") [focus.unit, focus.column] = [column % headDim, column];
  else focus[OF_HEAD.includes(stage) ? "unit" : "column"] = column;
  return focus;
}

function isSquare(stage) {
  return ["products", "scaled", "masked", "pattern"].includes(stage);
}

function cellIn(view, stage) {
  const { query, key, unit, column } = view.focus;
  if (isSquare(stage)) return [stage, query, key];
  if (stage === "k" || stage === "v") return [stage, key, unit];
  if (stage === "q" || stage === "heads") return [stage, query, unit];
  if (stage === "joined") return [stage, query, view.message.head * view.message.headDim + unit];
  return [stage, query, column];
}

function walk(view, direction) {
  const at = view.names.indexOf(view.cell[0]) + direction;
  if (view.names[at]) choose(view, cellIn(view, view.names[at]));
}

function choose(view, cell) {
  view.focus = focusOf(view, cell, view.focus);
  view.cell = cell;
  paint(view);
  report(view, "cell", [view.names.indexOf(cell[0]), cell[1], cell[2]]);
}

function report(view, name, value) {
  view.asked = Date.now();
  view.setStateValue(name, [...value, view.asked]);
}

function showHeads(view) {
  const { message, all } = view;
  view.root.querySelector(".choose").textContent = message.heading;
  const { values, shape: [count, size] } = message.arrays.small;
  if (all.children.length !== count) {
    all.replaceChildren(...Array.from({ length: count }, (_, head) => headButton(view, head)));
  }
  [...all.children].forEach((button, head) => {
    button.setAttribute("aria-pressed", head === message.head);
    button.classList.toggle("off", message.off.includes(head));
    [...button.querySelectorAll("span, small")].forEach((part, at) => (part.textContent = message.captions[head][at]));
    const base = picture(values.subarray(head * size * size, (head + 1) * size * size), size, size, "sequential", 255);
    const context = sharpContext(button.querySelector("canvas"), 64, 64);
    context.imageSmoothingEnabled = size > 64;
    context.drawImage(base, 0, 0, 64, 64);
  });
}

function headButton(view, head) {
  const button = document.createElement("button");
  button.type = "button";
  const parts = ["canvas", "span", "small", "small"].map((name) => document.createElement(name));
  parts[0].setAttribute("aria-hidden", "true");
  button.append(...parts);
  button.onclick = () => report(view, "head", [head]);
  return button;
}

