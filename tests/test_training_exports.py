"""What a learner takes away: a table, TensorBoard's files, and a script that gives the same losses."""

import contextlib
import csv
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from dlviz import weights
from dlviz.data import mnist
from dlviz.paths import ASSETS
from dlviz.scripts.training import NoScript, pytorch_script
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.exchange.exports import tensorboard_zip, to_csv, weights_file, write_tensorboard
from dlviz.training.tasks import preparation
from tests.runs import Script, events, losses, of_kind, small, states

FOLDERS = {"digits": ASSETS / "data" / "mnist", "fashion": ASSETS / "data" / "fashion-mnist"}
REPEATED: dict[str, dict[str, Any]] = {
    "plain": {"model": "SimpleCNN", "dropout": None},
    "norm, Nesterov, cosine, clipped": {
        "model": "SimpleCNN",
        "batch_norm": True,
        "optimizer": "Nesterov",
        "scheduler": "cosine",
        "clip": 0.5,
    },
    "augmented, one-cycle, AdamW": {
        "augmentation": Augmentation(0.5, 10, 0.2, 0.1, 0.5, 0.1),
        "label_smoothing": 0.1,
        "optimizer": "AdamW",
        "weight_decay": 0.1,
        "scheduler": "one-cycle",
    },
    "plateau, deep": {
        "batch_norm": True,
        "sizes": {"depth": 2},
        "scheduler": "reduce-on-plateau",
        "learning_rate": 0.3,
        "lr_patience": 0,
        "optimizer": "SGD",
    },
    "early stopping": {"learning_rate": 0.02, "epochs": 30, "patience": 2},
    "rows, warm-up": {"model": "LSTMModel", "dropout": None, "scheduler": "warm-up"},
    "clothes, MultiStep": {
        "task": "fashion",
        "model": "GRUModel",
        "dropout": None,
        "optimizer": "RMSprop",
        "scheduler": "MultiStep",
    },
}


@pytest.fixture(autouse=True)
def _few_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured on 300 pictures, not on thousands."""
    monkeypatch.setattr(preparation, "HELD_OUT", 300)
    monkeypatch.setattr(preparation, "HELD_OUT_CLOTHES", 300)


def printed(text: str, line: str) -> list[float]:
    """The losses of all lines of a kind."""
    return [float(found) for found in re.findall(rf"^{line} \d+: loss ([^,\n]+)", text, re.MULTILINE)]


@pytest.mark.parametrize("changes", REPEATED.values(), ids=REPEATED)
def test_the_script_gives_the_same_losses_to_the_last_bit(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(**changes)
    happened = events(config)
    monkeypatch.setattr(sys, "argv", ["script.py", str(FOLDERS[config.task])])
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(pytorch_script(config, happened), {"__name__": "__main__"})
    assert printed(text.getvalue(), "step") == losses(happened)
    assert printed(text.getvalue(), "epoch") == [epoch["loss"] for epoch in of_kind(happened, "epoch")]


def test_the_lessons_script_runs_by_itself_with_the_test_digits(tmp_path: Path) -> None:
    config = TrainingConfig(samples=640, test=True)
    (tmp_path / "script.py").write_text(pytorch_script(config), encoding="utf-8")
    command = [sys.executable, "-W", "error", "script.py", str(mnist.EMBEDDED), "3"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    stopped = Script({4: [{"do": "stop"}]})
    assert printed(done.stdout, "step") == losses(events(config, steering=stopped))
    assert "dlviz" not in pytorch_script(config)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (TrainingConfig(task="sentiment", model="TextClassifier"), "for digits and clothes"),
        (TrainingConfig(model="DigitTransformer"), "but the transformer"),
        (TrainingConfig(seconds=5), "time budget cannot be repeated"),
    ],
)
def test_a_run_without_a_script_is_a_sentence(config: TrainingConfig, sentence: str) -> None:
    with pytest.raises(NoScript, match=sentence):
        pytorch_script(config)


@pytest.mark.parametrize("scheduler", ["none", "cosine", "one-cycle"])
def test_the_script_steers_where_the_run_was_steered(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = {3: [{"do": "rate", "value": 0.03}], 6: [{"do": "scale", "factor": 0.1}]}
    config = small(scheduler=scheduler)
    happened = events(config, steering=Script(commands))
    assert losses(happened) != losses(events(config))
    monkeypatch.setattr(sys, "argv", ["script.py", str(FOLDERS[config.task])])
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(pytorch_script(config, happened), {"__name__": "__main__"})
    assert printed(text.getvalue(), "step") == losses(happened)


def test_the_table_has_a_line_an_event_and_every_number_in_full() -> None:
    happened = events(small(), steering=Script({3: [{"do": "rate", "value": 0.5}]}))
    rows = list(csv.DictReader(io.StringIO(to_csv(happened))))
    assert [row["kind"] for row in rows] == [event["kind"] for event in happened]
    columns = {
        "norm": ("batch", "norm"),
        "batch_loss": ("batch", "loss"),
        "validation_loss": ("epoch", "loss"),
        "validation_accuracy": ("epoch", "accuracy"),
        "new": ("rate", "new"),
    }
    for column, (kind, name) in columns.items():
        assert [float(row[column]) for row in rows if row["kind"] == kind] == [
            event[name] for event in of_kind(happened, kind)
        ]
    checkpoint = next(row for row in rows if row["kind"] == "checkpoint")
    assert checkpoint["batch_loss"] == checkpoint["validation_loss"] == ""
    assert rows[-1]["reason"] == "done"


def test_tensorboard_reads_curves_and_histograms(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    happened = events(small())
    write_tensorboard(happened, tmp_path)
    read = EventAccumulator(str(tmp_path), {"scalars": 0, "histograms": 0})
    read.Reload()
    curve = read.Scalars("batch/loss")
    assert [point.step for point in curve] == list(range(1, 10))
    assert [point.value for point in curve] == pytest.approx(losses(happened), rel=1e-6)
    assert [point.wall_time for point in curve] == [event["seconds"] for event in of_kind(happened, "batch")]
    assert len(read.Scalars("accuracy/validation")) == 3
    assert "accuracy/test" not in read.Tags()["scalars"]
    for tag in ("weights/layers.1.weight", "gradients/layers.4.weight"):
        assert len(read.Histograms(tag)) == 3
    assert read.Histograms("weights/layers.1.weight")[0].histogram_value.num == 784 * 128


def test_tensorboards_file_comes_packed() -> None:
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(events(small(epochs=1)), "mine"))) as archive:
        (name,) = archive.namelist()
        assert name.startswith("mine/events.out.tfevents.")
        assert archive.testzip() is None


def test_the_weights_taken_away_are_opened_as_any_others(tmp_path: Path) -> None:
    state = states(events(small(epochs=1)))[-1]
    (tmp_path / "mine.safetensors").write_bytes(weights_file(state))
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(weights.load("mine", tmp_path)(x), state.model()(x))
    facts = weights.read(tmp_path / "mine.safetensors").facts
    assert TrainingConfig.from_json(facts["recipe"]) == state.config
    assert "3 batches" in facts["result"]


def test_tensorboards_times_are_those_of_the_day(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    happened = events(small(epochs=1))
    write_tensorboard(happened, tmp_path, 1.75e9)
    read = EventAccumulator(str(tmp_path)).Reload()
    times = [point.wall_time for point in read.Scalars("batch/loss")]
    expected = [1.75e9 + event["seconds"] for event in of_kind(happened, "batch")]
    assert times == pytest.approx(expected, abs=1e-3)
