// Words of a learner: in a list, of which many stand closer, in a box that scrolls; and in a sentence.

export const MANY = 60;

const LETTERS = 24;

// As much of a word as a picture has room for.
export function shortened(word) {
  const letters = Array.from(word);
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 2).join("")}…` : word;
}

// Hebrew, Arabic and their kin: the blocks that Unicode keeps for letters written from right to left.
const FROM_RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

// A name as it stands in a text; one from right to left is kept apart: else numbers beside it turn round as well.
export function isolated(name) {
  return FROM_RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

// A word or a text in quotation marks.
export function quoted(text) {
  return `“${isolated(text)}”`;
}

// The word that is shown stays in sight, without the page being moved.
export function follow(button) {
  const [item, list] = [button.parentElement, button.closest("ol")];
  const above = item.offsetTop < list.scrollTop;
  const below = item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight;
  if (above || below) list.scrollTop = item.offsetTop - list.clientHeight / 2;
}
