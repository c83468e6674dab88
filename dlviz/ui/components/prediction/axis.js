// Axes {title, low, high, unit, log}: where a value lies, and how it is written.

import { powerOfTen, short } from "../shared/numbers.js";

export function onScale({ low, high }, value) {
  return Math.max(low, Math.min(high, value));
}

// 0 at the low end, 1 at the high one.
export function shareOf({ low, high, log }, value) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

export function valueAt({ low, high, log }, share) {
  return log ? low * (high / low) ** share : low + share * (high - low);
}

export function written({ unit }, value) {
  const digits = Number.isInteger(value) && Math.abs(value) >= 1000 ? value.toLocaleString("en") : short(value);
  return unit ? `${digits} ${unit}` : digits;
}

// Values at lines across a picture.
export function ticks(axis) {
  if (axis.log) {
    const [first, last] = [Math.ceil(Math.log10(axis.low) - 1e-9), Math.floor(Math.log10(axis.high) + 1e-9)];
    const apart = Math.max(1, Math.ceil((last - first) / 5));
    return range(first, last, apart).map((power) => [10 ** power, powerOfTen(10 ** power)]);
  }
  const rough = (axis.high - axis.low) / 5;
  const size = 10 ** Math.floor(Math.log10(rough));
  const apart = [1, 2, 5, 10].map((times) => times * size).find((each) => each >= rough - 1e-12);
  return range(Math.ceil(axis.low / apart - 1e-9), Math.floor(axis.high / apart + 1e-9), 1).map((times) => [
    times * apart,
    short(Number((times * apart).toPrecision(12))),
  ]);
}

function range(first, last, step) {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);
}
