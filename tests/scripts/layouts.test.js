import assert from "node:assert/strict";
import test from "node:test";

import { layOut as layOutCurves, panelAt, ticks, decades } from "../../dlviz/ui/components/curves/layout.js";
import { newestBefore } from "../../dlviz/ui/components/curves/lines.js";
import { reading } from "../../dlviz/ui/components/curves/reading.js";
import { limitsOf } from "../../dlviz/ui/components/machine/panels.js";
import { forgetOldest, untouched, visible } from "../../dlviz/ui/components/pad/paper.js";
import { namedTokens } from "../../dlviz/ui/components/shared/token_names.js";
import { cellIn, fits, focusOf, sourcesOf } from "../../dlviz/ui/components/stages/cells.js";
import { centredOn, lastIndex, matrix, onPicture, placeOf, windowValues } from "../../dlviz/ui/components/stepper/places.js";
import { memoryOf, sharesOf } from "../../dlviz/ui/components/timeline/memory.js";
import { hit, layOut as layOutWall, tileAt } from "../../dlviz/ui/components/wall/layout.js";

// ---- the wall

const PANELS = [
  { name: "input", kind: "input", shape: [1, 28, 28], columns: 1 },
  { name: "conv", kind: "maps", shape: [32, 28, 28], columns: 4 },
  { name: "pool", kind: "maps", shape: [32, 14, 14], columns: 2 },
  { name: "linear", kind: "units", shape: [256, 1, 1], columns: 6 },
  { name: "output", kind: "bars", shape: [10, 1, 1], columns: 1 },
];

test("the wall's panels stand side by side within the width, and do not overlap", () => {
  for (const width of [900, 1200, 1900]) {
    const { panels, vertical } = layOutWall(PANELS, width, 12);
    assert.equal(vertical, false);
    panels.slice(1).forEach((panel, at) => assert.ok(panel.x >= panels[at].x + panels[at].width, panel.name));
    assert.ok(panels.at(-1).x + panels.at(-1).width <= width);
  }
});

test("on a phone the wall's panels stand one below the other", () => {
  const { panels, vertical, height } = layOutWall(PANELS, 360, 12);
  assert.equal(vertical, true);
  panels.slice(1).forEach((panel, at) => assert.ok(panel.headerY >= panels[at].y + panels[at].height, panel.name));
  for (const panel of panels) assert.ok(panel.width <= 360);
  assert.ok(panels.at(-1).y + panels.at(-1).height <= height);
});

test("what stands in the middle of a pixel of a map is found there", () => {
  for (const width of [1200, 360]) {
    const layout = layOutWall(PANELS, width, 12);
    for (const panel of layout.panels.filter(({ kind }) => kind !== "bars")) {
      const [channels, rows, columns] = panel.shape;
      for (const [channel, row, col] of [[0, 0, 0], [channels - 1, rows - 1, columns - 1], [channels >> 1, rows >> 1, 0]]) {
        const [left, top] = tileAt(panel, channel);
        const x = left + ((col + 0.5) * panel.tile[0]) / columns;
        const y = top + ((row + 0.5) * panel.tile[1]) / rows;
        assert.deepEqual(hit(layout, x, y), { panel, channel, row, col });
      }
    }
    assert.equal(hit(layout, -5, 10), null);
  }
});

test("each bar of the output is found by its height", () => {
  const layout = layOutWall(PANELS, 1200, 12);
  const panel = layout.panels.at(-1);
  const at = (share) => hit(layout, panel.x + 5, panel.y + share * panel.height).channel;
  assert.deepEqual([0.05, 0.55, 0.999].map(at), [0, 5, 9]);
});

// ---- step by step through a convolution

// A picture of 6×8 with a frame of padding, a 3×3 kernel, every second pixel read.
function stepper({ stride = 2, dilation = 1, padding = 1, channel = 0 } = {}) {
  const [rows, columns] = [8, 10];
  const size = (length) => Math.floor((length - ((3 - 1) * dilation + 1)) / stride) + 1;
  const [outputRows, outputColumns] = [size(rows), size(columns)];
  const padded = { shape: [2, rows, columns], values: Float32Array.from({ length: 2 * rows * columns }, (_, at) => at) };
  const output = { shape: [2, outputRows, outputColumns], values: new Float32Array(2 * outputRows * outputColumns) };
  const view = { channel, message: { stride, dilation, padding, kernel: { shape: [3, 3] }, arrays: { padded, output } } };
  return Object.assign(view, { source: matrix(view, "padded"), output: matrix(view, "output") });
}

test("the window's values are those of the picture below its taps", () => {
  const view = stepper({ stride: 2 });
  view.index = view.output.columns + 2; // row 1, column 2: its corner lies at row 2, column 4
  assert.deepEqual([...windowValues(view)], [24, 25, 26, 34, 35, 36, 44, 45, 46]);
  const dilated = stepper({ stride: 1, dilation: 2, channel: 1 });
  dilated.index = 0;
  assert.deepEqual([...windowValues(dilated)], [80, 82, 84, 100, 102, 104, 120, 122, 124]);
});

