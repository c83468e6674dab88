"""A learner who changes pages quickly still presses a button, or moves a pad, of the page that they leave."""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState


class LeftPage:
    """ASGI middleware that drops a request to rerun a fragment of a page that the learner has left.

    Streamlit would run that fragment after the new page, and tell the browser that it is back on the old one:
    the browser empties the page, and what the fragment then draws has no place there. (It is the new page's:
    every lab's `course` has the same name and place, and Streamlit knows it by these.) If the new page has
    not begun, the learner stays on the old one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page: str | None = None  # that the browser has asked for last

        async def receive_of_page() -> Message:
            nonlocal page
            while True:
                message = await receive()
                asked = _rerun(message)
                if asked is None:
                    return message
                if not asked.fragment_id:
                    # Its first request may name a page by its path, or one that there is no more.
                    page = "" if page is None else asked.page_script_hash
                    return message
                if not page or asked.page_script_hash == page:
                    return message

        await self.app(scope, receive_of_page if scope["type"] == "websocket" else receive, send)


def _rerun(message: Message) -> ClientState | None:
    """The request to rerun a page, or a fragment of it, that a message from the browser holds."""
    try:
        told = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return None  # Streamlit ends such a connection
    return told.rerun_script if told.HasField("rerun_script") else None
