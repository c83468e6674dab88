"""Whose browser this is: a random token in a cookie, which no script reads and no link carries."""

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dlviz.training.runs.owner import COOKIE, is_token, new_token

YEAR = 365 * 24 * 3600
# Every page asks for this, from its own origin, before it opens the connection on which its session lives.
# Not with the page itself: the request of a link followed from elsewhere carries no SameSite=Strict cookie,
# and the answer would put a new one in place of the browser's own.
ASKED_FIRST = "/_stcore/host-config"


class OwnerCookie:
    """ASGI middleware that gives a browser without a token one before its first session begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _cookie(scope))
            await send(message)

        new = scope["type"] == "http" and scope["path"].endswith(ASKED_FIRST) and _held(scope) is None
        await self.app(scope, receive, send_with_cookie if new else send)


def _held(scope: Scope) -> str | None:
    """The token that comes with a request."""
    token = HTTPConnection(scope).cookies.get(COOKIE)
    return token if is_token(token) else None


def _cookie(scope: Scope) -> str:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={new_token()}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Strict{secure}"


def token() -> str:
    """The token of the learner before this page.

    A browser that takes no cookies gets one that lasts as long as its session.
    """
    held = st.context.cookies.get(COOKIE)
    if is_token(held):
        return held
    return st.session_state.setdefault(COOKIE, new_token())
