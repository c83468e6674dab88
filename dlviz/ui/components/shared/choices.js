// What the learner chooses goes to Python, and comes back with its next message. The two cross on their way: each choice
// bears a number, and a message says which choice it has `heard`. No clock decides: it may be set meanwhile.

// Must be called at once; the choice may be sent later, when the learner has come to rest.
export function noteChoice(view) {
  view.choice = Math.max(view.choice ?? 0, view.heard ?? 0) + 1;
}

export function sendChoice(view, name, values) {
  view.setStateValue(name, [...values, view.choice]);
}

// A message from before the learner's last choice must not turn it back.
export function knowsChoice(view, message) {
  view.heard = message.heard;
  return message.heard >= (view.choice ?? 0);
}
