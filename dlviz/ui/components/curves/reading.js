// Reading the curves at a place of their axis: by pointer, finger and keys.

const ALL = 2; // runs up to which all panels are read at once; with more, the one under the pointer
const NAMES = { raw: "batch", smooth: "smoothed", train: "training", validation: "validation", test: "test", value: "" };

function listen(view) {
  const { over } = view;
  over.onpointerdown = (event) => press(view, event);
  over.onpointermove = (event) => move(view, event);
  over.onpointerup = (event) => release(view, event);
  over.onpointercancel = () => ((view.drag = null), paintOver(view));
  // A lifted finger leaves too, but what it has read stays until another place is touched.
  over.onpointerleave = (event) => event.pointerType === "mouse" && !view.drag && read(view, null);
  over.ondblclick = () => zoomTo(view, null);
  over.onblur = () => read(view, null);
  over.onkeydown = (event) => onKey(view, event);
}

function place(view, event) {
  const box = view.over.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function press(view, event) {
  const panel = panelAt(view, ...place(view, event));
  if (event.pointerType === "mouse" && event.button === 0) {
    view.over.setPointerCapture(event.pointerId);
    view.drag = { panel, from: place(view, event)[0], to: place(view, event)[0] };
  }
  move(view, event);
}

function move(view, event) {
  const [x, y] = place(view, event);
  const panel = view.drag?.panel ?? panelAt(view, x, y);
  if (view.drag) view.drag.to = Math.max(panel.box.left, Math.min(panel.box.right, x));
  view.focus = panel.at;
  read(view, within(view, panel.value(x)));
}

function release(view) {
  const drag = view.drag;
  view.drag = null;
  if (!drag || Math.abs(drag.to - drag.from) < 6) return paintOver(view);
  const ends = [drag.panel.value(drag.from), drag.panel.value(drag.to)];
  zoomTo(view, ends.sort((a, b) => a - b));
}

function shownRange(view) {
  return view.zoom ?? [0, view.message.end];
}

function within(view, value) {
  const [low, high] = shownRange(view);
  return Math.max(low, Math.min(high, value));
}

function read(view, at) {
  view.at = at;
  paintOver(view);
}

function onKey(view, event) {
  const [low, high] = shownRange(view);
  const step = ((high - low) / 100) * (event.shiftKey ? 10 : 1);
  const last = newest(view);
  const at = view.at ?? last;
  const actions = {
    ArrowLeft: () => tell(view, within(view, at - step)),
    ArrowRight: () => tell(view, within(view, Math.min(at + step, Math.max(last, at)))),
    Home: () => tell(view, low),
    End: () => tell(view, within(view, last)),
    ArrowUp: () => choose(view, -1, at),
    ArrowDown: () => choose(view, 1, at),
    "+": () => zoomTo(view, [at - (high - low) / 4, at + (high - low) / 4]),
    "-": () => zoomTo(view, [at - (high - low), at + (high - low)]),
    0: () => zoomTo(view, null),
    l: () => setLog(view),
    Escape: () => read(view, null),
  };
  const action = event.ctrlKey || event.metaKey || event.altKey ? null : actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function choose(view, step, at) {
  view.focus = Math.max(0, Math.min(view.panels.length - 1, view.focus + step));
  tell(view, at);
}

function newest(view) {
  return Math.max(0, ...visible(view).map((line) => line.x[line.x.length - 1]));
}

function tell(view, at) {
  read(view, at);
  const { title, groups, marks } = reading(view);
  const said = groups.map(({ name, rows }) => `${name}: ${rows.map(({ text }) => text).join("; ") || "nothing yet"}`);
  view.live.textContent = [title, ...said, ...marks.map(({ text }) => text)].join(". ");
}

// What the curves say where the reading is: of each line its newest value there.
function reading(view) {
  const { runs, marks } = view.message;
  const few = runs.length <= ALL;
  const shown = few ? view.panels : [view.panels[view.focus]];
  const groups = shown.map((panel) => ({
    name: panel.title,
    rows: runs.map((run, at) => ({ run: at, text: values(view, panel, at) })).filter(({ text }) => text),
  }));
  const near = 6 / Math.abs(view.panels[0].x(1) - view.panels[0].x(0));
  const told = marks
    .filter((mark) => Math.abs(mark.x - view.at) <= near && !view.hidden.has(runs[mark.run].label))
    .map((mark) => ({ run: mark.run, text: runs.length > 1 ? `${runs[mark.run].label}: ${mark.label}` : mark.label }));
  return { title: `${view.message.unit} ${position(view)}`, groups, marks: told };
}

function position(view) {
  return view.message.unit === "step" ? String(Math.round(view.at)) : short(view.at);
}

function values(view, panel, run) {
  const parts = visible(view)
    .filter((line) => line.run === run && line.panel === panel.at)
    .map((line) => [line, newestBefore(panel, line, view.at)])
    .filter(([, at]) => at >= 0)
    .map(([line, at]) => `${NAMES[line.role]} ${exact(panel, line, at)}`.trim());
  const label = view.message.runs.length > 1 ? `${view.message.runs[run].label}: ` : "";
  return parts.length ? label + parts.join(", ") : "";
}

function exact(panel, line, at) {
  const value = written(panel, line.y[at]);
  if (!line.low || line.low[at] === line.high[at]) return value;
  return `${value} (${written(panel, line.low[at])} to ${written(panel, line.high[at])})`;
}

// The place of the last point at or before a value of the axis, half a pixel forgiven; −1 for none.
function newestBefore(panel, line, value) {
  const edge = panel.x(value) + 0.5;
  let [low, high] = [0, line.x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (panel.x(line.x[middle]) <= edge) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
