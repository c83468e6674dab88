"""A class that watches one run: from an event of its worker to the answer that shows it, and what it costs.

python -m benchmarks.watchers
"""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import report, training
from benchmarks.client import Client, visiting
from benchmarks.live_curve import Follower
from benchmarks.server import Server, running
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.journal import EVENTS
from tests.packed import unpack

SECONDS = 60.0
LATEST = {1: 1500.0, 30: 2000.0}  # watchers -> milliseconds to an event's answer that 95 % may take


@dataclass
class Seen:
    """What one watcher got: each rerun's milliseconds, and when which newest step was there."""

    reruns: list[float] = field(default_factory=list)
    steps: list[tuple[float, int]] = field(default_factory=list)  # milliseconds since 1970, step

    def delays(self, written: dict[int, float]) -> list[float]:
        """Milliseconds from the writing of each step to the first answer that shows it."""
        found, answers = [], iter(self.steps)
        when, newest = next(answers, (0.0, 0))
        for step, then in sorted(written.items()):
            while newest < step and (answer := next(answers, None)):
                when, newest = answer
            if newest >= step and self.steps[0][1] < step:
                found.append(when - then)
        return found


def newest_step(messages: Sequence[bytes]) -> int | None:
    """The newest step that an answer's curves show; None if it has no curves."""
    parts = [ForwardMsg.FromString(message).delta.new_element.bidi_component for message in messages]
    curves = [part.bytes for part in parts if part.component_name == "dlviz_curves"]
    return unpack(curves[-1])[0]["step"] if curves else None


async def watch(client: Client, until: float, delay: float) -> Seen:
    """Run the page again as often as it asks for, as a browser's clock does."""
    seen, clock = Seen(), asyncio.get_running_loop().time
    await asyncio.sleep(delay)
    due = clock()
    while clock() < until:
        rerun = await client.rerun()
        seen.reruns.append(1000 * rerun.seconds)
        arrived = 1000 * time.time()
        if (newest := newest_step(rerun.messages)) is not None:
            seen.steps.append((arrived, newest))
        due = max(due + client.every, clock())  # what was missed is not made up for
        await asyncio.sleep(due - clock())
    return seen


async def watched(server: Server, run: str, count: int, seconds: float) -> tuple[list[Seen], float, float]:
    """What so many watchers get, the seconds of a processor that it takes the server, and of the wall."""
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(visiting(server.port, "training", f"run={run}"))
            for _ in range(count)
        ]
        start, work = time.perf_counter(), server.work()
        until = asyncio.get_running_loop().time() + seconds
        watching = [watch(client, until, at * client.every / count) for at, client in enumerate(clients)]
        seen = await asyncio.gather(*watching)
        return seen, server.work() - work, time.perf_counter() - start


def measure(server: Server, runs: training.Service, count: int, seconds: float) -> None:
    """Print what watchers of a new run get, and what they cost."""
    run = training.learning(runs, TrainingConfig(epochs=10_000))
    follower = Follower(runs.store.root / run / EVENTS)
    seen, work, wall = asyncio.run(watched(server, run, count, seconds))
    follower.end()
    runs.stop(run, training.OWNER)
    delays = [delay for each in seen for delay in each.delays(follower.written)]
    reruns = [milliseconds for each in seen for milliseconds in each.reruns]
    print(f"  watched by {count}:")
    report.figure("event to answer, median", report.percentile(delays, 50), "ms")
    report.figure("event to answer, 95th percentile", report.percentile(delays, 95), "ms", LATEST[count])
    report.figure(f"rerun, median of {len(reruns)}", report.percentile(reruns, 50), "ms")
    report.figure("rerun, 95th percentile", report.percentile(reruns, 95), "ms")
    report.figure("of a processor, for each rerun", 1000 * work / len(reruns), "ms")
    report.figure("of a processor, the server's share", 100 * work / wall, "%")


def main() -> None:
    """Measure and print."""
    seconds = SECONDS / 4 if report.quick(__doc__) else SECONDS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with training.served(1) as runs:
        os.environ["DLVIZ_RUNS"] = str(runs.store.root)
        with running() as server:
            server.wait_until_warm()
            for count in LATEST:
                measure(server, runs, count, seconds)
    print(f"  load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
