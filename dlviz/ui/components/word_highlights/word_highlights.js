// Words coloured by a number each, in rows.

import { largest } from "../shared/arrays.js";
import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { isolated, MANY, shortened } from "../shared/words.js";

export default mount({
  receive({ root }, { words, unknown, rows, ends, limit, scale, arrays }) {
    // The numbers of many are on hover alone.
    root.classList.toggle("many", words.length > MANY);
    const sections = rows.map((row, at) => {
      const { values } = arrays[at];
      const section = sectionOf(row, words, unknown, values, limit || largest(values), scale);
      if (!limit) section.append(legend(largest(values), ends, scale));
      return section;
    });
    root.replaceChildren(...sections, ...(limit ? [legend(limit, ends, scale)] : []));
  },
});

function sectionOf({ title, note, alt }, words, unknown, values, limit, scale) {
  const [section, heading, list] = ["section", "p", "ol"].map((name) => element(name));
  section.setAttribute("role", "group");
  section.setAttribute("aria-label", `${title}: ${alt}.`);
  heading.append(element("b", title), element("span", ` ${note}`));
  list.append(...words.map((word, at) => wordOf(word, values[at], limit, unknown.includes(at), scale)));
  section.append(heading, list);
  return section;
}

// What the colours mean: from the value of full orange, or from 0, which is white, to that of full blue.
function legend(limit, [positive, negative], scale) {
  const [line, bar] = [element("p", "", "legend"), element("i")];
  bar.style.background = `linear-gradient(to right, ${PALETTE.scales[scale].join(", ")})`;
  const signed = scale === "diverging";
  line.append(
    element("span", signed ? `${isolated(negative)} ${short(-limit)}`.trim() : "0"),
    bar,
    element("span", signed ? `+${short(limit)} ${isolated(positive)}`.trim() : short(limit)),
  );
  return line;
}

function wordOf(word, value, limit, isUnknown, scale) {
  const item = element("li", shortened(word));
  const pixel = colourOf(value, scale, limit);
  item.style.background = cssOf(pixel);
  item.style.color = inkOn(pixel);
  item.classList.toggle("unknown", isUnknown);
  // What is below is rounding.
  const size = Math.abs(value) < 5e-4 ? "0" : short(value);
  const text = value >= 5e-4 && scale === "diverging" ? `+${size}` : size;
  item.title = `${isolated(word)} ${text}`;
  item.append(element("small", text));
  return item;
}
