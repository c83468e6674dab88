import assert from "node:assert/strict";
import test from "node:test";

import { KEY, keepLesson, readLesson } from "../../dlviz/ui/components/shared/own_lesson.js";

test("the last lesson from a file is kept, and no other thing is touched", () => {
  const kept = { other: "stays" };
  globalThis.localStorage = { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
  assert.equal(readLesson(), "");
  keepLesson("first");
  keepLesson("second");
  assert.equal(readLesson(), "second");
  assert.deepEqual(kept, { other: "stays", [KEY]: "second" });
});

test("a store that is forbidden keeps nothing and does no harm", () => {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new Error("SecurityError");
    },
  });
  keepLesson("first");
  assert.equal(readLesson(), "");
});
