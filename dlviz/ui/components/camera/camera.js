// The camera: a burst of small pictures while the button is held, and the newest one again and again to be answered.
// What is reported is described in dlviz/ui/components/camera/__init__.py. Nothing is recorded before the button is held.

import { setText } from "../shared/elements.js";
import { mount } from "../shared/mount.js";

const SIDE = 224; // pixels of a picture, as they are kept
const QUALITY = 0.85;
const PAUSE = 160; // milliseconds between two pictures of a burst
const LOOK = 700; // and, at least, between two that are answered

// Said to the learner, by the name of what getUserMedia throws.
const REFUSED = "The camera was refused: allow it in the browser’s address bar, or choose files instead.";
const FAILURES = {
  NotAllowedError: REFUSED,
  SecurityError: REFUSED,
  NotFoundError: "There is no camera on this device: choose files instead.",
  OverconstrainedError: "There is no other camera on this device.",
  NotReadableError: "The camera is in use by another program: close that one, and start the camera again.",
};
const FAILED = "The camera does not start: try again, or choose files instead.";
const GONE = "The camera is gone. The pictures taken so far stay; plug it in and start it again.";
const NONE = "Browsers give their camera to a page on this computer or over https only. A phone can still take pictures one by one.";

export default mount({ create, receive });

function create(view, message) {
  const find = (selector) => view.root.querySelector(selector);
  const [start, hold, turn, stop] = ["start", "hold", "turn", "stop"].map((name) => find(`[name=${name}]`));
  const [stage, video, count, field, said] = [".stage", "video", ".count", "input", ".said"].map(find);
  Object.assign(view, { start, hold, turn, stop, stage, video, count, said });
  Object.assign(view, { stream: null, facing: "user", burst: null, waiting: [], number: Math.max(Date.now(), message.heard), lookedAt: 0 });
  start.onclick = () => startCamera(view);
  stop.onclick = () => stopCamera(view);
  turn.onclick = () => turnCamera(view);
  listenToHold(view);
  field.onchange = () => takeFile(view, field);
  if (!navigator.mediaDevices?.getUserMedia) {
    start.hidden = true;
    field.parentElement.hidden = false;
    setText(said, NONE);
  }
  document.addEventListener("visibilitychange", () => view.burst && document.hidden && endBurst(view));
}

function receive(view, message) {
  const before = view.message?.heard ?? 0;
  view.message = message;
  if (!view.burst) setText(view.hold, `Hold to take pictures of ${message.target}`);
  if (message.heard > before || view.waiting.length) {
    const left = view.waiting.filter(({ number }) => number > message.heard);
    if (left.length < view.waiting.length) {
      view.waiting = left;
      view.setStateValue("burst", left);
    }
  }
  if (message.looked >= view.lookedAt) lookSoon(view);
}

// The camera itself.

async function startCamera(view) {
  view.start.disabled = true;
  try {
    const wanted = { facingMode: { ideal: view.facing }, width: { ideal: 640 }, height: { ideal: 480 } };
    view.stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    view.video.srcObject = view.stream;
    await view.video.play();
  } catch (error) {
    closeStream(view);
    show(view, FAILURES[error.name] ?? FAILED);
    return;
  } finally {
    view.start.disabled = false;
  }
  const [track] = view.stream.getVideoTracks();
  track.onended = () => {
    if (view.burst) endBurst(view);
    closeStream(view);
    show(view, GONE);
  };
  const { facingMode } = track.getSettings();
  view.root.classList.toggle("mirrored", facingMode !== "environment");
  view.turn.hidden = !facingMode;
  show(view, "");
  view.hold.focus({ preventScroll: true });
  watchLeaving(view);
  lookSoon(view);
}

// A camera that nobody sees any more is closed: its light would stay on.
function watchLeaving(view) {
  if (!view.stream) return;
  if (view.root.isConnected) setTimeout(() => watchLeaving(view), 1000);
  else closeStream(view);
}

