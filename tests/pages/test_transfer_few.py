"""The view A few examples of the Transfer learning lab."""

import pytest

from tests.pages.conftest import Open


@pytest.mark.parametrize("view", ["few", "own", "changed"])
def test_each_view_opens(opened: Open, runs: object, view: str) -> None:
    page = opened("transfer", view=view)
    assert page.segmented_control(key="transfer.view").value == view
