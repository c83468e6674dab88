// A component's life, with a browser of the fewest parts.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { beforeEach } from "node:test";
import { deflateSync } from "node:zlib";

import { startPlaying, stopPlaying } from "../../dlviz/ui/components/shared/bar.js";
import { mount } from "../../dlviz/ui/components/shared/mount.js";

let watchers;
let frames;

beforeEach(() => {
  watchers = new Set();
  frames = [];
  globalThis.window = Object.assign(new EventTarget(), { devicePixelRatio: 1 });
  globalThis.requestAnimationFrame = (frame) => frames.push(frame);
  globalThis.ResizeObserver = class {
    constructor(check) {
      this.check = check;
    }
    observe() {
      watchers.add(this);
    }
    disconnect() {
      watchers.delete(this);
    }
  };
});

function resized() {
  for (const watcher of watchers) watcher.check();
}

// A component that notes what is called, and the page's end of it.
function mounted(width = 300) {
  const calls = [];
  const component = mount({
    create: (view) => calls.push(`create ${view.root.clientWidth}`),
    receive: (view, message) => calls.push(`receive ${message.number}`),
    draw: (view) => calls.push(`draw ${view.root.clientWidth}`),
  });
  const root = { clientWidth: width };
  const parentElement = { querySelector: () => root };
  return { calls, root, send: (number, data = { number }) => component({ parentElement, data }) };
}

// As Python packs it, with an array of so many bytes.
function packed(number, size) {
  const arrays = { noise: { dtype: "uint8", shape: [size], offset: 0 } };
  const header = Buffer.from(JSON.stringify({ number, arrays }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return new Uint8Array(deflateSync(Buffer.concat([length, header, randomBytes(size)])));
}

test("a component is set up once, and drawn after every message and every change of its width", () => {
  const { calls, root, send } = mounted();
  send(1);
  resized();
  send(2);
  root.clientWidth = 500;
  resized();
  resized();
  assert.deepEqual(calls, ["create 300", "receive 1", "draw 300", "receive 2", "draw 300", "draw 500"]);
});

test("what has no width is drawn as soon as it has one", () => {
  const { calls, root, send } = mounted(0);
  send(1);
  assert.deepEqual(calls, ["create 0", "receive 1"]);
  root.clientWidth = 300;
  resized();
  assert.deepEqual(calls.at(-1), "draw 300");
});

test("a large message does not turn a small one back that was sent later", async () => {
  const { calls, send } = mounted();
  await Promise.all([send(1, packed(1, 4_000_000)), send(2, packed(2, 4))]);
  assert.deepEqual(calls, ["create 300", "receive 2", "draw 300"]);
  await send(3, packed(3, 100));
  assert.deepEqual(calls.slice(3), ["receive 3", "draw 300"]);
});

test("the end of a call that another has overtaken leaves the component alive", async () => {
  const { calls, root, send } = mounted();
  const [first, second] = [await send(1), await send(2)];
  first();
  root.clientWidth = 500;
  resized();
  assert.equal(calls.at(-1), "draw 500");
  second();
  assert.equal(watchers.size, 0);
});

// A view with the one button of a bar.
function playing(speed) {
  const button = {};
  return { speed, root: { isConnected: true, querySelector: () => button }, button };
}

function pass(now) {
  frames.splice(0).forEach((frame) => frame(now));
}

test("as many steps are played as the speed says, whatever the frames", () => {
  const [view, steps] = [playing(10), []];
  startPlaying(view, (count) => steps.push(count));
  assert.match(view.button.innerHTML, /Pause$/);
  for (const now of [0, 150, 160, 350, 400]) pass(now);
  assert.deepEqual(steps, [0, 1, 0, 2, 1]);
  stopPlaying(view);
  pass(900);
  assert.equal(steps.length, 5);
  assert.match(view.button.innerHTML, /Play$/);
});

test("a page that was hidden does not catch up", () => {
  const [view, steps] = [playing(10), []];
  startPlaying(view, (count) => steps.push(count));
  for (const now of [0, 60_000]) pass(now);
  assert.deepEqual(steps, [0, 4]);
});
