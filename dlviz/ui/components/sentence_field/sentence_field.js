// In the text areas of sentence fields Enter does what Streamlit has Ctrl+Enter do: it sends the text.

const FIELDS = '[class*="st-key-sentence-field"] textarea';

function sendOnEnter(event) {
  const plain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  // While a word is being composed, as in Japanese, Enter takes the word.
  if (!plain || event.isComposing || !event.target.matches?.(FIELDS)) return;
  event.preventDefault();
  event.stopPropagation();
  const options = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
  event.target.dispatchEvent(new KeyboardEvent("keydown", options));
}

// Once for all fields of all pages, for as long as the app is open.
globalThis.document?.addEventListener("keydown", sendOnEnter, true);

export default function () {}
