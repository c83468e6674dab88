// How a tour looks. It stands in the page, beside the app, where no component's style reaches.

const LOOK = `
/* Above the sidebar. */
.driver-overlay { pointer-events: none; z-index: 1000000 !important; }
.tour-light { position: fixed; pointer-events: none; border-radius: 8px; outline: 3px solid var(--accent); outline-offset: 5px; z-index: 1000001; }
.driver-popover {
  position: fixed; z-index: 1000002; box-sizing: border-box; width: 360px; max-width: calc(100vw - 16px); padding: 16px 18px 14px;
  border-radius: 12px; border: 1px solid var(--line); background: var(--ground); color: var(--ink); font: 400 0.95rem/1.5 var(--font);
  font-variant-numeric: tabular-nums; box-shadow: 0 8px 40px #0006;
}
.driver-popover-title { font-size: 1.05rem; font-weight: 650; padding-right: 34px; }
.driver-popover-description { margin-top: 4px; overflow-wrap: anywhere; max-height: 42vh; overflow-y: auto; }
.driver-popover-footer { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px; margin-top: 12px; }
.driver-popover-progress-text { font-size: 0.82rem; opacity: 0.8; }
.driver-popover-navigation-btns { display: flex; gap: 8px; margin-left: auto; }
.driver-popover button {
  font: inherit; font-size: 0.88rem; min-height: 34px; padding: 4px 14px; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--line); background: var(--ground); color: var(--ink);
}
.driver-popover button:hover { border-color: var(--accent); color: var(--accent); }
.driver-popover button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.driver-popover .driver-popover-next-btn, .driver-popover .driver-popover-next-btn:hover {
  background: var(--accent); border-color: var(--accent); color: var(--ground);
}
.driver-popover button:disabled { opacity: 0.5; cursor: default; }
.driver-popover .driver-popover-close-btn { position: absolute; top: 8px; right: 8px; border: 0; padding: 0; width: 34px; font-size: 1.25rem; line-height: 1; }
.driver-popover-arrow { position: absolute; border: 7px solid var(--ground); }
.driver-popover-arrow-none { display: none; }
.driver-popover-arrow-side-left { left: 100%; border-color: transparent transparent transparent var(--ground); }
.driver-popover-arrow-side-right { right: 100%; border-color: transparent var(--ground) transparent transparent; }
.driver-popover-arrow-side-top { top: 100%; border-color: var(--ground) transparent transparent; }
.driver-popover-arrow-side-bottom { bottom: 100%; border-color: transparent transparent var(--ground); }
@media (max-width: 640px) {
  .driver-popover { inset: auto 8px 8px !important; width: auto; max-width: none; }
  /* The end of a page cannot be scrolled to the top. */
  .tour-light.low ~ .driver-popover { inset: 8px 8px auto !important; }
  .driver-popover-description { max-height: 30vh; }
  .driver-popover button { min-height: 40px; }
  .driver-popover-arrow { display: none; }
}
@media (forced-colors: active) {
  .tour-light { outline-color: Highlight; }
  .driver-popover .driver-popover-next-btn { forced-color-adjust: none; background: Highlight; color: HighlightText; border-color: Highlight; }
}
`;

// The page's theme, as a component has it, for what stands outside of every component.
const THEME = {
  "--ground": "--st-background-color",
  "--ink": "--st-text-color",
  "--accent": "--st-primary-color",
  "--line": "--st-border-color",
  "--font": "--st-font",
};

export function adoptLook() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  document.adoptedStyleSheets.push(sheet);
}

export function copyTheme(from, to) {
  const style = getComputedStyle(from);
  for (const [name, theirs] of Object.entries(THEME)) to.style.setProperty(name, style.getPropertyValue(theirs));
}
