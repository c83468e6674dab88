"""The networks of training runs in the CNN lab: norms, names of classes, pictures in colour."""

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import dlviz.dream
from dlviz import extremes
from dlviz.data import cifar10, digits
from dlviz.data.mnist import MissingData
from dlviz.trace import switch_off, trace
from dlviz.training.runs.service import Service
from dlviz.ui.runs import evaluation_examples
from tests.kept_runs import STEP, kept, network
from tests.packed import messages
from tests.pages.cnn_lab import SEVEN, TRAINED, draw, drawn_one, percent, press, probabilities, query, said
from tests.pages.conftest import Open

NAMES = ["*A*", "<b>B</b>", "C", "a$b$", "[x](http://y)"]
HELD = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    """CIFAR-10 as if it had been downloaded, in small."""
    monkeypatch.setattr(evaluation_examples, "pictures", lambda run, config: HELD.numpy())


def test_a_network_with_batch_norm_has_its_stages_on_the_wall(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNBatchNorm")
    app = opened("cnn", run=run, weights="run", sample="0")
    model = network("SimpleCNNBatchNorm", 10)
    _, record = trace(model, SEVEN)
    ((header, arrays),) = messages(app, "wall")
    titles = [panel["title"] for panel in header["panels"]]
    rounds = [f"{kind} {at}" for at in (1, 2, 3) for kind in ("conv", "norm", "ReLU", "pool")]
    assert titles == ["input", *rounds, "linear", "ReLU", "output"]
    for name in ("conv_layers.5", "conv_layers.11"):
        np.testing.assert_array_equal(arrays[name], record[name][0].astype(np.float16))
    assert said(app)[1] == percent(probabilities(model=model).max())
    assert any(f"after step {STEP}" in caption.value for caption in app.caption)


def test_a_norms_unit_is_told_with_its_numbers(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNBatchNorm")
    app = opened("cnn", run=run, weights="run", sample="0", select="conv_layers.5:7:6:5")
    ((header, _),) = messages(app, "unit")
    model = network("SimpleCNNBatchNorm", 10)
    norm = model.get_submodule("conv_layers.5")
    _, record = trace(model, SEVEN)
    before, after = (float(record[f"conv_layers.{at}"][0, 7, 6, 5]) for at in (4, 5))
    state = norm.state_dict()
    numbers = [before, *(state[of][7].item() for of in ("running_mean", "running_var", "weight", "bias"))]
    x, mean, variance, gamma, beta = (f"{number:.3g}".replace("-", "−") for number in numbers)
    left = [text for text, _ in header["terms"]]
    assert left[:-2] == [f"({x} − {mean})", "÷", f"√({variance} + 1.00e−5)", "×", gamma, "+", beta]
    assert float(left[-1].replace("−", "-")) == pytest.approx(after, rel=1e-5)
    assert [square["title"] for square in header["squares"]][-2:] == ["conv 2", "norm 2"]


def test_what_the_open_network_does_not_have_falls_back(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNBatchNorm", NAMES)
    fields = {"select": "conv_layers.3:60:13:13", "stage": "conv_layers.7", "target": "9"}
    app = opened("cnn", run=run, weights="run", sample="0", off="conv_layers.3:5,40", **fields)
    # Its fourth layer is a pool of 32 maps, its eighth another.
    assert "select=conv_layers.4%3A7%3A6%3A6" in query(app)
    assert "off=conv_layers.3%3A5&" in query(app)
    assert "stage=conv_layers.10" in query(app)
    assert "target" not in query(app)
    app.button_group(key="cnn.weights").set_value("trained").run()
    assert said(app)[0] == "7"
    assert "stage" not in query(app)
    assert not app.error


@pytest.mark.parametrize("panel", ["unit", "why", "kernels", "off", "dropout", "dream"])
def test_classes_of_my_own_are_called_by_their_names(opened: Open, runs: Service, panel: str) -> None:
    run = kept(runs.store, "SimpleCNN", NAMES, "drawings")
    values = probabilities(model=network("SimpleCNN", len(NAMES)))
    best = NAMES[int(values.argmax())]
    fields = {"panel": panel, "select": "conv_layers.1:3:0:0", "target": "4"}
    if panel == "off":
        fields["off"] = "conv_layers.1:8"
    app = opened("cnn", run=run, weights="run", sample="0", **fields)
    ((header, _),) = messages(app, "wall")
    assert header["classes"] == NAMES
    assert not header["digits"]
    if panel != "off":
        assert header["alt"].endswith(f"The network says {best} with {percent(values.max())}.")
    if panel == "why":
        ((tiles, _),) = messages(app, "tiles")
        assert {group["rows"][0][0] for group in tiles["groups"]} == {
            "Probability of [x](http://y), whole drawing"
        }
    if panel == "off":
        text = "\n".join(markdown.value for markdown in app.markdown)
        escaped = best.replace("*", r"\*").replace("$", r"\$").replace("[", r"\[").replace("]", r"\]")
        assert f"The logit of **{escaped}** led by" in text


def test_two_classes_have_an_answer_and_the_table_names_them(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNDropout", ["cat", "dog"], "drawings")
    app = opened("cnn", run=run, weights="run", sample="0", select="fc_layers.4:1")
    ((header, _),) = messages(app, "unit")
    assert header["softmax"]["classes"] == ["cat", "dog"]
    assert header["place"] == "logit of “dog”"
    assert len(said(app)) == 3


def test_the_runs_network_stands_beside_the_trained_one(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNBatchNorm")
    app = opened("cnn", run=run, weights="run", sample="0")
    app.button_group(key="cnn.weights").set_value("beside").run()
    models = [network("SimpleCNNBatchNorm", 10), TRAINED]
    for (_, arrays), model in zip(messages(app, "wall"), models, strict=True):
        expected = trace(model, SEVEN)[1]["fc_layers.1"].astype(np.float16)
        np.testing.assert_array_equal(arrays["fc_layers.1"].ravel(), expected.ravel())
    assert "of=run" in query(app)
    ((header, _),) = messages(app, "unit")
    assert header["selection"][0] == "conv_layers.4"
    assert header["squares"][-1]["title"] == "conv 2"


def test_a_network_that_sees_colours_is_shown_photographs(
    opened: Open, runs: Service, photographs: None
) -> None:
    run = kept(runs.store, "ColourCNNBatchNorm", list(cifar10.CLASSES), "cifar10")
    app = opened("cnn", run=run, weights="run", held="4", panel="why")
    model = network("ColourCNNBatchNorm", 10)
    values = probabilities((HELD[4:5] / 255 - 0.5) / 0.5, model)
    assert said(app)[:2] == [cifar10.CLASSES[int(values.argmax())], percent(values.max())]
    ((_, arrays),) = messages(app, "wall")
    assert arrays["input"].shape == (3, 32, 32)
    assert arrays["conv_layers.11"].shape == (128, 4, 4)
    ((tiles, _),) = messages(app, "tiles")
    assert [group["title"] for group in tiles["groups"]] == ["Grad-CAM", "Saliency", "Occlusion"]


def test_a_photograph_beyond_the_last_is_the_last(opened: Open, runs: Service, photographs: None) -> None:
    run = kept(runs.store, "ColourCNN", list(cifar10.CLASSES), "cifar10")
    app = opened("cnn", run=run, weights="run", held="999", panel="kernels", select="conv_layers.1:3:0:0")
    assert app.number_input(key="cnn.held").value == 5
    ((tiles, arrays),) = messages(app, "tiles")
    assert [group["title"] for group in tiles["groups"]][:3] == [
        "The run’s, red",
        "The run’s, green",
        "The run’s, blue",
    ]
    weight = network("ColourCNN", 10).get_parameter("conv_layers.0.weight").detach().numpy()
    np.testing.assert_array_equal(arrays[tiles["groups"][1]["name"]], weight[:, 1])


def test_without_cifar_10_there_are_other_photographs_and_my_own(
    opened: Open, runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> np.ndarray:
        raise MissingData("CIFAR-10 is not here.")

    monkeypatch.setattr(evaluation_examples, "pictures", missing)
    run = kept(runs.store, "ColourCNN", list(cifar10.CLASSES), "cifar10")
    app = opened("cnn", run=run, weights="run")
    assert "CIFAR-10 is not here." in "\n".join(caption.value for caption in app.caption)
    assert any(caption.value.startswith("Astronaut · ") for caption in app.caption)
    app.selectbox(key="cnn.photo").set_value("own").run()
    buffer = io.BytesIO()
    Image.new("RGB", (80, 40), (255, 0, 51)).save(buffer, "PNG")
    app.file_uploader[0].upload("red.png", buffer.getvalue()).run()
    ((_, arrays),) = messages(app, "wall")
    assert [float(colour.mean()) for colour in arrays["input"]] == pytest.approx([1, 0, 0.2], abs=1e-3)
    app.file_uploader[0].upload("none.png", b"nothing").run()
    assert app.error[0].value.startswith("This is not a PNG")
    assert any(caption.value.startswith("Your picture · ") for caption in app.caption)


def test_a_map_of_a_runs_network_is_switched_off(opened: Open, runs: Service) -> None:
    run = kept(runs.store, "SimpleCNNBatchNorm")
    app = opened("cnn", run=run, weights="run", sample="0", panel="off", select="conv_layers.9:100:1:1")
    press(app, "Switch map 100 of norm 3 off")
    model = network("SimpleCNNBatchNorm", 10)
    values = probabilities(model=model, edits={"conv_layers.9": switch_off([100])})
    assert said(app)[:2] == [str(values.argmax()), percent(values.max())]


def test_a_drawing_is_still_there_after_a_look_at_photographs(
    opened: Open, runs: Service, photographs: None
) -> None:
    run = kept(runs.store, "ColourCNN", list(cifar10.CLASSES), "cifar10")
    app = draw(opened("cnn", run=run, sample="0"), drawn_one(), seen="1.0.")
    app.button_group(key="cnn.weights").set_value("run").run()
    assert "cnn.pad" not in app.session_state  # Streamlit forgets a component that is off the page
    app.button_group(key="cnn.weights").set_value("trained").run()
    ((_, arrays),) = messages(app, "wall")
    np.testing.assert_array_equal(arrays["input"][0], digits.prepare(drawn_one()).astype(np.float16))


@pytest.mark.parametrize(
    ("name", "task"),
    [("SimpleCNNBatchNorm", "digits"), ("SimpleCNNBatchNorm", "fashion"), ("ColourCNNBatchNorm", "cifar10")],
)
def test_companions_in_a_batch_are_what_the_run_is_measured_on(
    opened: Open, runs: Service, name: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = (40, 3, 32, 32) if task == "cifar10" else (40, 28, 28)
    pool = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    monkeypatch.setattr(evaluation_examples, "pictures", lambda run, config: pool)
    run = kept(runs.store, name, task=task)
    app = opened("cnn", run=run, weights="run", sample="0", held="4", panel="norm", norm_batch="2")
    assert not app.error
    ((_, arrays),) = messages(app, "gallery")
    shown = pool.transpose(0, 2, 3, 1) if pool.ndim == 4 else pool[..., None]
    assert any(np.array_equal(arrays["pictures"][1], each) for each in shown)


def test_a_narrower_network_beside_the_trained_one_lacks_the_kernels_of_its_map(
    opened: Open, runs: Service
) -> None:
    run = kept(runs.store, "SimpleCNN", channels=16, hidden_size=136)
    link = {"run": run, "sample": "0", "panel": "kernels", "select": "conv_layers.3:50:6:6"}
    app = opened("cnn", weights="beside", of="trained", **link)
    walls = messages(app, "wall")
    assert [arrays["conv_layers.3"].shape[0] for _, arrays in walls] == [32, 64]
    ((header, _),) = messages(app, "tiles")
    assert [group["title"] for group in header["groups"]] == ["Trained", "Random, seed 0"]


@pytest.mark.parametrize(("name", "task"), [("SimpleCNNBatchNorm", "fashion"), ("ColourCNN", "cifar10")])
def test_what_a_runs_network_would_like_to_see_stands_beside_what_the_run_is_measured_on(
    opened: Open, runs: Service, name: str, task: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shape = (12, 3, 32, 32) if task == "cifar10" else (12, 28, 28)
    pool = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    monkeypatch.setattr(evaluation_examples, "pictures", lambda run, config: pool)
    monkeypatch.setattr(extremes, "FOLDER", tmp_path)
    monkeypatch.setattr(dlviz.dream, "dream", partial(dlviz.dream.dream, steps=1))
    run = kept(runs.store, name, task=task)
    app = opened("cnn", run=run, weights="run", sample="0", panel="dream", select="fc_layers.4:2")
    for _ in range(3):
        app.run()
    assert not app.error
    (_, dreams), (_, shown), _ = messages(app, "gallery")
    colours = shape[1] if task == "cifar10" else 1
    assert dreams["pictures"].shape == (4, *shape[-2:], colours)
    x = digits.normalise(torch.from_numpy(pool))
    order = np.argsort(-trace(network(name, 10), x)[0][:, 2].numpy(), kind="stable")
    expected = pool[order[:9]].reshape(9, colours, *shape[-2:]).transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(shown["pictures"], expected)
    assert any("examples that the run is measured on" in text.value for text in app.markdown)
