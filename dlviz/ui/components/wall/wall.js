// The whole network in one view. Python sends every map as bytes; what is clicked goes back as
// `selection`: [stage, channel, row, col, time].

import { clampIndex, largest } from "../shared/arrays.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { knowsChoice, noteChoice, sendChoice } from "../shared/choices.js";
import { picture } from "../shared/colour.js";
import { followUnit } from "../shared/hover.js";
import { onArrows } from "../shared/keys.js";
import { mount } from "../shared/mount.js";
import { certain, probability, short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { fieldsOf } from "./fields.js";
import { hit, layOut } from "./layout.js";
import { namesOf, paintWall } from "./paint.js";

export default mount({ create, receive, draw: paint });

const FULL_COLOUR = {
  map: "full colour is each map's own largest value",
  stage: "full colour is the value written under each stage",
  all: "full colour is the value written under the stages, one for all maps",
};

function create(wall) {
  wall.root.querySelector("i.diverging").style.background = `linear-gradient(to right, ${PALETTE.scales.diverging.join(", ")})`;
  wall.canvas = wall.root.querySelector(".scene > canvas");
  wall.tip = wall.root.querySelector(".tip");
  const place = (event) => {
    const box = wall.canvas.getBoundingClientRect();
    return hit(wall.layout, event.clientX - box.left, event.clientY - box.top);
  };
  wall.canvas.addEventListener("pointermove", (event) => hover(wall, place(event), event));
  wall.canvas.addEventListener("pointerleave", () => hover(wall, null));
  wall.canvas.addEventListener("click", (event) => {
    // A click's place is rounded to whole pixels of the window: what the tip has named is what is meant.
    const found = wall.pointed ?? place(event);
    if (found && !wall.scene.empty && found.panel.kind !== "input") select(wall, found.panel, found.channel, found.row, found.col);
  });
  followUnit(wall, (unit) => {
    if (!wall.scene.empty) point(wall, unit);
  });
  onArrows(wall.canvas, (rows, columns, event) => move(wall, [rows, columns], event.shiftKey));
}

function receive(wall, message) {
  const panels = message.panels.map((panel) => ({ ...panel, ...message.arrays[panel.name] }));
  if (!knowsChoice(wall, message)) message.selected = wall.scene.selected;
  const sheets = wall.scene?.sheets ?? {}; // stage's name -> the canvas of its maps
  const boxes = fieldsOf(panels, message.selected);
  wall.scene = { ...message, panels, sheets, boxes, pointed: null, limits: limitsOf(panels, message.scaling) };
  wall.scene.round = panels.find((panel) => panel.name === message.selected.stage)?.round ?? null;
  wall.canvas.setAttribute("aria-label", message.alt);
  wall.root.querySelector(".full").textContent = FULL_COLOUR[message.scaling];
}

// name -> one limit a map, or one for the whole stage. Units of a layer always share a scale.
function limitsOf(panels, scaling) {
  const maps = panels.filter((panel) => panel.kind === "maps");
  const over = largest(maps.map((panel) => largest(panel.values)));
  return Object.fromEntries(
    panels.map((panel) => {
      if (panel.kind === "input") return [panel.name, [1]];
      if (panel.kind !== "maps" || scaling === "stage") return [panel.name, [largest(panel.values)]];
      if (scaling === "all") return [panel.name, [over]];
      const size = panel.shape[1] * panel.shape[2];
      const each = Array.from({ length: panel.shape[0] }, (_, i) => largest(panel.values.subarray(i * size, (i + 1) * size)));
      return [panel.name, each];
    }),
  );
}

function paint(wall) {
  const width = wall.root.clientWidth;
  wall.theme = {
    text: cssColour(wall.canvas, "--st-text-color"),
    font: cssColour(wall.canvas, "--st-font") || "sans-serif",
    line: "#8a939e66",
    faint: "#8a939e22",
    bar: PALETTE.scales.sequential[3],
  };
  Object.assign(wall.scene, namesOf(wall.canvas.getContext("2d"), wall.scene.classes, wall.theme));
  wall.layout = layOut(wall.scene.panels, width, wall.scene.namesWidth);
  repaint(wall);
  requestAnimationFrame(() => performance.mark("dlviz:painted", { detail: wall.scene.version }));
}

function repaint(wall) {
  const { layout } = wall;
  paintWall(sharpContext(wall.canvas, layout.width, layout.height), layout, wall.scene, wall.theme);
}

// Lights up what a unit reads: {stage, channel, row, col}, or null.
function point(wall, unit) {
  if (JSON.stringify(unit) === JSON.stringify(wall.scene.pointed?.unit ?? null)) return;
  wall.scene.pointed = unit && { unit, boxes: fieldsOf(wall.scene.panels, unit) };
  repaint(wall);
}

function valueOf(wall, { panel, channel, row, col }) {
  if (panel.kind === "bars") return wall.scene.probabilities[channel];
  return panel.values[(channel * panel.shape[1] + row) * panel.shape[2] + col];
}

// The maps come in half precision, which often leaves the third digit open.
function written(wall, found) {
  const value = valueOf(wall, found);
  if (found.panel.kind === "bars") return probability(value);
  return found.panel.kind === "input" ? short(value) : certain(value);
}

const COLOURS = ["red", "green", "blue"];

function describe(wall, { panel, channel, row, col }) {
  if (panel.kind === "bars") return wall.scene.digits ? `the digit ${channel}` : wall.scene.classes[channel];
  if (panel.kind === "units") return `${panel.title} · unit ${channel}`;
  const place = `row ${row}, column ${col}`;
  if (panel.kind === "input") return panel.shape[0] === 1 ? place : `${COLOURS[channel]} · ${place}`;
  return `${panel.title} · map ${channel} · ${place}`;
}

function hover(wall, found, event) {
  wall.pointed = found;
  wall.tip.hidden = !found || wall.scene.empty;
  point(wall, wall.tip.hidden ? null : { stage: found.panel.name, channel: found.channel, row: found.row, col: found.col });
  if (wall.tip.hidden) return;
  const { panel } = found;
  const preview = wall.tip.querySelector("canvas");
  preview.hidden = panel.kind !== "maps";
  preview.style.display = preview.hidden ? "none" : "";
  if (!preview.hidden) magnify(wall, preview, found);
  wall.tip.querySelector("strong").textContent = written(wall, found);
  wall.tip.querySelector("span").textContent = describe(wall, found);
  const scene = wall.root.querySelector(".scene").getBoundingClientRect();
  const [x, y] = [event.clientX - scene.left, event.clientY - scene.top];
  const { offsetWidth: width, offsetHeight: height } = wall.tip;
  wall.tip.style.left = `${Math.max(0, x + 18 + width > scene.width ? x - width - 14 : x + 18)}px`;
  wall.tip.style.top = `${Math.max(0, Math.min(y + 14, scene.height - height))}px`;
}

function magnify(wall, preview, { panel, channel, row, col }) {
  const [, height, width] = panel.shape;
  const cell = Math.floor(112 / width);
  const context = sharpContext(preview, width * cell, height * cell);
  const limits = wall.scene.limits[panel.name];
  const values = panel.values.subarray(channel * height * width, (channel + 1) * height * width);
  const limit = limits.length > 1 ? limits[channel] : limits[0];
  context.drawImage(picture(values, height, width, panel.scale, limit), 0, 0, width * cell, height * cell);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(col * cell, row * cell, cell, cell);
}

function select(wall, panel, channel, row, col) {
  const chosen = { panel, channel, row, col };
  wall.scene.selected = { stage: panel.name, channel, row, col };
  wall.scene.round = panel.round;
  wall.scene.boxes = fieldsOf(wall.scene.panels, wall.scene.selected);
  paint(wall);
  wall.root.querySelector("#state").textContent =
    `${describe(wall, chosen)}: ${written(wall, chosen)}`;
  noteChoice(wall);
  sendChoice(wall, "selection", [panel.name, channel, row, col]);
}

// To the next pixel, or unit; with Shift to another stage or map.
function move(wall, [rows, columns], wide) {
  if (wall.scene.empty) return;
  const panels = wall.scene.panels.filter((panel) => panel.kind !== "input");
  let { channel, row, col } = wall.scene.selected;
  let index = panels.findIndex((panel) => panel.name === wall.scene.selected.stage);
  const [, rowsBefore, columnsBefore] = panels[index]?.shape ?? [1, 1, 1];
  if (wide) {
    index += columns;
    channel += rows;
  } else {
    row += rows;
    col += columns;
  }
  const panel = panels[clampIndex(index, panels.length)];
  const [channels, height, width] = panel.shape;
  if (!wide && panel.kind !== "maps") channel += rows;
  if (wide) {
    // The same place on larger or smaller maps.
    row = Math.floor((row * height) / rowsBefore);
    col = Math.floor((col * width) / columnsBefore);
  }
  select(wall, panel, clampIndex(channel, channels), clampIndex(row, height), clampIndex(col, width));
}
