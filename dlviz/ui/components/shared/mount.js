// How a component lives on its page. Streamlit calls its default export when it appears, and again at every rerun and
// every change of the theme; what is remembered between these calls is a view.

import { unpack } from "./payload.js";

// -> the default export of a component, whose parts are all optional. The view has the component's `root`, and
// setStateValue and setTriggerValue, which report to Python.
// create(view, message): sets it up, once.
// receive(view, message): takes in what Python has sent; by default the view keeps it as its `message`.
// draw(view): called after that, and when the width or the display's sharpness changes; only while there is a width.
export function mount({ create = () => {}, receive = keep, draw = () => {} }) {
  const views = new WeakMap(); // parentElement -> view
  return async ({ parentElement, data, setStateValue, setTriggerValue }) => {
    const view = views.get(parentElement) ?? { root: parentElement.querySelector(".dlviz"), calls: 0, received: 0 };
    views.set(parentElement, view);
    Object.assign(view, { setStateValue, setTriggerValue });
    const call = ++view.calls;
    const message = data instanceof Uint8Array ? await unpack(data) : data;
    if (call < view.received) return undefined; // a newer message was unpacked sooner
    if (!view.received) create(view, message);
    view.received = call;
    receive(view, message);
    view.unwatch?.();
    view.unwatch = onResize(view.root, () => draw(view));
    // Streamlit ends a call that another has overtaken, though the component stays: the newest alone ends the view.
    return () => call === view.calls && view.unwatch();
  };
}

function keep(view, message) {
  view.message = message;
}

// Calls draw() now and whenever the element's width or the display's sharpness changes; returns a way to stop.
export function onResize(element, draw) {
  let drawn = "";
  const check = () => {
    const now = `${element.clientWidth} ${window.devicePixelRatio}`;
    if (now === drawn || !element.clientWidth) return;
    drawn = now;
    draw();
  };
  const observer = new ResizeObserver(check);
  observer.observe(element);
  window.addEventListener("resize", check); // zooming changes the sharpness, not always the width
  check();
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", check);
  };
}
