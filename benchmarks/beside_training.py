"""A page while two runs train on the same two cores: one learner against an idle server, then thirty.

python -m benchmarks.beside_training
"""

import asyncio
import os

from benchmarks import report, sessions, training
from benchmarks.client import visiting
from benchmarks.server import Server, running
from dlviz.data import mnist

DIGITS = 60


async def alone(server: Server, count: int) -> list[float]:
    """Milliseconds for each digit of one learner, one every two seconds."""
    images = mnist.digits("test")[0].numpy()
    async with visiting(server.port) as client:
        for digit in images[-sessions.WARM_UP :]:
            await client.draw(digit)
        return await sessions.draw(client, images[:count], delay=0)


def main() -> None:
    """Measure and print."""
    tenth = 10 if report.quick(__doc__) else 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with running() as server:
        server.wait_until_warm()
        idle = asyncio.run(alone(server, DIGITS // tenth))
        with training.going_on(2):
            beside = asyncio.run(alone(server, DIGITS // tenth))
            class_ = asyncio.run(sessions.measure(server, sessions.DIGITS // tenth)).times
    before, after = report.percentile(idle, 50), report.percentile(beside, 50)
    report.figure("rerun on an idle server, median", before, "ms")
    report.figure("rerun while two runs train, median", after, "ms", at_most=1.5 * before)
    report.figure("95th percentile", report.percentile(beside, 95), "ms", at_most=100)
    report.figure(f"{sessions.SESSIONS} sessions meanwhile, median", report.percentile(class_, 50), "ms")
    report.figure("95th percentile", report.percentile(class_, 95), "ms", at_most=60)


if __name__ == "__main__":
    main()
