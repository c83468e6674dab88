// Locks and hides controls of the page, which carry their keys as classes. No press and no key reaches a locked one, but
// those that move the focus: it can be read, and it is told to be disabled. The server holds its value in any case.

const BLOCKED = ["pointerdown", "mousedown", "touchstart", "click", "dblclick", "keydown", "beforeinput", "paste", "drop"];
const PASSING = ["Tab", "Escape"];
const CONTROLS = "input, textarea, button, select, [role=slider], [role=radio], [tabindex]";
const NOTE = "Locked in this lesson";

let view = null; // of the newest call
let sheet = null;
let marking = 0; // of the next frame
let told = new Set(); // controls that are told to be disabled
let news = null; // watches for controls that come after this, or anew

export default function ({ data }) {
  const mine = { locked: data.locked.map(classOf), hidden: data.hidden.map(classOf) };
  view = mine;
  listenOnce();
  writeRules();
  mark();
  news?.disconnect();
  news = new MutationObserver(() => (marking ||= requestAnimationFrame(mark)));
  news.observe(document.body, { childList: true, subtree: true });
  return () => {
    if (view !== mine) return; // another call has taken its place
    view = null;
    news.disconnect();
    writeRules();
    mark();
  };
}

// -> the selector of what Streamlit draws under a key, or under one that begins with it and a point.
export function classOf(key) {
  const name = `st-key-${key.replace(/[^\w-]/g, "-")}`;
  return `:is(.${name}, [class*="${name}-"])`;
}

function listenOnce() {
  if (window.dlvizLocks) return;
  window.dlvizLocks = true;
  for (const kind of BLOCKED) window.addEventListener(kind, block, { capture: true, passive: false });
}

function block(event) {
  if (!view?.locked.length || PASSING.includes(event.key)) return;
  if (!event.target.closest?.(view.locked.join(","))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Tells all controls that are locked now to be disabled, and those no longer locked not to be.
function mark() {
  marking = 0;
  const held = view?.locked.flatMap((selector) => [...document.querySelectorAll(selector)]) ?? [];
  const controls = new Set(held.flatMap(controlsIn));
  for (const each of told) if (!controls.has(each)) each.ariaDisabled = null;
  for (const each of controls) each.ariaDisabled = "true";
  told = controls;
}

// -> all controls inside, also those inside components.
export function controlsIn(place) {
  const roots = [...place.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  return [...place.querySelectorAll(CONTROLS), ...roots.flatMap(controlsIn)];
}

function writeRules() {
  sheet?.remove();
  if (!view) return;
  sheet = document.createElement("style");
  const rules = [
    ...view.hidden.map((selector) => `${selector} { display: none !important; }`),
    ...view.locked.map((selector) => `${selector} { cursor: not-allowed; }`),
    ...view.locked.map((selector) => `${selector} > * { opacity: 0.55; }`),
    ...view.locked.map(
      (selector) => `${selector}::after { content: "${NOTE}"; display: block; font-size: 0.8rem; opacity: 0.8; }`,
    ),
  ];
  sheet.textContent = rules.join("\n");
  document.head.append(sheet);
}
