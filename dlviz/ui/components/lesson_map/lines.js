// The lines of the map: stops on a grid, and ways between them, horizontal or at 45 degrees as on a tube map.

import { element } from "../shared/elements.js";
import { linkOf } from "./tables.js";

const SVG = "http://www.w3.org/2000/svg";
const ROUND = 12; // pixels of a bend

// Where there is no room for a map, the stops are a list in the same order.
export function layOut(view, tracks) {
  view.network = view.root.querySelector(".network");
  view.anchors = {}; // name of a stop or line -> the element from which a way begins
  view.ways = tracks.flatMap(({ ways }) => ways);
  view.stops = Object.fromEntries(tracks.flatMap(({ places }) => places.map((place) => [place.name, place])));
  view.network.append(...tracks.map((track) => lineOf(view, track)));
}

function lineOf(view, { name, row, places }) {
  const section = element("section", "", "line");
  const heading = element("h3", name);
  if (row < 0) heading.className = "listed";
  else heading.style.gridArea = `${row + 1} / 1`;
  view.anchors[name] = heading;
  const list = element("ol");
  list.setAttribute("role", "list");
  list.append(...places.map((place) => stopOf(view, place)));
  section.append(heading, list);
  return section;
}

function stopOf(view, { name, link, question, column, row, beside }) {
  const item = element("li", "", beside ? "beside" : "");
  item.style.gridArea = `${row + 1} / ${column + 1}`;
  item.append(linkOf(link, element("span", question, "question")));
  view.anchors[name] = item.querySelector(".dot");
  if (isMeetingPoint(view, name)) item.classList.add("meeting");
  return item;
}

// Ways of two lines end there, from above and from below.
function isMeetingPoint(view, name) {
  return view.ways.filter((way) => way.at(-1) === name).length > 1;
}

export function drawLines(view) {
  const svg = view.network.querySelector("svg");
  const origin = view.network.getBoundingClientRect();
  if (getComputedStyle(svg).display === "none" || !origin.width) return;
  const at = (name) => {
    const box = view.anchors[name].getBoundingClientRect();
    const isHead = !(name in view.stops);
    return [(isHead ? box.right : box.left + box.width / 2) - origin.left, box.top + box.height / 2 - origin.top];
  };
  const segments = view.ways.flatMap((way) => way.slice(1).map((to, index) => [way[index], to]));
  svg.replaceChildren(...segments.map(([from, to]) => segmentOf(view, from, to, at)).sort((a, b) => rank(a) - rank(b)));
}

function segmentOf(view, from, to, at) {
  const path = document.createElementNS(SVG, "path");
  const isVisited = (name) => view.anchors[name].closest("a")?.classList.contains("visited") ?? true;
  const isBeside = [from, to].some((name) => view.stops[name]?.beside && !isMeetingPoint(view, name));
  path.setAttribute("d", isMeetingPoint(view, to) ? around(at(from), at(to)) : across(at(from), at(to)));
  path.setAttribute("class", `${isBeside ? "beside" : "main"}${isVisited(from) && isVisited(to) ? " passed" : ""}`);
  return path;
}

// What was passed lies on top.
function rank(path) {
  return Number(path.classList.contains("passed")) * 2 + Number(path.classList.contains("main"));
}

// Horizontal, but for a slope in the middle where the rows differ.
function across([x0, y0], [x1, y1]) {
  if (Math.abs(y1 - y0) < 4) return `M${x0} ${y1}H${x1}`; // a line's name may stand a hair higher
  const half = Math.min(Math.abs(y1 - y0) / 2, (x1 - x0) / 2 - ROUND);
  const middle = (x0 + x1) / 2;
  const slope = (y1 - y0) / (2 * half);
  const step = ROUND / Math.hypot(1, slope);
  const [left, right] = [middle - half, middle + half];
  return [
    `M${x0} ${y0}H${left - ROUND}`,
    `Q${left} ${y0} ${left + step} ${y0 + step * slope}`,
    `L${right - step} ${y1 - step * slope}`,
    `Q${right} ${y1} ${right + ROUND} ${y1}`,
    `H${x1}`,
  ].join("");
}

// Horizontal, then vertical, with a large bend between.
function around([x0, y0], [x1, y1]) {
  const bend = 3 * ROUND;
  return `M${x0} ${y0}H${x1 - bend}Q${x1} ${y0} ${x1} ${y0 + Math.sign(y1 - y0) * bend}V${y1}`;
}
