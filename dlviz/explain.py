"""Attributions of a network's answer to a drawing or picture: heat over it, and the test of that heat.

Interventions are respected: `edits` are those of `dlviz.trace.trace`, name -> function from tensor to tensor
of the same shape, so what is explained is the network as the learner has changed it.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.trace import Edit, recording

Edits = Mapping[str, Edit]

BACKGROUND = -1.0  # A normalised pixel without ink, or without light.
BATCH = 64  # Faster on one thread than all at once: the maps of a batch stay in the cache.


@dataclass(frozen=True)
class Spread:
    """Mean and range of repeated random draws."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Faithfulness:
    """The probability of a class before and after pixels are blanked, and what random blanking does.

    before: of the untouched drawing.
    blanked: without the pixels that the heat calls most important.
    random: without as many pixels drawn from the whole field, where most are background anyway.
    random_ink: without as many pixels of ink as the most important ones include: the fairer rival.
    pixels, ink_pixels: number of pixels that were blanked, and of those among them that are ink.
    draws: number of random draws of each kind.
    beaten: number of draws of random ink that leave more of the probability than the most important pixels.
    """

    before: float
    blanked: float
    random: Spread
    random_ink: Spread
    pixels: int
    ink_pixels: int
    draws: int
    beaten: int


def grad_cam(model: nn.Module, x: Tensor, target: int, stage: str, edits: Edits | None = None) -> np.ndarray:
    """Grad-CAM: heat over the drawing where the maps of a stage speak for a class.

    Each map is weighted with the mean gradient of the class's logit, the weighted maps are summed, negative
    sums become zero, and the result is stretched bilinearly to the size of the drawing, as if the maps
    covered all of it. A last row or column that a pooling dropped is not corrected for. The heat can be zero
    everywhere: of a trained SimpleCNN it often is before the last convolution.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        target: the class.
        stage: a layer that gives maps, such as `conv_layers.7`.
        edits: at the stage itself only those that scale or switch off whole channels are accounted for.
    Returns: (height, width) float32, never negative, in logits.
    Raises: ValueError if there is no such stage, or it gives no maps.
    Source: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
        Localization", section 3.
    """
    from captum.attr import LayerGradCam

    # captum hooks the model it is given, and ours is shared by threads.
    model = copy.deepcopy(model)
    layer = dict(model.named_modules()).get(stage)
    if layer is None:
        raise ValueError(f"There is no stage {stage!r} to explain.")
    with recording(edits):
        heat = LayerGradCam(model, layer).attribute(_leaf(x), target, relu_attributions=True)
    if not isinstance(heat, Tensor) or heat.ndim != 4:
        raise ValueError(f"{stage} gives no maps: Grad-CAM needs a stage before they are flattened.")
    return _array(F.interpolate(heat, x.shape[-2:], mode="bilinear"))


def saliency(model: nn.Module, x: Tensor, target: int, edits: Edits | None = None) -> np.ndarray:
    """Saliency: the size of the gradient of a class's logit by each pixel, of the strongest colour.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        target: the class.
    Returns: (height, width) float32, never negative, in logits per unit of a normalised pixel.
    Source: Simonyan et al. 2014, "Deep Inside Convolutional Networks: Visualising Image Classification
        Models and Saliency Maps", section 3.
    """
    from captum.attr import Saliency

    with recording(edits):
        return _array(Saliency(model).attribute(_leaf(x), target).amax(dim=1, keepdim=True))


def occlusion(
    model: nn.Module, x: Tensor, target: int, window: int = 5, stride: int = 2, edits: Edits | None = None
) -> np.ndarray:
    """Occlusion: the mean fall of a class's logit when a square of background covers a pixel.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        target: the class.
        window: side of the square, in pixels.
        stride: from one square to the next, in pixels.
    Returns: (height, width) float32, in logits; negative where covering speaks for the class.
    Raises: ValueError if the square is larger than the drawing, or the stride would leave gaps.
    Source: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2.
    """
    from captum.attr import Occlusion

    if not 1 <= stride <= window <= min(x.shape[-2:]):
        raise ValueError(f"Squares of {window} pixels, {stride} apart, cannot cover the drawing.")
    with recording(edits):
        heat = Occlusion(model).attribute(
            x,
            sliding_window_shapes=(x.shape[1], window, window),
            strides=(x.shape[1], stride, stride),
            baselines=BACKGROUND,
            target=target,
            perturbations_per_eval=BATCH,
        )
    return _array(heat)


