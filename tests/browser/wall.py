"""The wall of maps as a learner meets it: found by what is said of it, read by pointing at it."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from dlviz.figures.theme import ACCENT

# Moves over the wall until it names the wanted map, first along its middle to find the stage.
SEARCH = """(canvas, [stage, map]) => {
  const box = canvas.getBoundingClientRect();
  const tip = canvas.parentElement.querySelector(".tip");
  const at = (x, y) => {
    const [clientX, clientY] = [Math.round(box.left + x), Math.round(box.top + y)];
    canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
    const [value, words] = ["strong", "span"].map((name) => tip.querySelector(name).textContent);
    return tip.hidden ? [clientX, clientY, "", ""] : [clientX, clientY, value, words];
  };
  const across = Array.from({ length: box.width / 5 }, (_, i) => 5 * i);
  const within = across.filter((x) => at(x, box.height / 2 + 16)[3].startsWith(stage));
  for (let y = 2; y < box.height; y += 5) {
    for (const x of within) {
      if (!at(x, y)[3].startsWith(map)) continue;
      const inner = at(x + 6, y + 6);
      return inner[3].startsWith(map) ? inner : at(x, y);
    }
  }
}"""

# Of the stages that tests point at, the title on the wall.
TITLES = {
    "conv_layers.0": "conv 1",
    "conv_layers.1": "ReLU 1",
    "conv_layers.2": "pool 1",
    "conv_layers.3": "conv 2",
    "conv_layers.4": "ReLU 2",
    "conv_layers.5": "pool 2",
    "conv_layers.6": "conv 3",
    "conv_layers.7": "ReLU 3",
    "conv_layers.8": "pool 3",
}


@dataclass(frozen=True)
class Pointed:
    """What the wall says of a place in the window; `value` has three digits."""

    x: int
    y: int
    value: float
    channel: int
    row: int
    col: int

    @property
    def unit(self) -> tuple[int, int, int]:
        """The unit's place in its stage."""
        return self.channel, self.row, self.col


def wall_of(page: Page) -> Locator:
    """The canvas of the only wall."""
    return page.get_by_role("application", name=re.compile("the network", re.IGNORECASE))


def alternative(page: Page) -> str:
    """What the wall says that it shows now."""
    return wall_of(page).get_attribute("aria-label") or ""


def point_at(page: Page, stage: str, channel: int) -> Pointed:
    """A pixel well inside a map."""
    wall = wall_of(page)
    wall.scroll_into_view_if_needed()
    x, y, value, words = wall.evaluate(SEARCH, [TITLES[stage], f"{TITLES[stage]} · map {channel} "])
    row, col = map(int, re.findall(r"\d+", words.split("·")[-1]))
    return Pointed(x, y, float(value.replace("−", "-")), channel, row, col)


def click(page: Page, stage: str, channel: int) -> Pointed:
    """Click a pixel of a map with the mouse."""
    found = point_at(page, stage, channel)
    page.mouse.click(found.x, found.y)
    return found


WANTED = [int(ACCENT[i : i + 2], 16) for i in (1, 3, 5)]  # red, green and blue of a selection


def accented_columns(page: Page) -> list[int]:
    """Pixels in the colour of a selection, in each column of the wall's canvas."""
    return wall_of(page).evaluate(
        """(canvas, [r, g, b]) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          const columns = new Array(width).fill(0);
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] === r && data[at + 1] === g && data[at + 2] === b) columns[(at / 4) % width] += 1;
          }
          return columns;
        }""",
        WANTED,
    )


def outlined(page: Page, found: Pointed, around: int = 30) -> int:
    """How many pixels near a place have the colour of a selection."""
    return wall_of(page).evaluate(
        """(canvas, [x, y, around, [r, g, b]]) => {
          const { left, top } = canvas.getBoundingClientRect();
          const corner = [x - left - around, y - top - around];
          const { data } = canvas.getContext("2d").getImageData(...corner, 2 * around, 2 * around);
          const starts = Array.from({ length: data.length / 4 }, (_, i) => 4 * i);
          return starts.filter((i) => data[i] === r && data[i + 1] === g && data[i + 2] === b).length;
        }""",
        [found.x, found.y, around, WANTED],
    )
