"""A lab's questions in the situation of a link, answered by its networks without its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlviz.classroom.links import Situation
from dlviz.questions import Question

if TYPE_CHECKING:
    import numpy as np

    from dlviz.ui.inputs.digit import DigitFields

Query = Mapping[str, str]
SAMPLE = 0  # the test digit that is read where a link holds none


class NotComputed(Exception):
    """Nothing can be asked in this situation now; the message says why."""


def find_questions(situation: Situation) -> tuple[Situation, Sequence[Question]]:
    """A lab's questions in a situation, each with its computed answer, the main one first.

    Returns the situation too: one without a digit is given a test digit, since there is nothing to read.

    Raises: NotComputed.
    """
    from dlviz.data.mnist import MissingData
    from dlviz.encoders import NoEncoder
    from dlviz.weights import BadWeights

    query = dict(situation.query)
    try:
        query, asked = FINDERS[situation.page](query)
    except (BadWeights, MissingData, NoEncoder) as problem:
        raise NotComputed(str(problem)) from problem
    if not asked:
        raise NotComputed("This lab has no question here.")
    return Situation(situation.page, tuple(query.items())), asked


def _ask(module: Any, *passes: Any) -> list[Question]:
    """All questions of a lab's module about its passes: the main one, if there is one, then the others."""
    main = getattr(module, "main_question", None)
    first = main(*passes) if main else None
    return [*([first] if first else []), *module.questions(*passes)]


def _with_digit(state: DigitFields, query: Query) -> tuple[Any, Query, np.ndarray]:
    """The state, its link, and its digit (28, 28) in [0, 1]."""
    from dlviz.data import digits
    from dlviz.ui.inputs.digit import test_digit

    if state.sample < 0 and state.digit:
        return state, query, digits.from_text(state.digit)
    if state.sample < 0:
        state, query = replace(state, sample=SAMPLE), {**query, "sample": str(SAMPLE)}
    return state, query, test_digit(state.sample)[0]


Found = tuple[Query, Sequence[Question]]


def _of_mlp(query: Query) -> Found:
    from dlviz.ui.labs.mlp import questions
    from dlviz.ui.labs.mlp.forward import clamp_choices, forward
    from dlviz.ui.labs.mlp.networks import load_network
    from dlviz.ui.labs.mlp.state import LAB

    state, query, pixels = _with_digit(LAB.state_of(query), query)
    network = load_network(state)
    state = replace(state, **clamp_choices(network, state))
    return query, _ask(questions, forward(network, pixels, state), state)


def _of_convolution(query: Query) -> Found:
    from dlviz.convolution import NoPosition, Sliding
    from dlviz.ui.labs.convolution import questions
    from dlviz.ui.labs.convolution.controls import find_kernel
    from dlviz.ui.labs.convolution.forward import forward
    from dlviz.ui.labs.convolution.inputs import find_picture
    from dlviz.ui.labs.convolution.state import LAB

    state = LAB.state_of(query)
    picture = find_picture(state)
    if picture is None:
        raise NotComputed("A link cannot hold this picture: choose a photograph, or draw one.")
    sliding = Sliding(state.padding, state.mode, state.stride, state.dilation)
    try:
        passed = forward(picture, find_kernel(state), sliding)
    except NoPosition as problem:
        raise NotComputed(str(problem)) from problem
    return query, _ask(questions, passed, state)


def _of_cnn(query: Query) -> Found:
    from dlviz.ui.labs.cnn import questions
    from dlviz.ui.labs.cnn.clamp_choices import clamp_choices
    from dlviz.ui.labs.cnn.forward import forward
    from dlviz.ui.labs.cnn.networks import load_network, sees_colours
    from dlviz.ui.labs.cnn.state import LAB

    state, query, pixels = _with_digit(LAB.state_of(query), query)
    if sees_colours(state):
        raise NotComputed("This run’s network reads photographs, which only its lab can show.")
    network = load_network(state.networks[state.place], state)
    state = replace(state, **clamp_choices(network, state))
    return query, _ask(questions, forward(network, pixels, state), state)


