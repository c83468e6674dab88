// Which step is shown, and how it changes: play, steps, jumps, keys. Python hears of it when it has come to rest.
// A view has step, count, speed and its message; its component has paint, announce and rules for more KEYS.

const REST = 250; // milliseconds

// The bar and the keys of a component that has both.
function conduct(view) {
  setUpBar(view, (by) => stepTo(view, view.step + by), (step) => stepTo(view, step));
  view.root.addEventListener("keydown", (event) => onKey(view, event));
}

function stepTo(view, step) {
  if (view.playing) pause(view);
  moveTo(view, step);
  rest(view);
}

function moveTo(view, step) {
  const next = Math.max(0, Math.min(view.count - 1, step));
  if (next === view.step) return;
  view.asked = performance.now();
  view.step = next;
  view.moved = true;
  paint(view);
}

function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    announce(view);
    if (view.step !== view.message.step) view.setStateValue("step", [view.step, Date.now()]);
  }, REST);
}

function toggle(view) {
  if (view.playing) {
    pause(view);
    rest(view);
    return;
  }
  view.playing = true;
  clearTimeout(view.resting);
  if (view.step === view.count - 1) moveTo(view, 0);
  view.clock = Infinity; // until the first frame says what time it is
  view.owed = 0;
  showPlaying(view);
  requestAnimationFrame((now) => frame(view, now));
}

function pause(view) {
  view.playing = false;
  showPlaying(view);
}

function frame(view, now) {
  if (!view.playing || !view.root.isConnected) return;
  view.owed += (Math.max(0, Math.min(now - view.clock, 400)) / 1000) * view.speed;
  view.clock = now;
  const steps = Math.floor(view.owed);
  view.owed -= steps;
  if (steps) moveTo(view, view.step + steps);
  if (view.step === view.count - 1) {
    pause(view);
    rest(view);
  } else requestAnimationFrame((later) => frame(view, later));
}

const KEYS = {
  ArrowLeft: (view) => stepTo(view, view.step - 1),
  ArrowRight: (view) => stepTo(view, view.step + 1),
  Home: (view) => stepTo(view, 0),
  End: (view) => stepTo(view, view.count - 1),
  " ": toggle,
};

function onKey(view, event) {
  const inside = event.composedPath()[0];
  // A button's own space, and all keys of the slider and the list, stay theirs.
  if (inside.matches("select, input") || (event.key === " " && inside.matches("button")) || !KEYS[event.key]) return;
  KEYS[event.key](view);
  event.preventDefault();
}
