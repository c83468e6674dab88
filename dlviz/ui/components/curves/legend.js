// The runs as buttons that hide them, and what the kinds of lines mean.

const ROLES = {
  raw: (view) => (view.message.runs.length > 1 ? "each batch" : "training, each batch"),
  smooth: (view) => `${view.message.runs.length > 1 ? "" : "training, "}smoothed over ${view.message.window} batches`,
  train: () => "training, each epoch",
  validation: () => "validation",
  test: () => "test",
};

function showLegend(view) {
  const { runs } = view.message;
  const legend = view.root.querySelector(".legend");
  const now = JSON.stringify([runs, [...view.hidden]]);
  if (view.legend === now) return;
  view.legend = now;
  while (legend.children.length > runs.length || (runs.length < 2 && legend.firstChild)) legend.lastChild.remove();
  if (runs.length > 1) runs.forEach((run, at) => showRun(view, run, legend.children[at] ?? newButton(view, legend), at));
}

// A button once made stays, so that it keeps the keyboard's focus when data arrive.
function newButton(view, legend) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("canvas"), document.createElement("span"));
  button.onclick = () => toggle(view, button.dataset.label);
  return legend.appendChild(button);
}

function showRun(view, run, button, at) {
  button.dataset.label = run.label;
  button.querySelector("span").textContent = run.seeds > 1 ? `${run.label} (${run.seeds} seeds)` : run.label;
  button.setAttribute("aria-pressed", !view.hidden.has(run.label));
  swatch(button.querySelector("canvas"), "smooth", styleOf(at), true);
}

function swatch(canvas, role, style, marked = MARKED.includes(role)) {
  const context = sharpContext(canvas, 34, 12);
  if (role !== "train") stroke(context, role, style, 2, (i) => context.lineTo(2 + 30 * i, 6));
  context.strokeStyle = context.fillStyle = style.colour;
  if (marked) paintMarker(context, 17, 6, style.shape, role !== "train");
}

function showKey(view) {
  const { lines, runs, bands } = view.message;
  const roles = Object.keys(ROLES).filter((role) => lines.some((line) => line.role === role));
  const texts = roles.map((role) => ROLES[role](view));
  const ink = cssColour(view.root, "--st-text-color");
  const now = JSON.stringify([texts, runs.length, bands, ink]);
  if (view.key === now) return;
  view.key = now;
  const style = runs.length > 1 ? { colour: ink, dash: [], shape: "circle" } : styleOf(0);
  const parts = roles.map((role, at) => entry(texts[at], (canvas) => swatch(canvas, role, style)));
  if (bands) parts.push(entry("line: mean of the seeds, shade: their range"));
  view.root.querySelector(".key").replaceChildren(...parts);
}

function entry(text, draw) {
  const part = document.createElement("span");
  if (draw) draw(part.appendChild(document.createElement("canvas")));
  part.append(text);
  return part;
}
