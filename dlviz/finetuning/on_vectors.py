"""TextClassifier over the word vectors of an encoder: the arm that shows what these alone are worth."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from dlviz.encoders.loading import Encoder
from dlviz.finetuning.network import tokenise
from dlviz.finetuning.scratch import Scratch
from dlviz.finetuning.texts import Texts


class OnVectors(Scratch):
    """TextClassifier over an encoder's word vectors, which stay as they are; all else is drawn at random.

    It reads the encoder's word pieces, so it knows words that it has not learned from.

    Args:
        encoder: its vectors are shared, not copied.
        classes: number of them.
        seed: of its weights.
    """

    def __init__(self, encoder: Encoder, classes: int, seed: int = 0) -> None:
        nn.Module.__init__(self)
        self.encoder = encoder
        table: Any = encoder.model.get_input_embeddings()
        self.build(1, table.embedding_dim, classes, seed)
        self.model.set_submodule("embedding", nn.Embedding.from_pretrained(table.weight, freeze=True))

    def read(self, texts: Sequence[str], labels: Sequence[int]) -> Texts:
        """Numbers of each text's word pieces, special ones left out; of a text without any, one special one.

        Args:
            labels: class of each text.
        """
        special = torch.tensor(self.encoder.tokenizer.all_special_ids)
        numbers = [text[~torch.isin(text, special)] for text in tokenise(self.encoder, texts)]
        return Texts([text if len(text) else special[:1] for text in numbers], torch.tensor(list(labels)))
