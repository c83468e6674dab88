"""The lesson's convolutional network for 28×28 digits."""

from torch import Tensor, nn

from dlviz.trace import record, run_recorded


class SimpleCNN(nn.Module):
    """Three rounds of convolution, ReLU and pooling, then two fully connected layers: 390,410 parameters.

    Args:
        num_classes: number of classes.
        channels: maps of the first convolution; the second has twice as many, the third four times.
        hidden_size: units of the hidden layer.
    """

    def __init__(self, num_classes: int = 10, channels: int = 32, hidden_size: int = 256) -> None:
        super().__init__()
        # Shapes as of the lesson's network, with 32 channels and 256 hidden units.
        self.conv_layers = nn.Sequential(
            nn.Conv2d(1, channels, kernel_size=3, padding=1),  # (batch, 32, 28, 28)
            nn.ReLU(),
            nn.MaxPool2d(2, 2),  # (batch, 32, 14, 14)
            nn.Conv2d(channels, 2 * channels, kernel_size=3, padding=1),  # (batch, 64, 14, 14)
            nn.ReLU(),
            nn.MaxPool2d(2, 2),  # (batch, 64, 7, 7)
            nn.Conv2d(2 * channels, 4 * channels, kernel_size=3, padding=1),  # (batch, 128, 7, 7)
            nn.ReLU(),
            nn.MaxPool2d(2, 2),  # (batch, 128, 3, 3): 7 is odd, so the last row and column fall away
        )
        self.fc_layers = nn.Sequential(
            nn.Flatten(),  # (batch, 1152)
            nn.Linear(4 * channels * 3 * 3, hidden_size),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(hidden_size, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) of digits (batch, 1, 28, 28), normalised."""
        x = record("input", x)
        x = run_recorded(self.conv_layers, "conv_layers", x)
        return run_recorded(self.fc_layers, "fc_layers", x)
