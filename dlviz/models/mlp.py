"""A network of fully connected layers alone: the plain one that others are compared with."""

from itertools import pairwise

from torch import Tensor, nn

from dlviz.trace import record, run_recorded


def _hidden(inputs: int, outputs: int, dropout: float, batch_norm: bool) -> list[nn.Module]:
    norm = [nn.BatchNorm1d(outputs)] if batch_norm else []
    return [nn.Linear(inputs, outputs), *norm, nn.ReLU(), nn.Dropout(dropout)]


class MLP(nn.Module):
    """Hidden layers of one width, one after the other, then a linear layer.

    Args:
        input_size: pixels of a picture, all its colours counted.
        hidden_size, depth: units of a hidden layer, and number of such layers.
        num_classes: number of classes.
        dropout: the share of hidden units dropped in training.
        batch_norm: true to norm each hidden layer's units over the batch.
    """

    def __init__(
        self,
        input_size: int = 784,
        hidden_size: int = 128,
        depth: int = 1,
        num_classes: int = 10,
        dropout: float = 0.0,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        widths = [input_size] + [hidden_size] * depth
        hidden = [
            layer
            for before, after in pairwise(widths)
            for layer in _hidden(before, after, dropout, batch_norm)
        ]
        self.layers = nn.Sequential(nn.Flatten(), *hidden, nn.Linear(hidden_size, num_classes))

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) of pictures (batch, colours, height, width)."""
        return run_recorded(self.layers, "layers", record("input", x))
