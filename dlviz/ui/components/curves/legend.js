// The runs as buttons that hide them, and what the kinds of lines mean.

import { cssColour, sharpContext } from "../shared/canvas.js";
import { button, element } from "../shared/elements.js";
import { MARKED, OPEN, styleOf } from "./lines.js";
import { dots, paintMarker, stroke } from "./paint.js";
import { paint } from "./picture.js";

const ROLES = {
  raw: (view) => (view.message.runs.length > 1 ? "each batch" : "training, each batch"),
  smooth: (view) => `${view.message.runs.length > 1 ? "" : "training, "}median of ${view.message.window} batches`,
  train: () => "training, mean over the epoch",
  known: () => "training, measured after the epoch",
  validation: () => "validation",
  test: () => "test",
};

export function showLegend(view) {
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
  const made = button("", () => toggle(view, made.dataset.label));
  made.append(element("canvas"), element("span"));
  return legend.appendChild(made);
}

function toggle(view, label) {
  if (!view.hidden.delete(label)) view.hidden.add(label);
  showLegend(view);
  paint(view);
}

function showRun(view, run, button, at) {
  button.dataset.label = run.label;
  button.querySelector("span").textContent = run.seeds > 1 ? `${run.label} (${run.seeds} seeds)` : run.label;
  button.setAttribute("aria-pressed", !view.hidden.has(run.label));
  swatch(button.querySelector("canvas"), "smooth", styleOf(at), true);
}

function swatch(canvas, role, style, marked = MARKED.includes(role)) {
  const context = sharpContext(canvas, 34, 12);
  context.strokeStyle = context.fillStyle = style.colour;
  if (role === "raw") return dots(context, 5, (i) => [4 + 6.5 * i, 6 + 3 * Math.sin(3 * i)]);
  if (!OPEN.includes(role)) stroke(context, role, style, 2, (i) => context.lineTo(2 + 30 * i, 6));
  if (marked) paintMarker(context, 17, 6, style.shape, !OPEN.includes(role));
}

export function showKey(view) {
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
  const part = element("span");
  if (draw) draw(part.appendChild(element("canvas")));
  part.append(text);
  return part;
}
