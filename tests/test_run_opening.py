from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz.data.digits import normalise
from dlviz.data.shuffling import shuffle_with
from dlviz.networks import NETWORKS
from dlviz.training.config import TrainingConfig
from dlviz.training.exchange.imports import FileAnswers, open_weights
from dlviz.training.exchange.uploaded import read
from dlviz.training.runs import checkpoints, service
from dlviz.training.runs.owner import hashed, new_token
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.labs.training.my_runs import import_weights
from dlviz.ui.runs import checkpoints as run_checkpoints
from dlviz.ui.runs import live_run, opening
from dlviz.weights import BadWeights
from tests.kept_runs import DIGITS, STEP, kept, network
from tests.real_runs import cut
from tests.training_runs.idle import Launcher


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, whose queue never begins."""
    made = Service(Store(tmp_path), Launcher(), at_a_time=0)
    monkeypatch.setattr(service, "_shared", made)
    live_run.forget_runs()
    yield made
    made.close()


def test_a_runs_network_is_its_newest_checkpoints(runs: Service) -> None:
    run = kept(runs.store)
    found = opening.open_run(run, "cnn")
    assert opening.newest_step(run) == found.checkpoint.step == STEP
    assert found.checkpoint.classes == DIGITS
    state = found.checkpoint.model.state_dict()
    assert all(state[name].equal(value) for name, value in network("SimpleCNN", 10).state_dict().items())
    assert found.provenance.startswith(
        f"Weights of a training run, after step {STEP}: Handwritten digits · SimpleCNN"
    )


@pytest.mark.parametrize("name", [name for name, spec in NETWORKS.items() if "cnn" in spec.labs])
def test_every_convolutional_network_opens_in_the_cnn_lab(runs: Service, name: str) -> None:
    run = kept(runs.store, name)
    assert opening.open_run(run, "cnn").checkpoint.class_name == name
    found = live_run.watch(run)
    found.history()
    assert opening.labs(found)[0] == "cnn"


def test_what_cannot_be_opened_is_a_sentence(runs: Service) -> None:
    waiting = runs.store.create(TrainingConfig().to_json(), hashed(new_token()), "")
    other, damaged = kept(runs.store, "MLP"), kept(runs.store)
    cut(runs.store, damaged, STEP)
    for run, sentence in [
        ("", "names no run"),
        ("0" * 20, "no run of that name"),
        ("../../etc", "no run of that name"),
        (waiting, "no weights yet"),
        (other, "network is MLP, which this lab cannot show"),
        (damaged, "damaged"),
    ]:
        with pytest.raises(BadWeights, match=sentence):
            opening.open_run(run, "cnn")
    found = live_run.watch(waiting)
    found.history()
    assert opening.labs(found) == []


def test_a_run_of_shuffled_patches_reads_a_drawing_shuffled_and_opens_in_no_lab(runs: Service) -> None:
    run = kept(runs.store, shuffle=4)
    pixels = np.random.default_rng(0).random((28, 28), np.float32)
    checkpoint = run_checkpoints.load_checkpoint(run, STEP)
    x = normalise(shuffle_with(torch.from_numpy(pixels), 4)[None])
    expected = network("SimpleCNN", 10)(x).softmax(1)[0].detach().numpy()
    assert np.array_equal(run_checkpoints.predict(checkpoint, pixels), expected)
    with pytest.raises(BadWeights, match="shuffled patches"):
        opening.open_run(run, "cnn")
    found = live_run.watch(run)
    found.history()
    assert opening.labs(found) == []


def test_a_checkpoint_that_has_gone_is_a_sentence(runs: Service) -> None:
    run = kept(runs.store)
    checkpoints.path(runs.store.folder(run), STEP).unlink()
    with pytest.raises(BadWeights, match=r"."):
        opening.open_run(run, "cnn")


def test_weights_brought_in_say_so(runs: Service) -> None:
    from safetensors.torch import save

    data = save(network("SimpleCNNBatchNorm", 3).state_dict())
    run = import_weights.keep_as_run(open_weights(read(data), FileAnswers("SimpleCNNBatchNorm")), new_token())
    found = opening.open_run(run, "cnn")
    assert found.checkpoint.classes == ["0", "1", "2"]
    assert (
        found.provenance == "SimpleCNNBatchNorm. Weights brought in from a file: they were not trained here"
    )
