"""Every page before axe-core, which looks for what shuts people out, in light, dark and forced colours."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from dlviz.ui.labs import LABS
from tests.browser.conftest import Visit, settled

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
# Streamlit's own frame around every page, which puts the side bar's sections into its list of pages.
FRAME = ["[data-testid=stToolbar]", "[data-testid=stSidebarCollapseButton]", "[data-testid=stSidebarNavItems]"]
FINDINGS = """async (frame) => {
  const { violations } = await axe.run({ exclude: frame }, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""
# A test digit where a lab begins with an empty paper.
OPENED = {"cnn": "/cnn?sample=0"}
PATHS = ["/", *(OPENED.get(lab.name, f"/{lab.name}") for lab in LABS)]


def findings(page: Page, scheme: Literal["light", "dark"], forced: Literal["active", "none"]) -> list[str]:
    """What axe-core calls serious or critical on the page in these colours."""
    page.emulate_media(color_scheme=scheme, forced_colors=forced)
    return settled(page).evaluate(FINDINGS, FRAME)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shuts_nobody_out(visit: Visit, path: str) -> None:
    page = visit(path)
    page.evaluate(AXE)
    found = {
        (scheme, forced): findings(page, scheme, forced)
        for scheme, forced in (("light", "none"), ("dark", "none"), ("light", "active"))
    }
    assert {colours: sentences for colours, sentences in found.items() if sentences} == {}
