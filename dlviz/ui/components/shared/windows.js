// Windows of layers on the maps that they read: [kernel, stride, padding, dilation] along an axis.

// A span [start, stop) of a layer's output, as the span that it reads: beyond the map lies padding.
export function spanAround([kernel, stride, padding, dilation], [start, stop]) {
  return [start * stride - padding, (stop - 1) * stride - padding + dilation * (kernel - 1) + 1];
}

// As much of it as lies on the map, of so many rows or columns.
export function spanRead(window, span, size) {
  const [start, stop] = spanAround(window, span);
  return [Math.max(0, start), Math.min(size, stop)];
}
