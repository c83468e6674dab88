"""Variants of the lesson's CNN, each a class of its own, and a CNN for colour pictures of 32×32."""

from itertools import pairwise

from torch import Tensor, nn

from dlviz.models.cnn import SimpleCNN
from dlviz.trace import record, run_recorded


class SimpleCNNDropout(SimpleCNN):
    """SimpleCNN with another dropout; its weights have the names of SimpleCNN's.

    Args:
        num_classes, channels, hidden_size: as of SimpleCNN.
        dropout: the share of the hidden units dropped in training.
    """

    def __init__(
        self, num_classes: int = 10, dropout: float = 0.5, channels: int = 32, hidden_size: int = 256
    ) -> None:
        super().__init__(num_classes, channels, hidden_size)
        self.fc_layers[3] = nn.Dropout(dropout)


def _round(inputs: int, outputs: int, batch_norm: bool) -> list[nn.Module]:
    """A convolution of 3×3, batch norm if asked for, ReLU, and pooling that halves the sides."""
    norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
    convolution = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)
    return [convolution, *norm, nn.ReLU(), nn.MaxPool2d(2, 2)]


class _Rounds(nn.Module):
    """Rounds of convolution, then a hidden layer and the answer."""

    def __init__(
        self,
        channels: tuple[int, ...],
        side: int,
        num_classes: int,
        dropout: float,
        batch_norm: bool,
        hidden_size: int = 256,
    ) -> None:
        super().__init__()
        rounds = [_round(a, b, batch_norm) for a, b in pairwise(channels)]
        self.conv_layers = nn.Sequential(*(layer for layers in rounds for layer in layers))
        self.fc_layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels[-1] * side * side, hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_size, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) of pictures (batch, colours, height, width), normalised."""
        x = run_recorded(self.conv_layers, "conv_layers", record("input", x))
        return run_recorded(self.fc_layers, "fc_layers", x)


class SimpleCNNBatchNorm(_Rounds):
    """SimpleCNN with batch norm after each convolution: 28×28 → 14 → 7 → 3.

    Args:
        num_classes, channels, hidden_size: as of SimpleCNN.
        dropout: the share of the hidden units dropped in training.
    """

    def __init__(
        self, num_classes: int = 10, dropout: float = 0.5, channels: int = 32, hidden_size: int = 256
    ) -> None:
        widths = (1, channels, 2 * channels, 4 * channels)
        super().__init__(widths, 3, num_classes, dropout, True, hidden_size)


class ColourCNN(_Rounds):
    """A CNN for CIFAR-10's colour pictures: 3×32×32 → 32×16×16 → 64×8×8 → 128×4×4.

    Args:
        num_classes, channels, hidden_size: as of SimpleCNN.
        dropout: the share of the hidden units dropped in training.
    """

    def __init__(
        self, num_classes: int = 10, dropout: float = 0.5, channels: int = 32, hidden_size: int = 256
    ) -> None:
        widths = (3, channels, 2 * channels, 4 * channels)
        super().__init__(widths, 4, num_classes, dropout, False, hidden_size)


class ColourCNNBatchNorm(_Rounds):
    """ColourCNN with batch norm after each convolution.

    Args:
        num_classes, channels, hidden_size: as of SimpleCNN.
        dropout: the share of the hidden units dropped in training.
    """

    def __init__(
        self, num_classes: int = 10, dropout: float = 0.5, channels: int = 32, hidden_size: int = 256
    ) -> None:
        widths = (3, channels, 2 * channels, 4 * channels)
        super().__init__(widths, 4, num_classes, dropout, True, hidden_size)
