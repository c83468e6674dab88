// Which unit of a network is shown: the next by a key, or the one that stands out.

KEYS.ArrowUp = (view) => choose(view, view.main, view.main.shownUnit - 1);
KEYS.ArrowDown = (view) => choose(view, view.main, view.main.shownUnit + 1);

// A unit of a network: its lines at once, its equations when Python has filled them in.
function choose(view, network, unit) {
  const next = Math.max(0, Math.min(network.size - 1, unit));
  view.main = network;
  if (next === network.shownUnit) return;
  network.shownUnit = next;
  view.units[network.name] = { unit: next, pending: true };
  paintNetwork(view, network);
  clearTimeout(view.choosing);
  view.choosing = setTimeout(() => view.setStateValue("unit", [network.name, next, Date.now()]), REST / 2);
}

// The unit with the largest hidden state at this step, or the one that this step has changed most.
function standing(view, network, changed) {
  const hidden = network.strips.find((strip) => strip.name === "hidden");
  const at = (unit, step) => (step < 0 ? 0 : hidden.values[unit * hidden.steps + step]);
  const size = (unit) => Math.abs(at(unit, view.step) - (changed ? at(unit, view.step - 1) : 0));
  let best = 0;
  for (let unit = 1; unit < hidden.units; unit++) if (size(unit) > size(best)) best = unit;
  return best;
}
