"""The view What changed of the Transfer learning lab."""

from dataclasses import replace

from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import TRANSFERS, configure
from dlviz.training.runs.service import Service
from tests.pages.conftest import Open
from tests.real_runs import trained
from tests.training_runs.idle import MINE


def short(way: str) -> TrainingConfig:
    """A run as the view's own, of one epoch: what is asserted here does not depend on how far it came."""
    return replace(configure(TRANSFERS["digits"], way, 1), epochs=1)


def test_whoever_has_no_tuned_network_trains_one_and_its_twin_here(opened: Open, runs: Service) -> None:
    page = opened("transfer", view="changed")
    page.button(key="transfer.changed.train").click().run()
    found = {status.run: status.name for status in runs.runs(MINE)}
    assert sorted(name.split(" · ")[0] for name in found.values()) == [
        "Fine-tuned",
        "Frozen before the new head",
    ]
    assert found[page.session_state["transfer.run"]].startswith("Fine-tuned")
    assert any("0 of 2 runs have ended" in bar.proto.text for bar in page.get("progress"))
    page.button(key="transfer.changed.train").click().run()
    assert len(runs.runs(MINE)) == 2  # they are on their way already


def test_a_network_and_its_twin_are_compared_with_what_they_were(opened: Open, runs: Service) -> None:
    trained(runs.store, short("frozen"), MINE)
    run = trained(runs.store, short("tuned"), MINE)
    # Nothing answers before anyone has predicted.
    page = opened("transfer", view="changed")
    assert not page.table
    assert page.selectbox(key="transfer.run").value == ""
    page.selectbox(key="transfer.run").set_value(run).run()
    assert not page.error
    assert page.table[0].value["Network"].tolist() == ["Fine-tuned", "Frozen"]
    before, after = page.table[0].value.iloc[1, 1:3]
    assert before == after
    page.button(key="transfer.changed.draws.train").click().run()
    assert len(runs.runs(MINE)) == 10  # five draws, both ways
    assert not [each for each in page.button if each.key == "transfer.changed.draws.train"]
    assert any("other draws are learning" in each.value for each in page.caption)
    page.session_state["transfer.code"] = page.session_state["transfer.predict"] = True
    page.run()
    assert page.radio(key="transfer.question.twin").options == ["None", "A few", "Most"]
    assert len(page.code) == 3


def test_a_network_without_a_twin_gets_one(opened: Open, runs: Service) -> None:
    run = trained(runs.store, short("tuned"), MINE)
    page = opened("transfer", view="changed", run=run)
    page.button(key="transfer.changed.twin").click().run()
    assert len(runs.runs(MINE)) == 2
    assert not [each for each in page.button if each.key == "transfer.changed.twin"]


def test_a_link_to_no_tuned_network_is_told(opened: Open, runs: Service) -> None:
    page = opened("transfer", view="changed", run="0" * 20)
    assert len(page.error) == 1
