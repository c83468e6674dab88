"""EfficientNet-Lite0 against the reference implementation, and its weights against the published ones."""

import re
from pathlib import Path

import efficientnet_lite_pytorch
import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.models import EfficientNetLite0
from dlviz.paths import WEIGHTS
from dlviz.trace import switch_off, trace
from dlviz.training import efficientnet_lite
from dlviz.training.efficientnet_lite import convert, describe_cost, measure_cost
from dlviz.transfer.backbones import freeze, load_embedded
from dlviz.weights import BadWeights

FILE = WEIGHTS / "efficientnet_lite0.safetensors"


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    return efficientnet_lite.read_published(efficientnet_lite.find_file())


@pytest.mark.parametrize("side", [224, 160])
def test_our_network_gives_what_the_reference_gives(published: dict[str, torch.Tensor], side: int) -> None:
    reference = efficientnet_lite_pytorch.EfficientNet.from_name("efficientnet-lite0").eval()
    reference.load_state_dict(published)
    x = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        ours, maps = convert(published)(x), convert(published).maps(x)
        torch.testing.assert_close(ours, reference(x), atol=1e-5, rtol=0)
        torch.testing.assert_close(maps, reference.extract_features(x), atol=1e-5, rtol=0)


def test_every_inner_tensor_is_recorded_and_the_last_is_the_answer() -> None:
    model = weights.build("EfficientNetLite0", {"num_classes": 7})
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    logits, record = trace(model, x)
    np.testing.assert_array_equal(record["fc"], logits.numpy())
    assert record["head.2"].shape == (1, 1280, 2, 2)
    np.testing.assert_allclose(record["pool"], record["head.2"].mean(axis=(2, 3)), rtol=1e-5, atol=1e-7)
    layers = [name for name, layer in model.named_modules() if not [*layer.children()]]
    empty = {"blocks.0.expand"}  # the first block has as many channels inside as outside
    assert {*layers} - empty <= record.keys()
    sizes = [record[f"blocks.{block}"].shape[1:] for block in (0, 2, 4, 7, 10, 14, 15)]
    expected = [(16, 32, 32), (24, 16, 16), (40, 8, 8), (80, 4, 4), (112, 4, 4), (192, 2, 2), (320, 2, 2)]
    assert sizes == expected
    # The residual: the second block of a group is added to the first one's output.
    added = record["blocks.1"] + record["blocks.2.project.1"]
    np.testing.assert_allclose(record["blocks.2"], added, rtol=1e-6)


def test_an_edit_inside_reaches_the_answer() -> None:
    model = weights.build("EfficientNetLite0", {"num_classes": 3})
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    off, _ = trace(model, x, {"head.2": switch_off([*range(1280)])})
    fc = model.get_submodule("fc")
    assert isinstance(fc, nn.Linear)
    torch.testing.assert_close(off[0], fc.bias.detach())


def test_the_embedded_weights_are_the_published_ones_in_half_precision(
    published: dict[str, torch.Tensor],
) -> None:
    whole, kept = convert(published).state_dict(), weights.read(FILE).state
    assert kept.keys() == whole.keys()
    for name, tensor in whole.items():
        assert kept[name].dtype == (torch.float16 if "fc" in name or tensor.ndim == 4 else tensor.dtype)
        assert torch.equal(kept[name], tensor.to(kept[name].dtype)), name
    assert FILE.stat().st_size < 10_000_000


def test_half_precision_costs_what_the_file_says(published: dict[str, torch.Tensor]) -> None:
    content = weights.read(FILE)
    assert content.facts["result"].endswith(describe_cost(content.measured))
    cost = measure_cost(freeze(convert(published)), load_embedded())
    assert cost["same"] == content.measured["same"] == dict.fromkeys(cost["same"], 1.0)
    for name in cost["cosine"]:
        assert cost["cosine"][name] == pytest.approx(content.measured["cosine"][name], abs=1e-5)
        assert cost["difference"][name] == pytest.approx(content.measured["difference"][name], abs=1e-3)
    assert min(cost["cosine"].values()) > 0.9999


def test_the_sum_of_the_published_file_is_named_in_the_catalogue() -> None:
    catalogue = (WEIGHTS / "MODELS.md").read_text(encoding="utf-8")
    assert re.findall(r"SHA-256 of its \.pth: (\w+)", catalogue) == [efficientnet_lite.SHA256]


def test_another_file_than_the_published_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match=r"^lite\.pth is missing\.$"):
        efficientnet_lite.read_published(tmp_path / "lite.pth")
    (tmp_path / "lite.pth").write_bytes(b"altered")
    with pytest.raises(
        BadWeights, match=r"^lite\.pth is not the published file: its SHA-256 is [0-9a-f]{64}\.$"
    ):
        efficientnet_lite.read_published(tmp_path / "lite.pth")


def test_the_embedded_backbone_is_frozen_and_in_evaluation_mode() -> None:
    model = load_embedded().model
    assert isinstance(model, EfficientNetLite0)
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_a_missing_or_other_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match=r"efficientnet_lite0\.safetensors is missing"):
        load_embedded(tmp_path)
    other = weights.build("SimpleCNN", {})
    weights.save(other, {}, {}, tmp_path / FILE.name)
    with pytest.raises(BadWeights, match="is not EfficientNet-Lite0’s"):
        load_embedded(tmp_path)
