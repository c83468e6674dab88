// A tour of a lab: it lights up a part, does something there, waits for the app, and says what the part says now.
// driver.js darkens the page and places the words; it is given a light of ours, which follows the part into components
// and through redraws. What Python is told is described in dlviz/ui/components/tour/__init__.py.

import { button, element } from "../shared/elements.js";
import { mount } from "../shared/mount.js";
import { driver } from "./driver.js";
import { clickAt, drawDigit, pressKeys } from "./hand.js";
import { findPart, readPart } from "./parts.js";
import { adoptLook, copyTheme } from "./sheet.js";

const CALM = 250; // milliseconds without work, after which the app has answered
const PATIENCE = 20_000; // milliseconds for an answer
const MISSING = 15_000; // milliseconds until a part that does not appear is missing
const SILENCE = 1_500; // milliseconds without words while the app works
const LOOK_AGAIN = 300; // milliseconds between two looks at the numbers that are shown

let heard = 0; // number of the newest report that Python has taken
let version = Date.now(); // of reports, so that those of a page that was loaded again are new

export default mount({ create, receive });

function create(view) {
  view.start = view.root.querySelector("[name=start]");
  view.back = view.root.querySelector("[name=back]");
  view.start.onclick = () => {
    view.page = location.pathname;
    report(view, { on: true });
  };
  view.back.onclick = () => goBack(view);
}

function receive(view, { heard: newest, parts, steps }) {
  heard = Math.max(heard, newest);
  if (steps.length && version === newest && view.wanted === newest) begin(view, parts, steps);
}

function report(view, { on, open = null, set = null }) {
  version += 1;
  if (!view.tour && on) view.wanted = version;
  view.setStateValue("report", { version, on, open, set });
}

function goBack(view) {
  report(view, { on: false, open: view.former.slice(1) });
  view.back.hidden = true;
  view.start.focus();
}

// The course of a tour.

function begin(view, parts, steps) {
  view.wanted = null;
  view.back.hidden = true;
  const tour = { view, parts, steps, index: -1, part: null, seen: [], ended: false, busy: false };
  view.tour = tour;
  view.former = location.search;
  adoptOnce();
  tour.light = element("div", "", "tour-light");
  document.body.append(tour.light);
  tour.quickly = matchMedia("(prefers-reduced-motion: reduce)").matches;
  tour.driver = driver({
    animate: !tour.quickly,
    duration: 250,
    overlayOpacity: 0.6,
    stagePadding: 8,
    stageRadius: 10,
    popoverOffset: 14,
    allowKeyboardControl: false,
    overlayClickBehavior: () => {},
  });
  tour.onKey = (event) => takeKey(tour, event);
  window.addEventListener("keydown", tour.onKey, true);
  follow(tour);
  start(tour);
}

// From what the lab opens with, which every step is written for.
async function start(tour) {
  if (location.search) await tell(tour, { open: "" });
  show(tour, 0);
}

let adopted = false;
function adoptOnce() {
  if (!adopted) adoptLook();
  adopted = true;
}

function end(tour) {
  if (tour.ended) return;
  tour.ended = true;
  window.removeEventListener("keydown", tour.onKey, true);
  clearInterval(tour.looking);
  tour.driver.destroy();
  tour.light.remove();
  const { view } = tour;
  view.tour = null;
  if (!isHere(view)) return;
  report(view, { on: false });
  view.back.hidden = location.search === view.former;
  view.start.focus();
}

function isHere({ page }) {
  return location.pathname === page;
}

function takeKey(tour, event) {
  if (event.key === "Escape") {
    event.stopPropagation();
    end(tour);
  }
  const inWords = event.target.closest?.(".driver-popover");
  if (!inWords || tour.busy) return;
  if (event.key === "ArrowRight") show(tour, tour.index + 1);
  if (event.key === "ArrowLeft" && tour.index) show(tour, tour.index - 1);
}

// Shows a step, forwards with what it does, or back with the situation in which it was left.
async function show(tour, index) {
  if (tour.busy || tour.ended) return;
  if (index >= tour.steps.length) {
    end(tour);
    return;
  }
  tour.busy = true;
  const forwards = index > tour.index;
  const step = tour.steps[index];
  tour.index = index;
  setTimeout(() => tour.busy && tour.index === index && speak(tour, { ...step, text: "…" }), SILENCE);
  if (!forwards) await openAgain(tour, tour.seen[index]);
  else await prepare(tour, step);
  const found = await appear(tour, step.part, 1000 * (step.wait ?? 0));
  if (tour.ended) return;
  if (!found) {
    tour.busy = false;
    if (!forwards && !index) tour.index = -1; // nothing to go back to: forwards again
    show(tour, forwards || !index ? tour.index + 1 : index - 1);
    return;
  }
  if (forwards) await act(tour, step, found);
  if (tour.ended) return;
  tour.seen[index] = location.search;
  tour.busy = false;
  speak(tour, step);
}

async function openAgain(tour, search) {
  if (search === undefined || search === location.search) return;
  await tell(tour, { open: search.slice(1) });
}

// What must be there before the part is.
async function prepare(tour, step) {
  if (step.set) await tell(tour, { set: step.set });
  if (step.press) {
    const pressed = await appear(tour, step.press);
    if (tour.ended || !pressed) return;
    light(tour, pressed);
    pressed.click();
    await answered(tour);
  }
}

