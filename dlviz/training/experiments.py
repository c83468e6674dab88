"""Ready-made experiments: a question, and the runs whose comparison answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dlviz.training.analysis import reasons
from dlviz.training.analysis.comparison import Group
from dlviz.training.config import Augmentation, TrainingConfig

Labelled = list[tuple[str, TrainingConfig]]


@dataclass(frozen=True)
class Experiment:
    """Runs that differ in one thing.

    Args:
        name: what stands on its button.
        question: one sentence. The answer is computed from the runs, see `comparison.compare`.
        measure: by which they are compared, a key of `comparison.MEASURES`.
        setting: the runs, a label each, with seed 0.
        why: from the groups of runs to what to look at in them; empty while they have not come so far.
    """

    name: str
    question: str
    measure: str
    setting: Callable[[], Labelled]
    why: Callable[[Sequence[Group]], str]

    def runs(self, seeds: int = 1) -> Labelled:
        """The runs with seeds 0, 1 …: those under one label differ in their seed alone.

        All first seeds come first, so that whoever waits sees every line begin.
        """
        return [
            (label, replace(config, seed=seed)) for seed in range(seeds) for label, config in self.setting()
        ]


WIDE = {"hidden_size": 512}  # so many weights that a few digits are soon learnt by heart


def _learning_rates() -> Labelled:
    usual = TrainingConfig(samples=4_000, epochs=3)
    return [(f"rate {rate:g}", replace(usual, learning_rate=rate)) for rate in (1e-5, 1e-3, 3e-2)]


def _batch_norm() -> Labelled:
    usual = TrainingConfig(samples=4_000, epochs=3)
    return [("without batch norm", usual), ("with batch norm", replace(usual, batch_norm=True))]


def _augmentation() -> Labelled:
    few = TrainingConfig(samples=500, batch_size=32, epochs=16)
    changed = replace(few, augmentation=Augmentation(rotation=10, shift=0.08))
    return [("as they are", few), ("turned and shifted", changed)]


# The rate that is customary for each.
RATES = {"SGD": 0.1, "momentum": 0.01, "Nesterov": 0.01, "Adam": 1e-3, "AdamW": 1e-3, "RMSprop": 1e-3}


def _optimizers() -> Labelled:
    usual = TrainingConfig(samples=4_000, epochs=3)
    return [
        (
            name,
            replace(usual, optimizer=name, learning_rate=rate, weight_decay=0.01 if name == "AdamW" else 0.0),
        )
        for name, rate in RATES.items()
    ]


def _schedules() -> Labelled:
    # A rate so high that it pays to lower it: at 0.001 all of them end alike.
    usual = TrainingConfig(model="MLP", samples=4_000, epochs=6, learning_rate=1e-2)
    return [
        ("constant", usual),
        ("StepLR", replace(usual, scheduler="StepLR", step_size=3)),
        ("exponential", replace(usual, scheduler="exponential", gamma=0.5)),
        ("cosine", replace(usual, scheduler="cosine")),
        ("one-cycle", replace(usual, scheduler="one-cycle")),
        ("warm-up", replace(usual, scheduler="warm-up", warm_up=60)),
    ]


def _dropout() -> Labelled:
    few = TrainingConfig(model="MLP", sizes=WIDE, samples=1_000, batch_size=32, epochs=30)
    return [("without dropout", replace(few, dropout=0.0)), ("dropout 0.5", replace(few, dropout=0.5))]


def _early_stopping() -> Labelled:
    few = TrainingConfig(
        model="MLP", sizes=WIDE, samples=500, batch_size=20, epochs=40, dropout=0.0, test_at_end=True
    )
    return [("to the end", few), ("early stopping", replace(few, patience=3))]


def _flip(task: str) -> Labelled:
    # Fully connected layers: a CNN takes the mirrored ones in its stride, and nothing is to be seen.
    usual = TrainingConfig(task=task, model="MLP", samples=1_000, batch_size=32, epochs=12)
    return [("as they are", usual), ("flipped", replace(usual, augmentation=Augmentation(flip=0.5)))]


BIASES = (None, 1.0, 3.0)  # of an LSTM's forget gates; None as PyTorch draws them


def memory_run(delay: int, forget_bias: float | None, seed: int = 0) -> TrainingConfig:
    """Config of a run that trains an LSTM to name the first symbol after so many steps of noise."""
    return TrainingConfig(
        task="memory",
        model="LSTMModel",
        sizes={"hidden_size": 64},
        delay=delay,
        forget_bias=forget_bias,
        samples=6_400,
        epochs=20,
        learning_rate=2e-3,
        scheduler="cosine",
        clip=1.0,
        seed=seed,
    )


def _forget_biases() -> Labelled:
    return [("as drawn" if bias is None else f"bias {bias:g}", memory_run(20, bias)) for bias in BIASES]


EXPERIMENTS = {
    "learning-rate": Experiment(
        "Learning rate: low, middling, high",
        "What does the learning rate do to the loss?",
        "loss",
        _learning_rates,
        reasons.too_small_or_too_large,
    ),
    "batch-norm": Experiment(
        "With and without batch norm",
        "Does the same network learn faster when batch norm stabilises what its layers read?",
        "loss",
        _batch_norm,
        reasons.first_epoch,
    ),
    "augmentation": Experiment(
        "Augmentation of 500 digits",
        "When there are only 500 digits, does it help to turn and shift them a little at every look?",
        "accuracy",
        _augmentation,
        reasons.gap,
    ),
    "optimizers": Experiment(
        "Optimizer race",
        "Same network, same digits in the same order, each optimizer at its customary rate: who is ahead?",
        "loss",
        _optimizers,
        reasons.adaptive_steps,
    ),
    "schedules": Experiment(
        "Schedule race",
        "Does it pay to lower the learning rate on the way, or to let it rise first?",
        "loss",
        _schedules,
        reasons.rate_at_end,
    ),
    "dropout": Experiment(
        "Dropout against none",
        "On 1,000 digits: does dropout bring the validation loss down, and what of the training loss?",
        "loss",
        _dropout,
        reasons.gap,
    ),
    "early-stopping": Experiment(
        "Early stopping on 500 digits",
        "On test data, which chose nothing: is the end of a long run better than what early stopping keeps?",
        "tested",
        _early_stopping,
        reasons.learnt_by_heart,
    ),
    "flip-digits": Experiment(
        "Mirrored digits",
        "Half of the digits are mirrored at every look: what does that do to the accuracy on upright ones?",
        "accuracy",
        lambda: _flip("digits"),
        reasons.gap,
    ),
    "flip-clothes": Experiment(
        "Mirrored clothes",
        "A mirrored shirt is still a shirt, but nearly all shoes here point one way: does mirroring help?",
        "accuracy",
        lambda: _flip("fashion"),
        reasons.gap,
    ),
    "forget-bias": Experiment(
        "Forget bias of an LSTM",
        "Which forget bias lets an LSTM name the first of 21 symbols, after 20 steps of noise?",
        "accuracy",
        _forget_biases,
        reasons.first_half_right,
    ),
}
