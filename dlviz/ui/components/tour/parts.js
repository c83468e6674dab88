// The parts of a page that a tour speaks of, in it and in the components on it.

// The first visible match of a selector, or with ` #2` at its end the second; null if there is none. `>>>` leads into
// components.
export function findPart(named) {
  const [selector, place = 1] = named.split(" #");
  let roots = [document];
  for (const inside of selector.split(" >>> ")) {
    if (roots[0] !== document) roots = roots.flatMap(rootsWithin);
    roots = roots.flatMap((root) => [...root.querySelectorAll(inside)]);
  }
  return roots.filter(isVisible)[place - 1] ?? null;
}

function rootsWithin(element) {
  return [element, ...element.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
}

function isVisible(element) {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
}

// What a part says now: what is written in it, or what those who cannot see it are told.
export function readPart(part) {
  if (!part) return "";
  return (part.value ?? part.getAttribute("aria-label") ?? part.innerText ?? "").replace(/\s+/g, " ").trim();
}
