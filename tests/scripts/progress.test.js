import assert from "node:assert/strict";
import test from "node:test";

import { KEY, forget, markAnswered, markVisited, read } from "../../dlviz/ui/components/shared/progress.js";

const NOTHING = { visited: {}, answered: {} };

// A browser's store: its content, and what it does when it is asked to keep something.
function givenStore(kept = {}, refuse = () => {}) {
  globalThis.localStorage = {
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => {
      refuse();
      kept[key] = value;
    },
    removeItem: (key) => delete kept[key],
  };
  return kept;
}

test("what was visited and answered is kept, each once, until it is forgotten", () => {
  const kept = givenStore({ other: "stays" });
  markVisited("cnn");
  markVisited("cnn");
  markAnswered("cnn", "which map");
  markAnswered("cnn", "which map");
  markAnswered("rnn", "which row");
  const expected = { visited: { cnn: true }, answered: { cnn: ["which map"], rnn: ["which row"] } };
  assert.deepEqual(read(), expected);
  assert.deepEqual(JSON.parse(kept[KEY]), expected);
  forget();
  assert.deepEqual(read(), NOTHING);
  assert.deepEqual(kept, { other: "stays" });
});

test("rubbish is read as nothing, and the sound part of it is kept", () => {
  const rubbish = ["", "{", "null", "7", "[]", '"cnn"', '{"visited": 3, "answered": ["cnn"]}', '{"visited": [true], "answered": null}'];
  for (const text of rubbish) {
    givenStore({ [KEY]: text });
    assert.deepEqual(read(), NOTHING, text);
    markVisited("cnn");
    assert.deepEqual(read(), { visited: { cnn: true }, answered: {} }, text);
  }
  givenStore({ [KEY]: '{"visited": {"cnn": true, "rnn": "yes"}, "answered": {"cnn": ["a", 3, null], "rnn": "b"}, "more": 1}' });
  assert.deepEqual(read(), { visited: { cnn: true }, answered: { cnn: ["a"] } });
});

test("a store that is full, forbidden or absent does no harm", () => {
  givenStore({}, () => {
    throw new Error("QuotaExceededError");
  });
  markVisited("cnn");
  markAnswered("cnn", "which map");
  assert.deepEqual(read(), NOTHING);
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new Error("SecurityError");
    },
  });
  for (const use of [() => markVisited("cnn"), () => markAnswered("cnn", "which map"), forget]) use();
  assert.deepEqual(read(), NOTHING);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: undefined });
  for (const use of [() => markVisited("cnn"), () => markAnswered("cnn", "which map"), forget]) use();
  assert.deepEqual(read(), NOTHING);
});
