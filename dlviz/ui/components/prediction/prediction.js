// A question above a lab's picture: predict, then see both in one picture, then give the reason.
//
// Python sends {lab, question, predicted, result, waiting, again, folded, heard}: `predicted` is null before there is a
// prediction, `result` null before it is judged, `again` true where something else can be asked now. Back come `predicted` [value, number] and `act` [what, number].

import { noteChoice, sendChoice } from "../shared/choices.js";
import { button, element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { PALETTE } from "../shared/palette.js";
import { markAnswered } from "../shared/progress.js";
import { choose, chosen } from "./choice.js";
import { draw, drawn } from "./drawing.js";
import { move, moved } from "./number.js";

const ASK = { choice: choose, number: move, drawing: draw }; // what is asked, by its kind
const SHOW = { choice: chosen, number: moved, drawing: drawn }; // prediction and answer in one picture

export default mount({ create, receive, draw: paint });

function create(view) {
  view.section = view.root.querySelector("section");
  view.root.style.setProperty("--mine", PALETTE.accent);
  view.root.style.setProperty("--true", PALETTE.scales.sequential[3]);
}

// What stays the same is not built again: a page that is drawn while a learner moves the scale takes nothing away.
function receive(view, message) {
  const text = JSON.stringify({ ...message, heard: 0 });
  view.heard = message.heard;
  if (text === view.text) return;
  const same = view.message?.question?.name === message.question?.name;
  if (!same) view.hints = 0;
  const focused = view.section.contains(view.root.getRootNode().activeElement);
  Object.assign(view, { text, message, repaint: null });
  view.section.className = message.folded ? "folded" : "";
  view.section.replaceChildren(...partsOf(view, message));
  if (focused) view.section.querySelector("[data-next]")?.focus({ preventScroll: true });
}

function paint(view) {
  view.repaint?.();
}

function partsOf(view, { folded, question, predicted, result, waiting }) {
  if (folded) return [row(act(view, "ask", "Predict first", "quiet"))];
  const heading = element("h3", question.text);
  heading.prepend(element("small", predicted === null ? "Predict first" : "Your prediction"));
  if (predicted === null) return [heading, ...ask(view, question)];
  const shown = SHOW[question.kind](view, question, predicted, result?.answer ?? null);
  if (!result) return [heading, shown, status(waiting), row(...after(view))];
  if (!question.why || !result.because) return [heading, shown, status(result.sentence, result.because), row(...after(view))];
  const said = status(result.sentence, question.why);
  return [heading, shown, said, explanation(result.because), row(...after(view))];
}

function ask(view, question) {
  const predict = (value) => {
    markAnswered(view.message.lab, question.name);
    report(view, "predicted", value);
  };
  const { asked, buttons } = ASK[question.kind](view, question, predict);
  const hints = element("div");
  const look = act(view, "look", "Just let me look", "quiet apart");
  look.hidden = !view.message.looks;
  const line = row(...buttons, look);
  if (question.hints.length) line.insertBefore(hintButton(view, question.hints, hints), look);
  return [asked, hints, line];
}

// One after the other, each when it is asked for.
function hintButton(view, hints, place) {
  const made = button("", () => {
    view.hints += 1;
    show();
  });
  made.className = "quiet";
  const show = () => {
    place.replaceChildren(...hints.slice(0, view.hints).map((hint) => element("p", hint, "hint")));
    made.textContent = view.hints ? "Another hint" : "Hint";
    made.hidden = view.hints >= hints.length;
  };
  place.setAttribute("role", "status");
  show();
  return made;
}

function after(view) {
  const again = view.message.again ? [act(view, "ask", "Predict again")] : [];
  return [...again, act(view, "close", "Close", "quiet apart")];
}

function act(view, what, text, className = "") {
  const made = button(text, () => report(view, "act", what));
  made.className = className;
  return made;
}

function report(view, name, value) {
  noteChoice(view);
  sendChoice(view, name, [value]);
}

function status(text, more = "") {
  const made = element("p", `${text} `, "said");
  made.append(element("span", more));
  made.setAttribute("role", "status");
  made.dataset.next = "";
  made.tabIndex = -1;
  return made;
}

function explanation(text) {
  const made = element("details");
  made.append(element("summary", "Compare with an explanation"), element("p", text));
  return made;
}

function row(...buttons) {
  const made = element("div", "", "row");
  made.append(...buttons);
  return made;
}
