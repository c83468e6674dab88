"""Two servers behind the proxy, two hundred learners, one server killed; and what the proxy costs a rerun.

python -m benchmarks.servers
"""

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

import numpy as np
import torch
import websockets

from benchmarks import report
from benchmarks.classroom import QUESTION, TEACHER, texts
from benchmarks.client import visiting
from benchmarks.server import Server
from deploy.processes import Topology, topology
from dlviz.classroom.database import connect
from dlviz.classroom.store import Classroom
from dlviz.data import mnist
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.store import Store

SESSIONS, COMING = 200, 60.0  # learners, and the seconds in which they come
STAY = 20.0  # seconds of an ordinary class before the kill, and after it
RUNS = 2
RUN = "model=MLP&samples=640&epochs=60&batch_size=32"
AGAIN = 0.25  # seconds until a browser whose connection is lost tries again
DIGITS, WARM_UP = 100, 20
PATH = "/dlviz"
LOST = (OSError, websockets.WebSocketException, TimeoutError)


@dataclass
class Learner:
    """A browser on the class's page, which answers the question, stays, and comes back when it is cut off.

    Attributes:
        answers: when each of the page's answers was there (`time.perf_counter`), and its bytes.
        noted: the page says that the learner's answer is known.
    """

    parts: Topology
    room: str
    asked: int
    token: str = field(default_factory=new_token)
    cookie: str = ""
    given: bool = False
    noted: bool = False
    answers: list[tuple[float, int]] = field(default_factory=list)

    async def stay(self, end: asyncio.Event) -> None:
        """Be in the class until its end."""
        while not end.is_set():
            with suppress(*LOST):
                await self._visit(end)
            await asyncio.sleep(AGAIN)

    async def _visit(self, end: asyncio.Event) -> None:
        port, path = self.parts.proxy.port, self.parts.path
        query = f"room={self.room}"
        async with visiting(port, "class", query, self.token, path, self.cookie) as client:
            self.cookie = client.cookie
            self.answers.append((time.perf_counter(), 0))
            if not self.given:
                await client.press(f"class.answer.{self.asked}.1.{random.randrange(3)}")
                self.given = True
            clock = asyncio.get_running_loop().time
            due = clock() + random.random() * client.every
            while not end.is_set():
                await asyncio.sleep(max(0.0, due - clock()))
                rerun = await client.rerun()
                self.noted = any(text.startswith("Noted.") for text in texts(rerun))
                self.answers.append((time.perf_counter(), sum(map(len, rerun.messages))))
                due = max(due + client.every, clock())

    def find_gap(self, since: float) -> float:
        """Seconds from a moment until the page has answered again."""
        return min((when - since for when, _ in self.answers if when > since), default=float("inf"))


