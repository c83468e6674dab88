// New elements. Texts are a learner's or Python's: they are never read as HTML.

export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

export function button(text, press) {
  const made = element("button", text);
  made.type = "button";
  made.onclick = press;
  return made;
}

// Read aloud where it has changed alone.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
