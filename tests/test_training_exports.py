"""What a learner takes away: a table, TensorBoard's files, and a script that gives the same losses."""

import contextlib
import csv
import io
import re
import runpy
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import novels
from dlviz.data.labelled import Labelled
from dlviz.scripts.training import _scale, has_script, script_zip
from dlviz.training import loop
from dlviz.training.clock import Clock
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.exchange import imports, uploaded
from dlviz.training.exchange.exports import tensorboard_zip, to_csv, weights_file, write_tensorboard
from dlviz.training.tasks import Drawings, Own, preparation, prepare
from tests.alone import run_alone
from tests.runs import Script, events, losses, of_kind, small, states

CONVOLUTIONAL: dict[str, Any] = {"model": "SimpleCNN", "dropout": None, "start": "simple_cnn"}
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
    "rows, augmented": {
        "model": "LSTMModel",
        "sizes": {"num_layers": 2, "hidden_size": 8},
        "dropout": None,
        "augmentation": Augmentation(rotation=10),
    },
    "clothes, MultiStep": {
        "task": "fashion",
        "model": "GRUModel",
        "dropout": None,
        "optimizer": "RMSprop",
        "scheduler": "MultiStep",
    },
    "frozen but for two layers, several passes, one-cycle": {
        **CONVOLUTIONAL,
        "per_class": 3,
        "batch_size": 10,
        "passes": 2,
        "unfreeze_from": "fc_layers.1",
        "scheduler": "one-cycle",
    },
}
TINY: dict[str, Any] = {"dropout": None, "epochs": 2}
DRAWN = Drawings(np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8), ("house", "tree ☃") * 20)
WRITTEN = Labelled(
    tuple(
        f"the {thing} is{how}, “naïve” & {at}"
        for at in range(9)
        for thing in ("film", "CAFÉ")
        for how in ("n't", "")
    ),
    (0, 1) * 18,
    ("bad", "good, or so"),
)
# Each kind of run, as it is taken away, and run by itself.
KINDS: dict[str, tuple[dict[str, Any], Own | None]] = {
    "digits, tested at the end": ({"samples": 64, "test_at_end": True}, None),
    "a transformer": (
        {**TINY, "model": "DigitTransformer", "sizes": {"embed_size": 24, "heads": 3, "depth": 2}},
        None,
    ),
    "sentences": ({**TINY, "task": "reviews", "model": "TextClassifier"}, None),
    "a table": (
        {**TINY, "task": "table", "model": "TextClassifier", "batch_size": 4, "scheduler": "one-cycle"},
        WRITTEN,
    ),
    "text": ({**TINY, "task": "text", "model": "CharacterLSTM", "sizes": {"hidden_size": 8}}, None),
    "drawings": ({"task": "drawings", "batch_size": 8, "patience": 1}, DRAWN),
    "a transfer": (
        {
            **CONVOLUTIONAL,
            "start": "simple_cnn_digits_0_to_4",
            "classes": (5, 6, 7, 8, 9),
            "per_class": 2,
            "batch_size": 10,
            "head_epochs": 1,
            "test_at_end": True,
        },
        None,
    ),
}


