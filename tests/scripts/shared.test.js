import assert from "node:assert/strict";
import test from "node:test";

import { argmax, clampIndex, largest, rowOf, transposed } from "../../dlviz/ui/components/shared/arrays.js";
import { knowsChoice, mayBeOlder, noteChoice, sendChoice } from "../../dlviz/ui/components/shared/choices.js";
import { colourOf, cssOf, inkOn } from "../../dlviz/ui/components/shared/colour.js";
import { withPoint } from "../../dlviz/ui/components/shared/decimal_commas.js";
import { onArrows, onKeys } from "../../dlviz/ui/components/shared/keys.js";
import { certain, full, percent, powerOfTen, short } from "../../dlviz/ui/components/shared/numbers.js";
import { PALETTE } from "../../dlviz/ui/components/shared/palette.js";

test("a number has three significant digits and a true minus sign", () => {
  const written = { 0: "0", 0.123456: "0.123", "-2.5": "−2.5", 1234: "1230", 99999: "100000", 123456: "1.23e+5" };
  for (const [value, text] of Object.entries(written)) assert.equal(short(Number(value)), text);
  assert.equal(short(-0.0004567), "−4.57e−4");
  assert.equal(full(Math.fround(0.1)), "0.1");
  assert.equal(full(-1 / 3e9), "−3.333333e−10");
  assert.equal(full(-Infinity), "−∞");
});

test("a power of ten has a raised exponent", () => {
  const written = { 1: "10⁰", 100: "10²", 1e-4: "10⁻⁴", 1e-10: "10⁻¹⁰" };
  for (const [value, text] of Object.entries(written)) assert.equal(powerOfTen(Number(value)), text);
});

test("of a number in half precision only those digits are written that are sure", () => {
  const half = (value) => { // the nearest of ten bits of fraction
    const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
    return Math.round(value / unit) * unit;
  };
  assert.equal(certain(half(7.034)), "7");
  assert.equal(short(half(7.034)), "7.04"); // which it is not
  for (let value = 0.0001; value < 60; value *= 1.003) {
    const written = certain(half(value));
    const mantissa = written.replace(/e.*/, "");
    const digits = (mantissa.includes(".") ? mantissa.replace(".", "") : mantissa.replace(/0+$/, "")).replace(/^0+/, "").length;
    const right = Number(value.toPrecision(digits));
    if (digits > 1) assert.equal(Number(written.replace("−", "-")), right, `${value} is written ${written}`);
  }
});

test("a decimal comma is typed or pasted as a point, and nothing else changes", () => {
  const typed = { ",": ".", "0,01": "0.01", " −1,5 ": "-1.5", ",5": ".5", "−": "-", "‐": "-", "‑1,5": "-1.5" };
  for (const [text, taken] of Object.entries(typed)) assert.equal(withPoint(text), taken);
  for (const text of ["", "1", "0.5", "1,2,3", "1,234.5", "a,b"]) assert.equal(withPoint(text), text);
});

test("a percentage never claims to be all or nothing", () => {
  const written = [[0, "0.0 %"], [0.0005, "< 0.1 %"], [0.5, "50.0 %"], [0.9995, "> 99.9 %"], [1, "100.0 %"]];
  for (const [share, text] of written) assert.equal(percent(share), text);
});

test("the largest value by its size, and the place of the largest", () => {
  assert.equal(largest([1, -3, 2]), 3);
  assert.equal(largest([]), 0);
  assert.equal(argmax([1, -3, 2, 2]), 2);
  assert.equal(argmax([1, -3, 2], Math.abs), 1);
});

test("rows of an array, its columns as rows, and indices that exist", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual([...rowOf({ values, shape: [2, 3] }, 1)], [4, 5, 6]);
  assert.deepEqual([...transposed(values, [2, 3])], [1, 4, 2, 5, 3, 6]);
  assert.deepEqual([-1, 0, 2, 3, Infinity].map((index) => clampIndex(index, 3)), [0, 0, 2, 2, 2]);
});

