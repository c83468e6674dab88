// The drawing pad: one digit by mouse, finger, pen or keys. What it reports is described in dlviz/ui/components/pad/__init__.py.

import { clampIndex } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { mount, onResize } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";
import { bitmapLayer, drawStroke, forgetOldest, GRID, greyDigit, ink, redraw, untouched, visible } from "./paper.js";

const PAUSE = 280; // milliseconds between two reports of a stroke in progress
const ERASER = 1.8; // times as wide as the pen
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const papers = new Map(); // by the pad's key: a pad that a change of the page's layout mounts anew goes on with its paper
let version = 0;

export default mount({ create, receive });

function create(pad, { key, held, heard }) {
  const paper = papers.get(key);
  // If Python holds nothing of this pad though it has heard all, the learner is new here or has been away: the page
  // says what to show.
  const goesOn = paper && (held || paper.pending || paper.version > heard);
  if (!goesOn) papers.set(key, { steps: [], seen: null, version: 0, pending: false });
  const find = (selector) => pad.root.querySelector(selector);
  Object.assign(pad, {
    paper: papers.get(key),
    bitmap: bitmapLayer(),
    screen: null,
    stroke: null,
    erasing: false,
    cursor: [GRID / 2, GRID / 2],
    timer: null,
    sent: null,
    surface: find(".paper"),
    canvas: find("canvas"),
    hint: find(".hint"),
    ring: find(".cursor"),
    width: find("input"),
    status: find("[role=status]"),
    buttons: Object.fromEntries([...pad.root.querySelectorAll("button")].map((button) => [button.name, button])),
  });
  listen(pad);
  // Not at every message: a stroke may be in progress.
  onResize(pad.surface, () => setUpScreen(pad));
  goOn(pad);
  refresh(pad);
}

// Where the former pad went off the page in the middle of a stroke, or before it could report one, this one does.
function goOn(pad) {
  const last = pad.paper.steps.at(-1);
  if (last?.kind === "stroke") last.done = true;
  redrawAll(pad);
  if (pad.paper.pending) send(pad, true);
}

function receive(pad, { invitation, placed, surprises }) {
  pad.root.querySelector("[name=surprise]").hidden = !surprises;
  pad.hint.querySelector("span").textContent = invitation;
  take(pad, placed);
}

function setUpScreen(pad) {
  const side = pad.surface.clientWidth;
  pad.screen = { context: sharpContext(pad.canvas, side, side), side };
  redraw(pad.screen, pad.paper.steps);
}

function listen(pad) {
  const { surface, buttons } = pad;
  // Else the browser takes a tool tapped soon after a stroke for the second tap of two, and nothing happens.
  surface.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  surface.onpointerdown = (event) => pointerDown(pad, event);
  surface.onpointermove = (event) => pointerMove(pad, event);
  surface.onpointerup = surface.onpointercancel = (event) => end(pad, event.pointerId);
  surface.parentElement.onkeydown = (event) => keyDown(pad, event);
  surface.onkeyup = (event) => event.key === " " && end(pad, "Space");
  surface.onfocus = () => showCursor(pad, surface.matches(":focus-visible"));
  surface.onblur = () => {
    end(pad, "Space");
    end(pad, "Enter");
    showCursor(pad, false);
  };
  pad.width.oninput = () => moveCursor(pad, 0, 0);
  buttons.undo.onclick = () => undo(pad);
  buttons.clear.onclick = () => clear(pad);
  buttons.eraser.onclick = () => toggleEraser(pad);
  buttons.surprise.onclick = () => pad.setTriggerValue("surprise", pad.paper.version);
}

// Strokes. `by` is what draws it, a pointer or a key: nothing else may go on with it or end it.

