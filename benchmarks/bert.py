"""All 72 heads of the packaged BERT: from a changed text to the picture, and its bytes, in Chromium.

python -m benchmarks.bert
"""

from dataclasses import dataclass

from playwright.sync_api import Page, WebSocket

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from dlviz.data import reviews
from dlviz.encoders import packaged
from tests.browser.conftest import settled

# The second frame after the drawing: by then it is on screen.
PAINTED = """(before) => performance.getEntriesByName("dlviz:heads").length > before
  && new Promise((done) => requestAnimationFrame(() =>
    requestAnimationFrame((now) => done(now - window.sent))))"""
PAUSE = 700  # milliseconds after a picture: a learner looks at it


@dataclass(frozen=True)
class Task:
    """A text's length, and what is promised: milliseconds and megabytes at most.

    `tokens` counts [CLS] and [SEP]; with `words` a text is that many words, whatever tokens they are.
    """

    name: str
    milliseconds: float
    megabytes: float | None = None
    tokens: int = 0
    words: int = 0
    texts: int = 20


TASKS = [
    Task("12 words", 300, words=12, texts=40),
    Task("128 tokens", 1000, 1, tokens=128),
    Task("256 tokens", 3000, 4, tokens=256),
]


def texts(task: Task, count: int) -> list[str]:
    """Texts of the task's length, all different."""
    words = [word for text, _ in reviews.labelled("training")[: count * 60] for word in text.split()]
    if task.words:
        return [" ".join(words[at * task.words : (at + 1) * task.words]) for at in range(count)]
    tokenizer, made = packaged.encoder().tokenizer, []
    whole = [word for word in words if len(tokenizer.tokenize(word)) == 1]
    for at in range(count):
        made.append(" ".join(whole[at * task.tokens : (at + 1) * task.tokens - 2]))
    return made


class Received:
    """Counts the bytes that a page's sockets bring."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.bytes += len(frame)


def measure(page: Page, received: Received, text: str) -> tuple[float, float]:
    """Milliseconds from the end of typing to the second frame of the new picture; megabytes received."""
    field = page.get_by_role("textbox", name="Your text")
    field.fill(text)
    painted = page.evaluate("() => performance.getEntriesByName('dlviz:heads').length")
    before = received.bytes
    page.evaluate("() => { window.sent = performance.now(); }")
    field.press("Control+Enter")
    shown = page.wait_for_function(PAINTED, arg=painted).json_value()
    settled(page)
    page.wait_for_timeout(PAUSE)
    return shown, (received.bytes - before) / 1e6


def main() -> None:
    """Measure and print."""
    quick = report.quick(__doc__)
    with running() as server, chromium() as browser, new_page(browser) as page:
        received = Received(page)
        page.goto(f"{server.address}/bert")
        settled(page)
        for task in TASKS:
            count = task.texts // 10 if quick else task.texts
            times, sizes = zip(
                *[measure(page, received, text) for text in texts(task, count + 2)][2:], strict=True
            )
            report.figure(
                f"{task.name}, text changed → painted, median of {count}",
                report.percentile(times, 50),
                "ms",
                at_most=task.milliseconds,
            )
            report.figure(f"{task.name}, longest", max(times), "ms")
            report.figure(f"{task.name}, bytes of all messages", max(sizes), "MB", at_most=task.megabytes)


if __name__ == "__main__":
    main()
