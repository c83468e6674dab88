"""Runs and links of an earlier version, whose sentences a grammar wrote."""

import json

from dlviz.training.config import TrainingConfig
from dlviz.training.options import GONE
from dlviz.training.runs.service import Service
from tests.pages.conftest import Open
from tests.pages.run_weights import of_run
from tests.pages.test_text import text
from tests.pages.test_training import train
from tests.real_runs import trained
from tests.training_runs.idle import MINE

CONFIG = TrainingConfig(
    task="reviews",
    model="TextClassifier",
    sizes={"embed_dim": 4, "hidden_dim": 5},
    samples=64,
    batch_size=32,
    epochs=1,
)


def of_the_grammar(runs: Service) -> str:
    """A run as an earlier version has left it."""
    run = trained(runs.store, CONFIG, MINE)
    folder = runs.store.folder(run)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8")) | {"task": "sentiment"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return run


def test_a_run_opens_and_says_that_its_sentences_are_gone(opened: Open, runs: Service) -> None:
    run = of_the_grammar(runs)
    app = opened("training", run=run, panel="test")
    assert any(each.value == GONE["sentiment"] for each in app.caption)
    assert "Sentences of an earlier version’s grammar · TextClassifier" in text(app)
    assert opened("training", run=run, panel="mistakes").error[0].value == GONE["sentiment"]
    assert "The network says" in of_run(opened, "text", run, text="a lovely film").subheader[0].value


def test_a_link_opens_and_nothing_is_trained_from_it(opened: Open, runs: Service) -> None:
    app = opened("training", task="sentiment", model="TextClassifier", samples="24000")
    assert [each.value for each in app.info] == [GONE["sentiment"]]
    assert train(app).disabled
    app.selectbox(key="training.task").set_value("reviews").run()
    assert not train(app).disabled
    assert app.number_input(key="training.samples").value == 12_000
    assert "Sentences of an earlier version’s grammar" not in app.selectbox(key="training.task").options
