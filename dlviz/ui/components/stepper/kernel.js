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
  while (box.children.length > rows * columns) box.lastChild.remove();
  while (box.children.length < rows * columns) box.append(newField(view));
  [...box.children].forEach((field, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    field.setAttribute("aria-label", `Kernel row ${row + 1}, column ${column + 1}`);
    field.dataset.text = cells[row][column];
    field.dataset.shown = texts[index];
    // A message that was on its way when a bad number was sent is not the answer to it.
    if (!problem && field.dataset.sent && !looksRight(field.value)) return;
    delete field.dataset.sent;
    if (!problem) fill(field, view, kernel.values[index]);
    else field.setAttribute("aria-invalid", String(!looksRight(field.value)));
  });
}

function fill(field, view, value) {
  const pixel = colourOf(value, "diverging", view.kernelLimit);
  field.style.background = cssOf(pixel);
  field.style.color = inkOn(pixel);
  field.removeAttribute("aria-invalid");
  if (field.getRootNode().activeElement !== field) field.value = field.dataset.shown;
}

// Python decides; this only shows where to look.
function looksRight(text) {
  return /^\s*[-+−]?(\d+([.,]\d*)?|[.,]\d+)(\/[1-9]\d*)?\s*$/.test(text);
}

function newField(view) {
  const field = Object.assign(element("input"), { type: "text", inputMode: "text", autocomplete: "off", maxLength: 14 });
  field.addEventListener("focus", () => {
    if (field.getAttribute("aria-invalid") !== "true") field.value = field.dataset.text;
    field.select();
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
  field.addEventListener("blur", () => leave(view, field));
  return field;
}

function leave(view, field) {
  if (field.value === field.dataset.text && !view.message.problem) {
    field.value = field.dataset.shown;
    return;
  }
  const [rows, columns] = view.message.kernel.shape;
  const fields = [...view.root.querySelectorAll(".cells input")];
  // A field that was not touched shows few digits; its exact text is the one to send.
  const text = (f) => (f === field || f.getAttribute("aria-invalid") === "true" ? f.value : f.dataset.text);
  const cells = Array.from({ length: rows }, (_, row) => fields.slice(row * columns, (row + 1) * columns).map(text));
  field.dataset.sent = "yes";
  view.setStateValue("kernel", [...cells, ++view.reports]);
}