def faithfulness(
    model: nn.Module,
    x: Tensor,
    target: int,
    heat: np.ndarray,
    share: float = 0.1,
    draws: int = 100,
    seed: int = 0,
    edits: Edits | None = None,
) -> Faithfulness:
    """Test whether the pixels that a heat calls important are so: the fall of the probability without them.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        target: the class.
        heat: (height, width), larger is more important; among equals, chance decides.
        share: of the pixels to blank, in (0, 1].
        draws: number of random rivals of each kind.
        seed: of the rivals, and of the choice among equals.
    """
    generator = np.random.default_rng(seed)
    ink = np.flatnonzero((x > BACKGROUND).any(dim=1).numpy())
    important = _most_important(heat, share, generator)
    ink_pixels = int(np.isin(important, ink).sum())
    random = [generator.choice(heat.size, len(important), replace=False) for _ in range(draws)]
    random_ink = [generator.choice(ink, ink_pixels, replace=False) for _ in range(draws)]
    before, blanked, *rivals = _probabilities(model, x, target, [important, *random, *random_ink], edits)
    spreads = _spread(rivals[:draws]), _spread(rivals[draws:])
    beaten = sum(float(rival) > float(blanked) for rival in rivals[draws:])
    return Faithfulness(before, blanked, *spreads, len(important), ink_pixels, draws, beaten)


def without_each_channel(model: nn.Module, x: Tensor, stage: str, edits: Edits | None = None) -> np.ndarray:
    """Logits with each channel of a stage alone switched off, in one batch.

    Logits, not probabilities: a softmax that stands at 1 shows no difference.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        stage: a name that the model records, of (batch, channel, …) tensors.
        edits: at the stage itself they come first.
    Returns: (channel, classes) float32; row c is the answer without channel c.
    """
    first = (edits or {}).get(stage)
    with torch.inference_mode():
        with recording() as kept:
            model(x)

        def one_each(tensor: Tensor) -> Tensor:
            tensor = (first(tensor) if first else tensor).clone()
            channels = torch.arange(tensor.shape[1])
            tensor[channels, channels] = 0.0
            return tensor

        with recording({**(edits or {}), stage: one_each}):
            batch = x.expand(kept[stage].shape[1], *x.shape[1:])
            return model(batch).numpy()


def without_strongest(
    model: nn.Module, x: Tensor, stage: str, edits: Edits | None = None, off: Sequence[int] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Logits with the channels of a stage switched off one after another, the strongest first, in one batch.

    Args:
        model: a convolutional network.
        x: (1, colours, height, width), normalised.
        stage: a name that the model records, of (batch, channel, …) tensors.
        edits: at the stage itself they come first.
        off: channels that are off already, and are left out.
    Returns: (n,) numbers of the channels from the strongest on, by the largest value of each, and
        (n, classes) float32, row k the answer without the first k + 1 of them.
    """
    first = (edits or {}).get(stage)
    with torch.inference_mode():
        with recording(edits or {}) as kept:
            model(x)
        peaks = kept[stage][0].flatten(1).amax(1) if kept[stage].ndim > 2 else kept[stage][0]
        order = peaks.argsort(descending=True, stable=True)
        order = order[~torch.isin(order, torch.tensor(off, dtype=order.dtype))]

        def ever_more(tensor: Tensor) -> Tensor:
            tensor = (first(tensor) if first else tensor).clone()
            for row, channel in enumerate(order):
                tensor[row:, channel] = 0.0
            return tensor

        with recording({**(edits or {}), stage: ever_more}):
            return order.numpy(), model(x.expand(len(order), *x.shape[1:])).numpy()


def _most_important(heat: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
    """Places of the hottest share of the pixels, at least one; among equals, chance decides."""
    hottest_first = np.lexsort((generator.random(heat.size), -heat.ravel()))
    return hottest_first[: max(1, round(share * heat.size))]


def _probabilities(
    model: nn.Module, x: Tensor, target: int, blankings: list[np.ndarray], edits: Edits | None
) -> list[float]:
    """Probability of a class for the drawing, and for the drawing without each of these sets of pixels."""
    batch = x.repeat(1 + len(blankings), 1, 1, 1)
    for blanked, pixels in zip(batch[1:], blankings, strict=True):
        blanked.flatten(1)[:, pixels] = BACKGROUND
    with torch.inference_mode(), recording(edits):
        return model(batch).softmax(1)[:, target].tolist()


def _spread(values: list[float]) -> Spread:
    return Spread(float(np.mean(values)), min(values), max(values))


def _leaf(x: Tensor) -> Tensor:
    """Copy a tensor into one that gradients can be asked of."""
    return x.detach().clone().requires_grad_()


def _array(heat: Tensor) -> np.ndarray:
    """Take the first colour of heat (1, colours, height, width): (height, width) float32."""
    return heat.detach()[0, 0].numpy().astype(np.float32)
