// What is told of one lab: its question, and a picture that its own code makes.

import { element, setText } from "../shared/elements.js";

const PATIENCE = 1200; // ms that the page has to itself before the first picture is asked for

export function aboutOf(root) {
  const about = { root, begun: performance.now() };
  about.figure = element("figure");
  about.image = element("img");
  about.caption = element("figcaption");
  about.figure.append(about.image, about.caption);
  const words = element("div", "", "words");
  about.lead = element("span", "", "lead");
  about.title = element("a");
  about.question = element("p");
  words.append(about.lead, about.title, about.question);
  root.append(words, about.figure);
  about.image.onload = () => about.figure.classList.add("made");
  about.image.onerror = () => about.figure.classList.remove("made");
  return about;
}

// lead: a word or two before the title; link: to the lab
export function tell(about, { title, question, picture, caption }, lead, link) {
  setText(about.lead, lead);
  setText(about.title, title);
  setText(about.question, question);
  Object.assign(about.title, { href: link.href });
  about.title.dataset.address = link.dataset.address;
  if (about.picture === picture) return;
  about.picture = picture;
  about.figure.classList.remove("made");
  about.image.alt = caption;
  setText(about.caption, caption);
  clearTimeout(about.asking);
  const wait = Math.max(0, PATIENCE - (performance.now() - about.begun));
  about.asking = setTimeout(() => (about.image.src = new URL(picture, document.baseURI)), wait);
}
