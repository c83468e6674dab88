"""A Dask worker as `dlviz worker` starts it, of tiny trainings.

python -m tests.cluster.tiny_worker SCHEDULER OPTIONS
"""

import sys

from dlviz.training.cluster import on_worker, serve
from dlviz.training.runs.launcher import LocalLauncher
from tests.training_runs.tiny_server import WORKER

if __name__ == "__main__":
    on_worker._warm = LocalLauncher(WORKER)
    serve.main("worker", sys.argv[1:])
