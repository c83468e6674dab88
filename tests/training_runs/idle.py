"""Workers that do nothing but note what they are told, and what one asks of a service of such."""

from pathlib import Path

from dlviz.training.commands import Command
from dlviz.training.runs.events import interruption
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.launcher import Machine
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Service
from tests.training_runs.tiny_training import Config

MINE, OTHERS = new_token(), new_token()


class Job:
    """A worker that never ends by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told, self.code = folder, list[Command](), None

    def send(self, command: Command) -> None:
        self.told.append(command)

    def ended(self) -> int | None:
        return self.code

    def hang_up(self) -> None:
        self.code = 0

    def kill(self) -> None:
        self.code = -9

    def lost(self) -> None:
        return None

    def end(self, reason: str) -> None:
        with Journal(self.folder) as written:
            written.write({"kind": "end", "reason": reason, "sentence": f"It is {reason}."})
        self.code = 0

    def give_way(self) -> None:
        with Journal(self.folder) as written:
            written.write(interruption("place", "It has made room."))
        self.code = 0


class Launcher:
    """Notes the runs in the order in which they began."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.fails = False

    def prepare(self) -> None: ...

    def launch(self, folder: Path, note: str = "") -> Job:
        if self.fails:
            raise OSError("no process")
        self.jobs[folder.name] = Job(folder)
        return self.jobs[folder.name]

    def close(self) -> None: ...


class IdleCluster(Launcher):
    """Machines that do nothing: each of two has some places, and a third can be used for nothing."""

    def __init__(self, places: int, problem: str = "") -> None:
        super().__init__()
        self.places, self.said, self.gpus = places, problem, 0

    def has_place(self, folder: Path) -> bool:
        return not self.said and self.busy() < 2 * self.places

    def busy(self) -> int:
        return sum(job.code is None for job in self.jobs.values())

    def adopt(self, folder: Path) -> None:
        return None

    def must_stay(self, folder: Path) -> bool:
        return False

    def machine(self, job: object) -> str:
        return "desk_1"

    def machines(self) -> list[Machine]:
        free = (2 * self.places - self.busy()) // 2
        names = [] if self.said else ["desk_1", "desk_2"]
        unfit = Machine("old", 3, 3, 1, "The machine old is too old.")
        return [*(Machine(name, self.places, free, self.gpus, "") for name in names), unfit]

    def problem(self, folder: Path) -> str:
        return self.said


def state(runs: Service, run: str) -> str:
    return runs.status(run).state


def submitted(runs: Service, count: int, token: str = MINE) -> list[str]:
    return [runs.submit(Config(), token) for _ in range(count)]