def _of_rnn(query: Query) -> Found:
    from dlviz.ui.inputs import sentence
    from dlviz.ui.labs.rnn import questions
    from dlviz.ui.labs.rnn.forward import forward
    from dlviz.ui.labs.rnn.networks import load_networks
    from dlviz.ui.labs.rnn.sequence import Sequence as Read
    from dlviz.ui.labs.rnn.series import make_series
    from dlviz.ui.labs.rnn.state import LAB, WORDS

    state = LAB.state_of(query)
    match state.input:
        case "sentence":
            words = sentence.read(state.text, WORDS)
            if not len(words):
                raise NotComputed("There is no word to read.")
            read = Read.from_words(words)
        case "series":
            read = Read.from_series(make_series(state))
        case _:
            state, query, pixels = _with_digit(state, query)
            read = Read.from_digit(pixels)
    passes = [forward(network, read, state) for network in load_networks(read.kind, state)]
    return query, _ask(questions, passes, state)


def _of_gradients(query: Query) -> Found:
    from dlviz.ui.labs.gradients import questions
    from dlviz.ui.labs.gradients.forward import forward
    from dlviz.ui.labs.gradients.state import LAB

    state = LAB.state_of(query)
    return query, _ask(questions, forward(state), state)


def _of_text(query: Query) -> Found:
    from dlviz.ui.labs.text import questions
    from dlviz.ui.labs.text.forward import forward, measure_contributions
    from dlviz.ui.labs.text.networks import load_network
    from dlviz.ui.labs.text.state import LAB

    state = LAB.state_of(query)
    network = load_network(state)
    read = network.read(state.text)
    if not len(read):
        raise NotComputed("There is no word to read.")
    passed = forward(network, read)
    others = questions.questions((passed, measure_contributions(passed)), state)
    return query, [questions.main_question(passed), *others]


def _of_generate(query: Query) -> Found:
    from dlviz.ui.labs.generate import questions
    from dlviz.ui.labs.generate.forward import forward
    from dlviz.ui.labs.generate.networks import load_network
    from dlviz.ui.labs.generate.state import LAB

    state = LAB.state_of(query)
    # No question is about the text's colours, some of which take seconds to find.
    state = replace(state, light="surprise")
    return query, _ask(questions, forward(load_network(state), state), state)


def _of_attention(query: Query) -> Found:
    from dlviz.ui.labs.attention import networks, questions
    from dlviz.ui.labs.attention.changes import possible_changes
    from dlviz.ui.labs.attention.controls import TABLE
    from dlviz.ui.labs.attention.forward import forward
    from dlviz.ui.labs.attention.sequences import split_digit, split_text
    from dlviz.ui.labs.attention.state import EXAMPLE, LAB
    from dlviz.ui.runs import digit_transformer

    state = LAB.state_of(query)
    if state.input == "digit":
        state, query, pixels = _with_digit(state, query)
        read = split_digit(pixels)
        trained = digit_transformer.load_network(LAB, state.weights, state.run)
        blocks = digit_transformer.count_blocks(trained.model)
        network = networks.open_block(trained, min(state.block, blocks))
    else:
        read = split_text(state.text if state.text.strip() else EXAMPLE, state)
        if state.weights == "bert":
            network = networks.load_bert_layer(state.layer)
        else:
            size = TABLE if state.reads_table else state.size
            if size % state.heads:
                raise NotComputed(f"An embed size of {size} cannot be split into {state.heads} heads.")
            network = networks.make_random(size, state.heads, state)
    heads = network.attention.heads
    state = replace(
        state,
        off=tuple(head for head in state.off if head < heads),
        hidden=tuple(token for token in state.hidden if token < len(read)),
    )
    changes, _ = possible_changes(read, heads, state)
    return query, _ask(questions, forward(network, read, changes, state), state)


