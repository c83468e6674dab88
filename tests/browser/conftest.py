"""A real server, a real browser, and a page that must stay without errors and never ask another host."""

import contextlib
import functools
import inspect
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api._generated import LocatorAssertions

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that shows a moving picture, and is never refused.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
# The front end looks for its server below a page's own address first: those 404s are its habit.
HABIT = "/_stcore/"

Visit = Callable[..., Page]


# A busy machine may be slow: a test waits for what it expects, never for a time.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


# Notes in a page what it waits for: `asked`, once it has asked the server to run its script again, then
# `begun`, then nothing. It reads the first numbers of Streamlit's messages.
NOTE_RERUNS = """() => {
  const [ASKED, BEGUN, ENDED, FOR_A_RERUN, TOLD_FIRST] = [0x5a, 0x22, 0x30, 2, [0x0a, 0x12]];
  const watched = new WeakSet();
  const { send } = WebSocket.prototype;
  const hear = ({ data }) => {
    const bytes = new Uint8Array(data);
    let at = 0;
    while (TOLD_FIRST.includes(bytes[at])) at += 2 + bytes[at + 1];
    if (bytes[at] === BEGUN && window.rerun) window.rerun = "begun";
    if (bytes[at] !== ENDED || window.rerun !== "begun") return;
    window.rerun = bytes[at + 1] === FOR_A_RERUN ? "asked" : "";
  };
  WebSocket.prototype.send = function (message) {
    if (!watched.has(this)) this.addEventListener("message", hear);
    watched.add(this);
    if (message[0] === ASKED) window.rerun = "asked";
    return send.call(this, message);
  };
}"""


class Kind(NamedTuple):
    """What a learner has before them: its theme, whether it is a phone, its pixels a CSS pixel."""

    dark: bool
    phone: bool
    scale: float


def _chromium() -> str:
    for name in ("chromium-headless-shell", "chromium", "google-chrome"):  # the first draws no windows
        if found := shutil.which(name):
            return found
    reason = "no Chromium on this machine: browser tests need Debian's package chromium-headless-shell"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Server:
    """A server on a port of its own, which may be killed and started again with the same runs."""

    def __init__(self, script: Path, runs: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.script, self.runs = script, runs
        self.start()

    def start(self) -> None:
        """Run the script, and wait until it answers."""
        options = [f"--server.port={self.port}", "--server.address=127.0.0.1", "--server.headless=true"]
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(self.script), *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DLVIZ_RUNS": self.runs},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(self.process, self.address, self.log)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """As a crash does."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def end(self) -> None:
        """As one stops it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()


@contextlib.contextmanager
def serving(script: Path) -> Iterator[str]:
    """The address of a server of its own, on a free port, that runs the script."""
    with tempfile.TemporaryDirectory() as runs:
        server = Server(script, runs)
        try:
            yield server.address
        finally:
            server.end()


def _wait(server: subprocess.Popen, address: str, log) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline and server.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    log.seek(0)
    pytest.fail(f"the server did not start:\n{log.read()[-3000:]}")


@pytest.fixture(autouse=True, scope="session")
def _one_element_is_waited_for() -> Iterator[None]:
    """Streamlit shows an element that a rerun moves at both places for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Locator, LocatorAssertions):
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                if not name.startswith("_"):
                    patch.setattr(kind, name, _until_one(method))
        yield


