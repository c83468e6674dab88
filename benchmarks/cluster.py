"""A Dask cluster against this machine's own workers: samples a second, an event's way, a stop, and chaos.

python -m benchmarks.cluster
python -m benchmarks.cluster --chaos
"""

import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import report, training
from benchmarks.live_curve import Follower
from dlviz.training.cluster.launcher import ClusterLauncher
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs.journal import EVENTS
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from tests.cluster.processes import REAL, Cluster
from tests.training_runs.processes import losses, until

PAIRS, STOPS, SECONDS = 5, 20, 30.0
DIGITS = TrainingConfig(samples=6_400, epochs=1)
ENDLESS = TrainingConfig(samples=1_280, epochs=10_000)
LEARNERS, RUNS, KILLED_EVERY, CHAOS = 10, 20, 30.0, 300.0
# Long enough that some of the runs are still to be trained as the last worker is killed.
SHORT = TrainingConfig(model="MLP", samples=3_000, batch_size=10, epochs=40, dropout=0.2)


@contextmanager
def clustered(shared: bool, *names: str) -> Iterator[tuple[Service, Cluster, Path]]:
    """A cluster of machines with one place each, and a server of runs; the folder that the machines see."""
    with tempfile.TemporaryDirectory() as folder:
        mine, others = Path(folder) / "runs", Path(folder) / ("runs" if shared else "others")
        cluster = Cluster()
        cluster.start_scheduler()
        for name in names:
            cluster.start_worker(name, others, "--places", "1", kind=REAL)
        runs = Service(Store(mine), ClusterLauncher(cluster.address, mine))
        try:
            until(lambda: len(runs.machines() or ()) == len(names), seconds=120)
            time.sleep(10)  # until their processes are warm
            yield runs, cluster, others
        finally:
            runs.close()
            cluster.close()


def speed(runs: Service) -> float:
    """Samples a second of a digits run, from its first batch to its last."""
    run = runs.submit(DIGITS, training.OWNER)
    until(lambda: runs.status(run).state == "ended", seconds=600)
    epochs = [event for event in runs.store.events(run) if event["kind"] == "epoch"]
    return float(str(epochs[-1]["samples_per_second"]))


def delays(runs: Service, others: Path, seconds: float) -> list[float]:
    """Milliseconds from an event in the worker's own file to the same event in the server's."""
    run = training.learning(runs, ENDLESS)
    # The worker's folder lies with its other files, under the name of the task.
    files = list(Path(tempfile.gettempdir()).glob(f"dask-scratch-space/*/*/{run}/{EVENTS}"))
    writer, reader = (
        Follower(file)
        for file in (files[0] if files else others / run / EVENTS, runs.store.folder(run) / EVENTS)
    )
    time.sleep(seconds)
    for follower in (reader, writer):
        follower.end()
    runs.stop(run, training.OWNER)
    until(lambda: runs.status(run).state == "ended")
    return [reader.written[step] - at for step, at in writer.written.items() if step in reader.written]


def stop(runs: Service, draw: random.Random) -> float:
    """Milliseconds from stop to a place that is free."""
    run = training.learning(runs, ENDLESS)
    time.sleep(draw.uniform(0, 2))
    start = time.perf_counter()
    runs.stop(run, training.OWNER)
    while not all(machine.free for machine in runs.machines() or ()):
        time.sleep(0.005)
    return 1000 * (time.perf_counter() - start)


def have_ended(runs: Service, handed_in: list[str]) -> bool:
    """True if all these runs have ended."""
    return all(runs.status(run).state == "ended" for run in handed_in)


def chaos(seconds: float) -> None:
    """Kill a machine again and again while twenty runs of ten learners are trained on two."""
    draw = random.Random(0)
    for shared in (True, False):
        with clustered(shared, "first", "second") as (runs, cluster, others):
            owners = [new_token() for _ in range(LEARNERS)]
            handed_in = [
                runs.submit(replace(SHORT, seed=seed), owners[seed % LEARNERS]) for seed in range(RUNS)
            ]
            over, killed = threading.Event(), []

            def kill(
                cluster: Cluster = cluster,
                others: Path = others,
                killed: list[str] = killed,
                over: threading.Event = over,
            ) -> None:
                end = time.monotonic() + seconds
                while not over.wait(min(KILLED_EVERY, seconds / 4)) and time.monotonic() < end:
                    name = draw.choice(sorted(cluster.workers))
                    cluster.kill_worker(name)
                    cluster.start_worker(name, others, "--places", "1", kind=REAL)
                    killed.append(name)

            killer = threading.Thread(target=kill)
            killer.start()
            until(partial(have_ended, runs, handed_in), seconds=4 * CHAOS)
            over.set()
            killer.join()
            report_chaos(runs, handed_in, len(killed), shared)


def report_chaos(runs: Service, handed_in: list[str], killed: int, shared: bool) -> None:
    """Compare each run with the undisturbed one of its config."""
    right = doubled = moved = 0
    for run in handed_in:
        config = TrainingConfig.from_json(runs.store.config(run))
        alone = [(event["step"], event["loss"]) for event in train(config) if event["kind"] == "batch"]
        right += losses(runs, run) == alone and runs.status(run).reason == "done"
        step = 0
        for event in runs.store.read(run).events:
            if event["kind"] == "continued":
                step, moved = int(str(event["step"] or 0)), moved + 1
            elif event["kind"] == "batch":
                step += 1
                doubled += event["step"] != step
    where = "a shared folder" if shared else "no shared folder"
    report.figure(f"{where}: machines killed", killed)
    report.figure("times that a run went on elsewhere", moved)
    report.figure(f"runs of {RUNS} that equal undisturbed ones to the last bit", right)
    report.figure("events lost or doubled", doubled, at_most=0)


def main() -> None:
    """Measure and print."""
    if "--chaos" in sys.argv:
        sys.argv.remove("--chaos")
        return chaos(CHAOS / 5 if report.quick(__doc__) else CHAOS)
    quick = report.quick(__doc__)
    draw = random.Random(0)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    for shared in (True, False):
        where = "a shared folder" if shared else "no shared folder"
        with clustered(shared, "only") as (runs, _, others), training.served(1) as local:
            local.prepare()
            time.sleep(10)
            pairs = [(speed(local), speed(runs)) for _ in range(1 if quick else PAIRS)]
            ratios = [through / alone for alone, through in pairs]
            report.figure(
                f"{where}: samples a second, local",
                report.percentile([alone for alone, _ in pairs], 50),
                "/s",
            )
            report.figure("through Dask", report.percentile([through for _, through in pairs], 50), "/s")
            report.figure(
                "local against Dask, median", 1 / report.percentile(ratios, 50), "×", at_most=1 / 0.95
            )
            if not shared:
                taken = delays(runs, others, SECONDS / 10 if quick else SECONDS)
                report.figure(
                    f"event of the worker → server's file, p95 of {len(taken):,}",
                    report.percentile(taken, 95),
                    "ms",
                    at_most=1500,
                )
            stops = [stop(runs, draw) for _ in range(STOPS // 10 if quick else STOPS)]
            report.figure(f"stop → place free, median of {len(stops)}", report.percentile(stops, 50), "ms")
            report.figure("longest", max(stops), "ms", at_most=1500)


if __name__ == "__main__":
    main()
