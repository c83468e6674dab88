"""A learner and a teacher behind the proxy: what they find again when their server is killed."""

import asyncio
import time
import urllib.request
from http.cookies import SimpleCookie
from urllib.error import HTTPError

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.classroom import QUESTION
from benchmarks.client import Client, Rerun, visiting
from deploy.processes import Part, Topology
from dlviz.classroom.database import connect
from dlviz.classroom.place import Unreachable
from dlviz.classroom.store import Classroom
from dlviz.training.runs.events import Event
from dlviz.training.runs.owner import COOKIE, is_token, new_token
from dlviz.training.runs.store import Store
from tests.training_runs.processes import until

# Long enough to be killed in, with a checkpoint after each of its short epochs.
LONG = "model=MLP&samples=640&epochs=2000&batch_size=32"
TEACHER = new_token()


def visit(parts: Topology, page: str, query: str = "", token: str = "", cookie: str = ""):
    return visiting(parts.proxy.port, page, query, token, parts.path, cookie)


def steps(told: list[Event]) -> list[object]:
    return [event["step"] for event in told if event["kind"] == "batch"]


def read_texts(rerun: Rerun) -> str:
    elements = [ForwardMsg.FromString(message).delta.new_element for message in rerun.messages]
    return "\n".join(text for each in elements for text in (each.markdown.body, each.alert.body) if text)


async def until_it_says(page: Client, text: str) -> None:
    """Until a page says something by itself, as a browser's clock runs it again."""
    while text not in read_texts(await page.rerun()):
        await asyncio.sleep(0.1)


def restarted(part: Part) -> None:
    part.start()
    part.wait()


def test_a_browser_gets_its_cookies_through_the_proxy_and_nothing_outside_of_the_path(
    parts: Topology,
) -> None:
    with urllib.request.urlopen(f"{parts.address}/_stcore/host-config") as answer:
        given = SimpleCookie("\n".join(answer.headers.get_all("Set-Cookie")))
    assert is_token(given[COOKIE].value)
    assert given["dlviz_server"].value in [parts.find_cookie(server) for server in parts.servers]
    with pytest.raises(HTTPError) as outside:
        urllib.request.urlopen(parts.address.removesuffix(parts.path) + "/_stcore/health")
    with outside.value as answer:
        assert answer.status == 404


def test_a_learner_whose_server_is_killed_finds_run_and_room_at_the_other(parts: Topology) -> None:
    first, second = parts.servers
    engine = connect(parts.database)
    classroom, store, learner = Classroom(engine), Store(parts.runs), new_token()
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION)

    async def begin() -> str:
        """Hand a run in and answer, at the first server; the run's id."""
        at = parts.find_cookie(first)
        async with (
            visit(parts, "training", LONG, learner, at) as training,
            visit(parts, "class", f"room={code}", learner, at) as room,
        ):
            await room.press(f"class.answer.{asked}.1.1")
            await training.press("training.train")
            (run,) = store.ids()
            await asyncio.to_thread(until, lambda: len(store.checkpoints(run)) > 1)
            assert parts.workers
            first.kill()
            with pytest.raises(Exception, match="close"):
                await training.rerun()
            return run

    async def come_back(run: str) -> None:
        """With the same cookies, which name a server that is gone."""
        at = parts.find_cookie(first)
        async with (
            visit(parts, "training", f"run={run}", learner, at) as training,
            visit(parts, "class", "", learner, at) as room,
        ):
            assert training.cookie == room.cookie == parts.find_cookie(second)
            assert "Noted." in read_texts(await room.rerun())
            before = len(steps(store.events(run)))
            await asyncio.to_thread(until, lambda: len(steps(store.events(run))) > before + 20)
            assert "training.pause" in (await training.rerun(), training.widgets)[1]
            await training.press("training.stop")
            await asyncio.to_thread(until, lambda: (store.last(run) or {})["kind"] == "end")

    try:
        start = time.monotonic()
        run = asyncio.run(begin())
        asyncio.run(come_back(run))
        told = store.events(run)
        assert (told[-1]["reason"], time.monotonic() - start < 300) == ("stopped", True)
        # Nothing was lost and nothing told twice.
        assert steps(told) == list(range(1, len(steps(told)) + 1))
        board = classroom.read_board(code)
        assert board.question
        assert list(board.question.answers[0].values()) == ["Map 2"]
    finally:
        restarted(first)
        engine.dispose()


def test_pages_go_on_without_their_database_and_the_class_with_it(parts: Topology) -> None:
    database = parts.postgres
    assert database
    engine = connect(parts.database)
    code, learner = Classroom(engine).open_room(TEACHER), new_token()
    engine.dispose()

    async def learn() -> None:
        async with visit(parts, "class", f"room={code}", learner) as room:
            database.stop()
            await until_it_says(room, str(Unreachable()))
            async with visit(parts, "cnn", "sample=0", learner, room.cookie) as lab:
                assert lab.widgets["cnn.pad"]
                await until_it_says(lab, str(Unreachable()))
            await asyncio.to_thread(restarted, database)
            await until_it_says(room, code)

    asyncio.run(asyncio.wait_for(learn(), 120))
