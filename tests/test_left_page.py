"""Requests from a page that the learner has left, and those that must always come through."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from dlviz.ui.server.left_page import LeftPage

STOP = BackMsg(stop_script=True).SerializeToString()


def rerun(page: str, fragment: str = "", name: str = "") -> bytes:
    """A request of the browser, which shows a page or asks for it, to run it or a fragment of it."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.page_name = name
    message.rerun_script.fragment_id = fragment
    return message.SerializeToString()


OPENED = rerun("", name="cnn")
LEFT = rerun("convolution")


def pass_on(*sent: bytes) -> list[bytes]:
    """Messages that reach the app of those sent on one connection."""
    messages: list[Message] = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "bytes": data} for data in sent),
        {"type": "websocket.disconnect", "code": 1001},
    ]
    got: list[Message] = []

    async def listening(_scope: Scope, receive: Receive, _send: Send) -> None:
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await receive())

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(LeftPage(listening)({"type": "websocket"}, receive, send))
    first, *between, last = got
    assert (first["type"], last["type"]) == ("websocket.connect", "websocket.disconnect")
    return [message["bytes"] for message in between]


def test_a_fragment_of_a_page_that_was_left_is_not_run() -> None:
    late = rerun("cnn", "course")
    assert pass_on(OPENED, late, LEFT, late, rerun("convolution", "course")) == [
        OPENED,
        late,
        LEFT,
        rerun("convolution", "course"),
    ]


def test_a_page_that_is_opened_again_has_its_fragments_again() -> None:
    sent = [OPENED, LEFT, rerun("cnn"), rerun("cnn", "course")]
    assert pass_on(*sent) == sent


@pytest.mark.parametrize("opened", [OPENED, rerun("a page that there is no more")])
def test_where_a_first_request_leads_is_the_servers_word(opened: bytes) -> None:
    sent = [opened, rerun("home", "digit")]
    assert pass_on(*sent) == sent


def test_what_asks_for_no_rerun_passes_untouched() -> None:
    sent = [OPENED, LEFT, STOP, b"\xff no message", b""]
    assert pass_on(*sent) == sent


def test_an_ordinary_request_passes_untouched() -> None:
    got: list[Receive] = []

    async def answering(_scope: Scope, receive: Receive, _send: Send) -> None:
        got.append(receive)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(LeftPage(answering)({"type": "http"}, receive, send))
    assert got == [receive]
