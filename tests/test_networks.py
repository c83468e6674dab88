"""The list of networks against the classes themselves, and against what their weights' shapes tell."""

import inspect

import pytest

from dlviz import models, weights
from dlviz.networks import NETWORKS, BadShapes, Shapes, networks_of
from dlviz.paths import ASSETS
from dlviz.ui.labs import LABS


def shapes_of(name: str, **arguments: object) -> Shapes:
    tensors = weights.build(name, arguments).state_dict()
    return Shapes(name, {key: tuple(tensor.shape) for key, tensor in tensors.items()})


def test_every_entry_is_a_class_and_takes_the_sizes_that_may_be_chosen() -> None:
    for name, spec in NETWORKS.items():
        parameters = inspect.signature(getattr(models, name)).parameters
        assert spec.class_name == name
        assert spec.sizes.keys() <= parameters.keys()
        assert all(size.least <= size.usual <= size.most for size in spec.sizes.values())


def test_labs_and_templates_that_entries_name_are_there() -> None:
    labs = {lab.name for lab in LABS}
    for spec in NETWORKS.values():
        assert {*spec.labs} <= labs
        for template in filter(None, (spec.script, spec.checkpoint_script)):
            assert (ASSETS / "scripts" / "networks" / f"{template}.py.txt").is_file()


def test_variants_and_their_networks_name_each_other() -> None:
    variants = {name: spec.variant_of for name, spec in NETWORKS.items() if spec.variant_of}
    named = {
        variant: name
        for name, spec in NETWORKS.items()
        for variant in filter(None, (spec.dropout_variant, spec.batch_norm_variant))
    }
    assert variants == named
    assert all(not NETWORKS[name].title and not NETWORKS[name].tasks for name in variants)


def test_a_tasks_usual_network_is_its_first() -> None:
    pictures = ("SimpleCNN", "MLP", "LSTMModel", "GRUModel", "SimpleRNN", "DigitTransformer")
    assert networks_of("digits") == networks_of("fashion") == networks_of("drawings") == pictures
    assert networks_of("cifar10") == ("ColourCNN", "MLP", "DigitTransformer")
    assert networks_of("reviews") == networks_of("table") == ("TextClassifier",)
    assert networks_of("text") == ("CharacterLSTM",)
    assert networks_of("memory") == ("LSTMModel", "GRUModel", "SimpleRNN")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("SimpleCNN", {"num_classes": 7}),
        ("ColourCNNBatchNorm", {"num_classes": 3}),
        ("ColourCNN", {"num_classes": 10, "channels": 16, "hidden_size": 80}),
        (
            "DigitTransformer",
            {
                "embed_size": 8,
                "depth": 2,
                "num_classes": 4,
                "forward_expansion": 4,
                "colours": 3,
                "side": 32,
            },
        ),
        ("MLP", {"input_size": 12, "hidden_size": 5, "depth": 3, "num_classes": 4, "batch_norm": True}),
        ("MLP", {"input_size": 12, "hidden_size": 5, "depth": 1, "num_classes": 4, "batch_norm": False}),
        ("GRUModel", {"input_size": 28, "hidden_size": 9, "output_size": 2}),
        ("LSTMModel", {"input_size": 28, "hidden_size": 9, "num_layers": 3, "output_size": 2}),
        ("TextClassifier", {"vocab_size": 11, "embed_dim": 6, "hidden_dim": 5, "output_dim": 2}),
        ("CharacterLSTM", {"vocab_size": 11, "embed_dim": 6, "hidden_size": 5, "num_layers": 2}),
    ],
)
def test_shapes_tell_the_arguments_that_made_them(name: str, arguments: dict[str, object]) -> None:
    assert NETWORKS[name].arguments(shapes_of(name, **arguments)) == arguments


def test_a_transformer_for_pictures_of_another_size_is_refused() -> None:
    with pytest.raises(BadShapes, match="reads pictures of 28×28 in grey or of 32×32 in colour, not these"):
        NETWORKS["DigitTransformer"].arguments(shapes_of("DigitTransformer", colours=3, side=64))


def test_a_missing_or_misshapen_weight_is_named() -> None:
    with pytest.raises(BadShapes, match=r"have no fc\.weight, which SimpleRNN needs"):
        Shapes("SimpleRNN", {}).size("fc.weight", 0)
    with pytest.raises(BadShapes, match=r"fc\.weight has shape \(3,\), which does not fit SimpleRNN"):
        Shapes("SimpleRNN", {"fc.weight": (3,)}).size("fc.weight", 0)
