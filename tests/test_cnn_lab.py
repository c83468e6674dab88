"""The CNN lab's forward pass, what is said of it and what is asked about it, against PyTorch."""

import contextlib
import copy
import io
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.dropout import trace_in_training
from dlviz.questions import Choice
from dlviz.trace import switch_off, trace
from dlviz.ui.components.unit.selection import DIGITS, Selection
from dlviz.ui.components.wall import input_shape, stages
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.attribution import attribute
from dlviz.ui.labs.cnn.clamp_choices import carry_over, clamp_choices
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass, forward, lead, lit_unit, normalise_channels
from dlviz.ui.labs.cnn.inputs import cut_square
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork, load_network
from dlviz.ui.labs.cnn.questions import ask_main, main_question, questions, script, script_name, shown_code
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.labs.cnn.switching_off import effects, off_until_it_tips
from dlviz.ui.text_format.numbers import percent
from tests import kept_runs

IMAGES, _ = mnist.digits("test")
SAMPLE = 18  # a 3 that becomes another digit without some of the maps
PIXELS = IMAGES[SAMPLE].numpy().astype(np.float32) / 255
X = digits.normalise(IMAGES[SAMPLE : SAMPLE + 1])
TRAINED = weights.load("simple_cnn")
PHOTOGRAPH = np.random.default_rng(0).random((3, 32, 32), np.float32)


@lru_cache
def network(name: str = "ColourCNN", classes: tuple[str, ...] = DIGITS) -> ConvolutionalNetwork:
    """One as of a run."""
    model = kept_runs.network(name, len(classes)).eval()
    return ConvolutionalNetwork(model, "Of a run", classes, "run.safetensors", from_run=True)


def passed(state: State | None = None) -> ForwardPass:
    """The trained network's, of the test digit."""
    state = state or State()
    return forward(load_network("trained", state), PIXELS, state)


def probabilities(model: torch.nn.Module = TRAINED, x: torch.Tensor = X, **off: list[int]) -> np.ndarray:
    edits = {name.replace("__", "."): switch_off(channels) for name, channels in off.items()}
    return trace(model, x, edits)[0][0].softmax(0).numpy()


def asked(through: ForwardPass, state: State | None = None) -> dict[str, Choice]:
    return {question.name: question for question in questions(through, state or State())}


def test_the_forward_pass_is_the_trace_of_the_plain_model() -> None:
    through = passed()
    logits, record = trace(TRAINED, X)
    assert through.record.keys() == record.keys()
    for name, array in record.items():
        np.testing.assert_array_equal(through.record[name], array)
    np.testing.assert_array_equal(through.probabilities, logits[0].softmax(0).numpy())
    assert through.predicted == logits.argmax() == int(through.answer)
    assert through.untouched is None


@pytest.mark.parametrize("seed", [0, 5])
def test_random_weights_are_those_of_their_seed(seed: int) -> None:
    state = State(weights="random", seed=seed)
    random = load_network("random", state)
    expected = probabilities(weights.build("SimpleCNN", {}, seed))
    np.testing.assert_array_equal(forward(random, PIXELS, state).probabilities, expected)
    assert random.provenance == f"Random weights, seed {seed}: never trained"
    assert random.seed == seed


def test_a_digit_goes_in_as_the_other_labs_normalise_it_and_stays_as_it_is() -> None:
    pixels = PIXELS.copy()
    assert torch.equal(normalise_channels(pixels), X)
    np.testing.assert_array_equal(pixels, PIXELS)


def test_a_picture_in_colour_goes_in_channel_by_channel() -> None:
    through = forward(network(), PHOTOGRAPH, State())
    x = (torch.from_numpy(PHOTOGRAPH)[None] - 0.5) / 0.5
    assert torch.equal(normalise_channels(PHOTOGRAPH), x)
    np.testing.assert_array_equal(through.record["input"], x.numpy())
    np.testing.assert_array_equal(through.probabilities, probabilities(through.model, x))


def test_training_mode_silences_the_units_of_its_mask() -> None:
    through = passed(State(training=True, mask=3))
    _, record = trace_in_training(TRAINED, X, 3)
    np.testing.assert_array_equal(through.record["fc_layers.3"], record["fc_layers.3"])
    assert through.dropout == 0.5


