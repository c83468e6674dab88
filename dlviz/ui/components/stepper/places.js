// Where the window stands, on the result and on the picture. An index counts the result's pixels row by row.

import { clampIndex } from "../shared/arrays.js";

// The matrices of the message for the channel that is looked at.
export function matrix(view, name) {
  const { shape, values } = view.message.arrays[name];
  const [, rows, columns] = shape;
  const size = rows * columns;
  return { rows, columns, values: values.subarray(view.channel * size, (view.channel + 1) * size) };
}

export function placeOf(view, index = view.index) {
  const columns = view.output.columns;
  return [Math.floor(index / columns), index % columns];
}

export function lastIndex(view) {
  return view.output.rows * view.output.columns - 1;
}

export function where(row, column) {
  return `row ${row}, column ${column}`;
}

// Counted from the picture's own corner: what lies around it is padding.
export function onPicture({ source, message: { padding } }, row, column) {
  const inside = (at, size) => at >= padding && at < size - padding;
  if (!inside(row, source.rows) || !inside(column, source.columns)) return "padding";
  return where(row - padding, column - padding);
}

// The output pixel whose window lies closest around a pixel of the picture.
export function centredOn(view, place) {
  const { stride, dilation, kernel } = view.message;
  return place.map((at, axis) => {
    const middle = ((kernel.shape[axis] - 1) * dilation) / 2;
    const size = axis ? view.output.columns : view.output.rows;
    return clampIndex(Math.round((at - middle) / stride), size);
  });
}

// The values under the window, in the order of the kernel's taps.
export function windowValues(view) {
  const { kernel, stride, dilation } = view.message;
  const [rows, columns] = kernel.shape;
  const [row, column] = placeOf(view);
  const { values, columns: width } = view.source;
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const y = row * stride + Math.floor(i / columns) * dilation;
    return values[y * width + column * stride + (i % columns) * dilation];
  });
}
