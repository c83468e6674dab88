"""How often a run is looked at again."""

import pytest

from dlviz.ui.runs import polling


def test_thirty_who_watch_look_half_as_often_until_they_have_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(polling, "_last_looks", {})
    monkeypatch.setattr(polling.time, "monotonic", lambda: now[0])
    paces = [polling.interval(f"learner {number}") for number in range(40)]
    assert paces[:15] == [1.0] * 15
    assert paces[15:30] == pytest.approx([1 + number / 15 for number in range(1, 16)])
    assert paces[29:] == [2.0] * 11
    assert polling.interval("learner 0") == 2.0  # who looks twice is counted once, and is still there
    now[0] += 5
    assert [polling.interval("learner 0"), polling.interval("learner 1")] == [2.0, 2.0]
    now[0] += 2  # the other 38 have not looked for seven seconds
    assert polling.interval("learner 0") == 1.0
    assert len(polling._last_looks) == 2
