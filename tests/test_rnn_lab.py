"""The RNN lab's forward pass against plain networks, what the timeline is told of it, and its questions."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.data import digits, mnist, sentiment, waves
from dlviz.data.sentiment import Vocabulary
from dlviz.paths import WEIGHTS
from dlviz.recurrence.input_gradients import Target, remembered
from dlviz.recurrence.notation import QUANTITIES
from dlviz.ui.fields import codecs
from dlviz.ui.inputs import sentence
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.forward import (
    Effect,
    ForwardPass,
    forward,
    measure_effect,
    shown_step,
    start_step,
    swap_step,
)
from dlviz.ui.labs.rnn.networks import count_layers, load_networks
from dlviz.ui.labs.rnn.pictures import message
from dlviz.ui.labs.rnn.questions import (
    ask_main,
    main_question,
    questions,
    script,
    script_files,
    script_name,
    shown_code,
)
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.series import LENGTH, make_series
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.runs.loaded_network import LoadedNetwork

IMAGES, _ = mnist.digits("test")
SEVEN = digits.normalise(IMAGES[:1])[:, 0]  # (1, 28, 28)
DIGIT = Sequence.from_digit(IMAGES[0].numpy().astype(np.float32) / 255)
WAVES = Sequence.from_series(make_series(State(seed=3)))
VOCABULARY = Vocabulary.from_json((WEIGHTS / "real_sentiment_vocabulary.json").read_text(encoding="utf-8"))


def sequence_of(text: str) -> Sequence:
    return Sequence.from_words(sentence.read(text, 200))


def words(text: str) -> torch.Tensor:
    """The vectors (1, words, 100) of a sentence."""
    indices = VOCABULARY.encode(sentiment.tokenise(text))
    return (
        weights.load("real_sentiment_classifier").get_submodule("embedding")(torch.tensor([indices])).detach()
    )


def probabilities(name: str, x: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        return weights.load(name)(x)[0].softmax(0).numpy()


def told(sequence: Sequence, state: State) -> tuple[dict, list[dict], dict[str, np.ndarray]]:
    """The timeline's header, what it holds of each network, and its arrays."""
    header, arrays = message(list(passes(sequence, state).values()), state)
    networks = header["networks"]
    assert isinstance(networks, list)
    return header, networks, arrays


def passes(sequence: Sequence = DIGIT, state: State | None = None) -> dict[str, ForwardPass]:
    """The trained pair's passes, by their kinds."""
    state = State() if state is None else state
    through = [forward(network, sequence, state) for network in load_networks(sequence.kind, state)]
    return {passed.kind: passed for passed in through}


def test_rows_words_and_values_are_what_the_networks_get() -> None:
    torch.testing.assert_close(DIGIT.batch, SEVEN)
    assert (len(DIGIT), DIGIT.steps[27], DIGIT.step_name(27)) == (28, "row 28", "row 28")
    read = sequence_of("the zxqwv was not good")
    torch.testing.assert_close(read.batch, words("the zxqwv was not good"))
    assert (read.steps[1], read.step_name(1), read.unknown) == ("zxqwv", "“zxqwv”", frozenset({1}))
    series = Sequence.from_series(np.array([0.5, -1.0]))
    assert (series.x.tolist(), series.steps) == ([[0.5], [-1.0]], ("value 1", "value 2"))


