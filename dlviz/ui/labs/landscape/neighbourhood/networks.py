"""Networks of the view: those that come with the project, and those of the learner's runs."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.networks import NETWORKS
from dlviz.training.loss_surface import Network
from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.landscape.neighbourhood.state import SHIPPED, TITLES
from dlviz.ui.runs.live_run import watch
from dlviz.ui.server import owner_cookie

NO_EXAMPLES = "Weights brought in from a file do not say what they have learned from, so there is no loss."
NO_PICTURES = "This run’s network reads {}: the loss around it is measured for networks that read pictures."


class NoNetwork(ValueError):
    """A network that the view cannot show; the message is one sentence for the learner."""


@dataclass(frozen=True)
class Choice:
    """A network that can be measured.

    Args:
        title: of the learner's own words where it is a run's.
        network: of the project, or a run's newest checkpoint.
    """

    title: str
    network: Network


def find_runs() -> dict[str, str]:
    """Find this browser's runs whose networks can be measured, the newest first: run -> name."""
    found = {}
    for status in service.shared().runs(owner_cookie.token()):
        try:
            found[status.run] = look_at(status.run).title
        except NoNetwork:
            continue
    return found


def look_at(name: str) -> Choice:
    """Look at a network by its name in a link: a key of `SHIPPED`, or the id of a run.

    Raises: NoNetwork if it is gone, has no weights yet, or does not read pictures.
    """
    if name in SHIPPED:
        return Choice(TITLES[name], Network(SHIPPED[name]))
    run = watch(name)
    try:
        run.history()
        title = service.shared().store.meta(name).name
    except UnknownRun as unknown:
        raise NoNetwork(str(unknown)) from unknown
    if run.imported:
        raise NoNetwork(NO_EXAMPLES)
    if not run.checkpoints:
        raise NoNetwork("This run has no weights yet: its turn has not come.")
    spec = NETWORKS.get(str(run.start.get("network")))
    if spec is None or spec.reads != "pictures":
        raise NoNetwork(NO_PICTURES.format(spec.reads if spec else "something else"))
    return Choice(title or spec.class_name, Network(name, (run.checkpoints[-1],)))
