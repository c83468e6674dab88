// What is under the pointer, told to all pictures of the page that draw it too, so that it lights up in each.

export const HOVERED = "#e0a800"; // the colour in which it lights up
const TOLD = "dlviz:token";
const UNIT = "dlviz:unit";

// −1 for none.
export function tellToken(token) {
  document.dispatchEvent(new CustomEvent(TOLD, { detail: token }));
}

// Keeps `view.hovered` and calls paint() where it changes.
export function followToken(view, paint) {
  view.hovered = -1;
  const follow = ({ detail }) => {
    if (!view.root.isConnected) document.removeEventListener(TOLD, follow);
    else if (view.hovered !== detail) {
      view.hovered = detail;
      paint();
    }
  };
  document.addEventListener(TOLD, follow);
}

// Lights up the hovered token's row and, dashed, its column in a matrix of tokens by tokens.
export function outlineToken(view, context, [left, top, width, height], line = 2) {
  const { hovered, count } = view;
  if (hovered < 0 || hovered >= count) return;
  const [across, down] = [width / count, height / count];
  context.save();
  context.strokeStyle = HOVERED;
  context.lineWidth = line;
  context.strokeRect(left, top + hovered * down, width, down);
  context.setLineDash([3, 3]);
  context.strokeRect(left + hovered * across, top, across, height);
  context.restore();
}

// A network's unit {stage, channel, row, col} that a picture speaks of just now; null for none.
export function tellUnit(unit) {
  document.dispatchEvent(new CustomEvent(UNIT, { detail: unit }));
}

// Calls show(unit) where another is told.
export function followUnit(view, show) {
  const follow = ({ detail }) => {
    if (view.root.isConnected) show(detail);
    else document.removeEventListener(UNIT, follow);
  };
  document.addEventListener(UNIT, follow);
}
