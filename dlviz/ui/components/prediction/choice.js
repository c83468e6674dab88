// Choose one of a few options: one press is the prediction.

import { button, element } from "../shared/elements.js";

export function choose(view, { options }, predict) {
  const buttons = options.map((option) => button(option, () => predict(option)));
  buttons[0].dataset.next = "";
  return { asked: element("div"), buttons };
}

export function chosen(view, { options }, predicted, answer) {
  const made = element("ul", "", "options");
  made.append(
    ...options.map((option) => {
      const [mine, right] = [option === predicted, option === answer];
      const item = element("li", "", [mine && "mine", right && "true"].filter(Boolean).join(" "));
      const said = [mine && "you", right && "computed"].filter(Boolean).join(" · ");
      if (said) item.append(element("small", said));
      item.append(element("span", option));
      return item;
    }),
  );
  return made;
}