@pytest.fixture(autouse=True)
def _few_held_out(few_held_out: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured on 300 pictures, not on thousands, and on a page of a novel."""
    monkeypatch.setattr(preparation, "HELD_OUT_CLOTHES", 300)
    learned, held = novels.parts()
    monkeypatch.setattr(novels, "parts", lambda: (learned[:20_000], held[:5_000]))


def printed(text: str, line: str) -> list[float]:
    """The losses of all lines of a kind."""
    return [float(found) for found in re.findall(rf"^{line} \d+: loss ([^,\n]+)", text, re.MULTILINE)]


def unpacked(
    folder: Path, config: TrainingConfig, happened: list[dict[str, Any]], own: Own | None = None
) -> Path:
    """The script of a run, its data beside it."""
    with zipfile.ZipFile(io.BytesIO(script_zip(config, prepare(config, own), happened, "mine"))) as archive:
        archive.extractall(folder)
    return folder / "mine" / "mine.py"


def run_here(script: Path) -> str:
    """What the script prints, run in this process: a second instead of three."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), torch.random.fork_rng(devices=[]):
        runpy.run_path(str(script))
    return text.getvalue()


def run_as_learner(script: Path) -> str:
    """What the script prints by the command that it gives, into a file of a Windows code page."""
    (command,) = re.findall(r"and then python (.*)", script.read_text(encoding="utf-8"))
    return run_alone(script.parent, command, encoding="cp1252").decode("cp1252")


def assert_repeated(text: str, happened: list[dict[str, Any]]) -> None:
    """Every loss of the run is printed, to the last bit."""
    assert printed(text, "step") == losses(happened)
    assert printed(text, "epoch") == [epoch["loss"] for epoch in of_kind(happened, "epoch")]


@pytest.mark.parametrize("changes", REPEATED.values(), ids=REPEATED)
def test_the_script_gives_the_same_losses_to_the_last_bit(changes: dict[str, Any], tmp_path: Path) -> None:
    config = small(**changes)
    happened = events(config)
    assert_repeated(run_here(unpacked(tmp_path, config, happened)), happened)


@pytest.mark.parametrize(("changes", "own"), KINDS.values(), ids=KINDS)
def test_a_script_runs_alone_and_its_weights_are_the_runs(
    changes: dict[str, Any], own: Own | None, tmp_path: Path
) -> None:
    config = small(**changes)
    happened = events(config, own=own)
    script = unpacked(tmp_path, config, happened, own)
    text = run_as_learner(script)
    assert_repeated(text, happened)
    if config.test_at_end:
        assert f"test: loss {happened[-1]['test_loss']!r}" in text
        assert f", accuracy {happened[-1]['test_accuracy']:.4f}\n" in text
    kept = states(happened)[-1]
    written = uploaded.read((script.parent / "weights.pt").read_bytes()).tensors
    assert written.keys() == kept.weights.keys()
    assert all(torch.equal(tensor, kept.weights[name]) for name, tensor in written.items())
    assert imports.fitting(uploaded.Uploaded(written)) == config.model
    readme = (script.parent / "README.txt").read_text(encoding="utf-8").splitlines()
    assert len(readme) == 2
    assert all(
        file.name in readme[1]
        for file in script.parent.iterdir()
        if file.suffix in (".csv", ".txt", ".pt") and file.name != "README.txt"
    )
    assert "dlviz" not in script.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "network",
    [
        {"model": "ColourCNN", "sizes": {"channels": 8, "hidden_size": 20}},
        {"model": "DigitTransformer", "sizes": {"embed_size": 8, "heads": 2, "depth": 1}},
    ],
)
def test_the_script_of_colour_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: dict[str, Any]
) -> None:
    random = np.random.default_rng(1)
    pictures = torch.from_numpy(random.integers(0, 256, (200, 3, 32, 32), np.uint8))
    labels = torch.from_numpy(random.integers(0, 10, 200))
    monkeypatch.setattr(preparation.cifar10, "pictures", lambda split: (pictures, labels))
    monkeypatch.setattr(preparation, "HELD_OUT", 50)
    monkeypatch.setattr(loop, "fetch", lambda config: ())
    config = small(task="cifar10", samples=64, epochs=1, **network)
    happened = events(config)
    assert_repeated(run_here(unpacked(tmp_path, config, happened)), happened)
    assert not has_script(replace(config, samples=50_000))


def test_the_lessons_script_measures_the_test_digits(tmp_path: Path) -> None:
    config = TrainingConfig(samples=96, epochs=1, test=True)
    happened = events(config)
    text = run_here(unpacked(tmp_path, config, happened))
    assert printed(text, "step") == losses(happened)
    assert printed(text, "epoch") == [epoch["test_loss"] for epoch in of_kind(happened, "epoch")]


def test_a_run_whose_time_is_up_is_repeated_up_to_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(seconds=5, patience=2)
    clock = iter(range(1_000_000))
    monkeypatch.setattr(Clock, "seconds", property(lambda self: next(clock) / 4))
    happened = events(config)
    assert happened[-1]["reason"] == "time"
    assert 3 < len(losses(happened)) < 9
    assert_repeated(run_here(unpacked(tmp_path, config, happened)), happened)


def test_a_loss_that_is_no_number_ends_the_script_as_it_ended_the_run(tmp_path: Path) -> None:
    config = small(learning_rate=1e30, optimizer="SGD")
    happened = events(config)
    assert happened[-1]["reason"] == "diverged"
    script = unpacked(tmp_path, config, happened)
    with pytest.raises(SystemExit, match="no longer a number"):
        run_here(script)


def test_on_a_graphics_card_nothing_is_promised() -> None:
    assert not has_script(TrainingConfig(device="cuda"))


@pytest.mark.parametrize("scheduler", ["none", "cosine", "one-cycle", "exponential"])
def test_the_script_steers_where_the_run_was_steered(scheduler: str, tmp_path: Path) -> None:
    commands = {3: [{"do": "rate", "value": 0.0317}], 6: [{"do": "scale", "factor": 0.3}]}
    config = small(scheduler=scheduler, gamma=0.7)
    happened = events(config, steering=Script(commands))
    assert losses(happened) != losses(events(config))
    assert_repeated(run_here(unpacked(tmp_path, config, happened)), happened)


def test_the_factor_of_a_change_that_an_old_run_has_not_noted_gives_its_rate() -> None:
    random = np.random.default_rng(2)
    for planned, asked in 10 ** random.uniform(-5, 0, (1_000, 2)):
        new = float(planned) * (float(asked) / float(planned))
        assert planned * _scale(1.0, float(planned), new) == new


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
