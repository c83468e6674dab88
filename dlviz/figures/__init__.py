"""Figures: NumPy arrays in, `plotly.graph_objects.Figure` or pixels out. No torch, no Streamlit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlviz.figures.bars import effects, probabilities
    from dlviz.figures.maps import feature_maps

__all__ = ["effects", "feature_maps", "probabilities"]

_HOMES = {"effects": "bars", "probabilities": "bars", "feature_maps": "maps"}


def __getattr__(name: str) -> object:
    """Import the figure of that name when it is first asked for: Plotly takes a while."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dlviz.figures' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dlviz.figures.{_HOMES[name]}"), name)