@pytest.mark.parametrize(
    "text", ["🎉🎉 😀", "это очень хорошо", "<script>alert(1)</script>", "qwrtz", "good"]
)
def test_emoji_other_scripts_markup_and_a_single_word_are_words_like_others(text: str) -> None:
    for passed in passes(sequence_of(text)).values():
        assert len(passed.sequence) == len(sentiment.tokenise(text))
        np.testing.assert_allclose(passed.answers.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("row", [0, 5, 19, 27])
def test_if_it_stopped_early_it_would_say_what_the_plain_network_says_of_those_rows(row: int) -> None:
    for kind, passed in passes().items():
        expected = probabilities(f"digit_rows_{kind}", SEVEN[:, : row + 1])
        np.testing.assert_allclose(passed.answers[row], expected, atol=1e-5)


def test_a_series_is_forecast_by_the_plain_network() -> None:
    for kind, passed in passes(WAVES).items():
        with torch.inference_mode():
            expected = weights.load(f"waves_{kind}")(WAVES.batch[:, :40])[0].numpy()
        np.testing.assert_allclose(passed.answers[39], expected, atol=1e-5)


def test_a_series_beyond_one_is_forecast_in_its_own_units() -> None:
    large = Sequence.from_series(10 * WAVES.x[:, 0] / np.abs(WAVES.x).max())
    assert large.unit == pytest.approx(10)
    assert large.shown is not None
    for kind, passed in passes(large).items():
        with torch.inference_mode():
            expected = large.unit * weights.load(f"waves_{kind}")(large.batch)[0].numpy()
        np.testing.assert_allclose(passed.answers[-1], expected, rtol=1e-4)
        own = np.abs(passed.answers[7:-1, 0] - large.shown[8:]).mean()
        assert f"by {own:.3f} on average" in captions.forecast_error(passed)
    swapped = swap_step(large, State(what="swap", start=int(np.abs(large.x).argmax())))
    assert swapped.unit == large.unit


def test_a_forecasts_error_stands_beside_that_of_the_guess_that_nothing_changes() -> None:
    values = WAVES.x[:, 0]
    for passed in passes(WAVES).values():
        own = np.abs(passed.answers[7:-1, 0] - values[8:]).mean()
        same = np.abs(values[8:] - values[7:-1]).mean()
        said = captions.forecast_error(passed)
        assert f"by {own:.3f} on average, {'better' if own < same else 'worse'} than" in said
        assert f"which misses by {same:.3f}" in said
    assert captions.forecast_error(passes(Sequence.from_series(values[:8]))["rnn"]) == ""
    assert captions.forecast_error(passes()["rnn"]) == ""


@pytest.mark.parametrize("layer", [1, 2])
def test_the_strips_are_the_states_of_the_fused_layer(layer: int) -> None:
    layers = weights.load("digit_rows_lstm").get_submodule("lstm")
    part = nn.LSTM(28, 128, layer, batch_first=True)
    part.load_state_dict({k: v for k, v in layers.state_dict().items() if int(k[-1]) < layer})
    with torch.inference_mode():
        expected = part(SEVEN)[0][0].numpy()
    passed = passes(state=State(layer=layer))
    np.testing.assert_allclose(passed["lstm"].values["hidden"], expected, atol=1e-5)
    assert captions.title(passed["lstm"]) == f"LSTM, layer {layer}"
    assert (passed["rnn"].layer, captions.title(passed["rnn"])) == ("rnn.0", "RNN")


def test_the_chosen_units_equations_add_up_at_every_step() -> None:
    _, networks, arrays = told(DIGIT, State(unit=17))
    gates, terms = networks[0]["gates"], arrays["lstm.terms"].reshape(4, 3, 28)
    sums = terms[:, 0] + terms[:, 1] + np.array([gate["bias"] for gate in gates])[:, None]
    assert [gate["symbol"] for gate in gates] == ["i", "f", "g", "o"]
    assert [gate["f"] for gate in gates] == ["σ", "σ", "tanh", "σ"]
    i, f, o = 1 / (1 + np.exp(-sums[[0, 1, 3]]))
    g = np.tanh(sums[2])
    np.testing.assert_allclose(terms[:, 2], [i, f, g, o], atol=1e-5)
    hidden, cell = arrays["lstm.states"]
    before = np.concatenate([[0], cell[:-1]])
    np.testing.assert_allclose(cell, f * before + i * g, atol=1e-5)
    np.testing.assert_allclose(hidden, o * np.tanh(cell), atol=1e-5)


@pytest.mark.parametrize("target", ["answer", "hidden"])
def test_what_still_matters_is_the_gradient(target: Target) -> None:
    model = weights.load("digit_rows_rnn")

    def state_of(x: torch.Tensor) -> torch.Tensor:
        hidden = model.get_submodule("rnn")(x)[0][:, -1]
        return hidden if target == "hidden" else model.get_submodule("fc")(hidden)

    jacobian = torch.autograd.functional.jacobian(state_of, SEVEN[:, :10])
    assert isinstance(jacobian, torch.Tensor)
    expected = jacobian.square().sum(dim=(0, 1, 2, 4)).sqrt().numpy()
    np.testing.assert_allclose(passes()["rnn"].remembered(9, target), expected, rtol=1e-3)


def test_the_whole_hidden_state_of_words_is_followed_sixty_steps_back() -> None:
    text = "the film was good " * 25
    passed = passes(sequence_of(text), State(networks="rnn"))["rnn"]
    expected = remembered(weights.load("real_sentiment_rnn"), words(text), 99)
    found = passed.remembered(99, "hidden")
    assert (passed.looked_back("hidden"), passed.looked_back("answer")) == (60, 100)
    assert not found[:40].any()
    np.testing.assert_allclose(found[40:], expected[40:], rtol=1e-3)


def test_without_an_intervention_there_is_one_reading() -> None:
    passed = passes()["lstm"]
    assert (passed.untouched, passed.answers_before, passed.held) == (None, None, [])
    assert captions.provenance(passed, State()) == passed.network.provenance


def test_a_cut_makes_the_networks_begin_anew() -> None:
    state = State(what="cut", start=9)
    for kind, passed in passes(state=state).items():
        expected = probabilities(f"digit_rows_{kind}", SEVEN[:, 10:])
        np.testing.assert_allclose(passed.answers[-1], expected, atol=1e-4)
        assert passed.answers_before is not None
        untouched = probabilities(f"digit_rows_{kind}", SEVEN)
        np.testing.assert_allclose(passed.answers_before[-1], untouched, atol=1e-5)
        assert captions.provenance(passed, state).endswith(
            " All that is carried over was set to 0 once, after row 10."
        )


def test_a_swapped_word_is_read_instead() -> None:
    state = State(what="swap", start=3, word="awful")
    for kind, passed in passes(sequence_of("the film was good"), state).items():
        assert passed.sequence.steps == ("the", "film", "was", "awful")
        expected = probabilities(f"real_sentiment_{kind}", words("the film was awful"))
        np.testing.assert_allclose(passed.answers[-1], expected, atol=1e-5)
        assert captions.provenance(passed, state).endswith(" Step 4 was made “awful”.")
        before = probabilities(f"real_sentiment_{kind}", words("the film was good"))
        name, said = captions.TITLES[kind], captions.what_changed(passed, state)
        now, then = (f"{('negative', 'positive')[values.argmax()]} (" for values in (expected, before))
        assert said.startswith(f"The {name} ends with {now}")
        assert f"untouched it ends with {then}" in said


def test_a_swapped_row_has_no_ink_and_a_swapped_value_is_zero() -> None:
    row = swap_step(DIGIT, State(what="swap", start=9))
    empty = digits.normalise(torch.zeros(1, 28, 28))[0, 0, 9].numpy()
    np.testing.assert_array_equal(row.x[9], empty)
    np.testing.assert_array_equal(np.delete(row.x, 9, axis=0), np.delete(DIGIT.x, 9, axis=0))
    assert DIGIT.shown is not None
    assert DIGIT.shown[9].any()
    value = swap_step(WAVES, State(what="swap", start=20))
    assert value.x[20] == value.shown[20] == 0  # pyright: ignore[reportOptionalSubscript]
    np.testing.assert_array_equal(np.delete(value.x, 20), np.delete(WAVES.x, 20))


def test_a_swapped_word_is_unknown_if_it_is() -> None:
    read = sequence_of("zxqwv film")
    assert swap_step(read, State(what="swap", start=0, word="good")).unknown == frozenset()
    assert swap_step(read, State(what="swap", start=1, word="qwrtz")).unknown == frozenset({0, 1})


def test_no_other_word_changes_nothing_and_says_so() -> None:
    state = State(what="swap", word=" ")
    passed = passes(sequence_of("the film was good"), state)["lstm"]
    assert passed.untouched is None
    assert captions.what_changed(passed, state) == "The LSTM reads the same: there is no other word yet."


@pytest.mark.parametrize("hold", [0, 1])
def test_a_held_forget_gate_stays_where_it_is_held_and_the_rnn_has_none(hold: int) -> None:
    state = State(what="forget", hold=hold, start=20)
    passed = passes(state=state)
    gates = passed["lstm"].values["forget_gate"]
    assert (gates[20:] == hold).all()
    assert not (gates[:20] == hold).any()
    assert captions.provenance(passed["lstm"], state).endswith(
        f" Forget gates of every layer held at {hold} from row 21 on."
    )


def test_forget_gates_are_held_in_every_layer_unless_one_alone_is_asked_for() -> None:
    for layer in (1, 2):
        state = State(what="forget", held_in="one", layer=layer)
        passed = passes(state=state)["lstm"]
        held = {name: not values["forget_gate"][14:].any() for name, values in passed.reading.layers.items()}
        assert held == {"lstm.0": layer == 1, "lstm.1": layer == 2}
        made = captions.provenance(passed, state)
        assert made.endswith(f" Forget gates of layer {layer} held at 0 from row 15 on.")
        everywhere = passes(state=replace(state, held_in="all"))["lstm"]
        assert not any(values["forget_gate"][14:].any() for values in everywhere.reading.layers.values())
        expected = captions.answer(everywhere, -1)
        said = captions.what_changed(passed, state)
        assert (
            f"Layer {3 - layer} keeps its own memory: with every layer held it would end with {expected}."
            in said
        )
        assert "keeps its own memory" not in captions.what_changed(everywhere, state)


def test_an_rnn_without_a_forget_gate_loses_its_hidden_state_before_the_step_instead() -> None:
    state = State(what="forget", start=20)
    passed = passes(state=state)["rnn"]
    expected = probabilities("digit_rows_rnn", SEVEN[:, 20:])
    np.testing.assert_allclose(passed.answers[-1], expected, atol=1e-5)
    assert captions.provenance(passed, state).endswith(" Hidden state set to 0 once, before row 21.")
    assert captions.what_changed(passed, state).startswith(
        "The RNN has no forget gate: before row 21 its hidden state, all its memory, is set to 0 instead. "
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            State(what="forget", hold=1),
            "The RNN has no forget gate that could be held at 1: it reads as before.",
        ),
        (State(what="forget", start=0), "The RNN reads as before: nothing is carried over to row 1."),
    ],
)
def test_an_rnn_to_which_nothing_can_be_done_says_so_and_shows_that_nothing_changed(
    state: State, said: str
) -> None:
    passed = passes(state=state)["rnn"]
    assert passed.untouched is None
    assert captions.what_changed(passed, state) == said
    state = replace(state, shown="difference")
    _, (_, rnn), arrays = told(DIGIT, state)
    assert not arrays["rnn.hidden"].any()
    assert rnn["strips"][0]["scale"] == "diverging"


