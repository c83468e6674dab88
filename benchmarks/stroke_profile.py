"""Where the time from the end of a stroke to the painted maps goes: medians of its parts, in Chromium.

python -m benchmarks.stroke_profile
"""

from itertools import cycle

from playwright.sync_api import Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from benchmarks.stroke import ENDED, draw, painted
from tests.browser.conftest import settled
from tests.browser.strokes import DIGITS

STROKES, WARM_UP = 40, 6
# Notes when the page sends to the server and hears from it, and when a component begins to unpack a message.
WATCH = """
  window.sent = [];
  window.heard = [];
  window.unpacked = [];
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      const size = (data) => data.byteLength ?? data.size;
      this.addEventListener("message", ({ data }) => heard.push([performance.now(), size(data)]));
    }
    send(data) {
      sent.push(performance.now());
      super.send(data);
    }
  };
  window.DecompressionStream = class extends DecompressionStream {
    constructor(...args) {
      super(...args);
      unpacked.push(performance.now());
    }
  };
"""
BETWEEN = """([from, to]) => {
  const within = (times) => times.filter((time) => from <= time && time <= to);
  const messages = heard.filter(([time]) => from <= time && time <= to);
  const largest = messages.reduce((a, b) => (b[1] > a[1] ? b : a));
  const bytes = messages.reduce((sum, [, size]) => sum + size, 0);
  return {
    sent: within(sent)[0],
    maps: largest[0],
    unpacked: within(unpacked).find((time) => time >= largest[0]),
    count: messages.length,
    bytes,
  };
}"""
PARTS = {
    "browser reads the pad and sends the report": ("ended", "sent"),
    "server: Streamlit, network, message with the maps": ("sent", "maps"),
    "browser: Streamlit reads the messages and calls the wall": ("maps", "unpacked"),
    "wall: unpack, paint, next frame": ("unpacked", "shown"),
    "all": ("ended", "shown"),
}


def measure(page: Page, count: int) -> list[dict[str, float]]:
    """For each stroke the milliseconds at which its parts end, the number of messages, and their bytes."""
    strokes: list[dict[str, float]] = []
    number = 0
    for digit in cycle(DIGITS.values()):
        for stroke in digit:
            draw(page, stroke)
            number, shown = painted(page, number)
            ended = page.evaluate(ENDED)
            strokes.append({"ended": ended, "shown": shown, **page.evaluate(BETWEEN, [ended, shown])})
        if len(strokes) >= count:
            return strokes
        page.get_by_role("button", name="Clear").click()
        number, _ = painted(page, number)
    return strokes


def main() -> None:
    """Measure and print."""
    count = STROKES // 10 if report.quick(__doc__) else STROKES
    with running() as server, chromium() as browser, new_page(browser) as page:
        page.add_init_script(WATCH)
        page.goto(f"{server.address}/cnn")
        settled(page)
        server.wait_until_warm()
        strokes = measure(page, WARM_UP + count)[WARM_UP:]
    for what, (start, end) in PARTS.items():
        report.figure(what, report.percentile([at[end] - at[start] for at in strokes], 50), "ms")
    report.figure("messages until then", report.percentile([at["count"] for at in strokes], 50), "")
    report.figure("kB until then", report.percentile([at["bytes"] / 1000 for at in strokes], 50), "")


if __name__ == "__main__":
    main()
