"""Checkpoints of a run on disk. The last two are whole, so that a run can resume though one is damaged."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, Self

from dlviz.training.runs.events import Event
from dlviz.training.runs.journal import Journal, room

FOLDER = "checkpoints"
WHOLE = 2
MOST = 64  # of a run
FIRST = 16  # that stay whatever follows: most is learned there


class State(Protocol):
    """State of a run, as `dlviz.training.state.State`."""

    def save(self, path: Path) -> None:
        """Write the state whole or not at all. Raises: OSError."""
        ...

    def lean(self) -> Self:
        """Keep what is enough to look at, but not to resume from."""
        ...


def path(folder: Path, step: object) -> Path:
    """Path of the checkpoint after a step of the run in this folder."""
    return folder / FOLDER / f"{step}.safetensors"


def on_disk(folder: Path) -> dict[int, Path]:
    """Checkpoint files of a run, by their step, oldest first; also those that are superseded."""
    return dict(sorted((int(file.stem), file) for file in (folder / FOLDER).glob("[0-9]*.safetensors")))


def drop_later(folder: Path, step: int | None) -> None:
    """Remove the checkpoints after a step (None: all), and what a crash has left of one."""
    for later, file in on_disk(folder).items():
        if step is None or later > step:
            file.unlink()
    for rest in (folder / FOLDER).glob(".*"):
        rest.unlink()


def spread(steps: Iterable[int], most: int, best: int) -> list[int]:
    """Choose checkpoints of a run, at most so many: those that tell most of how it learned.

    The first ones, the newest two and the best epoch's stay. Of the others goes, one after the other, the one
    whose neighbours are closest, so that they lie evenly, also if more are added and some are taken again.

    Args:
        steps: of all that there are.
        most: more than 18.
        best: the step of the best epoch; 0 if there is none.
    """
    kept = sorted(steps)
    while len(kept) > most:
        free = [at for at in range(FIRST, len(kept) - WHOLE) if kept[at] != best]
        del kept[min(free, key=lambda at: kept[at + 1] - kept[at - 1])]
    return kept


class Writer:
    """Writer of the checkpoints of a run that is trained."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._whole: dict[object, State] = {}  # step -> what was written last

    def write(self, event: Event, state: State) -> None:
        """Write a checkpoint, and then the event that tells of it: who reads the event finds the file.

        Raises: DiskFull.
        """
        folder, step = self._journal.folder, event["step"]
        (folder / FOLDER).mkdir(exist_ok=True)
        self._journal.to_disk()
        with room():
            state.save(path(folder, step))
        self._journal.write(event)
        self._whole.pop(step, None)
        self._whole[step] = state
        self._thin(folder, event.get("best_step"))

    def _thin(self, folder: Path, best: object) -> None:
        for step in list(self._whole)[:-WHOLE]:
            with room():
                self._whole.pop(step).lean().save(path(folder, step))
        files = on_disk(folder)
        for step in files.keys() - spread(files, MOST, best if isinstance(best, int) else 0):
            files[step].unlink()
