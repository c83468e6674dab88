// Keeps the page's address on what is seen, and shows it in a field that can be copied from.
// Over plain http from another machine a browser gives no clipboard: the field can still be selected.

import { acceptDecimalCommas } from "../shared/decimal_commas.js";
import { markVisited } from "../shared/progress.js";

// Whether a new server answers this page without knowing its address: Streamlit tells it the one that the page was
// opened with. What the page shows is in its address now.
function isBehind(session, address) {
  const before = window.dlvizSession;
  window.dlvizSession = session;
  return before !== undefined && before !== session && address !== location.pathname + location.search;
}

export default function ({ parentElement, data }) {
  acceptDecimalCommas(); // here, since every lab has this component
  if (!location.pathname.replace(/\/+$/, "").endsWith(data.path)) return; // the learner has left this lab
  markVisited(data.path.slice(1));
  const address = location.pathname + (data.query ? `?${data.query}` : "");
  if (isBehind(data.session, address)) {
    location.reload();
    return;
  }
  // Browsers allow only so many changes of the address a minute.
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
  const field = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  field.value = location.origin + address;
  field.onfocus = () => field.select();
  button.hidden = !navigator.clipboard;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      field.select(); // the browser has refused: the learner can copy by hand
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };
}
