"""The race: its networks, its runs' configs, what ships, and what is said of a result."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import cifar10, digits, mnist
from dlviz.networks import CNN_SIZES, NETWORKS, BadShapes, Shapes
from dlviz.race.stress import STRESSES
from dlviz.scripts.labs import cnn_script
from dlviz.training import loop
from dlviz.training.analysis.history import History, history
from dlviz.training.config import TrainingConfig
from dlviz.training.race import (
    ALL,
    BATCH,
    COUNTS,
    KEPT_COUNT,
    PAIR,
    RUNNERS,
    SHIPPED_COUNTS,
    SHIPPED_SEEDS,
    TESTED,
    Race,
    configure,
    name_weights,
    read_shipped,
    runners_of,
    train_shipped,
)
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.training.tasks import preparation, prepare
from dlviz.training.tasks.networks import picture_network
from dlviz.ui.labs.race.contest import captions, live, runs
from dlviz.ui.labs.race.contest.questions import count_multiplications, main_question
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.labs.race.table.invariances import TESTS
from dlviz.ui.labs.race.table.view import MARK, rows
from dlviz.ui.runs import live_run
from dlviz.ui.server import owner_cookie
from tests.pages.training_lab import batch, start, tell
from tests.training_runs.idle import MINE, Launcher

SMALL_CNN: dict[str, object] = {"num_classes": 10, "channels": 16, "hidden_size": 136}


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, whose queue never begins."""
    made = Service(Store(tmp_path), Launcher(), at_a_time=0)
    monkeypatch.setattr(service, "_shared", made)
    monkeypatch.setattr(owner_cookie, "token", lambda: MINE)
    live_run.forget_runs()
    yield made
    made.close()


def finish(queue: Service, run: str, accuracy: float) -> None:
    """Let a run come to its end."""
    epoch = {"kind": "epoch", "epoch": 1, "step": 2, "processor_seconds": 4.0, "seconds": 5.0}
    end = {"kind": "end", "reason": "done", "step": 2, "sentence": "Done.", "test_accuracy": accuracy}
    tell(queue, run, start(), batch(1), batch(2), epoch, end)


def test_all_runners_have_nearly_as_many_weights() -> None:
    counts = [live.count_weights(runner) for runner in RUNNERS]
    assert counts == [103_138, 104_970, 101_674]
    assert max(counts) <= 1.05 * min(counts)


def test_both_have_nearly_as_many_weights_for_pictures_in_colour_too() -> None:
    assert runners_of("cifar10") == PAIR
    counts = [live.count_weights(runner, "cifar10") for runner in PAIR]
    assert counts == [106_394, 107_978]
    assert max(counts) <= 1.05 * min(counts)
    assert count_multiplications("transformer", "cifar10") > count_multiplications("cnn", "cifar10")


def test_both_networks_learn_from_pictures_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    random = torch.Generator().manual_seed(0)
    pictures = torch.randint(256, (100, 3, 32, 32), dtype=torch.uint8, generator=random)
    monkeypatch.setattr(preparation.cifar10, "pictures", lambda split: (pictures, torch.arange(100) % 10))
    monkeypatch.setattr(preparation, "HELD_OUT", 50)
    monkeypatch.setattr(loop, "fetch", lambda config: ())
    for runner in PAIR:
        config = replace(configure(Race("cifar10", 100), runner, 1), per_class=2, batch_size=10, epochs=1)
        *_, end = loop.train(replace(config, passes=1))
        assert (end["reason"], end["step"]) == ("done", 2)
        assert 0 <= float(str(end["test_accuracy"])) <= 1


