"""Vocabulary of a network: words and their indices."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dlviz.data.typography import without_accents

# `tokenise` splits at "<", so no word of a text looks like these.
PADDING, UNKNOWN = "<pad>", "<unk>"


@dataclass(frozen=True)
class Vocabulary:
    """Words and their indices.

    Args:
        words: the padding (index 0), the unknown (index 1), then the words, the most frequent first.
    Raises: ValueError if a word stands there twice or the first two are others.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.words[:2] != (PADDING, UNKNOWN) or len(set(self.words)) != len(self.words):
            raise ValueError(f"A vocabulary is {PADDING}, {UNKNOWN} and words that are all different.")

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]], limit: int = 10_000) -> "Vocabulary":
        """Build the vocabulary of tokenised sentences.

        Args:
            limit: entries at the most, the padding and the unknown among them; the rarest words are left out.
        """
        counts = Counter(token for tokens in sentences for token in tokens)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return cls((PADDING, UNKNOWN, *ranked[: limit - 2]))

    @classmethod
    def from_json(cls, text: str) -> "Vocabulary":
        """Read the vocabulary that `to_json` wrote.

        Raises: ValueError if the text is anything else.
        """
        words = json.loads(text)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError("A vocabulary is a list of words.")
        return cls(tuple(words))

    def to_json(self) -> str:
        """Write the words in order, as a JSON list."""
        return json.dumps(self.words, ensure_ascii=False)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._index(word) is not None

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words)}

    @cached_property
    def _unaccented(self) -> dict[str, int]:
        """Indices of the words without their accents; of two that are then alike, the more frequent one's."""
        return {without_accents(word): index for word, index in reversed(self._indices.items())}

    def _index(self, word: str) -> int | None:
        """The index of a word, else of the one that differs from it in accents alone: cafe is café."""
        exact = self._indices.get(word)
        return self._unaccented.get(without_accents(word)) if exact is None else exact

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The index of each token; unknown ones are all 1."""
        found = map(self._index, tokens)
        return [1 if index is None else index for index in found]

    def decode(self, indices: Iterable[int]) -> list[str]:
        """The word at each index.

        Raises: IndexError if there is none.
        """
        indices = list(indices)
        if any(not 0 <= index < len(self.words) for index in indices):
            raise IndexError(f"A word's index is 0 … {len(self.words) - 1}.")
        return [self.words[index] for index in indices]
