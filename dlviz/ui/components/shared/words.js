// Words in a list. Many stand closer, in a box that scrolls.

export const MANY = 60;

const LETTERS = 24;

// As much of a word as a picture has room for.
export function shortened(word) {
  const letters = Array.from(word);
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 2).join("")}…` : word;
}

// The word that is shown stays in sight, without the page being moved.
export function follow(button) {
  const [item, list] = [button.parentElement, button.closest("ol")];
  const above = item.offsetTop < list.scrollTop;
  const below = item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight;
  if (above || below) list.scrollTop = item.offsetTop - list.clientHeight / 2;
}
