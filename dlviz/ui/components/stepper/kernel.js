// The kernel as a grid of fields. What is typed goes to Python as texts, and comes back as numbers.

import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { lettering, numberSize } from "./grid.js";

export function showKernel(view) {
  const { kernel, cells, problem } = view.message;
  const [rows, columns] = kernel.shape;
  const box = view.root.querySelector(".cells");
  const context = view.canvases.window.getContext("2d");
  const { texts, size } = lettering(context, kernel.values, numberSize(view.tapCell), view.tapCell - 4, view.font);
  box.style.fontSize = `${size}px`;
  box.style.gridTemplateColumns = `repeat(${columns}, var(--cell))`;
  const resized = box.children.length !== rows * columns;
  while (box.children.length > rows * columns) box.lastChild.remove();
  while (box.children.length < rows * columns) box.append(newField(view));
  // What was typed stays until Python has read it, and as long as it cannot.
  const kept = !resized && view.typedAt && (problem || view.message.heard < view.typedAt);
  [...box.children].forEach((field, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    field.setAttribute("aria-label", `Kernel row ${row + 1}, column ${column + 1}`);
    if (!kept) show(field, cells[row][column], texts[index]);
    const valid = looksRight(field.dataset.text);
    field.setAttribute("aria-invalid", String(!valid));
    if (!kept) paint(field, view, kernel.values[index]); // else it keeps its colour until it is read
  });
}

// text: the number in full, which the field holds while it is typed in; shown: as much of it as there is room for.
function show(field, text, shown) {
  const focused = field.getRootNode().activeElement === field;
  const touched = focused && field.value !== field.dataset.text;
  Object.assign(field.dataset, { text, shown });
  if (!touched) field.value = focused ? text : shown;
}

function paint(field, view, value) {
  const pixel = colourOf(value, "diverging", view.kernelLimit);
  field.style.background = cssOf(pixel);
  field.style.color = inkOn(pixel);
}

const SIGN = "[-+−–‐‑]?";
const THOUSANDS_OR_DECIMAL = new RegExp(`^\\s*${SIGN}[1-9]\\d{0,2},\\d{3}\\s*$`);
const NUMBER = new RegExp(`^\\s*${SIGN}(\\d[\\d\\s'’]*([.,]\\d*)?|[.,]\\d+|\\d*[¼-¾⅐-⅞])(e${SIGN}\\d+|\\s*[/⁄]\\s*[1-9]\\d*)?\\s*$`, "i");

// Python decides; this only shows where to look.
function looksRight(text) {
  return NUMBER.test(text) && !THOUSANDS_OR_DECIMAL.test(text);
}

function newField(view) {
  const field = Object.assign(element("input"), { type: "text", inputMode: "text", autocomplete: "off", maxLength: 24 });
  field.addEventListener("focus", () => {
    field.value = field.dataset.text;
    field.select();
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
  field.addEventListener("blur", () => leave(view, field));
  return field;
}

// The other cells are sent as they were typed, whether Python has read them or not.
function leave(view, field) {
  if (field.value === field.dataset.text) {
    field.value = field.dataset.shown;
    return;
  }
  field.dataset.text = field.dataset.shown = field.value;
  const [rows, columns] = view.message.kernel.shape;
  const texts = [...view.root.querySelectorAll(".cells input")].map((f) => f.dataset.text);
  const cells = Array.from({ length: rows }, (_, row) => texts.slice(row * columns, (row + 1) * columns));
  view.typedAt = ++view.reports;
  view.setStateValue("kernel", [...cells, view.typedAt]);
}
