"""The bar of what comes over the network is drawn by the page's own thread."""

import threading
import time
from typing import Any, cast

import pytest

from dlviz.encoders import NoEncoder
from dlviz.ui import fetching


class Bar:
    """Remembers what it was told, and by whom."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.threads: set[threading.Thread] = set()

    def progress(self, share: float, text: str) -> None:
        assert text == "Loading …"
        self.shares.append(share)
        self.threads.add(threading.current_thread())


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(fetching, "PERIOD", 0.01)
    return Bar()


def test_the_bar_grows_to_the_end_in_the_pages_own_thread(bar: Any) -> None:
    def load(progress: Any) -> threading.Thread:
        for share in (0.25, 0.5, 1.0):
            progress(share)
            time.sleep(0.05)
        return threading.current_thread()

    worker = fetching.fetch(load, cast(Any, bar), "Loading …")
    assert worker is not threading.current_thread()
    assert bar.threads == {threading.current_thread()}
    assert bar.shares == sorted(bar.shares)
    assert bar.shares[-1] == 1.0
    assert {0.25, 0.5} <= set(bar.shares)


def test_what_is_wrong_comes_through(bar: Any) -> None:
    def load(progress: Any) -> None:
        raise NoEncoder("No.")

    with pytest.raises(NoEncoder, match=r"No\."):
        fetching.fetch(load, bar, "Loading …")
