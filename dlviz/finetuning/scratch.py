"""The lesson's TextClassifier, which knows no word before: the arm that shows what pre-training is worth."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence

from dlviz import weights
from dlviz.data import sentiment
from dlviz.data.sentiment import UNKNOWN, Vocabulary
from dlviz.finetuning.texts import LONGEST, Texts

SIZES = {"embed_dim": 100, "hidden_dim": 64}


class Scratch(nn.Module):
    """TextClassifier with weights drawn at random, and a vocabulary of the words that it learns from.

    Args:
        learned: texts that it learns from, whose words make the vocabulary.
        classes: number of them.
        seed: of its weights.
    """

    def __init__(self, learned: Sequence[str], classes: int, seed: int = 0) -> None:
        super().__init__()
        self.vocabulary = Vocabulary.of(sentiment.tokenise(text) for text in learned)
        self.build(len(self.vocabulary), SIZES["embed_dim"], classes, seed)

    def build(self, words: int, size: int, classes: int, seed: int) -> None:
        """Draw the weights of a network for so many words with vectors of this size."""
        arguments: dict[str, object] = {
            **SIZES,
            "vocab_size": words,
            "embed_dim": size,
            "output_dim": classes,
        }
        self.model = weights.build("TextClassifier", arguments, seed)
        head = self.model.get_submodule("fc")
        assert isinstance(head, nn.Linear)
        self.head = head
        self.eval()

    def learning(self) -> dict[str, nn.Parameter]:
        """Parameters that learn, by their names."""
        return {name: each for name, each in self.model.named_parameters() if each.requires_grad}

    def read(self, texts: Sequence[str], labels: Sequence[int]) -> Texts:
        """Numbers of each text's words; a text without a word is one unknown word.

        Args:
            labels: class of each text.
        """
        unknown = [self.vocabulary.words.index(UNKNOWN)]
        numbers = [self.vocabulary.encode(sentiment.tokenise(text))[:LONGEST] or unknown for text in texts]
        return Texts([torch.tensor(each) for each in numbers], torch.tensor(list(labels)))

    def features(self, entering: Sequence[Tensor]) -> Tensor:
        """Last states of both directions (batch, size) of texts, numbers (token,) of words each."""
        vectors = [self.model.get_submodule("embedding")(text) for text in entering]
        # As the model's own forward, but for texts of all lengths at once, which it cannot take.
        _, (last, _) = self.model.get_submodule("lstm")(pack_sequence(vectors, enforce_sorted=False))
        return torch.cat([last[0], last[1]], dim=1)

    def forward(self, entering: Sequence[Tensor]) -> Tensor:
        """Logits (batch, classes) of texts."""
        return self.head(self.features(entering))
