"""A learner who changes pages quickly still presses a button, or moves a pad, of the page that they leave."""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class LeftPage:
    """ASGI middleware that drops a request to rerun a page that the learner has left, or a fragment of it.

    Streamlit would run that page again, or that fragment after the new page, and tell the browser that it is
    back on the old one. (What a fragment then draws has no place there: it is the new page's, since every
    lab's `course` has the same name and place, and Streamlit knows it by these.) If the new page has not
    begun, the learner stays on the old one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        way = _Way()

        async def receive_of_page() -> Message:
            while True:
                message = await receive()
                asked = _rerun(message)
                if asked is None or way.lets_through(asked):
                    return message

        async def send_and_follow(message: Message) -> None:
            if page := _page_opened(message):
                way.open(page)
            await send(message)

        await self.app(scope, receive_of_page, send_and_follow)


class _Way:
    """A learner's way from page to page, as one connection tells it."""

    def __init__(self) -> None:
        self.page = ""  # the last that the browser has asked for, or that the server has opened by itself
        self.left = ""  # the page that the browser may still show in its place
        self.awaited = False  # the browser has asked for the page, and the server has not opened it
        self.led = ClientState()  # the request that led to the page

    def lets_through(self, asked: ClientState) -> bool:
        """False if the browser asks for a rerun of a page that was left, or of a fragment of it."""
        page = asked.page_script_hash
        if not self.page or page == self.page:
            # The browser shows the page. (Its first request may name it by its path, or one that there is no
            # more: where that leads is the server's word.)
            self.left, self.led = "", asked
            return True
        if asked.fragment_id or self._is_late(asked):
            return False
        if asked.is_history_navigation:
            self.left = ""  # the browser's address changes at once, not when the page is there
        elif not self.left or asked.context_info.url != self.led.context_info.url:
            self.left = self.page
        self.page, self.awaited, self.led = page, True, asked
        return True

    def _is_late(self, asked: ClientState) -> bool:
        """True if a control of the page that was left asks, not a link that leads back to it.

        The browser has not come to the new page: its address is the same as when it asked for that. And a
        link brings the controls that all pages share alone, as they were; a control brings all of its page.
        """
        return (
            asked.page_script_hash == self.left
            and asked.context_info.url == self.led.context_info.url
            and asked.widget_states != self.led.widget_states
        )

    def open(self, page: str) -> None:
        """Follow the server, which tells the browser that it is on a page."""
        if page == self.page:
            self.awaited = False
        elif not self.awaited:  # else a run of the page that was left, which has not heard of the new one
            self.left, self.page = self.page, page


def _rerun(message: Message) -> ClientState | None:
    """The request to rerun a page, or a fragment of it, that a message from the browser holds."""
    try:
        told = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return None  # Streamlit ends such a connection
    return told.rerun_script if told.HasField("rerun_script") else None


def _page_opened(message: Message) -> str:
    """The page that a message of the server says the browser is on; empty if it says nothing of that."""
    told = ForwardMsg.FromString(message.get("bytes") or b"")
    return told.navigation.page_script_hash