def _until_one(method: Callable) -> Callable:
    """The method of a locator or of what is expected of one, called again while two elements fit."""

    @functools.wraps(method)
    def wait(*args, **options):
        deadline = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                return method(*args, **options)
            except (AssertionError, Error) as fault:
                if "strict mode violation" not in str(fault) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    return wait


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = _chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Learners:
    """Contexts of a browser, one for each learner of a test, used again by later tests.

    Each comes without cookies and storage. The browser's cache is kept: it saves half a second a visit.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: defaultdict[Kind, list[BrowserContext]] = defaultdict(list)
        self.lent: list[tuple[Kind, BrowserContext]] = []

    def lend(self, kind: Kind) -> BrowserContext:
        """A context that no other learner of this test has."""
        context = self.free[kind].pop() if self.free[kind] else self._new(kind)
        self.lent.append((kind, context))
        return context

    def take_back(self) -> None:
        """Close what a test has opened, and forget what it has left."""
        for kind, context in self.lent:
            context.clear_cookies()
            for page in context.pages:
                if page.url.startswith("http"):
                    page.evaluate("localStorage.clear()")
                page.close()
            self.free[kind].append(context)
        self.lent.clear()

    def _new(self, kind: Kind) -> BrowserContext:
        context = self.browser.new_context(
            viewport=PHONE if kind.phone else DESKTOP,
            has_touch=kind.phone,
            color_scheme="dark" if kind.dark else "light",
            device_scale_factor=kind.scale,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(f"({NOTE_RERUNS})()")
        return context


@pytest.fixture(scope="session")
def learners(browser: Browser) -> Learners:
    return Learners(browser)


@pytest.fixture(scope="session")
def app(browser: Browser) -> Iterator[str]:  # the browser first: without one no server is needed
    """The app's address. A test module that defines its own `app` tests another script."""
    with serving(ROOT / "app.py") as address:
        yield address


@pytest.fixture
def visit(app: str, learners: Learners) -> Iterator[Visit]:
    """Opens a path of the app for a new learner, in a context of its own, and gives the settled page.

    Options are `dark`, `phone` (with touch) and `scale` (the display's pixels a CSS pixel). The test fails
    at its end if a page has logged an error or has asked another host.
    """
    with visiting(app, learners) as visit:
        yield visit


@contextlib.contextmanager
def visiting(app: str, learners: Learners) -> Iterator[Visit]:
    """As `visit`, for a fixture whose pages several tests share."""
    faults: list[str] = []

    def visit(path: str = "/", *, dark: bool = False, phone: bool = False, scale: float = 1) -> Page:
        page = learners.lend(Kind(dark, phone, scale)).new_page()
        _watch(page, urlsplit(app).netloc, faults)
        page.goto(app + path)
        return settled(page)

    yield visit
    learners.take_back()
    assert faults == []


def _watch(page: Page, host: str, faults: list[str]) -> None:
    def message(said: ConsoleMessage) -> None:
        if said.type == "error" and HABIT not in said.location["url"]:
            faults.append(f"console: {said.text}")

    def address(url: str) -> None:
        if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).netloc != host:
            faults.append(f"request to another host: {url}")

    page.on("console", message)
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("request", lambda request: address(request.url))
    page.on("websocket", lambda socket: address(socket.url))


def settled(page: Page) -> Page:
    """The page, once its script has run as often as it was asked to, and nothing has followed for a moment.

    Its components are drawn too.
    """
    page.wait_for_function(
        """(since) => {
          const app = document.querySelector("[data-test-script-state]");
          const components = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
          const undrawn = components
            .flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll("canvas:not([style])") ?? [])])
            .some((canvas) => canvas.checkVisibility());
          const calm = app?.dataset.testScriptState === "notRunning" && !window.rerun
            && !document.querySelector("[data-testid=stSkeleton]") && !undrawn;
          if (!calm) since.calm = undefined;
          else since.calm ??= performance.now();
          return performance.now() - since.calm > 250;
        }""",
        arg=page.evaluate_handle("() => ({})"),
        polling=50,  # not with every frame: a look makes the browser lay out the page
    )
    return page


def reload(page: Page) -> None:
    """Load the page again, once its address holds what was done on it."""
    settled(page).reload()


def overflow(page: Page) -> int:
    """Pixels by which a settled page is wider than its window."""
    return settled(page).evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMain]");
          return Math.max(document.documentElement.scrollWidth, main.scrollWidth) - innerWidth;
        }"""
    )


def told(page: Page) -> dict[str, str]:
    """What a test's own page tells in lines of a name and a value, once it has settled.

    What its pad has reported since the last time must have come back: the server may be slow to hear of it.
    """
    page.wait_for_function(
        """() => {
          const lines = [...document.querySelectorAll("[data-testid=stText]")];
          const sent = performance.getEntriesByName("dlviz:pad").at(-1);
          return !sent || lines.some((line) => line.textContent.trim() === `version ${sent.detail}`);
        }"""
    )
    page.evaluate("performance.clearMarks('dlviz:pad')")
    lines = settled(page).get_by_test_id("stText").all_inner_texts()
    return dict(line.split(" ", 1) for line in lines)