async def hold_class(parts: Topology, count: int) -> None:
    """A class over both servers, runs of two of its learners, and one server that is killed."""
    first = parts.servers[0]
    classroom, store = Classroom(connect(parts.database)), Store(parts.runs)
    room = classroom.open_room(TEACHER)
    asked = classroom.ask(room, TEACHER, QUESTION)
    learners = [Learner(parts, room, asked) for _ in range(count)]
    end = asyncio.Event()

    async def come(learner: Learner, number: int) -> None:
        await asyncio.sleep(number * COMING / SESSIONS)
        await learner.stay(end)

    staying = [asyncio.create_task(come(learner, number)) for number, learner in enumerate(learners)]
    while not all(learner.given for learner in learners):
        await asyncio.sleep(0.5)
    begun = time.perf_counter()
    async with AsyncExitStack() as stack:
        for _ in range(RUNS):
            page = visiting(parts.proxy.port, "training", RUN, new_token(), PATH, parts.find_cookie(first))
            await (await stack.enter_async_context(page)).press("training.train")
        before = work(parts)
        await asyncio.sleep(STAY)
        now = time.perf_counter()
        calm = [size for learner in learners for when, size in learner.answers if begun < when <= now]
        busy = work(parts) - before
        killed = time.perf_counter()
        moved = sum(learner.cookie == parts.find_cookie(first) for learner in learners)
        first.kill()
    await asyncio.sleep(STAY)
    end.set()
    await asyncio.gather(*staying)

    gaps = [learner.find_gap(killed) for learner in learners]
    report.figure(f"sessions of {count} on the server that is killed", moved)
    report.figure("kill to a page's next answer, median of all", 1000 * report.percentile(gaps, 50), "ms")
    report.figure("kill to a page's next answer, the last", 1000 * max(gaps), "ms", 10_000)
    board = classroom.read_board(room)
    counted = board.question.answered if board.question else 0
    report.figure("answers lost", count - counted, "", 0)
    report.figure(
        "learners whose page no longer knows theirs", sum(not each.noted for each in learners), "", 0
    )
    seconds = now - begun
    report.figure("bytes of a page's answer in a class, mean", float(np.mean(calm)) / 1000, "kB")
    report.figure("a processor's work for a page's answer", 1000 * busy / max(1, len(calm)), "ms")
    report.figure("page answers a second", len(calm) / seconds)
    await asyncio.to_thread(wait_for_ends, store)
    report.figure(f"runs of {RUNS} lost, or with other losses", RUNS - count_right(store), "", 0)
    report.figure("memory of the server that is left", as_server(parts, 1).memory(), "MB")


def as_server(parts: Topology, number: int) -> Server:
    """A server of the topology, to ask for its memory and work."""
    part = parts.servers[number]
    return Server(part.port, part.process, 0.0)


def work(parts: Topology) -> float:
    """Seconds that both servers have kept a processor busy so far."""
    return sum(as_server(parts, number).work() for number in range(len(parts.servers)))


def wait_for_ends(store: Store) -> None:
    """Until every run has come to its end, five minutes at most."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if all((store.last(run) or {}).get("kind") == "end" for run in store.ids()):
            return
        time.sleep(0.5)


def count_right(store: Store) -> int:
    """Count the runs that have ended as one does that nothing has disturbed, with each step once."""
    torch.set_num_threads(1)  # as a worker has: sums in another order have other last bits
    count = 0
    for run in store.ids():
        told = store.events(run)
        alone = train(TrainingConfig.from_json(store.config(run)))
        losses = [event["loss"] for event in told if event["kind"] == "batch"]
        count += told[-1].get("reason") == "done" and losses == [
            event["loss"] for event in alone if event["kind"] == "batch"
        ]
    return count


async def compare(parts: Topology, digits: np.ndarray) -> None:
    """The same digits at the same server, directly and through the proxy in turn.

    Args:
        digits: (n, 28, 28) uint8.
    """
    server = parts.servers[0]
    direct, proxied = list[float](), list[float]()
    at = parts.find_cookie(server)
    async with (
        visiting(server.port, path=PATH) as near,
        visiting(parts.proxy.port, path=PATH, cookie=at) as far,
    ):
        pair = [(near, direct), (far, proxied)]
        for digit in digits:
            pair.reverse()  # who comes second finds the server busier, or warmer
            for client, times in pair:
                times.append(1000 * (await client.draw(digit)).seconds)
    medians = [report.percentile(times[WARM_UP:], 50) for times in (direct, proxied)]
    report.figure("rerun of the CNN lab, directly, median", medians[0], "ms")
    report.figure("rerun through the proxy, median", medians[1], "ms")
    report.figure("the proxy's part", medians[1] - medians[0], "ms", 5)


def main() -> None:
    """Measure and print."""
    quick = report.quick(__doc__)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    images = mnist.digits("test")[0].numpy()
    with topology(path=PATH) as parts:
        for number in range(len(parts.servers)):
            as_server(parts, number).wait_until_warm()
        asyncio.run(compare(parts, images[: WARM_UP + (DIGITS // 10 if quick else DIGITS)]))
        asyncio.run(hold_class(parts, SESSIONS // 10 if quick else SESSIONS))


if __name__ == "__main__":
    main()
