// Arrays as they come from Python: {values, shape}, the values row by row.

export function largest(values) {
  let limit = 0;
  for (let at = 0; at < values.length; at++) limit = Math.max(limit, Math.abs(values[at]));
  return limit;
}

// The place of the largest value, the first of several; where `by` is given, of the largest by(value).
export function argmax(values, by = (value) => value) {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (by(values[at]) > by(values[best])) best = at;
  return best;
}

export function rowOf({ values, shape }, row) {
  const width = shape.at(-1);
  return values.subarray(row * width, (row + 1) * width);
}

// (rows, columns) -> (columns, rows).
export function transposed(values, [rows, columns]) {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
  }
  return turned;
}

// An index that exists among `count`, the nearest.
export function clampIndex(index, count) {
  return Math.max(0, Math.min(count - 1, index));
}
