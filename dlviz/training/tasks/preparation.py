"""From a config to its task: the data, read once; the first samples to learn from, the last held out."""

from torch import Tensor

from dlviz.data import mnist
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.tasks import networks
from dlviz.training.tasks.examples import BadTask, Pictures, Task

Labelled = tuple[Tensor, Tensor]  # pictures uint8, and their classes int64

HELD_OUT = 5_000  # of the 60,000 training pictures
DIGITS = tuple("0123456789")


def prepare(config: TrainingConfig) -> Task:
    """The config's task, its data in memory.

    Raises: BadTask if the data are not to be had, or cannot be learned from.
    """
    try:
        return _digits(config)
    except mnist.MissingData as error:
        raise BadTask(str(error)) from error


def _digits(config: TrainingConfig) -> Task:
    train = mnist.digits("train")
    if config.test:
        return of_pictures(config, train, mnist.digits("test"), DIGITS)
    return of_pictures(config, *parted(train, HELD_OUT), DIGITS)


def parted(pictures: Labelled, held_out: int) -> tuple[Labelled, Labelled]:
    """All but the last pictures, and these, which are held out."""
    images, labels = pictures
    return (images[:-held_out], labels[:-held_out]), (images[-held_out:], labels[-held_out:])


def of_pictures(
    config: TrainingConfig, train: Labelled, measured: Labelled, classes: tuple[str, ...]
) -> Task:
    """The task of naming a picture's class.

    Args:
        train, measured: images uint8 and labels int64; the first samples of train are learned from.
    Raises: BadTask if there are fewer pictures than samples, or all those are of one class.
    """
    images, labels = train[0][: config.samples], train[1][: config.samples]
    if len(labels) < config.samples:
        raise BadTask(f"There are {len(labels):,} pictures to learn from, not {config.samples:,}.")
    if len(labels.unique()) < 2:
        raise BadTask("All pictures are of one class: there is nothing to tell apart.")
    as_rows = config.model in networks.ROWS
    colours = images.shape[1] if images.dim() == 4 else 1
    class_name, arguments = networks.for_pictures(
        config, len(classes), (colours, images.shape[-2], images.shape[-1])
    )
    return Task(
        class_name,
        arguments,
        Pictures(images, labels, as_rows, config.augmentation),
        Pictures(*measured, as_rows, Augmentation()),
        config.test,
        {"classes": list(classes)},
    )
