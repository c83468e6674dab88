"""From pixels to what the networks for digits read."""

from torch import Tensor


def normalise(images: Tensor) -> Tensor:
    """Digits as the lesson's networks read them: (n, 1, 28, 28) float32, (pixel − 0.5) / 0.5.

    Args:
        images: (n, 28, 28), uint8 in 0 … 255 or float in [0, 1].
    """
    pixels = images.float() if images.is_floating_point() else images.float() / 255
    return ((pixels - 0.5) / 0.5).unsqueeze(1)
