// What follows a convolution in a network: ReLU and pooling of the result, and the result seen as a picture.

const PANELS = ["picture", "relu", "max_pool", "average_pool"];

function panelPixels(view, name) {
  if (name === "picture") return picturePixels(view, "output");
  return (value) => colourOf(value, "sequential", view.limit);
}

function sourceOfPanel(name) {
  return name === "picture" ? "output" : name;
}

function layOutPanels(view, width) {
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
    const base = document.createElement("canvas");
    if (grid.rows && grid.columns) {
      paintGrid(base, { ...grid, pixelOf: panelPixels(view, name), font: view.font });
    }
    canvas.hidden = !(grid.rows && grid.columns);
    return { ...grid, canvas, base };
  });
}

function newPanel() {
  const figure = document.createElement("figure");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  const note = document.createElement("p");
  note.className = "note";
  figure.append(document.createElement("figcaption"), canvas, note);
  return figure;
}

// The selected pixel, and what became of it.
function paintAfterOutlines(view) {
  const [row, column] = placeOf(view);
  for (const panel of view.panels) paintPanel(view, panel, row, column);
}

function paintPanel(view, { name, rows, columns, cell, canvas, base }, row, column) {
  if (canvas.hidden) return;
  const context = sharpContext(canvas, columns * cell, rows * cell);
  context.drawImage(base, 0, 0, columns * cell, rows * cell);
  if (view.message.whole) return;
  const pooled = name.endsWith("pool");
  const [y, x] = pooled ? [row >> 1, column >> 1] : [row, column];
  if (y < rows && x < columns) outline(context, x * cell, y * cell, cell, cell, 1.5);
}

function caption(figure, title, size) {
  const line = figure.querySelector("figcaption");
  const [strong, small] = [document.createElement("b"), document.createElement("span")];
  strong.textContent = title;
  small.textContent = size && ` ${size}`;
  line.replaceChildren(strong, small);
}
