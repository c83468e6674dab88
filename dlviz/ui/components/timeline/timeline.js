// Step through a sequence. Python sends all gates and states of all steps as bytes, once; back come `step`, where the
// learner has come to rest, and `unit`, the [network, unit] that was chosen; each followed by the report's number.

const TIMELINES = new WeakMap(); // parentElement -> view: every rerun and theme change calls the function below
const NARROW = 560;

export default function ({ parentElement, data, setStateValue }) {
  let view = TIMELINES.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".timeline"));
    TIMELINES.set(parentElement, view);
  }
  view.setStateValue = setStateValue;
  receive(view, unpack(data));
  return onResize(view.root, () => layOut(view));
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, step: -1, units: {} };
  Object.assign(view, { tip: find(".tip"), state: find(".state") });
  view.picture = find(".picture canvas");
  conduct(view);
  view.picture.addEventListener("pointerdown", (event) => jumpOnPicture(view, event));
  root.addEventListener("pointermove", (event) => hover(view, event));
  root.addEventListener("pointerleave", () => (view.tip.hidden = true));
  return view;
}

function receive(view, message) {
  const count = message.steps.length;
  // The learner stays where they stand, unless the sequence or the link is another.
  const same = view.message && view.message.steps.length === count && view.message.kind === message.kind;
  // Another sequence is played from its beginning, if one was being played.
  if (!same) view.step = view.playing ? 0 : message.step;
  else if (!view.moved && !view.playing) view.step = message.step;
  view.message = message;
  view.count = count;
  view.networks = message.networks.map((network) => prepare(view, network));
  view.main = view.networks[0];
  view.scrub.max = count - 1;
  showWords(view);
  showNetworks(view);
  showPlaying(view);
  if (view.drawn) layOut(view);
}

function prepare(view, network) {
  const { arrays } = view.message;
  const of = (name) => arrays[`${network.name}.${name}`];
  // A unit that was chosen while this message was on its way.
  const chosen = view.units[network.name];
  const unit = chosen?.pending && chosen.unit !== network.unit ? chosen.unit : network.unit;
  if (unit === network.unit) delete view.units[network.name];
  const strips = network.strips.map((strip) => ({ ...strip, ...turned(of(strip.name)) }));
  for (const strip of strips) strip.limit ||= largest(strip.values);
  return { ...network, of, strips, shownUnit: unit, size: strips[0].units };
}

// (steps, units) as it comes -> the picture's rows are units, its columns steps.
function turned({ values, shape: [steps, units] }) {
  const rows = new Float32Array(values.length);
  for (let step = 0; step < steps; step++) {
    for (let unit = 0; unit < units; unit++) rows[unit * steps + step] = values[step * units + unit];
  }
  return { values: rows, steps, units };
}

function layOut(view) {
  const width = view.root.clientWidth;
  if (!width) return;
  view.drawn = true;
  view.font = cssColour(view.root, "--st-font") || "sans-serif";
  view.ink = cssColour(view.root, "--st-text-color");
  view.root.classList.toggle("narrow", width < NARROW);
  view.root.classList.toggle("wide", view.message.kind === "series");
  view.narrow = width < NARROW;
  for (const network of view.networks) bases(network);
  paint(view);
}

function paint(view) {
  const began = performance.now();
  paintInput(view);
  for (const network of view.networks) paintNetwork(view, network);
  showPlace(view);
  showSays(view);
  performance.measure("dlviz:step", { start: view.asked ?? began, detail: view.step });
  view.asked = undefined;
}

function showPlace(view) {
  const name = view.message.steps[view.step];
  view.scrub.value = view.step;
  view.scrub.setAttribute("aria-valuetext", name);
  view.place.textContent = `step ${view.step + 1} of ${view.count}`;
  const who = view.networks.length > 1 ? "They read" : "It reads";
  view.root.querySelector(".now").textContent = `${who} ${called(view, view.step)}`;
}

function called(view, step) {
  const name = view.message.steps[step];
  return view.message.kind === "sentence" ? `“${name}”` : name;
}

function showSays(view) {
  const lines = view.networks.flatMap((network) => {
    const [name, text] = [document.createElement("b"), document.createElement("output")];
    name.textContent = network.name.toUpperCase();
    name.style.setProperty("--tone", toneOf(network));
    text.textContent = answerAt(view, network, view.step) + untouched(view, network);
    return [name, text];
  });
  view.root.querySelector(".says").replaceChildren(...lines);
}

function answerAt(view, network, step) {
  const { values, shape } = network.of("answers");
  if (view.message.kind === "series") {
    const { values: series } = view.message.arrays.shown;
    const came = step + 1 < view.count ? `; what came: ${short(series[step + 1])}` : "";
    return `next it expects ${short(values[step])}${came}`;
  }
  const row = values.subarray(step * shape[1], (step + 1) * shape[1]);
  const best = row.indexOf(Math.max(...row));
  return `if it stopped here it would say ${view.message.classes[best]} (${percent(row[best])})`;
}

// What it would have said there without the intervention.
function untouched(view, network) {
  const before = network.of("before");
  if (!before) return "";
  const classes = before.shape[1];
  const row = before.values.subarray(view.step * classes, (view.step + 1) * classes);
  if (view.message.kind === "series") return `; untouched ${short(row[0])}`;
  const best = row.indexOf(Math.max(...row));
  return `; untouched ${view.message.classes[best]} (${percent(row[best])})`;
}

function announce(view) {
  const said = view.networks.map((network) => `${network.title}: ${answerAt(view, network, view.step)}`);
  view.state.textContent = `${view.message.steps[view.step]}. ${said.join(". ")}.`;
}
