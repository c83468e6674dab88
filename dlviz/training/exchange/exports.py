"""Downloads of a run: its weights, its events as a table, and as TensorBoard reads them."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.torch import save

from dlviz.training.exchange import metadata
from dlviz.training.state import State

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

Event = Mapping[str, Any]

COLUMNS = (
    "kind",
    "step",
    "epoch",
    "seconds",
    "rate",
    "batch_loss",
    "norm",
    "train_loss",
    "train_accuracy",
    "known_loss",
    "known_accuracy",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
    "samples_per_second",
    "best",
    "old",
    "new",
    "reason",
)
# kind -> a curve's field, and its name
SCALARS = {
    "batch": {"loss": "batch/loss", "rate": "batch/rate", "norm": "batch/gradient_norm"},
    "epoch": {
        "train_loss": "loss/training",
        "known_loss": "loss/training_measured",
        "loss": "loss/validation",
        "test_loss": "loss/test",
        "train_accuracy": "accuracy/training",
        "known_accuracy": "accuracy/training_measured",
        "accuracy": "accuracy/validation",
        "test_accuracy": "accuracy/test",
        "samples_per_second": "speed/samples_per_second",
    },
}


def weights_file(state: State) -> bytes:
    """Write the weights of a state as a safetensors file that `weights.read` reads, with their making.

    Imported again, it gives an equal network: it names its classes, its words and its heads.
    """
    return save(state.weights, metadata.describe(state))


def to_csv(events: Iterable[Event]) -> str:
    """Write events as a CSV: a line each, empty where an event has no value, numbers in full."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_named(event).get(column) for column in COLUMNS] for event in events)
    return text.getvalue()


def _named(event: Event) -> Event:
    """The event with names that say what was measured: a batch, or after an epoch validation data."""
    what = {"batch": "batch_", "epoch": "validation_"}.get(event["kind"], "")
    return {f"{what}{name}" if name in ("loss", "accuracy") else name: event[name] for name in event}


def write_tensorboard(events: Iterable[Event], folder: Path, began: float = 0.0) -> None:
    """Write an event file into the folder: curves of every batch and epoch, and histograms of every epoch.

    Their times are seconds of training, counted from `began`, in seconds since 1970.
    """
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        for event in events:
            for key, tag in SCALARS.get(event["kind"], {}).items():
                if event.get(key) is not None:
                    writer.add_scalar(tag, event[key], event["step"], walltime=began + event["seconds"])
            if event["kind"] == "epoch":
                for what, layers in event["histograms"].items():
                    for layer, histogram in layers.items():
                        if histogram["counts"]:
                            _add_histogram(writer, f"{what}/{layer}", histogram, event, began)


def _add_histogram(
    writer: "SummaryWriter", tag: str, histogram: Mapping[str, Any], event: Event, began: float
) -> None:
    low, high, counts = histogram["low"], histogram["high"], histogram["counts"]
    width = (high - low) / len(counts)
    edges = [low + width * (index + 1) for index in range(len(counts))]
    middles = [edge - width / 2 for edge in edges]
    writer.add_histogram_raw(
        tag,
        min=low,
        max=high,
        num=sum(counts),
        # The values themselves are gone; each is taken for its bin's middle.
        sum=sum(count * middle for count, middle in zip(counts, middles, strict=True)),
        sum_squares=sum(count * middle**2 for count, middle in zip(counts, middles, strict=True)),
        bucket_limits=edges,
        bucket_counts=counts,
        global_step=event["step"],
        walltime=began + event["seconds"],
    )


def tensorboard_zip(events: Iterable[Event], name: str = "run", began: float = 0.0) -> bytes:
    """Pack TensorBoard's event file: unpack it, and point `tensorboard --logdir` at it."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as place:
        write_tensorboard(events, Path(place), began)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(Path(place).iterdir()):
                archive.write(file, f"{name}/{file.name}")
    return packed.getvalue()
