import gc
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import pytest
import torch

from dlviz import weights
from dlviz.models import SimpleCNN
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No network has been loaded yet; gives the names of those that are loaded from here on."""
    loaded: list[str] = []
    load = weights.load

    def counting(name: str) -> torch.nn.Module:
        loaded.append(name)
        return load(name)

    monkeypatch.setattr(weights, "load", counting)
    monkeypatch.setattr(model_cache, "_trained", lru_cache(model_cache._trained.__wrapped__))
    return loaded


def test_learners_who_come_at_once_share_one_network_that_is_loaded_once(cold: list[str]) -> None:
    with ThreadPoolExecutor(8) as learners:
        networks = list(learners.map(model_cache.trained, ["simple_cnn"] * 32))
    assert cold == ["simple_cnn"]
    assert len(set(map(id, networks))) == 1
    assert isinstance(networks[0], SimpleCNN)
    assert not networks[0].training


def test_random_networks_are_told_apart_by_their_seeds() -> None:
    before = torch.get_rng_state()
    first, other = (model_cache.untrained("SimpleCNN", seed) for seed in (3, 4))
    assert model_cache.untrained("SimpleCNN", 3) is first
    assert torch.equal(torch.get_rng_state(), before)
    expected = weights.build("SimpleCNN", {}, 3).state_dict()
    assert all(torch.equal(first.state_dict()[name], tensor) for name, tensor in expected.items())
    assert not torch.equal(other.state_dict()["conv_layers.0.bias"], expected["conv_layers.0.bias"])


def test_the_measured_result_is_the_weights_files_own_words() -> None:
    assert model_cache.result("simple_cnn").startswith("9,959 of 10,000 (99.59 %) test digits right")
    with pytest.raises(BadWeights, match=r"nothing\.safetensors is missing"):
        model_cache.result("nothing")


def test_the_warm_up_survives_missing_weights_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(name: str) -> torch.nn.Module:
        raise BadWeights(f"{name} is missing")

    monkeypatch.setattr(model_cache, "trained", missing)
    with caplog.at_level(logging.WARNING, "dlviz"):
        model_cache._warm_up()
    gc.unfreeze()
    assert [record.message for record in caplog.records] == ["simple_cnn is missing"]
