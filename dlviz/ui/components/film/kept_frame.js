// The frame at which a learner has left the film of a run, kept in this tab of the browser alone. A browser may keep nothing.

const KEY = "dlviz.film";

// -> the frame; of another run, or where none is kept, one behind every film's end.
export function readFrame(run) {
  try {
    const [kept, frame] = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    return kept === run && Number.isInteger(frame) && frame >= 0 ? frame : Infinity;
  } catch {
    return Infinity;
  }
}

export function keepFrame(run, frame) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([run, frame]));
  } catch {
    // no room, or none is given
  }
}
