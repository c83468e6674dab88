// Numbers in coloured cells.

// marks: padded, an array that is true where a cell lies outside the map; winner, the index of the largest.
function fillGrid(grid, columns, values, limit, { padded, winner } = {}) {
  if (grid.children.length !== values.length) {
    grid.replaceChildren(...Array.from(values, () => document.createElement("span")));
    grid.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
  }
  values.forEach((value, i) => {
    const cell = grid.children[i];
    const outside = Boolean(padded?.[i]);
    cell.textContent = short(value);
    cell.className = outside ? "padded" : i === winner ? "winner" : "";
    cell.style.background = outside ? "" : cssOf(colourOf(value, "diverging", limit));
    cell.style.color = outside ? "" : inkOn(value, "diverging", limit);
  });
}

function cssOf(colour) {
  return `rgb(${colour & 255}, ${(colour >> 8) & 255}, ${(colour >> 16) & 255})`;
}

// Dark or light, whichever reads better on that value's colour.
function inkOn(value, scale, limit) {
  const colour = colourOf(value, scale, limit);
  const brightness = 0.3 * (colour & 255) + 0.59 * ((colour >> 8) & 255) + 0.11 * ((colour >> 16) & 255);
  return brightness > 140 ? "#16181d" : "#ffffff";
}
