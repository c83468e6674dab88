// Names, bars and percentages in rows, the first of which stands out.

import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";

export default mount({
  receive({ root }, { title, note, rows }) {
    root.style.setProperty("--first", PALETTE.scales.sequential[3]);
    const heads = [title && element("h4", title), note && element("p", note)].filter(Boolean);
    root.replaceChildren(...heads, listOf(rows));
  },
});

function listOf(rows) {
  const list = element("dl");
  for (const [label, share, text] of rows) {
    const [value, track, bar] = ["dd", "b", "i"].map((name) => element(name));
    bar.style.width = `${100 * share}%`;
    track.append(bar);
    value.append(track, element("span", text));
    const name = element("dt", label);
    name.dir = "auto"; // it may be written from right to left
    list.append(name, value);
  }
  return list;
}
