"""Thirty learners at once, each with a new digit every two seconds: from the request to the end of the rerun.

python -m benchmarks.sessions
"""

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass

import numpy as np

from benchmarks import report
from benchmarks.client import Client, visiting
from benchmarks.server import Server, running
from dlviz.data import mnist

SESSIONS, PAUSE, DIGITS = 30, 2.0, 30
WARM_UP = 10  # digits of a learner before them


async def draw(client: Client, digits: np.ndarray, delay: float) -> list[float]:
    """Milliseconds for each digit, one every two seconds by the clock, beginning after the delay."""
    clock = asyncio.get_running_loop().time
    start, times = clock() + delay, []
    for turn, digit in enumerate(digits):
        await asyncio.sleep(max(0.0, start + turn * PAUSE - clock()))
        times.append(1000 * (await client.draw(digit)).seconds)
    return times


@dataclass(frozen=True)
class Measured:
    """Milliseconds for each digit of all sessions, and MB of memory a session.

    `memory` is that of the first thirty sessions, `growth` of thirty more.
    """

    times: list[float]
    memory: float
    growth: float


async def measure(server: Server, each: int) -> Measured:
    """Thirty sessions at once with so many digits each, then thirty more for their memory alone."""
    images = mnist.digits("test")[0].numpy()
    async with visiting(server.port) as client:
        for digit in images[-WARM_UP:]:
            await client.draw(digit)
    server.wait_until_warm()  # else what all sessions share would be counted as theirs
    start = server.memory()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(visiting(server.port)) for _ in range(SESSIONS)]
        shares = images[: SESSIONS * each].reshape(SESSIONS, each, 28, 28)
        delays = np.arange(SESSIONS) * PAUSE / SESSIONS
        learners = [draw(*work) for work in zip(clients, shares, delays, strict=True)]
        times = await asyncio.gather(*learners)
        middle = server.memory()
        for digit in images[:SESSIONS]:
            client = await stack.enter_async_context(visiting(server.port))
            for _ in range(WARM_UP):
                await client.draw(digit)
        end = server.memory()
    return Measured(
        [time for each in times for time in each], (middle - start) / SESSIONS, (end - middle) / SESSIONS
    )


def main() -> None:
    """Measure and print."""
    each = DIGITS // 10 if report.quick(__doc__) else DIGITS
    # The app and all its learners share two cores, as promised, on larger machines too.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with running() as server:
        measured = asyncio.run(measure(server, each))
    times = measured.times
    report.figure(f"rerun, median of {len(times)}", report.percentile(times, 50), "ms")
    report.figure("rerun, 95th percentile", report.percentile(times, 95), "ms", at_most=60)
    report.figure("rerun, longest", max(times), "ms")
    report.figure(f"memory a session, the first {SESSIONS}", measured.memory, "MB", at_most=2)
    report.figure(f"memory a session, {SESSIONS} more", measured.growth, "MB", at_most=2)


if __name__ == "__main__":
    main()