async function act(tour, step, part) {
  light(tour, part);
  if (step.draw !== undefined) await drawDigit(part, step.draw, { quickly: tour.quickly, ended: () => tour.ended });
  else if (step.click) clickAt(part, step.click);
  else if (step.keys) pressKeys(part, step.keys);
  else return;
  await answered(tour);
}

async function tell(tour, what) {
  report(tour.view, { on: true, ...what });
  const mine = version;
  await until(tour, () => heard >= mine, PATIENCE);
  await answered(tour);
}

// Waiting.

async function until(tour, reached, limit) {
  const start = performance.now();
  while (!tour.ended && performance.now() - start < limit) {
    const found = reached();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return null;
}

function answered(tour) {
  let calm = null;
  return until(
    tour,
    () => {
      const app = document.querySelector("[data-test-script-state]");
      const works = app?.dataset.testScriptState !== "notRunning" || document.querySelector("[data-testid=stSkeleton]");
      calm = works ? null : (calm ?? performance.now());
      return calm !== null && performance.now() - calm > CALM;
    },
    PATIENCE,
  );
}

function appear(tour, name, wait = 0) {
  return until(tour, () => findPart(tour.parts[name]), Math.max(wait, MISSING));
}

// The light, and the words.

function light(tour, part) {
  tour.part = part;
  place(tour);
  scrollTo(part, tour.quickly);
  if (!tour.driver.getActiveElement() || tour.driver.getState("popover")) tour.driver.highlight({ element: tour.light });
}

function scrollTo(part, quickly) {
  const main = document.querySelector("[data-testid=stMain]");
  const { top, height } = part.getBoundingClientRect();
  const room = window.innerHeight - 90;
  const narrow = window.innerWidth <= 640; // there the words stand at the bottom
  const wanted = narrow || height > room ? 70 : 70 + (room - height) / 2;
  const fits = top > 60 && top + height < (narrow ? window.innerHeight * 0.55 : window.innerHeight - 20);
  if (!fits) main.scrollBy({ top: top - wanted, behavior: quickly ? "auto" : "smooth" });
}

// Keeps the light on its part: Streamlit moves and replaces what a step shows.
function follow(tour) {
  if (tour.ended) return;
  if (!isHere(tour.view)) {
    end(tour);
    return;
  }
  if (tour.part && !tour.part.isConnected) tour.part = findPart(tour.parts[tour.steps[tour.index].part]) ?? tour.part;
  if (place(tour)) tour.driver.refresh();
  requestAnimationFrame(() => follow(tour));
}

function place({ part, light }) {
  if (!part?.isConnected) return false;
  const { left, top, width, height } = part.getBoundingClientRect();
  const box = [left, top, width, height].map((side) => `${Math.round(side)}px`);
  if (String(box) === light.dataset.box) return false;
  light.dataset.box = box;
  [light.style.left, light.style.top, light.style.width, light.style.height] = box;
  light.classList.toggle("low", top + height / 2 > window.innerHeight / 2 && top > 0.3 * window.innerHeight);
  return true;
}

function speak(tour, step) {
  if (tour.ended) return;
  tour.part = findPart(tour.parts[step.part]) ?? tour.part;
  copyTheme(tour.view.root, tour.light);
  place(tour);
  scrollTo(tour.part, tour.quickly);
  const last = tour.index === tour.steps.length - 1;
  tour.driver.highlight({
    element: tour.light,
    popover: {
      title: " ",
      description: " ",
      showButtons: ["next", "previous", "close"],
      disableButtons: tour.busy ? ["next", "previous"] : tour.index ? [] : ["previous"],
      showProgress: true,
      progressText: `${tour.index + 1} of ${tour.steps.length}`,
      nextBtnText: last ? "Done" : "Next",
      prevBtnText: "Back",
      onNextClick: () => show(tour, tour.index + 1),
      onPrevClick: () => show(tour, tour.index - 1),
      onCloseClick: () => end(tour),
      onPopoverRender: (popover) => dress(tour, step, popover, last),
    },
  });
  const { nextButton, closeButton } = tour.driver.getState("popover");
  (tour.busy ? closeButton : nextButton).focus();
}

function dress(tour, step, { wrapper, title, description, footerButtons, closeButton }, last) {
  copyTheme(tour.view.root, wrapper);
  closeButton.setAttribute("aria-label", "Leave the tour");
  title.textContent = step.title;
  write(tour, step, description);
  clearInterval(tour.looking);
  tour.looking = setInterval(() => write(tour, step, description), LOOK_AGAIN);
  if (!last || location.search === tour.view.former) return;
  footerButtons.prepend(
    button("Back to what I had", () => {
      end(tour);
      goBack(tour.view);
    }),
  );
}

// The text with the numbers that are on the page now. Names of buttons stand between two asterisks.
function write(tour, step, description) {
  const text = step.text.replace(/\{(\w+)\}/g, (_, name) => readPart(findPart(tour.parts[name])) || "…");
  if (text === description.dataset.text) return;
  description.dataset.text = text;
  const pieces = text.split("**").map((piece, index) => (index % 2 ? element("strong", piece) : piece));
  description.replaceChildren(...pieces);
}
