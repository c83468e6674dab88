// The learner guesses the next character, beside the network: who was right more often among the last ones?

import { argmax } from "../shared/arrays.js";

export const COUNTED = 20;

// The guesses and one more. guess, it: places in the alphabet of what was guessed and of what came; raw: the network's
// probabilities, of which the largest is its guess.
export function withGuess(guesses, guess, it, raw) {
  return [...guesses, { mine: guess === it, network: argmax(raw) === it }].slice(-COUNTED);
}

export function scoreOf(guesses) {
  const right = (who) => guesses.filter((each) => each[who]).length;
  const last = guesses.length < COUNTED ? "" : "the last ";
  return `You: ${right("mine")} of ${last}${guesses.length} right. The network: ${right("network")}.`;
}
