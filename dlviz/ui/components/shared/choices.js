// What the learner chooses goes to Python, and comes back with its next message. The two cross on their way: each choice
// bears a number larger than those before it, and a message says which choice it has `heard`.

const PATIENCE = 1000; // ms for which a choice that was sent stands against older messages

// Must be called at once; the choice may be sent later, when the learner has come to rest. The time makes the number
// that of no other view; a clock that is set back makes it no smaller.
export function noteChoice(view) {
  view.choiceNumber = Math.max(Date.now(), (view.choiceNumber ?? 0) + 1, (view.heard ?? 0) + 1);
}

export function sendChoice(view, name, values) {
  view.sentAt = performance.now();
  view.setStateValue(name, [...values, view.choiceNumber]);
}

// A message from before the learner's last choice must not turn it back.
export function knowsChoice(view, message) {
  view.heard = message.heard;
  return message.heard >= (view.choiceNumber ?? 0);
}

// True as long as messages may still be older than the choice that was sent.
export function mayBeOlder(view) {
  return performance.now() - (view.sentAt ?? -Infinity) < PATIENCE;
}
