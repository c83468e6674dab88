// A tour's hand: what it does on the page, a learner could have done by mouse or keys.

// Digits as strokes, in parts of the paper's side.
const DIGITS = {
  1: [[[0.54, 0.16], [0.47, 0.84]]],
  3: [[...arc(0.48, 0.34, 0.4, 0.32, -150, 90), ...arc(0.48, 0.66, 0.44, 0.34, -90, 150)]],
  7: [[[0.27, 0.2], [0.71, 0.2], [0.58, 0.5], [0.46, 0.84]]],
};
const BETWEEN = 0.06; // of the paper's side, from one point of a stroke to the next
const PAUSE = 22; // milliseconds between two points

// An arc about (x, y), in degrees clockwise from the right.
function arc(x, y, width, height, start, end) {
  return Array.from({ length: 13 }, (_, step) => {
    const angle = ((start + ((end - start) * step) / 12) * Math.PI) / 180;
    return [x + (width / 2) * Math.cos(angle), y + (height / 2) * Math.sin(angle)];
  });
}

function along(points) {
  return points.flatMap(([x, y], index) => {
    const [fromX, fromY] = points[index - 1] ?? [x, y];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / BETWEEN));
    return Array.from({ length: steps }, (_, i) => [fromX + ((x - fromX) * (i + 1)) / steps, fromY + ((y - fromY) * (i + 1)) / steps]);
  });
}

function point(element, type, [x, y]) {
  const box = element.getBoundingClientRect();
  const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  const event = { ...place, bubbles: true, cancelable: true, composed: true, button: 0, pointerId: 1, isPrimary: true, pointerType: "mouse" };
  element.dispatchEvent(type === "click" ? new MouseEvent(type, event) : new PointerEvent(type, event));
}

// Draws a digit on an empty paper. `ended` says if the learner has left meanwhile.
export async function drawDigit(paper, digit, { quickly, ended }) {
  paper.getRootNode().querySelector("[name=clear]").click();
  for (const stroke of DIGITS[digit].map(along)) {
    point(paper, "pointerdown", stroke[0]);
    for (const place of stroke.slice(1)) {
      if (!quickly && !ended()) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      point(paper, "pointermove", place);
    }
    point(paper, "pointerup", stroke.at(-1));
  }
}

export function clickAt(element, place) {
  for (const type of ["pointermove", "pointerdown", "pointerup", "click"]) point(element, type, place);
}

// Keys such as `ArrowRight` or `Shift+ArrowRight`.
export function pressKeys(element, keys) {
  for (const name of keys) {
    const key = name.replace("Shift+", "");
    const event = { key, shiftKey: key !== name, bubbles: true, cancelable: true, composed: true };
    for (const type of ["keydown", "keyup"]) element.dispatchEvent(new KeyboardEvent(type, event));
  }
}
