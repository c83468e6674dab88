import json

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.figures import theme


def page() -> None:
    import numpy as np

    from dlviz.ui.components.tiles import Group, tiles

    tiles("tiles", [Group("Title", "", np.zeros((1, 2, 2)), "ink", "nothing")])


@pytest.fixture(scope="module")
def script() -> list[str]:
    """The script of a component, as the browser gets it."""
    (component,) = AppTest.from_function(page).run().get("bidi_component")
    return component.proto.js_content.splitlines()


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


def test_comments_and_indentation_do_not_travel(script: list[str]) -> None:
    assert not [line for line in script if not line or line.startswith(("//", " "))]
