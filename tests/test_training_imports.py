"""A learner's own weights, brought in: what was taken away comes back equal, every fault is a sentence."""

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from dlviz import models, weights
from dlviz.data.novels import ALPHABET
from dlviz.networks import NETWORKS as SPECS
from dlviz.paths import ROOT, WEIGHTS
from dlviz.training.exchange.exports import weights_file
from dlviz.training.exchange.imports import (
    BadUpload,
    FileAnswers,
    ImportedNetwork,
    describe_misfit,
    fitting,
    nearest,
    open_weights,
)
from dlviz.training.exchange.metadata import IMPORTED_FACT
from dlviz.training.exchange.uploaded import Uploaded, read
from dlviz.training.state import State
from tests.imported_weights import NAMES, NETWORKS, TEXT, TRANSFORMER, WORDS, Network, state_of


def opened(data: bytes, class_name: str = "", **told: Any) -> ImportedNetwork:
    return open_weights(read(data), FileAnswers(class_name, **told))


@pytest.mark.parametrize("network", NETWORKS, ids=NAMES)
def test_what_was_taken_away_comes_back_equal_whatever_the_learner_says(network: Network) -> None:
    name, arguments, task, facts = network
    before, brought = state_of(network), opened(weights_file(state_of(network)), "SimpleRNN", heads=7)
    assert (brought.weights.class_name, brought.task, brought.facts) == (name, task, facts)
    assert brought.weights.arguments == {**brought.weights.arguments, **arguments}
    assert brought.itself
    assert brought.weights.state.keys() == before.weights.keys()
    assert all(torch.equal(tensor, before.weights[key]) for key, tensor in brought.weights.state.items())
    model = weights.fit(brought.weights)
    assert str(model) == str(before.model())  # its layers, and the dropout of each


@pytest.mark.parametrize("network", NETWORKS, ids=NAMES)
def test_without_words_on_itself_the_shapes_tell_the_sizes(network: Network) -> None:
    name, arguments, _, facts = network
    state = {key: tensor.half() for key, tensor in state_of(network).weights.items()}
    told = {"heads": arguments.get("heads", 4), "words": "\n".join(WORDS[2:])}
    brought = opened(save(state), name, **told)
    sizes = {key: value for key, value in arguments.items() if key != "dropout"}
    assert brought.weights.arguments == {**brought.weights.arguments, **sizes}
    assert not brought.itself
    if name == "TextClassifier":
        assert brought.facts == {"classes": ["0", "1"], "vocabulary": WORDS}
    elif name != "CharacterLSTM":
        assert brought.facts == {"classes": [str(at) for at in range(len(facts["classes"]))]}  # pyright: ignore
    dtypes = {key: tensor.dtype for key, tensor in weights.fit(brought.weights).state_dict().items()}
    assert {key: tensor.dtype for key, tensor in brought.weights.state.items()} == dtypes


@pytest.mark.parametrize("network", NETWORKS, ids=NAMES)
def test_a_network_is_recognised_by_its_weights(network: Network) -> None:
    found = fitting(read(save(state_of(network).weights)))
    assert found == network[0].removesuffix("Dropout")


def test_what_fits_no_network_is_not_recognised() -> None:
    assert fitting(read(save({"a": torch.zeros(1)}))) == ""


def test_weights_brought_in_and_taken_away_again_claim_no_training() -> None:
    state = state_of(TRANSFORMER)
    file = read(weights_file(State(**{**vars(state), "facts": {**state.facts, IMPORTED_FACT: True}})))
    assert file.metadata.keys() == {"class", "arguments", "task", "facts", "result"}
    assert "not trained here" in file.metadata["result"]
    again = open_weights(file, FileAnswers())
    assert again.weights.arguments == state.arguments
    assert again.facts == state.facts


