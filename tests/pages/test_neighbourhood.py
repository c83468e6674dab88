"""The view A neighbourhood of the lab Loss landscape, on its page."""

from dlviz.training.runs.journal import Journal
from dlviz.training.runs.service import Service
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

FLAT = {"kind": "surface", "axes": [[at / 16 - 1 for at in range(33)]] * 2, "shares": None, "checkpoints": []}


def test_both_pictures_are_handed_in_drawn_and_stopped(
    opened: Open, runs: Service, launcher: Launcher
) -> None:
    page = opened("landscape", view="near")
    assert any("after 25 places" in each.value for each in page.info)
    page.button(key="landscape.near.pictures.measure").click().run()
    handed = [status.run for status in runs.surfaces(MINE)]
    assert len(handed) == 2
    assert page.button(key="landscape.near.pictures.measure").disabled
    until(lambda: {*handed} == {*launcher.jobs})
    for run in handed:
        with Journal(runs.store.folder(run)) as journal:
            journal.write(FLAT)
            for place in range(25):
                row, column = divmod(place, 5)
                journal.write({"kind": "loss", "row": 8 * row, "column": 8 * column, "loss": 1.0 + place})
    page.run()
    assert len(page.get("plotly_chart")) == 2
    assert sum("5 × 5 places" in each.value for each in page.markdown) == 2
    page.button(key="landscape.near.pictures.stop").click().run()
    assert all({"do": "stop"} in job.told for job in launcher.jobs.values())


def test_a_run_that_is_gone_and_a_link_with_nonsense_are_told(opened: Open, runs: Service) -> None:
    page = opened("landscape", view="near", around="0" * 20, beside="<script>", draw="1e9")
    assert any("no run of that name" in each.value for each in page.error)
    assert any("beside, draw" in each.value for each in page.info)
    assert not page.get("plotly_chart")
    page.selectbox(key="landscape.around").select("cnn").run()
    assert not page.error
    assert not runs.surfaces(MINE)
