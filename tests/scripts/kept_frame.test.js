import assert from "node:assert/strict";
import test from "node:test";

import { keepFrame, readFrame } from "../../dlviz/ui/components/film/kept_frame.js";

test("a film stays at the frame where it was left, another one opens at its end", () => {
  const kept = {};
  globalThis.sessionStorage = { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
  assert.equal(readFrame("a"), Infinity);
  keepFrame("a", 3);
  assert.equal(readFrame("a"), 3);
  assert.equal(readFrame("b"), Infinity);
  kept[Object.keys(kept)[0]] = '["a", -1]';
  assert.equal(readFrame("a"), Infinity);
});

test("a store that is forbidden keeps nothing and does no harm", () => {
  Object.defineProperty(globalThis, "sessionStorage", {
    configurable: true,
    get: () => {
      throw new Error("SecurityError");
    },
  });
  keepFrame("a", 3);
  assert.equal(readFrame("a"), Infinity);
});
