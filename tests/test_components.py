import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dlviz.figures import theme
from dlviz.ui.components.scripts import SCRIPTS_ROUTE


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


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return TestClient(Starlette(routes=[SCRIPTS_ROUTE]))


@pytest.fixture(scope="module")
def script(browser: TestClient, address: str) -> list[str]:
    """The script of a component, as the browser gets it."""
    return browser.get(f"/{address}").text.splitlines()


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
        "0000000000000000/tiles.js",
        "../__init__.py",
        "%2e%2e/__init__.py",
        "tiles/tiles.py",
        "/etc/passwd",
    ],
)
def test_nothing_else_has_an_address(browser: TestClient, path: str) -> None:
    assert browser.get(f"/component-scripts/{path}").status_code == 404


def test_a_components_script_follows_the_palette_and_the_shared_files(script: list[str]) -> None:
    names = [
        "const PALETTE",
        "function unpack(",
        "function colourOf(",
        "function sharpContext(",
        "export default",
    ]
    lines = [next(index for index, line in enumerate(script) if line.startswith(name)) for name in names]
    assert lines == sorted(lines)
    assert lines[0] == 0


def test_the_browser_has_the_very_colours_of_the_figures(script: list[str]) -> None:
    palette = json.loads(script[0].removeprefix("const PALETTE = ").removesuffix(";"))
    assert palette["accent"] == theme.ACCENT
    assert palette["classes"] == theme.CLASSES
    scales = {name: [tuple(stop) for stop in stops] for name, stops in palette["scales"].items()}
    assert scales == {name: theme.plotly_scale(name) for name in theme.TABLES}
