// What the pointer is over, in words beside it. `view` has the component's `root` and its `tip`.

export function showTip(view, event, title, text) {
  view.tip.hidden = false;
  view.tip.querySelector("strong").textContent = title;
  view.tip.querySelector("span").textContent = text;
  const box = view.root.getBoundingClientRect();
  const left = Math.min(event.clientX - box.left + 14, box.width - view.tip.offsetWidth - 4);
  view.tip.style.left = `${Math.max(0, left)}px`;
  view.tip.style.top = `${event.clientY - box.top + 16}px`;
}
