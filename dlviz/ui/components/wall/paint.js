// Draws the wall: headers, maps, units, the probabilities, and what is selected or switched off.

import { argmax } from "../shared/arrays.js";
import { clipped } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { HOVERED } from "../shared/hover.js";
import { probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { tileAt } from "./layout.js";

const LONGEST_NAME = 84; // px
const EDGE = 5; // px between a percentage and the outline round it

export function paintWall(context, layout, scene, theme) {
  for (const panel of layout.panels) {
    paintHeader(context, panel, layout, theme);
    if (panel.kind === "bars") paintBars(context, panel, scene, theme);
    else paintTiles(context, panel, scene, theme);
    if (panel.kind === "maps" || panel.kind === "units") paintFooter(context, panel, scene, theme);
  }
  if (scene.empty) return;
  paintSelection(context, layout, scene);
  if (scene.pointed) paintPointed(context, layout, scene.pointed);
}

function paintHeader(context, panel, { vertical, tight }, theme) {
  const { headerX: x, headerY: y } = panel;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillStyle = theme.text;
  context.font = `600 12.5px ${theme.font}`;
  context.fillText(panel.title, x, y + 2);
  const offset = vertical ? context.measureText(panel.title).width + 12 : 0;
  context.font = `${tight ? 9.5 : 11}px ${theme.font}`;
  context.globalAlpha = 0.85;
  if (vertical) {
    context.fillText([panel.size, panel.note].filter(Boolean).join(" · "), x + offset, y + 3);
  } else {
    context.fillText(panel.size, x, y + 18);
    if (!tight) context.fillText(panel.note ?? "", x, y + 32);
  }
  context.globalAlpha = 1;
}

// The value that has full colour.
function paintFooter(context, panel, scene, theme) {
  if (scene.empty || (scene.scaling === "map" && panel.kind === "maps")) return;
  const end = scene.ends[panel.name];
  context.font = `10.5px ${theme.font}`;
  context.globalAlpha = 0.7;
  context.fillStyle = theme.text;
  context.textBaseline = "top";
  context.fillText((panel.scale === "diverging" ? "±" : "") + short(end), panel.x, panel.y + panel.height + 5);
  context.globalAlpha = 1;
}

function paintTiles(context, panel, scene, theme) {
  const [channels, height, width] = panel.shape;
  const off = new Set(scene.off[panel.name] ?? []);
  const limits = scene.limits[panel.name];
  const sheet = (scene.sheets[panel.name] = sheetOf(panel, limits, scene.sheets[panel.name]));
  for (let channel = 0; channel < channels; channel++) {
    const [x, y] = tileAt(panel, channel);
    if (!scene.empty) context.drawImage(sheet, 0, channel * height, width, height, x, y, ...panel.tile);
    if (off.has(channel)) paintCross(context, x, y, panel.tile);
  }
  if (panel.kind === "units" && !scene.empty) return;
  context.strokeStyle = theme.line;
  context.lineWidth = 0.75;
  for (let channel = 0; channel < channels; channel++) {
    context.strokeRect(...tileAt(panel, channel), ...panel.tile);
  }
}

// All maps of a panel, one below the other: a canvas for each would take ten times as long.
// canvas: that of the last redraw, painted over in this one
function sheetOf({ values, shape: [channels, height, width], scale }, limits, canvas) {
  if (limits.length === 1) return picture(values, channels * height, width, scale, limits[0], canvas);
  const shares = values.map((value, index) => value / (limits[Math.floor(index / (height * width))] || 1));
  return picture(shares, channels * height, width, scale, 1, canvas);
}

function paintCross(context, x, y, [width, height]) {
  context.fillStyle = "#9aa3adcc";
  context.fillRect(x, y, width, height);
  context.strokeStyle = "#30363d";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + width, y + height);
  context.moveTo(x + width, y);
  context.lineTo(x, y + height);
  context.stroke();
}

// The classes' names, each cut to fit, and the width that they take.
export function namesOf(context, classes, theme) {
  context.font = `700 13px ${theme.font}`;
  const names = classes.map((name) => clipped(context, name, LONGEST_NAME));
  return { names, namesWidth: Math.max(8, ...names.map((name) => context.measureText(name).width)) };
}

