// What a unit sees.

import { spanRead } from "../shared/windows.js";

// Its receptive field on each stage before it: name -> [top, bottom, left, right]. A unit without maps sees everything,
// and has none.
export function fieldsOf(panels, { stage, row, col }) {
  const fields = {};
  let at = panels.findIndex(({ name }) => name === stage);
  if (at < 0 || row >= panels[at].shape[1] || col >= panels[at].shape[2]) return fields;
  let spans = [[row, row + 1], [col, col + 1]];
  for (; panels[at]?.windows.length; at--) {
    const { name, shape } = panels[at - 1];
    spans = spans.map((span, axis) => spanRead(panels[at].windows[axis], span, shape[axis + 1]));
    fields[name] = spans.flat();
  }
  return fields;
}