def test_photographs_are_offered_where_they_have_been_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(data="cifar10", examples=ALL)
    for here in (False, True):
        monkeypatch.setattr(cifar10, "is_here", lambda here=here: here)
        assert runs.has_data(state) is here
        assert runs.has_data(State(data="fashion"))
    chosen = runs.configs(state, [*RUNNERS])  # the LSTM reads rows of one colour
    assert {runner for runner, _ in chosen} == set(PAIR)
    assert {config.samples for config in chosen.values()} == {45_000}
    first, *_ = rows("cifar10", {}, {})
    assert "LSTM by rows" not in first
    assert first["Transformer"].startswith("64 patches")


def test_the_sizes_of_a_cnn_are_read_back_from_its_weights() -> None:
    shapes = {
        name: (*tensor.shape,) for name, tensor in weights.build("SimpleCNN", SMALL_CNN).state_dict().items()
    }
    spec = NETWORKS["SimpleCNN"]
    assert spec.arguments(Shapes("SimpleCNN", shapes)) == SMALL_CNN
    usual = weights.build("SimpleCNN", {"num_classes": 4}).state_dict()
    named = {name: (*tensor.shape,) for name, tensor in usual.items()}
    assert spec.arguments(Shapes("SimpleCNN", named)) == {"num_classes": 4}
    with pytest.raises(BadShapes, match="channels from 4 to 32, not 64"):
        spec.arguments(Shapes("SimpleCNN", {**named, "fc_layers.1.weight": (256, 64 * 36)}))


def test_a_run_names_the_sizes_of_a_cnn_only_where_they_are_not_the_lessons() -> None:
    usual = {name: size.usual for name, size in CNN_SIZES.items()}
    assert picture_network(TrainingConfig(sizes=usual), 10, (1, 28, 28)) == ("SimpleCNN", {"num_classes": 10})
    chosen = TrainingConfig(sizes={"channels": 8, "hidden_size": 256}, batch_norm=True)
    name, arguments = picture_network(chosen, 10, (1, 28, 28))
    assert (name, arguments) == ("SimpleCNNBatchNorm", {"channels": 8, "num_classes": 10})
    model = weights.build(name, arguments)
    assert model.get_parameter("conv_layers.8.weight").shape == (32, 16, 3, 3)
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_the_cnn_labs_script_writes_the_sizes_of_the_network() -> None:
    code = cnn_script(np.zeros((28, 28)), seed=3, model=weights.build("SimpleCNN", SMALL_CNN, 3))
    assert "nn.Conv2d(16, 32, 3, padding=1)" in code
    assert "nn.Linear(576, 136), nn.ReLU(), nn.Dropout(0.5), nn.Linear(136, num_classes)" in code


