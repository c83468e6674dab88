"""A text of 200 words through the text lab, in Chromium: the states and the answer, then the contributions.

python -m benchmarks.text
"""

import re
import time

from playwright.sync_api import Page, expect

from benchmarks import report
from benchmarks.browser import PATIENCE, chromium, new_page
from benchmarks.server import running
from dlviz.data import reviews
from tests.browser.conftest import settled

TEXTS, WORDS = 20, 200


def texts(count: int) -> list[str]:
    """Texts of 200 words each, all different."""
    words = [word for text, _ in reviews.labelled("training")[: count * 60] for word in text.split()]
    return [" ".join(words[at * WORDS : (at + 1) * WORDS]) for at in range(count)]


def measure(page: Page, text: str) -> tuple[float, float]:
    """Milliseconds from the end of typing to the states and the answer, and to both contributions."""
    field = page.get_by_role("textbox", name="Your sentence")
    field.fill(text)
    painted = page.evaluate("() => performance.getEntriesByName('dlviz:text').length")
    page.evaluate("() => { window.sent = performance.now(); }")
    start = time.perf_counter()
    field.press("Control+Enter")
    answered = page.wait_for_function(
        "(before) => performance.getEntriesByName('dlviz:text')[before]?.startTime", arg=painted
    ).json_value()
    answer = answered - page.evaluate("() => window.sent")
    expect(page.get_by_text(re.compile("rank correlation"))).to_be_visible(timeout=PATIENCE)
    page.wait_for_function("() => !document.querySelector('[data-testid=stProgress]')")
    both = 1000 * (time.perf_counter() - start)
    settled(page)
    return answer, both


def main() -> None:
    """Measure and print."""
    count = TEXTS // 10 if report.quick(__doc__) else TEXTS
    with running() as server, chromium() as browser, new_page(browser) as page:
        page.goto(f"{server.address}/text")
        settled(page)
        times = [measure(page, text) for text in texts(count + 1)][1:]
    answers, both = zip(*times, strict=True)
    report.figure(f"states and answer, median of {count}", report.percentile(answers, 50), "ms", at_most=400)
    report.figure("both contribution strips, median", report.percentile(both, 50), "ms", at_most=4000)
    report.figure("both contribution strips, longest", max(both), "ms")


if __name__ == "__main__":
    main()
