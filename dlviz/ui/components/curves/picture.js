// All that is drawn, on two canvases.

import { sharpContext } from "../shared/canvas.js";
import { layOut } from "./layout.js";
import { paintPanel } from "./paint.js";
import { paintCrosshair, paintDrag, showTip } from "./tip.js";

export function paint(view) {
  view.width = view.root.clientWidth;
  layOut(view);
  const context = sharpContext(view.base, view.width, view.height);
  view.panels.forEach((panel) => paintPanel(view, context, panel));
  paintOver(view);
  performance.mark("dlviz:curves", { detail: view.message.step });
}

// What follows the pointer lies on a canvas of its own, so that moving it redraws no curve.
export function paintOver(view) {
  const context = sharpContext(view.over, view.width, view.height);
  if (view.drag) paintDrag(view, context);
  if (view.at !== null) paintCrosshair(view, context);
  showTip(view);
}