def changed(**tensors: Tensor | None) -> dict[str, Tensor]:
    """SimpleCNN's weights, some of them replaced or left out."""
    state: dict[str, Tensor | None] = {**models.SimpleCNN().state_dict(), **tensors}
    return {name: tensor for name, tensor in state.items() if tensor is not None}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (changed(**{"conv_layers.3.bias": None}), r"have no conv_layers\.3\.bias, which SimpleCNN needs"),
        (changed(**{"fc_layers.4.weight": None}), r"have no fc_layers\.4\.weight"),
        (changed(extra=torch.zeros(1)), "have extra, which SimpleCNN does not know"),
        (changed(**{"conv_layers.0.weight": torch.zeros(32, 3, 3, 3)}), r"has shape \(32, 3, 3, 3\) in"),
        (changed(**{"fc_layers.4.weight": torch.zeros(256)}), r"has shape \(256,\), which does not fit"),
        (changed(**{"fc_layers.4.weight": torch.zeros(0, 256)}), "does not fit SimpleCNN"),
        (
            changed(**{"fc_layers.4.weight": torch.zeros(101, 256), "fc_layers.4.bias": torch.zeros(101)}),
            "tells 101 classes apart; 100 at the most",
        ),
    ],
)
def test_what_does_not_fit_is_named(state: dict[str, Tensor], sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        opened(save(state), "SimpleCNN")


def file_of(model: torch.nn.Module) -> Uploaded:
    return read(save(model.state_dict()))


PARTS = {
    "The file holds fc_out.bias (24), fc_out.weight (24×24), keys.bias (24) and 5 more: that is a part of "
    "DigitTransformer, and only whole networks can be brought in.": models.SelfAttention(24, 3),
    "The file holds attention.fc_out.bias (8), attention.fc_out.weight (8×8), attention.keys.bias (8) and 13 "
    "more: that is a part of DigitTransformer, and only whole networks can be brought in.": (
        models.TransformerBlock(8, 2, 0.1, 2)
    ),
    "The file holds blocks.0.attention.fc_out.bias (8), blocks.0.attention.fc_out.weight (8×8), "
    "blocks.0.attention.keys.bias (8) and 17 more: it is nearest to DigitTransformer, but does not fit it. "
    "The weights have no embed.weight, which DigitTransformer needs.": models.CharTransformer(9, 5, 8, 2, 1),
    "The file holds bias (2) and weight (2×3): no network of the lesson has such weights.": (
        torch.nn.Linear(3, 2)
    ),
}


@pytest.mark.parametrize(("sentence", "model"), PARTS.items(), ids=range(len(PARTS)))
@pytest.mark.parametrize("name", ["SimpleCNN", "MLP", "TextClassifier"])
def test_what_fits_no_network_is_told_by_what_it_holds(
    sentence: str, model: torch.nn.Module, name: str
) -> None:
    file = file_of(model)
    assert describe_misfit(file) == sentence
    with pytest.raises(BadUpload) as refusal:
        open_weights(file, FileAnswers(name))
    assert str(refusal.value) == sentence


CNN = models.SimpleCNN(num_classes=3).state_dict()


def prefixed(**parts: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": tensor for part, tensors in parts.items() for name, tensor in tensors.items()}


def pickled(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


LIGHTNING = {
    "criterion.weight": torch.ones(3),
    **prefixed(model=CNN),
    "train_acc.correct": torch.tensor(3),
    "train_acc.total": torch.tensor(4),
}
OTHER = {"fc.weight": torch.ones(3, 3), "fc.bias": torch.ones(3)}
BESIDE: dict[str, tuple[object, str]] = {
    "Lightning": (LIGHTNING, ""),
    "Lightning's checkpoint": ({"epoch": 3, "state_dict": LIGHTNING, "optimizer_states": []}, ""),
    "a loss of no prefix": ({**CNN, "loss_fn.pos_weight": torch.ones(3)}, ""),
    "two, of which one fits": (
        prefixed(teacher=OTHER, student=CNN),
        "Of the file, “student” alone is taken.",
    ),
    "two dictionaries, of which the smaller fits": (
        {"teacher": {"fc.weight": torch.ones(900, 900)}, "student": CNN},
        "Of the file, “student” alone is taken.",
    ),
    "both fit": (
        prefixed(teacher=CNN, student=CNN),
        "Of the file, “teacher” is taken; “student” would fit as well.",
    ),
    "both dictionaries fit": (
        {"net": dict(CNN), "ema": dict(CNN)},
        "Of the file, “net” is taken; “ema” would fit as well.",
    ),
}


@pytest.mark.parametrize(("content", "remark"), BESIDE.values(), ids=BESIDE)
def test_the_part_of_a_file_that_is_a_network_is_taken_and_told(content: object, remark: str) -> None:
    file = read(pickled(content))
    assert fitting(file) == "SimpleCNN"
    network = open_weights(file, FileAnswers("SimpleCNN"))
    assert network.weights.state.keys() == CNN.keys()
    assert all(torch.equal(network.weights.state[name], CNN[name]) for name in CNN)
    assert network.remark == remark


@pytest.mark.parametrize("prefix", ["", "net.", "model.net."])
@pytest.mark.parametrize("places", [(0, 2, 4), (1, 3, 5), (1, 4, 7)])
def test_a_bare_sequential_of_linear_layers_is_an_mlp(prefix: str, places: tuple[int, ...]) -> None:
    own = models.MLP(784, 6, 2, 3).state_dict()
    renamed = {
        f"{prefix}{place}.{kind}": own[f"layers.{1 + 3 * at}.{kind}"]
        for at, place in enumerate(places)
        for kind in ("weight", "bias")
    }
    file = read(save(renamed))
    assert fitting(file) == "MLP"
    network = open_weights(file, FileAnswers("MLP"))
    assert network.weights.state.keys() == own.keys()
    assert all(torch.equal(network.weights.state[name], own[name]) for name in own)
    assert "ReLU" in network.remark


def test_a_bare_sequential_of_other_layers_is_no_part_of_a_network() -> None:
    layers = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.Linear(4, 3))
    assert describe_misfit(file_of(layers)) == (
        "The file holds 0.bias (2), 0.weight (2×1×3×3), 2.bias (3) and 1 more: layers of an nn.Sequential, "
        "named by numbers alone. Of such, only an MLP can be brought in: linear layers with biases, the "
        "hidden ones of one width, and ReLU between."
    )


@pytest.mark.parametrize("network", NETWORKS, ids=NAMES)
def test_every_network_is_nearest_to_itself_also_without_its_last_weight(network: Network) -> None:
    tensors = state_of(network).weights
    alike = {
        "SimpleCNNDropout": "SimpleCNN",
        "ColourCNN": "SimpleCNN",
        "ColourCNNBatchNorm": "SimpleCNNBatchNorm",
    }
    for held in (tensors, dict([*tensors.items()][:-1])):
        assert nearest(Uploaded(held)) == alike.get(network[0], network[0])


def test_shapes_that_ask_for_any_amount_of_memory_are_refused_before_it_is_taken() -> None:
    # An LSTM of this width has 3,200,000,000 weights a direction.
    wide = {
        "embedding.weight": torch.zeros(6, 20_000),
        "lstm.weight_hh_l0": torch.zeros(1, 20_000),
        "fc.weight": torch.zeros(2, 1),
    }
    with pytest.raises(BadUpload, match=r"The weights have no lstm\.weight_ih_l0"):
        opened(save(wide), "TextClassifier")
    wide["lstm.weight_hh_l0"] = torch.zeros(1, 20_001)
    with pytest.raises(BadUpload, match="does not fit TextClassifier"):
        opened(save(wide), "TextClassifier")


@pytest.mark.parametrize("name", ["Nothing", "SelfAttention", "os", "", "x" * 10_000])
def test_other_networks_are_refused(name: str) -> None:
    with pytest.raises(BadUpload, match="cannot be brought in; there are SimpleCNN") as refusal:
        opened(save(changed()), name)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("SimpleRNN", models.SimpleRNN(8, 4, 3)),
        ("LSTMModel", models.LSTMModel(1, 4, 1, 3)),
        ("MLP", models.MLP(10, 4)),
    ],
)
def test_networks_that_read_no_pictures_of_the_lab_are_refused(name: str, model: torch.nn.Module) -> None:
    with pytest.raises(BadUpload, match="so nothing could be shown to it"):
        opened(save(model.state_dict()), name)