def test_channels_that_are_off_are_compared_with_the_same_pass_untouched() -> None:
    through = passed(State(off={"conv_layers.4": [20], "fc_layers.2": [1, 2]}))
    assert through.untouched is not None
    np.testing.assert_array_equal(through.untouched.probabilities, probabilities())
    expected = probabilities(conv_layers__4=[20], fc_layers__2=[1, 2])
    np.testing.assert_array_equal(through.probabilities, expected)
    assert not through.record["conv_layers.4"][0, 20].any()


def test_only_channels_that_the_network_has_are_off() -> None:
    through = passed(State(off={"conv_layers.4": [63, 64, 99], "conv_layers.11": [0]}))
    assert through.off == {"conv_layers.4": [63]}
    assert passed(State(off={"conv_layers.11": [0]})).untouched is None


def test_the_key_of_a_cache_holds_the_input_and_the_edits_of_its_pass() -> None:
    for through in (passed(State(off={"conv_layers.4": [20]})), forward(network(), PHOTOGRAPH, State())):
        key = CacheKey.of(through, through.pixels)
        assert key == CacheKey.of(through, through.pixels.copy())
        assert hash(key) == hash(CacheKey.of(through, through.pixels.copy()))
        x, edits = key.unpack()
        np.testing.assert_array_equal(x.numpy(), through.record["input"])
        assert edits.keys() == through.off.keys()
        logits, _ = trace(through.model, x, edits)
        np.testing.assert_array_equal(logits[0].softmax(0).numpy(), through.probabilities)


def test_choices_that_the_network_has_stay() -> None:
    state = State(select=Selection("conv_layers.7", 100, 3, 2), off={"conv_layers.1": [8]}, target="9")
    assert clamp_choices(load_network("trained", state), state) == {}


def test_choices_that_the_network_does_not_have_give_way_to_others() -> None:
    state = State(
        select=Selection("conv_layers.3", 60, 13, 13),
        off={"conv_layers.3": [5, 40], "conv_layers.6": [63]},
        stage="conv_layers.7",
        target="9",
    )
    # Its fourth layer is a pool of 32 maps, its eighth another.
    assert clamp_choices(network("SimpleCNNBatchNorm", DIGITS[:5]), state) == {
        "select": Selection("conv_layers.4", 7, 6, 6),
        "off": {"conv_layers.3": [5], "conv_layers.6": [63]},
        "stage": "conv_layers.10",
        "target": "predicted",
    }


def test_another_network_is_looked_into_at_the_layer_of_the_same_title() -> None:
    plain, normed = load_network("trained", State()).model, network("SimpleCNNBatchNorm", DIGITS).model
    state = State(
        select=Selection("conv_layers.6", 100, 3, 2), off={"conv_layers.7": [8]}, stage="conv_layers.7"
    )
    there = {
        "select": Selection("conv_layers.8", 100, 3, 2),
        "off": {"conv_layers.10": [8]},
        "stage": "conv_layers.10",
    }
    assert carry_over(plain, normed, state) == there
    moved = replace(state, **there)
    assert replace(moved, **carry_over(normed, plain, moved)) == state
    norm = replace(state, select=Selection("conv_layers.5", 60, 13, 13), stage="conv_layers.6", off={})
    assert carry_over(normed, plain, norm) == {
        "select": Selection("conv_layers.3", 60, 13, 13),
        "stage": "conv_layers.4",
    }
    small = weights.build("SimpleCNN", {"channels": 16})
    assert carry_over(plain, small, state) == {"select": Selection("conv_layers.6", 63, 3, 2)}


@pytest.mark.parametrize(
    ("weights", "of", "networks", "place"),
    [
        ("trained", "run", ("trained",), 0),
        ("run", "trained", ("run",), 0),
        ("both", "trained", ("trained", "random"), 0),
        ("both", "random", ("trained", "random"), 1),
        ("both", "run", ("trained", "random"), 0),
        ("beside", "trained", ("run", "trained"), 1),
    ],
)
def test_one_of_the_networks_shown_is_looked_into(
    weights: str, of: str, networks: tuple[str, ...], place: int
) -> None:
    state = State(weights=weights, of=of)
    assert (state.networks, state.place) == (networks, place)


def test_the_wall_says_which_map_of_each_stage_is_strongest() -> None:
    through = passed()
    said = captions.describe_wall(stages(TRAINED), through)
    assert said.startswith("Trained. conv 1: 32 maps of 28×28, the strongest is map ")
    for title, index, shape in [("conv 1", 0, "28×28"), ("conv 3", 6, "7×7"), ("pool 3", 8, "3×3")]:
        maps = through.record[f"conv_layers.{index}"][0]
        best = int(maps.reshape(len(maps), -1).max(axis=1).argmax())
        assert f"{title}: {len(maps)} maps of {shape}, the strongest is map {best}" in said
    assert said.endswith(f"The network says 3 with {percent(through.probabilities.max())}.")


