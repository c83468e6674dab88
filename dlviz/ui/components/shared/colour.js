// The palette's scales as tables of 256 colours, and arrays drawn with them.

const TABLES = Object.fromEntries(
  Object.entries(PALETTE.scales).map(([name, stops]) => [name, colourTable(stops)]),
);

function colourTable(stops) {
  const rgb = stops.map(([, hex]) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const position = (index / 255) * (rgb.length - 1);
    const low = Math.min(Math.floor(position), rgb.length - 2);
    const [r, g, b] = rgb[low].map((v, i) => Math.round(v + (rgb[low + 1][i] - v) * (position - low)));
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

// The colour, as canvas pixels want it, of a value on a scale from 0 (or -limit) to limit.
function colourOf(value, scale, limit) {
  return colouring(scale, limit)(value);
}

// The same for many values of one scale: a function from a value to its colour.
function colouring(scale, limit) {
  const table = TABLES[scale];
  const full = limit || 1e-12;
  const low = scale === "diverging" ? -full : 0;
  return (value) => table[Math.max(0, Math.min(255, Math.round(((value - low) / (full - low)) * 255)))];
}

// A canvas of one pixel a value, to be drawn enlarged with imageSmoothingEnabled = false.
// canvas: one of an earlier picture, to be used again
function picture(values, height, width, scale, limit, canvas = document.createElement("canvas")) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = colouring(scale, limit);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colour(values[i]);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function largest(values) {
  let limit = 0;
  for (let i = 0; i < values.length; i++) limit = Math.max(limit, Math.abs(values[i]));
  return limit;
}

function cssOf(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

// Dark or white, whichever can be read on a colour of a scale's table.
function inkOn(pixel) {
  const [r, g, b] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#10151b" : "#ffffff";
}

// Three significant digits, with a true minus sign.
function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

// A share between 0 and 1 as a percentage that never claims to be all or nothing.
function percent(share) {
  if (share > 0.999 && share < 1) return "> 99.9 %";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(1)} %`;
}