test("a pixel in the middle of a window leads to the output that the window makes", () => {
  for (const options of [{ stride: 1 }, { stride: 2 }, { stride: 1, dilation: 2 }]) {
    const view = stepper(options);
    const { stride, dilation } = view.message;
    for (let index = 0; index <= lastIndex(view); index++) {
      const place = placeOf(view, index);
      assert.deepEqual(centredOn(view, place.map((at) => at * stride + dilation)), place);
    }
  }
});

test("places are counted from the picture's own corner, and what lies around it is padding", () => {
  const view = stepper();
  assert.equal(onPicture(view, 1, 1), "row 0, column 0");
  assert.equal(onPicture(view, 6, 8), "row 5, column 7");
  for (const [row, column] of [[0, 3], [7, 3], [3, 0], [3, 9]]) assert.equal(onPicture(view, row, column), "padding");
});

// ---- self-attention

function attention() {
  const [tokens, embed, headDim] = [5, 8, 4];
  const sizes = { x: embed, q: headDim, k: headDim, v: headDim, products: tokens, scaled: tokens, pattern: tokens, heads: headDim, joined: embed, out: embed };
  const stages = Object.fromEntries(Object.entries(sizes).map(([name, columns]) => [name, { name, rows: tokens, columns }]));
  return { count: tokens, stages, message: { headDim, head: 1 } };
}

test("the cell that belongs to what is looked at is the chosen one, in every stage", () => {
  const view = attention();
  for (const stage of Object.keys(view.stages)) {
    const cell = [stage, 3, stage === "joined" ? 6 : 2];
    view.focus = focusOf(view, cell, { query: 1, key: 4, unit: 0, column: 5 });
    assert.deepEqual(cellIn(view, stage), cell);
  }
});

test("going from a weight to its query and its key stays with both tokens", () => {
  const view = attention();
  view.focus = focusOf(view, ["pattern", 3, 1]);
  assert.deepEqual(cellIn(view, "q"), ["q", 3, 0]);
  assert.deepEqual(cellIn(view, "k"), ["k", 1, 0]);
  assert.deepEqual(cellIn(view, "scaled"), ["scaled", 3, 1]);
});

test("a score was computed from one row of Q and one of K, an output from a row of weights and a column of V", () => {
  const view = attention();
  view.cell = ["products", 3, 1];
  assert.deepEqual(sourcesOf(view), [["q", 3, 4, 0, 4], ["k", 1, 2, 0, 4]]);
  view.cell = ["heads", 3, 2];
  assert.deepEqual(sourcesOf(view), [["pattern", 3, 4, 0, 5], ["v", 0, 5, 2, 3]]);
  view.cell = ["joined", 3, 6]; // of the second head, which is shown: its third unit
  assert.deepEqual(sourcesOf(view), [["heads", 3, 4, 2, 3]]);
  view.cell = ["joined", 3, 1];
  assert.deepEqual(sourcesOf(view), []);
});

test("a cell outside the matrices does not fit", () => {
  const view = attention();
  assert.ok(fits(view, ["q", 4, 3]));
  for (const cell of [["q", 5, 0], ["q", 0, 4], ["masked", 0, 0]]) assert.ok(!fits(view, cell));
});

test("at any width some tokens are named, and those that are pointed at or pinned always", () => {
  const all = Array.from({ length: 30 }, (_, at) => at);
  assert.deepEqual(namedTokens(30, { step: 11, line: 11, first: [-1, -1] }).sort((a, b) => a - b), all);
  for (const step of [1, 4, 8]) {
    const named = namedTokens(30, { step, line: 11, first: [17, 18] });
    assert.equal(named[0], 17);
    assert.ok(!named.includes(18)); // its name would lie over that of the one before
    const places = named.sort((a, b) => a - b);
    assert.ok(places.length >= 2);
    places.slice(1).forEach((at, place) => assert.ok((at - places[place]) * step >= 11));
  }
});

// ---- recurrent networks

test("bars of what still matters are shares of each network's gradient, on one scale for all networks", () => {
  const network = (remembered) => ({ of: () => ({ values: Float32Array.from(remembered) }) });
  const [even, sharp] = [network([2, 2, 2, 2]), network([0, 0, 0.001, 0.003])];
  const view = { step: 3, message: { step: 3 }, networks: [even, sharp] };
  assert.deepEqual([...sharesOf(view, even)], [0.25, 0.25, 0.25, 0.25]);
  assert.ok(Math.abs(memoryOf(view, sharp)(3) - 1) < 1e-6);
  assert.ok(Math.abs(memoryOf(view, even)(3) - 1 / 3) < 1e-6); // not 1: its largest share is a third of the other's
  assert.equal(memoryOf(view, even)(4), 0);
  assert.equal(memoryOf({ ...view, step: 2 }, even), null);
});

