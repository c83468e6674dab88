"""Every page for everyone: before axe-core in light, dark and forced colours, and in narrow windows."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from dlviz.ui.labs import LABS
from tests.browser.conftest import Visit, overflow, settled

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
# Streamlit's own frame around every page, which puts the side bar's sections into its list of pages.
FRAME = [
    "[data-testid=stToolbar]",
    "[data-testid=stSidebarCollapseButton]",
    "[data-testid=stSidebarNavItems]",
]
# All that other colours change; structure and names stay.
COLOURS = ["color-contrast", "link-in-text-block"]
FINDINGS = """async ([frame, rules]) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run({ exclude: frame }, { resultTypes: ["violations"], ...only });
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const shown = ({ html }) => html.slice(0, 200);
  return bad.map(({ id, help, nodes }) => [id, help, ...nodes.map(shown)].join("; "));
}"""
# A test digit where a lab begins with an empty paper.
OPENED = {"mlp": "/mlp?sample=0", "cnn": "/cnn?sample=0"}
# The narrowest window that a page must fit, and a classroom's laptop at 200 %.
NARROW = [(320, 640), (683, 384)]
# Views that show much that the lab's first one does not.
VIEWS = ["/transfer?view=own", "/race?shipped=on&examples=100", "/class"]
PATHS = ["/", *(OPENED.get(lab.name, f"/{lab.name}") for lab in LABS), *VIEWS]


def findings(
    page: Page, scheme: Literal["light", "dark"], forced: Literal["active", "none"], *rules: str
) -> list[str]:
    """Faults that axe-core calls serious or critical on the page in these colours, by all rules or some."""
    page.emulate_media(color_scheme=scheme, forced_colors=forced)
    return settled(page).evaluate(FINDINGS, [FRAME, rules])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shuts_nobody_out(visit: Visit, path: str) -> None:
    page = visit(path)
    assert page.get_by_test_id("stException").count() == 0
    page.evaluate(AXE)
    found = {
        "light": findings(page, "light", "none"),
        "dark": findings(page, "dark", "none", *COLOURS),
        "forced": findings(page, "light", "active", *COLOURS),
    }
    page.emulate_media(color_scheme="light", forced_colors="none")
    for width, height in NARROW:
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0
    assert {colours: sentences for colours, sentences in found.items() if sentences} == {}


def test_the_keyboard_is_ringed_and_a_charts_axes_can_be_read(visit: Visit) -> None:
    page = visit("/cnn?sample=0&panel=off&select=conv_layers.8:3:0:0")
    link = page.get_by_test_id("stSidebarNavLink").first
    page.keyboard.press("Tab")
    link.focus()
    ring = "(link) => [getComputedStyle(link).outlineWidth, getComputedStyle(link).outlineColor]"
    assert link.evaluate(ring) == ["3px", "rgb(18, 96, 159)"]
    axis = page.locator(".ytick text").first
    assert axis.evaluate("(text) => getComputedStyle(text).fill") == "rgb(86, 95, 106)"