def test_the_wall_of_a_run_begins_with_the_run() -> None:
    through = forward(network("SimpleCNN"), PIXELS, State())
    assert captions.describe_wall((), through).startswith("Of a run. ")
    random = forward(load_network("random", State(seed=4)), PIXELS, State())
    assert captions.describe_wall((), random).startswith("Random weights, seed 4. ")


def test_an_answer_says_what_made_it() -> None:
    assert captions.circumstances(passed(), State()).startswith("Trained on MNIST: 9,959 of 10,000")
    state = State(off={"conv_layers.1": [1, 2], "fc_layers.2": [3]}, training=True)
    *_, off, training = captions.circumstances(passed(state), state).split(" · ")
    untouched = trace_in_training(TRAINED, X, 0)[0].argmax()
    assert off == f"**3 switched off**; untouched it said {untouched}"
    assert training == "**training mode**: half of the hidden units are silenced"


def test_a_name_of_the_learners_own_is_no_formatting() -> None:
    named = network("SimpleCNN", ("*A*", "[x](http://y)"))
    through = forward(replace(named, provenance="Of my *run*"), PIXELS, State(off={"conv_layers.1": [0]}))
    assert through.untouched is not None
    assert captions.circumstances(through, State()).startswith(r"Of my \*run\*")
    assert through.answer not in captions.switched_off(through, through.untouched)


def test_few_channels_that_are_off_are_named_and_many_are_counted() -> None:
    others = [channel for channel in range(64) if channel != 20]
    through = passed(State(off={"conv_layers.4": others, "fc_layers.2": [4, 9]}))
    assert through.untouched is not None
    before, after = logits_without(), logits_without(conv_layers__4=others, fc_layers__2=[4, 9])
    answer, now = int(before.argmax()), int(after.argmax())
    assert now != answer
    assert captions.switched_off(through, through.untouched).startswith(
        f"Off: 63 of 64 in ReLU 2; 4, 9 in ReLU. The logit of **{answer}** led by "
        f"{lead(before, answer):.3g} and now is **{-lead(after, answer):.3g}** behind: "
        f"the network now says **{now}**."
    )


def logits_without(**off: list[int]) -> np.ndarray:
    edits = {name.replace("__", "."): switch_off(channels) for name, channels in off.items()}
    return trace(TRAINED, X, edits)[0][0].numpy()


def test_the_effect_of_a_map_is_in_the_logits_without_it() -> None:
    before, without = effects(CacheKey.of(passed(), PIXELS), "conv_layers.8")
    np.testing.assert_allclose(before, logits_without(), atol=1e-5)
    assert without.shape == (128, 10)
    for channel in (0, 9, 127):
        np.testing.assert_allclose(without[channel], logits_without(conv_layers__8=[channel]), atol=1e-5)


def test_the_lead_is_that_of_a_class_over_the_largest_other() -> None:
    np.testing.assert_array_equal(lead(np.array([[1.0, 5, 3], [4, 2, 9]]), 1), [2, -7])


def test_the_map_that_matters_most_is_found_where_the_probability_stands_at_one() -> None:
    """Of the first test digit, whose 7 leads by 18.7, in double precision."""
    x = digits.normalise(IMAGES[:1])
    model = copy.deepcopy(TRAINED).double()
    leads = []
    for channel in range(64):
        logits = trace(model, x.double(), {"conv_layers.3": switch_off([channel])})[0][0].numpy()
        leads.append(float(lead(logits, 7)))
    pixels = IMAGES[0].numpy().astype(np.float32) / 255
    before, without = effects(CacheKey(TRAINED, pixels.tobytes(), ""), "conv_layers.3")
    assert float(before.argmax()) == 7
    assert float(lead(before, 7)) == pytest.approx(18.7, abs=0.05)
    assert lead(without, 7).argmin() == np.argmin(leads) == 10
    assert lead(without, 7)[10] == pytest.approx(17.0, abs=0.05)
    np.testing.assert_allclose(lead(without, 7), leads, atol=1e-4)


