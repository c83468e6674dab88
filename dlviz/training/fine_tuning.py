"""Fine-tuning of an encoder as a run: its config, and its training by a worker.

Data are the learner's own labelled sentences, kept beside the run, or real ones of `dlviz.data.reviews`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dlviz.data import labelled, reviews
from dlviz.finetuning import NoFineTuning
from dlviz.finetuning.arms import ARMS, RANKS, Arm
from dlviz.training.commands import Steering, Unsteered
from dlviz.training.peak_memory import PeakMemory
from dlviz.training.runs.events import FINETUNING, Event
from dlviz.training.tasks.examples import BadTask
from dlviz.training.tasks.own import FILES, parted

if TYPE_CHECKING:
    from dlviz.finetuning.learning import State
    from dlviz.finetuning.network import FineTuned
    from dlviz.finetuning.scratch import Scratch
    from dlviz.finetuning.texts import Texts

SCRATCH, VECTORS = "scratch", "vectors"  # TextClassifier, and the same over an encoder's word vectors
SCRATCHES = (SCRATCH, VECTORS)
LANES = (*SCRATCHES, *ARMS)
TRAINED = tuple(lane for lane in LANES if lane in SCRATCHES or not ARMS[lane].is_frozen)
COUNTS = (50, 200, 1_000)  # real sentences to learn from
HELD, TESTED = 60, 200  # real sentences to watch while training, and to test on at its end
FEWEST, MOST, CLASSES = 10, 2_000, 20  # of a learner's own
RANK = 4  # of LoRA’s matrices, if nobody says otherwise
RATES = {SCRATCH: 3e-3, VECTORS: 3e-3, "last": 1e-4, "last-two": 5e-5, "low-rank": 5e-4, "all": 3e-5}
EPOCHS = {SCRATCH: 10, VECTORS: 10}
TUNED_EPOCHS, BATCH = 3, 16
SENTIMENTS = ("negative", "positive")

Sentence = tuple[str, int]


@dataclass(frozen=True)
class FineTuningConfig:
    """One arm on some sentences.

    Args:
        lane: of `TRAINED`.
        count: of real sentences, of `COUNTS`; 0 for the learner's own, in a table beside the run.
        draw: seed by which real sentences are drawn, and of everything else that is random.
        rank: of LoRA's matrices.
        words: true if the embeddings learn too, where all layers do.
        data: fingerprint of the learner's own sentences, by which a run is found again; empty of real ones.
    Raises: ValueError with one sentence if there is no such arm or number.
    """

    lane: str
    count: int = 200
    draw: int = 0
    rank: int = RANK
    words: bool = False
    data: str = ""

    def __post_init__(self) -> None:
        if (
            self.lane not in TRAINED
            or self.count not in (0, *COUNTS)
            or not 0 <= self.draw < 100
            or self.rank not in RANKS
        ):
            raise ValueError("There is no such fine-tuning.")

    @property
    def arm(self) -> Arm:
        """Arm that it trains.

        Raises: KeyError for a network from scratch.
        """
        if self.lane == "low-rank":
            return Arm(rank=self.rank)
        return replace(ARMS[self.lane], words=self.words and self.lane == "all")

    @property
    def name(self) -> str:
        """Name of its run, by which it is found again."""
        details = {"low-rank": f" {self.rank}", "all": " with words" if self.words else ""}
        lane = self.lane + details.get(self.lane, "")
        data = f"{self.count} reviews · draw {self.draw}" if self.count else f"own sentences {self.data}"
        return f"Fine-tuning · {lane} · {data}"

    def to_json(self) -> str:
        """Write the config as a JSON object, from which `dlviz.training.runs.store` knows a fine-tuning."""
        return json.dumps({FINETUNING: asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> FineTuningConfig:
        """Read the config that `to_json` wrote.

        Raises: ValueError for anything else.
        """
        try:
            return cls(**json.loads(text)[FINETUNING])
        except (KeyError, TypeError) as error:
            raise ValueError("The fine-tuning’s description is damaged.") from error


@dataclass(frozen=True)
class Sentences:
    """Sentences of a fine-tuning.

    Args:
        learned, held: to learn from, and to watch while training.
        tested: to test on at its end; of a learner's own there are none, so what is held out must do.
        classes: names of the labels.
    """

    learned: tuple[Sentence, ...]
    held: tuple[Sentence, ...]
    tested: tuple[Sentence, ...]
    classes: tuple[str, ...]


def draw_reviews(count: int, draw: int) -> Sentences:
    """Draw real sentences, half of them positive; those of fewer are among those of more."""
    shuffled = list(reviews.labelled("training"))
    random.Random(draw).shuffle(shuffled)
    halves = [[each for each in shuffled if each[1] == label][: count // 2] for label in (0, 1)]
    learned = [each for pair in zip(*halves, strict=True) for each in pair]
    # The same for all, so that arms compare.
    held = random.Random(0).sample(reviews.labelled("validation"), HELD)
    tested = random.Random(0).sample(reviews.labelled("test"), TESTED)
    return Sentences(tuple(learned), tuple(held), tuple(tested), SENTIMENTS)


def split_own(table: labelled.Labelled) -> Sentences:
    """Split a learner's own sentences into those to learn from and those held out.

    Raises: BadTask if they are too few, or too many, or cannot be learned from.
    """
    pairs = [(table.texts[row], table.labels[row]) for row in table.distinct]
    if not FEWEST <= len(pairs) <= MOST:
        raise BadTask(f"There are {len(pairs):,} different sentences: it takes {FEWEST} to {MOST:,}.")
    if len(table.classes) > CLASSES:
        raise BadTask(f"There are {len(table.classes)} different labels, and {CLASSES} at the most.")
    learned, held = parted([label for _, label in pairs])
    return Sentences(
        tuple(pairs[row] for row in learned), tuple(pairs[row] for row in held), (), table.classes
    )


def cut_own(table: labelled.Labelled, most: int = MOST) -> labelled.Labelled:
    """Keep the first sentences of a table, each once, and the classes that they have."""
    rows = table.distinct[:most]
    kept = sorted({table.labels[row] for row in rows})
    return labelled.Labelled(
        tuple(table.texts[row] for row in rows),
        tuple(kept.index(table.labels[row]) for row in rows),
        tuple(table.classes[label] for label in kept),
    )


def find_contradictions(table: labelled.Labelled) -> list[str]:
    """Find the texts that stand in a table with more than one label, each once."""
    labels: dict[str, set[int]] = {}
    first: dict[str, str] = {}
    for text, label in zip(table.texts, table.labels, strict=True):
        key = " ".join(text.casefold().split())
        labels.setdefault(key, set()).add(label)
        first.setdefault(key, text)
    return [first[key] for key, found in labels.items() if len(found) > 1]


def read_sentences(config: FineTuningConfig, folder: Path) -> Sentences:
    """Read the sentences of a run in this folder.

    Raises: BadTask if they are missing or damaged.
    """
    try:
        if config.count:
            return draw_reviews(config.count, config.draw)
        return split_own(labelled.read((folder / FILES["table"]).read_bytes()))
    except OSError as error:
        raise BadTask("The sentences of this run are missing or cannot be read.") from error
    except labelled.BadTable as error:
        raise BadTask(f"The table cannot be read. {error}") from error


def build(config: FineTuningConfig, sentences: Sentences) -> FineTuned | Scratch:
    """Build the network of a run before its first step; an encoder still lacks its head.

    Raises: NoEncoder if there is no encoder.
    """
    from dlviz.encoders import packaged
    from dlviz.finetuning.network import FineTuned
    from dlviz.finetuning.scratch import Scratch

    classes = len(sentences.classes)
    if config.lane == SCRATCH:
        return Scratch([text for text, _ in sentences.learned], classes, config.draw)
    if config.lane == VECTORS:
        from dlviz.finetuning.on_vectors import OnVectors

        return OnVectors(packaged.encoder(), classes, config.draw)
    return FineTuned(packaged.encoder(), config.arm, classes, config.draw)


def fine_tune(
    config: FineTuningConfig,
    sentences: Sentences,
    steering: Steering | None = None,
    start: State | None = None,
) -> Iterator[Event]:
    """Train an arm, and yield the events of `dlviz.finetuning.learning.learn`.

    The last one has the `test_accuracy`, on sentences that nothing was chosen by, `right`, 0 or 1 for each of
    them, and `memory`, bytes that it took beyond the network itself, or None where the system does not tell
    them. A run hears stop, pause and resume.

    Args:
        steering: where commands come from; without it nobody interferes.
        start: a state to resume from.
    Raises: BadTask if there is no encoder, or `start` belongs to another run.
    """
    from dlviz.encoders import NoEncoder
    from dlviz.finetuning.delta import fingerprint
    from dlviz.finetuning.learning import Plan, begin_with_solved_head, learn, look
    from dlviz.finetuning.network import FineTuned

    heard = Heard(steering or Unsteered())
    try:
        network = build(config, sentences)
        memory = PeakMemory.begin()
        learned, held = (_read(network, part) for part in (sentences.learned, sentences.held))
        facts = {"classes": json.dumps(sentences.classes)}
        if isinstance(network, FineTuned):
            begin_with_solved_head(network, learned)
            facts |= {
                "encoder": network.encoder.name,
                "mark": fingerprint(network.encoder),
                "arm": json.dumps(asdict(network.arm)),
            }
        plan = Plan(EPOCHS.get(config.lane, TUNED_EPOCHS), BATCH, RATES[config.lane], config.draw)
        for event in learn(network, learned, held, plan, facts, start, heard.must_stop):
            if event["kind"] == "end" and event["reason"] == "done":
                event["memory"] = memory.measure()
                texts = _read(network, sentences.tested) if sentences.tested else held
                right = (look(network, texts)[1].argmax(1) == texts.labels).tolist()
                event |= {"test_accuracy": sum(right) / len(right), "right": [int(each) for each in right]}
            yield event
    except (NoEncoder, NoFineTuning) as error:
        raise BadTask(str(error)) from error


def _read(network: FineTuned | Scratch, sentences: tuple[Sentence, ...]) -> Texts:
    texts, labels = zip(*sentences, strict=True)
    return network.read(texts, labels)


class Heard:
    """Commands of a run: it stops when it is told to, and waits while it is paused."""

    def __init__(self, steering: Steering) -> None:
        self.steering, self.paused = steering, False

    def must_stop(self) -> bool:
        """Wait as long as the run is paused, and tell if it was told to stop."""
        while True:
            for command in self.steering.commands():
                if command.get("do") == "stop":
                    return True
                self.paused = {"pause": True, "resume": False}.get(str(command.get("do")), self.paused)
            if not self.paused:
                return False
            self.steering.wait(0.5)
