"""Pages as Streamlit runs them, without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"

Open = Callable[..., AppTest]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a page as a link does: `opened("cnn", sample="0")`, `opened()` for the start page.

    No page may have failed by the test's end.
    """
    apps = []

    def opened(lab: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION, default_timeout=30)
        apps.append(app)
        if lab:
            app.switch_page(f"{lab}.py")
        app.query_params.update(query)
        return app.run()

    yield opened
    assert [app.exception for app in apps if app.exception] == []
