"""The very numbers that were multiplied, added and compared to make one unit of a network."""

from dlviz.arithmetic.layers import Record, explain_unit, input_name
from dlviz.arithmetic.units import (
    Arithmetic,
    Convolution,
    DropoutUnit,
    Flattened,
    MaxPool,
    Normed,
    Relu,
    Softmax,
    WeightedSum,
)

__all__ = [
    "Arithmetic",
    "Convolution",
    "DropoutUnit",
    "Flattened",
    "MaxPool",
    "Normed",
    "Record",
    "Relu",
    "Softmax",
    "WeightedSum",
    "explain_unit",
    "input_name",
]
