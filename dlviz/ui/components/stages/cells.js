// Which cell is looked at, what else of the picture belongs to it, and what it was computed from.

import { clampIndex } from "../shared/arrays.js";

const OF_HEAD = ["q", "k", "v", "heads"];

export function fits(view, [stage, row, column]) {
  const there = view.stages[stage];
  return there && row < there.rows && column < there.columns;
}

// Which query, key, column of a head and of a whole vector a cell stands for, on top of what was looked at before.
export function focusOf(view, [stage, row, column], before) {
  const { headDim } = view.message;
  const focus = { query: 0, key: 0, unit: 0, column: 0, ...before };
  for (const part of ["query", "key"]) focus[part] = clampIndex(focus[part], view.count);
  focus.unit = clampIndex(focus.unit, headDim);
  focus.column = clampIndex(focus.column, view.stages.x.columns);
  focus[stage === "k" || stage === "v" ? "key" : "query"] = row;
  if (isSquare(stage)) focus.key = column;
  else if (stage === "joined") [focus.unit, focus.column] = [column % headDim, column];
  else focus[OF_HEAD.includes(stage) ? "unit" : "column"] = column;
  return focus;
}

export function isSquare(stage) {
  return ["products", "scaled", "masked", "pattern"].includes(stage);
}

// The cell of a stage that belongs to what is looked at.
export function cellIn(view, stage) {
  const { query, key, unit, column } = view.focus;
  if (isSquare(stage)) return [stage, query, key];
  if (stage === "k" || stage === "v") return [stage, key, unit];
  if (stage === "q" || stage === "heads") return [stage, query, unit];
  if (stage === "joined") return [stage, query, view.message.head * view.message.headDim + unit];
  return [stage, query, column];
}

// -> [stage, first row, row after the last, first column, column after the last], all of it gone into the chosen cell.
export function sourcesOf(view) {
  const [stage, row, column] = view.cell;
  const { headDim, head } = view.message;
  const embed = view.stages.x.columns;
  const line = (name, at, end) => [name, at, at + 1, 0, end];
  if ("qkv".includes(stage)) return [line("x", row, embed)];
  if (stage === "products") return [line("q", row, headDim), line("k", column, headDim)];
  if (stage === "scaled") return [["products", row, row + 1, column, column + 1]];
  if (stage === "masked") return [["scaled", row, row + 1, column, column + 1]];
  if (stage === "pattern") return [line(view.stages.masked ? "masked" : "scaled", row, view.count)];
  if (stage === "heads") return [line("pattern", row, view.count), ["v", 0, view.count, column, column + 1]];
  if (stage === "joined" && Math.floor(column / headDim) === head) return [["heads", row, row + 1, column % headDim, (column % headDim) + 1]];
  if (stage === "added") return [["out", row, row + 1, column, column + 1], ["x", row, row + 1, column, column + 1]];
  return stage === "out" ? [line("joined", row, embed)] : [];
}
