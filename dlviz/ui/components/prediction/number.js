// A number on a scale: moved to, then both numbers on one scale.

import { button, element } from "../shared/elements.js";
import { onScale, shareOf, valueAt, written } from "./axis.js";

export function move(view, { scale, step, text }, predict) {
  // Along a logarithmic scale the browser's slider counts shares of it.
  const range = scale.log ? { min: 0, max: 1, step } : { min: scale.low, max: scale.high, step };
  const [slider, shown] = [element("input"), element("output")];
  Object.assign(slider, { type: "range", ...range });
  slider.value = view.moved ?? (range.min + range.max) / 2;
  slider.setAttribute("aria-label", text);
  slider.dataset.next = "";
  const value = () => (scale.log ? valueAt(scale, Number(slider.value)) : Number(slider.value));
  const commit = button("That is my prediction", () => predict(value()));
  const show = () => {
    shown.textContent = written(scale, value());
    slider.setAttribute("aria-valuetext", shown.textContent);
  };
  // Where the handle begins is nobody's prediction.
  slider.oninput = () => {
    view.moved = slider.value;
    commit.disabled = false;
    show();
  };
  commit.disabled = view.moved === undefined;
  if (commit.disabled) shown.textContent = "Move the handle";
  else show();
  const asked = element("div", "", "scale");
  asked.append(shown, slider, ends(scale));
  return { asked, buttons: [commit] };
}

export function moved(view, { scale }, predicted, answer) {
  delete view.moved;
  const track = element("div", "", "track");
  mark(track, scale, predicted, "--mine", "above", "you");
  if (answer !== null) mark(track, scale, answer, "--true", "below", "computed");
  const made = element("div", "", "scale");
  made.append(track, ends(scale));
  return made;
}

function mark(track, scale, value, colour, side, who) {
  const at = shareOf(scale, onScale(scale, value));
  const [line, label] = [element("i"), element("span", `${who}: ${written(scale, value)}`, side)];
  line.style.cssText = `left: ${100 * at}%; background: var(${colour})`;
  // It ends where the scale does.
  label.style.cssText = at < 0.5 ? `left: ${100 * at}%` : `right: ${100 * (1 - at)}%`;
  track.append(line, label);
}

function ends(scale) {
  const made = element("div", "", "ends");
  made.append(...[scale.low, scale.high].map((value) => element("span", written(scale, value))));
  made.firstChild.after(element("span", scale.title));
  return made;
}
