// The palette's scales as tables of 256 colours, and arrays drawn with them.

import { PALETTE } from "./palette.js";

const TABLES = Object.fromEntries(
  Object.entries(PALETTE.scales).map(([name, stops]) => [name, colourTable(stops)]),
);

function colourTable(stops) {
  const rgb = stops.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const position = (index / 255) * (rgb.length - 1);
    const low = Math.min(Math.floor(position), rgb.length - 2);
    const [r, g, b] = rgb[low].map((v, i) => Math.round(v + (rgb[low + 1][i] - v) * (position - low)));
    return rgbPixel(r, g, b);
  });
}

// The colour, as canvas pixels want it, of a value on a scale from 0 (or -limit) to limit.
export function colourOf(value, scale, limit) {
  return colouring(scale, limit)(value);
}

// For many values of one scale: a function from a value to its colour.
function colouring(scale, limit) {
  const table = TABLES[scale];
  const full = limit || 1e-12;
  const low = scale === "diverging" ? -full : 0;
  return (value) => table[Math.max(0, Math.min(255, Math.round(((value - low) / (full - low)) * 255)))];
}

// A colour as canvas pixels want it, from its parts in 0 … 255.
export function rgbPixel(red, green, blue, opacity = 255) {
  return ((opacity << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

// A canvas of one pixel a value, to be drawn enlarged with imageSmoothingEnabled = false.
// canvas: that of an earlier picture, to be painted over
export function picture(values, height, width, scale, limit, canvas) {
  const colour = colouring(scale, limit);
  return pixelCanvas(height, width, (at) => colour(values[at]), canvas);
}

// A canvas whose pixels are pixelAt(0), pixelAt(1) ..., row by row.
export function pixelCanvas(height, width, pixelAt, canvas = document.createElement("canvas")) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) pixels[at] = pixelAt(at);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

export function cssOf(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

// Black or white, whichever contrasts more with a colour of a scale's table: never less than 4.5 to 1.
export function inkOn(pixel) {
  return luminance(pixel) > 0.179 ? "#000000" : "#ffffff";
}

// A colour's relative luminance, 0 to 1, as the Web Content Accessibility Guidelines define it.
function luminance(pixel) {
  const [red, green, blue] = [0, 8, 16].map((shift) => {
    const share = ((pixel >> shift) & 255) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
