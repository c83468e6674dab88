"""Questions on the layers, and the code behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from dlviz.ui.labs.depth.hierarchy.networks import TESTED, TRAINING, Measurement
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.numbers import percent


def questions(measured: Measurement) -> list[Question]:
    """Questions on the trained network's layers."""
    found = measured.trained.found
    gains = {
        after.layer: float(after.right.mean() - before.right.mean()) for before, after in pairwise(found)
    }
    most = max(gains, key=gains.__getitem__)
    asked = [
        Question(
            "parameters",
            "Does the network change while a probe learns to read one of its layers?",
            ["Yes, a little", "No"],
            "No",
            "A probe is a map of its own, from values that the network has computed.",
            "The probe alone is fitted. It shows what a layer holds, and changes nothing in it.",
        )
    ]
    if len(gains) > 1:
        asked.append(
            Question(
                "gain",
                "Which layer gains most over the one before it?",
                list(gains),
                most,
                "Look for the steepest piece of the trained network’s line.",
                f"{most}: {percent(gains[most])} of the test pictures more.",
            )
        )
    return asked


def shown_code() -> Sequence[Callable | type]:
    """Functions that name and read layers, fit a probe, and find neighbours."""
    from dlviz import probes

    return [probes.name_layers, probes.read_layers, probes.fit_probe, probes.find_nearest]


def notebook_snippet(measured: Measurement) -> str:
    """Write lines for a notebook that measure the trained network's layers again."""
    reader = measured.reader
    module, function = reader.read_split.__module__, reader.read_split.__name__
    return "\n".join(
        [
            "from dlviz import weights",
            f"from {module} import {function}",
            "from dlviz.data.digits import normalise",
            "from dlviz.probes import LayerProbes",
            "",
            f'(images, labels), (tested, truth) = {function}("train"), {function}("test")',
            f"training = normalise(images[:{TRAINING}]), labels[:{TRAINING}]",
            f"test = normalise(tested[:{TESTED}]), truth[:{TESTED}]",
            f'probes = LayerProbes(weights.load("{reader.weights}").eval(), training, test)',
            "while not probes.is_done:",
            "    probes.measure_piece()",
            "for layer in probes.found:",
            '    print(f"{layer.layer:10} {layer.right.mean():.1%} {layer.nearest_right.mean():.1%}")',
        ]
    )
