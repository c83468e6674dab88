"""Number of sequences that a recurrent network names correctly, also under an intervention."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from dlviz.trace import Edit, recording


def count_right(model: nn.Module, x: Tensor, labels: Tensor, edits: Mapping[str, Edit] | None = None) -> int:
    """Count the sequences x (batch, seq, input) float32 whose largest answer is their label (batch,) int64.

    Args:
        edits: of the trace, such as `interventions` makes them.
    """
    with torch.inference_mode(), recording(edits):
        return int((model(x).argmax(dim=1) == labels).sum())
