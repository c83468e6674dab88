"""From a config to its task: the data, read once; the first samples to learn from, others held out."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from dlviz.data import cifar10, fashion, memory, mnist
from dlviz.data.labelled import Labelled
from dlviz.data.shuffling import shuffle_with
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.options import GONE
from dlviz.training.tasks import networks, texts
from dlviz.training.tasks.examples import BadTask, Pictures, Sequences, Task
from dlviz.training.tasks.few_examples import draw_examples, keep_classes, spaced
from dlviz.training.tasks.own import Drawings, Own, parted

Known = tuple[Tensor, Tensor]  # pictures uint8, and their classes int64

HELD_OUT = 5_000  # of the 60,000 training digits; as many of CIFAR-10's and of the whole of Fashion-MNIST
HELD_OUT_CLOTHES = 2_000  # of the 12,000 that are embedded
HELD_OUT_SEQUENCES = 1_000
# Of a run on a few examples, which takes a second: enough to tell ways apart, and measured in an instant.
HELD_OUT_OF_FEW, TESTED_OF_FEW = 500, 2_000
DIGITS = tuple("0123456789")


def bytes_to_download(config: TrainingConfig) -> int:
    """Bytes that are fetched from the internet before the task can begin; 0 where all is here."""
    if config.task == "cifar10" and not cifar10.is_here():
        return cifar10.BYTES
    if config.task == "fashion" and needs_all_clothes(config) and not fashion.is_here():
        return fashion.BYTES
    return 0


def fetch(config: TrainingConfig) -> Iterator[tuple[int, int]]:
    """Download what the task needs and is not here, and yield the bytes so far, and in all.

    Raises: BadTask if there is no network, or no room on the disk.
    """
    try:
        if config.task == "cifar10":
            yield from cifar10.fetch()
        elif config.task == "fashion" and needs_all_clothes(config):
            yield from fashion.fetch()
    except mnist.MissingData as error:
        raise BadTask(str(error)) from error


def prepare(config: TrainingConfig, own: Own | None = None) -> Task:
    """Prepare the config's task, its data in memory.

    Args:
        own: the learner's own data, for the tasks “drawings” and “table”.
    Raises: BadTask if the data are not to be had, or cannot be learned from.
    """
    if config.task in GONE:
        raise BadTask(GONE[config.task])
    makers: dict[str, Callable[[], Task]] = {
        "digits": lambda: _public_task(config, mnist.digits, HELD_OUT, DIGITS),
        "fashion": lambda: _clothes_task(config),
        "cifar10": lambda: _public_task(config, cifar10.pictures, HELD_OUT, cifar10.CLASSES),
        "drawings": lambda: _drawings_task(config, own),
        "table": lambda: _table_task(config, own),
        "reviews": lambda: texts.reviews_task(config),
        "text": lambda: texts.character_task(config),
        "memory": lambda: _memory_task(config),
    }
    try:
        task = makers[config.task]()
    except mnist.MissingData as error:
        raise BadTask(str(error)) from error
    if config.batch_size > len(task.training):
        size = f"{config.batch_size:,} is larger than the data: {len(task.training):,} samples"
        raise BadTask(f"A batch of {size}.")
    if config.batch_norm and len(task.training) % config.batch_size == 1:
        raise BadTask(
            f"Batch norm needs two samples a batch, and of {len(task.training):,} samples in batches of "
            f"{config.batch_size:,} the last would be alone: choose another batch size."
        )
    return task


def needs_all_clothes(config: TrainingConfig) -> bool:
    """True if the embedded clothes are too few."""
    learned = 10 * config.per_class if config.per_class else config.samples
    return learned > (12_000 if config.test else 12_000 - HELD_OUT_CLOTHES)


def _clothes_task(config: TrainingConfig) -> Task:
    if needs_all_clothes(config):
        return _public_task(config, fashion.whole, HELD_OUT, fashion.CLASSES)
    return _public_task(config, fashion.clothes, HELD_OUT_CLOTHES, fashion.CLASSES, in_tens=True)


def _public_task(
    config: TrainingConfig,
    split: Callable[[mnist.Split], Known],
    held_out: int,
    classes: tuple[str, ...],
    in_tens: bool = False,
) -> Task:
    """Make a task of a public set: the last training pictures are held out, unless the test is measured.

    Args:
        in_tens: true if each ten pictures are one of each class, of which every fourth would miss some.
    """
    images, labels = split("train")
    learned, measured, tested = (images, labels), split("test"), None
    if not config.test:
        learned, held = (images[:-held_out], labels[:-held_out]), (images[-held_out:], labels[-held_out:])
        measured, tested = held, measured if config.test_at_end else None
    if config.classes:
        learned, measured = keep_classes(*learned, config.classes), keep_classes(*measured, config.classes)
        tested = tested and keep_classes(*tested, config.classes)
        classes = tuple(classes[each] for each in config.classes)
    if config.per_class:
        rows = draw_examples(learned[1], config.per_class, config.draw)
        learned = learned[0][rows], learned[1][rows]
        if not config.test:
            first = measured[0][:HELD_OUT_OF_FEW], measured[1][:HELD_OUT_OF_FEW]
            measured = first if in_tens else spaced(*measured, HELD_OUT_OF_FEW)
            tested = tested and (tested if config.whole_test else spaced(*tested, TESTED_OF_FEW))
    return _picture_task(config, learned, measured, classes, tested)


def _drawings_task(config: TrainingConfig, own: Own | None) -> Task:
    if not isinstance(own, Drawings):
        raise BadTask("There are no drawings yet: draw some, and say what each is.")
    classes = tuple(sorted(set(own.labels)))
    pictures, labels = torch.from_numpy(own.pictures), [classes.index(label) for label in own.labels]
    learned, held = parted(labels)
    learned = learned[: config.samples]
    known = torch.tensor(labels)
    return _picture_task(config, (pictures[learned], known[learned]), (pictures[held], known[held]), classes)


def _table_task(config: TrainingConfig, own: Own | None) -> Task:
    if not isinstance(own, Labelled):
        raise BadTask("There is no table yet: upload one with the columns text and label.")
    # A sentence that stands in the table twice must not be learned from in one row and measured in the other.
    pairs = [(own.texts[row], own.labels[row]) for row in own.distinct]
    learned, held = parted([label for _, label in pairs])
    train = [pairs[row] for row in learned[: config.samples]]
    return texts.sentence_task(config, train, [pairs[row] for row in held], own.classes)


def _memory_task(config: TrainingConfig) -> Task:
    """Make the task of naming the first symbol after noise, on sequences that no training sees."""
    class_name, arguments = networks.sequence_network(config, len(memory.SYMBOLS))
    return Task(
        class_name,
        arguments,
        Sequences(0, config.samples, config.delay),
        Sequences(memory.TEST_SEED, HELD_OUT_SEQUENCES, config.delay),
        config.test,
        {"classes": list(memory.SYMBOLS)},
    )


def _picture_task(
    config: TrainingConfig,
    train: Known,
    measured: Known,
    classes: tuple[str, ...],
    tested: Known | None = None,
) -> Task:
    """Make the task of classifying pictures, learned from the first samples of train.

    Raises: BadTask if there are fewer pictures than samples, or all those are of one class.
    """
    samples = len(train[1]) if config.per_class else config.samples
    images, labels = train[0][:samples], train[1][:samples]
    if len(labels) < samples and config.task != "drawings":
        raise BadTask(f"There are {len(labels):,} pictures to learn from, not {samples:,}.")
    if len(labels.unique()) < 2:
        raise BadTask("All pictures to learn from are of one class: there is nothing to tell apart.")
    as_rows = networks.reads_rows(config)
    shape = (images.shape[1] if images.dim() == 4 else 1, images.shape[-2], images.shape[-1])
    class_name, arguments = networks.picture_network(config, len(classes), shape)
    facts: dict[str, object] = {"classes": list(classes)}
    if config.shuffle is not None:
        images, measured = shuffle_with(images, config.shuffle), _shuffled(measured, config.shuffle)
        tested = tested and _shuffled(tested, config.shuffle)
        facts["shuffle"] = config.shuffle
    return Task(
        class_name,
        arguments,
        Pictures(images, labels, as_rows, config.augmentation),
        Pictures(*measured, as_rows, Augmentation()),
        config.test,
        facts,
        Pictures(*tested, as_rows) if tested else None,
    )


def _shuffled(known: Known, seed: int) -> Known:
    return shuffle_with(known[0], seed), known[1]
