// Links, and the tables and exercises that are made of them.

import { element } from "../shared/elements.js";

export function linkOf({ text, address, mark }, ...more) {
  const link = element("a");
  link.dataset.mark = mark;
  link.dataset.address = address;
  link.append(element("i", "", "dot"), element("span", text, "title"), ...more);
  return link;
}

// Real addresses, so that a link can be copied, and opened in a tab of its own; and words for what the marks show.
export function addLinks(root) {
  for (const link of root.querySelectorAll("a[data-mark]")) {
    link.href = new URL(link.dataset.address, document.baseURI);
    link.append(element("span", "", "state visually-hidden"));
  }
}

export function tableOf({ title, heads, rows }) {
  const [section, table, head, body] = ["section", "table", "thead", "tbody"].map((name) => element(name));
  const top = element("tr");
  top.append(...heads.map((text) => Object.assign(element("th", text), { scope: "col" })));
  head.append(top);
  body.append(...rows.map(rowOf));
  table.append(head, body);
  section.append(element("h2", title), table);
  return section;
}

function rowOf(links) {
  const row = element("tr");
  links.forEach((link, at) => {
    const cell = at ? element("td") : Object.assign(element("th"), { scope: "row" });
    cell.append(linkOf(link));
    row.append(cell);
  });
  return row;
}

export function taskOf({ link, text }) {
  const item = element("li");
  item.append(linkOf(link), element("p", text));
  return item;
}