def _of_block(query: Query) -> Found:
    from dlviz.generation import prepared
    from dlviz.ui.labs.block import forward as passes
    from dlviz.ui.labs.block import questions
    from dlviz.ui.labs.block.networks import load_network, load_writer
    from dlviz.ui.labs.block.state import CHARACTERS, LAB, SENTENCE

    state = LAB.state_of(query)
    words = passes.split_words(state.words)[0] or passes.split_words(SENTENCE)[0]
    if state.part == "write":
        return query, _ask(questions, passes.write_text(load_writer(), state), state)
    if state.part == "order":
        try:
            orders = passes.match_orders(words, passes.split_words(state.other)[0])
        except ValueError:
            orders = passes.match_orders(words, words[::-1])
        return query, _ask(questions, passes.compare_orders(orders, state), state)
    match state.network:
        case "digit":
            state, query, pixels = _with_digit(state, query)
            network, read = load_network(state), passes.read_digit(pixels)
        case "words":
            network, read = load_network(state), passes.read_words(words, state)
        case _:
            network, read = load_network(state), passes.read_text(prepared(state.text, CHARACTERS)[0])
    return query, _ask(questions, passes.forward(network, read, state), state)


def _of_bert(query: Query) -> Found:
    from dlviz.ui.labs.bert import questions
    from dlviz.ui.labs.bert.forward import NoToken, forward
    from dlviz.ui.labs.bert.state import LAB, PACKAGED
    from dlviz.ui.server import model_cache

    state = LAB.state_of(query)
    if state.model != PACKAGED:
        raise NotComputed("Here another model answers, which only its lab can load.")
    model_cache.import_encoders()
    try:
        passed = forward(model_cache.bert(), (state.text, state.other), state)
    except NoToken as problem:
        raise NotComputed("There is no token to read.") from problem
    return query, _ask(questions, passed, state)


def _of_training(query: Query) -> Found:
    from dlviz.training.runs.store import UnknownRun
    from dlviz.ui.labs.training.state import LAB
    from dlviz.ui.labs.training.train import questions
    from dlviz.ui.runs.live_run import watch

    state = LAB.state_of(query)
    if state.view != "train" or not state.run:
        raise NotComputed("Train a network first: its run is what can be asked about.")
    run = watch(state.run)
    try:
        history = run.history()
        asked = questions.main_question(run.config, history)
        first = [asked] if asked and asked.is_answered else []
        return query, [*first, *questions.questions(run)]
    except (UnknownRun, ValueError) as problem:
        raise NotComputed(str(problem)) from problem


def _of_transfer(query: Query) -> Found:
    from dlviz.ui.labs.transfer.few_examples.questions import questions
    from dlviz.ui.labs.transfer.state import LAB
    from dlviz.ui.labs.transfer.what_changed import networks
    from dlviz.ui.labs.transfer.what_changed import questions as what_changed
    from dlviz.ui.labs.transfer.what_changed.forward import measure_change, read_tasks

    state = LAB.state_of(query)
    if state.view == "few":
        return query, questions({}, state)
    tuned = networks.look_at(state.run) if state.view == "changed" and state.run else None
    if not tuned or not networks.is_tuned(tuned.config) or not networks.has_ended(tuned):
        raise NotComputed("Tune a network first: it is what can be asked about here.")
    change = measure_change(networks.load_network(tuned), read_tasks(tuned.config))
    return query, [what_changed.main_question(change), *what_changed.questions({"tuned": change})]


def _of_finetune(query: Query) -> Found:
    from dlviz.ui.labs.finetune.questions import questions
    from dlviz.ui.labs.finetune.state import LAB
    from dlviz.ui.server import model_cache

    model_cache.import_encoders()
    return query, questions(LAB.state_of(query))


