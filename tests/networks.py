"""Small networks to test on."""

from torch import Tensor, nn

from dlviz.trace import record, run_recorded


class Stack(nn.Module):
    """Layers that run one after another, each recorded as `layers.0`, `layers.1`, …"""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return run_recorded(self.layers, "layers", record("input", x))
