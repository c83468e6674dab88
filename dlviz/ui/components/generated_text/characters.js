// Characters that cannot be seen have names.

export const NAMES = { " ": "space", "\n": "new line" };

export function called(character) {
  return NAMES[character] ?? `“${character}”`;
}
