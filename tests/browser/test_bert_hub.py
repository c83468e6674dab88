"""A model from the hub in a real browser; the hub is one of this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import encoder_folders, hub_server
from tests.browser.conftest import ROOT, Visit, serving


@pytest.fixture(scope="module")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("hub")
    (root / "own" / "small").mkdir(parents=True)
    encoder_folders.bert(root / "own" / "small")
    with hub_server.serving(root) as (endpoint, _), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", endpoint)
        patch.setenv("HF_HUB_CACHE", str(root / "cache"))
        with serving(ROOT / "app.py") as address:
            yield address


def test_a_models_id_of_a_link_is_loaded_on_a_click_and_its_heads_are_drawn(visit: Visit) -> None:
    page = visit("/bert?model=own/small&text=the+cat+sat")
    heading = page.locator(".heads .small .title")
    expect(heading).to_have_text("All 6 layers × 12 heads: click one")
    expect(page.get_by_text("The link was made with own/small.")).to_be_visible()
    page.get_by_role("button", name="Another model").click()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("Loaded.")).to_be_visible()
    expect(heading).to_have_text("All 2 layers × 2 heads: click one")
    expect(page.get_by_text("The link was made with")).to_have_count(0)


def test_an_id_that_the_hub_does_not_have_is_a_sentence(visit: Visit) -> None:
    page = visit("/bert?model=own/nothing")
    page.get_by_role("button", name="Another model").click()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("The hub has no model of this id that everybody may read.")).to_be_visible()
    expect(page.locator(".heads .words")).to_contain_text("[CLS]")
