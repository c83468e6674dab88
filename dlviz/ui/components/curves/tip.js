// The crosshair through all panels, and the values beside it.

import { cssColour } from "../shared/canvas.js";
import { element } from "../shared/elements.js";
import { PALETTE } from "../shared/palette.js";
import { MARGIN, WIDE } from "./layout.js";
import { newestBefore, styleOf, visible } from "./lines.js";
import { rule } from "./paint.js";
import { reading } from "./reading.js";

export function paintCrosshair(view, context) {
  const ink = cssColour(view.root, "--st-text-color") || "#222";
  for (const panel of view.panels) {
    const x = panel.x(view.at);
    context.strokeStyle = ink;
    context.lineWidth = 1;
    rule(context, panel.at === view.focus ? 0.8 : 0.4, x, panel.box.top, x, panel.box.bottom);
    for (const line of visible(view)) {
      if (line.panel !== panel.at || line.role === "raw") continue;
      const at = newestBefore(panel, line, view.at);
      if (at < 0) continue;
      context.fillStyle = styleOf(line.run).colour;
      context.beginPath();
      context.arc(panel.x(line.x[at]), panel.y(line.y[at]), 4, 0, 7);
      context.fill();
    }
  }
}

export function paintDrag(view, context) {
  const { panel, from, to } = view.drag;
  const [first, last] = [panel.value(from), panel.value(to)];
  context.fillStyle = PALETTE.accent;
  context.globalAlpha = 0.15;
  for (const { x, box } of view.panels) context.fillRect(x(first), box.top, x(last) - x(first), box.bottom - box.top);
  context.globalAlpha = 1;
}

export function showTip(view) {
  view.tip.hidden = view.at === null || Boolean(view.drag && view.drag.to !== view.drag.from);
  if (view.tip.hidden) return;
  const { title, groups, marks } = reading(view);
  const parts = [element("strong", title)];
  for (const { name, rows } of groups) {
    if (rows.length) parts.push(element("em", name), ...rows.map(row));
  }
  view.tip.replaceChildren(...parts, ...marks.map(row));
  const x = view.panels[view.focus].x(view.at);
  const room = view.tip.offsetWidth + 14;
  const left = x + room < view.width ? x + 14 : x - room;
  view.tip.style.left = `${Math.max(0, Math.min(left, view.width - view.tip.offsetWidth))}px`;
  view.tip.style.top = `${tipTop(view)}px`;
}

// Beside what is read where there is width for it, else under the panel, or above the last.
function tipTop(view) {
  const { box } = view.panels[view.focus];
  if (view.width >= WIDE) return box.top - MARGIN.top;
  const last = view.panels.length > 1 && view.focus === view.panels.length - 1;
  return last ? box.top - MARGIN.top - view.tip.offsetHeight : box.bottom + MARGIN.bottom;
}

function row({ run, text }) {
  const [line, tone] = [element("span", text), element("i")];
  tone.style.background = styleOf(run).colour;
  line.prepend(tone);
  return line;
}