function begin(pad, by, point, erases = pad.erasing) {
  if (pad.stroke || (erases && pad.empty)) return;
  const width = (pad.width.value / 100) * (erases ? ERASER : 1);
  pad.stroke = { kind: "stroke", by, width, erases, points: [], done: false };
  pad.paper.steps.push(pad.stroke);
  pad.paper.pending = true;
  pad.hint.hidden = true;
  extend(pad, [point]);
}

function extend(pad, points) {
  const { stroke } = pad;
  const from = stroke.points.length;
  stroke.points.push(...points);
  for (const layer of [pad.bitmap, pad.screen]) drawStroke(layer, stroke, from);
  pad.timer ??= setTimeout(() => send(pad, false), PAUSE);
}

function end(pad, by) {
  const { stroke } = pad;
  if (stroke?.by !== by) return;
  performance.mark("dlviz:stroke-end");
  pad.stroke = null;
  stroke.done = true;
  for (const layer of [pad.bitmap, pad.screen]) drawStroke(layer, stroke, stroke.points.length);
  settle(pad);
}

function pointerDown(pad, event) {
  const eraserEnd = event.button === 5; // of a pen
  if (event.button !== 0 && !eraserEnd) return;
  showCursor(pad, false);
  if (event.pointerType === "pen" && pad.stroke?.touches) takeBack(pad);
  if (pad.stroke) return;
  if (event.isTrusted) pad.surface.setPointerCapture(event.pointerId); // a tour’s hand has no pointer to capture
  begin(pad, event.pointerId, pointOf(pad, event), pad.erasing || eraserEnd);
  if (pad.stroke) pad.stroke.touches = event.pointerType === "touch";
  followBeyond(pad, event.pointerId);
}

// A pad that the page moves in the middle of a stroke no longer holds the pointer, which may then be lifted anywhere.
function followBeyond(pad, by) {
  const lifted = new AbortController();
  const lift = ({ pointerId }) => {
    if (pointerId !== by) return;
    lifted.abort();
    end(pad, by);
  };
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, lift, { signal: lifted.signal });
}

// What touches the paper before the pen is the palm of the hand that holds it: its mark goes away.
function takeBack(pad) {
  pad.stroke = null;
  pad.paper.steps.pop();
  redrawAll(pad);
}

function pointerMove(pad, event) {
  if (pad.stroke?.by !== event.pointerId) return;
  const events = event.getCoalescedEvents();
  extend(pad, (events.length ? events : [event]).map((one) => pointOf(pad, one)));
}

