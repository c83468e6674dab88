"""Drawings and typed numbers of a quick hand that do not arrive, in Chromium.

python -m benchmarks.lost_input
"""

import re
import time
from itertools import cycle, islice, zip_longest
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from tests.browser.conftest import settled
from tests.browser.strokes import DIGITS, draw, tool

COUNT = 200  # drawings, and numbers
PACES: tuple[int, ...] = (50, 100, 200, 300)  # milliseconds from one action of the hand to the next
WAIT = 10  # seconds after which what has not arrived is lost
SIDE = 3  # of the kernel


def field(page: Page, name: str) -> str:
    """The text of a field in the address; empty where it is not there."""
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]


def arrives(page: Page, name: str, wanted: str) -> bool:
    """Whether a field of the address comes to hold this, and keeps it once the page has come to rest."""
    end = time.monotonic() + WAIT
    while field(page, name) != wanted and time.monotonic() < end:
        page.wait_for_timeout(100)
    settled(page)
    return field(page, name) == wanted


def digits_in_links(page: Page) -> list[str]:
    """The text of each digit of DIGITS in a link, drawn without haste."""
    texts = []
    for strokes in DIGITS.values():
        draw(page, strokes)
        page.wait_for_url(re.compile("digit="))
        settled(page)
        texts.append(field(page, "digit"))
        tool(page, "clear")
        page.wait_for_url(lambda url: "digit=" not in url)
        settled(page)
    return texts


def lost_drawings(page: Page, count: int) -> dict[int, int]:
    """Pace -> how many drawings are lost: each follows a test digit, and a control is used right after it."""
    texts = digits_in_links(page)
    lost = dict.fromkeys(PACES, 0)
    for trial, pace in enumerate(islice(cycle(PACES), count)):
        page.get_by_role("button", name="Test digit").click()
        number = page.get_by_test_id("stPopoverBody").get_by_test_id("stNumberInputField")
        number.fill(str(trial))
        number.press("Enter")
        page.wait_for_timeout(pace)
        page.keyboard.press("Escape")
        page.wait_for_timeout(pace)
        tool(page, "clear")
        page.wait_for_timeout(pace)
        digit = trial % len(DIGITS)
        draw(page, DIGITS[digit])
        page.wait_for_timeout(pace)
        other = ("Random", "Trained")[trial // len(PACES) % 2]
        page.get_by_role("radio", name=other, exact=True).click()
        if not arrives(page, "digit", texts[digit]):
            lost[pace] += 1
            print(
                f"  drawing {trial}, of a {digit}, at {pace} ms: {field(page, 'digit')}, not {texts[digit]}"
            )
        tool(page, "clear")
        arrives(page, "digit", "")
    return lost


def lost_numbers(page: Page, count: int) -> dict[int, int]:
    """Pace -> how many numbers typed into the kernel's cells, one after another, are lost."""
    lost = dict.fromkeys(PACES, 0)
    cells = page.get_by_label(re.compile("^Kernel row"))
    typed = 0
    for trial, pace in enumerate(cycle(PACES)):
        numbers = [(trial * 7 + 3 * cell) % 10 - 4 for cell in range(SIDE * SIDE)][: count - typed]
        page.get_by_role("radio", name=("Edges", "Sharpen")[trial % 2], exact=True).click()
        settled(page)
        before = [cell.input_value() for cell in cells.all()]
        cells.first.focus()
        for value in numbers:
            page.keyboard.press("ControlOrMeta+A")
            page.keyboard.type(str(value))
            page.wait_for_timeout(pace)
            page.keyboard.press("Tab")
        wanted = [*map(str, numbers), *before[len(numbers) :]]
        rows = [wanted[row : row + SIDE] for row in range(0, len(wanted), SIDE)]
        if not arrives(page, "own", "~".join("_".join(row).replace("−", "-") for row in rows)):
            held = re.split("[_~]", field(page, "own"))
            lost[pace] += sum(number != there for number, there in zip_longest(wanted, held))
            print(f"  of {wanted} there are {held}")
        typed += len(numbers)
        if typed >= count:
            return lost
    return lost


def main() -> None:
    """Draw, type, count and print."""
    count = COUNT // 10 if report.quick(__doc__) else COUNT
    with running() as server, chromium() as browser:
        for lab, what, lose in (("cnn", "drawings", lost_drawings), ("convolution", "numbers", lost_numbers)):
            with new_page(browser) as page:
                page.goto(f"{server.address}/{lab}")
                settled(page)
                server.wait_until_warm()
                for pace, lost in lose(page, count).items():
                    report.figure(f"{what} lost of {count // len(PACES)} or so, {pace} ms", lost, at_most=0)


if __name__ == "__main__":
    main()
