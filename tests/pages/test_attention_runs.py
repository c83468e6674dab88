"""The labs of self-attention and of the transformer block with the network of a training run."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from dlviz import weights
from dlviz.attention.patterns import rollout
from dlviz.data import digits, mnist
from dlviz.trace import trace
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.service import Service
from dlviz.training.state import Progress, State
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, save, start, tell
from tests.training_runs.idle import MINE

SEVEN = digits.normalise(mnist.digits("test")[0][:1])
ARGUMENTS: dict[str, object] = {"embed_size": 24, "heads": 3, "depth": 5, "num_classes": 3}
CLASSES = ["house", "*tree*", "A"]
LABS = ("attention", "block")


def network() -> nn.Module:
    return weights.build("DigitTransformer", ARGUMENTS, 3)


@pytest.fixture
def run(runs: Service) -> str:
    """A run of three classes, five blocks and three heads, after its second step."""
    config = TrainingConfig(task="drawings", model="DigitTransformer", samples=128, epochs=3)
    name = runs.submit(config, MINE)
    facts: dict[str, object] = {"classes": CLASSES}
    state = State(
        config, "DigitTransformer", ARGUMENTS, facts, Progress(step=2), network().state_dict(), {}, {}, {}
    )
    file = checkpoints.path(runs.store.folder(name), 2)
    file.parent.mkdir()
    state.save(file)
    checkpoint = {"kind": "checkpoint", "step": 2, "epoch": 1}
    tell(runs, name, start(classes=CLASSES, network="DigitTransformer", arguments=ARGUMENTS), checkpoint)
    return name


def says(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.subheader, *app.caption, *app.error])


def choose(app: AppTest, label: str, value: str) -> None:
    (control,) = [group for group in app.segmented_control if group.label == label]
    control.set_value(value).run()


def probabilities(logits: torch.Tensor) -> np.ndarray:
    return logits.softmax(1)[0].numpy()


def test_every_block_and_head_of_the_runs_network_attends(opened: Open, run: str) -> None:
    app = opened("attention", run=run, weights="run", block="4", head="2")
    logits, record = trace(network(), SEVEN)
    ((header, arrays),) = messages(app, "stages")
    np.testing.assert_allclose(arrays["pattern"], record["blocks.3.attention.pattern"][0, 2], atol=1e-6)
    assert len(header["captions"]) == 3
    ((over, laid),) = messages(app, "patches")
    assert "Rollout through all 5 blocks" in [panel["title"] for panel in over["panels"]]
    every = [record[f"blocks.{at}.attention.pattern"][0] for at in range(5)]
    np.testing.assert_allclose(laid["weights"][2], rollout(every)[0], atol=1e-6)
    named = CLASSES[int(logits.argmax())].replace("*", r"\*")
    assert f"The network says {named} ({100 * probabilities(logits).max():.1f} %)" in says(app)
    assert "Weights of a training run, after step 2" in says(app)
    assert "Shown is block 4 of 5, SelfAttention(24, 3)" in says(app)


def test_the_trained_network_and_words_stay_a_click_away(opened: Open, run: str) -> None:
    app = opened("attention", run=run, weights="run", block="5")
    choose(app, "Weights", "bert")
    assert "Shown is block 3 of 3" in says(app)  # it has no fifth
    assert "trained on MNIST" in says(app)
    choose(app, "Weights", "run")
    choose(app, "What attends", "words")
    assert "BERT" in says(app)


def test_the_stream_of_the_runs_network(opened: Open, run: str) -> None:
    app = opened("block", run=run, weights="run", block="4", token="7", unit="23")
    logits, record = trace(network(), SEVEN)
    ((header, arrays),) = messages(app, "stream")
    assert (header["depth"], header["block"], header["unit"], header["heads"]) == (5, 4, 23, 3)
    np.testing.assert_allclose(arrays["norm2"], record["blocks.4.norm2"][0], atol=1e-5)
    named = CLASSES[int(logits.argmax())].replace("*", r"\*")
    assert f"DigitTransformer reads a {named}: {100 * probabilities(logits).max():.1f} %" in says(app)
    assert "Weights of a training run, after step 2" in says(app)


@pytest.mark.parametrize("lab", LABS)
def test_what_cannot_be_opened_is_one_sentence(opened: Open, runs: Service, lab: str) -> None:
    link = {"weights": "run", "run": "0" * 20}
    app = opened(lab, **link)
    assert [problem.value for problem in app.error] == [
        "There is no run of that name here: the link is incomplete, or it was deleted."
    ]
    other = runs.submit(SMALL, MINE)
    assert "no weights yet" in opened(lab, weights="run", run=other).error[0].value
    tell(runs, other, start(), save(runs, other, 0))
    app = opened(lab, weights="run", run=other)
    assert app.error[0].value == "This run’s network is SimpleCNN, which this lab cannot show."
    choose(app, "Weights", {"attention": "bert", "block": "trained"}[lab])
    assert not app.error
    assert "trained on MNIST" in says(app)


def test_a_cut_checkpoint_is_one_sentence(opened: Open, runs: Service, run: str) -> None:
    file = checkpoints.path(runs.store.folder(run), 2)
    file.write_bytes(file.read_bytes()[:1000])
    for lab in LABS:
        assert "missing, cut or damaged" in opened(lab, run=run, weights="run").error[0].value
