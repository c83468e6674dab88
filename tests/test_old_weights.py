"""Files of weights that an earlier version wrote or took in are recognised and give the same answers.

`tests/fixtures/weights.json` says of each file what that version made of it. Those of a run name their
network and what its answers mean; of the others a learner has told what no shape can.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz import weights
from dlviz.training.exchange.exports import weights_file
from dlviz.training.exchange.imports import FileAnswers, fitting, open_weights
from dlviz.training.exchange.uploaded import read
from dlviz.training.runs.store import Store
from dlviz.training.state import State
from tests import old_runs

FIXTURES = Path(__file__).parent / "fixtures"
THEN: dict[str, dict[str, Any]] = json.loads((FIXTURES / "weights.json").read_text(encoding="utf-8"))
# File that was taken away -> the run that it comes from.
OF_RUNS = {
    "taken_away_words": "Own table",
    "taken_away_transformer": "Interrupted",
    "taken_away_letters": "Letters",
    "taken_away_mlp": "Finished",
}
# Task that a file of plain weights was opened for -> the one that has taken its place.
LEARNED_NOW = {"sentiment": "reviews"}


@pytest.mark.parametrize("name", THEN)
def test_a_file_is_recognised_and_its_network_answers_as_it_did(name: str) -> None:
    then, content = THEN[name], read((FIXTURES / "weights" / name).read_bytes())
    assert fitting(content) == then["fitting"]
    # A file that says what it is needs no word of the learner's.
    told = FileAnswers() if then["itself"] else FileAnswers(then["fitting"], **then["told"])
    given = open_weights(content, told)
    assert (given.weights.class_name, given.weights.arguments) == (then["network"], then["arguments"])
    task = then["task"] if then["itself"] else LEARNED_NOW.get(then["task"], then["task"])
    assert (given.model, given.task, given.facts) == (then["model"], task, then["facts"])
    assert given.itself == then["itself"]
    found = old_runs.answer(weights.fit(given.weights))
    np.testing.assert_allclose(found, then["answer"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OF_RUNS)
def test_a_file_of_a_run_opens_by_its_name_alone(name: str) -> None:
    found = old_runs.answer(weights.load(name, FIXTURES / "weights"))
    np.testing.assert_allclose(found, THEN[f"{name}.safetensors"]["answer"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OF_RUNS)
def test_the_same_run_gives_the_same_file_today(name: str, tmp_path: Path) -> None:
    old_runs.copy_into(tmp_path)
    files = Store(tmp_path).checkpoints(old_runs.IDS[OF_RUNS[name]])
    (tmp_path / "now.safetensors").write_bytes(weights_file(State.load(files[max(files)])))
    then, now = (
        weights.read(file)
        for file in (FIXTURES / "weights" / f"{name}.safetensors", tmp_path / "now.safetensors")
    )
    recipe, known = json.loads(now.facts.pop("recipe")), json.loads(then.facts.pop("recipe"))
    assert {key: recipe[key] for key in known} == known  # a later version may have more to choose
    assert (now.class_name, now.arguments, now.facts) == (then.class_name, then.arguments, then.facts)
    assert now.state.keys() == then.state.keys()
    assert all((now.state[key] == then.state[key]).all() for key in then.state)
