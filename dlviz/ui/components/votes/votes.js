// A class's answers: each option with its bars, one for each vote, and marks at what was computed and at one's own.

import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";

const NAMES = ["before talking", "after talking"];

export default mount({
  receive({ root }, { most, rows }) {
    root.replaceChildren(...rows.map((row) => rowOf(row, most)));
  },
});

function rowOf({ label, counts, right, mine }, most) {
  const row = element("section", "", right ? "right" : "");
  const name = element("h4", label);
  name.dir = "auto"; // it may be written from right to left
  if (right) name.append(element("small", "✓ computed"));
  if (mine) name.append(element("small", "your answer"));
  row.append(name, ...counts.map((count, vote) => barOf(count, most, counts.length > 1 ? NAMES[vote] : "", vote)));
  return row;
}

function barOf(count, most, name, vote) {
  const line = element("p", "", `vote-${vote}`);
  const track = element("b");
  const bar = element("i");
  bar.style.width = `${(100 * count) / most}%`;
  track.append(bar);
  line.append(track, element("span", String(count)), element("small", name));
  return line;
}
