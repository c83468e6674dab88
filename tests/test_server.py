import asyncio
import logging

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import is_url_from_allowed_origins

from dlviz.ui.server import lifespan, model_cache
from dlviz.ui.server.lifespan import HEADERS, POLICY, SecurityHeaders

SECRET = "/home/teacher/notes.txt"


def answers(app: ASGIApp, kind: str = "http") -> list[Message]:
    """What the app, with the security headers round it, sends to one request."""
    sent: list[Message] = []
    scope: Scope = {"type": kind, "method": "GET", "path": "/", "headers": [], "query_string": b""}

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(app)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "app",
    [
        PlainTextResponse("fine"),
        PlainTextResponse("nowhere", 404),
        PlainTextResponse("broken", 500, {"Content-Security-Policy": "default-src *"}),
    ],
    ids=["200", "404", "500 with a policy of its own"],
)
def test_every_answer_has_each_security_header_once(app: ASGIApp) -> None:
    start, *_ = answers(app)
    for name, value in HEADERS.items():
        held = [text for key, text in start["headers"] if key.decode().lower() == name.lower()]
        assert held == [value.encode()]


def test_a_websocket_passes_untouched() -> None:
    async def accepting(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    assert answers(accepting, "websocket") == [{"type": "websocket.accept"}]


def test_the_policy_names_no_other_host() -> None:
    rules = {name: sources for name, *sources in (rule.split() for rule in POLICY.split("; "))}
    assert rules["default-src"] == ["'self'"]
    local = {"'self'", "'unsafe-inline'", "'unsafe-eval'", "blob:", "data:", "ws:", "wss:"}
    assert all(local.issuperset(sources) for sources in rules.values())
    # Neither is covered by default-src.
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == ["'self'"]


def test_a_page_of_another_site_is_refused_without_asking_a_web_service_who_this_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, **_: asked.append(url))
    # The start changes it; afterwards it is put back.
    monkeypatch.setattr(net_util, "get_external_ip", net_util.get_external_ip)
    monkeypatch.setattr(model_cache, "start", lambda: None)

    async def connect() -> tuple[bool, bool]:
        async with lifespan.lifespan(st.App("app.py")):
            urls = ("http://other.example.org", "http://localhost:8501")
            return is_url_from_allowed_origins(urls[0]), is_url_from_allowed_origins(urls[1])

    assert asyncio.run(connect()) == (False, True)
    assert not asked


def test_a_large_picture_that_was_sent_before_is_sent_again_and_not_referred_to() -> None:
    # A browser that has forgotten what is referred to gives the whole connection up.
    message = ForwardMsg()
    message.delta.new_element.bidi_component.bytes = bytes(300_000)
    populate_hash_if_needed(message)
    assert message.hash
    assert not message.metadata.cacheable


def failing(secret: str) -> None:
    import streamlit as st

    from dlviz.ui.server.lifespan import say_what_went_wrong

    try:
        raise OSError(f"cannot read {secret}")
    except OSError as error:
        st.session_state["handled"] = say_what_went_wrong(error)


def test_a_failing_page_says_one_sentence_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "dlviz"):
        app = AppTest.from_function(failing, args=(SECRET,)).run()
    (said,) = app.error
    assert "Something went wrong here" in said.value
    assert SECRET not in said.value
    assert app.session_state["handled"] is True
    assert not app.exception
    (record,) = caplog.records
    assert record.exc_info is not None
    assert SECRET in str(record.exc_info[1])