def test_an_intervention_is_measured_on_many_digits_where_one_may_mislead() -> None:
    labels = mnist.digits("test")[1][:200]
    x = digits.normalise(mnist.digits("test")[0][:200])[:, 0]
    state = State(what="cut", start=14)
    for kind, passed in passes(state=state).items():
        model = weights.load(f"digit_rows_{kind}")
        with torch.inference_mode():
            before, after = (int((model(rows).argmax(1) == labels).sum()) for rows in (x, x[:, 15:]))
        effect = measure_effect(passed, state)
        assert effect == Effect(200, before, after)
        assert captions.measured_effect(passed, effect) == (
            f"Of the first 200 test digits the {captions.TITLES[kind]} gets {after} right when this is done, "
            f"{before} untouched."
        )
    blank = x.clone()
    blank[:, 14] = x.min()
    state = State(what="swap")
    with torch.inference_mode():
        after = int((weights.load("digit_rows_rnn")(blank).argmax(1) == labels).sum())
    effect = measure_effect(passes(state=state)["rnn"], state)
    assert effect is not None
    assert effect.after == after


def test_an_intervention_in_a_series_or_a_sentence_is_not_measured_on_digits() -> None:
    state = State(what="cut")
    for sequence in (WAVES, sequence_of("not good")):
        for passed in passes(sequence, state).values():
            assert measure_effect(passed, state) is None
    assert captions.measured_effect(passes()["rnn"], measure_effect(passes()["rnn"], State())) == ""