def test_the_most_important_channel_is_the_one_without_which_the_lead_is_least() -> None:
    said = captions.each_alone_off("3", "pool 3", "map", 9, np.array([8, -2.5, 5]), training=True)
    assert said == (
        "The lead of 3, in logits, with one map of pool 3 switched off at a time, outside training mode. "
        "Map 1 matters most: without it the lead is −2.5 instead of 9. 1 map alone can tip the answer."
    )
    said = captions.each_alone_off("3", "ReLU", "unit", 9, np.array([9.5, 9]), training=False)
    assert said.endswith(" No unit of them adds to it. No single one tips the answer.")


@pytest.mark.parametrize("off", [[], [40, 7]])
def test_the_strongest_are_switched_off_until_the_answer_tips(off: list[int]) -> None:
    key = CacheKey.of(passed(State(off={"conv_layers.8": off} if off else {})), PIXELS)
    found, tips = off_until_it_tips(key, "conv_layers.8", off)
    answer = logits_without(conv_layers__8=off).argmax()
    peaks = trace(TRAINED, X)[1]["conv_layers.8"][0].max(axis=(1, 2))
    last = min(set(found) - set(off), key=lambda channel: peaks[channel])
    assert tips
    assert logits_without(conv_layers__8=found).argmax() != answer
    assert logits_without(conv_layers__8=[c for c in found if c != last]).argmax() == answer
    assert peaks[[c for c in range(128) if c not in found]].max() <= peaks[last]


def test_dropout_counts_those_it_has_silenced_among_those_that_were_lit() -> None:
    units, silenced = np.array([0.0, 1, 2, 0, 3]), np.array([2])
    said = captions.dropout(units, silenced, 0.5, training=True)
    assert said.startswith(
        "Of 3 units lit by this picture, dropout silences 1 this time; the other 2 are doubled,"
    )
    assert "made 1.25 times as large" in captions.dropout(units, silenced, 0.2, training=True)
    assert "does nothing" in captions.dropout(units, silenced[:0], 0.5, training=False)


def test_the_kernels_of_a_later_convolution_are_those_of_the_selected_map() -> None:
    selected = Selection("conv_layers.4", 7, 0, 0)
    assert captions.kernels(passed(), 1, selected) == (
        "The 32 kernels that make map 7 of conv 2, one for each map it reads."
    )
    assert captions.kernels(passed(), 0, selected) == ("The 32 kernels of conv 1, one for each map it makes.")
    colour = forward(network(), PHOTOGRAPH, State())
    assert captions.kernels(colour, 0, selected).endswith("for each map it makes, for each colour it reads.")


@pytest.mark.parametrize("target", [3, 1])
def test_each_attribution_covers_the_drawing_and_is_tested_on_its_class(target: int) -> None:
    off = {"conv_layers.4": [20]}
    found = attribute(CacheKey.of(passed(State(off=off)), PIXELS), target, "conv_layers.7")
    assert [each.title for each in found] == ["Grad-CAM", "Saliency", "Occlusion"]
    for each in found:
        assert each.values.shape == (28, 28)
        assert each.test.before == pytest.approx(probabilities(conv_layers__4=[20])[target], abs=1e-6)
        assert each.test.pixels == 78


@pytest.mark.parametrize(
    ("beaten", "judged"), [(100, "better"), (95, "better"), (94, "no better"), (0, "no better")]
)
def test_an_attribution_is_better_than_chance_if_it_beats_95_of_100_draws(beaten: int, judged: str) -> None:
    measured = attribute(CacheKey.of(passed(), PIXELS), 3, "conv_layers.7")[0].test
    assert measured.draws == 100
    assert 0 <= measured.beaten <= 100
    said = captions.compare_with_chance(replace(measured, beaten=beaten))
    assert said == f"It beats {beaten} of 100 random draws: {judged} than chance."


def test_of_a_drawing_it_is_said_what_the_network_was_never_shown() -> None:
    never = "ten digits are all it was ever shown: one of them must win, whatever is drawn"
    assert never in captions.circumstances(passed(), State(), placed=False)
    assert never not in captions.circumstances(passed(), State(), placed=True)
    random = forward(load_network("random", State(seed=4)), PIXELS, State())
    assert never not in captions.circumstances(random, State(), placed=False)


def test_the_strongest_map_is_the_one_with_the_largest_value() -> None:
    peaks = trace(TRAINED, X)[1]["conv_layers.1"][0].max(axis=(1, 2))
    question = asked(passed())["strongest"]
    assert question.answer == f"map {peaks.argmax()}"
    assert f"{peaks.max():.3g}" in question.because
    assert len(set(question.options)) == 4
    assert question.answer in question.options


