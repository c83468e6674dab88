// Labs that this browser has visited, and questions that it has answered there: kept here alone, no server hears of it.
//
// Under the key, as JSON: {"visited": {"<lab>": true}, "answered": {"<lab>": ["<question>", …]}}.
// A browser may keep nothing, have no room left, or hold rubbish under the key: then less is marked, and all goes on.

export const KEY = "dlviz.lesson";

// -> {visited: {lab: true}, answered: {lab: [question, …]}}, of what is sound under the key.
export function read() {
  const kept = parsed();
  const visited = entries(kept?.visited).filter(([, value]) => value === true);
  const answered = entries(kept?.answered).filter(([, value]) => Array.isArray(value));
  return {
    visited: Object.fromEntries(visited),
    answered: Object.fromEntries(answered.map(([lab, names]) => [lab, names.filter((name) => typeof name === "string")])),
  };
}

export function markVisited(lab) {
  const progress = read();
  if (progress.visited[lab]) return;
  progress.visited[lab] = true;
  write(progress);
}

export function markAnswered(lab, question) {
  const progress = read();
  const names = progress.answered[lab] ?? [];
  if (names.includes(question)) return;
  progress.answered[lab] = [...names, question];
  write(progress);
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // it keeps nothing
  }
}

function parsed() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write(progress) {
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    // no room, or none is given
  }
}

function entries(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
}