def test_strips_of_what_changed_are_zero_before_the_intervention() -> None:
    state = State(what="silence", start=12, shown="difference")
    _, (lstm, rnn), arrays = told(DIGIT, state)
    # Step by step and at once the same sums are rounded another way.
    np.testing.assert_allclose(arrays["lstm.hidden"][:12], 0, atol=1e-6)
    assert abs(arrays["lstm.hidden"][12, lstm["unit"]]) > 1e-3
    assert {strip["scale"] for strip in lstm["strips"]} == {"diverging"}
    for network in (lstm, rnn):
        for strip in network["strips"]:
            most = np.abs(arrays[f"{network['name']}.{strip['name']}"]).max()
            assert strip["limit"] == pytest.approx(most, rel=1e-3)
    assert "shown is what changed;" in lstm["alt"]


def test_the_timeline_is_told_of_gates_and_states_in_the_order_of_the_equations() -> None:
    header, (lstm, rnn), arrays = told(DIGIT, State())
    assert [strip["symbol"] for strip in lstm["strips"]] == ["i", "f", "g", "o", "c", "h"]
    assert [strip["symbol"] for strip in rnn["strips"]] == ["h"]
    limits = {strip["name"]: (strip["scale"], strip["limit"]) for strip in lstm["strips"]}
    assert limits["forget_gate"] == ("sequential", 1)
    for name in ("candidate", "cell", "hidden"):
        most = np.abs(arrays[f"lstm.{name}"]).max()
        assert limits[name] == ("diverging", pytest.approx(most, rel=1e-3))
    assert (header["step"], header["back"], header["classes"]) == (27, 28, tuple("0123456789"))
    assert arrays["lstm.hidden"].dtype == np.float16
    assert arrays["lstm.answers"].dtype == np.float32
    assert "lstm.before" not in arrays


