// What the learner chooses goes to Python, and comes back with its next message. The two cross on their way: each choice
// bears its time, and a message says which choice it has `heard`.

// Must be called at once; the choice may be sent later, when the learner has come to rest.
export function noteChoice(view) {
  view.chosenAt = Date.now();
}

export function sendChoice(view, name, values) {
  view.setStateValue(name, [...values, view.chosenAt]);
}

// A message from before the learner's last choice must not turn it back.
export function knowsChoice(view, message) {
  return message.heard >= (view.chosenAt ?? 0);
}
