"""Sentences of the view."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from dlviz.plane.towers import KINDS, Towers
from dlviz.training.analysis.significance import compare_paired
from dlviz.ui.labs.depth.too_deep.forward import SEEDS, vanishing
from dlviz.ui.labs.depth.too_deep.state import KIND_TITLES, RATIOS
from dlviz.ui.text_format.numbers import counted, number

GUESS = math.log(2)  # loss of a network that knows nothing: each class is as likely


def newest_losses(towers: Towers) -> dict[str, np.ndarray]:
    """Losses (seeds,) of each kind before the last step."""
    return dict(zip(KINDS, towers.losses[-1], strict=True))


def describe_steps(towers: Towers) -> str:
    """Say how far the networks have learned, and how many there are."""
    taken = counted(towers.steps, "step")
    return f"{taken} taken by {SEEDS} networks of each kind, which began with the same weights."


def verdict(towers: Towers) -> str:
    """Say which kinds have learned, and which differences are more than luck."""
    losses = newest_losses(towers)
    said = [f"After {counted(towers.steps, 'step')}:"]
    left = []
    for kind, values in losses.items():
        title, diverged = KIND_TITLES[kind], int((~np.isfinite(values)).sum())
        if diverged:
            said.append(
                f"**{title}** has diverged in {diverged} of {SEEDS} networks: its loss is no longer a number."
            )
            continue
        left.append(kind)
        said.append(f"**{title}** {describe_loss(values)}.")
    ranked = sorted(left, key=lambda kind: losses[kind].mean())
    for better, other in pairwise(ranked):
        if not is_learned(losses[better]):
            break  # of kinds that have learned nothing, none is ahead
        names = KIND_TITLES[better], KIND_TITLES[other]
        said.append(compare_paired(names, -losses[better], -losses[other], points=False).sentence)
    return " ".join(said)


def describe_loss(values: np.ndarray) -> str:
    """Say a kind's loss (seeds,), and if it is no better than a guess."""
    mean = number(float(values.mean()), ".3g")
    if not is_learned(values):
        than = "worse than" if values.min() > 1.05 * GUESS else "no better than"
        return f"has a loss of {mean}: {than} a guess, which costs {number(GUESS, '.3g')}"
    return (
        f"has a loss of {mean} ({number(float(values.min()), '.3g')} to {number(float(values.max()), '.3g')})"
    )


def is_learned(values: np.ndarray) -> bool:
    """True if a network of a kind, of losses (seeds,), is clearly better than a guess."""
    return bool(values.min() <= 0.95 * GUESS)


def describe_gradients(towers: Towers) -> str:
    """Say how much smaller each kind's first gradient is than its last."""
    parts = []
    for kind, norms in zip(KINDS, towers.norms, strict=True):
        if not np.isfinite(norms).all():
            continue
        parts.append(f"{KIND_TITLES[kind].lower()}: {compare_ends(vanishing(norms))}")
    return f"Gradient norm now, {'; '.join(parts)}." if parts else ""


def compare_ends(ratio: float) -> str:
    """Say how many times smaller a gradient is in the first layer than in the last."""
    if math.isinf(ratio):
        return "the first layer’s is 0"
    factor = write_factor(max(ratio, 1 / ratio))
    if factor == write_factor(1.0):
        return "about the same in the first layer as in the last"
    return f"{factor} {'larger' if ratio < 1 else 'smaller'} in the first layer than in the last"


def write_factor(ratio: float) -> str:
    """A factor in two digits: `1.3 times`, `640 times`, `2.9 · 10⁷ times`."""
    rounded = float(f"{ratio:.2g}")
    return f"{number(rounded, ',.0f') if 100 <= rounded < 1e5 else number(rounded, '.2g')} times"


def name_ratio(norms: np.ndarray) -> tuple[str, str]:
    """A key of RATIOS for the plain networks' gradients (seeds, layers), and a sentence on them."""
    ratio = vanishing(norms)
    kind = next((name for name, (_, low, high) in RATIOS.items() if low <= ratio < high), "million")
    told = "no gradient at all in the first layer" if math.isinf(ratio) else compare_ends(ratio)
    return kind, f"At the first step: {told}."


def gradients_alt(towers: Towers) -> str:
    """Text alternative of the gradients."""
    return f"Gradient norm by layer. {describe_gradients(towers) or 'No step yet.'}"


def losses_alt(towers: Towers) -> str:
    """Text alternative of the losses."""
    if not towers.steps:
        return "Loss over steps. No step yet."
    said = []
    for kind, values in newest_losses(towers).items():
        told = number(float(values.mean()), ".3g") if np.isfinite(values).all() else "diverged"
        said.append(f"{KIND_TITLES[kind]}: {told}")
    return f"Loss over steps. Step {towers.steps:,}. {'; '.join(said)}."