function pointOf(pad, event) {
  const box = pad.surface.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// Keys.

function keyDown(pad, event) {
  const action = actionOf(pad, event);
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  showCursor(pad, event.target === pad.surface);
  action();
}

function actionOf(pad, { target, key, ctrlKey, metaKey, altKey, shiftKey, repeat }) {
  if (altKey) return null;
  if (ctrlKey || metaKey) return key === "z" ? () => undo(pad) : null;
  if (target !== pad.surface) return null;
  const step = shiftKey ? 4 : 1;
  if (MOVES[key]) return () => moveCursor(pad, ...MOVES[key].map((direction) => direction * step));
  const once = (action) => () => repeat || action();
  return {
    " ": once(() => begin(pad, "Space", cursorPoint(pad))),
    Enter: once(() => (pad.stroke ? end(pad, "Enter") : begin(pad, "Enter", cursorPoint(pad)))),
    e: once(() => toggleEraser(pad)),
    E: once(() => toggleEraser(pad)),
    Delete: once(() => clear(pad)),
    Backspace: once(() => clear(pad)),
  }[key];
}

function cursorPoint({ cursor }) {
  return cursor.map((cell) => (cell + 0.5) / GRID);
}

function moveCursor(pad, dx, dy) {
  pad.cursor = [clampIndex(pad.cursor[0] + dx, GRID), clampIndex(pad.cursor[1] + dy, GRID)];
  const byKey = ["Space", "Enter"].includes(pad.stroke?.by);
  if (byKey && (dx || dy)) extend(pad, [cursorPoint(pad)]);
  const [left, top] = cursorPoint(pad).map((part) => `${100 * part}%`);
  const width = `${pad.width.value * (pad.erasing ? ERASER : 1)}%`;
  Object.assign(pad.ring.style, { left, top, width, height: width, color: PALETTE.accent });
  pad.ring.classList.toggle("down", byKey);
}

function showCursor(pad, shown) {
  pad.surface.classList.toggle("keyed", shown);
  if (shown) moveCursor(pad, 0, 0);
}

// The tools, and the page.

function undo(pad) {
  if (pad.stroke || !pad.paper.steps.length) return;
  pad.paper.steps.pop();
  redrawAll(pad);
  settle(pad);
}

function clear(pad) {
  if (pad.stroke || pad.empty) return;
  pad.paper.steps.push({ kind: "clear" });
  pad.erasing = false; // a new paper begins with the pen
  redrawAll(pad);
  settle(pad);
}

function toggleEraser(pad) {
  if (pad.stroke || (pad.empty && !pad.erasing)) return;
  pad.erasing = !pad.erasing;
  refresh(pad);
}

// A new digit from the page goes onto the paper. In the middle of a stroke, or where there is a later drawing than the
// one it was asked for, the learner's hand goes first: the digit is put away, and reports made with the digit seen tell
// Python so.
function take(pad, placed) {
  const { paper } = pad;
  if (!placed || placed.id === paper.seen) return;
  paper.seen = placed.id;
  if (pad.stroke) return;
  const { id, label, after } = placed;
  if (after !== null && paper.version > after) {
    send(pad, true);
    return;
  }
  paper.steps.push({ kind: "placed", id, label, image: greyDigit(placed.pixels) });
  forgetOldest(paper.steps);
  redrawAll(pad);
  refresh(pad);
}

function redrawAll(pad) {
  for (const layer of [pad.bitmap, pad.screen]) if (layer) redraw(layer, pad.paper.steps);
  look(pad);
}

// What is on the paper, as it is reported.
function look(pad) {
  const placed = untouched(pad.paper.steps);
  const content = placed ? { placed: placed.id } : { ink: ink(pad.bitmap) };
  pad.empty = content.ink === "";
  return content;
}

// The report goes first, so that Python is at work on it while the page is brought up to date.
function settle(pad) {
  send(pad, true);
  refresh(pad);
}

function send(pad, final) {
  clearTimeout(pad.timer);
  pad.timer = null;
  pad.paper.pending = !(final && pad.surface.isConnected);
  if (!pad.surface.isConnected) return;
  const content = look(pad);
  if (!final && content.ink === pad.sent) return;
  pad.sent = content.ink;
  version += 1;
  pad.paper.version = version;
  pad.setStateValue("drawing", { version, final, seen: pad.paper.seen, ...content });
  performance.mark("dlviz:pad", { detail: version });
}

// Sets the tools and the words around the paper to what is on it.
function refresh(pad) {
  const { steps } = pad.paper;
  pad.hint.hidden = !pad.empty;
  const { undo, clear, eraser } = pad.buttons;
  // Not `disabled`: that would take the keyboard's focus away from a button just pressed.
  undo.ariaDisabled = String(!steps.length);
  clear.ariaDisabled = String(pad.empty);
  eraser.ariaDisabled = String(pad.empty && !pad.erasing);
  eraser.ariaPressed = String(pad.erasing);
  moveCursor(pad, 0, 0);
  pad.status.textContent = pad.empty ? "The paper is empty." : inWords(visible(steps));
}

function inWords(steps) {
  const drawn = steps.filter((step) => step.kind === "stroke" && !step.erases).length;
  const strokes = `${drawn} ${drawn === 1 ? "stroke" : "strokes"}`;
  const { label } = steps[0];
  if (!label) return `Your drawing, ${strokes}.`;
  return `On the paper: ${label}${steps.length > 1 ? `, changed, ${strokes} added` : ""}.`;
}
