"""Configuration of a training run: every choice as a plain value, checked, and written as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from dlviz.training.options import (
    CLASS_COUNTS,
    DEVICES,
    NETWORKS,
    OPTIMIZERS,
    PICTURES,
    SCHEDULERS,
    TASKS,
    TESTED,
    has_forget_bias,
)

# field -> its name for a learner, smallest, largest: whole numbers, and others
WHOLE = {
    "samples": ("number of samples", 1, 1_000_000),
    "batch_size": ("batch size", 1, 1_024),
    "epochs": ("number of epochs", 1, 10_000),
    "step_size": ("number of epochs between two steps of the rate", 1, 10_000),
    "lr_patience": ("schedule's patience", 0, 10_000),
    "warm_up": ("number of warm-up steps", 1, 1_000_000),
    "patience": ("patience", 1, 10_000),
    "seed": ("seed", 0, 2**31 - 1),
    "delay": ("number of steps of noise", 1, 200),
    "per_class": ("number of examples of each class", 1, 5_000),
    "draw": ("number of the draw", 0, 2**31 - 1),
    "passes": ("number of passes over the examples in an epoch", 1, 10_000),
    "head_epochs": ("number of epochs in which only the head learns", 0, 10_000),
    "shuffle": ("number of the permutation of patches", 0, 2**31 - 1),
}
REAL = {
    "momentum": ("momentum", 0.0, 0.999),
    "weight_decay": ("weight decay", 0.0, 10.0),
    "gamma": ("schedule's factor", 1e-6, 1.0),
    "dropout": ("dropout", 0.0, 0.95),
    "label_smoothing": ("label smoothing", 0.0, 0.9),
    "flip": ("share of pictures flipped", 0.0, 1.0),
    "rotation": ("rotation in degrees", 0.0, 180.0),
    "brightness": ("jitter of the brightness", 0.0, 1.0),
    "shift": ("shift, as a share of the picture's side,", 0.0, 0.5),
    "erasing": ("share of pictures with a patch erased", 0.0, 1.0),
    "noise": ("noise's spread", 0.0, 1.0),
    "forget_bias": ("forget bias", 0.0, 10.0),
}
ABOVE_ZERO = {"learning_rate": "learning rate", "seconds": "time budget in seconds", "clip": "clipping norm"}
ONE_OF = {"optimizer": OPTIMIZERS, "scheduler": SCHEDULERS, "device": DEVICES, "task": tuple(TASKS)}
OPTIONAL = ("patience", "clip", "dropout", "seconds", "forget_bias", "per_class", "shuffle")
# Bounds of a number above 0: NaN, infinity and what no float can hold are outside.
LEAST, LARGEST = 1e-300, 1e300
SWITCHES = ("batch_norm", "test", "test_at_end", "whole_test")


class BadSetting(ValueError):
    """A setting that no run can have; the message is one sentence for the learner.

    Args:
        field: its name: a field of `TrainingConfig` or of `Augmentation`, or a size of the network.
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Augmentation:
    """Changes of a picture each time it is learned from; 0 leaves it alone.

    Args:
        flip: share of pictures turned left to right.
        rotation: up to so many degrees either way.
        brightness: up to this share lighter or darker.
        shift: up to this share of the side in each direction.
        erasing: share of pictures in which a patch is wiped out.
        noise: standard deviation of what is added to each pixel, in a range from 0 to 1.
    Raises: BadSetting if one of them is out of its bounds.
    """

    flip: float = 0.0
    rotation: float = 0.0
    brightness: float = 0.0
    shift: float = 0.0
    erasing: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        _check_numbers(self)

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True)
class TrainingConfig:
    """A training run: the same config gives the same losses, to the last bit, on the same machine.

    The usual run takes about a minute on one core.

    Args:
        task, model: a key of `options.TASKS`, and one of its networks.
        sizes: of the network, where they are not the usual ones; see `options.NETWORKS`.
        batch_norm, dropout: of the network; without a number it has its own dropout.
        samples: number of training examples, the first ones of the training data.
        test: true to learn from all training data and measure the test data after every epoch; else a part of
            the training data is held out and measured.
        test_at_end: true to measure the test data too, once, when the run has ended: they decide nothing.
        whole_test: true to measure all of them, also of a run on a few examples, which else takes 2,000.
        epochs, seconds: at the most; without seconds there is no time budget.
        momentum: of SGD with momentum, plain or Nesterov's.
        clip: the norm to which gradients are shortened; None leaves them.
        step_size, milestones, gamma: of StepLR, of MultiStep, and the factor of these and two others.
        lr_patience: epochs without a better validation loss after which reduce-on-plateau acts.
        warm_up: steps over which the rate rises.
        patience: epochs without a better validation loss after which early stopping acts; None: never.
        augmentation: of pictures.
        label_smoothing: the share of the truth that is spread over all classes.
        delay: of the memory task, in steps of noise.
        forget_bias: of an LSTM's forget gates before training, on the memory task; None as PyTorch draws it.
        classes: of the task, by their numbers; none given are all of them.
        per_class: number of training examples of each class, in place of `samples`.
        draw: seed by which these examples are chosen; with more a class, the fewer are among them.
        passes: times that an epoch goes over all examples; a pass over a few of them is too short to measure.
        start: a weights file of the project from which all layers but the last begin; empty for random ones.
        unfreeze_from: the first layer that learns; those before it stay as they start. Empty: all learn.
        head_epochs: epochs in which only the last layer learns, before those of `unfreeze_from` do.
        shuffle: seed of the one permutation by which the patches of all pictures are shuffled, those that are
            learned from and those that are measured; None leaves pictures as they are.
    Raises: BadSetting where one setting is at fault, else ValueError, with one sentence for the learner.
    """

    task: str = "digits"
    model: str = "SimpleCNN"
    sizes: dict[str, int] = field(default_factory=dict, hash=False)
    batch_norm: bool = False
    dropout: float | None = None
    samples: int = 12_000
    test: bool = False
    batch_size: int = 64
    epochs: int = 5
    seconds: float | None = None
    optimizer: str = "Adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    clip: float | None = None
    scheduler: str = "none"
    step_size: int = 10
    milestones: tuple[int, ...] = (2, 4)
    gamma: float = 0.1
    lr_patience: int = 1
    warm_up: int = 100
    patience: int | None = None
    augmentation: Augmentation = field(default_factory=Augmentation)
    label_smoothing: float = 0.0
    seed: int = 0
    device: str = "cpu"
    test_at_end: bool = False
    delay: int = 20
    forget_bias: float | None = None
    classes: tuple[int, ...] = ()
    per_class: int | None = None
    draw: int = 0
    passes: int = 1
    start: str = ""
    unfreeze_from: str = ""
    head_epochs: int = 0
    whole_test: bool = False
    shuffle: int | None = None

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_choices(self)
        _check_network(self)
        _check_transfer(self)
        _check_together(self)

    def to_json(self) -> str:
        """Write the config as a JSON object, its fields by name."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "TrainingConfig":
        """Read the config that `to_json` wrote; what is left out has its usual value.

        Raises: ValueError with one sentence for anything else.
        """
        try:
            values = _known(cls, json.loads(text, parse_constant=_refuse_constant))
        except (RecursionError, json.JSONDecodeError) as error:
            raise ValueError("The run's description is no JSON.") from error
        if "augmentation" in values:
            values["augmentation"] = Augmentation(**_known(Augmentation, values["augmentation"]))
        for name in ("milestones", "classes"):
            if isinstance(several := values.get(name), list):
                values[name] = tuple(several)
        return cls(**values)


def lesson() -> TrainingConfig:
    """Config of the lesson's recipe: all 60,000 digits for five epochs, the 10,000 test digits after each."""
    return TrainingConfig(samples=60_000, test=True)


