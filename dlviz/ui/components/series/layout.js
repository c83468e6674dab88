// Where values and ticks of the lines lie.

const LOWEST = 1e-45; // that a logarithmic scale shows

// -> the box of the lines, x() and y() from values to pixels, ticks, and place() from a pixel to the nearest place.
export function layOut(context, message, places, width, height) {
  const { names, log } = message;
  const box = { left: 52, right: width - 12, top: 10, bottom: height - (names.length ? 24 : 38) };
  const first = names.length ? 0 : (places[0] ?? 0);
  const last = names.length ? names.length - 1 : Math.max(places.at(-1) ?? 1, first + 1);
  const [low, high] = valueRange(message);
  const shape = log ? (value) => Math.log10(Math.max(value, LOWEST)) : (value) => value;
  const [from, to] = [shape(low), shape(high)];
  const inset = names.length ? 22 : 0; // half of a name
  const [start, end] = [box.left + inset, box.right - inset];
  const x = (value) => start + ((value - first) / (last - first || 1)) * (end - start);
  const y = (value) => {
    if (!Number.isFinite(value)) return NaN;
    // Far outside is as good as infinitely far, and canvases draw it rightly.
    return Math.max(-1e4, Math.min(1e4, box.bottom - ((shape(value) - from) / (to - from)) * (box.bottom - box.top)));
  };
  const place = (pixel) => {
    const away = places.map((value) => Math.abs(x(value) - pixel));
    return away.length ? away.indexOf(Math.min(...away)) : null;
  };
  const yTicks = log ? decades(from, to) : ticks(low, high, 6);
  return { box, x, y, place, xTicks: xTicks(context, names, first, last, end - start), yTicks };
}

function valueRange({ lines, low, high, most, log }) {
  for (const line of lines) {
    for (const value of [...line.y, ...(line.low ?? []), ...(line.high ?? [])]) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      [low, high] = [Math.min(low, Math.max(value, log ? LOWEST : -Infinity)), Math.max(high, value)];
    }
  }
  if (most !== null) high = Math.min(high, most);
  return log ? [low / 1.5, high * 1.5] : [low, high + (high - low) * 0.03];
}

// Names that stand clear of each other: all, or each second, third …, from the first on.
function xTicks(context, names, first, last, room) {
  if (!names.length) {
    const whole = ticks(first, last, Math.max(2, Math.floor(room / 70))).filter(Number.isInteger);
    return whole.map((value) => ({ value, text: String(value) }));
  }
  const widest = Math.max(...names.map((name) => context.measureText(name).width));
  const every = Math.ceil((widest + 8) / (room / Math.max(1, names.length - 1)));
  return names.map((text, value) => ({ value, text })).filter(({ value }) => value % every === 0);
}

// Round values between two ends, about so many.
function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((part) => part * power >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9); k++) {
    found.push(Number((k * step).toPrecision(12)));
  }
  return found;
}

// Powers of ten between two exponents, eight at the most.
function decades(from, to) {
  const powers = [];
  for (let power = Math.ceil(from); power <= to; power++) powers.push(power);
  const every = Math.ceil(powers.length / 8);
  return powers.filter((power) => power % every === 0).map((power) => 10 ** power);
}
