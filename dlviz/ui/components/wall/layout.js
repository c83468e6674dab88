// Where every map of every stage stands. A panel is a stage; its tiles are its maps, or its units.

import { clampIndex } from "../shared/arrays.js";

const GAP = 2; // between tiles
const EDGE = 4; // room for an outline at the rim, where the flow runs from top to bottom
const ROOMY = { between: 16, narrowest: 42 }; // px between panels, and what a header needs
const TIGHT = { between: 8, narrowest: 34 };
const HEADER = 52;
const FOOTER = 20; // the scale's end, below the maps
const BARS = 102; // the output's width beside its names
const BAR = 17; // the least height of a bar
const UNIT = 5; // a unit that has no map
const DRAWING = 28; // pixels of a digit
const SMALLEST = 22; // px of a map as wide as the drawing; where less would fit, the flow breaks into rows
const PHONE = 480; // px of a page on which it runs from top to bottom

// names: the width of the classes' names
// -> {panels: [{...panel, x, y, width, height, tile: [w, h], columns}], width, height, vertical}
export function layOut(panels, width, names) {
  const fewer = panels.map((panel) => (panel.kind === "maps" ? { ...panel, columns: Math.ceil(0.7 * panel.columns) } : panel));
  const oneRow = () =>
    rightwards(panels, width, names, ROOMY) ?? rightwards(fewer, width, names, ROOMY) ?? rightwards(panels, width, names, TIGHT);
  if (width < PHONE) return downwards(panels, width);
  return oneRow() ?? inTwoRows(panels, width, names) ?? downwards(panels, width);
}

// The drawing and the first round above, all that follows below.
function inTwoRows(panels, width, names) {
  const first = panels.findIndex(({ round }) => round > 1);
  const rows = [panels.slice(0, first), panels.slice(first)].map((row) => rightwards(row, width, names, TIGHT));
  if (!rows.every(Boolean)) return null;
  const [above, below] = rows;
  const moved = below.panels.map((panel) => ({ ...panel, y: panel.y + above.height, headerY: above.height }));
  return { ...above, panels: [...above.panels, ...moved], height: above.height + below.height };
}

function tileSize(panel, scale) {
  const [, height, mapWidth] = panel.shape;
  if (panel.kind === "units") return [UNIT, UNIT];
  const factor = panel.kind === "input" ? 2 : 1;
  return [mapWidth * scale * factor, height * scale * factor];
}

function measured(panel, scale, columns) {
  const tile = tileSize(panel, scale);
  const rows = Math.ceil(panel.shape[0] / columns);
  return { ...panel, tile, columns, width: columns * (tile[0] + GAP) - GAP, height: rows * (tile[1] + GAP) - GAP };
}

// null where the width does not do
function rightwards(panels, width, names, { between, narrowest }) {
  const at = (scale) =>
    panels.map((panel) =>
      panel.kind === "bars" ? { ...panel, width: BARS + names, height: 0 } : measured(panel, scale, panel.columns));
  const slot = (panel) => Math.max(panel.width, narrowest);
  const total = (placed) => placed.reduce((sum, panel) => sum + slot(panel), 0) + between * (panels.length - 1);
  let scale = 2; // the largest that fits the page
  while (total(at(scale)) > width) {
    scale -= 0.01;
    if (scale * DRAWING < SMALLEST) return null;
  }
  const placed = at(scale);
  const bars = ({ shape }) => BAR * shape[0];
  const tallest = Math.max(...placed.map((panel) => (panel.kind === "bars" ? bars(panel) : panel.height)));
  let x = 0;
  for (const panel of placed) {
    if (panel.kind === "bars") panel.height = Math.max(bars(panel), Math.min(tallest, 300, 40 * panel.shape[0]));
    Object.assign(panel, { x, y: HEADER + (tallest - panel.height) / 2, headerX: x, headerY: 0 });
    x += slot(panel) + between;
  }
  return { panels: placed, width, height: HEADER + tallest + FOOTER, vertical: false, tight: narrowest === TIGHT.narrowest };
}

function downwards(panels, width) {
  let y = 0;
  const placed = panels.map((panel) => {
    const scale = panel.kind === "input" ? 2 : panel.shape[2] >= 28 ? 1.25 : 1.5;
    const [tileWidth] = tileSize(panel, scale);
    const columns = Math.max(1, Math.min(panel.shape[0], Math.floor((width - 2 * EDGE + GAP) / (tileWidth + GAP))));
    const box = panel.kind === "bars" ? { ...panel, width: width - EDGE, height: Math.max(120, 22 * panel.shape[0]) } : measured(panel, scale, columns);
    const result = { ...box, x: EDGE, y: y + 24, headerX: 0, headerY: y };
    y += 24 + box.height + FOOTER + 14;
    return result;
  });
  return { panels: placed, width, height: y, vertical: true };
}

// The corner of a panel's tile.
export function tileAt(panel, index) {
  return [
    panel.x + (index % panel.columns) * (panel.tile[0] + GAP),
    panel.y + Math.floor(index / panel.columns) * (panel.tile[1] + GAP),
  ];
}

// What stands at a place: {panel, channel, row, col}, or null.
export function hit(layout, x, y) {
  const panel = layout.panels.find(
    (p) => x >= p.x && x < p.x + p.width && y >= p.y - 1 && y < p.y + p.height + 1);
  if (!panel) return null;
  if (panel.kind === "bars") {
    const channel = Math.floor(((y - panel.y) / panel.height) * panel.shape[0]);
    return { panel, channel: clampIndex(channel, panel.shape[0]), row: 0, col: 0 };
  }
  const column = Math.floor((x - panel.x) / (panel.tile[0] + GAP));
  const channel = Math.floor((y - panel.y) / (panel.tile[1] + GAP)) * panel.columns + column;
  if (channel < 0 || channel >= panel.shape[0]) return null;
  const [left, top] = tileAt(panel, channel);
  const [, rows, columns] = panel.shape;
  return {
    panel,
    channel,
    row: clampIndex(Math.floor(((y - top) / panel.tile[1]) * rows), rows),
    col: clampIndex(Math.floor(((x - left) / panel.tile[0]) * columns), columns),
  };
}
