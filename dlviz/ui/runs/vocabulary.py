"""Names of a run's settings, of their values and of its classes, and one sentence on each setting."""

from collections.abc import Sequence

from dlviz import networks

TASKS = {
    "digits": "Handwritten digits",
    "fashion": "Clothes (Fashion-MNIST)",
    "drawings": "My own drawings",
    "cifar10": "Colour photographs (CIFAR-10)",
    "reviews": "Sentences: positive or negative",
    "sentiment": "Sentences of an earlier version’s grammar",
    "table": "My own sentences (CSV)",
    "text": "Text, letter by letter",
    "memory": "The first symbol, after steps of noise",
}
# Class as runs on a grammar’s sentences name it -> as a learner reads it.
SENTIMENTS = {"blame": "negative", "praise": "positive"}
NETWORKS = {name: spec.title for name, spec in networks.NETWORKS.items() if spec.title}
SCHEDULERS = {
    "none": "None",
    "StepLR": "StepLR",
    "MultiStep": "MultiStep",
    "exponential": "Exponential",
    "cosine": "Cosine",
    "one-cycle": "One cycle",
    "reduce-on-plateau": "Plateau",
    "warm-up": "Warm-up",
}
OPTIMIZERS = {
    "SGD": "SGD",
    "momentum": "Momentum",
    "Nesterov": "Nesterov",
    "Adam": "Adam",
    "AdamW": "AdamW",
    "RMSprop": "RMSprop",
}
DEVICES = {"cpu": "CPU", "cuda": "Graphics card"}
# Setting -> its label, and one sentence on it.
SETTINGS = {
    "task": ("What is learned", "The data, and what a right answer is."),
    "model": ("Network", "Which network learns it; only those that fit the data."),
    "samples": ("Examples", "How many to learn from: fewer are quicker, and easier to learn by heart."),
    "epochs": ("Epochs", "How often it goes through all of them."),
    "batch_size": ("Batch size", "So many examples make one step: large batches give calm, but few steps."),
    "learning_rate": ("Learning rate", "How large each step is, such as 0.001 or 1e-3."),
    "optimizer": ("Optimizer", "What makes a step of the gradient; momentum and Nesterov belong to SGD."),
    "scheduler": ("Schedule", "How the learning rate changes during the run; none leaves it as it is."),
    "step_size": ("Step every … epochs", "The rate is multiplied by the factor each time."),
    "milestones": ("At the epochs", "After each of these epochs the rate is multiplied by the factor."),
    "gamma": ("Factor", "What the rate is multiplied by."),
    "lr_patience": ("Patience of the schedule", "Epochs without a better validation loss before it acts."),
    "warm_up": ("Warm-up steps", "Over so many steps the rate rises from almost nothing."),
    "momentum": ("Momentum", "How much of the last step goes on rolling in the next."),
    "weight_decay": ("Weight decay", "Pulls every weight a little towards 0 at each step."),
    "clip": ("Gradient clipping", "A gradient longer than this norm is shortened to it; empty: never."),
    "patience": (
        "Early stopping",
        "Stop after so many epochs without a better validation loss, and bring the best weights back.",
    ),
    "dropout": ("Dropout", "The share of hidden units silenced at random in each step; empty: its own."),
    "label_smoothing": ("Label smoothing", "The share of the truth spread over all classes: less certainty."),
    "batch_norm": ("Batch norm", "Sets each map’s values to mean 0 and spread 1 over the batch."),
    "seconds": ("Time budget in seconds", "The run ends when they are used up; empty: never."),
    "seed": ("Seed", "Of weights, order and all chance: the same seed gives the same run."),
    "test": (
        "Learn from all, measure on test data",
        "Nothing is held out; then nothing may be decided by what is measured.",
    ),
    "test_at_end": (
        "Measure the test data once, at the end",
        "Validation data that have chosen an epoch judge it too kindly; test data have chosen nothing.",
    ),
    "flip": ("Flip", "Share of pictures turned left to right: good for clothes, bad for digits."),
    "rotation": ("Rotation (°)", "Turned by up to so many degrees, either way."),
    "brightness": ("Brightness", "Up to this share lighter or darker."),
    "shift": ("Shift", "Moved by up to this share of the side."),
    "erasing": ("Erasing", "Share of pictures with a patch wiped out."),
    "noise": ("Noise", "Spread of what is added to each pixel."),
    "delay": ("Steps of noise", "How many symbols of noise follow the one that is to be named at the end."),
    "forget_bias": (
        "Forget bias",
        "What the forget gates’ bias is set to before training; empty: as PyTorch draws it, near 0.",
    ),
    "classes": ("Classes", "Which classes are told apart; none named are all of them."),
    "per_class": ("Examples of each class", "How many pictures of each class it learns from."),
    "draw": ("Draw", "Which pictures chance picks to learn from."),
    "passes": ("Passes in an epoch", "How often an epoch goes over all examples."),
    "start": ("Start", "Trained layers that it begins with; its head is new."),
    "unfreeze_from": ("Unfrozen from", "The first layer that learns; those before it stay as they were."),
    "whole_test": ("Whole test", "All test pictures are measured at the end, though the examples are few."),
    "head_epochs": ("Epochs of the head alone", "So long only the last layer learns."),
    "shuffle": (
        "Patches shuffled",
        "The number of the one permutation by which the patches of every picture are shuffled.",
    ),
    "device": ("Device", "Where it is computed; a graphics card is faster."),
    "channels": (
        "Channels",
        "How many maps the first convolution makes; the second makes twice as many, the third four times.",
    ),
    "hidden_size": ("Hidden units", "How many numbers a hidden layer or state has."),
    "depth": ("Layers", "How many blocks or hidden layers lie one behind the other."),
    "num_layers": ("Layers", "How many recurrent layers lie one above the other."),
    "embed_size": ("Embedding", "How many numbers stand for a patch; must divide by the heads."),
    "heads": ("Heads", "How many kinds of attention each block has."),
    "embed_dim": ("Embedding", "How many numbers stand for a word or a letter."),
    "hidden_dim": ("Hidden units", "How many numbers each reader’s state has."),
}
GROUPS = {"sizes": "Size", "augmentation": "Augmentation"}  # of settings


def label(setting: str) -> str:
    """The label of a setting, also of one inside a group, such as `augmentation.flip`."""
    group, _, name = setting.rpartition(".")
    return SETTINGS[name][0] if name in SETTINGS else GROUPS.get(group or name, name)


def class_names(task: str, classes: Sequence[str]) -> list[str]:
    """Names of a task's classes as a learner reads them; those of a learner's own data stay as they are."""
    return [SENTIMENTS.get(name, name) for name in classes] if task == "sentiment" else [*classes]


def format_value(value: object) -> str:
    """A setting's value in a few letters."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return {**TASKS, **SCHEDULERS, **OPTIMIZERS, **DEVICES}.get(value, value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