def test_a_step_beyond_the_sequence_is_its_last() -> None:
    read = sequence_of("not good")
    assert [shown_step(read, State(step=step)) for step in (-1, 0, 1, 2)] == [1, 0, 1, 1]
    assert [start_step(2, State(start=start)) for start in (0, 1)] == [0, 1]


@pytest.mark.parametrize(("steps", "half"), [(28, 14), (7, 3), (2, 1), (1, 0), (64, 32)])
def test_an_intervention_begins_halfway_where_the_chosen_step_is_not_there(steps: int, half: int) -> None:
    assert [start_step(steps, State(start=start)) for start in (steps, 199)] == [half] * 2


def test_units_are_sorted_by_the_step_at_which_they_are_most_active_and_keep_their_rows() -> None:
    _, networks, arrays = told(DIGIT, State())
    for network in networks:
        hidden = np.abs(arrays[f"{network['name']}.hidden"])
        peaks = hidden.argmax(axis=0)[network["order"]]
        assert sorted(network["order"]) == list(range(128))
        assert (np.diff(peaks) >= 0).all()
    _, touched, _ = told(DIGIT, State(what="cut"))
    assert [each["order"] for each in touched] == [each["order"] for each in networks]
    _, plain, _ = told(DIGIT, State(order="number"))
    assert [each["order"] for each in plain] == [list(range(128))] * 2


def test_the_selected_unit_is_the_learners_or_the_most_active_at_the_end() -> None:
    state = State(unit=5, rnn_unit=7)
    assert [passed.unit for passed in passes(state=state).values()] == [5, 7]
    for passed in passes(state=State(rnn_unit=1000)).values():
        assert passed.unit == np.abs(passed.values["hidden"][-1]).argmax()


@pytest.mark.parametrize(("networks", "kinds", "layers"), [("both", ["lstm", "rnn"], 2), ("rnn", ["rnn"], 1)])
def test_the_chosen_networks_are_loaded(networks: str, kinds: list[str], layers: int) -> None:
    state = State(networks=networks)
    assert list(passes(WAVES, state)) == kinds
    assert count_layers(state) == layers
    (*_, network) = load_networks("digit", state)
    assert network.usage == "python script.py digit_rows_rnn.safetensors"
    assert network.provenance.startswith("SimpleRNN, trained on MNIST, row by row: ")


@pytest.mark.parametrize(
    "sequence", [DIGIT, WAVES, sequence_of("the film was not good")], ids=lambda s: s.kind
)
def test_questions_are_answered_from_the_pass(sequence: Sequence) -> None:
    passed = passes(sequence)
    asked = {question.name: question for question in questions(list(passed.values()), State())}
    values, answers = passed["lstm"].values, passed["lstm"].answers
    means = {name: values[name].mean() for name in ("input_gate", "forget_gate", "output_gate")}
    best = max(means, key=lambda name: means[name])
    assert asked["open"].answer == QUANTITIES[best].title
    half = (len(sequence) - 1) // 2
    if sequence.kind == "series":
        same = np.sign(answers[half, 0]) == np.sign(answers[-1, 0])
    else:
        same = answers[half].argmax() == answers[-1].argmax()
    assert asked["early"].answer == ("The same" if same else "Something else")
    closed = passes(sequence, State(what="forget", hold=0, start=0))["lstm"]
    stays = captions.answer(closed, -1).split(" (")[0] == captions.answer(passed["lstm"], -1).split(" (")[0]
    assert asked["without"].answer == ("The same" if stays else "Something else")
    assert [question.name for question in questions([passed["rnn"]], State())] == ["early"]


