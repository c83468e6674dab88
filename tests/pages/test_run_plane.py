"""The page of the lab Loss landscape, view A run's plane."""

import re
import runpy
import sys
from pathlib import Path

import pytest

from dlviz import weights
from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import Network, SurfaceConfig, measure_surface, read_surface
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.service import Service
from dlviz.training.state import Progress, State
from dlviz.ui.labs.landscape.run_plane import questions
from dlviz.ui.labs.landscape.run_plane.measuring import configure_surface
from dlviz.ui.labs.landscape.run_plane.runs import look_at
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE

STEPS = (0, 3, 8)
TINY = TrainingConfig(model="MLP", sizes={"hidden_size": 2})
END = {"kind": "end", "reason": "done", "step": 8, "sentence": "All epochs are done."}


def keep(runs: Service, config: TrainingConfig = TINY, steps: tuple[int, ...] = STEPS) -> str:
    """Keep a run of MINE that has ended, with random weights as its checkpoints."""
    run = runs.store.create(config.to_json(), hashed(MINE), "")
    folder = runs.store.folder(run)
    (folder / checkpoints.FOLDER).mkdir()
    with Journal(folder) as journal:
        journal.write({"kind": "start", "network": "MLP", "classes": list("0123456789")})
        for step in steps:
            arguments: dict[str, object] = {"input_size": 784, "hidden_size": 2, "num_classes": 10}
            model = weights.build("MLP", arguments, step)
            state = State(config, "MLP", arguments, {}, Progress(step), model.state_dict(), {}, {}, {})
            state.save(checkpoints.path(folder, step))
            journal.write({"kind": "checkpoint", "step": step, "epoch": 0})
        journal.write(END)
    return run


def measure(runs: Service, run: str) -> SurfaceConfig:
    """Write what a worker that was stopped would have told of a run's plane."""
    member = look_at(run)
    assert member is not None
    config = configure_surface([member])
    axis = [*range(config.sides[-1])]
    stands = [{"network": 0, "step": step, "place": [step, 1.0]} for step in STEPS]
    every = axis[:: (len(axis) - 1) // (config.sides[0] - 1)]
    with Journal(runs.store.folder(runs.store.create(config.to_json(), hashed(MINE), config.name))) as told:
        told.write({"kind": "surface", "axes": [axis, axis], "shares": [0.75, 0.2], "checkpoints": stands})
        told.write(*({"kind": "loss", "row": r, "column": c, "loss": 1.0 + r} for r in every for c in every))
        told.write(*({"kind": "stem", "network": 0, "step": s, "loss": 2.0, "shadow": 1.0} for s in STEPS))
        told.write({**END, "reason": "stopped"})
    return config


def test_three_runs_are_handed_in_once_and_chosen(opened: Open, runs: Service) -> None:
    page = opened("landscape", view="plane")
    page.button(key="landscape.plane.train").click().run()
    chosen = page.multiselect(key="landscape.runs").value
    assert len(chosen) == 3
    page.button(key="landscape.plane.train").click().run()
    assert sorted(each.run for each in runs.runs(MINE)) == sorted(chosen)
    assert not any(each.label == "Measure the plane" for each in page.button)


def test_a_plane_is_asked_for_once_and_drawn_as_far_as_it_is_measured(opened: Open, runs: Service) -> None:
    run = keep(runs)
    page = opened("landscape", view="plane", runs=run)
    page.button(key="landscape.plane.measure").click().run()
    (asked,) = runs.surfaces(MINE)
    assert not any(each.label == "Measure the plane" for each in page.button)
    runs.stop(asked.run, MINE)
    config = measure(runs, run)
    assert asked.name == config.name
    page = opened("landscape", view="plane", runs=run, guess_share="all")  # of an older link
    told = [each.value for each in page.markdown]
    assert any("**75.0 %** lies along" in each for each in told)
    assert any("a factor of 2" in each for each in told)
    assert len(page.get("plotly_chart")) == 2


def test_the_script_lays_the_same_plane(
    runs: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network = Network(keep(runs), STEPS)
    (tmp_path / questions.NAME).write_text(questions.SCRIPT)
    for name, content in questions.script_files([network]).items():
        (tmp_path / name).write_bytes(content())
    monkeypatch.setattr(sys, "argv", ["run_plane.py", str(tmp_path / questions.FILE)])
    runpy.run_path(str(tmp_path / questions.NAME))
    config = SurfaceConfig("principal", (network,), examples=8, sides=(2,))
    surface = read_surface(config, list(measure_surface(config, runs.store.root)))
    assert surface is not None
    first, second = surface.shares or (0, 0)
    expected = [f"share of the variance: {first:.4f} along the first axis, {second:.4f} along the second"]
    printed = capsys.readouterr().out.splitlines()
    assert printed[:1] == expected
    numbers = [float(each) for line in printed[1:] for each in re.findall(r"-?\d+\.\d{4}", line)]
    places = [value for stem in surface.stems for value in stem.place]
    assert numbers == pytest.approx(places, abs=2e-3)


def test_runs_of_other_networks_and_runs_that_are_gone_are_told(opened: Open, runs: Service) -> None:
    run, other, single = keep(runs), keep(runs, TrainingConfig(model="MLP")), keep(runs, steps=(0,))
    page = opened("landscape", view="plane", runs=f"{run}-{other}")
    assert any("share no plane" in each.value for each in page.info)
    page = opened("landscape", view="plane", runs=single)
    assert any("only 1 checkpoint" in each.value for each in page.info)
    runs.delete(run, MINE)
    page = opened("landscape", view="plane", runs=run)
    assert any("1 run of this link was deleted" in each.value for each in page.warning)
    page = opened("landscape", view="plane", runs="../../etc/passwd")
    assert any("not understood" in each.value for each in page.info)


def test_the_time_machine_leads_to_a_runs_plane(opened: Open, runs: Service) -> None:
    page = opened("training", view="machine", run=keep(runs))
    links = page.get("page_link")
    assert any("landscape" in str(each.proto) and "plane" in str(each.proto) for each in links)
