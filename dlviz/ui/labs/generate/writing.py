"""Text of the Text generation lab as a session keeps it: a step through it is no new text."""

from typing import Any

from torch import nn

from dlviz import generation
from dlviz.generation import Generated
from dlviz.ui.labs.generate.state import LAB
from dlviz.ui.session_cache import compute_once


def write_once(model: nn.Module, *settings: Any) -> Generated:
    """The text of `dlviz.generation.generate`, written again only where the network or a setting is new."""
    return compute_once(f"{LAB}.generated", (model, *settings), lambda: generation.generate(model, *settings))