@pytest.mark.parametrize("kinds", [("lstm", "rnn"), ("rnn",)])
def test_the_main_question_is_answered_by_networks_that_begin_anew_halfway(kinds: tuple[str, ...]) -> None:
    through = [passes(DIGIT)[kind] for kind in kinds]
    question = main_question(through, State())
    assert question is not None
    kept = []
    for passed in through:
        with torch.inference_mode():
            whole, rest = (passed.network.model(DIGIT.batch[:, first:]).argmax() for first in (0, 15))
        kept.append(bool(whole == rest))
    assert (question.shows["what"], question.shows["start"]) == ("cut", 14)
    two = {(True, True): "both", (False, False): "neither", (True, False): "the LSTM alone"}
    expected = {**two, (False, True): "the RNN alone", (True,): "Yes", (False,): "No"}
    assert question.answer == expected[tuple(kept)]
    asked = ask_main(through, State())
    assert asked is not None
    assert (asked.text, asked.answer) == (question.text, None)
    assert main_question(through, State(what="cut")) is None


def test_the_script_reads_what_was_read() -> None:
    state = State(what="silence", start=12, unit=3)
    through = list(passes(state=state).values())
    text = script(through, state)
    assert "python script.py digit_rows_lstm.safetensors" in text
    assert "[(0, 'h', 0.0, 12, 28, [3])]" in text
    assert "python script.py digit_rows_lstm.safetensors digit_rows_rnn.safetensors" in text
    assert "STEP = 27 " in text
    assert "STEP = 4 " in script(through, State(step=4))
    assert [*script_files(through, state)] == ["digit_rows_lstm.safetensors", "digit_rows_rnn.safetensors"]
    assert script_name(through, state) == "dlviz_lstm.py"
    assert "unroll" in [thing.__name__ for thing in shown_code(through, state)]


def test_a_gru_is_read_too() -> None:
    network = LoadedNetwork(
        weights.build("GRUModel", {"input_size": 28, "hidden_size": 4, "output_size": 10}, 0), "A GRU."
    )
    passed = forward(network, DIGIT, State(rnn_unit=2, layer=3))
    assert (passed.kind, passed.layer, passed.unit) == ("gru", "gru.0", 2)
    assert list(passed.values) == ["reset_gate", "update_gate", "candidate", "hidden"]


def test_a_series_is_drawn_from_its_seed_or_the_learners_own() -> None:
    for kind in ("sines", "pulses", "trends"):
        assert make_series(State(kind=kind, seed=1)).shape == (LENGTH,)
    assert not np.array_equal(make_series(State(seed=1)), make_series(State(seed=2)))
    assert make_series(State(kind="own", values="1, 2; 4\n−2")).tolist() == [1.0, 2.0, 4.0, -2.0]
    assert make_series(State(kind="own")).tolist() == [0.0] * LENGTH


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 2 nan", "“nan” is no number"),
        ("1 2 inf 3", "“inf” is no number"),
        ("0.5", "needs 3 to 200 numbers; here are 1"),
        ("1 " * 201, "here are 201"),
        ("1 2 1e9", "larger than a million"),
        ("<b> 1 2", "“<b>” is no number"),
    ],
)
def test_a_series_that_is_none_is_explained(text: str, problem: str) -> None:
    with pytest.raises(waves.BadSeries, match=problem):
        make_series(State(kind="own", values=text))
    with pytest.raises(waves.BadSeries, match=problem):
        codecs(State)["values"].read(text)


def test_what_a_field_writes_into_a_link_it_reads_again() -> None:
    state = State(
        layer=2,
        hold=1,
        step=199,
        unit=1023,
        of="hidden",
        what="swap",
        kind="own",
        values="0.1 0.2 0.3",
        text="not bad at all",
        sample=9999,
    )
    written = {name: value for name, value in vars(state).items() if value != getattr(State(), name)}
    assert len(written) == 10
    for name, value in written.items():
        codec = codecs(State)[name]
        assert codec.read(codec.write(value)) == value
