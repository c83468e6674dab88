"""Claims of the Fine-tuning lab's lesson."""

import json
import tempfile
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dlviz.chance import chance_of_wins
from dlviz.encoders import packaged
from dlviz.encoders.reading import read, tokens
from dlviz.finetuning.arms import ARMS
from dlviz.finetuning.changes import compare_layers, measure_weights, rank_heads, read_layers
from dlviz.finetuning.forgetting import measure_likenesses
from dlviz.finetuning.frozen import Pooled, read_pooled, try_heads
from dlviz.finetuning.learning import DECAY, Plan, begin_with_solved_head, learn, look
from dlviz.finetuning.learning import State as Kept
from dlviz.finetuning.low_rank import LowRank
from dlviz.finetuning.network import FineTuned, merge
from dlviz.training.examples_curve import read_points
from dlviz.training.fine_tuning import SCRATCH, VECTORS, FineTuningConfig, Sentences, build, draw_reviews
from dlviz.training.sentences_curve import (
    DRAWS,
    FROZEN,
    SentencesCurveConfig,
    measure_sentences_curve,
    plan_sentences_curve,
)
from dlviz.transfer.heads import solve_head
from dlviz.ui.components.film import Film, message
from dlviz.ui.labs.finetune import captions
from dlviz.ui.labs.finetune.film import describe_film, make_film
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.state import State

FACTS = {"encoder": "", "mark": "", "arm": json.dumps(asdict(ARMS["last-two"])), "classes": '["no", "yes"]'}
FEW = 12  # sentences: enough for claims on what moves at all


@cache
def reviews() -> Sentences:
    """The reviews that the lab opens with."""
    return draw_reviews(int(State().data), State().draw)


def pooled(part: tuple[tuple[str, int], ...]) -> tuple[Pooled, tuple[int, ...]]:
    texts, labels = zip(*part, strict=True)
    return read_pooled(packaged.encoder(), texts), labels


@cache
def briefly_tuned(lane: str = "last-two") -> tuple[FineTuned, Any, Kept]:
    """An arm after a few steps on a few reviews, the texts that it has read, and its last state."""
    network = FineTuned(packaged.encoder(), ARMS[lane], 2)
    texts, labels = zip(*reviews().learned[:FEW], strict=True)
    known = network.read(texts, labels)
    begin_with_solved_head(network, known)
    *_, checkpoint, _ = learn(network, known, known, Plan(epochs=1, batch=6))
    kept: Any = checkpoint["state"]
    return network, known, kept


def test_the_means_are_the_best_poolings() -> None:
    # Fewer than the lab reads are enough: both means are ahead by 14 of 80, and with all by 34 of 200.
    (learned, labels), (tested, wanted) = pooled(reviews().learned[:50]), pooled(reviews().tested[:80])
    right = try_heads(learned, labels, tested, wanted, 2)
    assert set(captions.find_leaders(right)) == {"mean", "mean-three"}


def test_a_lead_is_judged_by_luck() -> None:
    best = np.ones(200, bool)
    clear, close = best.copy(), best.copy()
    clear[:20], close[:3] = False, False
    said = captions.judge({"A": best, "B": clear, "C": close}, held_out=False)
    assert "beats “B” is more than luck" in said
    assert "over “C” may be luck" in said


def test_luck_is_five_in_a_hundred() -> None:
    assert chance_of_wins(6, 0) < captions.LUCK == 0.05 < chance_of_wins(5, 0)


def test_lora_learns_least() -> None:
    trained = [lane for lane in State().lanes if lane != SCRATCH]
    counts = {
        lane: sum(each.numel() for each in FineTuned(packaged.encoder(), ARMS[lane], 2).learning().values())
        for lane in trained
    }
    assert min(counts, key=counts.__getitem__) == "low-rank"
    assert counts["all"] // counts["low-rank"] == 282


def test_mean_is_the_mean_of_all_tokens() -> None:
    encoder, text = packaged.encoder(), "not bad at all"
    with torch.no_grad():
        ids = torch.tensor([encoder.tokenizer(text)["input_ids"]])
        said = encoder.model(input_ids=ids, output_hidden_states=True)
    found = read_pooled(encoder, [text]).features
    assert np.allclose(found["mean"][0], said.last_hidden_state[0].mean(0).numpy(), atol=1e-5)
    three = torch.stack(said.hidden_states[-3:])[:, 0].mean((0, 1))
    assert np.allclose(found["mean-three"][0], three.numpy(), atol=1e-5)


def test_frozen_stays_bit_for_bit() -> None:
    network, _, _ = briefly_tuned()
    before, after = packaged.encoder().model.state_dict(), merge(network).model.state_dict()
    learning = ("encoder.layer.4.", "encoder.layer.5.")
    assert all(before[name].equal(after[name]) for name in before if not name.startswith(learning))