def _known(kind: type, values: object) -> dict:
    """Return values that are an object whose names the kind knows."""
    if not isinstance(values, dict):
        raise ValueError("A run is described by names and values.")
    if unknown := sorted(values.keys() - {each.name for each in fields(kind)}):
        raise ValueError(f"A run has no setting “{unknown[0][:40]}”.")
    return dict(values)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number that a run could use.")


def _check_numbers(config: object) -> None:
    """Check each number by its bounds; whole ones given for others become these."""
    for name, (called, least, most) in WHOLE.items():
        if _given(config, name):
            _check_whole(getattr(config, name), called, least, most, name)
    for name, (called, least, most) in REAL.items():
        if _given(config, name):
            refusal = f"The {called} must be a number from {least:g} to {most:g}."
            _set_number(config, name, least, most, refusal)
    for name, called in ABOVE_ZERO.items():
        if _given(config, name):
            _set_number(config, name, LEAST, LARGEST, f"The {called} must be a number above 0.")


def _given(config: object, name: str) -> bool:
    """True if the config has such a number, and it is not one that may be, and is, left out."""
    return hasattr(config, name) and not (name in OPTIONAL and getattr(config, name) is None)


def _set_number(config: object, name: str, least: float, most: float, refusal: str) -> None:
    value = getattr(config, name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise BadSetting(refusal, name)
    object.__setattr__(config, name, float(value))


def _check_whole(value: object, called: str, least: int, most: int, field: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadSetting(f"The {called} must be a whole number from {least:,} to {most:,}.", field)


def _check_choices(config: TrainingConfig) -> None:
    for name, choices in ONE_OF.items():
        if getattr(config, name) not in choices:
            chosen = str(getattr(config, name))[:40]
            raise BadSetting(f"There is no {name} “{chosen}”; there are {', '.join(choices)}.", name)
    for name in SWITCHES:
        if not isinstance(getattr(config, name), bool):
            raise BadSetting(f"{name} is either on or off.", name)
    steps = config.milestones
    if not (isinstance(steps, tuple) and steps):
        raise BadSetting("The schedule's milestones are epochs, one at least.", "milestones")
    for step in steps:
        _check_whole(step, "epoch of a milestone", 1, 10_000, "milestones")
    if list(steps) != sorted(set(steps)):
        raise BadSetting("The schedule's milestones must rise.", "milestones")
    if not isinstance(config.augmentation, Augmentation):
        raise BadSetting("Augmentation is described by names and values.", "augmentation")


def _check_network(config: TrainingConfig) -> None:
    if config.model not in TASKS[config.task]:
        known = ", ".join(TASKS[config.task])
        raise BadSetting(f"{str(config.model)[:40]} does not fit this task; there are {known}.", "model")
    choice = NETWORKS[config.model]
    if config.batch_norm and not choice.batch_norm:
        raise BadSetting(f"{config.model} has no variant with batch norm.", "batch_norm")
    if config.dropout is not None and not choice.dropout:
        raise BadSetting(f"The dropout of {config.model} cannot be chosen.", "dropout")
    if config.forget_bias is not None and not has_forget_bias(config.task, config.model):
        raise BadSetting("A forget bias can be chosen for an LSTM on the memory task.", "forget_bias")
    if not isinstance(config.sizes, Mapping):
        raise BadSetting("A network's sizes are names and whole numbers.", "sizes")
    for name, value in config.sizes.items():
        if name not in choice.sizes:
            raise BadSetting(f"{config.model} has no size “{str(name)[:40]}”.", "sizes")
        size = choice.sizes[name]
        _check_whole(value, f"{config.model}'s {name}", size.least, size.most, name)
    # A copy, so that the config stays what it was.
    object.__setattr__(config, "sizes", dict(config.sizes))
    sizes = network_sizes(config)
    if "heads" in sizes and sizes["embed_size"] % sizes["heads"]:
        raise BadSetting(
            f"An embed_size of {sizes['embed_size']} cannot be split into {sizes['heads']} equal heads.",
            "heads",
        )


def _check_transfer(config: TrainingConfig) -> None:
    """Check which examples, which start and which layers a run that transfers has."""
    network, known = NETWORKS[config.model], CLASS_COUNTS.get(config.task, 0)
    if not isinstance(config.classes, tuple) or not set(config.classes) <= set(range(known)):
        raise BadSetting("The classes are numbers of classes of the task.", "classes")
    if len(config.classes) == 1 or list(config.classes) != sorted(set(config.classes)):
        raise BadSetting("There must be two classes or more, each once, in their order.", "classes")
    if config.per_class and not known:
        raise BadSetting("Only of public pictures can a number a class be chosen.", "per_class")
    if config.start and (config.start not in network.starts or config.batch_norm):
        known_starts = ", ".join(network.starts) or "none"
        raise BadSetting(
            f"There are no weights “{str(config.start)[:40]}” for this network to start from; "
            f"there are {known_starts}.",
            "start",
        )
    if config.unfreeze_from and (config.unfreeze_from not in network.layers or config.batch_norm):
        raise BadSetting(
            f"{config.model} has no layer “{str(config.unfreeze_from)[:40]}” to learn from.", "unfreeze_from"
        )
    if config.head_epochs and not network.layers:
        raise BadSetting(f"The head of {config.model} cannot learn alone.", "head_epochs")


def _check_together(config: TrainingConfig) -> None:
    if config.batch_size > config.samples and not config.per_class:
        raise BadSetting(
            f"A batch of {config.batch_size:,} is larger than the data: {config.samples:,} samples.",
            "batch_size",
        )
    last = config.samples % config.batch_size or config.batch_size
    # Of a learner's own drawings there may be fewer: they are counted when they are there.
    if config.batch_norm and last == 1 and config.task != "drawings" and not config.per_class:
        raise BadSetting(
            "Batch norm needs two samples a batch, and the last batch would have one alone.", "batch_norm"
        )
    for name in ("test", "test_at_end"):
        if getattr(config, name) and config.task not in TESTED:
            raise BadSetting(
                "This task has no test data: a part of what it learns from is held out instead.", name
            )
    if config.test and config.test_at_end:
        raise BadSetting("The test data are measured after every epoch already.", "test_at_end")
    if config.whole_test and not config.test_at_end:
        raise BadSetting("Without a test at the end there is no whole test.", "whole_test")
    if config.test and (config.patience or config.scheduler == "reduce-on-plateau"):
        raise ValueError(
            "Test data must not decide when to stop or to slow down: hold out a part of the training data."
        )
    if config.augmentation and config.task not in PICTURES:
        raise BadSetting("Augmentation changes pictures, and this task has none.", "augmentation")
    if config.shuffle is not None and config.task not in PICTURES:
        raise BadSetting("Patches of pictures are shuffled, and this task has none.", "shuffle")


def network_sizes(config: TrainingConfig) -> dict[str, int]:
    """Sizes of the config's network, the usual ones where it chooses none."""
    usual = {name: size.usual for name, size in NETWORKS[config.model].sizes.items()}
    return usual | config.sizes
