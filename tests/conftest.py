"""What all tests share."""

from collections.abc import Iterator
from functools import cache

import pytest
import torch
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dlviz.data import mnist
from dlviz.training.tasks import preparation

pytest_plugins = ["tests.postgres"]

# Seconds that a page may take: a busy machine is slow, and only a page that hangs shall fail.
PATIENCE = 300
SLOW = ("pages", "browser")  # folders of this one, the slower the later


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast tests first: functions, then pages, then the browser."""
    items.sort(key=lambda item: SLOW.index(name) + 1 if (name := item.path.parent.name) in SLOW else 0)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """As in the server: on two cores, PyTorch's own threads beside others' only wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _packages_are_searched_once() -> Iterator[None]:
    """Each AppTest searches all installed packages for components: half of the time of a test of a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture(autouse=True, scope="session")
def _pages_have_time() -> Iterator[None]:
    """Three seconds by default, which are over on a busy machine before a page's imports are."""
    with pytest.MonkeyPatch.context() as patch:
        for opens in (AppTest.from_function, AppTest.from_file, AppTest.from_string):
            defaults = opens.__func__.__kwdefaults__
            assert defaults
            patch.setitem(defaults, "default_timeout", PATIENCE)
        yield


@pytest.fixture
def few_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured on 300 digits, not on 5,000."""
    monkeypatch.setattr(preparation, "HELD_OUT", 300)
    images, labels = mnist.digits("test")
    train_split = mnist.digits("train")
    splits = {"train": train_split, "test": (images[:300], labels[:300])}
    monkeypatch.setattr(preparation.mnist, "digits", splits.__getitem__)
