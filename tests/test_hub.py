"""Encoders from a hub: fetched once, config first, two kept in memory, and a sentence where there is none."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from dlviz.encoders import NoEncoder, hub, loading, reading, sentiment
from dlviz.encoders.loading import Encoder
from tests import encoder_folders, hub_server

NOBODY = "http://127.0.0.1:9"  # where no server listens


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was loaded before."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "_kept", type(hub._kept)())


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The folder of the hub's models, with own/small in it."""
    folder = tmp_path / "models"
    (folder / "own" / "small").mkdir(parents=True)
    encoder_folders.bert(folder / "own" / "small")
    return folder


@pytest.fixture
def served(models: Path) -> Iterator[tuple[str, list[str]]]:
    with hub_server.serving(models) as served:
        yield served


def test_a_model_is_fetched_config_first_with_progress_to_the_end(served: tuple[str, list[str]]) -> None:
    endpoint, asked = served
    shares: list[float] = []
    encoder = hub.from_hub("own/small", shares.append, endpoint)
    assert encoder.name == "own/small"
    assert len(reading.tokens(encoder, "the cat sat")) == 5
    assert asked[0] == "config.json"
    assert asked[-1] == "model.safetensors"
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_model_in_memory_is_not_fetched_again(served: tuple[str, list[str]]) -> None:
    endpoint, asked = served
    first = hub.from_hub("own/small", endpoint=endpoint)
    count = len(asked)
    assert hub.from_hub("own/small", endpoint=NOBODY) is first
    assert len(asked) == count


def test_without_a_network_what_was_loaded_before_is_still_there(served: tuple[str, list[str]]) -> None:
    hub.from_hub("own/small", endpoint=served[0])
    hub._kept.clear()
    assert hub.from_hub("own/small", endpoint=NOBODY).layers == 2
    with pytest.raises(NoEncoder, match="cannot be reached, and this model was not loaded before"):
        hub.from_hub("own/other", endpoint=NOBODY)


def test_two_models_stay_in_memory_and_the_older_leaves(models: Path) -> None:
    folders = [str(models / "own" / name) for name in ("small", "b", "c")]
    for folder in folders[1:]:
        Path(folder).mkdir()
        encoder_folders.bert(Path(folder))
    for folder in folders[:2]:
        hub.from_folder(folder)
    assert hub.kept(folders[0], Encoder)  # used again, so the other is the older now
    hub.from_folder(folders[2])
    assert [bool(hub.kept(folder, Encoder)) for folder in folders] == [True, False, True]


def test_an_id_that_does_not_exist_is_named(served: tuple[str, list[str]]) -> None:
    with pytest.raises(NoEncoder, match="The hub has no model of this id"):
        hub.from_hub("own/nothing", endpoint=served[0])


@pytest.mark.parametrize("name", ["", "a b", "a/b/c", "../../etc", "<b>", "x" * 200, "own/"])
def test_what_is_no_id_is_never_asked_for(name: str, served: tuple[str, list[str]]) -> None:
    with pytest.raises(NoEncoder, match=r"no model id|no model of this id"):
        hub.from_hub(name, endpoint=served[0])
    assert served[1] == []


def test_no_weights_are_fetched_of_what_is_no_encoder(models: Path, served: tuple[str, list[str]]) -> None:
    encoder_folders.config(models / "own" / "small", model_type="gpt2")
    with pytest.raises(NoEncoder, match="of the kind gpt2"):
        hub.from_hub("own/small", endpoint=served[0])
    assert served[1] == ["config.json"]


def test_no_weights_are_fetched_that_are_too_large_or_no_safetensors(
    models: Path, served: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(loading, "LARGEST", 100)
        with pytest.raises(NoEncoder, match="at most 1 GB"):
            hub.from_hub("own/small", endpoint=served[0])
    file = models / "own" / "small" / "model.safetensors"
    file.rename(file.with_name("pytorch_model.bin"))
    with pytest.raises(NoEncoder, match="no safetensors"):
        hub.from_hub("own/small", endpoint=served[0])
    assert set(served[1]) == {"config.json"}


def test_a_corrupt_file_on_the_hub_is_named(models: Path, served: tuple[str, list[str]]) -> None:
    (models / "own" / "small" / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(NoEncoder, match="damaged"):
        hub.from_hub("own/small", endpoint=served[0])


def test_the_pipelines_usual_model_comes_from_the_hub(models: Path) -> None:
    folder = models / sentiment.USUAL
    folder.mkdir(parents=True)
    shape: dict[str, Any] = {"dim": 8, "n_layers": 1, "n_heads": 2, "hidden_dim": 16, "num_labels": 2}
    labels = {0: "NEGATIVE", 1: "POSITIVE"}
    config = DistilBertConfig(**encoder_folders.SIZES, **shape, id2label=labels)
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    encoder_folders.tokenizer(folder)
    with hub_server.serving(models) as (endpoint, _):
        found = sentiment.usual(endpoint=endpoint)
    assert sentiment.said(found, "the cat sat")[0] in labels.values()
    assert sentiment.in_memory() is found


def test_a_damaged_usual_model_is_named(models: Path) -> None:
    folder = models / sentiment.USUAL
    folder.mkdir(parents=True)
    encoder_folders.distilbert(folder)
    (folder / "model.safetensors").write_bytes(b"nonsense")
    with hub_server.serving(models) as (endpoint, _), pytest.raises(NoEncoder, match="damaged"):
        sentiment.usual(endpoint=endpoint)
