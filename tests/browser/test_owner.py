"""A learner's token through the real server, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dlviz.training.runs.owner import COOKIE
from tests.browser.conftest import Visit, serving, settled, told


@pytest.fixture(scope="module")
def app(browser: Browser) -> Iterator[str]:
    with serving(Path(__file__).parent / "owner_app.py") as address:
        yield address


def test_the_first_visit_has_a_token_and_a_refresh_keeps_it(visit: Visit) -> None:
    page = visit()
    first = told(page)
    assert first["brought"] == "True"
    page.get_by_role("button", name="Again").click()
    assert told(page) == first
    page.reload()
    assert told(page) == first
    other = page.context.new_page()
    other.goto(page.url)
    assert told(other) == first
    # No script reads it.
    assert COOKIE not in page.evaluate("document.cookie")


def test_a_link_from_elsewhere_keeps_the_owner_and_gives_nobody_his_token(app: str, visit: Visit) -> None:
    page = visit()
    mine = told(page)["token"]
    page.goto("about:blank")
    page.set_content(f'<a href="{app}/">my run</a>')
    page.get_by_role("link").click()
    page.wait_for_url(f"{app}/")
    assert told(settled(page))["token"] == mine
    assert told(visit())["token"] != mine