// ---- training curves

// A run whose loss falls by 1 a step from 4 to 0, in one panel.
function curves(more = {}) {
  const line = { run: 0, panel: 0, role: "smooth", x: Float32Array.of(0, 1, 2, 3, 4), y: Float32Array.of(4, 3, 2, 1, 0) };
  const message = { panels: [{ name: "loss", title: "Loss", log: true }], lines: [line], runs: [{ label: "A" }], marks: [], levels: [], end: 4, unit: "step", axis: "step" };
  const view = { message, width: 600, hidden: new Set(), log: false, zoom: null, at: null, focus: 0, ...more };
  layOutCurves(view);
  return view;
}

test("the axis goes from edge to edge, and values back from their pixels", () => {
  const [panel] = curves().panels;
  assert.equal(panel.x(0), panel.box.left);
  assert.equal(panel.x(4), panel.box.right);
  for (const value of [0, 1.3, 4]) assert.ok(Math.abs(panel.value(panel.x(value)) - value) < 1e-9);
  assert.equal(panel.y(0), panel.box.bottom);
  assert.ok(panel.y(4) > panel.box.top && panel.y(4) < panel.y(3));
});

test("a zoomed panel shows its part of the axis alone", () => {
  const [panel] = curves({ zoom: [1, 2] }).panels;
  assert.deepEqual([panel.x(1), panel.x(2)], [panel.box.left, panel.box.right]);
  assert.ok(panel.xTicks.every((tick) => tick >= 1 && tick <= 2));
});

test("on a logarithmic scale equal factors are equally far apart", () => {
  const [panel] = curves({ log: true }).panels;
  const [one, two, four] = [1, 2, 4].map(panel.y);
  assert.ok(Math.abs(one - two - (two - four)) < 1e-9);
});

test("ticks are round, within the range, and about as many as wanted", () => {
  assert.deepEqual(ticks(0, 10, 5).map(Math.round), [-0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(130, 290, 4).map(Math.round), [150, 200, 250]);
  assert.deepEqual(decades(0.1, 10), [0.1, 0.2, 0.5, 1, 2, 5, 10]);
  assert.deepEqual(decades(0.001, 1000), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
});

test("the reading has each line's newest value there", () => {
  const view = curves({ at: 2.4 });
  const { title, groups } = reading(view);
  assert.equal(title, "step 2");
  assert.deepEqual(groups, [{ name: "Loss", rows: [{ run: 0, text: "median 2.00" }] }]);
  const [panel] = view.panels;
  const [line] = view.message.lines;
  assert.deepEqual([-1, 0, 0.9, 3, 9].map((value) => newestBefore(panel, line, value)), [-1, 0, 0, 3, 4]);
});

test("a hidden run is neither read nor counted for the scale", () => {
  const view = curves({ hidden: new Set(["A"]), at: 2 });
  assert.deepEqual(reading(view).groups, [{ name: "Loss", rows: [] }]);
  assert.deepEqual(view.panels[0].yTicks, ticks(0, 1.06, 6));
});

test("the panel under a place is the nearest", () => {
  const view = curves({ width: 1000 });
  view.message.panels = ["loss", "accuracy"].map((name) => ({ name, title: name }));
  layOutCurves(view);
  assert.equal(panelAt(view, 100, 100).name, "loss");
  assert.equal(panelAt(view, 900, 5).name, "accuracy");
});

// ---- the time machine

test("a colour means the same at all checkpoints, and for gates in one strip each", () => {
  const values = { shape: [2, 2, 1, 2], values: Float32Array.of(1, -2, 0.1, 0.2, 0, 4, -0.3, 0) };
  assert.deepEqual([...limitsOf({ each: false, arrays: { values } })], [4, 4]);
  assert.deepEqual([...limitsOf({ each: true, arrays: { values } })], [4, Math.fround(0.3)]);
});

// ---- the pad

const stroke = { kind: "stroke" };
const placed = (id) => ({ kind: "placed", id });

test("what is on the paper began with the last clearing or the last digit put there", () => {
  assert.deepEqual(visible([stroke, stroke]), [stroke, stroke]);
  assert.deepEqual(visible([stroke, { kind: "clear" }, stroke]), [{ kind: "clear" }, stroke]);
  assert.deepEqual(visible([stroke, placed(1), stroke]), [placed(1), stroke]);
});

test("a digit from the page is untouched until a stroke is added", () => {
  assert.deepEqual(untouched([stroke, placed(1)]), placed(1));
  for (const steps of [[], [stroke], [placed(1), stroke], [placed(1), { kind: "clear" }]]) assert.equal(untouched(steps), null);
});

test("undo goes back to fifty digits from the page", () => {
  const steps = Array.from({ length: 60 }, (_, id) => [placed(id), stroke]).flat();
  forgetOldest(steps);
  assert.equal(steps.length, 100);
  assert.deepEqual(steps[0], placed(10));
});
