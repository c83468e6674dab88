"""A server of tiny trainings, which hands some in, says their ids, and works until it is ended.

python -m tests.training_runs.tiny_server FOLDER OWNER RUNS [SECONDS BY WHICH ITS CLOCK IS FAST]
"""

import sys
import threading
import time
from pathlib import Path

from dlviz.training.runs.launcher import LocalLauncher
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from tests.training_runs.tiny_training import Config

WORKER = (sys.executable, "-m", "tests.training_runs.tiny_training")
# Long enough to be killed in; a checkpoint every tenth of a second.
LONG = Config(steps=3000, seconds=0.01, every=10)


def service(folder: Path) -> Service:
    """Two runs at a time, in processes of their own."""
    return Service(Store(folder), LocalLauncher(WORKER), at_a_time=2)


def main(folder: str, token: str, count: str, fast: str = "0") -> None:
    """Serve until killed."""
    real = time.time
    time.time = lambda: real() + float(fast)
    runs = service(Path(folder))
    said = [runs.submit(LONG, token) for _ in range(int(count))]
    sys.stdout.write(" ".join(said) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
