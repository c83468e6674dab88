"""Questions of the view, answered from its pass, the code behind it, and a script with the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from torch import Tensor, nn

from dlviz.landscape.two_weights import TwoWeights, measure_surface, walk
from dlviz.questions import Choice
from dlviz.ui.labs.landscape.two_weights.captions import NEAR
from dlviz.ui.labs.landscape.two_weights.forward import ForwardPass
from dlviz.ui.labs.landscape.two_weights.state import STEPS, TwoWeightsFields
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import number

ALIKE = 1.25  # gradients whose sizes differ by no larger factor
FILE, NAME = "two_weights.safetensors", "two_weights.py"
SCRIPT = """\
# Five optimizers race over the loss of two weights, all others as they were trained.
# pip install torch safetensors; python two_weights.py two_weights.safetensors
import sys

import torch
from safetensors.torch import load_file
from torch import nn, optim

# The layer's sums, the inputs of the two weights, the layers after it, and the labels.
data = load_file(sys.argv[1])
sums, inputs, trained, labels = (data[name] for name in ("sums", "inputs", "trained", "labels"))
after = [(data[f"weight{{place}}"], data[f"bias{{place}}"]) for place in range({after})]


def loss(weights):
    z = sums.clone()
    for unit, change in zip({units}, (weights - trained)[:, None] * inputs):
        z[:, unit] = z[:, unit] + change
    for weight, bias in after:
        z = nn.functional.linear(torch.relu(z), weight, bias)
    return {measure}


print(f"as trained: {{loss(trained):.4f}}")
optimizers = {{
    "SGD": lambda weights: optim.SGD(weights, lr={rate}),
    "Momentum": lambda weights: optim.SGD(weights, lr={rate}, momentum=0.9),
    "RMSprop": lambda weights: optim.RMSprop(weights, lr={rate}),
    "Adam": lambda weights: optim.Adam(weights, lr={rate}),
    "AdamW": lambda weights: optim.AdamW(weights, lr={rate}),
}}
for name, make in optimizers.items():
    weights = torch.tensor({start}, requires_grad=True)
    optimizer = make([weights])
    for _ in range({steps}):
        optimizer.zero_grad()
        loss(weights).backward()
        optimizer.step()
    print(f"{{name}}: {{loss(weights).item():.4f}}")
"""


def main_question(passed: ForwardPass, _: TwoWeightsFields) -> Choice | None:
    """Ask which optimizer is lowest at the race's end; None if none of them has a loss then."""
    ends = {name: passed.loss_of(name, STEPS) for name in passed.walks}
    finite = {name: loss for name, loss in ends.items() if np.isfinite(loss)}
    if not finite:
        return None
    best = min(finite, key=finite.__getitem__)
    listed = ", ".join(f"{name} {number(finite[name])}" for name in sorted(finite, key=finite.__getitem__))
    gone = ", ".join(name for name in ends if name not in finite)
    return Choice(
        name="winner",
        text=f"Five optimizers begin at the same place of the picture. Which has the lowest loss after "
        f"{STEPS} steps at this learning rate?",
        options=list(ends),
        answer=best,
        as_good=[name for name, loss in finite.items() if name != best and loss <= NEAR * finite[best]],
        hints=[
            "Where the loss is flat, which of them still take steps as long as anywhere else?",
            "Adam and RMSprop divide the gradient by its recent size. SGD does not: in a flat valley its "
            "steps are short.",
        ],
        why="Why does this one get there, and what holds the others back?",
        because=f"Losses at the end: {listed}.{f' Diverged: {gone}.' if gone else ''}",
        shows={"step": STEPS},
    )


def questions(passed: ForwardPass, _: TwoWeightsFields) -> list[Choice]:
    """Questions to predict before looking."""
    gradients = passed.walks["SGD"].gradients
    if not len(gradients):
        return []
    first, second = np.abs(gradients[0])
    alike = max(first, second) <= ALIKE * min(first, second)
    written = ", ".join(number(each) for each in gradients[0].tolist())
    options = ["Along the first weight", "Along the second weight", "About the same along both"]
    return [
        Choice(
            name="steep",
            text="Where the race begins, along which weight is the loss steeper?",
            options=options,
            answer=options[2 if alike else int(second > first)],
            hints=[
                "Lines of equal loss lie close together where it is steep.",
                (
                    "From the start, go the same small way along each weight. On which way do you cross "
                    "more lines?"
                ),
            ],
            because=f"The gradient there is ({written}).",
        )
    ]


def shown_code(_: ForwardPass, __: TwoWeightsFields) -> list[Callable | type]:
    """The code that measured the surface and took the steps."""
    return [TwoWeights, measure_surface, walk]


def script(passed: ForwardPass, state: TwoWeightsFields) -> str:
    """A script of plain PyTorch that runs the same race."""
    return SCRIPT.format(
        after=len(_linear_after(passed)),
        units=[weight.unit for weight in passed.surface.chosen],
        measure=(
            "nn.functional.binary_cross_entropy_with_logits(z[:, 0], labels)"
            if state.network == "plane"
            else "nn.functional.cross_entropy(z, labels)"
        ),
        rate=passed.rate,
        start=[float(f"{value:.9g}") for value in passed.surface.place(*state.start)],
        steps=STEPS,
    )


def script_name(_: ForwardPass, __: TwoWeightsFields) -> str:
    """The name of the script's file."""
    return NAME


def script_files(passed: ForwardPass, _: TwoWeightsFields) -> ScriptFiles:
    """Numbers that the script reads: all that the two weights do not change."""
    from safetensors.torch import save

    function = passed.surface.function
    data: dict[str, Tensor] = {
        "sums": function.sums.contiguous(),
        "inputs": function.inputs.contiguous(),
        "trained": function.values,
        "labels": passed.surface.labels,
    }
    for place, layer in enumerate(_linear_after(passed)):
        data |= {f"weight{place}": layer.weight.detach(), f"bias{place}": layer.bias.detach()}
    return {FILE: lambda: save(data)}


def _linear_after(passed: ForwardPass) -> list[nn.Linear]:
    return [layer for layer in passed.surface.function.after if isinstance(layer, nn.Linear)]