function closeStream(view) {
  for (const track of view.stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
  view.stream = view.video.srcObject = null;
}

function stopCamera(view) {
  if (view.burst) endBurst(view);
  closeStream(view);
  show(view, "");
  view.start.focus({ preventScroll: true });
}

function turnCamera(view) {
  view.facing = view.facing === "user" ? "environment" : "user";
  closeStream(view);
  startCamera(view);
}

function show(view, sentence) {
  const on = Boolean(view.stream);
  view.stage.hidden = view.hold.hidden = view.stop.hidden = !on;
  if (!on) view.turn.hidden = true;
  view.start.hidden = on;
  setText(view.said, sentence);
}

// Bursts.

function listenToHold(view) {
  const { hold } = view;
  const isKey = ({ key }) => key === " " || key === "Enter";
  hold.onpointerdown = (event) => {
    if (event.button !== 0) return;
    hold.setPointerCapture(event.pointerId);
    beginBurst(view);
  };
  hold.onpointerup = hold.onpointercancel = hold.onlostpointercapture = () => endBurst(view);
  hold.oncontextmenu = (event) => event.preventDefault(); // a long touch
  hold.onkeydown = (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) beginBurst(view);
  };
  hold.onkeyup = (event) => isKey(event) && endBurst(view);
  hold.onblur = () => endBurst(view);
  // What presses a button without holding it, such as a screen reader, takes one picture.
  hold.onclick = (event) => {
    if (event.detail || view.endedAt > Date.now() - 500) return;
    beginBurst(view);
    endBurst(view);
  };
}

function beginBurst(view) {
  if (view.burst || !view.stream) return;
  const { place, target, longest } = view.message;
  const burst = (view.burst = { place, jpegs: [], longest });
  view.hold.classList.add("held");
  setText(view.hold, `Release when done: ${target}`);
  const take = () => {
    burst.jpegs.push(shoot(view.video, view.root.classList.contains("mirrored")));
    view.count.hidden = false;
    view.count.textContent = burst.jpegs.length;
    if (burst.jpegs.length === longest) endBurst(view);
  };
  burst.timer = setInterval(take, PAUSE);
  take();
}

function endBurst(view) {
  const { burst } = view;
  if (!burst) return;
  clearInterval(burst.timer);
  view.burst = null;
  view.endedAt = Date.now();
  view.count.hidden = true;
  view.hold.classList.remove("held");
  setText(view.hold, `Hold to take pictures of ${view.message.target}`);
  send(view, burst.place, burst.jpegs);
}

function send(view, place, taken) {
  const jpegs = taken.filter(Boolean);
  if (!jpegs.length) return;
  view.number = Math.max(view.number + 1, Date.now());
  view.waiting.push({ number: view.number, place, jpegs });
  view.setStateValue("burst", view.waiting);
  const count = jpegs.length;
  setText(view.said, `${count} ${count === 1 ? "picture" : "pictures"} taken.`);
  performance.mark("dlviz:burst");
}

// -> the middle square of a video or picture as a JPEG in base64, "" if there is none yet.
function shoot(source, mirrored) {
  const [width, height] = [source.videoWidth ?? source.width, source.videoHeight ?? source.height];
  const shorter = Math.min(width, height);
  if (!shorter) return "";
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  if (mirrored) context.setTransform(-1, 0, 0, 1, SIDE, 0);
  context.drawImage(source, (width - shorter) / 2, (height - shorter) / 2, shorter, shorter, 0, 0, SIDE, SIDE);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
}

// A picture of the phone's own camera.
async function takeFile(view, field) {
  const [file] = field.files;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    send(view, view.message.place, [shoot(picture, false)]);
  } catch {
    setText(view.said, "This picture cannot be read: take another one, or choose files.");
  }
  field.value = "";
}

// The newest picture, as soon as the last one has been answered.

function lookSoon(view) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => look(view), LOOK);
}

function look(view) {
  if (!view.stream || !view.root.isConnected) return;
  const { answers, looked } = view.message;
  if (!answers || view.burst || document.hidden || looked < view.lookedAt) {
    // What it waits for may come without a message.
    if (answers && looked >= view.lookedAt) lookSoon(view);
    return;
  }
  const jpeg = shoot(view.video, view.root.classList.contains("mirrored"));
  if (!jpeg) {
    lookSoon(view);
    return;
  }
  view.lookedAt = Math.max(Date.now(), looked + 1); // whatever the clock says, numbers grow
  view.setStateValue("look", { number: view.lookedAt, jpeg });
}
