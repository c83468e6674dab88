// The keyboard.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }; // rows, columns

// Calls the action of a key that has one, and keeps the page from scrolling by it.
export function onKeys(element, actions, isMine = () => true) {
  element.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || !isMine(event)) return;
    action(event);
    event.preventDefault();
  });
}

// Calls move(rows, columns, event) for an arrow key.
export function onArrows(element, move) {
  const actions = Object.entries(ARROWS).map(([key, step]) => [key, (event) => move(...step, event)]);
  onKeys(element, Object.fromEntries(actions));
}
