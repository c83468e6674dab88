import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dlviz.ui import components
from dlviz.ui.components import palette
from dlviz.ui.components.scripts import SCRIPTS_ROUTE, VERSION


def page() -> None:
    import numpy as np

    from dlviz.ui.components.tiles import Group, tiles

    tiles("tiles", [Group("Title", "", np.zeros((1, 2, 2)), "ink", "nothing")])


@pytest.fixture(scope="module")
def address() -> str:
    """Where a component's script lies, as the browser is told with every redraw."""
    (component,) = AppTest.from_function(page).run().get("bidi_component")
    assert len(component.proto.js_content) < 300
    (found,) = re.findall(r'new URL\("(.*)", document\.baseURI\)', component.proto.js_content)
    return found


def test_no_component_takes_input_until_its_script_runs() -> None:
    markup = [file.read_text(encoding="utf-8") for file in components.HERE.glob("*/*.html")]
    assert [text for text in markup if not text.startswith('<div inert class="dlviz')] == []
    (component,) = AppTest.from_function(page).run().get("bidi_component")
    assert component.proto.html_content.startswith('<div inert class="dlviz tiles"')
    ready = component.proto.js_content.index(".inert = false")
    assert component.proto.js_content.index("await (await import(script))") < ready


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return TestClient(Starlette(routes=[SCRIPTS_ROUTE]))


@pytest.mark.parametrize("base", ["/", "/some/where/"])
def test_a_script_comes_as_a_file_that_may_be_kept_for_ever(
    browser: TestClient, address: str, base: str
) -> None:
    answer = browser.get(base + address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tiles.js",
        "tiles/tiles.js",
        f"{VERSION}/tiles/tiles.css",
        f"{VERSION}/__init__.py",
        f"{VERSION}/../__init__.py",
        f"{VERSION}/%2e%2e/components/tiles/tiles.js",
        f"{VERSION}//etc/passwd",
    ],
)
def test_nothing_else_has_an_address(browser: TestClient, path: str) -> None:
    assert browser.get(f"/component-scripts/{path}").status_code == 404


def test_scripts_import_each_other_by_their_place(browser: TestClient, address: str) -> None:
    shared = address.replace("/tiles/tiles.js", "/shared/mount.js")
    assert "export function mount(" in browser.get(f"/{shared}").text
    assert browser.get(f"/{address.replace(VERSION, 'of-another-server')}").status_code == 404


def test_the_browser_has_the_very_colours_of_the_figures() -> None:
    # If not: python -m dlviz.ui.components.palette
    assert palette.FILE.read_text(encoding="utf-8") == palette.palette_script()
