import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.encoders import sentiment
from dlviz.models import SimpleCNN
from dlviz.paths import WEIGHTS
from dlviz.weights import BadWeights

METADATA = {"class": "SimpleCNN", "arguments": '{"num_classes": 4}'}


@pytest.fixture
def state() -> dict[str, Tensor]:
    return dict(SimpleCNN(num_classes=4).state_dict())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.safetensors"


def test_weights_that_were_saved_are_loaded_again(file: Path) -> None:
    model = weights.build("SimpleCNN", {"num_classes": 4}, seed=3).train()
    weights.save(model, {"num_classes": 4}, {"data": "none"}, file)
    content = weights.read(file)
    assert content.class_name == "SimpleCNN"
    assert content.arguments == {"num_classes": 4}
    assert content.facts == {"data": "none"}
    loaded = weights.load("mine", file.parent)
    assert isinstance(loaded, SimpleCNN)
    assert not loaded.training
    assert loaded.state_dict().keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)


def test_a_seed_draws_the_same_weights_again_and_leaves_pytorchs_generator_alone() -> None:
    before = torch.get_rng_state()
    first, again, other = (weights.build("SimpleCNN", {}, seed).state_dict() for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first["fc_layers.4.bias"], again["fc_layers.4.bias"])
    assert not torch.equal(first["fc_layers.4.bias"], other["fc_layers.4.bias"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match=r"^The weights file mine\.safetensors is missing: restore it "):
        weights.load("mine", tmp_path)


@pytest.mark.parametrize("length", [0, 7, 300, -1])
def test_a_truncated_file_is_named(file: Path, state: dict[str, Tensor], length: int) -> None:
    save_file(state, file, METADATA)
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(BadWeights, match=r"^mine\.safetensors is damaged"):
        weights.read(file)


@pytest.mark.parametrize("metadata", [None, {}, {"class": "SimpleCNN"}, {"arguments": "{}"}])
def test_a_file_that_does_not_name_its_network_is_refused(
    file: Path, state: dict[str, Tensor], metadata: dict[str, str] | None
) -> None:
    save_file(state, file, metadata)
    with pytest.raises(BadWeights, match=r"^mine\.safetensors does not say which network"):
        weights.read(file)


def test_measured_numbers_come_back_as_numbers_and_are_no_words(file: Path) -> None:
    measured = {"accuracy": {"1": 1.0, "200": 0.134}}
    weights.save(SimpleCNN(), {}, {"data": "none"}, file, measured)
    content = weights.read(file)
    assert content.measured == measured
    assert content.facts == {"data": "none"}


def test_a_file_without_measured_numbers_is_read(file: Path, state: dict[str, Tensor]) -> None:
    save_file(state, file, METADATA)
    assert weights.read(file).measured == {}


def test_measured_numbers_that_are_not_json_are_shown(file: Path, state: dict[str, Tensor]) -> None:
    save_file(state, file, METADATA | {"measured": "1.5 bits"})
    with pytest.raises(BadWeights, match=r"^mine\.safetensors has results that are not JSON: 1\.5 bits\.$"):
        weights.read(file)


@pytest.mark.parametrize("name", ["memory_rnn", "memory_lstm", "memory_gru"])
def test_the_numbers_of_the_memory_task_are_those_of_the_prose(name: str) -> None:
    content = weights.read(WEIGHTS / f"{name}.safetensors")
    for measure, fact in (("accuracy", "result"), ("accuracy_without_growing", "result_without_growing")):
        reached = content.measured[measure]
        assert list(reached) == ["1", "2", "5", "10", "20", "50", "100", "200"]
        prose = ", ".join(f"{delay}: {100 * share:.1f} %" for delay, share in reached.items())
        assert content.facts[fact].endswith(f": {prose}")


@pytest.mark.parametrize("name", ["novel_lstm", "char_transformer"])
def test_the_bits_of_a_novels_network_are_those_of_the_prose(name: str) -> None:
    content = weights.read(WEIGHTS / f"{name}.safetensors")
    bits = content.measured["bits_per_character"]["held_out"]
    assert content.facts["result"].startswith(f"{bits:.3f} bits a character on the held-out chapters")


@pytest.mark.parametrize("name", ["Transformer", "cnn", "__doc__", "torch"])
def test_an_unknown_network_is_named(file: Path, state: dict[str, Tensor], name: str) -> None:
    save_file(state, file, METADATA | {"class": name})
    with pytest.raises(BadWeights, match=rf"^There is no network named {name}\.$"):
        weights.load("mine", file.parent)


def test_arguments_that_are_not_json_are_shown(file: Path, state: dict[str, Tensor]) -> None:
    save_file(state, file, METADATA | {"arguments": "{num_classes"})
    with pytest.raises(
        BadWeights, match=r"^mine\.safetensors has arguments that are not JSON: {num_classes\.$"
    ):
        weights.read(file)


@pytest.mark.parametrize(
    "arguments", ['{"classes": 4}', '{"num_classes": "four"}', '{"num_classes": -1}', "[4]"]
)
def test_arguments_that_the_network_does_not_take_are_shown(
    file: Path, state: dict[str, Tensor], arguments: str
) -> None:
    save_file(state, file, METADATA | {"arguments": arguments})
    with pytest.raises(BadWeights, match=r"^SimpleCNN cannot be made with the arguments [{[].*[}\]]\.$"):
        weights.load("mine", file.parent)


def test_a_wrong_shape_names_its_layer(file: Path, state: dict[str, Tensor]) -> None:
    save_file(state | {"conv_layers.3.weight": torch.zeros(64, 32, 5, 5)}, file, METADATA)
    sentence = r"^conv_layers\.3\.weight has shape \(64, 32, 5, 5\) .* SimpleCNN needs \(64, 32, 3, 3\)\.$"
    with pytest.raises(BadWeights, match=sentence):
        weights.load("mine", file.parent)


def test_of_several_faults_the_first_in_the_networks_own_order_is_named(
    file: Path, state: dict[str, Tensor]
) -> None:
    del state["fc_layers.4.bias"], state["conv_layers.6.bias"]
    save_file(state | {"another": torch.zeros(1), "a": torch.zeros(1)}, file, METADATA)
    with pytest.raises(
        BadWeights, match=r"^The weights have no conv_layers\.6\.bias, which SimpleCNN needs\.$"
    ):
        weights.load("mine", file.parent)


def test_an_unknown_layer_is_named(file: Path, state: dict[str, Tensor]) -> None:
    save_file(state | {"fc_layers.7.bias": torch.zeros(1), "z": torch.zeros(1)}, file, METADATA)
    sentence = r"^The weights have fc_layers\.7\.bias, which SimpleCNN does not know\.$"
    with pytest.raises(BadWeights, match=sentence):
        weights.load("mine", file.parent)


def test_the_catalogue_is_what_the_files_say() -> None:
    assert (WEIGHTS / "MODELS.md").read_text(encoding="utf-8") == weights.catalogue()


@pytest.mark.parametrize("file", sorted(WEIGHTS.glob("*")), ids=lambda file: file.name)
def test_weights_are_safetensors_that_fit_and_say_how_they_were_made(file: Path) -> None:
    if file.name in {"MODELS.md", "LICENCE-efficientnet_lite0.txt"} or file.suffix == ".json":
        return
    assert file.suffix == ".safetensors"
    assert {"data", "recipe", "seed", "command", "result"} <= weights.read(file).facts.keys()
    if file.stem == sentiment.FILE:
        assert sentiment.classifier().classifier.out_features == 2  # on BERT, not a network by itself
    else:
        weights.load(file.stem)


@pytest.mark.parametrize("name", ["simple_cnn", "simple_cnn_batch_norm"])
def test_simple_cnn_reads_the_test_digits_as_well_as_its_file_says(name: str) -> None:
    said = weights.read(WEIGHTS / f"{name}.safetensors").facts["result"]
    right = re.match(r"([\d,]+) of 10,000 .* test digits right", said)
    assert right
    recorded = int(right[1].replace(",", ""))
    images, labels = mnist.digits("test")
    model = weights.load(name)
    with torch.inference_mode():
        answers = torch.cat([model(batch).argmax(1) for batch in normalise(images).split(250)])
    assert recorded >= 9_900
    # Another processor may round another way and turn a digit that lies on the line.
    assert int((answers == labels).sum()) == pytest.approx(recorded, abs=3)
