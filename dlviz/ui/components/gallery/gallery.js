// Small pictures with a word under each; some of them lead somewhere, in a tab of its own.

import { pixelCanvas, rgbPixel } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";

export default mount({
  receive({ root }, { alt, side, hint, items, arrays }) {
    root.setAttribute("aria-label", alt);
    root.replaceChildren(...items.map((item, index) => figureOf(item, side, hint, arrays.pictures, index)));
  },
});

function figureOf({ caption, href }, side, hint, pictures, index) {
  const figure = element("figure");
  const canvas = canvasOf(pictures, index);
  canvas.style.width = canvas.style.height = `${side}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", caption);
  const text = element("figcaption", caption);
  text.setAttribute("aria-hidden", "true");
  figure.append(canvas, text);
  if (!href) return figure;
  const link = element("a");
  Object.assign(link, { href, target: "_blank", rel: "noopener", title: hint });
  link.append(figure);
  return link;
}

// Grey pictures are ink on white paper; those with three colours are shown as they are.
function canvasOf({ shape: [, height, width, colours], values }, index) {
  const first = index * height * width;
  return pixelCanvas(height, width, (at) => {
    const [red, green, blue] = values.subarray((first + at) * colours, (first + at + 1) * colours);
    return colours === 3 ? rgbPixel(red, green, blue) : rgbPixel(255 - red, 255 - red, 255 - red);
  });
}
