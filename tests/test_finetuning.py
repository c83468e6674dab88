"""Fine-tuning by oracles: what is frozen stays, LoRA merged is LoRA applied, a delta is the trained model."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import io
import mmap
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import AutoModelForTokenClassification, AutoTokenizer

from dlviz.chance import chance_of_wins
from dlviz.encoders.loading import Encoder, load
from dlviz.encoders.reading import read, tokens
from dlviz.finetuning import NoFineTuning
from dlviz.finetuning.arms import ALL, ARMS, WORKSPACE, Arm, estimate_bytes, estimate_seconds
from dlviz.finetuning.changes import (
    answer_for,
    compare_layers,
    measure_weights,
    name_layers,
    probe_layers,
    rank_heads,
    read_layers,
)
from dlviz.finetuning.delta import Delta, fingerprint, take_delta
from dlviz.finetuning.folder import FOLDER, SCRIPT, pack_for_transformers
from dlviz.finetuning.forgetting import find_word_vectors
from dlviz.finetuning.frozen import Reader, read_pooled, try_heads
from dlviz.finetuning.learning import (
    Event,
    Film,
    Plan,
    State,
    begin_with_solved_head,
    learn,
    look,
    read_film,
)
from dlviz.finetuning.low_rank import LowRank
from dlviz.finetuning.network import FineTuned, merge
from dlviz.finetuning.on_vectors import OnVectors
from dlviz.finetuning.plane import find_deciding_plane, find_fixed_plane
from dlviz.finetuning.pooling import POOLINGS
from dlviz.finetuning.scratch import Scratch
from dlviz.finetuning.texts import LONGEST
from dlviz.training.peak_memory import PeakMemory
from dlviz.ui.labs.finetune.film import find_line
from tests.alone import run_alone
from tests.encoder_folders import bert, distilbert, of_kind

TEXTS = (
    "the cat sat",
    "a mat",
    "the mat sat on the cat .",
    "cat",
    "on a mat .",
    "cats sat on mats",
    "a a a",
    "sat",
)
LABELS = (0, 1, 0, 0, 1, 0, 1, 0)
TUNED = {
    "last": Arm(layers=1),
    "low rank": Arm(rank=2),
    "all": Arm(layers=ALL),
    "words": Arm(ALL, words=True),
}
PLAN = Plan(epochs=3, batch=3, rate=1e-2)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load(bert(tmp_path_factory.mktemp("bert")), "tiny")


def prepared(encoder: Encoder, arm: Arm) -> tuple[FineTuned, Any]:
    network = FineTuned(encoder, arm, 2)
    texts = network.read(TEXTS, LABELS)
    begin_with_solved_head(network, texts)
    return network, texts


def trained(encoder: Encoder, arm: Arm) -> tuple[FineTuned, Any, list[Event]]:
    network, texts = prepared(encoder, arm)
    return network, texts, list(learn(network, texts, texts, PLAN, take_delta(network, ("no", "yes")).facts))


def plain_forward(encoder: Encoder, text: str) -> tuple[torch.Tensor, Any]:
    with torch.no_grad():
        ids = torch.tensor([encoder.tokenizer(text)["input_ids"]])
        said = encoder.model(input_ids=ids, output_hidden_states=True)
    return said.last_hidden_state[0], said


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_frozen_arm_pools_what_the_encoder_says_of_a_text_alone(encoder: Encoder, pooling: str) -> None:
    network = FineTuned(encoder, Arm(pooling=pooling), 2)
    features, _ = look(network, network.read(TEXTS, LABELS))
    for text, found in zip(TEXTS, features, strict=True):
        vectors, said = plain_forward(encoder, text)
        # sentence-transformers: the mean of all tokens that are no padding, [CLS] and [SEP] among them.
        wanted = {"cls": vectors[0], "pooler": said.pooler_output[0], "mean": vectors.mean(0)}
        _, *layers = said.hidden_states
        wanted["mean-three"] = torch.stack(layers[-3:])[:, 0].mean((0, 1))  # this one has two
        assert found.numpy() == pytest.approx(wanted[pooling].numpy(), abs=1e-5)


@pytest.mark.parametrize("arm", TUNED.values(), ids=TUNED)
def test_an_arm_begins_as_the_frozen_encoder_and_learns(encoder: Encoder, arm: Arm) -> None:
    frozen, texts = prepared(encoder, Arm())
    network, entering = prepared(encoder, arm)
    assert torch.allclose(look(network, entering)[1], look(frozen, texts)[1], atol=1e-5)
    losses = [event["loss"] for event in learn(network, entering, entering, PLAN) if event["kind"] == "epoch"]
    assert losses[-1] < losses[0]  # pyright: ignore[reportOperatorIssue]


@pytest.mark.parametrize("arm", TUNED.values(), ids=TUNED)
def test_what_is_frozen_stays_bit_for_bit_and_what_learns_is_counted(encoder: Encoder, arm: Arm) -> None:
    before = {name: each.clone() for name, each in encoder.model.state_dict().items()}
    network, _, _ = trained(encoder, arm)
    assert all(before[name].equal(each) for name, each in encoder.model.state_dict().items())
    assert not any(each.requires_grad for each in encoder.model.parameters())
    after = merge(network).model.state_dict()
    moved = {name for name in before if not before[name].equal(after[name])}
    layers = {name.split(".")[2] for name in moved if name.startswith("encoder.layer")}
    assert layers == ({"1"} if arm.layers == 1 else {"0", "1"})
    assert any(name.startswith("embeddings") for name in moved) == arm.words
    if arm.rank:
        assert {name.rpartition("self.")[2] for name in moved} == {"query.weight", "value.weight"}
    # One layer of 8 numbers a token: 4 · 72 in attention, 144 + 136 behind it, two norms; a head of 18.
    layer, head = 4 * 72 + 144 + 136 + 2 * 16, 18
    words = (13 + 24 + 2) * 8 + 16
    wanted = {"last": layer, "low rank": 2 * 2 * 2 * (8 + 8), "all": 2 * layer, "words": 2 * layer + words}
    name = next(key for key, value in TUNED.items() if value == arm)
    assert sum(each.numel() for each in network.learning().values()) == wanted[name] + head


def test_lora_merged_is_lora_applied(encoder: Encoder) -> None:
    network, texts, _ = trained(encoder, Arm(rank=3))
    assert sum(isinstance(module, LowRank) for module in network.model.modules()) == 4
    merged = merge(network, "tuned")
    assert merged.name == "tuned"
    assert not any(isinstance(module, LowRank) for module in merged.model.modules())
    features, _ = look(network, texts)
    for text, found in zip(TEXTS, features, strict=True):
        assert found.numpy() == pytest.approx(plain_forward(merged, text)[0].mean(0).numpy(), abs=1e-5)


@pytest.mark.parametrize("arm", TUNED.values(), ids=TUNED)
def test_a_delta_put_on_its_encoder_is_the_trained_model(encoder: Encoder, arm: Arm) -> None:
    network, texts, _ = trained(encoder, arm)
    delta = take_delta(network, ("no", "yes"))
    again = Delta.from_bytes(delta.to_bytes(half=False))
    assert (again.classes, again.arm, again.encoder) == (("no", "yes"), arm, "tiny")
    applied = again.apply(encoder)
    assert torch.equal(look(applied, texts)[1], look(network, texts)[1])
    halved = Delta.from_bytes(delta.to_bytes()).apply(encoder)
    assert torch.allclose(look(halved, texts)[1], look(network, texts)[1], atol=2e-2)
    assert len(delta.to_bytes()) < len(delta.to_bytes(half=False))


@pytest.mark.parametrize("arm", [TUNED["words"], TUNED["low rank"]], ids=["words", "low rank"])
def test_transformers_loads_the_whole_network_and_gives_the_same_logits(
    encoder: Encoder, arm: Arm, tmp_path: Path
) -> None:
    network, texts, _ = trained(encoder, arm)
    with zipfile.ZipFile(
        io.BytesIO(pack_for_transformers(merge(network), network.head, ("no", "yes")))
    ) as file:
        file.extractall(tmp_path)
    folder = tmp_path / FOLDER
    found: Any = AutoModelForTokenClassification.from_pretrained(folder, output_loading_info=True)
    model, report = found
    assert not any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    wanted = look(network, texts)[1]
    for text, logits in zip(TEXTS, wanted, strict=True):
        with torch.no_grad():
            said = model.eval()(**tokenizer(text, return_tensors="pt")).logits.mean(1)[0]
        assert said.numpy() == pytest.approx(logits.numpy(), abs=1e-5)
    if arm.rank:
        return  # the script is the same
    answered = run_alone(tmp_path, str(folder / SCRIPT), TEXTS[0], transformers=True).decode()
    assert answered.startswith(f"{('no', 'yes')[int(wanted[0].argmax())]} (")
    assert answered.rstrip().endswith(TEXTS[0])


def test_a_delta_for_another_encoder_is_refused_by_name(encoder: Encoder, tmp_path: Path) -> None:
    network, _, _ = trained(encoder, Arm(layers=1))
    other = load(bert(tmp_path, num_hidden_layers=1), "the other one")
    with pytest.raises(NoFineTuning, match="made for the encoder tiny; the other one has other weights"):
        take_delta(network, ("no", "yes")).apply(other)
    assert fingerprint(other) != fingerprint(encoder)
    for content in (b"", b"\x08\0\0\0\0\0\0\0{}      ", take_delta(network, ("no",)).to_bytes()[:100]):
        with pytest.raises(NoFineTuning, match="holds no fine-tuning"):
            Delta.from_bytes(content)
    whole = take_delta(network, ("no", "yes"))
    with pytest.raises(NoFineTuning, match="not whole"):
        replace(whole, weights={}).apply(encoder)


def test_an_encoder_of_another_build_works_frozen_or_says_why_not(tmp_path: Path) -> None:
    other = load(distilbert(tmp_path), "small")
    network, texts = prepared(other, Arm())
    assert look(network, texts)[0].shape == (8, 8)
    with pytest.raises(NoFineTuning, match="small is of the kind distilbert"):
        FineTuned(other, Arm(layers=1), 2)
    with pytest.raises(NoFineTuning, match="has no pooler"):
        FineTuned(other, Arm(pooling="pooler"), 2)


def test_a_camembert_is_built_like_bert_and_can_be_trained(tmp_path: Path) -> None:
    other = load(of_kind(tmp_path, "camembert"), "camembert")
    network, texts = prepared(other, Arm(layers=1))
    vectors, _ = plain_forward(other, TEXTS[0])
    assert look(network, texts)[0][0].numpy() == pytest.approx(vectors.mean(0).numpy(), abs=1e-5)


def test_long_texts_are_cut_and_other_scripts_are_learned_from(encoder: Encoder) -> None:
    long = "cat " * 1_000
    texts = (long, long[: 4 * LONGEST], "ثقيل جدا", "映画は最高だった", "плохо 🎬", "")
    network = FineTuned(encoder, Arm(layers=1), 2)
    read = network.read(texts, (0, 0, 1, 0, 1, 0))
    assert torch.equal(read.entering[0], read.entering[1])
    assert len(read.entering[0]) <= LONGEST
    begin_with_solved_head(network, read)
    *_, end = learn(network, read, read, PLAN)
    assert end["reason"] == "done"
    assert all(torch.isfinite(each).all() for each in look(network, read))


@pytest.mark.parametrize("at", [1, 4])
def test_a_stopped_training_goes_on_as_if_it_had_never_stopped(
    encoder: Encoder, at: int, tmp_path: Path
) -> None:
    network, _, alone = trained(encoder, Arm(layers=1))
    stopped, texts = prepared(encoder, Arm(layers=1))
    looks = iter(range(100))
    *events, checkpoint, end = learn(stopped, texts, texts, PLAN, stopped=lambda: next(looks) == at)
    assert (end["kind"], end["reason"], end["step"]) == ("end", "stopped", at)
    state: Any = checkpoint["state"]
    state.save(tmp_path / "1.safetensors")
    start = State.load(tmp_path / "1.safetensors")
    resumed, _ = prepared(encoder, Arm(layers=1))
    rest = list(learn(resumed, texts, texts, PLAN, start=start))

    def list_losses(happened: list[Event]) -> list[Any]:
        return [(each["step"], each["loss"]) for each in happened if each["kind"] in ("batch", "epoch")]

    assert list_losses([*events, *rest]) == list_losses(alone)
    ending = network.state_dict()
    assert all(each.equal(ending[name]) for name, each in resumed.state_dict().items())
    with pytest.raises(NoFineTuning, match="belongs to another training"):
        list(learn(FineTuned(encoder, Arm(rank=1), 2), texts, texts, PLAN, start=start))
    with pytest.raises(NoFineTuning, match="another training, or cannot be gone on from"):
        list(learn(resumed, texts, texts, PLAN, start=start.lean()))


def test_a_film_is_what_the_network_said_at_each_step(encoder: Encoder, tmp_path: Path) -> None:
    network, texts, events = trained(encoder, Arm(layers=1))
    *_, last = (event["state"] for event in events if event["kind"] == "checkpoint")
    assert isinstance(last, State)
    last.lean().save(tmp_path / "film.safetensors")
    film = read_film(tmp_path / "film.safetensors")
    assert film.steps.tolist() == list(range(10))
    features, logits = look(network, texts)
    assert film.features[-1] == pytest.approx(features.numpy(), abs=2e-3)
    assert film.logits[-1] == pytest.approx(logits.numpy(), abs=1e-6)
    measured = [event["accuracy"] for event in events if event["kind"] == "epoch"]
    right = (film.logits.argmax(2) == np.array(LABELS)).mean(axis=1)
    assert right == pytest.approx(np.array(measured))
    (tmp_path / "film.safetensors").write_bytes(b"nothing")
    for attempt in (read_film, State.load):
        with pytest.raises(NoFineTuning, match="missing, cut or damaged"):
            attempt(tmp_path / "film.safetensors")


def test_nothing_changes_between_an_encoder_and_itself(encoder: Encoder) -> None:
    vectors = read_layers(encoder, TEXTS)
    assert vectors.shape == (3, 8, 8)
    assert name_layers(encoder) == ("embeddings", "layer 1", "layer 2")
    assert compare_layers(vectors, vectors) == pytest.approx(np.ones(3))
    assert measure_weights(encoder, encoder).tolist() == [0, 0, 0]
    reading = read(encoder, tokens(encoder, TEXTS[0]))
    assert {change.moved for change in rank_heads(reading, reading)} == {0.0}


def test_changes_are_found_where_they_were_made(encoder: Encoder) -> None:
    network, _, _ = trained(encoder, Arm(layers=1))
    after = merge(network)
    old, new = read_layers(encoder, TEXTS), read_layers(after, TEXTS)
    cka = compare_layers(old, new)
    assert cka[:2] == pytest.approx([1, 1])
    assert cka[2] < 1 - 1e-6
    moved = measure_weights(encoder, after)
    assert moved[:2].tolist() == [0, 0]
    assert moved[2] > 0
    text = tokens(encoder, TEXTS[2])
    before, now = read(encoder, text), read(after, text)
    ranked = rank_heads(before, now)
    assert [change.layer for change in ranked] == [1, 1, 0, 0]
    first = ranked[0]
    apart = np.abs(now.attention[1, first.head] - before.attention[1, first.head])
    assert first.moved == pytest.approx(apart.sum() / len(text) / 2)
    assert 0 < first.moved <= 1


def test_a_probe_finds_what_a_layer_tells_apart() -> None:
    labels = np.array([0, 1] * 8)
    told = np.random.default_rng(0).normal(size=(2, 16, 4)).astype(np.float32)
    told[1, :, 2] += 20 * labels
    right = probe_layers(told, labels, told[:, :6], labels[:6], 2)
    assert right.shape == (2, 6)
    assert right[1].all()


def test_an_answer_is_a_classs_logit_less_the_mean_of_the_others(encoder: Encoder) -> None:
    head = nn.Linear(8, 3)
    ids = torch.tensor([encoder.tokenizer(TEXTS[0])["input_ids"]])
    with torch.no_grad():
        said = answer_for(encoder, head, "mean", 1)(input_ids=ids, attention_mask=torch.ones_like(ids))
        a, b, c = head(plain_forward(encoder, TEXTS[0])[0].mean(0)).tolist()
    assert said.tolist() == pytest.approx([b - (a + c) / 2])


def test_a_network_on_word_vectors_reads_words_that_it_never_learned_from(encoder: Encoder) -> None:
    network = OnVectors(encoder, 2)
    words: Any = encoder.model.get_input_embeddings()
    table: torch.Tensor = words.weight
    texts = network.read(["the cats sat .", "😀"], [0, 1])
    pieces = [encoder.tokenizer.convert_ids_to_tokens(text.tolist()) for text in texts.entering]
    assert pieces == [["the", "cat", "##s", "sat", "."], ["[UNK]"]]
    embedding: Any = network.model.get_submodule("embedding")
    assert embedding.weight.data_ptr() == table.data_ptr()  # shared
    before = table.clone()
    list(learn(network, network.read(TEXTS, LABELS), texts, PLAN))
    assert torch.equal(table, before)
    assert not any(name.startswith("embedding") for name in network.learning())


def test_memory_is_measured_from_where_it_is_begun() -> None:
    memory = PeakMemory.begin()
    if memory.before is None:
        pytest.skip("this system does not tell")
    # Pages of its own: an array may lie in memory that the process held before.
    held = mmap.mmap(-1, 64_000_000)
    held[:: mmap.PAGESIZE] = b"1" * len(range(0, len(held), mmap.PAGESIZE))
    held.close()
    found = memory.measure()
    assert found is not None
    assert 60e6 < found < 100e6


def test_a_network_from_scratch_learns_words_it_was_given() -> None:
    network = Scratch(TEXTS, 2)
    texts = network.read([*TEXTS, "", "word"], [*LABELS, 0, 1])
    assert [each.tolist() for each in texts.entering[-2:]] == [[1], [1]]
    with torch.no_grad():
        alone = torch.cat([network.model(each[None]) for each in texts.entering])
    assert torch.allclose(look(network, texts)[1], alone, atol=1e-6)
    events = list(learn(network, texts, texts, Plan(epochs=8, batch=4, rate=1e-2)))
    losses = [event["loss"] for event in events if event["kind"] == "batch"]
    assert losses[-1] < losses[0]  # pyright: ignore[reportOperatorIssue]


@pytest.mark.parametrize(
    ("arm", "wanted"),
    # Six layers, read in 6 s; 0.5 of the texts learned from in 2 epochs, the others measured 4 times.
    [(Arm(), 6.0), (Arm(layers=2), 4 + 2 * 5.0), (Arm(layers=ALL), 6 * 5.0), (Arm(rank=1), 6 * 5.0)],
)
def test_seconds_are_estimated_by_layers_that_learn(arm: Arm, wanted: float) -> None:
    assert estimate_seconds(arm, 6, 6.0, 0.5, 2, 4) == pytest.approx(wanted)


def test_memory_is_estimated_by_what_learns_and_what_is_kept() -> None:
    assert estimate_bytes(1_000, 50, 8, 20, 2) == WORKSPACE + 36_000 + 1_600 + 68 * 20 * 8 * 2


def test_an_arm_trains_layers_or_matrices() -> None:
    assert [name for name, arm in ARMS.items() if arm.is_frozen] == ["cls", "pooler", "mean", "mean-three"]
    assert [arm.count_fixed(6) for arm in ARMS.values()] == [6, 6, 6, 6, 5, 4, 0, 0]
    wrongs: list[dict[str, Any]] = [{"layers": 1, "rank": 1}, {"rank": 9}, {"layers": -1}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match="An arm trains"):
            Arm(**wrong)
    with pytest.raises(ValueError, match="frozen encoder alone"):
        Arm(layers=1, pooling="mean-three")


def test_frozen_arms_read_each_text_once_and_solve_a_head_for_each_pooling(encoder: Encoder) -> None:
    pooled = read_pooled(encoder, TEXTS)
    assert pooled.tokens == sum(len(encoder.tokenizer(text)["input_ids"]) for text in TEXTS)
    for name, features in pooled.features.items():
        network = FineTuned(encoder, Arm(pooling=name), 2)
        texts = network.read(TEXTS, LABELS)
        begin_with_solved_head(network, texts)
        found, logits = look(network, texts)
        assert features == pytest.approx(found.numpy(), abs=1e-5)
        right = try_heads(pooled, LABELS, pooled, LABELS, 2)[name]
        assert right.tolist() == (logits.argmax(1) == texts.labels).tolist()


def test_likenesses_of_an_encoder_are_cosines(encoder: Encoder) -> None:
    found = find_word_vectors(encoder, ("a cat", "the cat sat"), "cat")
    assert found[0] == pytest.approx(plain_forward(encoder, "a cat")[0][2].numpy(), abs=1e-5)
    with pytest.raises(ValueError, match="cat"):
        find_word_vectors(encoder, ("a mat",), "cat")


def test_luck_splits_decisions_as_a_coin_would() -> None:
    assert chance_of_wins(0, 0) == chance_of_wins(3, 3) == 1
    assert chance_of_wins(5, 0) == chance_of_wins(0, 5) == pytest.approx(2 / 32)
    assert chance_of_wins(5, 1) == pytest.approx(2 * (6 + 1) / 64)


def test_a_films_plane_is_the_same_in_all_frames_and_shows_what_differs_most() -> None:
    draw = np.random.default_rng(0)
    features = draw.normal(size=(3, 6, 5)) * np.array([9, 0.1, 5, 0.1, 0.1])
    plane = find_fixed_plane(features)
    points = plane.project(features)
    _, _, directions = np.linalg.svd(
        np.concatenate([features[0], features[2]]) - features[[0, 2]].mean((0, 1))
    )
    expected = (features[1] - features[[0, 2]].mean((0, 1))) @ directions[:2].T
    assert np.abs(points[1]) == pytest.approx(np.abs(expected))
    assert plane.share > 0.99
    still = find_fixed_plane(np.ones((2, 3, 4)))
    assert (still.project(np.ones((2, 3, 4))).any(), still.share) == (False, 0.0)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_plane_in_which_a_head_decides_holds_all_that_up_to_three_classes_need(classes: int) -> None:
    draw = np.random.default_rng(0)
    features, head = draw.normal(size=(3, 6, 5)), draw.normal(size=(classes, 5))
    plane = find_deciding_plane(features, head)
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2))
    contrasts = head - head.mean(0)
    shown = plane.directions[: classes - 1]
    assert contrasts @ shown.T @ shown == pytest.approx(contrasts)
    assert (contrasts[-1] @ shown.T > 0).all()


def test_a_film_has_its_dashed_line_where_two_logits_are_equal() -> None:
    draw = np.random.default_rng(0)
    features, head, bias = draw.normal(size=(3, 6, 5)), draw.normal(size=(2, 5)), np.array([0.3, -0.4])
    frames = Film(np.arange(3), features, features @ head.T + bias)
    plane = find_deciding_plane(features, head)
    line = find_line(plane, head, frames)
    assert line is not None
    on_it = plane.middle + line * plane.directions[0] + 7 * plane.directions[1]
    zero, one = head @ on_it + bias
    assert zero == pytest.approx(one)


def test_a_reader_reads_each_text_once_however_it_is_broken_off(encoder: Encoder) -> None:
    reader, texts = Reader(encoder, kept=50), [f"{place} cats" for place in range(40)]

    def break_off(share: float) -> None:
        if share > 0:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        reader.read(texts, break_off)
    once = reader.tokens
    found, expected = reader.read(texts), read_pooled(encoder, texts)
    assert 0 < once < reader.tokens == expected.tokens
    assert all(np.allclose(found.features[name], each, atol=1e-5) for name, each in expected.features.items())
    reader.read(texts[::-1])
    assert reader.tokens == expected.tokens
    reader.read([f"{place} dogs" for place in range(20)])  # ten of the cats must go
    assert len(reader._read) == 50
