// Words coloured by a number each, in rows.

export default function ({ parentElement, data }) {
  const { words, unknown, rows, arrays } = unpack(data);
  // The numbers of many are on hover alone.
  parentElement.querySelector(".marks").classList.toggle("many", words.length > MANY);
  const sections = rows.map(({ title, note, alt }, index) => {
    const { values } = arrays[index];
    const limit = largest(values);
    const section = node("section");
    section.setAttribute("role", "group");
    section.setAttribute("aria-label", `${title}: ${alt}.`);
    const heading = node("p");
    heading.append(node("b", title), node("span", ` ${note}`));
    const list = node("ol");
    list.append(...words.map((word, at) => marked(word, values[at], limit, unknown.includes(at))));
    section.append(heading, list);
    return section;
  });
  parentElement.querySelector(".marks").replaceChildren(...sections);
}

function marked(word, value, limit, isUnknown) {
  const item = node("li", word);
  const pixel = colourOf(value, "diverging", limit);
  item.style.background = cssOf(pixel);
  item.style.color = inkOn(pixel);
  item.classList.toggle("unknown", isUnknown);
  // What is below is rounding.
  const shown = Math.abs(value) < 5e-4 ? "0" : short(value);
  const told = value >= 5e-4 ? `+${shown}` : shown;
  item.title = told;
  item.append(node("small", told));
  return item;
}

function node(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
