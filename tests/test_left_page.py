"""Requests from a page that the learner has left, and those that must always come through."""

import asyncio
from typing import NamedTuple

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dlviz.ui.server.left_page import LeftPage

STOP = BackMsg(stop_script=True).SerializeToString()


class Opened(NamedTuple):
    """The server tells the browser that it is on a page."""

    page: str


def rerun(
    page: str, fragment: str = "", name: str = "", at: str = "", drawn: int = 0, back: bool = False
) -> bytes:
    """A request of the browser to run a page, or a fragment of it.

    Args:
        at: the page in the browser's address, if another one.
        drawn: state of a control of that page; a link to another page leaves it out.
        back: by the browser's own button.
    """
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.page_name = name
    message.rerun_script.fragment_id = fragment
    message.rerun_script.context_info.url = f"http://dlviz.test/{at or page}"
    message.rerun_script.widget_states.widgets.add(id="bar", bool_value=True)
    message.rerun_script.is_history_navigation = back
    if drawn:
        message.rerun_script.widget_states.widgets.add(id="pad", int_value=drawn)
    return message.SerializeToString()


# A learner opens a page, and asks for another one by a link.
OPENED = rerun("", name="cnn", at="cnn")
LEFT = rerun("convolution", at="cnn")
ON_THE_WAY = [OPENED, Opened("cnn"), LEFT]


def pass_on(*steps: bytes | Opened) -> list[bytes]:
    """Messages of the browser that reach the app, which answers some on the same connection."""
    coming = iter(steps)
    got: list[Message] = []
    answers: list[Send] = []

    async def listening(_scope: Scope, receive: Receive, send: Send) -> None:
        answers.append(send)
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await receive())

    async def receive() -> Message:
        for step in coming:
            if not isinstance(step, Opened):
                return {"type": "websocket.receive", "bytes": step}
            message = ForwardMsg()
            message.navigation.page_script_hash = step.page
            await answers[0]({"type": "websocket.send", "bytes": message.SerializeToString()})
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Message) -> None:
        sent.append(message)

    sent: list[Message] = []
    asyncio.run(LeftPage(listening)({"type": "websocket"}, receive, send))
    assert len(sent) == sum(isinstance(step, Opened) for step in steps)
    return [message["bytes"] for message in got[:-1]]


def test_a_fragment_of_a_page_that_was_left_is_not_run() -> None:
    late, new = rerun("cnn", "course"), rerun("convolution", "course")
    sent = [OPENED, Opened("cnn"), late, LEFT, late, Opened("convolution"), late, new]
    assert pass_on(*sent) == [OPENED, late, LEFT, new]


def test_a_page_that_was_left_is_not_run_again_by_a_control_of_its_own() -> None:
    late, new = rerun("cnn", drawn=1), rerun("convolution", drawn=1)
    sent = [OPENED, Opened("cnn"), late, LEFT, late, Opened("cnn"), late, Opened("convolution"), late, new]
    assert pass_on(*sent) == [OPENED, late, LEFT, new]


def test_a_page_passed_over_is_not_run_again_either() -> None:
    sent = [*ON_THE_WAY, rerun("rnn", at="cnn"), rerun("cnn", drawn=1)]
    assert pass_on(*sent) == [OPENED, LEFT, rerun("rnn", at="cnn")]


@pytest.mark.parametrize(
    "again",
    [
        rerun("cnn"),  # whose link is pressed before the other page is there
        rerun("cnn", at="convolution"),
        rerun("cnn", at="convolution", drawn=1),  # a control that all pages share has changed meanwhile
    ],
)
def test_a_learner_may_go_back_at_once(again: bytes) -> None:
    sent = [*ON_THE_WAY, again, rerun("cnn", "course")]
    assert pass_on(*sent) == [OPENED, LEFT, again, rerun("cnn", "course")]


def test_after_the_browsers_own_button_every_link_leads_back() -> None:
    # Its address is the other page's from the beginning.
    back, again = rerun("convolution", back=True), rerun("cnn", at="convolution", drawn=1)
    assert pass_on(OPENED, Opened("cnn"), back, again) == [OPENED, back, again]


def test_where_the_server_leads_by_itself_the_page_answers() -> None:
    press, stroke = rerun("cnn", drawn=1), rerun("convolution", "course", drawn=1)
    sent = [OPENED, Opened("cnn"), press, Opened("convolution"), stroke, rerun("convolution", drawn=2)]
    assert pass_on(*sent) == [step for step in sent if not isinstance(step, Opened)]


def test_a_second_press_on_a_page_from_which_the_server_leads_is_dropped() -> None:
    press = rerun("cnn", drawn=1)
    sent = [
        OPENED,
        Opened("cnn"),
        press,
        Opened("convolution"),
        rerun("cnn", drawn=2),
        rerun("cnn", "course"),
    ]
    assert pass_on(*sent) == [OPENED, press]


@pytest.mark.parametrize("opened", [OPENED, rerun("a page that there is no more")])
def test_where_a_first_request_leads_is_the_servers_word(opened: bytes) -> None:
    sent = [opened, Opened("home"), rerun("home", "digit"), rerun("home", drawn=1)]
    assert pass_on(*sent) == [step for step in sent if not isinstance(step, Opened)]


def test_what_asks_for_no_rerun_passes_untouched() -> None:
    sent = [STOP, b"\xff no message", b""]
    assert pass_on(*ON_THE_WAY, *sent) == [OPENED, LEFT, *sent]


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
