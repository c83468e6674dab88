"""The view What changed, what was lost: what is measured, said, and given away as a script."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.training.examples_curve import HEAD, TRANSFERS, WAYS, configure
from dlviz.training.loop import train
from dlviz.training.transfer import put_old_head_back
from dlviz.ui.inputs.digit import test_digit as read_test_digit
from dlviz.ui.labs.transfer.what_changed import captions, networks, questions
from dlviz.ui.labs.transfer.what_changed.forward import (
    Change,
    Shifted,
    TunedNetwork,
    choose_steps,
    measure_change,
    measure_forgetting,
    measure_loss,
    measure_shift,
    read_maps,
    read_tasks,
)
from dlviz.ui.labs.transfer.what_changed.pictures import map_groups
from dlviz.ui.labs.transfer.what_changed.state import BELOW
from tests.alone import run_alone

START = "simple_cnn_digits_0_to_4"


@cache
def network(way: str) -> TunedNetwork:
    """Network of a short run: 20 steps on one example of each class."""
    config = replace(configure(TRANSFERS["digits"], way, 1), epochs=1)
    first, *_, last = (event["state"] for event in train(config) if event["kind"] == "checkpoint")
    return TunedNetwork(config, first.model(), last.model())  # pyright: ignore[reportAttributeAccessIssue]


@cache
def change(way: str) -> Change:
    return measure_change(network(way), read_tasks(network(way).config))


def test_the_old_head_on_layers_that_never_moved_is_the_start_itself() -> None:
    back, start = put_old_head_back(network("frozen").model, START), weights.load(START)
    for name, values in start.state_dict().items():
        assert torch.equal(back.state_dict()[name], values), name


def test_the_old_head_stands_on_the_tuned_layers() -> None:
    tuned, start = network("tuned").model.state_dict(), weights.load(START).state_dict()
    for name, values in put_old_head_back(network("tuned").model, START).state_dict().items():
        assert torch.equal(values, start[name] if name.startswith(HEAD) else tuned[name]), name


def test_accuracy_on_the_old_task_is_that_of_the_first_thousand_old_test_pictures() -> None:
    images, labels = mnist.digits("test")
    old = labels < 5
    images, labels = images[old][:1000], labels[old][:1000]
    back = put_old_head_back(network("tuned").model, START)
    with torch.inference_mode():
        right = (back(normalise(images)).argmax(1) == labels).sum()
    assert change("tuned").old_after == pytest.approx(float(right) / 1000)


def test_frozen_layers_have_not_moved() -> None:
    assert set(change("frozen").weights.values()) == {0.0}
    assert change("frozen").equal == tuple(change("frozen").weights)
    assert change("frozen").old_after == change("frozen").old_before
    assert list(change("frozen").similar.values()) == pytest.approx([1.0] * 4)
    assert (change("frozen").forgotten, change("frozen").won) == (0, 0)
    assert change("tuned").equal == ()


def test_what_is_forgotten_is_said_as_far_as_luck_allows() -> None:
    lost = replace(change("tuned"), forgotten=44, won=2)
    said = "**44** turned from right to wrong, and 2 from wrong to right: in this run, tuning has cost some"
    assert said in captions.lost(lost)
    assert "**within luck**" in captions.lost(replace(lost, forgotten=5))
    assert captions.lost(replace(lost, forgotten=2, won=44)).endswith("has even helped.")


def test_forgetting_is_judged_over_draws() -> None:
    every = captions.lost_over_draws([43, 12, 20, 31, 5], 1000)
    assert "moves by −4.3 to −0.5 points. It falls in all of them." in every
    assert "1 time in 16" in every
    assert captions.lost_over_draws([43, -2], 1000).endswith("It falls in 1 of them: **within luck**.")
    tasks = read_tasks(network("tuned").config)
    assert measure_loss(network("tuned"), tasks) == change("tuned").forgotten - change("tuned").won
    assert measure_loss(network("frozen"), tasks) == 0


def test_a_network_is_titled_by_its_way() -> None:
    for way, title in (("tuned", "Fine-tuned"), ("head-first", "Head first")):
        config = configure(TRANSFERS["digits"], way, 20)
        assert captions.title_ways(config) == {"tuned": title, "frozen": "Frozen"}


def test_a_network_is_as_right_as_itself_on_shifted_pictures() -> None:
    tuned, tasks = network("tuned").model, read_tasks(network("tuned").config)
    found = measure_shift(tuned, tuned, tasks, "noise")
    assert (found.only_tuned, found.only_frozen) == (0, 0)
    assert found.shifted[0] == found.shifted[1] < found.plain[0] == change("tuned").new_after


def test_pictures_forgotten_and_won_add_up() -> None:
    moved = change("tuned").won - change("tuned").forgotten
    assert change("tuned").old_after - change("tuned").old_before == pytest.approx(moved / 1000)


def test_the_curve_begins_where_the_start_was() -> None:
    tuned = network("tuned")
    tasks = read_tasks(tuned.config)
    old, new = measure_forgetting([tuned.fresh, tuned.model], tuned.config, tasks)
    assert old[0] > 0.98
    assert new[1] > new[0]


def test_checkpoints_are_chosen_with_both_ends() -> None:
    assert choose_steps([0, 1, 3, 10, 20]) == [0, 1, 3, 10, 20]
    assert choose_steps([0, 1, 3, *range(10, 201, 10)], most=5) == [0, 50, 100, 150, 200]


def test_a_tuned_network_and_its_twin_are_told_apart() -> None:
    tuned = configure(TRANSFERS["digits"], "tuned", 20)
    assert networks.freeze_twin(tuned) == configure(TRANSFERS["digits"], "frozen", 20)
    ways = {way: configure(TRANSFERS["digits"], way, 20) for way in WAYS}
    assert [way for way, config in ways.items() if networks.is_tuned(config)] == ["tuned", "head-first"]


def test_maps_before_and_after_share_one_scale() -> None:
    pixels, _ = read_test_digit(0)
    tuned = network("tuned")
    before, after = (read_maps(model, pixels, "conv_layers.4") for model in (tuned.fresh, tuned.model))
    groups = map_groups(before, after, "conv 2")
    assert {group.limit for group in groups} == {float(max(before.max(), after.max()))}
    np.testing.assert_array_equal(groups[2].values, after - before)
    assert before.min() >= 0  # after ReLU


def shifted(plain: tuple[float, float], now: tuple[float, float], only: tuple[int, int]) -> Shifted:
    return Shifted(plain, now, *only, 1000)


def test_who_is_ahead_is_said_as_far_as_luck_allows() -> None:
    behind = captions.shifted(shifted((0.93, 0.87), (0.37, 0.49), (99, 217)), "strong-noise")
    assert "**frozen is ahead**, though it was behind before" in behind
    # 165 against 147 of 312 that differ: a coin is as lopsided every third time.
    assert "**within luck**" in captions.shifted(shifted((0.93, 0.87), (0.5, 0.48), (165, 147)), "noise")


def test_draws_decide_only_if_all_agree() -> None:
    one = shifted((0.9, 0.8), (0.7, 0.5), (200, 0))
    other = shifted((0.9, 0.8), (0.5, 0.6), (0, 100))
    every = captions.over_draws([one] * 5, "noise")
    assert "ahead in all of them, by +20.0 to +20.0 points" in every
    assert "1 time in 16" in every  # 2 of 2⁵
    assert "ahead in 1 of them, by −10.0 to +20.0 points: **within luck**" in captions.over_draws(
        [one, other], "noise"
    )
    assert "from +10.0 points" in every


def test_the_questions_are_answered_by_the_measurement() -> None:
    found = change("tuned")
    asked = questions.main_question(found)
    assert asked.answer == pytest.approx(100 * found.old_after)
    assert not questions.main_question().is_begun
    most = next(each for each in questions.questions({"tuned": found}) if each.name == "moved_most")
    assert found.weights[{title: layer for layer, title in BELOW.items()}[most.known()]] == max(
        found.weights.values()
    )


def test_the_script_prints_the_changes_and_the_old_answer(tmp_path: Path) -> None:
    loaded = {way: network(way) for way in ("tuned", "frozen")}
    pixels, _ = read_test_digit(1)
    script = questions.script(loaded, pixels).replace("script.py", questions.SCRIPT)
    (tmp_path / questions.SCRIPT).write_text(script, encoding="utf-8")
    files = questions.script_files(loaded)
    for name, read in files.items():
        (tmp_path / name).write_bytes(read())
    command = [questions.SCRIPT, *files]
    assert " ".join(command) in script
    output = run_alone(tmp_path, *command).decode()
    start, tuned, frozen = re.split(r"\n(?=\S)", output.strip())
    for text, way in ((tuned, "tuned"), (frozen, "frozen")):
        printed = [float(each) for each in re.findall(r"= (\d\.\d+)", text)]
        assert printed == pytest.approx(list(change(way).weights.values()), abs=1e-6)
    back = put_old_head_back(network("tuned").model, START)
    with torch.inference_mode():
        said = back(normalise(torch.from_numpy(pixels)[None]))[0].softmax(0).tolist()
    old = tuned.partition("old task:")[2].split()
    assert [float(share) for share in old[1::2]] == pytest.approx(said, abs=1e-5)
    assert start.partition("old task:")[2] == frozen.partition("old task:")[2]
    assert frozen.count("True") == 4
