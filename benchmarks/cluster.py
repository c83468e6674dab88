"""A Dask cluster against this machine's own workers: samples a second, event to curve, a stop, and chaos.

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
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import torch

from benchmarks import report, training
from benchmarks.browser import chromium, new_page
from benchmarks.live_curve import LEARNED, latencies
from benchmarks.server import running
from dlviz.training.cluster.launcher import ClusterLauncher
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import SCHEDULER, Service
from dlviz.training.runs.store import Store
from tests.browser.conftest import settled
from tests.cluster.processes import REAL, Cluster
from tests.training_runs.processes import losses, until

PAIRS, STOPS, SECONDS = 5, 15, 30.0
DIGITS = TrainingConfig(samples=6_400, epochs=1)
ENDLESS = TrainingConfig(samples=1_280, epochs=10_000)
LEARNERS, RUNS, KILLED_EVERY, CHAOS = 10, 20, 30.0, 300.0
# Long enough that some of the runs are still to be trained as the last worker is killed.
SHORT = TrainingConfig(model="MLP", samples=3_000, batch_size=10, epochs=40, dropout=0.2)


@dataclass(frozen=True)
class Machines:
    """A cluster of machines with one place each.

    Attributes:
        runs: the servers' folder of runs.
        others: that of the machines, the same if it is shared.
        written: folder in which the machines write what they train.
    """

    cluster: Cluster
    runs: Path
    others: Path
    written: Path

    def start(self, name: str) -> None:
        """Start a machine of this name."""
        scratch = {"DASK_TEMPORARY_DIRECTORY": str(self.written)} if self.written != self.runs else {}
        self.cluster.start_worker(name, self.others, "--places", "1", kind=REAL, **scratch)


@contextmanager
def machines(shared: bool, *names: str) -> Iterator[Machines]:
    """Real machines of these names, which see the servers' folder of runs if it is shared."""
    with tempfile.TemporaryDirectory() as folder:
        mine, others, scratch = (Path(folder) / name for name in ("runs", "others", "scratch"))
        cluster = Cluster()
        parts = Machines(cluster, mine, mine, mine) if shared else Machines(cluster, mine, others, scratch)
        cluster.start_scheduler()
        try:
            for name in names:
                parts.start(name)
            yield parts
        finally:
            cluster.close()


@contextmanager
def serving(parts: Machines) -> Iterator[Service]:
    """A server of runs that these machines train, as soon as they are ready."""
    runs = Service(Store(parts.runs), ClusterLauncher(parts.cluster.address, parts.runs))
    try:
        until(lambda: len(runs.machines() or ()) == len(parts.cluster.workers), seconds=120)
        time.sleep(10)  # until their processes are warm
        yield runs
    finally:
        runs.close()


def speed(runs: Service) -> float:
    """Samples a second of a digits run, from its first batch to its last."""
    run = runs.submit(DIGITS, training.OWNER)
    until(lambda: runs.status(run).state == "ended", seconds=600)
    epochs = [event for event in runs.store.events(run) if event["kind"] == "epoch"]
    return float(str(epochs[-1]["samples_per_second"]))


def painted(parts: Machines, seconds: float) -> list[float]:
    """Milliseconds from an event that a machine writes to the first curve on screen that shows it."""
    settings = {"DLVIZ_RUNS": str(parts.runs), SCHEDULER: parts.cluster.address}
    with running(**settings) as server, chromium() as browser, new_page(browser) as page:
        page.goto(server.address + LEARNED)
        settled(page)
        server.wait_until_warm()
        times = latencies(page, parts.written, seconds)
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_text("The run was stopped.").wait_for()
        return times


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


def chaos(shared: bool, seconds: float) -> None:
    """Kill a machine again and again while twenty runs of ten learners are trained on two."""
    draw = random.Random(0)
    with machines(shared, "first", "second") as parts, serving(parts) as runs:
        owners = [new_token() for _ in range(LEARNERS)]
        handed_in = [runs.submit(replace(SHORT, seed=seed), owners[seed % LEARNERS]) for seed in range(RUNS)]
        over, killed = threading.Event(), list[str]()

        def kill() -> None:
            end = time.monotonic() + seconds
            while not over.wait(min(KILLED_EVERY, seconds / 4)) and time.monotonic() < end:
                name = draw.choice(sorted(parts.cluster.workers))
                parts.cluster.kill_worker(name)
                parts.start(name)
                killed.append(name)

        killer = threading.Thread(target=kill)
        killer.start()
        until(partial(have_ended, runs, handed_in), seconds=4 * CHAOS)
        over.set()
        killer.join()
        report_chaos(runs, handed_in, len(killed), shared)


@cache
def undisturbed(config: TrainingConfig) -> list[tuple[object, object]]:
    """Steps and losses of a run of this config that nothing disturbs, on one thread as a worker's are."""
    torch.set_num_threads(1)
    return [(event["step"], event["loss"]) for event in train(config) if event["kind"] == "batch"]


def report_chaos(runs: Service, handed_in: list[str], killed: int, shared: bool) -> None:
    """Compare each run with the undisturbed one of its config."""
    right = doubled = moved = 0
    for run in handed_in:
        config = TrainingConfig.from_json(runs.store.config(run))
        right += losses(runs, run) == undisturbed(config) and runs.status(run).reason == "done"
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
        seconds = CHAOS / 5 if report.quick(__doc__) else CHAOS
        for shared in (True, False):
            chaos(shared, seconds)
        return
    quick = report.quick(__doc__)
    draw = random.Random(0)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    for shared in (True, False):
        where = "a shared folder" if shared else "no shared folder"
        with machines(shared, "only") as parts:
            with serving(parts) as runs, training.served(1) as local:
                local.prepare()
                time.sleep(10)
                pairs = [(speed(local), speed(runs)) for _ in range(1 if quick else PAIRS)]
                stops = [stop(runs, draw) for _ in range(2 if quick else STOPS)]
            # Without that server, which asks the cluster questions too.
            times = painted(parts, SECONDS / 10 if quick else SECONDS)
        alone, through = zip(*pairs, strict=True)
        ratios = [second / first for first, second in pairs]
        report.figure(f"{where}: samples a second, local, median", report.percentile(alone, 50), "/s")
        report.figure("through Dask", report.percentile(through, 50), "/s")
        report.figure("Dask / local, median of the pairs", report.percentile(ratios, 50), "×", at_least=0.95)
        report.figure(f"event → curve, median of {len(times):,}", report.percentile(times, 50), "ms")
        report.figure("p95", report.percentile(times, 95), "ms", at_most=1500)
        report.figure(f"stop → place free, median of {len(stops)}", report.percentile(stops, 50), "ms")
        report.figure("longest", max(stops), "ms", at_most=1500)


if __name__ == "__main__":
    main()
