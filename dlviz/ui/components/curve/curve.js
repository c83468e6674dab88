// A series that can be drawn over. Python sends its values; back come `values`, all of them, and the report's number.

const CURVES = new WeakMap(); // parentElement -> view
const HEIGHT = 150;
const STEP = 0.05; // of an arrow key

export default function ({ parentElement, data, setStateValue }) {
  let view = CURVES.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".curve"));
    CURVES.set(parentElement, view);
  }
  view.setStateValue = setStateValue;
  const { arrays, alt } = unpack(data);
  if (!view.drawing) view.values = Float32Array.from(arrays.values.values);
  view.canvas.setAttribute("aria-label", `${alt} Draw to change it.`);
  return onResize(view.root, () => paint(view));
}

function create(root) {
  const canvas = root.querySelector("canvas");
  const view = { root, canvas, live: root.querySelector("[aria-live]"), at: 0, drawing: false };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    view.drawing = true;
    view.last = null;
    draw(view, event);
  });
  canvas.addEventListener("pointermove", (event) => view.drawing && draw(view, event));
  canvas.addEventListener("pointerup", () => lift(view));
  canvas.addEventListener("pointercancel", () => lift(view));
  canvas.addEventListener("keydown", (event) => onKey(view, event));
  return view;
}

function lift(view) {
  if (!view.drawing) return;
  view.drawing = false;
  report(view);
}

function report(view) {
  view.setStateValue("values", [Array.from(view.values, (value) => Number(value.toFixed(3))), Date.now()]);
}

// The values under the pointer's way follow it; between two events along a straight line.
function draw(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const last = view.values.length - 1;
  const x = Math.round(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * last);
  const y = Math.max(-1, Math.min(1, 1 - (2 * (event.clientY - box.top)) / box.height));
  const [x0, y0] = view.last ?? [x, y];
  const way = Math.max(1, Math.abs(x - x0));
  for (let i = 0; i <= way; i++) view.values[Math.round(x0 + ((x - x0) * i) / way)] = y0 + ((y - y0) * i) / way;
  view.last = [x, y];
  view.at = x;
  paint(view);
}

function onKey(view, event) {
  const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const up = { ArrowUp: STEP, ArrowDown: -STEP }[event.key] ?? 0;
  if (!across && !up) return;
  event.preventDefault();
  view.at = Math.max(0, Math.min(view.values.length - 1, view.at + across));
  view.values[view.at] = Math.max(-1, Math.min(1, view.values[view.at] + up));
  view.live.textContent = `Value ${view.at}: ${short(view.values[view.at])}`;
  paint(view);
  if (!up) return;
  clearTimeout(view.resting);
  view.resting = setTimeout(() => report(view), 400);
}

function short(value) {
  return String(Number(value.toFixed(2))).replace("-", "−");
}

function paint(view) {
  const width = view.root.clientWidth;
  if (!width) return;
  const context = sharpContext(view.canvas, width, HEIGHT);
  const [ink, line] = [cssColour(view.root, "--st-text-color"), cssColour(view.root, "--st-primary-color")];
  const x = (i) => 3 + (i / (view.values.length - 1)) * (width - 6);
  const y = (value) => HEIGHT / 2 - value * (HEIGHT / 2 - 4);
  context.strokeStyle = ink;
  context.globalAlpha = 0.25;
  context.strokeRect(0.5, 0.5, width - 1, HEIGHT - 1);
  context.strokeRect(0, HEIGHT / 2, width, 0);
  context.globalAlpha = 1;
  context.strokeStyle = line;
  context.lineWidth = 2;
  context.beginPath();
  view.values.forEach((value, i) => context.lineTo(x(i), y(value)));
  context.stroke();
  context.fillStyle = line;
  context.fillRect(x(view.at) - 3, y(view.values[view.at]) - 3, 6, 6);
}
