import numpy as np
import pytest

from dlviz.ui.components.bars import MOST, class_rows


def test_every_class_has_a_bar_and_a_probability_that_is_never_all_or_nothing() -> None:
    names = ["quite undecided!", "very disappointed", "enthusiastic"]
    assert class_rows(names, np.array([0.0, 0.25, 0.75], np.float32)) == [
        ("enthusiastic", 0.75, "75.0 %"),
        ("very disappointed", 0.25, "25.0 %"),
        ("quite undecided!", 0.0, "< 0.1 %"),
    ]
    assert class_rows(["a", "b"], np.array([1.0, 0.0]))[0][2] == "> 99.9 %"


def test_of_many_classes_the_least_likely_share_a_bar_and_all_shares_make_one() -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(100))
    rows = class_rows([str(at) for at in range(100)], probabilities)
    assert len(rows) == MOST
    assert [name for name, _, _ in rows[:-1]] == [str(at) for at in np.argsort(-probabilities)[: MOST - 1]]
    assert rows[-1][0] == f"{100 - MOST + 1} other classes together"
    assert sum(share for _, share, _ in rows) == pytest.approx(1)