test("the ends and the middle of a scale have the palette's colours", () => {
  const rgb = (hex) => `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(" ")})`;
  const { diverging, sequential } = PALETTE.scales;
  assert.equal(cssOf(colourOf(-2, "diverging", 2)), rgb(diverging[0]));
  assert.equal(cssOf(colourOf(9, "diverging", 2)), rgb(diverging.at(-1)));
  assert.equal(cssOf(colourOf(0, "sequential", 1)), rgb("#ffffff"));
  assert.equal(cssOf(colourOf(0.6, "sequential", 1)), rgb(sequential[3]));
  assert.equal(cssOf(colourOf(0, "sequential", 0)), rgb("#ffffff"));
});

test("ink can be read on every colour of a scale", () => {
  const luminance = (text) => text.match(/\d+/g).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  for (let value = -1; value <= 1; value += 0.05) {
    const pixel = colourOf(value, "diverging", 1);
    const ink = inkOn(pixel) === "#ffffff" ? 1 : 0;
    const [light, dark] = [ink, luminance(cssOf(pixel))].sort((a, b) => b - a);
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${value}`);
  }
});

test("a message from before the learner's last choice is told from one after it", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1000 });
  const sent = [];
  const view = { setStateValue: (...report) => sent.push(report) };
  assert.ok(knowsChoice(view, { heard: 0 }));
  noteChoice(view);
  context.mock.timers.tick(500);
  sendChoice(view, "pin", [3]);
  assert.deepEqual(sent, [["pin", [3, 1000]]]);
  assert.ok(!knowsChoice(view, { heard: 0 }));
  assert.ok(knowsChoice(view, { heard: 1000 }));
});

test("a clock that is set back makes no choice older than the last", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 5000 });
  const sent = [];
  const view = { setStateValue: (...report) => sent.push(report) };
  const choose = () => {
    noteChoice(view);
    sendChoice(view, "pin", [3]);
  };
  choose();
  assert.ok(knowsChoice(view, { heard: 5000 }));
  context.mock.timers.setTime(1000);
  choose();
  assert.deepEqual(sent.at(-1), ["pin", [3, 5001]]);
  assert.ok(!knowsChoice(view, { heard: 5000 }));
  const opened = {}; // again, after Python has heard of later choices
  knowsChoice(opened, { heard: 7000 });
  noteChoice(opened);
  assert.ok(!knowsChoice(opened, { heard: 7000 }));
});

test("how long a message may be older does not hang on the clock", (context) => {
  let now = 400;
  context.mock.method(performance, "now", () => now);
  const view = { setStateValue() {} };
  assert.ok(!mayBeOlder(view));
  sendChoice(view, "pin", [3]);
  now += 999;
  assert.ok(mayBeOlder(view));
  now += 1;
  assert.ok(!mayBeOlder(view));
});

function press(element, key, more = {}) {
  const event = Object.assign(new Event("keydown", { cancelable: true }), { key, ...more });
  element.dispatchEvent(event);
  return event.defaultPrevented;
}

test("keys that have an action keep the page where it is, others do not", () => {
  const [element, pressed] = [new EventTarget(), []];
  onKeys(element, { Home: () => pressed.push("home"), x: () => pressed.push("x") }, (event) => !event.ctrlKey);
  assert.ok(press(element, "Home"));
  assert.ok(!press(element, "x", { ctrlKey: true }));
  assert.ok(!press(element, "a"));
  assert.deepEqual(pressed, ["home"]);
});

test("an arrow key moves by a row or a column", () => {
  const [element, moves] = [new EventTarget(), []];
  onArrows(element, (rows, columns, { shiftKey }) => moves.push([rows, columns, Boolean(shiftKey)]));
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft"]) press(element, key);
  press(element, "ArrowRight", { shiftKey: true });
  assert.deepEqual(moves, [[-1, 0, false], [1, 0, false], [0, -1, false], [0, 1, true]]);
});