@pytest.mark.parametrize(
    ("heads", "sentence"), [(5, "24 numbers a patch cannot be split into 5 equal"), (0, "into 0 equal")]
)
def test_heads_must_divide_the_embedding(heads: int, sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        opened(save(state_of(TRANSFORMER).weights), "DigitTransformer", heads=heads)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "knows 6 words, and the file does not say which: write them"),
        ("good\nbad", "has 6 words, but 4 are named"),
        ("a\nb\nc\nd\ne", "has 6 words, but 7 are named"),
        ("a\nb\nc\na", "Two of its words have the same name"),
        ("a\n\nb\nc", "must be a list of names, each of at most 1,000 letters"),
        ("a\nb\nc\n" + "d" * 1_001, "must be a list of names"),
    ],
)
def test_words_that_do_not_fit_are_told(words: str, sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        opened(save(state_of(TEXT).weights), "TextClassifier", words=words)


def test_words_may_begin_with_the_padding_and_end_lines_like_windows() -> None:
    brought = opened(save(state_of(TEXT).weights), "TextClassifier", words="\r\n".join(WORDS) + "\r\n")
    assert brought.facts["vocabulary"] == WORDS


def test_another_alphabet_is_refused() -> None:
    model = models.CharacterLSTM(20, 3, 4)
    with pytest.raises(BadUpload, match="alphabet of its own"):
        opened(save(model.state_dict()), "CharacterLSTM")
    other = state_of(("CharacterLSTM", NETWORKS[12][1], "text", {"alphabet": ALPHABET[::-1]}))
    with pytest.raises(BadUpload, match="alphabet of its own"):
        opened(weights_file(other))


def saying(network: Network, **metadata: object) -> bytes:
    """A network's file that says something else of itself."""
    whole = read(weights_file(state_of(network))).metadata
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()}
    return save(state_of(network).weights, {**whole, **told})


