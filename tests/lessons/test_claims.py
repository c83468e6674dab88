"""Claims of the lessons, each with a test that proves it.

Every task names its claims, and so does every word that is explained with a number or a comparison.
A claim `forgetting_hurts` of `assets/lessons/rnn.md` is proved by `test_forgetting_hurts` in
`tests/lessons/test_rnn.py`.
"""

import ast
import importlib
import re
from pathlib import Path

import pytest

from dlviz.paths import ROOT
from dlviz.ui import lesson

# A number that is no year, or a comparison: what says one can be measured.
MEASURED = re.compile(
    r"(?<![\w,.])(?!(?:19|20)\d\d\b)\d|\b(?:more|less|larger|smaller|better|worse|longer) than\b"
)
# Lab and beginning of each hint that says something measurable -> the test that proves it.
HINTS = {
    ("attention", "Each row sums to 1. "): "tests.lessons.test_attention.test_rows_sum_to_1",
    (
        "attention",
        "Softmax raises e to ",
    ): "tests.lessons.test_attention.test_without_the_division_the_softmax_saturates",
    ("block", "A unit that ReLU has"): "tests.test_theme.test_zero_is_white_on_every_scale",
    (
        "cnn",
        "Point at the maps of",
    ): "tests.test_cnn_lab.test_the_question_on_the_tip_has_more_than_one_answer",
    ("gradients", "σ(1) is 0.73, σ(4) i"): "tests.lessons.test_gradients.test_the_cell_alone_keeps_little",
    ("mlp", "A faded unit passes "): "tests.lessons.test_mlp.test_faded_units_add_nothing",
    ("mlp", "Each unit has a weig"): "tests.lessons.test_mlp.test_parameters_are_counted",
    ("race", "How often is each we"): "tests.lessons.test_race.test_transformer_multiplies_most",
    ("rnn", "Hold the forget gate"): "tests.lessons.test_rnn.test_forgetting_hurts",
    ("rnn", "Open means near 1, d"): "tests.lessons.test_rnn.test_gates_lie_between_0_and_1",
    ("training", "A fresh network does"): "tests.lessons.test_training.test_a_guess_costs_2_3",
}
LESSONS = sorted(file.stem for file in lesson.LESSONS.glob("*.md"))


def claims(line: str) -> list[str]:
    """Names of the claims of a line of a lesson."""
    return [name for names in lesson.CLAIM.findall(line) for name in names.split()]


@pytest.mark.parametrize("lab", LESSONS)
def test_every_claim_has_a_test_and_every_test_a_claim(lab: str) -> None:
    lines = (lesson.LESSONS / f"{lab}.md").read_text(encoding="utf-8").splitlines()
    named = {name for line in lines for name in claims(line)}
    proofs = vars(importlib.import_module(f"tests.lessons.test_{lab}"))
    assert named == {name.removeprefix("test_") for name in proofs if name.startswith("test_")}


@pytest.mark.parametrize("lab", LESSONS)
def test_every_task_names_what_it_claims(lab: str) -> None:
    lines = (lesson.LESSONS / f"{lab}.md").read_text(encoding="utf-8").splitlines()
    tasks = [line for line in lines if line[:1].isdigit()]
    assert tasks
    assert not [line for line in tasks if not claims(line)]


@pytest.mark.parametrize("lab", LESSONS)
def test_every_measurable_word_names_what_it_claims(lab: str) -> None:
    _, words = (lesson.LESSONS / f"{lab}.md").read_text(encoding="utf-8").split("\n## Words\n")
    assert not [line for line in words.splitlines() if MEASURED.search(line) and not claims(line)]


def hints() -> set[tuple[str, str]]:
    """Lab and beginning of each hint in code that says something measurable."""
    found = set()
    for file in sorted((ROOT / "dlviz" / "ui" / "labs").rglob("questions.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="hints", value=ast.List(elts=hints)):
                    pass
                case ast.Assign(targets=[ast.Name("hint")], value=value):
                    hints = [value]
                case _:
                    continue
            for hint in hints:
                texts = [part.value for part in ast.walk(hint) if isinstance(part, ast.Constant)]
                said = "".join(text for text in texts if isinstance(text, str))
                if MEASURED.search(said):
                    found.add((file.relative_to(ROOT / "dlviz" / "ui" / "labs").parts[0], said[:20]))
    return found


def test_every_measurable_hint_has_a_test() -> None:
    assert hints() == set(HINTS)
    for proof in HINTS.values():
        module, name = proof.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(
    "file",
    sorted((ROOT / "dlviz" / "ui" / "labs").rglob("questions.py")),
    ids=lambda file: "-".join(file.parts[-3:-1]),
)
def test_hints_come_in_two_stages(file: Path) -> None:
    lists = [
        node.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "hints" and isinstance(node.value, ast.List)
    ]
    assert not [ast.unparse(each) for each in lists if len(each.elts) < 2]
