"""Events of a run so far, and those of them that count.

A run tells the events of `dlviz.training.loop.train`. Its worker and the server add four kinds to them:
`continued` (it resumes after the checkpoint of that `step`, or from the beginning if that is None; all
events after that checkpoint are superseded), `interrupted` (its worker is gone; `reason`, `sentence`),
`note` (a `sentence` on something that a learner should know), and `end` with the reasons `failed` and `full`.
A run may measure instead, a curve or a surface: then it tells the events of `dlviz.training.examples_curve`,
of `dlviz.training.sentences_curve` or of `dlviz.training.loss_surface`, none superseded. One that fine-tunes
an encoder tells those of `dlviz.training.fine_tuning`.
"""

import errno
from collections.abc import Iterable
from typing import Literal

Event = dict[str, object]
Measuring = Literal["curve", "sentences", "surface"]
Named = Measuring | Literal["finetuning"]  # begins the config of a run of another kind than usual
Kind = Literal["trained", "imported"] | Named
# Each begins the events of a run that measures it, and names its config.
CURVE: Measuring = "curve"
SENTENCES: Measuring = "sentences"
SURFACE: Measuring = "surface"
MEASURED: tuple[Measuring, ...] = (CURVE, SENTENCES, SURFACE)
FINETUNING: Named = "finetuning"
NAMED: tuple[Named, ...] = (*MEASURED, FINETUNING)
# After these a run has no worker.
ENDINGS = ("end", "interrupted")
# A run that ended for one of these reasons has nothing left to do.
FINISHED = ("done", "early", "diverged", "time")
IMPORTED = "Weights brought in from a file: they were not trained here"
NO_ROOM = errno.ENOSPC  # exit code of a worker that found no room even to say so


def extend(events: list[Event], new: Iterable[Event]) -> None:
    """Add new events in place, and take out those that they supersede.

    Reading in pieces comes to the same as reading at once.
    """
    for event in new:
        if event["kind"] == "continued":
            del events[_count_kept(events, event["step"]) :]
        events.append(event)


def current(events: Iterable[Event]) -> list[Event]:
    """Events that are not superseded, each step once."""
    kept: list[Event] = []
    extend(kept, events)
    return kept


def _count_kept(events: list[Event], step: object) -> int:
    """Count the events that remain: up to the last checkpoint of that step."""
    for at in reversed(range(len(events))):
        if events[at]["kind"] == "checkpoint" and events[at]["step"] == step:
            return at + 1
    return 0


def steps(events: Iterable[Event]) -> list[int]:
    """Steps of the checkpoints, oldest first.

    Args:
        events: current ones.
    """
    found = (event["step"] for event in events if event["kind"] == "checkpoint")
    return sorted({step for step in found if isinstance(step, int)})


def interruption(reason: str, sentence: str) -> Event:
    """Event of a run that has lost its worker."""
    return {"kind": "interrupted", "reason": reason, "sentence": sentence}


def ending(reason: str, sentence: str) -> Event:
    """Event of a run that ends for a reason that the loop does not know."""
    return {"kind": "end", "reason": reason, "sentence": sentence}


def disk_full() -> Event:
    """Event of a run that finds no room on the disk."""
    return ending(
        "full",
        "The disk is full, so the run has stopped. What its last checkpoint holds is kept. Delete runs that "
        "you no longer need (under My runs) or other files, then let it go on.",
    )


def imported_events(start: Event, origin: str) -> list[Event]:
    """Events of a run that holds imported weights: it has nothing left to do.

    Args:
        start: facts of its network, as the loop tells them of a run that begins.
        origin: a sentence on where the network's sizes and names come from.
    """
    return [
        {"kind": "start", "brought": True, **start},
        {"kind": "note", "sentence": origin},
        {"kind": "checkpoint", "step": 0, "epoch": 0},
        {"kind": "end", "reason": "done", "step": 0, "sentence": f"{IMPORTED}."},
    ]


def kind(first: Event | None) -> Kind:
    """Tell imported weights from trained ones by the first event; a run without one is yet to train."""
    return "imported" if first and first.get("brought") else "trained"
