// The learner's guesses of the next character, beside the network's.

import assert from "node:assert/strict";
import test from "node:test";

import { COUNTED, scoreOf, withGuess } from "../../dlviz/ui/components/generated_text/guesses.js";

test("a guess is right where it is what came, and the network's is its most probable", () => {
  let guesses = withGuess([], 2, 2, [0.1, 0.7, 0.2]);
  guesses = withGuess(guesses, 0, 1, [0.1, 0.7, 0.2]);
  guesses = withGuess(guesses, 1, 1, [0.1, 0.7, 0.2]);
  assert.equal(scoreOf(guesses), "You: 2 of 3 right. The network: 2.");
});

test("a character outside the alphabet is wrong", () => {
  assert.equal(scoreOf(withGuess([], -1, 0, [1, 0])), "You: 0 of 1 right. The network: 1.");
});

test("the last twenty count", () => {
  let guesses = [];
  for (let at = 0; at < 5; at++) guesses = withGuess(guesses, 0, 0, [1, 0]);
  for (let at = 0; at < COUNTED; at++) guesses = withGuess(guesses, 1, 0, [0, 1]);
  assert.equal(scoreOf(guesses), "You: 0 of the last 20 right. The network: 0.");
});