def arguments(network: Network, **more: object) -> dict[str, object]:
    return {**network[1], **more}


LIES: list[tuple[Network, Mapping[str, object], str]] = [
    (TEXT, {"class": "os.system"}, r"Weights of os\.system cannot be brought in"),
    (TEXT, {"class": "SimpleCNN"}, "holds the weights of TextClassifier, not of SimpleCNN"),
    (TEXT, {"task": "digits"}, "learned “digits”, which does not fit its TextClassifier"),
    (TEXT, {"task": "../.."}, r"learned “\.\./\.\.”"),
    (TEXT, {"arguments": "{"}, "says of its network’s arguments is no JSON"),
    (TEXT, {"arguments": "[" * 100_000}, "arguments is no JSON"),
    (TEXT, {"arguments": "1" * 5_000}, "arguments is no JSON"),
    (TEXT, {"arguments": [1]}, "is no list of names and values"),
    (TEXT, {"arguments": arguments(TEXT, vocab_size=10**12)}, "vocab_size = 1000000000000, but its weights"),
    (TEXT, {"arguments": arguments(TEXT, vocab_size=6.0)}, r"vocab_size = 6\.0, but its weights have 6"),
    (TEXT, {"arguments": arguments(TEXT, output_dim=True)}, "output_dim = True, but its weights have 2"),
    (TEXT, {"arguments": arguments(TEXT, embed_dim=[[[3]]])}, "embed_dim = …, but its weights have 3"),
    (TEXT, {"arguments": arguments(TEXT, dropout=0.1)}, "“dropout” of its network, which TextClassifier"),
    (TEXT, {"arguments": arguments(TEXT, **{"__class__": 1})}, "“__class__” of its network"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, heads=5)}, "cannot be split into 5 equal heads"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, heads=True)}, "into True equal heads"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, heads="3")}, "into 3 equal heads"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, heads=-3)}, "into -3 equal heads"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, heads={"a": 1})}, "into … equal heads"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, dropout=1.0)}, "share from 0 to below 1"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, dropout="0.5")}, "share from 0 to below 1"),
    (TRANSFORMER, {"arguments": arguments(TRANSFORMER, dropout=float("nan"))}, "share from 0 to below 1"),
    (TEXT, {"facts": "null"}, "network’s facts is no list of names and values"),
    (TEXT, {"facts": {"classes": ["a"], "vocabulary": WORDS}}, "has 2 classes, but 1 are named"),
    (TEXT, {"facts": {"classes": ["a", "a"], "vocabulary": WORDS}}, "Two of its classes have the same name"),
    (TEXT, {"facts": {"classes": ["a", 1], "vocabulary": WORDS}}, "classes must be a list of names"),
    (TEXT, {"facts": {"classes": ["a", ""], "vocabulary": WORDS}}, "classes must be a list of names"),
    (TEXT, {"facts": {"classes": ["a", "b" * 1_001], "vocabulary": WORDS}}, "at most 1,000 letters"),
    (TEXT, {"facts": {"classes": ["a", "\ud800"], "vocabulary": WORDS}}, "classes must be a list of names"),
    (TEXT, {"facts": {"classes": "ab", "vocabulary": WORDS}}, "classes must be a list of names"),
    (TEXT, {"facts": {"vocabulary": WORDS[:5]}}, "has 6 words, but 5 are named"),
    (TEXT, {"facts": {"vocabulary": WORDS[::-1]}}, "first two words must be <pad> and <unk>"),
    (TEXT, {"facts": {"vocabulary": {"a": 1}}}, "words must be a list of names"),
    (TEXT, {"facts": {}}, "knows 6 words, and the file does not say which"),
]


