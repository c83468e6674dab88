"""A run that is trained where its folder is not seen: what goes there, and what comes back, byte for byte."""

import os
import threading
from pathlib import Path

from dlviz.training.cluster.on_worker import News, Signature
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import EVENTS, RESERVE, Journal, room
from dlviz.training.runs.servers import CLAIM, COMMANDS
from dlviz.training.runs.store import META

NOT_SENT = {EVENTS, RESERVE, META, CLAIM, COMMANDS, "lock"}


class Mirror:
    """Writer of a run's folder on the server, alone as long as it is open.

    Attributes:
        offset: bytes of events that the folder has.
        known: signatures of the checkpoints that came from the worker.
    Raises: Held, DiskFull.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = Journal(folder)
        self._journal.reserve()
        self._writing, self._closed = threading.Lock(), False
        self.offset = self._journal.size()
        # None of the worker's has this signature, so it sends all that it has.
        names = (file.name for file in checkpoints.on_disk(folder).values())
        self.known: dict[str, Signature] = dict.fromkeys(names, (0, 0))

    def pack(self) -> tuple[dict[str, bytes], frozenset[str]]:
        """Pack what a worker needs to begin or to go on.

        Returns: content of files by relative paths; and names of older checkpoints, whose content is not
            needed: by their names the worker decides which to keep.
        """
        states = list(checkpoints.on_disk(self._folder).values())
        older = states[: -checkpoints.WHOLE]
        files = [file for file in self._folder.iterdir() if file.is_file() and file.name not in NOT_SENT]
        sent = [*files, self._folder / EVENTS, *states[-checkpoints.WHOLE :]]
        return (
            {file.relative_to(self._folder).as_posix(): file.read_bytes() for file in sent if file.exists()},
            frozenset(file.name for file in older),
        )

    def write(self, news: News) -> None:
        """Write what a worker has brought: who reads an event of a checkpoint finds its file.

        Raises: DiskFull; what was written before is whole.
        """
        with self._writing:
            if not self._closed:
                self._write(news)

    def _write(self, news: News) -> None:
        folder = self._folder / checkpoints.FOLDER
        folder.mkdir(exist_ok=True)
        for name, content in news.files.items():
            made = folder / f".{name}.new"
            try:
                with room():
                    made.write_bytes(content)
                    os.replace(made, folder / name)
            finally:
                made.unlink(missing_ok=True)
        if news.offset - len(news.events) != self.offset:
            raise RuntimeError(f"events of the run {self._folder.name} are missing")
        self._journal.append(news.events)
        self.offset = news.offset
        for name in self.known.keys() - news.known.keys():
            (folder / name).unlink(missing_ok=True)
        self.known = news.known

    def close(self) -> None:
        """Let others write the folder."""
        with self._writing:
            self._closed = True
            (self._folder / RESERVE).unlink(missing_ok=True)
            self._journal.close()
