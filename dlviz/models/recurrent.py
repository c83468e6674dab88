"""The lesson's recurrent networks. Inside a trace they run unrolled, so that their gates can be seen."""

import torch
from torch import Tensor, nn

from dlviz.models.unrolled import unroll
from dlviz.trace import is_recording, record


def _run(layers: nn.RNNBase, x: Tensor, name: str) -> Tensor:
    """Hidden states (batch, seq, directions · hidden): fused, or inside a trace step by step."""
    return unroll(layers, x, name) if is_recording() else layers(x)[0]


class SimpleRNN(nn.Module):
    """A recurrent layer, and a linear one over its last hidden state.

    Args:
        input_size, hidden_size, output_size: of a step, of the hidden state, of the answer.
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.rnn = nn.RNN(input_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (batch, output_size) for sequences (batch, seq, input_size), from the last time step."""
        hidden = _run(self.rnn, record("input", x), "rnn")  # (batch, seq, hidden)
        return record("fc", self.fc(hidden[:, -1]))


class LSTMModel(nn.Module):
    """LSTM layers on top of each other, and a linear layer over the last hidden state.

    Args:
        input_size, hidden_size: of a step, of the hidden and cell state.
        num_layers: number of LSTM layers, with dropout 0.2 between them.
        output_size: of the answer.
    Source: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; the forget gate is that of Gers,
        Schmidhuber and Cummins 2000, "Learning to Forget: Continual Prediction with LSTM".
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int, output_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        # Between one layer and none there is nothing to drop; PyTorch would warn.
        dropout = 0.2 if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=dropout)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (batch, output_size) for sequences (batch, seq, input_size), from the last time step."""
        hidden = _run(self.lstm, record("input", x), "lstm")  # (batch, seq, hidden)
        return record("fc", self.fc(hidden[:, -1]))


class GRUModel(nn.Module):
    """A GRU layer, and a linear one over its last hidden state: as SimpleRNN, with gates.

    Args:
        input_size, hidden_size, output_size: of a step, of the hidden state, of the answer.
    Source: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder for Statistical
        Machine Translation", section 2.3.
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.gru = nn.GRU(input_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (batch, output_size) for sequences (batch, seq, input_size), from the last time step."""
        hidden = _run(self.gru, record("input", x), "gru")  # (batch, seq, hidden)
        return record("fc", self.fc(hidden[:, -1]))


class TextClassifier(nn.Module):
    """Words to vectors, an LSTM that reads them in both directions, and a linear layer over both last states.

    Args:
        vocab_size, embed_dim: number of words, and the size of a word's vector.
        hidden_dim, output_dim: of each direction's state, of the answer.
    """

    def __init__(self, vocab_size: int, embed_dim: int, hidden_dim: int, output_dim: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.lstm = nn.LSTM(embed_dim, hidden_dim, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden_dim, output_dim)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, output_dim) for word indices (batch, seq) int64."""
        embedded = record("embedding", self.embedding(x))  # (batch, seq, embed)
        hidden = _run(self.lstm, embedded, "lstm")  # (batch, seq, 2 · hidden)
        forward, backward = hidden.chunk(2, dim=2)
        # Each direction's last state: forward at the last word, backward at the first.
        last = record("last", torch.cat([forward[:, -1], backward[:, 0]], dim=1))
        return record("fc", self.fc(self.dropout(last)))
