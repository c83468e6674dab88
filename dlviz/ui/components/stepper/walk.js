// Where the window is, and how it moves: play, steps, jumps. Python hears of it when it has come to rest.

const REST = 250; // milliseconds

function placeOf(view, index = view.index) {
  const columns = view.output.columns;
  return [Math.floor(index / columns), index % columns];
}

function lastIndex(view) {
  return view.output.rows * view.output.columns - 1;
}

// Stand on an output pixel; what was computed before stays computed.
function moveTo(view, index, revealed = Math.max(view.revealed, index + 1)) {
  view.index = Math.max(0, Math.min(lastIndex(view), index));
  view.revealed = Math.max(view.index + 1, Math.min(lastIndex(view) + 1, revealed));
  view.glide = 0;
  view.moved = true;
  paint(view);
  if (!view.playing) rest(view);
}

function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    announce(view);
    const place = placeOf(view);
    if (String(place) === String(view.sent)) return;
    view.sent = place;
    view.setStateValue("pixel", [...place, ++view.reports]);
  }, REST);
}

function play(view) {
  view.playing = true;
  clearTimeout(view.resting);
  if (view.revealed > lastIndex(view)) moveTo(view, 0, 1); // a finished result is made anew
  view.clock = Infinity; // until the first frame says what time it is
  view.owed = 0;
  showPlaying(view);
  requestAnimationFrame((now) => frame(view, now));
}

function pause(view) {
  view.playing = false;
  view.glide = 0;
  showPlaying(view);
  paint(view);
  rest(view);
}

function frame(view, now) {
  if (!view.playing || !view.root.isConnected) return;
  view.owed += (Math.max(0, Math.min(now - view.clock, 100)) / 1000) * view.speed;
  view.clock = now;
  const steps = Math.floor(view.owed);
  view.owed -= steps;
  if (steps) {
    const next = Math.min(view.index + steps, lastIndex(view));
    view.index = next;
    view.revealed = Math.max(view.revealed, next + 1);
  }
  view.glide = glide(view);
  paint(view);
  if (view.index === lastIndex(view)) pause(view);
  else requestAnimationFrame((later) => frame(view, later));
}

// Played slowly, the window glides over to its next place in the last third of a step.
function glide(view) {
  const calm = view.speed > 4 || matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm || placeOf(view)[1] === view.output.columns - 1) return 0;
  const share = Math.max(0, (view.owed - 0.65) / 0.35);
  return share * share * (3 - 2 * share);
}

const KEYS = {
  ArrowLeft: (view) => view.index - 1,
  ArrowRight: (view) => view.index + 1,
  ArrowUp: (view) => view.index - view.output.columns,
  ArrowDown: (view) => view.index + view.output.columns,
  Home: () => 0,
  End: (view) => lastIndex(view),
};

function onKey(view, event) {
  if (event.key === " ") toggle(view);
  else if (!KEYS[event.key]) return;
  else step(view, KEYS[event.key](view));
  event.preventDefault();
}

function step(view, index) {
  if (view.playing) pause(view);
  if (index >= 0 && index <= lastIndex(view)) moveTo(view, index);
}

function toggle(view) {
  if (view.playing) pause(view);
  else play(view);
}
