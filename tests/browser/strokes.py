"""Digits as strokes of a hand, in parts of the paper's side, and a mouse and a finger that draw them."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from playwright.sync_api import Locator, Page

Point = tuple[float, float]
Stroke = Sequence[Point]


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> list[Point]:
    """An arc about (x, y), in degrees clockwise from the right."""
    angles = [math.radians(start + (end - start) * step / 12) for step in range(13)]
    return [(x + width / 2 * math.cos(angle), y + height / 2 * math.sin(angle)) for angle in angles]


DIGITS: dict[int, list[Stroke]] = {
    0: [arc(0.5, 0.5, 0.42, 0.64, -90, 270)],
    1: [[(0.54, 0.16), (0.47, 0.84)]],
    2: [[*arc(0.5, 0.34, 0.4, 0.34, -170, 40), (0.3, 0.8), (0.74, 0.79)]],
    3: [[*arc(0.48, 0.34, 0.4, 0.32, -150, 90), *arc(0.48, 0.66, 0.44, 0.34, -90, 150)]],
    4: [[(0.36, 0.18), (0.28, 0.52), (0.72, 0.5)], [(0.66, 0.2), (0.6, 0.84)]],
    5: [[(0.68, 0.18), (0.38, 0.18), (0.35, 0.46), *arc(0.47, 0.63, 0.42, 0.4, -100, 150)]],
    6: [[(0.6, 0.15), (0.44, 0.36), *arc(0.5, 0.66, 0.34, 0.34, -180, 180)]],
    7: [[(0.27, 0.2), (0.71, 0.2), (0.58, 0.5), (0.46, 0.84)]],
    8: [[*arc(0.5, 0.34, 0.3, 0.3, 90, -270), *arc(0.5, 0.66, 0.36, 0.34, -90, 270)]],
    9: [[*arc(0.48, 0.36, 0.32, 0.32, 0, -360), (0.64, 0.36), (0.6, 0.84)]],
}


def along(stroke: Stroke, spacing: float = 0.08) -> list[Point]:
    """The stroke's points with others between them, none further apart than the spacing."""
    points = [stroke[0]]
    for (x0, y0), (x1, y1) in pairwise(stroke):
        count = math.ceil(math.hypot(x1 - x0, y1 - y0) / spacing)
        points += [
            (x0 + (x1 - x0) * step / count, y0 + (y1 - y0) * step / count) for step in range(1, count + 1)
        ]
    return points


def paper_of(place: Page | Locator) -> Locator:
    """The paper of the only pad in a page, or in a part of one."""
    return place.locator(".paper")


def on_screen(place: Page | Locator) -> Callable[[Point], Point]:
    """Where the points of a pad's paper are in the window."""
    paper = paper_of(place)
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    return lambda point: (box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"])


def draw(page: Page, strokes: Sequence[Stroke], place: Locator | None = None) -> None:
    """Draw by mouse on the page's only pad, or on the pad of a part of the page."""
    window = on_screen(place or page)
    for stroke in strokes:
        page.mouse.move(*window(stroke[0]))
        page.mouse.down()
        for point in along(stroke)[1:]:
            page.mouse.move(*window(point))
        page.mouse.up()


def touch(page: Page, strokes: Sequence[Stroke], place: Locator | None = None) -> None:
    """Draw with a finger on the page's only pad, or on the pad of a part of the page."""
    window = on_screen(place or page)
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: Point) -> None:
        places = [dict(zip("xy", window(point), strict=True)) for point in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    for stroke in strokes:
        send("touchStart", stroke[0])
        for point in along(stroke)[1:]:
            send("touchMove", point)
        send("touchEnd")
    session.detach()


def tool(page: Page, name: str) -> None:
    """Press a button of the page's only pad: undo, eraser, clear or surprise."""
    page.locator(f"button[name={name}]").click()
