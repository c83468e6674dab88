// The colours of a picture's pixels.

import { colourOf, rgbPixel } from "../shared/colour.js";

export function greyPixel(value) {
  const light = level(value);
  return rgbPixel(light, light, light);
}

function level(value) {
  return Math.round(Math.max(0, Math.min(1, value)) * 255);
}

// How a picture's value is coloured: a drawing as ink on paper, a photograph as light, three channels together.
export function picturePixels(view, name) {
  const { shape, values } = view.message.arrays[name];
  if (view.message.ink) return (value) => colourOf(value, "ink", 1);
  if (shape[0] === 1) return greyPixel;
  const size = shape[1] * shape[2];
  return (value, at) =>
    at === undefined ? greyPixel(value) : rgbPixel(...[0, 1, 2].map((channel) => level(values[at + channel * size])));
}
