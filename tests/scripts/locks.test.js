import assert from "node:assert/strict";
import test from "node:test";

import { classOf, controlsIn } from "../../dlviz/ui/components/locks/locks.js";

// A place of a page: its controls, and what lies in the components inside it.
const place = (controls, ...inner) => ({
  querySelectorAll: (selector) => (selector === "*" ? [...inner.map((shadowRoot) => ({ shadowRoot })), { shadowRoot: null }] : controls),
});

test("controls inside components are found too, however deep", () => {
  const page = place(["slider"], place(["canvas"], place(["button"])), place([]));
  assert.deepEqual(controlsIn(page), ["slider", "canvas", "button"]);
});

test("a key is found as the class that Streamlit makes of it, alone or with a number behind it", () => {
  assert.equal(classOf("cnn.dream_seed"), ':is(.st-key-cnn-dream_seed, [class*="st-key-cnn-dream_seed-"])');
});
