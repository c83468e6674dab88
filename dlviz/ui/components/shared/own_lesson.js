// The lesson that a learner has brought from a file, as its text, until another one takes its place: kept in this
// browser alone, no server keeps it. A browser may keep nothing, or have no room left.

export const KEY = "dlviz.own-lesson";

// -> the text; nothing where none is kept.
export function readLesson() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function keepLesson(text) {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // no room, or none is given
  }
}
