"""Around the pages: what happens at the server's start, on every answer, and when a page fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util

from dlviz.ui.server import model_cache

log = logging.getLogger(__name__)

# The browser may ask this server and nobody else. Streamlit's front end builds components from blobs.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "connect-src 'self' data: blob:",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class SecurityHeaders:
    """ASGI middleware that puts the security headers on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Begin to warm up in the background: the server answers nothing until this has yielded.

    At the end no worker is left behind.
    """
    # Streamlit compares another site that connects with this machine's address outside, for which it asks a
    # web service. Until that answers, it answers nobody itself: for 16 s where no name is resolved.
    net_util.get_external_ip = lambda: None
    model_cache.start()
    beside = asyncio.create_task(_look_after_runs())
    yield {}
    beside.cancel()
    # Late: the server answers sooner without it.
    from dlviz.training.runs import service

    await asyncio.to_thread(service.close_shared)


async def _look_after_runs() -> None:
    """Be there for the runs of another server on the same folder, should it die before anybody comes."""
    await asyncio.sleep(model_cache.HEAD_START)
    from dlviz.training.runs import service

    await asyncio.to_thread(service.shared)


def say_what_went_wrong(error: Exception) -> bool:
    """One sentence on the page instead of a traceback, which goes to the log."""
    log.error("a page failed", exc_info=error)
    st.error(
        "Something went wrong here. Reload the page; if it happens again, start from the lab's own link."
    )
    return True
