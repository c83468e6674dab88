// What the curves say at a place of their axis.

import { short } from "../shared/numbers.js";
import { newestBefore, visible } from "./lines.js";
import { ALL, written } from "./paint.js";

const NAMES = { raw: "batch", smooth: "median", train: "training", known: "training", validation: "validation", test: "test", value: "" };

// What the curves say where the reading is: of each line its newest value there.
export function reading(view) {
  const { runs, marks } = view.message;
  const few = runs.length <= ALL;
  const shown = few ? view.panels : [view.panels[view.focus]];
  const groups = shown.map((panel) => ({
    name: panel.title,
    rows: runs.map((run, at) => ({ run: at, text: values(view, panel, at) })).filter(({ text }) => text),
  }));
  const near = 6 / Math.abs(view.panels[0].x(1) - view.panels[0].x(0));
  const told = marks
    .filter((mark) => Math.abs(mark.x - view.at) <= near && !view.hidden.has(runs[mark.run].label))
    .map((mark) => ({ run: mark.run, text: runs.length > 1 ? `${runs[mark.run].label}: ${mark.label}` : mark.label }));
  return { title: `${view.message.unit} ${position(view)}`, groups, marks: told };
}

function position(view) {
  return view.message.unit === "step" ? String(Math.round(view.at)) : short(view.at);
}

function values(view, panel, run) {
  const parts = visible(view)
    .filter((line) => line.run === run && line.panel === panel.at)
    .map((line) => [line, newestBefore(panel, line, view.at)])
    .filter(([, at]) => at >= 0)
    .map(([line, at]) => `${NAMES[line.role]} ${exact(panel, line, at)}`.trim());
  const label = view.message.runs.length > 1 ? `${view.message.runs[run].label}: ` : "";
  return parts.length ? label + parts.join(", ") : "";
}

function exact(panel, line, at) {
  const value = written(panel, line.y[at]);
  if (!line.low || line.low[at] === line.high[at]) return value;
  return `${value} (${written(panel, line.low[at])} to ${written(panel, line.high[at])})`;
}