def _of_depth(query: Query) -> Found:
    from dlviz.plane.towers import KINDS
    from dlviz.ui.labs.depth.hierarchy import questions as hierarchy
    from dlviz.ui.labs.depth.hierarchy.networks import find_measurement
    from dlviz.ui.labs.depth.regions import questions as regions
    from dlviz.ui.labs.depth.same_budget import questions as same_budget
    from dlviz.ui.labs.depth.state import LAB
    from dlviz.ui.labs.depth.too_deep import questions as too_deep
    from dlviz.ui.labs.depth.too_deep.forward import learned_points, make_towers

    state = LAB.state_of(query)
    match state.view:
        case "budget":
            return query, same_budget.questions(state)
        case "regions":
            return query, [regions.main_question()]
        case "layers":
            measured = find_measurement(state.reader)
            while not measured.is_done:
                measured.go_on()
            return query, [hierarchy.main_question(measured), *hierarchy.questions(measured)]
        case "deep":
            towers = make_towers(state)
            towers.step(learned_points(state))
            first = too_deep.main_question(towers.first_norms[KINDS.index("plain")])
            return query, [first, *too_deep.questions(state)]
    raise NotComputed("What this view asks is answered by a network that learns there, on screen.")


def _of_landscape(query: Query) -> Found:
    from dlviz.ui.labs.landscape.state import LAB
    from dlviz.ui.labs.landscape.two_weights import questions
    from dlviz.ui.labs.landscape.two_weights.forward import choose_weights, find_missing, measure, race
    from dlviz.ui.labs.landscape.two_weights.networks import load_trained

    state = LAB.state_of(query)
    if state.view != "two":
        raise NotComputed("Of this lab’s views, the first can be asked about.")
    trained = load_trained(state.network)
    state = replace(state, layer=min(state.layer, len(trained.linear) - 1))
    state = replace(state, **dict.fromkeys(find_missing(trained, state)))
    surface = measure(trained, state.layer, choose_weights(trained, state), state.reach)
    return query, _ask(questions, race(surface, state.start, state.rate), state)


def _of_race(query: Query) -> Found:
    from dlviz.training.shuffled_race import read
    from dlviz.ui.labs.race.contest import captions, live
    from dlviz.ui.labs.race.contest import questions as contest
    from dlviz.ui.labs.race.contest.runs import find_shipped
    from dlviz.ui.labs.race.inside_both import questions as inside_both
    from dlviz.ui.labs.race.inside_both.forward import find_disagreement, forward
    from dlviz.ui.labs.race.pairs import load_pair
    from dlviz.ui.labs.race.state import LAB
    from dlviz.ui.labs.race.stress_tests import questions as stress_tests
    from dlviz.ui.labs.race.stress_tests.forward import measure
    from dlviz.ui.labs.race.stress_tests.learned_again import arrange

    state = LAB.state_of(query)
    match state.view:
        case "race":
            tested = live.count_tested(state.data, state.examples)
            judged = captions.judge(live.reached(find_shipped(state)), tested)
            first = [contest.main_question(state.race, judged)] if judged else []
            return query, [*first, *contest.questions()]
        case "stress" if state.stress == "shuffled":
            return query, [stress_tests.main_question(state, arrange(read()))]
        case "stress":
            measured = measure(load_pair(state.pair), state.stress)
            return query, [stress_tests.main_question(state, measured), *stress_tests.questions(measured)]
        case "inside":
            state, query, pixels = _with_digit(state, query)
            pair = load_pair(state.pair)
            first = inside_both.main_question(find_disagreement(pair))
            return query, [first, *inside_both.questions(forward(pair, pixels, state.place))]
    raise NotComputed("This view, a table, asks nothing: the others do.")


FINDERS: Mapping[str, Callable[[Query], Found]] = {
    "mlp": _of_mlp,
    "convolution": _of_convolution,
    "cnn": _of_cnn,
    "rnn": _of_rnn,
    "gradients": _of_gradients,
    "text": _of_text,
    "generate": _of_generate,
    "attention": _of_attention,
    "block": _of_block,
    "bert": _of_bert,
    "training": _of_training,
    "transfer": _of_transfer,
    "finetune": _of_finetune,
    "depth": _of_depth,
    "landscape": _of_landscape,
    "race": _of_race,
}
