// A canvas that stays sharp on every display: drawn in CSS pixels.

function sharpContext(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  return context;
}

// Slanted lines over a rectangle: padding, or what is not read.
function hatch(context, left, top, width, height, colour) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - height - (left % 6); x < left + width; x += 6) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

// A text cut to a width, with an ellipsis where it was.
function clipped(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

// A colour of the page's theme, such as cssColour(element, "--st-text-color").
function cssColour(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

const WATCHED = new WeakMap(); // element -> a way to stop watching it

// Calls draw() now and whenever the element's width or the display's sharpness changes; while it has no width, draw()
// waits. Watching an element again takes the place of the time before. Returns a way to stop.
function onResize(element, draw) {
  WATCHED.get(element)?.();
  let drawn = "";
  const check = () => {
    const now = `${element.clientWidth} ${window.devicePixelRatio}`;
    if (now === drawn || !element.clientWidth) return;
    drawn = now;
    draw();
  };
  const observer = new ResizeObserver(check);
  const stop = () => {
    observer.disconnect();
    window.removeEventListener("resize", check);
  };
  WATCHED.set(element, stop);
  check();
  observer.observe(element);
  window.addEventListener("resize", check); // zooming changes the sharpness, not always the width
  return stop;
}
