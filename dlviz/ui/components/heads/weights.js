// The large pattern's weights.

import { largest } from "../shared/arrays.js";

export function weight(view, query, key) {
  return view.large[query * view.count + key];
}

// The value of the darkest colour in the pinned token's row: its own largest, where the picture has no limit.
export function rowLimit(view) {
  return view.message.limit ?? largest(view.large.subarray(view.pinned * view.count, (view.pinned + 1) * view.count));
}
