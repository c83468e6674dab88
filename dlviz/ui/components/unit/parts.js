// The parts of a sum: input maps or units.

// The one whose products are written out: the learner's choice, else the largest contribution.
export function chosenPart(view) {
  return view.part ?? view.message.parts.strongest;
}

export function partName({ message: { parts } }, part) {
  return parts.names?.[part] ?? `${parts.part} ${part}`;
}
