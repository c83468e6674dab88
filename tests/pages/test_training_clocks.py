"""How often a page looks again at runs: until they have ended for good, for others may let them go on."""

from collections.abc import Callable

import pytest
import streamlit as st

from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.compare import live_comparison
from dlviz.ui.labs.training.time_machine import view
from dlviz.ui.runs import polling
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, save, start, tell
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

Clocks = dict[str, float | None]


class Anew(Exception):
    """All of the page is drawn anew."""


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """The name of a part of the page -> after how many seconds it is drawn again."""
    found: Clocks = {}

    def fragment(*, run_every: float | None = None, key: str = "") -> Callable:
        found[key.removeprefix("training.")] = run_every
        return lambda part: part

    monkeypatch.setattr(st, "fragment", fragment)
    return found


@pytest.mark.parametrize(
    ("reason", "compared", "film"),
    [
        ("", live_comparison.EVERY, view.EVERY),
        ("stopped", polling.RESTING, polling.RESTING),
        ("full", polling.RESTING, polling.RESTING),
        ("done", None, polling.RESTING),
    ],
)
def test_a_run_is_looked_at_again_as_long_as_anybody_can_let_it_go_on(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
    clocks: Clocks,
    reason: str,
    compared: float | None,
    film: float,
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2))
    if reason:
        launcher.jobs[run].end(reason)
        until(lambda: runs.status(run).state == "ended")
    opened("training", view="compare", way="own", compare=run)
    assert clocks.get("there") == (None if compared else polling.RESTING)  # one clock looks, never two
    opened("training", view="machine", run=run)
    assert (clocks["compare.live"], clocks["machine.more"]) == (compared, film)


def test_the_time_machine_is_drawn_anew_when_there_is_more_to_see(
    runs: Service, launcher: Launcher, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rerun(scope: str) -> None:
        raise Anew(scope)

    monkeypatch.setattr(st, "rerun", rerun)
    tell(runs, run, start(), save(runs, run, 0))
    view.rerun_if_changed(run, [0], True)
    for known, going_on in (([], True), ([0], False)):  # a checkpoint more; it goes on again
        with pytest.raises(Anew, match="app"):
            view.rerun_if_changed(run, known, going_on)
    launcher.jobs[run].end("stopped")
    until(lambda: runs.status(run).state == "ended")
    view.rerun_if_changed(run, [0], False)
    with pytest.raises(Anew):
        view.rerun_if_changed(run, [0], True)
    polling.rerun_if_deleted([run])
    runs.delete(run, MINE)
    for look in (lambda: view.rerun_if_changed(run, [0], False), lambda: polling.rerun_if_deleted([run])):
        with pytest.raises(Anew):
            look()


@pytest.mark.parametrize("panel", ["mistakes", "take"])
def test_that_a_run_was_deleted_elsewhere_is_noticed_and_said(
    opened: Open, runs: Service, launcher: Launcher, clocks: Clocks, panel: str
) -> None:
    run = runs.submit(SMALL, MINE)
    until(lambda: run in launcher.jobs)
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2))
    launcher.jobs[run].end("done")
    until(lambda: runs.status(run).state == "ended")
    app = opened("training", run=run, panel=panel)
    assert (clocks["live"], clocks["there"]) == (None, polling.RESTING)
    runs.delete(run, MINE)
    app.run()
    assert any("or it was deleted" in each.value for each in app.info)
    assert not app.get("download_button")


def test_a_run_that_was_gone_before_is_said_and_no_longer_looked_for(
    opened: Open, runs: Service, launcher: Launcher, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []
    monkeypatch.setattr(polling, "notice_deletion", lambda lab, *names: looked_for.extend(names))
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5))
    launcher.jobs[run].end("done")
    until(lambda: runs.status(run).state == "ended")
    app = opened("training", view="compare", way="own", compare=f"{run}-{'0' * 20}")
    assert looked_for == [run]
    assert any("There is no run of that name here" in each.value for each in app.info)