@pytest.mark.parametrize("count", [count for count in COUNTS if count != ALL])
def test_both_networks_learn_from_the_same_examples(count: int) -> None:
    cnn, transformer = (configure(Race(count=count), runner, 2) for runner in PAIR)
    assert (cnn.per_class, cnn.draw, cnn.seed) == (transformer.per_class, transformer.draw, transformer.seed)
    assert (cnn.per_class, cnn.draw) == (count // 10, 2)
    for runner, config in zip(PAIR, (cnn, transformer), strict=True):
        assert config.epochs * config.passes == RUNNERS[runner].recipe.passes[count]


def test_all_test_digits_measure_a_race_of_few_examples() -> None:
    assert len(prepare(configure(Race(count=100), "cnn", 1)).tested or []) == TESTED


def test_what_is_said_to_be_equal_is_equal() -> None:
    pictures = [configure(Race(equal="pictures"), runner, 1) for runner in PAIR]
    assert len({(each.epochs * each.passes, each.batch_size, each.per_class) for each in pictures}) == 1
    seconds = [configure(Race(equal="seconds", seconds=40), runner, 1) for runner in PAIR]
    assert {(each.seconds, each.scheduler) for each in seconds} == {(40.0, "warm-up")}
    own = [configure(Race(), runner, 1) for runner in PAIR]
    assert own[0].passes < own[1].passes


def test_a_shipped_run_is_the_one_that_its_command_trains() -> None:
    for runner in PAIR:
        for count in SHIPPED_COUNTS:
            for seed in SHIPPED_SEEDS:
                shipped = read_shipped(runner, count, seed)
                assert shipped is not None
                assert shipped.config == configure(Race(count=count), runner, seed)
                assert shipped.history.step == shipped.history.steps_per_epoch * shipped.config.epochs


def test_the_shipped_ranking_is_that_of_the_shipped_weights() -> None:
    images, labels = (split[::10] for split in mnist.digits("test"))
    for runner in PAIR:
        file = weights.WEIGHTS / f"{name_weights(runner, 1)}.safetensors"
        shipped = read_shipped(runner, KEPT_COUNT, 1)
        assert shipped is not None
        assert (
            weights.read(file).facts["result"].startswith(f"{shipped.history.test_accuracy * TESTED:,.0f} ")
        )
        with torch.inference_mode():
            right = weights.load(name_weights(runner, 1))(digits.normalise(images)).argmax(1) == labels
        # Of a tenth of the test digits: within three standard errors of the whole.
        assert float(right.float().mean()) == pytest.approx(shipped.history.test_accuracy, abs=0.03)


def test_a_run_that_ships_is_written_with_what_its_curves_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = TrainingConfig(samples=20, batch_size=10, epochs=1, test_at_end=True, per_class=2)
    monkeypatch.setattr("dlviz.training.race.configure", lambda race, runner, seed: quick)
    train_shipped("cnn", 1_000, 1, tmp_path, tmp_path)
    found = read_shipped("cnn", 1_000, 1, tmp_path)
    assert found is not None
    assert (found.config, found.history.step, found.history.reason) == (quick, 2, "done")
    assert found.history.epochs["processor_seconds"][0] > 0
    loaded = weights.load("race_cnn_1", tmp_path)
    assert sum(each.numel() for each in loaded.parameters()) == 390_410


CLEAR = {"cnn": {1: 0.95, 2: 0.96, 3: 0.94}, "transformer": {1: 0.85, 2: 0.80, 3: 0.84}}


def test_three_seeds_apart_are_more_than_luck() -> None:
    judged = captions.judge(CLEAR, 10_000)
    assert judged is not None
    assert judged.clear
    assert judged.lead == pytest.approx(0.12)
    assert captions.verdict(judged) == "The CNN is ahead by 12.0 points: 95.0 % against 83.0 %"
    # Six values in two sets of three: 2 of the 20 orders keep them apart.
    assert Fraction(2, 20) == captions.RARE
    assert "by luck 1 time in 10." in judged.sentence


def test_shares_that_do_not_add_up_to_the_lead_are_said_to_be_rounded() -> None:
    means = {"cnn": 0.98853, "transformer": 0.96827}
    reached = {runner: dict.fromkeys(range(1, 4), mean) for runner, mean in means.items()}
    judged = captions.judge(reached, 10_000)
    assert judged is not None
    assert captions.verdict(judged) == ("The CNN is ahead by 2.0 points: 98.9 % against 96.8 % (all rounded)")


def test_one_seed_says_nothing_about_luck() -> None:
    one = {runner: {2: values[2]} for runner, values in CLEAR.items()}
    judged = captions.judge({**one, "cnn": {**one["cnn"], 5: 0.1}}, 10_000)
    assert judged is not None
    assert (judged.clear, judged.seeds, judged.sentence) == (False, 1, captions.ONE_SEED)
    assert captions.verdict(judged) == "With one seed, the CNN reaches 96.0 %, the transformer 80.0 %"
    assert captions.judge({"cnn": {1: 0.9}, "transformer": {2: 0.9}}, 10_000) is None


def test_seeds_that_disagree_and_few_test_pictures_are_luck() -> None:
    crossed = captions.judge({"cnn": {1: 0.95, 2: 0.8}, "transformer": {1: 0.85, 2: 0.85}}, 10_000)
    assert crossed is not None
    assert captions.verdict(crossed).startswith("Within luck: the CNN reaches 87.5 %, the transformer 85.0 %")
    close = {"cnn": {1: 0.902, 2: 0.903, 3: 0.904}, "transformer": {1: 0.909, 2: 0.908, 3: 0.907}}
    many, few = captions.judge(close, 10_000_000), captions.judge(close, 2_000)
    assert many is not None
    assert few is not None
    assert (many.clear, few.clear) == (True, False)
    # 2 · √(2 · 0.0946 · 0.9054 / 2,000) is about 1.85 points.
    assert "2,000 test pictures measure a difference only to about 1.9 points" in few.sentence


def test_how_the_lead_changes_with_the_examples_is_told() -> None:
    points = {("cnn", 100, 1): 0.8, ("cnn", 100, 2): 0.9, ("transformer", 100, 1): 0.45, ("cnn", 300, 1): 0.9}
    assert captions.describe_leads(points) == ""
    assert captions.describe_leads({**points, ("transformer", 300, 1): 0.88}) == (
        "With 100 examples the CNN leads by 40.0 points, with 300 by 2.0 points: the transformer does not "
        "catch up."
    )
    assert captions.describe_leads({**points, ("transformer", 300, 1): 0.93}) == (
        "With 100 examples the CNN leads by 40.0 points, with 300 the transformer by 3.0 points: the lead "
        "changes hands on the way."
    )


def test_the_lead_is_asked_for_and_answered_by_the_seeds() -> None:
    judged = captions.judge(CLEAR, 10_000)
    assert judged is not None
    assert not main_question(Race()).is_begun
    asked = main_question(Race(), judged)
    assert asked.answer == pytest.approx(12)
    assert asked.judge(10).right
    assert not asked.judge(-12).right
    assert judged.sentence in asked.because
    assert "1,000 examples" in asked.text


def test_one_recipe_for_both_is_said_not_to_be_fair() -> None:
    same = replace(State(), transformer_rate=1e-3, transformer_schedule="cosine")
    assert captions.recipes(same).startswith("Both have the same recipe now.")
    assert not captions.recipes(State()).startswith("Both")
    assert not captions.recipes(replace(same, equal="seconds")).startswith("Both")


def test_a_race_is_handed_in_once_however_often_it_is_pressed(
    queue: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = State(seeds=2, examples=100)
    monkeypatch.setattr(LAB, "update", lambda **changes: state)
    runs.hand_in()
    runs.hand_in()  # a double click, or another window
    assert len(queue.runs(MINE)) == 4
    found = runs.find_runs(state)
    assert list(found) == [("cnn", 1), ("transformer", 1), ("cnn", 2), ("transformer", 2)]
    assert runs.find_runs(replace(state, examples=300)) == {}


def test_only_missing_runs_are_handed_in_and_ended_ones_make_points(
    queue: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = State(seeds=1, examples=100)
    for place, config in runs.configs(state).items():
        run = queue.submit(config, MINE)
        queue.stop(run, MINE)
        finish(queue, run, {"cnn": 0.8, "transformer": 0.4}[place[0]])
    more = replace(state, seeds=2)
    assert runs.choose_missing(more, runs.look_at(runs.find_runs(more))) == [("cnn", 2), ("transformer", 2)]
    members = runs.look_at(runs.find_runs(state))
    assert runs.choose_missing(state, members) == list(members)
    finished = runs.find_finished(replace(state, examples=3_000))
    assert {key: history.test_accuracy for key, history in finished.items()} == {
        ("cnn", 100, 1): 0.8,
        ("transformer", 100, 1): 0.4,
    }
    table = live.rows("digits", {place: member.history for place, member in members.items()}, members)
    first = {row[" "]: row["CNN"] for row in table}
    assert first["Pictures seen"] == f"{2 * BATCH}"
    assert (first["Processor time"], first["Test pictures right"]) == ("4.0 s", "80.0 %")


def test_a_race_begun_again_and_stopped_keeps_its_result(queue: Service) -> None:
    state = State(seeds=1, examples=100)
    config = runs.configs(state)["cnn", 1]
    first = queue.submit(config, MINE)
    queue.stop(first, MINE)
    finish(queue, first, 0.8)
    again = queue.submit(config, MINE)
    assert runs.find_runs(state) == {("cnn", 1): again}
    assert [*runs.find_finished(state)] == [("cnn", 100, 1)]
    queue.stop(again, MINE)
    assert runs.find_runs(state) == {("cnn", 1): first}


def test_a_race_of_seconds_is_done_when_they_are_over(queue: Service) -> None:
    config = configure(Race(equal="seconds", seconds=20), "cnn", 1)
    run = queue.submit(config, MINE)
    tell(queue, run, start(epochs=1000), {**batch(1), "seconds": 5.0})
    (member,) = runs.look_at({("cnn", 1): run}).values()
    assert runs.share_done(member) == pytest.approx(0.25)


def test_the_race_that_ships_is_found_only_with_its_own_settings() -> None:
    assert len(runs.find_shipped(State())) == 6
    assert len(runs.find_shipped(State(seeds=1))) == 2
    assert runs.find_shipped(State(cnn_rate=1e-2)) == {}
    assert runs.find_shipped(State(data="fashion")) == {}


def test_the_transformer_multiplies_more_with_as_many_weights() -> None:
    # By hand: three convolutions at 28², 14² and 7² places, and two linear layers.
    by_hand = 28**2 * 9 * 16 + 14**2 * 9 * 16 * 32 + 7**2 * 9 * 32 * 64 + 576 * 136 + 136 * 10
    assert count_multiplications("cnn") == by_hand
    assert count_multiplications("transformer") > 2.5 * by_hand
    # In each of 28 steps four gates of 144 units read 28 pixels and 144 numbers; then ten answers.
    assert count_multiplications("lstm") == 28 * 4 * 144 * (28 + 144) + 144 * 10


def test_a_link_of_the_lab_holds_the_whole_race() -> None:
    state = State(data="fashion", examples=300, equal="seconds", seconds=40, seeds=5, guess=-7, cnn_rate=5e-3)
    assert state.race.recipes["cnn"] == (5e-3, "cosine")
    assert (state.race.task, state.race.count, state.race.seconds) == ("fashion", 300, 40)


def test_a_learners_runs_go_before_those_that_ship() -> None:
    shipped = {("cnn", count, seed): _finished(0.5, 10) for count in (100, 300) for seed in (1, 2)}
    own = {("cnn", 300, 1): _finished(0.75, 20)}
    table = {row.pop(" "): row for row in rows("digits", own, shipped)}
    assert [table[f"Test pictures right, {count} examples"]["CNN"] for count in ("100", "300", "1,000")] == [
        f"50.0 % (50.0 to 50.0){MARK}",
        "75.0 %",
        "–",
    ]
    # 20 batches of 50 pictures took 4 seconds.
    assert table["Processor time for 1,000 pictures"] == {
        "CNN": "4.00 s",
        "Transformer": "–",
        "LSTM by rows": "–",
    }
    assert [*table["Weights and biases"].values()] == ["103,138", "104,970", "101,674"]


def test_the_table_stresses_pictures_as_the_stress_tests_do() -> None:
    assert all(level in STRESSES[stress].levels for stress, level in TESTS.values())


def _finished(accuracy: float, steps: int) -> History:
    """History of a run that has ended after so many steps, and 4 seconds of a processor."""
    epoch = {"kind": "epoch", "epoch": 1, "step": steps, "processor_seconds": 4.0}
    return history(
        [start(), epoch, {"kind": "end", "reason": "done", "step": steps, "test_accuracy": accuracy}]
    )
