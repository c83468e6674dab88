"""The lab Fine-tuning BERT without its page: state, sentences, captions, and what stands in its table."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlviz.data import labelled
from dlviz.encoders import packaged
from dlviz.finetuning.changes import rank_heads
from dlviz.finetuning.forgetting import Likenesses
from dlviz.finetuning.network import Unread, count_unread
from dlviz.training.analysis.history import History
from dlviz.training.fine_tuning import FineTuningConfig, cut_own, draw_reviews, split_own
from dlviz.training.runs.service import Status
from dlviz.ui.components.film import Film, message
from dlviz.ui.labs.finetune import captions, lanes
from dlviz.ui.labs.finetune.film import describe_film, list_changed
from dlviz.ui.labs.finetune.inputs import (
    LETTERS,
    SAMPLE,
    Chosen,
    cut_text,
    describe_doubts,
    describe_own,
    write_lines,
)
from dlviz.ui.labs.finetune.lanes import Estimate, Lane
from dlviz.ui.labs.finetune.pictures import title_of
from dlviz.ui.labs.finetune.questions import main_question, notebook_call
from dlviz.ui.labs.finetune.state import LAB, OWN, TITLES, State
from dlviz.ui.labs.finetune.what_changed.captions import describe_heads, describe_probes
from dlviz.ui.labs.finetune.what_changed.forward import Change, Read


def right(*places: int, count: int = 20) -> np.ndarray:
    """Sentences that an arm names right, all but those in these places."""
    found = np.ones(count, bool)
    found[list(places)] = False
    return found


def test_the_sample_of_own_sentences_can_be_learned_from() -> None:
    read = labelled.read(SAMPLE.encode())
    assert read.classes == ("food", "sport", "weather")
    assert labelled.read(write_lines(read).encode()) == read
    chosen = Chosen(split_own(read), read, "1")
    said = describe_own(read, chosen)
    assert said[0] == "12 sentences to learn from, 6 held out, in 3 classes: food, sport, weather."
    assert said[1].endswith("a single sentence makes 16.7 %.")


def test_own_sentences_say_what_is_left_out_and_what_contradicts() -> None:
    text = SAMPLE + "will it RAIN tomorrow? | sport\nFog hides the harbour until noon. | weather\n"
    read = labelled.read(text.encode())
    said = describe_own(read, Chosen(split_own(read), read, "1"))
    assert said[1].startswith("Left out: 2 rows")
    assert said[2].startswith("1 sentence with two different labels")


def test_sentences_that_the_encoder_does_not_read_whole_are_counted() -> None:
    texts = ["word " * 126, "word " * 127, "good 😀", "这部电影很好", "фильм"]  # [CLS] and [SEP] count, too
    unread = count_unread(packaged.encoder(), texts)
    assert unread == Unread(1, 2, 128)
    longer, unknown = captions.describe_unread(unread)
    assert longer.startswith("1 sentence with more than 128 tokens")
    assert unknown.startswith("2 sentences with characters")
    assert captions.describe_unread(Unread(0, 0, 128)) == []


def test_of_ten_thousand_rows_the_first_are_taken_and_that_is_said() -> None:
    text = "text | label\n" + "".join(f"sentence {row} | {'ab'[row % 2]}\n" for row in range(10_000))
    assert cut_text(text) == (text, False)
    read = labelled.read(text.encode())
    chosen = Chosen(split_own(cut_own(read)))
    assert len(chosen.sentences.learned) + len(chosen.sentences.held) == 2_000
    assert describe_own(read, chosen)[-1] == "10,000 different sentences: the first 2,000 are taken."


def test_a_long_text_is_cut_between_two_rows() -> None:
    row = "word " * 1_000 + "| a\n"
    text, is_cut = cut_text("text | label\n" + row * 100)
    assert is_cut
    assert set(text.split("\n")[1:]) == {row.strip()}
    assert len(text) + len(row) > LETTERS >= len(text)
    assert cut_text(SAMPLE) == (SAMPLE, False)


def test_sentences_that_all_contradict_each_other_are_counted_although_one_label_is_left() -> None:
    read = labelled.read(
        ("text | label\n" + "".join(f"s {row} | a\ns {row} | b\n" for row in range(9))).encode()
    )
    said = describe_doubts(read)
    assert said[0].startswith("Left out: 9 rows")
    assert said[1].startswith("9 sentences with two different labels, such as “s 0”")


def test_a_bar_in_a_sentence_comes_back_from_the_field() -> None:
    table = labelled.Labelled(("a | b", 'c "d"', "e"), (0, 1, 0), ("x", "y"))
    assert labelled.read(write_lines(table).encode()) == table


def test_a_lead_is_clear_only_where_luck_would_seldom_give_it() -> None:
    arms = {"A": right(), "B": right(0, 1, 2, 3, 4, 5), "C": right(0, 1, 2)}
    assert captions.rank(arms) == ["A", "C", "B"]
    assert captions.find_leaders(arms) == ["A", "C"]  # 6 to 0 comes 1 time in 32, 3 to 0 1 time in 4
    said = captions.judge(arms, held_out=False)
    assert said == (
        "“A” gets 100.0 % of 20 test sentences right, the most. That it beats “B” is more than luck. The "
        "lead over “C” may be luck."
    )
    assert captions.judge({"A": right()}, held_out=True) == ""
    tied = captions.judge({"A": right(0), "B": right(1)}, held_out=True)
    assert tied == "“A” and “B” get 95.0 % of 20 held-out sentences right, the most."


def test_runs_are_found_by_what_they_learn() -> None:
    reviews = Chosen(draw_reviews(50, 0))
    state = State(data="50", draw=3, rank=2, words=True)
    assert lanes.configure(state, reviews, "low-rank") == FineTuningConfig("low-rank", 50, 3, 2, True)
    own = lanes.configure(State(data=OWN, draw=3), Chosen(reviews.sentences, mark="abc"), "all")
    assert (own.count, own.draw, own.data) == (0, 0, "abc")
    names = {FineTuningConfig(lane, 50, rank=rank).name for lane in ("all", "low-rank") for rank in (1, 2)}
    assert len(names) == 3  # the rank matters to LoRA alone


def test_titles_name_the_rank_and_the_word_vectors() -> None:
    assert title_of(State(rank=3), "low-rank") == "LoRA, rank 3"
    assert title_of(State(words=True), "all") == "All layers and word vectors"
    assert title_of(State(), "cls") == TITLES["cls"]


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (Estimate(770, None, 0.0), "solved at once"),
        (Estimate(9, None, 4.2), "a few seconds · 4 MB"),
        (Estimate(9, 0.2, 60.0), "about 1 s · 60 MB"),
        (Estimate(9, 12.4, 60.0), "about 12 s · 60 MB"),
    ],
)
def test_an_estimate_is_told_as_one(estimate: Estimate, said: str) -> None:
    assert captions.takes(estimate, None) == said


def test_what_was_measured_stands_beside_what_was_expected() -> None:
    status = Status("a", "finetuning", "", 0.0, (0, 0.0), False, "ended", "done", "", False, None, 0)
    history = History({"seconds": np.array([5.0, 11.2])}, {}, (), 2, 1, "done")
    lane = Lane(status, history, {"memory": 71_000_000})
    assert captions.takes(Estimate(9, 12.4, 60.0), lane) == "11.2 s · 71 MB (expected: about 12 s · 60 MB)"
    silent = Lane(status, history, {"memory": None})
    assert captions.takes(Estimate(9, 12.4, 60.0), silent) == "11.2 s (expected: about 12 s · 60 MB)"


def test_what_word_vectors_change_is_told_with_luck() -> None:
    names = ("plain", "on vectors")
    assert captions.compare_word_vectors(names, right(0, 1, 2, 3, 4, 5), right()) == (
        "“on vectors” instead of “plain”: 100.0 % right instead of 70.0 %. That is more than luck."
    )
    assert captions.compare_word_vectors(names, right(), right(0)).endswith("That may be luck.")
    assert captions.compare_word_vectors(names, right(1), right(0)).endswith(
        "95.0 % right instead of 95.0 %."
    )


def test_a_link_keeps_the_arms_in_their_order_and_refuses_others() -> None:
    codec = LAB._codecs["lanes"]
    assert codec.read("all,scratch") == ("scratch", "all")
    assert codec.read("") == ()
    with pytest.raises(ValueError, match="mean"):
        codec.read("mean")


def test_a_film_says_what_was_won_and_what_was_lost() -> None:
    answers = np.array([[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 0]])
    labels, sure = np.array([0, 1, 0, 1]), np.array([0.6, 0.7, 0.9])
    shown = Film("1", np.arange(3), np.zeros((3, 4, 2)), answers, labels, "ab", ["t"] * 4, sure)
    assert describe_film(shown) == (
        "At first 2 of 4 answers are right, at the end 2. Won on the way: 1. Lost: 1. On average the network "
        "is 60.0 % sure of its answers at first, 90.0 % at the end; 50.0 % are right."
    )
    assert [(row[""], row["Label"]) for row in list_changed(shown)] == [("lost", "b"), ("won", "b")]
    assert message(shown)


def test_the_call_for_a_notebook_names_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import dlviz.finetuning.learning as learning

    lines = notebook_call(State(draw=7)).splitlines()
    assert "draw_reviews(200, draw=7)" in lines[6]
    assert "plan = Plan(epochs=3, batch=16, rate=5e-05, seed=7)" in lines
    assert "draw_reviews(50, draw=7)" in notebook_call(State(data="50", draw=7))
    # All but the sentences is as it stands: eight of them, and a pass that ends at once.
    monkeypatch.setattr(
        learning, "learn", lambda *given: iter([{"kind": "epoch", "step": 0, "accuracy": 1.0}])
    )
    few = "sentences = __import__('dataclasses').replace(sentences, learned=sentences.learned[:8], held=())"
    said = "\n".join([*lines[:7], few, *lines[7:]]).replace("sentences.held", "sentences.learned[:2]")
    exec(compile(said, "notebook", "exec"), {})


def test_the_answer_names_all_leaders_and_keeps_titles_with_commas_apart() -> None:
    ways = ("Frozen, mean", "LoRA, rank 4", "From scratch")
    arms = {ways[0]: right(0, 1, 2), ways[1]: right(), ways[2]: right(*range(9))}
    asked = main_question(200, ways, arms)
    assert (asked.answer, asked.as_good) == (ways[1], [ways[0]])
    assert asked.because == (
        "Among “LoRA, rank 4” and “Frozen, mean” luck may decide. Right of 20: “LoRA, rank 4” 20, "
        "“Frozen, mean” 17, “From scratch” 11."
    )
    assert main_question(200, ways, {ways[0]: right()}).answer is None


def test_the_head_that_moved_most_names_where_its_attention_went() -> None:
    tokens: Any = SimpleNamespace(words=("[CLS]", "not", "[SEP]"))
    before, after = np.zeros((2, 1, 2, 3, 3))
    before[0, :, :, 0] = 1
    after[0, 0, :, 0] = 1
    after[0, 1] = [0.5, 0.3, 0.2]
    readings: Any = (SimpleNamespace(attention=before), SimpleNamespace(attention=after))
    none = (np.zeros(2), np.zeros(2))
    told = describe_heads(Read(tokens, readings, rank_heads(*readings), none, 0, none))
    assert told == (
        "Head 2 of layer 1 moved most: 50.0 % of its attention goes to other tokens than before. “[CLS]” "
        "lost most of it, “not” gained most."
    )


@pytest.mark.parametrize(("wrong", "said"), [((), "80.0 % after, of 20 sentences."), ((9,), "may be luck.")])
def test_a_probes_gain_is_judged_by_luck(wrong: tuple[int, ...], said: str) -> None:
    before, after = right(0, 1, 2, 3), right(0, 1, 2, 3, *wrong)
    nothing = Likenesses(np.zeros(10), 0.0, 0.0)
    layers = np.zeros(1)
    change = Change(("layer 1",), layers, layers, (before[None], after[None]), (nothing, nothing))
    told = describe_probes(change)
    assert told.startswith("A probe of the last layer: 80.0 % before")
    assert told.endswith(said)
