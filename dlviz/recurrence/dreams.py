"""Aim of a dream by a recurrent network: what a unit would like to read, row by row."""

from dataclasses import dataclass

from torch import Tensor, nn

from dlviz.models.unrolled import read_fused
from dlviz.recurrence.reading import recurrent
from dlviz.weights import BadWeights


@dataclass(frozen=True)
class HiddenState:
    """A unit's hidden state after a row of a picture.

    Args:
        layer, unit, step: counted from 0.
    """

    layer: int
    unit: int
    step: int

    def values(self, model: nn.Module, x: Tensor) -> Tensor:
        """Measure it on pictures (batch, 1, rows, columns), normalised: (batch,).

        Raises: BadWeights if it is no number.
        """
        _, layers = recurrent(model)
        values = read_fused(layers, x[:, 0, : self.step + 1], self.layer)[:, self.step, self.unit]
        if not values.isfinite().all():
            raise BadWeights("Inside this network are numbers that mean nothing: it cannot dream.")
        return values
