"""A learner's tab without the browser: Streamlit's protocol over a websocket, as the front end speaks it."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

import numpy as np
import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dlviz.training.runs.owner import COOKIE

PATIENCE = 60  # seconds for the next message of a rerun
SERVER = "dlviz_server"  # the cookie by which a proxy keeps a browser with one server
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
PAD = "cnn.pad"
DOTS = 6  # of the pad's bitmap along each pixel of a digit


@dataclass(frozen=True)
class Rerun:
    """One run of the page or its fragment: seconds from the request to the end, and all that was sent."""

    seconds: float
    messages: list[bytes]


@dataclass
class Client:
    """A tab in a lab, with what a browser remembers from run to run.

    `every` is how often the page has asked to be run again of itself, in seconds; 0 if it has not. `cookie`
    is what a proxy has given to come back to the same server with.
    """

    socket: websockets.ClientConnection
    url: str
    page: str = "cnn"
    query: str = ""
    every: float = 0.0
    clock: str = ""  # the fragment that is run again of itself
    page_hash: str = ""
    fragment: str = ""
    version: int = 0
    widgets: dict[str, str] = field(default_factory=dict)  # key -> id
    states: dict[str, str | list[str]] = field(default_factory=dict)  # key -> JSON or chosen options
    held: set[str] = field(default_factory=set)  # hashes of the large messages of the last run
    pressing: str = ""  # key of the button that the next run reports
    cookie: str = ""

    async def draw(self, digit: np.ndarray) -> Rerun:
        """Report a finished drawing as the pad does, and wait for the answer.

        Args:
            digit: (28, 28) uint8.
        """
        self.version += 1
        bits = np.kron(digit > 127, np.ones((DOTS, DOTS), bool))
        ink = base64.b64encode(np.packbits(bits).tobytes()).decode()
        drawing = {"version": self.version, "final": True, "seen": None, "ink": ink}
        self.states[PAD] = json.dumps({"drawing": drawing})
        return await self.rerun()

    async def press(self, key: str) -> Rerun:
        """Press a button, and wait for the answer."""
        self.pressing = key
        try:
            return await self.rerun()
        finally:
            self.pressing = ""

    async def rerun(self) -> Rerun:
        """Ask for a run: of the page the first time, then of the lab's fragment."""
        request, messages = BackMsg(), []
        self._fill(request.rerun_script)
        self.held = set()
        start = time.perf_counter()
        await self.socket.send(request.SerializeToString())
        while True:
            messages.append(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            message = ForwardMsg.FromString(messages[-1])
            self._note(message)
            # A rerun that asks for another is not yet the answer.
            if message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN:
                return Rerun(time.perf_counter() - start, messages)

    def _fill(self, run: ClientState) -> None:
        run.page_name, run.context_info.url, run.query_string = self.page, self.url, self.query
        run.page_script_hash, run.fragment_id = self.page_hash, self.clock or self.fragment
        run.is_auto_rerun = bool(self.clock) and not self.pressing
        run.cached_message_hashes.extend(self.held)
        if self.pressing:
            run.widget_states.widgets.add(id=self.widgets[self.pressing], trigger_value=True)
        for key, value in self.states.items():
            state = run.widget_states.widgets.add(id=self.widgets[key])
            if isinstance(value, str):
                state.json_value = value
            else:
                state.string_array_value.data.extend(value)

    def _note(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self.held.add(message.hash)
        match message.WhichOneof("type"):
            case "new_session":
                self.page_hash = message.new_session.page_script_hash
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
            case "auto_rerun":
                self._note_clock(message.auto_rerun.interval, message.auto_rerun.fragment_id)
            case "ref_hash":
                self.held.add(message.ref_hash)
            case "delta":
                self._note_delta(message.delta)

    def _note_clock(self, every: float, fragment: str) -> None:
        """The quickest of the page's clocks is followed."""
        if fragment == self.clock or not self.clock or every < self.every:
            self.every, self.clock = every, fragment

    def _note_delta(self, delta: Delta) -> None:
        self.fragment = delta.fragment_id or self.fragment
        element = delta.new_element
        match element.WhichOneof("type"):
            case "bidi_component":
                self._name(element.bidi_component.id)
            case "button_group":
                group = element.button_group
                self.states.setdefault(self._name(group.id), list(group.raw_values))
            case "button":
                self._name(element.button.id)
            case "exception":
                raise RuntimeError(f"the page has failed: {element}")
            case "alert" if element.alert.format == Alert.ERROR:
                raise RuntimeError(f"the page has failed: {element}")

    def _name(self, widget: str) -> str:
        """The key at the end of a widget's id, which is remembered under it."""
        key = widget.split("-", 2)[-1]
        self.widgets[key] = widget
        return key


@asynccontextmanager
async def visiting(
    port: int, page: str = "cnn", query: str = "", token: str = "", path: str = "", cookie: str = ""
) -> AsyncIterator[Client]:
    """A new tab that has opened a lab, the CNN lab if none is named.

    Args:
        token: that the browser holds as an owner of runs; without one its cookies are off.
        path: below which a proxy has the app, as in `/dlviz`.
        cookie: that a proxy has given an earlier tab of this browser.
    """
    host = f"127.0.0.1:{port}"
    held = [f"{COOKIE}={token}"] * bool(token) + [f"{SERVER}={cookie}"] * bool(cookie)
    async with websockets.connect(
        f"ws://{host}{path}/_stcore/stream",
        subprotocols=[websockets.Subprotocol("streamlit")],
        origin=websockets.Origin(f"http://{host}"),
        additional_headers={"Cookie": "; ".join(held)} if held else {},
        max_size=None,
        ping_interval=None,
    ) as socket:
        client = Client(socket, f"http://{host}{path}/{page}?{query}", page, query)
        given = SimpleCookie(socket.response.headers.get("Set-Cookie", "") if socket.response else "")
        client.cookie = given[SERVER].value if SERVER in given else cookie
        await client.rerun()
        yield client
