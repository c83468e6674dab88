"""Whose browser this is: a random token in a cookie that scripts cannot read and links do not carry."""

from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dlviz.training.runs.owner import COOKIE, is_token, new_token

# The front end asks for this before it connects. The page itself will not do: whoever follows a link from
# another site comes without the cookie, as SameSite=Strict has it, and must not be given a new one.
ASKED_FIRST = "/_stcore/host-config"
YEAR = 365 * 24 * 3600


class OwnersCookie:
    """ASGI middleware that gives a token to each browser that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(ASKED_FIRST) or _has_token(scope):
            return await self.app(scope, receive, send)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", _cookie(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _has_token(scope: Scope) -> bool:
    try:
        held = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return held is not None and is_token(held.value)


def _cookie(scope: Scope) -> str:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={new_token()}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Strict{secure}"


def token() -> str:
    """This browser's token; one for this session alone where the browser keeps no cookies."""
    held = st.context.cookies.get(COOKIE)
    if held is not None and is_token(held):
        return held
    return st.session_state.setdefault("owner", new_token())