@pytest.mark.parametrize(("network", "metadata", "sentence"), LIES, ids=range(len(LIES)))
def test_what_a_file_says_of_itself_is_not_believed(
    network: Network, metadata: Mapping[str, object], sentence: str
) -> None:
    with pytest.raises(BadUpload, match=sentence):
        opened(saying(network, **metadata))


def test_claims_about_another_network_leave_the_answer_to_the_learner_and_the_shapes() -> None:
    foreign = {"class": "MyNet", "arguments": "num_classes=10", "task": "my digits", "facts": "[]"}
    imported = open_weights(read(save(changed(), foreign)), FileAnswers("SimpleCNN"))
    assert imported.weights.class_name == "SimpleCNN"
    assert imported.weights.arguments == {"num_classes": 10}
    assert not imported.itself


def test_every_network_of_the_lab_can_be_brought_in() -> None:
    assert SPECS.keys() == {name for name, *_ in NETWORKS}


def test_opening_a_file_imports_little() -> None:
    check = (
        "import sys\n"
        "from dlviz.training.exchange.imports import FileAnswers, fitting, open_weights\n"
        "from dlviz.training.exchange.uploaded import read\n"
        "before = len(sys.modules)\n"
        "for name in sys.argv[1:]:\n"
        "    fitting(read(open(name, 'rb').read()))\n"
        "print(len(sys.modules) - before)\n"
    )
    files = [
        str(WEIGHTS / f"{name}.safetensors") for name in ("digit_transformer", "real_sentiment_classifier")
    ]
    done = subprocess.run([sys.executable, "-c", check, *files], cwd=ROOT, capture_output=True, check=True)
    assert int(done.stdout) < 50