@pytest.mark.parametrize(("name", "answer"), [("SimpleCNN", "row 6"), ("ColourCNN", "none: all are read")])
def test_the_row_that_nobody_reads_is_the_last_of_an_odd_number(name: str, answer: str) -> None:
    pixels = PHOTOGRAPH if input_shape(network(name).model)[0] == 3 else PIXELS
    question = asked(forward(network(name), pixels, State()))["rows"]
    assert question.answer == answer
    assert answer in question.options


def test_the_question_on_the_tip_counts_the_maps_that_go() -> None:
    state = State(off={"conv_layers.4": [20]})
    through = passed(state)
    order = (
        trace(TRAINED, X, {"conv_layers.4": switch_off([20])})[1]["conv_layers.8"][0]
        .max(axis=(1, 2))
        .argsort()
    )
    answer = logits_without(conv_layers__4=[20]).argmax()
    count = 1
    while logits_without(conv_layers__4=[20], conv_layers__8=order[::-1][:count].tolist()).argmax() == answer:
        count += 1
    question = main_question(through, state)
    assert question.text.startswith("The 128 maps of pool 3 are about to be switched off one after another")
    assert (question.answer, question.scale.high) == (count, 128)
    assert f" {count} map" in question.because
    assert len(question.shows["off"]["conv_layers.8"]) == count
    asked = ask_main(through, state)
    assert asked == replace(question, answer=None, because="", why="", shows={})


def test_the_question_on_the_tip_has_more_than_one_answer() -> None:
    answers = set()
    for sample in range(20):
        pixels = IMAGES[sample].numpy().astype(np.float32) / 255
        through = forward(load_network("trained", State()), pixels, State())
        answers.add(main_question(through, State()).answer)
    assert len(answers) >= 3


def test_the_lab_begins_with_a_unit_that_relu_lets_through() -> None:
    for sample in (0, 1, 2, 18):
        through = forward(
            load_network("trained", State()), IMAGES[sample].numpy().astype(np.float32) / 255, State()
        )
        unit = lit_unit(through)
        values = through.record["conv_layers.3"][0]
        assert unit.stage == "conv_layers.3"
        assert values[unit.unit] == values.max() > 0


def test_the_script_prints_the_probabilities_on_screen() -> None:
    state = State(weights="random", seed=4, off={"conv_layers.1": [8]}, training=True, mask=7)
    through = forward(load_network("random", state), PIXELS, state)
    printed = io.StringIO()
    grad = torch.is_grad_enabled()
    try:
        with contextlib.redirect_stdout(printed):
            exec(script(through, state), {"__name__": "__main__"})
    finally:
        torch.set_grad_enabled(grad)
    shown = re.findall(r"digit \d: logit \S+, probability (\S+)", printed.getvalue())
    np.testing.assert_allclose(np.array(shown, float), through.probabilities, atol=1e-5)
    select = state.select
    (unit,) = re.findall(r"unit conv_layers.3 \(7, 6, 6\): (\S+)", printed.getvalue())
    assert float(unit) == pytest.approx(through.record[select.stage][(0, *select.unit)], abs=1e-5)


def test_a_runs_script_loads_the_runs_file_and_names_its_classes() -> None:
    through = forward(network("SimpleCNN", ("cat", "dog")), PIXELS, State())
    text = script(through, State())
    assert "run.safetensors" in text
    assert "['cat', 'dog']" in text
    assert script_name(through, State()) == "digit_by_hand.py"
    assert [thing.__name__ for thing in shown_code(through, State())] == [
        "SimpleCNN",
        "trace",
        "explain_unit",
    ]


def test_the_middle_of_a_photograph_is_cut_out() -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 20:60] = [255, 0, 51]
    square = cut_square(picture)
    assert square.shape == (32, 32, 3)
    assert np.unique(square.reshape(-1, 3), axis=0).tolist() == [[255, 0, 51]]


def test_a_dot_is_said_to_be_enlarged_to_the_size_of_a_digit() -> None:
    dot = np.zeros((168, 168), np.uint8)
    dot[50:62, 80:88] = 1  # 12 of the pad's pixels are 2 of the input's
    part = digits.inked_part(dot)
    assert part == (slice(50, 62), slice(80, 88))
    assert "made 10 times as large, so that its longer side has 20 of 28 pixels" in captions.preparation(part)
    rows, columns = (np.flatnonzero(digits.prepare(dot).any(axis=axis)) for axis in (1, 0))
    assert (len(rows), len(columns)) == (20, 13)