function paintBars(context, panel, scene, theme) {
  const step = panel.height / panel.shape[0];
  const start = panel.x + scene.namesWidth + 8;
  const length = panel.width - scene.namesWidth - 68;
  const best = argmax(scene.probabilities);
  scene.probabilities.forEach((share, digit) => {
    const y = panel.y + digit * step;
    const middle = y + step / 2;
    context.textBaseline = "middle";
    context.fillStyle = theme.text;
    context.font = `${digit === best ? 700 : 400} 13px ${theme.font}`;
    context.fillText(scene.names[digit], panel.x, middle);
    context.fillStyle = theme.faint;
    context.fillRect(start, middle - 6, length, 12);
    context.fillStyle = theme.bar;
    context.fillRect(start, middle - 6, length * share, 12);
    if (scene.untouched) {
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      context.strokeRect(start, middle - 6, length * scene.untouched[digit], 12);
    }
    context.fillStyle = theme.text;
    context.textAlign = "right";
    context.font = `${digit === best ? 700 : 400} 12px ${theme.font}`;
    if (!scene.empty) context.fillText(probability(share), panel.x + panel.width - EDGE, middle);
    context.textAlign = "left";
  });
}

// The selected unit, the same map in the other stages of its round, and all that the unit can see.
function paintSelection(context, layout, scene) {
  const { selected } = scene;
  for (const panel of layout.panels) {
    if (panel.kind === "bars") {
      if (selected.stage === panel.name) outlineBar(context, panel, selected.channel);
      continue;
    }
    const box = scene.boxes[panel.name];
    context.globalAlpha = panel.kind === "input" ? 1 : 0.4;
    if (box) for (let channel = 0; channel < panel.shape[0]; channel++) outlineBox(context, panel, channel, box, 1);
    context.globalAlpha = 1;
    const related = panel.round !== null && panel.round === scene.round;
    if (selected.stage === panel.name || related) outlineTile(context, panel, selected.channel);
    if (selected.stage === panel.name && panel.kind === "maps") {
      paintLines(context, layout, panel, selected, scene.boxes, PALETTE.accent);
    }
    if (selected.stage === panel.name) {
      const { row, col } = selected;
      if (panel.kind === "maps") outlineBox(context, panel, selected.channel, [row, row + 1, col, col + 1], 1.5);
    }
  }
}

// What the unit under the pointer reads, and the part of the drawing that it sees.
function paintPointed(context, layout, { unit, boxes }) {
  const panel = layout.panels.find(({ name }) => name === unit.stage);
  const before = layout.panels[layout.panels.indexOf(panel) - 1];
  if (!before || !boxes[before.name]) return;
  const [input] = layout.panels;
  for (let read = 0; read < before.shape[0]; read++) {
    if (panel.mixes || read === unit.channel) outlineBox(context, before, read, boxes[before.name], 1.5, HOVERED);
  }
  for (let colour = 0; colour < input.shape[0]; colour++) outlineBox(context, input, colour, boxes[input.name], 1.5, HOVERED);
  paintLines(context, layout, panel, unit, boxes, HOVERED);
  outlineBox(context, panel, unit.channel, [unit.row, unit.row + 1, unit.col, unit.col + 1], 2, HOVERED);
}

// From a unit to what it reads: of every map, or of its own where channels are kept apart.
function paintLines(context, layout, panel, { channel, row, col }, boxes, colour) {
  const before = layout.panels[layout.panels.indexOf(panel) - 1];
  const box = before && boxes[before.name];
  if (!box) return;
  const [x, y] = middleOf(panel, channel, [row, row + 1, col, col + 1]);
  const apart = !panel.mixes;
  context.globalAlpha = apart || before.shape[0] === 1 ? 0.9 : 0.25;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let read = 0; read < before.shape[0]; read++) {
    if (apart && read !== channel) continue;
    context.moveTo(...middleOf(before, read, box));
    context.lineTo(x, y);
  }
  context.stroke();
  context.globalAlpha = 1;
}

function middleOf(panel, channel, [top, bottom, left, right]) {
  const [x, y] = tileAt(panel, channel);
  const [, height, width] = panel.shape;
  return [x + ((left + right) / 2 / width) * panel.tile[0], y + ((top + bottom) / 2 / height) * panel.tile[1]];
}

function outlineTile(context, panel, channel) {
  const [x, y] = tileAt(panel, channel);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 1, panel.tile[0] + 2, panel.tile[1] + 2);
}

function outlineBox(context, panel, channel, [top, bottom, left, right], lineWidth, colour = PALETTE.accent) {
  const [x, y] = tileAt(panel, channel);
  const [stepX, stepY] = [panel.tile[0] / panel.shape[2], panel.tile[1] / panel.shape[1]];
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.strokeRect(x + left * stepX, y + top * stepY, (right - left) * stepX, (bottom - top) * stepY);
}

function outlineBar(context, panel, channel) {
  const step = panel.height / panel.shape[0];
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(panel.x - 4, panel.y + channel * step + 1, panel.width + 3, step - 2);
}
