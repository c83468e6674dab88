// The whole network in one view. Python sends every map as bytes; what is clicked goes back as
// `selection`: [stage, channel, row, col, time].

const WALLS = new WeakMap(); // parentElement -> {view, layout, hover, ...}: data changes call the function below again

export default function ({ parentElement, data, setStateValue }) {
  let wall = WALLS.get(parentElement);
  if (!wall) {
    wall = { root: parentElement, sheets: {} };
    WALLS.set(parentElement, wall);
    attach(wall);
  }
  wall.setStateValue = setStateValue;
  const message = unpack(data);
  receive(wall, message);
  const stop = onResize(parentElement.querySelector(".scene"), () => paint(wall));
  requestAnimationFrame(() => performance.mark("dlviz:painted", { detail: message.version }));
  return stop;
}

const FULL_COLOUR = {
  map: "full colour is each map's own largest value",
  stage: "full colour is the value written under each stage",
  all: "full colour is the value written under the stages, one for all maps",
};

function attach(wall) {
  const stops = PALETTE.scales.diverging.map(([, colour]) => colour);
  wall.root.querySelector("i.diverging").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
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
    if (found && !wall.view.empty && found.panel.kind !== "input") select(wall, found.panel, found.channel, found.row, found.col);
  });
  wall.canvas.addEventListener("keydown", (event) => move(wall, event));
}

function receive(wall, message) {
  const panels = message.panels.map((panel) => ({ ...panel, ...message.arrays[panel.name] }));
  // A message from before the learner's last choice had arrived must not turn it back.
  if (wall.sent > message.heard) Object.assign(message, { selected: wall.view.selected, boxes: {} });
  wall.view = { ...message, panels, limits: limitsOf(panels, message.scaling) };
  wall.view.round = panels.find((panel) => panel.name === message.selected.stage)?.round;
  wall.canvas.setAttribute("aria-label", message.alt);
  wall.root.querySelector(".full").textContent = FULL_COLOUR[message.scaling];
}

// name -> one limit a map, or one for the whole stage. Units of a layer always share a scale.
function limitsOf(panels, scaling) {
  const maps = panels.filter((panel) => panel.kind === "maps");
  const over = largestOf(maps.map((panel) => largest(panel.values)));
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

function largestOf(limits) {
  return limits.reduce((a, b) => Math.max(a, b), 0);
}

function paint(wall) {
  const width = wall.root.querySelector(".scene").clientWidth;
  const theme = {
    text: cssColour(wall.canvas, "--st-text-color"),
    font: cssColour(wall.canvas, "--st-font") || "sans-serif",
    line: "#8a939e66",
    faint: "#8a939e22",
    bar: PALETTE.scales.sequential[3][1],
  };
  Object.assign(wall.view, namesOf(wall.canvas.getContext("2d"), wall.view.classes, theme));
  wall.layout = layOut(wall.view.panels, width, wall.view.namesWidth);
  paintWall(sharpContext(wall.canvas, width, wall.layout.height), wall, theme);
}

function valueAt(panel, channel, row, col) {
  return panel.values[(channel * panel.shape[1] + row) * panel.shape[2] + col];
}

const COLOURS = ["red", "green", "blue"];

function describe(wall, { panel, channel, row, col }) {
  if (panel.kind === "bars") return wall.view.digits ? `the digit ${channel}` : wall.view.classes[channel];
  if (panel.kind === "units") return `${panel.name} · unit ${channel}`;
  const place = `row ${row}, column ${col}`;
  if (panel.kind === "input") return panel.shape[0] === 1 ? place : `${COLOURS[channel]} · ${place}`;
  return `${panel.name} · map ${channel} · ${place}`;
}

function hover(wall, found, event) {
  wall.pointed = found;
  wall.tip.hidden = !found || wall.view.empty;
  if (wall.tip.hidden) return;
  const { panel, channel, row, col } = found;
  const preview = wall.tip.querySelector("canvas");
  preview.hidden = panel.kind !== "maps";
  preview.style.display = preview.hidden ? "none" : "";
  if (!preview.hidden) magnify(wall, preview, found);
  const value = panel.kind === "bars" ? wall.view.probabilities[channel] : valueAt(panel, channel, row, col);
  wall.tip.querySelector("strong").textContent = short(value);
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
  const limits = wall.view.limits[panel.name];
  const values = panel.values.subarray(channel * height * width, (channel + 1) * height * width);
  const limit = limits.length > 1 ? limits[channel] : limits[0];
  context.drawImage(picture(values, height, width, panel.scale, limit), 0, 0, width * cell, height * cell);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(col * cell, row * cell, cell, cell);
}

function select(wall, panel, channel, row, col) {
  wall.view.selected = { stage: panel.name, channel, row, col };
  wall.view.round = panel.round;
  wall.view.boxes = {}; // until the server has said what the new unit sees
  paint(wall);
  wall.root.querySelector("#state").textContent =
    `${describe(wall, { panel, channel, row, col })}: ${short(panel.kind === "bars" ? wall.view.probabilities[channel] : valueAt(panel, channel, row, col))}`;
  wall.sent = Date.now();
  wall.setStateValue("selection", [panel.name, channel, row, col, wall.sent]);
}

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function move(wall, event) {
  const step = ARROWS[event.key];
  if (!step || wall.view.empty) return;
  event.preventDefault();
  const panels = wall.view.panels.filter((panel) => panel.kind !== "input");
  let { stage, channel, row, col } = wall.view.selected;
  let index = panels.findIndex((panel) => panel.name === stage);
  if (event.shiftKey) {
    index += step[1];
    channel += step[0];
  } else {
    row += step[0];
    col += step[1];
  }
  const panel = panels[Math.max(0, Math.min(panels.length - 1, index))];
  const within = (value, size) => Math.max(0, Math.min(size - 1, value));
  const [channels, height, width] = panel.shape;
  if (!event.shiftKey && panel.kind !== "maps") channel += step[0];
  select(wall, panel, within(channel, channels), within(row, height), within(col, width));
}
