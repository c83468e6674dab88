"""Text of the Transformer block lab as a session keeps it: neither a step nor one more is a new text."""

from typing import Any

from dlviz.attention import writing
from dlviz.attention.writing import Attended
from dlviz.models import CharTransformer
from dlviz.ui.labs.block.state import LAB, MORE
from dlviz.ui.session_cache import compute_once


def write_once(model: CharTransformer, prompt: str, count: int, *sampling: Any) -> Attended:
    """The text of `dlviz.attention.writing.attend`, which is written some way ahead and kept."""
    ahead = MORE * -(-count // MORE)
    settings = (model, prompt, ahead, *sampling)
    return compute_once(f"{LAB}.written", settings, lambda: writing.attend(*settings)).first(count)
