"""The lesson's text generator: an LSTM that predicts, after every character, the next one."""

from torch import Tensor, nn

from dlviz.models.unrolled import unroll
from dlviz.trace import is_recording, record

State = tuple[Tensor, Tensor]


class CharacterLSTM(nn.Module):
    """Characters to vectors, an LSTM over them, and a linear layer over every hidden state.

    Args:
        vocab_size, embed_dim: number of characters, and the size of a character's vector.
        hidden_size, num_layers: of the LSTM.
    """

    def __init__(self, vocab_size: int, embed_dim: int, hidden_size: int, num_layers: int = 1) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.lstm = nn.LSTM(embed_dim, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, seq, vocab_size) of the character after each of x (batch, seq) int64."""
        embedded = record("embedding", self.embedding(x))
        hidden = unroll(self.lstm, embedded, "lstm") if is_recording() else self.lstm(embedded)[0]
        return record("fc", self.fc(hidden))

    def read_on(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits (batch, seq, vocab_size) for x (batch, seq), read on from a state, and the state after it.

        Args:
            state: hidden and cell state, each (num_layers, batch, hidden_size); zeros if there is none.
        """
        hidden, after = self.lstm(self.embedding(x), state)
        return self.fc(hidden), after
