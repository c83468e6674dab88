"""The cookie that makes a run its owner's."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from dlviz.training.runs.owner import COOKIE, is_token, new_token
from dlviz.ui.server.owner_cookie import ASKED_FIRST, OwnerCookie


def cookies(path: str, *, sent: str = "", scheme: str = "http", kind: str = "http") -> list[str]:
    """The cookies that come with the answer to a request."""
    got: list[Message] = []
    headers = [(b"cookie", sent.encode())] if sent else []
    scope: Scope = {"type": kind, "method": "GET", "path": path, "headers": headers, "scheme": scheme}

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if kind == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await PlainTextResponse("fine", headers={"set-cookie": "another=1"})(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        got.append(message)

    asyncio.run(OwnerCookie(answering)(scope, receive, send))
    held = [value.decode() for name, value in got[0].get("headers", ()) if name == b"set-cookie"]
    return [value for value in held if value.startswith(COOKIE)]


@pytest.mark.parametrize("path", [ASKED_FIRST, f"/class{ASKED_FIRST}", f"/cnn{ASKED_FIRST}"])
def test_a_new_browser_is_given_a_token_that_no_script_reads_and_no_link_carries(path: str) -> None:
    (cookie,) = cookies(path)
    name_and_token, *attributes = cookie.split("; ")
    assert is_token(name_and_token.removeprefix(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert "Secure" not in attributes
    assert cookies(path) != [cookie]
    assert "Secure" in cookies(path, scheme="https")[0].split("; ")


def test_a_browser_keeps_the_token_it_has() -> None:
    assert cookies(ASKED_FIRST, sent=f"{COOKIE}={new_token()}") == []
    assert cookies(ASKED_FIRST, sent=f'odd="a; {COOKIE}={new_token()}; other=1') == []


@pytest.mark.parametrize("held", ["", "short", "../" * 14 + "a", "a" * 44])
def test_what_is_no_token_is_replaced(held: str) -> None:
    assert len(cookies(ASKED_FIRST, sent=f"{COOKIE}={held}")) == 1


def test_a_page_that_was_reached_by_a_link_from_elsewhere_changes_nothing() -> None:
    # Its request comes without the cookie, though the browser has it.
    assert cookies("/") == cookies("/cnn") == cookies("/_stcore/health") == []


def test_a_connection_passes_untouched() -> None:
    assert cookies("/_stcore/stream", kind="websocket") == []


def telling() -> None:
    import streamlit as st

    from dlviz.ui.server import owner_cookie

    st.text(owner_cookie.token())
    st.text(owner_cookie.token())


def test_without_cookies_a_token_lasts_as_long_as_the_session() -> None:
    app = AppTest.from_function(telling).run()
    told = [text.value for text in app.text] + [text.value for text in app.run().text]
    assert len(set(told)) == 1
    assert is_token(told[0])
    assert AppTest.from_function(telling).run().text[0].value != told[0]
