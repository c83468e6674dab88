"""A class: answers on the board, a situation sent to all, two hundred who join, and a server that is killed.

python -m benchmarks.classroom
"""

import asyncio
import os
import random
import re
import tempfile
import time
from contextlib import AsyncExitStack

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import report
from benchmarks.client import Client, Rerun, visiting
from benchmarks.server import Server, running
from dlviz.classroom.watching import PACE
from dlviz.questions import Choice
from dlviz.training.runs.owner import new_token

LEARNERS, JOINING = 60, 200
ANSWERING, MINUTE = 5.0, 60.0  # seconds
WARM_UP = 20  # learners before those that are counted
OPTIONS = ("Map 1", "Map 2", "Map 3")
QUESTION = Choice(
    name="fires",
    text="Which map fires most?",
    options=OPTIONS,
    hints=(),
    answer="Map 2",
    because="It is 3.1.",
)
COUNT = re.compile(r"### (\d+) of \d+ have answered")
TEACHER = new_token()


def texts(rerun: Rerun) -> list[str]:
    """The Markdown of an answer."""
    messages = map(ForwardMsg.FromString, rerun.messages)
    return [message.delta.new_element.markdown.body for message in messages]


async def follow(client: Client, until: asyncio.Event, note: "Note") -> None:
    """Run the page again as often as it asks for, as a browser's clock does."""
    clock = asyncio.get_running_loop().time
    due = clock() + random.random() * client.every
    while not until.is_set():
        await asyncio.sleep(max(0.0, due - clock()))
        rerun = await client.rerun()
        note(client, rerun, time.perf_counter())
        due = max(due + client.every, clock())


class Note:
    """Seconds of all reruns, and whatever a benchmark looks for in them."""

    def __init__(self) -> None:
        self.reruns: list[float] = []

    def __call__(self, client: Client, rerun: Rerun, now: float) -> None:
        """Note the answer of a rerun."""
        self.reruns.append(rerun.seconds)


class Board(Note):
    """The teacher's board: when it has shown how many answers."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[float, int]] = []

    def __call__(self, client: Client, rerun: Rerun, now: float) -> None:
        """Note the number of answers on the board."""
        super().__call__(client, rerun, now)
        for text in texts(rerun):
            if found := COUNT.match(text):
                self.shown.append((now, int(found[1])))

    def delays(self, given: list[float]) -> list[float]:
        """Milliseconds from each answer until the board has counted as many."""
        first = {}
        for when, count in self.shown:
            for number in range(1, count + 1):
                first.setdefault(number, when)
        missing = float("inf")
        return [1000 * (first.get(number, missing) - then) for number, then in enumerate(sorted(given), 1)]


class Seen(Note):
    """Learners' pages: when each has had a button first."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key, self.first = key, dict[int, float]()

    def __call__(self, client: Client, rerun: Rerun, now: float) -> None:
        """Note whether the button is there now."""
        super().__call__(client, rerun, now)
        if any(key.startswith(self.key) for key in client.widgets):
            self.first.setdefault(id(client), now)


