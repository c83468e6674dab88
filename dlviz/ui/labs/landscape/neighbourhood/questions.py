"""Questions of the view, answered from its pass, the code behind it, and a script with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dlviz.landscape.neighbourhood import SPREAD, draw_directions, rescale
from dlviz.landscape.surface import LossOfWeights
from dlviz.networks import NETWORKS
from dlviz.paths import WEIGHTS
from dlviz.questions import Choice
from dlviz.scripts.templates import fill
from dlviz.training.loss_surface import EXAMPLES
from dlviz.ui.labs.landscape.neighbourhood.forward import ForwardPass, Rise, find_higher
from dlviz.ui.labs.landscape.neighbourhood.state import DRAWS, FACTOR, REACHES, SHIPPED, NeighbourhoodFields
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.runs.loaded_network import packaged_files
from dlviz.ui.text_format.numbers import number

FILE, NAME = "digits.safetensors", "neighbourhood.py"
NEITHER = "Neither: the draws overlap"
NEAR, FAR = 1.5, 3.0  # factors between the losses of two draws


def main_question(passed: ForwardPass) -> Choice:
    """Ask how the loss rises around the networks over several draws; answered once all are measured."""
    lines = {plan.lines: plan.network for plan in passed.plans}
    whole = len(passed.rises) == len(lines) and all(len(rise.losses) == DRAWS for rise in passed.rises)
    rises = passed.rises if whole else ()
    return _ask_for_higher(passed, rises) if len(lines) > 1 else _ask_for_luck(passed.plans[0].network, rises)


def questions(_: ForwardPass, __: NeighbourhoodFields) -> list[Choice]:
    """Questions to predict before looking."""
    return [_ask_for_rescaled()]


def _ask_for_rescaled() -> Choice:
    options = ["It stays as it is", f"It is {FACTOR} times as large", "It falls"]
    return Choice(
        name="rescaled",
        text=f"A hidden layer’s weights and biases are multiplied by {FACTOR}, the weights behind it divided "
        f"by {FACTOR}. With ReLU between them, what happens to the loss of the trained network?",
        options=options,
        answer=options[0],
        hints=[
            f"What does ReLU make of {FACTOR} times a number?",
            (
                "Follow one value: times the factor, through ReLU, and divided by it again in the "
                "layer behind."
            ),
        ],
        because=f"ReLU gives {FACTOR} times as much for {FACTOR} times as much, and the layer behind takes "
        "that back: every answer stays.",
    )


def _ask_for_luck(network: str, rises: Sequence[Rise]) -> Choice:
    """Ask how far the draws around one network are apart."""
    options = [
        f"Less than {number(NEAR)} times as high",
        f"{number(NEAR)} to {number(FAR)} times as high",
        f"More than {number(FAR)} times as high",
    ]
    asked = Choice(
        name="luck",
        text=f"{DRAWS} directions are drawn at random. In each, the weights of {network} are moved by a "
        "distance of 1, once forwards and once backwards, and the mean of both losses is taken. How many "
        f"times as high as the lowest of these {DRAWS} means is the highest?",
        options=options,
        answer=None,
        hints=[
            "In how many directions can so many weights go, and how many of them does one draw try?",
            "Measure the two pictures of two draws first: how alike are they at their edges?",
        ],
        why="So what does one picture of a neighbourhood tell, and what not?",
        because="",
    )
    if not rises or not np.isfinite(rises[0].losses).all():
        return asked
    low, high = float(rises[0].losses[:, -1].min()), float(rises[0].losses[:, -1].max())
    factor = high / max(low, 1e-12)
    answer = options[(factor >= NEAR) + (factor > FAR)]
    return replace(
        asked, answer=answer, because=f"{number(high)} against {number(low)}: {number(factor)} times as high."
    )


def _ask_for_higher(passed: ForwardPass, rises: Sequence[Rise]) -> Choice:
    """Ask around which of two networks the loss is higher, over all draws."""
    titles = [plan.title for plan in passed.plans]
    options = [*titles, NEITHER]
    asked = Choice(
        name="higher",
        text=f"{DRAWS} directions are drawn at random for each network. In each, its weights are moved by a "
        "distance of 1, once forwards and once backwards, and the mean of both losses is taken. Around which "
        "network is it higher?",
        options=options,
        answer=None,
        hints=[
            "Which of the two answers hardly changes if all of its weights change a little?",
            "Is one of them built so that larger or smaller weights change little in what it passes on?",
        ],
        why="What in the network makes its loss rise more, or no more than the other’s?",
        because="",
    )
    if not rises:
        return asked
    found = find_higher(*rises)[-1]
    means = " and ".join(
        f"{number(float(rise.losses[:, -1].mean()))} around {title}"
        for rise, title in zip(rises, titles, strict=True)
    )
    answer = NEITHER if found is None else titles[found]
    return replace(asked, answer=answer, because=f"On average over the draws, {means}.")


def shown_code(_: ForwardPass, __: NeighbourhoodFields) -> list[Callable | type]:
    """The code that drew the directions, rescaled a network and measured the losses."""
    return [draw_directions, rescale, LossOfWeights]


def has_script(state: NeighbourhoodFields) -> bool:
    """True if the first network comes with the project, as do the digits that it is measured on."""
    return state.around in SHIPPED


def script(_: ForwardPass, state: NeighbourhoodFields) -> str:
    """A script of plain PyTorch that measures the first picture's coarsest grid."""
    from dlviz import weights

    of = weights.read(WEIGHTS / f"{SHIPPED[state.around]}.safetensors")
    heads = int(str(of.arguments.get("heads", 4)))
    return fill(
        "neighbourhood",
        {
            "network": fill(f"networks/{NETWORKS[of.class_name].checkpoint_script}", heads=heads),
            "files": " ".join(script_files(_, state)),
        },
        names=[name for name, _ in weights.fit(of).named_parameters()],
        draw=state.draw,
        reach=REACHES[state.edge],
        normalised=not state.plain,
        spread=SPREAD,
    )


def script_name(_: ForwardPass, __: NeighbourhoodFields) -> str:
    """The name of the script's file."""
    return NAME


def script_files(_: ForwardPass, state: NeighbourhoodFields) -> ScriptFiles:
    """The first network's weights, and the digits that its loss is measured on."""
    return {**packaged_files(f"{SHIPPED[state.around]}.safetensors"), FILE: _pack_digits}


def _pack_digits() -> bytes:
    from safetensors.torch import save

    from dlviz.data import mnist

    images, labels = mnist.digits("train")
    return save({"images": images[:EXAMPLES].clone(), "labels": labels[:EXAMPLES].clone()})
