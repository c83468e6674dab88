// Words coloured by a number each, in rows.

import { largest } from "../shared/arrays.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { MANY } from "../shared/words.js";

export default mount({
  receive({ root }, { words, unknown, rows, arrays }) {
    // The numbers of many are on hover alone.
    root.classList.toggle("many", words.length > MANY);
    root.replaceChildren(...rows.map((row, at) => sectionOf(row, words, unknown, arrays[at].values)));
  },
});

function sectionOf({ title, note, alt }, words, unknown, values) {
  const [section, heading, list] = ["section", "p", "ol"].map((name) => element(name));
  section.setAttribute("role", "group");
  section.setAttribute("aria-label", `${title}: ${alt}.`);
  heading.append(element("b", title), element("span", ` ${note}`));
  const limit = largest(values);
  list.append(...words.map((word, at) => wordOf(word, values[at], limit, unknown.includes(at))));
  section.append(heading, list);
  return section;
}

function wordOf(word, value, limit, isUnknown) {
  const item = element("li", word);
  const pixel = colourOf(value, "diverging", limit);
  item.style.background = cssOf(pixel);
  item.style.color = inkOn(pixel);
  item.classList.toggle("unknown", isUnknown);
  // What is below is rounding.
  const size = Math.abs(value) < 5e-4 ? "0" : short(value);
  const text = value >= 5e-4 ? `+${size}` : size;
  item.title = text;
  item.append(element("small", text));
  return item;
}
