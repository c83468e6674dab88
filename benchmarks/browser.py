"""Debian's Chromium without a window, and a new learner's page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DESKTOP, FLAGS

PATIENCE = 120_000  # milliseconds: slow is a result too


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser.

    Raises: RuntimeError if there is none on this machine.
    """
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("there is no Chromium: install Debian's package chromium")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=path, args=FLAGS) as browser:
        yield browser


@contextmanager
def new_page(browser: Browser, *, bypass_csp: bool = False) -> Iterator[Page]:
    """A page of somebody who has never been here: nothing is cached.

    Args:
        bypass_csp: put the page's security policy out of force.
    """
    with browser.new_context(viewport=DESKTOP, bypass_csp=bypass_csp) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
