// What follows a convolution in a network: ReLU and pooling of the result, and the result seen as a picture.

import { sharpContext } from "../shared/canvas.js";
import { colourOf } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { cellFor, outline, paintAsFarAsMade, paintGrid } from "./grid.js";
import { picturePixels } from "./pixels.js";
import { matrix, placeOf } from "./places.js";

const PANELS = ["picture", "relu", "max_pool", "average_pool"];

function panelPixels(view, name) {
  if (name === "picture") return picturePixels(view, "output");
  return (value) => colourOf(value, "sequential", view.limit);
}

function sourceOfPanel(name) {
  return name === "picture" ? "output" : name;
}

export function layOutPanels(view, width) {
  const box = view.root.querySelector(".after");
  while (box.children.length < PANELS.length) box.append(newPanel());
  const column = (width - 18 * (view.narrow ? 1 : 3)) / (view.narrow ? 2 : 4);
  view.panelCell = Math.min(view.resultCell, cellFor(view.output.rows, view.output.columns, column, column * 1.2));
  view.panels = PANELS.map((name, index) => {
    const figure = box.children[index];
    const grid = { name, ...matrix(view, sourceOfPanel(name)), cell: view.panelCell };
    const { title, text, alt } = view.message.panels[name];
    caption(figure, title, `${grid.rows}×${grid.columns}`);
    figure.querySelector(".note").textContent = text;
    const canvas = figure.querySelector("canvas");
    canvas.setAttribute("aria-label", alt);
    const base = element("canvas");
    if (grid.rows && grid.columns) {
      paintGrid(base, { ...grid, pixelOf: panelPixels(view, name), font: view.font });
    }
    canvas.hidden = !(grid.rows && grid.columns);
    return { ...grid, canvas, base };
  });
}

function newPanel() {
  const [figure, canvas] = [element("figure"), element("canvas")];
  canvas.setAttribute("role", "img");
  figure.append(element("figcaption"), canvas, element("p", "", "note"));
  return figure;
}

// The selected pixel, and what became of it.
export function paintAfterOutlines(view) {
  const [row, column] = placeOf(view);
  for (const panel of view.panels) paintPanel(view, panel, row, column);
}

export function paintPanel(view, { name, rows, columns, cell, canvas, base }, row, column) {
  if (canvas.hidden) return;
  const context = sharpContext(canvas, columns * cell, rows * cell);
  const pooled = name.endsWith("pool");
  const made = placeOf(view, view.revealed - 1);
  paintAsFarAsMade(context, base, columns * cell, rows * cell, cell, pooled ? lastPooled(view, made) : made);
  if (view.message.whole) return;
  const [y, x] = pooled ? [row >> 1, column >> 1] : [row, column];
  if (y < rows && x < columns) outline(context, x * cell, y * cell, cell, cell, 1.5);
}

// The last pixel of a pooled map whose four are all made.
export function lastPooled({ output }, [row, column]) {
  if (row % 2 === 0) return [row / 2 - 1, output.columns];
  return [(row - 1) / 2, ((column + 1) >> 1) - 1];
}

export function caption(figure, title, size) {
  figure.querySelector("figcaption").replaceChildren(element("b", title), element("span", size && ` ${size}`));
}
