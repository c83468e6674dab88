// The softmax of the logits, written out row by row.

import { element } from "../shared/elements.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";

export function showSoftmax(view) {
  const { softmax, selection } = view.message;
  view.root.querySelector(".softmax").hidden = !softmax;
  if (!softmax) return;
  view.root.querySelector(".softmax thead th").textContent = softmax.digits ? "digit" : "class";
  const body = view.root.querySelector("tbody");
  const { logits, largest: top, exponentials, probabilities } = softmax;
  if (body.rows.length !== logits.length) body.replaceChildren(...logits.map((_, digit) => rowOf(view, digit)));
  logits.forEach((logit, digit) => {
    const row = body.rows[digit];
    const texts = [softmax.classes[digit], short(logit), short(logit - top), short(exponentials[digit]), short(probabilities[digit])];
    texts.forEach((text, i) => (row.cells[i].textContent = text));
    row.cells[5].firstChild.style.width = `${probabilities[digit] * 100}%`;
    if (digit === selection[1]) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
  const [, max, , sum, formula] = view.root.querySelector("tfoot tr").cells;
  max.textContent = `max ${short(top)}`;
  sum.textContent = `sum ${short(softmax.total)}`;
  const chosen = selection[1];
  formula.textContent = `${short(exponentials[chosen])} ÷ ${short(softmax.total)} = ${short(probabilities[chosen])}`;
}

function rowOf(view, digit) {
  const [row, head, bar] = ["tr", "th", "div"].map((name) => element(name));
  head.scope = "row";
  row.append(head, ...Array.from({ length: 5 }, () => element("td")));
  bar.style.background = PALETTE.scales.sequential[3];
  row.cells[5].className = "share";
  row.cells[5].append(bar);
  row.onclick = () => view.choose([view.message.selection[0], digit, 0, 0]);
  return row;
}
