// Numbers as they are written.

// With a true minus sign.
export function withMinus(text) {
  return text.replaceAll("-", "−");
}

// Three significant digits.
export function short(value) {
  return significant(value, 3);
}

function significant(value, digits) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const far = size >= 1e5 || size < 1e-3;
  return withMinus(far ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits))));
}

// A number that came in half precision: as many of three significant digits as are sure.
export function certain(value) {
  const error = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 11);
  for (const digits of [3, 2]) {
    const [low, high] = [value - error, value + error].map((end) => Number(end.toPrecision(digits)));
    if (low === high) return significant(low, digits);
  }
  return significant(value, 1);
}

// A float32 in full: seven significant digits.
export function full(value) {
  return value === -Infinity ? "−∞" : withMinus(String(Number(value.toPrecision(7))));
}

// A share between 0 and 1 as a percentage that never claims to be all or nothing.
export function percent(share, decimals = 1) {
  const least = 10 ** -(decimals + 2);
  if (share > 1 - least && share < 1) return `> ${(100 * (1 - least)).toFixed(decimals)} %`;
  if (share > 0 && share < least) return `< ${(100 * least).toFixed(decimals)} %`;
  return `${(100 * share).toFixed(decimals)} %`;
}

// A share at a tick of an axis: a round number, without zeros at its end.
export function percentTick(share) {
  return `${Number((100 * share).toFixed(2))} %`;
}

// A network's probability, which is never all or nothing: only rounding makes a softmax 0 or 1.
export function probability(value) {
  if (value > 0.999) return "> 99.9 %";
  if (value < 0.001) return "< 0.1 %";
  return `${(100 * value).toFixed(1)} %`;
}

// A power of ten as it is written, such as 10⁻⁴.
export function powerOfTen(value) {
  const exponent = String(Math.round(Math.log10(value)));
  return `10${Array.from(exponent, (digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit])).join("")}`;
}