async def answer_and_look(server: Server, code: str) -> None:
    """Sixty answer one question within five seconds; then all are asked to look at a situation."""
    from dlviz.classroom.database import connect
    from dlviz.classroom.place import database_url
    from dlviz.classroom.store import Classroom

    classroom = Classroom(connect(database_url()))
    async with AsyncExitStack() as stack:
        teacher = await stack.enter_async_context(visiting(server.port, "class", token=TEACHER))
        learners = [
            await stack.enter_async_context(visiting(server.port, "class", f"room={code}"))
            for _ in range(LEARNERS)
        ]
        asked = classroom.ask(code, TEACHER, QUESTION)
        await asyncio.sleep(2 * PACE)  # the question is on all pages
        await asyncio.gather(*(learner.rerun() for learner in (teacher, *learners)))
        board, end = Board(), asyncio.Event()
        following = asyncio.create_task(follow(teacher, end, board))
        given: list[float] = []
        pages: list[float] = []

        async def take_part(learner: Client, delay: float) -> None:
            clock, start = asyncio.get_running_loop().time, asyncio.get_running_loop().time()
            due = start + random.random()
            while (left := start + delay - clock()) > 0:
                await asyncio.sleep(min(left, max(0.0, due - clock())))
                if clock() >= due:
                    pages.append((await learner.rerun()).seconds)
                    due += learner.every
            given.append(time.perf_counter())
            chosen = f"class.answer.{asked}.1.{random.randrange(len(OPTIONS))}"
            pages.append((await learner.press(chosen)).seconds)

        await asyncio.gather(*(take_part(each, random.random() * ANSWERING) for each in learners))
        await asyncio.sleep(2)
        end.set()
        await following
        counted = classroom.read_board(code).question
        report.figure(
            f"answers of {LEARNERS} that are not counted",
            LEARNERS - (counted.answered if counted else 0),
            "",
            0,
        )
        report.figure("answer to board, median", report.percentile(board.delays(given), 50), "ms")
        report.figure(
            "answer to board, 95th percentile", report.percentile(board.delays(given), 95), "ms", 1000
        )
        report.figure(f"a page's answer, the longest of {len(pages)}", 1000 * max(pages), "ms", 1000)

        seen, end = Seen("class.sent.open"), asyncio.Event()
        watching = [asyncio.create_task(follow(learner, end, seen)) for learner in learners]
        await asyncio.sleep(2)
        start = time.perf_counter()
        await asyncio.to_thread(classroom.send, code, TEACHER, "cnn?sample=0")
        while len(seen.first) < LEARNERS and time.perf_counter() - start < 10:
            await asyncio.sleep(0.05)
        end.set()
        await asyncio.gather(*watching)
        slowest = max(seen.first.values()) - start if len(seen.first) == LEARNERS else float("inf")
        report.figure(f"a sent situation, at the last of {LEARNERS}", 1000 * slowest, "ms", 2000)


async def join(server: Server, code: str, count: int) -> None:
    """Two hundred learners join within a minute, and stay."""
    async with AsyncExitStack() as stack:
        for _ in range(WARM_UP):
            await stack.enter_async_context(visiting(server.port, "class", f"room={code}"))
        before, start, seconds = server.memory(), time.perf_counter(), []

        async def come(number: int) -> None:
            await asyncio.sleep(number * MINUTE / JOINING)
            then = time.perf_counter()
            await stack.enter_async_context(visiting(server.port, "class", f"room={code}"))
            seconds.append(time.perf_counter() - then)

        await asyncio.gather(*(come(number) for number in range(count)))
        took = time.perf_counter() - start
        report.figure(
            f"to join, 95th percentile of {count} in {took:.0f} s",
            1000 * report.percentile(seconds, 95),
            "ms",
        )
        report.figure("memory a session", (server.memory() - before) / count, "MB", 3)


async def come_back(server: Server, code: str, learner: str) -> tuple[int, bool]:
    """Count of answers on the teacher's board, and True if a learner's answer is still marked."""
    async with (
        visiting(server.port, "class", token=TEACHER) as teacher,
        visiting(server.port, "class", f"room={code}", learner) as pupil,
    ):
        shown = [COUNT.match(text) for text in texts(await teacher.rerun())]
        counts = [int(found[1]) for found in shown if found]
        noted = [message for message in texts(await pupil.rerun()) if message.startswith("Noted.")]
        return (counts or [0])[0], bool(noted)


def measure_kill() -> None:
    """A server is killed in the middle of a question, and started again."""
    from dlviz.classroom.database import connect
    from dlviz.classroom.place import database_url
    from dlviz.classroom.store import Classroom

    classroom, pupil = Classroom(connect(database_url())), new_token()
    with running() as server:
        code = classroom.open_room(TEACHER)
        asked = classroom.ask(code, TEACHER, QUESTION)

        async def answer() -> None:
            async with visiting(server.port, "class", f"room={code}", pupil) as learner:
                await learner.press(f"class.answer.{asked}.1.1")

        asyncio.run(answer())
        server.process.kill()
    with running() as server:
        count, noted = asyncio.run(come_back(server, code, pupil))
    report.figure("lost of room, right, answer and learner by a kill", 3 - count - 2 * noted, "", 0)


def main() -> None:
    """Measure and print."""
    count = JOINING // 10 if report.quick(__doc__) else JOINING
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as runs:
        os.environ["DLVIZ_DATABASE"] = f"sqlite:///{runs}/classes.sqlite3"
        from dlviz.classroom.database import connect
        from dlviz.classroom.place import database_url
        from dlviz.classroom.store import Classroom

        classroom = Classroom(connect(database_url()))
        with running() as server:
            server.wait_until_warm()
            asyncio.run(answer_and_look(server, classroom.open_room(TEACHER)))
            asyncio.run(join(server, classroom.open_room(TEACHER), count))
        measure_kill()


if __name__ == "__main__":
    main()
