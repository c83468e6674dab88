"""What all labs that open a run's weights have to refuse, each in one sentence."""

from streamlit.testing.v1 import AppTest

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.service import Service
from dlviz.training.state import State
from tests.pages.conftest import Open
from tests.real_runs import cut, trained
from tests.training_runs.idle import MINE

OTHER = TrainingConfig(model="MLP", samples=32, batch_size=32, epochs=1, sizes={"hidden_size": 2})


def of_run(opened: Open, lab: str, run: str, **fields: object) -> AppTest:
    """A lab, opened by the link of the Training lab."""
    return opened(lab, run=run, weights="run", **{name: str(value) for name, value in fields.items()})


def newest(runs: Service, run: str) -> State:
    """The run's last checkpoint."""
    folder = runs.store.folder(run)
    return State.load(checkpoints.path(folder, max(runs.store.checkpoints(run))))


def refusals(
    opened: Open, runs: Service, lab: str, config: TrainingConfig, **fields: object
) -> dict[str, str]:
    """What the lab says of runs that it cannot show; each time the lab's own weights stay choosable."""
    waiting = runs.store.create(config.to_json(), "nobody", "")
    damaged = trained(runs.store, config, MINE)
    step = max(runs.store.checkpoints(damaged))
    cut(runs.store, damaged, step)
    deleted = trained(runs.store, config, MINE)
    runs.store.delete(deleted)
    other = trained(runs.store, OTHER, MINE)
    named = {
        "none": "",
        "unknown": "0" * 20,
        "waiting": waiting,
        "damaged": damaged,
        "deleted": deleted,
        "other": other,
    }
    said = {}
    for name, run in named.items():
        app = of_run(opened, lab, run, **fields)
        (said[name],) = [error.value for error in app.error]
        choice = next(each for each in app.segmented_control if each.label == "Weights")
        choice.set_value("trained").run()
        assert not app.error, name
    return said


REFUSED = {
    "none": "This link names no run: choose other weights.",
    "unknown": "There is no run of that name here: the link is incomplete, or it was deleted.",
    "waiting": "This run has no weights yet: its turn has not come.",
    "deleted": "There is no run of that name here: the link is incomplete, or it was deleted.",
    "other": "This run’s network is MLP, which this lab cannot show.",
}
