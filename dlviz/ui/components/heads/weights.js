// The large pattern's weights.

import { largest } from "../shared/arrays.js";

export function weight(view, query, key) {
  return view.large[query * view.count + key];
}

// The largest of the pinned token's row.
export function rowLimit(view) {
  return largest(view.large.subarray(view.pinned * view.count, (view.pinned + 1) * view.count));
}
