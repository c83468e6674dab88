// A text character by character, each with what it was drawn from. Python sends all of it at once; back comes `at`, the
// written character where the learner has come to rest, followed by the report's number.

const TEXTS = new WeakMap(); // parentElement -> view: every rerun and theme change calls the function below
const NARROW = 640;
const REST = 250; // milliseconds
const MOST = 10; // bars; all others share one
const NAMES = { " ": "space", "\n": "new line" };

export default function ({ parentElement, data, setStateValue }) {
  let view = TEXTS.get(parentElement);
  if (!view) {
    view = create(parentElement.querySelector(".typed"));
    TEXTS.set(parentElement, view);
  }
  view.setStateValue = setStateValue;
  receive(view, unpack(data));
  const observer = new ResizeObserver(() => view.root.classList.toggle("narrow", view.root.clientWidth < NARROW));
  observer.observe(view.root);
  return () => observer.disconnect();
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, at: -1, speed: 15, playing: false };
  Object.assign(view, { text: find(".text"), scrub: find(".scrub"), place: find(".place"), state: find(".state") });
  find(".play").onclick = () => toggle(view);
  find(".back").onclick = () => stepTo(view, view.at - 1);
  find(".forward").onclick = () => stepTo(view, view.at + 1);
  find(".speed").onchange = (event) => (view.speed = Number(event.target.value));
  view.scrub.oninput = () => stepTo(view, Number(view.scrub.value));
  view.text.onclick = (event) => {
    const place = view.spans.indexOf(event.composedPath()[0]) - view.message.prompt.length;
    if (place >= 0) stepTo(view, place);
  };
  root.addEventListener("keydown", (event) => onKey(view, event));
  return view;
}

function receive(view, message) {
  const same = view.message && view.message.text === message.text && view.message.prompt === message.prompt;
  // What is already there stays where the learner stands; a longer text is shown to its end.
  // Another text is played from its beginning, if one was being played.
  if (!same) view.at = view.playing ? 0 : message.at;
  else if (!view.moved) view.at = message.at;
  view.message = message;
  view.count = message.text.length;
  view.at = Math.min(view.at, view.count - 1);
  view.scrub.max = view.count - 1;
  const { values } = message.arrays.lit;
  const limit = largest(values);
  view.spans = Array.from(message.prompt + message.text, (character, index) => {
    const span = document.createElement("span");
    span.textContent = character === "\n" ? "↵\n" : character;
    span.dataset.character = character;
    if (index < message.prompt.length) span.className = "prompt";
    if (message.lit) {
      const pixel = colourOf(values[index], "diverging", limit);
      span.style.background = cssOf(pixel);
      span.style.color = inkOn(pixel);
    }
    return span;
  });
  view.text.replaceChildren(...view.spans);
  receiveLooks(view, message);
  showPlaying(view);
  paint(view);
}

function paint(view) {
  const first = view.message.prompt.length;
  for (let index = first; index < view.spans.length; index++) {
    view.spans[index].classList.toggle("future", index > first + view.at);
    view.spans[index].classList.toggle("here", index === first + view.at);
  }
  view.scrub.value = view.at;
  view.place.textContent = `character ${view.at + 1} of ${view.count}`;
  view.root.querySelector(".drawn").textContent = told(view);
  showBars(view);
  paintLooks(view);
}

function called(character) {
  return NAMES[character] ?? `“${character}”`;
}

function told(view) {
  const { text, prompt, arrays } = view.message;
  const bits = arrays.bits.values[prompt.length + view.at];
  return `${called(text[view.at])} was drawn: ${bits.toFixed(2)} bits of surprise by the marks`;
}

function row(view, name) {
  const { values, shape } = view.message.arrays[name];
  return values.subarray(view.at * shape[1], (view.at + 1) * shape[1]);
}

function showBars(view) {
  const { alphabet, text } = view.message;
  const [drawn, raw] = [row(view, "drawn"), row(view, "raw")];
  const it = alphabet.indexOf(text[view.at]);
  const order = [...drawn.keys()].sort((a, b) => drawn[b] - drawn[a] || raw[b] - raw[a]);
  const shown = order.slice(0, MOST);
  if (!shown.includes(it)) shown[MOST - 1] = it;
  const rest = (values) => order.filter((index) => !shown.includes(index)).reduce((sum, index) => sum + values[index], 0);
  const lines = shown.map((index) => bar(NAMES[alphabet[index]] ?? alphabet[index], drawn[index], raw[index], index === it));
  lines.push(bar("the rest", rest(drawn), rest(raw), false));
  const box = view.root.querySelector(".bars");
  box.replaceChildren(...lines);
  const told = shown.slice(0, 4).map((index) => `${called(alphabet[index])} ${percent(drawn[index])}`);
  box.setAttribute("aria-label", `Most probable: ${told.join(", ")}.`);
}

function bar(name, share, raw, isIt) {
  const [line, label, length, text] = ["div", "span", "i", "span"].map((tag) => document.createElement(tag));
  label.textContent = name;
  length.style.setProperty("--share", `${100 * share}%`);
  length.style.setProperty("--raw", `${100 * raw}%`);
  length.style.setProperty("--tone", PALETTE.classes[isIt ? 8 : 1]);
  text.textContent = percent(share);
  line.classList.toggle("it", isIt);
  line.append(label, length, text);
  return line;
}

function stepTo(view, at) {
  if (view.playing) pause(view);
  moveTo(view, at);
  rest(view);
}

function moveTo(view, at) {
  const next = Math.max(0, Math.min(view.count - 1, at));
  if (next === view.at) return;
  view.at = next;
  view.moved = true;
  paint(view);
}

function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => {
    view.state.textContent = `${told(view)}.`;
    if (view.at !== view.message.at) view.setStateValue("at", [view.at, Date.now()]);
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
  if (view.at === view.count - 1) moveTo(view, 0);
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
  if (steps) moveTo(view, view.at + steps);
  if (view.at === view.count - 1) {
    pause(view);
    rest(view);
  } else requestAnimationFrame((later) => frame(view, later));
}

function showPlaying(view) {
  const icon = view.playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5v11l9-5.5z";
  view.root.querySelector(".play").innerHTML =
    `<svg viewBox="0 0 16 16"><path d="${icon}"/></svg>${view.playing ? "Pause" : "Play"}`;
}

const KEYS = {
  ArrowLeft: (view) => stepTo(view, view.at - 1),
  ArrowRight: (view) => stepTo(view, view.at + 1),
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
