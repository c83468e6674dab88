"""The pair of networks that is looked at: of the shipped race, of other labs, or the learner's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

import numpy as np

from dlviz.training.race import KEPT_SEEDS, name_weights
from dlviz.training.runs.store import RUN
from dlviz.ui import fields
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.models import DigitTransformer

Kind = Literal["cnn", "transformer"]
TITLES: dict[Kind, str] = {"cnn": "CNN", "transformer": "Transformer"}
FILES: dict[Kind, str] = {"cnn": "simple_cnn", "transformer": "digit_transformer"}
# The lab that shows the inside of each, and what its address needs for a digit.
LABS: dict[Kind, tuple[str, dict[str, str]]] = {
    "cnn": ("cnn", {}),
    "transformer": ("block", {"network": "digit"}),
}


TASKS = ("digits", "fashion")  # whose pictures the learner can draw, and these views show
LAB_PAIR = "lab"
SHIPPED = {f"race-{seed}": seed for seed in KEPT_SEEDS}  # pair -> seed of both runs that ship


def name_own_pair(cnn: str, transformer: str) -> str:
    """The pair of two runs of the learner's, by their ids, as an address writes it."""
    return f"{cnn}.{transformer}"


def _check_pair(text: str) -> None:
    if text not in (LAB_PAIR, *SHIPPED) and not (
        len(runs := text.split(".")) == 2 and all(RUN.fullmatch(run) for run in runs)
    ):
        raise ValueError("no pair")


@dataclass(frozen=True)
class PairFields(DigitFields):
    """The pair, and the digit that both read.

    Args:
        pair: that of other labs, one of SHIPPED, or two runs as `name_own_pair` writes them.
        sample: as of `DigitFields`; a test digit is on the pad from the first.
    """

    pair: str = fields.text(LAB_PAIR, _check_pair)
    sample: int = fields.integer(-1, TEST_DIGITS - 1, 1)


@dataclass(frozen=True, eq=False)
class Member:
    """One network of the pair.

    Args:
        provenance: a sentence on what made its weights, and how well it does.
        task: that it learned, a key of `options.TASKS`.
        run: that trained it, or nothing.
        inside_lab: true if its lab can show this very network.
    """

    kind: Kind
    model: nn.Module = field(repr=False)
    provenance: str
    task: str = "digits"
    run: str = ""
    inside_lab: bool = True

    @property
    def title(self) -> str:
        """Name for a learner."""
        return TITLES[self.kind]

    def link_to_lab(self, index: int, picture: np.ndarray) -> str:
        """Address of the lab that shows the network's inside, with a test picture.

        Args:
            index: of the picture among the test pictures.
            picture: (28, 28) uint8, which goes along as a drawing where it is no digit.
        """
        from dlviz.data.digits import to_text

        lab, needs = LABS[self.kind]
        run = {"run": self.run, "weights": "run"} if self.run else {}
        shown = {"sample": str(index)}
        if self.task != "digits":
            shown = {"sample": "-1", "digit": to_text(picture / np.float32(255))}
        return f"/{lab}?{urlencode({**needs, **shown, **run})}"


@dataclass(frozen=True, eq=False)
class Pair:
    """A CNN and a transformer that have learned the same task."""

    cnn: Member
    transformer: Member

    @property
    def members(self) -> tuple[Member, Member]:
        """Both, the CNN first."""
        return self.cnn, self.transformer

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes that both tell apart."""
        from dlviz.data import fashion

        return fashion.CLASSES if self.cnn.task == "fashion" else tuple("0123456789")

    @property
    def digit_transformer(self) -> DigitTransformer:
        """The transformer's network."""
        from dlviz.models import DigitTransformer

        assert isinstance(self.transformer.model, DigitTransformer)
        return self.transformer.model


def load_pair(pair: str) -> Pair:
    """Load a pair, named as in `PairFields`.

    Raises: BadWeights with a sentence if one of them cannot be shown, or they have learned different tasks.
    """
    from dlviz.weights import BadWeights

    if pair == LAB_PAIR:
        return Pair(*(_load_file(kind, file) for kind, file in FILES.items()))
    if pair in SHIPPED:
        return Pair(*(_load_file(kind, name_weights(kind, SHIPPED[pair])) for kind in FILES))
    cnn, transformer = pair.split(".")
    loaded = Pair(_load_run("cnn", cnn), _load_run("transformer", transformer))
    if loaded.cnn.task != loaded.transformer.task:
        raise BadWeights("These two runs have learned different pictures: choose another pair.")
    return loaded


def _load_file(kind: Kind, file: str) -> Member:
    from dlviz.ui.server import model_cache

    facts = model_cache.facts(file)
    sentence = f"{facts['data']}. {facts['result']}. Its training: {facts['recipe']}."
    return Member(kind, model_cache.trained(file), sentence, inside_lab=file == FILES[kind])


def _load_run(kind: Kind, run: str) -> Member:
    from dlviz.models import DigitTransformer
    from dlviz.ui.runs import opening, weights_choice
    from dlviz.weights import BadWeights

    lab, _ = LABS[kind]
    found = opening.open_run(run, lab)
    model = found.checkpoint.model
    if isinstance(model, DigitTransformer) != (kind == "transformer"):
        raise BadWeights(f"This link names a run that is no {TITLES[kind]}: choose another pair.")
    return Member(kind, model, weights_choice.describe(found), found.run.config.task, run)


@lru_cache(maxsize=8)
def find_faster(model: nn.Module) -> nn.Module:
    """The network in its faster form, made once."""
    from dlviz.race.stress import make_faster

    return make_faster(model)


def read_test_pictures(task: str) -> tuple[Tensor, Tensor]:
    """Test pictures (n, 28, 28) uint8 of a task, and their classes (n,) int64.

    Raises: MissingData if they are not here; BadWeights for a task that has none.
    """
    from dlviz.data import fashion, mnist
    from dlviz.weights import BadWeights

    if task not in (sets := {"digits": mnist.digits, "fashion": fashion.clothes}):
        raise BadWeights("These runs have learned pictures that have no test pictures here.")
    return sets[task]("test")