def test_word_vectors_stay_frozen() -> None:
    network = build(FineTuningConfig(VECTORS), reviews())
    embedding: Any = network.get_submodule("model.embedding")
    vectors = packaged.encoder().model.state_dict()["embeddings.word_embeddings.weight"]
    assert embedding.weight.data_ptr() == vectors.data_ptr()
    assert not embedding.weight.requires_grad


def test_lora_merged_is_lora_applied() -> None:
    network, texts, _ = briefly_tuned("low-rank")
    assert any(isinstance(module, LowRank) for module in network.model.modules())
    merged = read_layers(merge(network), [text for text, _ in reviews().learned[:FEW]])[-1]
    assert np.allclose(look(network, texts)[0].numpy(), merged, atol=1e-5)


def test_frozen_ways_are_measured_first() -> None:
    plan = plan_sentences_curve(State().lanes)
    assert [part.ways == FROZEN for part in plan] == [True, *[False] * len(State().lanes)] * DRAWS


@cache
def few() -> dict[tuple[str, int, int], float]:
    """The first draw of the curve, frozen, as far as claims need it."""
    return read_points(list(measure_sentences_curve(SentencesCurveConfig(FROZEN, 0, counts=(10, 50, 100)))))


def test_more_sentences_help() -> None:
    assert few()["mean", 100, 0] > few()["mean", 10, 0] + 0.1


def test_mean_needs_fewer_sentences() -> None:
    assert few()["cls", 50, 0] < few()["mean", 10, 0]


@cache
def changes(lane: str = "last-two") -> tuple[np.ndarray, np.ndarray]:
    network, _, _ = briefly_tuned(lane)
    after, texts = merge(network), [text for text, _ in reviews().learned[:FEW]]
    alike = compare_layers(read_layers(packaged.encoder(), texts), read_layers(after, texts))
    return measure_weights(packaged.encoder(), after), alike


def test_only_the_last_two_move() -> None:
    weights, _ = changes()
    assert (weights > 0).tolist() == [False] * 5 + [True] * 2


def test_weights_move_alike_where_all_learn() -> None:
    weights, _ = changes("all")
    assert weights[0] == 0  # word vectors stay frozen
    assert weights[1:].max() < 1.5 * weights[1:].min()


def test_vectors_move_most_at_the_top() -> None:
    _, alike = changes("all")
    assert alike.argmin() == 6
    assert 1 - alike[6] > 5 * (1 - alike[3])


def test_nothing_changes_in_what_is_frozen() -> None:
    _, alike = changes()
    assert np.allclose(alike[:5], 1)


def test_heads_move_in_the_layers_that_learn() -> None:
    network, _, _ = briefly_tuned()
    given = tokens(packaged.encoder(), State().sentence)
    ranked = rank_heads(read(packaged.encoder(), given), read(merge(network), given))
    assert {change.layer for change in ranked if change.moved} == {4, 5}


def test_bank_has_two_senses_before() -> None:
    found = measure_likenesses(packaged.encoder())
    assert found.same_sense > found.other_sense + 0.1


def test_the_first_frame_is_the_frozen_encoder() -> None:
    _, _, kept = briefly_tuned()
    frozen = read_layers(packaged.encoder(), [text for text, _ in reviews().learned[:FEW]])[-1]
    assert np.allclose(kept.film["features"][0].float().numpy(), frozen, atol=2e-3)


@cache
def shown(kind: str = "spread") -> Film:
    _, _, kept = briefly_tuned()
    parts = replace(reviews(), held=reviews().learned[:FEW])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.safetensors"
        replace(kept, facts=FACTS).save(file)
        return make_film("1", file, Chosen(parts), kind)[0]


def test_sentences_leave_the_dashed_line() -> None:
    film = shown("head")
    assert film.line is not None
    first, last = (np.abs(film.points[at, :, 0] - film.line).mean() for at in (0, -1))
    assert last > first
    assert film.sure[-1] > film.sure[0]


def test_rings_are_wrong_answers() -> None:
    film = shown()
    assert film.answers.shape == film.points.shape[:2] == (len(film.steps), FEW)
    assert message(film)


def test_few_reviews_do_not_teach_not() -> None:
    (learned, labels) = pooled(reviews().learned)
    head = solve_head(learned.features["mean"], np.array(labels), 2, DECAY)
    asked = read_pooled(packaged.encoder(), ["It was not bad at all."]).features["mean"]
    assert head.probabilities(asked)[0, 0] > 0.75  # negative, already where training begins


def test_won_and_lost_are_counted() -> None:
    film = shown()
    first, last = (film.answers[at] == film.labels for at in (0, -1))
    assert f"At first {first.sum()} of {FEW} answers are right, at the end {last.sum()}" in describe_film(
        film
    )
