// Decimal commas in the browser's own fields for fractions: many browsers drop the comma, and 0,01 becomes 1.

const MINUS = /[−–‐‑]/;
const FRACTION = /^\s*[-+−–‐‑]?\d*,\d+\s*$/;

// Makes every such field of the page take a comma for a point, now and later.
export function acceptDecimalCommas() {
  if (window.dlvizDecimalCommas) return;
  window.dlvizDecimalCommas = true;
  document.addEventListener("beforeinput", onInput, true);
}

function onInput(event) {
  const text = withPoint(event.data ?? "");
  if (text === event.data || !takesFractions(event.target)) return;
  event.preventDefault();
  document.execCommand("insertText", false, text); // so that the page hears of it, and it can be undone
}

// In a field for whole numbers a comma parts thousands.
function takesFractions(field) {
  return field.type === "number" && !(field.step && Number.isInteger(Number(field.step)));
}

// A typed comma, or a pasted number with one, as the field understands it.
export function withPoint(text) {
  if (text === ",") return ".";
  if (text.length === 1 && MINUS.test(text)) return "-";
  return FRACTION.test(text) ? text.trim().replace(",", ".").replace(MINUS, "-") : text;
}
