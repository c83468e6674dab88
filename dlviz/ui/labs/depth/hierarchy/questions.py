"""Questions on the layers, and the code behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from dlviz.questions import Choice
from dlviz.ui.labs.depth.hierarchy import captions
from dlviz.ui.labs.depth.hierarchy.networks import TESTED, TRAINING, Measurement
from dlviz.ui.labs.depth.hierarchy.state import RANDOM_GUESSES
from dlviz.ui.text_format.numbers import number


def main_question(measured: Measurement | None = None) -> Choice:
    """Ask what the first layer of a random network is worth; answered once it has been measured."""
    asked = Choice(
        name="random",
        text=(
            "A network has random weights: it has learned nothing. A linear probe, a single layer that "
            "learns to name pictures from the values it is given, reads the network’s first layer. How does "
            "it do compared with a probe that reads the pixels?"
        ),
        options=list(RANDOM_GUESSES.values()),
        answer=None,
        hints=[
            "What does a layer make of the pixels: does it lose them, or write them in another way?",
            "It has many more values than there are pixels, behind a ReLU. A straight cut may "
            "separate more in more dimensions.",
        ],
        why="How can values from weights that have learned nothing be worth that much, or that little?",
        because="",
    )
    if measured is None or not measured.is_done:
        return asked
    outcome, told = captions.compare_random(measured)
    return replace(asked, answer=RANDOM_GUESSES[outcome], because=told)


def questions(measured: Measurement) -> list[Choice]:
    """Questions on the trained network's layers."""
    found = measured.trained.found
    gains = {
        after.layer: float(after.right.mean() - before.right.mean()) for before, after in pairwise(found)
    }
    most = max(gains, key=gains.__getitem__)
    asked = [
        Choice(
            name="parameters",
            text="Does the network change while a probe learns to read one of its layers?",
            options=["Yes, a little", "No"],
            answer="No",
            hints=[
                "A probe is a map of its own, from values that the network has computed.",
                "What is fitted while the probe learns: the network’s weights, or the probe’s own?",
            ],
            because="The probe alone is fitted. It shows what a layer holds, and changes nothing in it.",
        )
    ]
    if len(gains) > 1:
        asked.append(
            Choice(
                name="gain",
                text="Which layer gains most over the one before it?",
                options=list(gains),
                answer=most,
                hints=[
                    "Look for the steepest piece of the trained network’s line.",
                    "From each layer’s share take that of the layer before. The largest difference counts.",
                ],
                because=f"{most}: {number(100 * gains[most], '.1f')} percentage points more than the layer "
                "before.",
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
