// Numbers in coloured cells.

import { colourOf, cssOf, inkOn } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { short } from "../shared/numbers.js";

// marks: padded, an array that is true where a cell lies outside the map; winner, the index of the largest.
export function fillGrid(grid, columns, values, limit, { padded, winner } = {}) {
  if (grid.children.length !== values.length) {
    grid.replaceChildren(...Array.from(values, () => element("span")));
    grid.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
  }
  values.forEach((value, i) => {
    const cell = grid.children[i];
    const outside = Boolean(padded?.[i]);
    cell.textContent = short(value);
    cell.className = outside ? "padded" : i === winner ? "winner" : "";
    const pixel = colourOf(value, "diverging", limit);
    cell.style.background = outside ? "" : cssOf(pixel);
    cell.style.color = outside ? "" : inkOn(pixel);
  });
}
