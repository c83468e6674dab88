// The blocks as buttons, each with the size of what comes in and of what is added to it.

import { clampIndex } from "../shared/arrays.js";
import { noteChoice, sendChoice } from "../shared/choices.js";
import { button, element } from "../shared/elements.js";
import { short } from "../shared/numbers.js";
import { sizeOf, tone } from "./stations.js";

export function showBlocks(view) {
  const blocks = Array.from({ length: view.message.depth }, (_, block) => block);
  const box = view.root.querySelector(".blocks");
  if (box.children.length !== blocks.length) {
    box.replaceChildren(...blocks.map((block) => button("", () => chooseBlock(view, block))));
  }
  const parts = { in: "comes in", attention: "attention", forward: "feed-fwd" };
  const full = Math.max(...blocks.flatMap((block) => Object.keys(parts).map((name) => sizeOf(view, name, block))));
  blocks.forEach((block) => {
    const rows = Object.entries(parts).map(([name, title]) => {
      const [row, bar, track] = [element("span", title), element("i"), element("div")];
      bar.style.setProperty("--share", `${(100 * sizeOf(view, name, block)) / full}%`);
      bar.style.setProperty("--tone", tone(name));
      track.append(bar);
      row.append(track, element("em", short(sizeOf(view, name, block))));
      return row;
    });
    box.children[block].replaceChildren(element("b", `Block ${block + 1}`), ...rows);
    box.children[block].setAttribute("aria-pressed", block === view.block);
  });
}

export function chooseBlock(view, block) {
  const next = clampIndex(block, view.message.depth);
  if (next === view.block) return;
  view.block = next;
  noteChoice(view);
  showBlocks(view);
  sendChoice(view, "block", [next]);
}
