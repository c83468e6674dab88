"""What the lessons claim: every task names its claims, and every claim has a test that proves it.

A claim `forgetting_hurts` of `assets/lessons/rnn.md` is proved by `test_forgetting_hurts` in
`tests/lessons/test_rnn.py`.
"""

import importlib

import pytest

from dlviz.ui import lesson

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
