// The bar by which a learner goes through something step by step. A component's html says what a step is called, and
// how many there are a second: <div class="bar" data-step="checkpoint" data-speeds="1 3 8">; more may stand inside.

const BAR = `
  <button type="button" class="back"><svg viewBox="0 0 16 16"><path d="M12 3v10L5 8zM3 3h2v10H3z"/></svg></button>
  <button type="button" class="play"></button>
  <button type="button" class="forward"><svg viewBox="0 0 16 16"><path d="M4 3v10l7-5zM11 3h2v10h-2z"/></svg></button>
  <input type="range" class="scrub" min="0" step="1">
  <span class="place"></span>
  <label>Speed <select class="speed"><option>slow</option><option selected>medium</option><option>fast</option></select></label>`;
const LONGEST = 400; // milliseconds between two frames that count: a page that was hidden does not catch up

// Fills the bar and gives the view its scrub, place and speed. step(by) goes so many on, jump(step) to a place.
export function setUpBar(view, { step, jump, toggle }) {
  const bar = view.root.querySelector(".bar");
  const { step: name, label = name[0].toUpperCase() + name.slice(1), speeds } = bar.dataset;
  bar.insertAdjacentHTML("afterbegin", BAR);
  const find = (selector) => bar.querySelector(selector);
  const perSecond = speeds.split(" ").map(Number);
  const [back, forward, speed] = [find(".back"), find(".forward"), find(".speed")];
  Object.assign(view, { scrub: find(".scrub"), place: find(".place"), speed: perSecond[1], playing: false });
  back.ariaLabel = `One ${name} back`;
  forward.ariaLabel = `One ${name} forward`;
  view.scrub.ariaLabel = label;
  find(".play").onclick = toggle;
  back.onclick = () => step(-1);
  forward.onclick = () => step(1);
  speed.onchange = () => (view.speed = perSecond[speed.selectedIndex]);
  view.scrub.oninput = () => jump(Number(view.scrub.value));
  showPlaying(view);
}

// Until it is stopped, calls advance(steps) in every frame with the steps that have become due; `view.owed` is what
// has passed of the next.
export function startPlaying(view, advance) {
  view.playing = true;
  view.owed = 0;
  showPlaying(view);
  let before = Infinity; // until the first frame says what time it is
  const frame = (now) => {
    if (!view.playing || !view.root.isConnected) return;
    view.owed += (Math.max(0, Math.min(now - before, LONGEST)) / 1000) * view.speed;
    before = now;
    const steps = Math.floor(view.owed);
    view.owed -= steps;
    advance(steps);
    if (view.playing) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

export function stopPlaying(view) {
  view.playing = false;
  showPlaying(view);
}

function showPlaying(view) {
  const icon = view.playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5v11l9-5.5z";
  view.root.querySelector(".play").innerHTML =
    `<svg viewBox="0 0 16 16"><path d="${icon}"/></svg>${view.playing ? "Pause" : "Play"}`;
}
