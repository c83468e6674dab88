"""What is learned: each task with each of its networks, what is held out, and data that cannot be learned."""

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.data import cifar10, downloads, fashion, labelled, memory, mnist, novels, reviews
from dlviz.data.labelled import Labelled
from dlviz.data.mnist import MissingData
from dlviz.data.shuffling import shuffle_with
from dlviz.training.config import TrainingConfig
from dlviz.training.options import GONE, TASKS
from dlviz.training.tasks import BadTask, Drawings, bytes_to_download, own, prepare
from dlviz.training.tasks.examples import Pictures, Sentences, Windows
from dlviz.training.trainer_state import Learner
from tests.runs import Script, events, losses, of_kind, states

RANDOM = np.random.default_rng(0)
TINY: dict[str, Any] = {"samples": 40, "batch_size": 20, "epochs": 1}
DRAWN = Drawings(RANDOM.integers(0, 256, (60, 28, 28), np.uint8), tuple("abc" * 20))
CSV = "text,label\n" + "".join(f"a good {i} film,praise\na bad film {i},blame\n" for i in range(30))
TABLE = labelled.read(CSV.encode())
# Clothes are measured on 2,000 pictures, which takes long; their networks are those of digits.
LEARNED = [
    (task, model)
    for task in TASKS
    for model in TASKS[task]
    if task not in GONE and (task != "fashion" or model == "LSTMModel")
]
OWN = {"drawings": DRAWN, "table": TABLE}


@pytest.fixture(autouse=True)
def _little_to_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour pictures that were never downloaded; only the last few of each set are held out."""
    monkeypatch.setattr("dlviz.training.tasks.preparation.HELD_OUT", 30)
    pictures = torch.from_numpy(RANDOM.integers(0, 256, (100, 3, 32, 32), np.uint8))
    monkeypatch.setattr(cifar10, "pictures", lambda split: (pictures, torch.arange(100) % 10))
    monkeypatch.setattr(cifar10, "fetch", lambda: iter([(1, 2)]))


@pytest.mark.parametrize(("task", "model"), LEARNED)
def test_every_network_of_every_task_learns_and_is_opened_again(task: str, model: str) -> None:
    happened = events(TrainingConfig(task=task, model=model, **TINY), own=OWN.get(task))
    assert happened[-1]["reason"] == "done"
    (epoch,) = of_kind(happened, "epoch")
    assert 0 < epoch["loss"] < 6
    state = states(happened)[-1]
    assert (
        sum(part.numel() for part in state.model().parameters())
        == of_kind(happened, "start")[0]["parameters"]
    )
    assert state.facts["classes"]


@pytest.mark.parametrize(
    ("changes", "class_name", "arguments"),
    [
        ({}, "SimpleCNN", {"num_classes": 10}),
        ({"dropout": 0.2}, "SimpleCNNDropout", {"num_classes": 10, "dropout": 0.2}),
        ({"batch_norm": True}, "SimpleCNNBatchNorm", {"num_classes": 10}),
        (
            {"task": "cifar10", "model": "ColourCNN", "batch_norm": True},
            "ColourCNNBatchNorm",
            {"num_classes": 10},
        ),
        (
            {"task": "cifar10", "model": "MLP", "sizes": {"depth": 2}},
            "MLP",
            {"hidden_size": 128, "depth": 2, "input_size": 3072, "batch_norm": False, "num_classes": 10},
        ),
    ],
)
def test_a_variant_is_a_class_of_its_own_name(
    changes: dict[str, Any], class_name: str, arguments: dict[str, object]
) -> None:
    task = prepare(TrainingConfig(**{**TINY, **changes}))
    assert (task.class_name, task.arguments) == (class_name, arguments)


def test_the_first_digits_are_learned_and_the_last_held_out() -> None:
    images, labels = mnist.digits("train")
    task = prepare(TrainingConfig(**TINY))
    assert isinstance(task.training, Pictures)
    assert isinstance(task.measured, Pictures)
    assert torch.equal(task.training.images, images[:40])
    assert torch.equal(task.measured.labels, labels[-30:])
    x, targets = task.training.batch(torch.tensor([3, 5]))
    assert torch.equal(x, (images[[3, 5]][:, None].float() / 255 - 0.5) / 0.5)
    assert torch.equal(targets, labels[[3, 5]])


def test_the_lessons_recipe_learns_all_digits_and_measures_the_test_digits() -> None:
    task = prepare(TrainingConfig(samples=60_000, test=True))
    assert (len(task.training), len(task.measured), task.test) == (60_000, 10_000, True)
    with pytest.raises(BadTask, match="59,970 pictures to learn from, not 60,000"):
        prepare(TrainingConfig(samples=60_000))


def test_clothes_are_ten_classes_of_one_size_each() -> None:
    for split, each in (("train", 1200), ("test", 200)):
        images, labels = fashion.clothes(split)
        assert images.shape == (10 * each, 28, 28)
        assert labels.view(-1, 10).sort().values.equal(torch.arange(10).expand(each, 10))
        assert len(torch.unique(images.flatten(1), dim=0)) > 9 * each
    task = prepare(TrainingConfig(task="fashion", samples=10_000))
    assert (len(task.training), len(task.measured)) == (10_000, 2_000)


def test_own_examples_are_parted_by_class_and_none_is_in_both() -> None:
    labels = [0] * 11 + [1] * 2 + [2] * 5
    learned, held = own.parted(labels)
    assert sorted(learned + held) == list(range(18))
    assert [sum(labels[row] == label for row in held) for label in range(3)] == [3, 1, 1]
    assert sorted(labels[row] for row in learned[:3]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [((), "same label"), (("7",) * 9, "All examples have the same label"), (("1", "1", "7"), "two examples")],
)
def test_drawings_that_teach_nothing_are_refused(labels: tuple[str, ...], sentence: str) -> None:
    drawn = Drawings(np.zeros((len(labels), 28, 28), np.uint8), labels)
    with pytest.raises(BadTask, match=sentence):
        prepare(TrainingConfig(task="drawings", batch_size=1), drawn)


@pytest.mark.parametrize(
    ("shape", "labels"),
    [
        ((3, 28, 27), ("a", "b", "c")),
        ((2, 28, 28), ("a", "b", "c")),
        ((2, 28, 28), ("a", "")),
        ((2, 28, 28), ("a", "x" * 41)),
        ((21, 28, 28), tuple(map(str, range(21)))),
        ((2001, 28, 28), ("a",) * 2001),
    ],
)
def test_what_are_no_labelled_drawings_is_refused(shape: tuple[int, ...], labels: tuple[str, ...]) -> None:
    with pytest.raises(BadTask):
        Drawings(np.zeros(shape, np.uint8), labels)
    with pytest.raises(BadTask):
        Drawings(np.full((2, 28, 28), "x"), ("a", "b"))


def test_drawings_come_back_from_their_file_and_from_grey_values(tmp_path: Path) -> None:
    file = tmp_path / own.FILES["drawings"]
    DRAWN.save(file)
    again = own.read("drawings", tmp_path)
    assert isinstance(again, Drawings)
    assert (again.pictures == DRAWN.pictures).all()
    assert again.labels == DRAWN.labels
    assert (Drawings(DRAWN.pictures / 255, DRAWN.labels).pictures == DRAWN.pictures).all()
    for bad in (b"", file.read_bytes()[:-5], b"PK"):
        file.write_bytes(bad)
        with pytest.raises(BadTask, match="missing or damaged"):
            own.read("drawings", tmp_path)
    assert own.read("digits", tmp_path) is None


def test_a_table_is_read_from_the_runs_folder(tmp_path: Path) -> None:
    with pytest.raises(BadTask) as refusal:
        own.read("table", tmp_path)
    # And no path of the server.
    assert str(refusal.value) == "The table of this run is missing or cannot be read."
    (tmp_path / own.FILES["table"]).write_text("text,label\na,b\n", encoding="utf-8")
    with pytest.raises(BadTask, match=r"table cannot be read\. All labels are the same"):
        own.read("table", tmp_path)
    (tmp_path / own.FILES["table"]).write_text(CSV, encoding="utf-8")
    assert own.read("table", tmp_path) == TABLE


def test_no_sentence_of_a_table_is_both_learned_from_and_measured() -> None:
    rows = [(f"a good film {number % 6}", 1) for number in range(60)]
    rows += [(f"A  bad film {number % 6}", 0) for number in range(60)]
    table = Labelled(tuple(text for text, _ in rows), tuple(label for _, label in rows), ("blame", "praise"))
    assert len(table.distinct) == 12
    config = TrainingConfig(task="table", model="TextClassifier", batch_size=2)
    task = prepare(config, table)
    learned, held = ({*part.texts} for part in (task.training, task.measured))  # pyright: ignore[reportAttributeAccessIssue]
    assert not learned & held
    assert len(learned) + len(held) == len(task.training) + len(task.measured) == 12


def test_own_data_that_are_missing_or_fewer_than_a_batch_are_a_sentence() -> None:
    for task in OWN:
        with pytest.raises(BadTask, match=r"There (are|is) no (drawings|table) yet"):
            prepare(TrainingConfig(task=task, model=TASKS[task][0]))
        with pytest.raises(BadTask, match="A batch of 64 is larger than the data: 48 samples"):
            prepare(TrainingConfig(task=task, model=TASKS[task][0]), OWN[task])


def test_sentences_come_in_batches_of_one_length_each_once() -> None:
    task = prepare(TrainingConfig(task="reviews", model="TextClassifier", samples=300, batch_size=16))
    sentences = task.training
    assert isinstance(sentences, Sentences)
    torch.manual_seed(0)
    batches = sentences.shuffle(16)
    assert sorted(torch.cat(batches).tolist()) == list(range(300))
    assert len(batches) == len(sentences.split_in_order(16))
    for rows in batches:
        words, labels = sentences.batch(rows)
        assert words.shape == (len(rows), sentences.lengths[rows[0]])
        assert (words > 0).all()
        assert torch.equal(labels, sentences.labels[rows])
    vocabulary = task.facts["vocabulary"]
    assert isinstance(vocabulary, list)
    assert vocabulary[:2] == ["<pad>", "<unk>"]
    assert set(task.measured.texts).isdisjoint(sentences.texts)  # pyright: ignore[reportAttributeAccessIssue]


def test_reviews_are_learned_from_and_measured_by_the_fixed_split() -> None:
    known = {part: dict(reviews.labelled(part)) for part in reviews.PARTS}
    config = TrainingConfig(task="reviews", model="TextClassifier", samples=600, test_at_end=True)
    task = prepare(config)
    tested = prepare(replace(config, test_at_end=False, test=True)).measured
    for part, examples in {
        "training": task.training,
        "validation": task.measured,
        "test": task.tested,
    }.items():
        assert isinstance(examples, Sentences)
        said = dict(zip(examples.texts, examples.labels.tolist(), strict=True))
        assert said.items() <= known[part].items()
    assert (len(task.training), len(task.measured), len(tested)) == (600, 1_050, 1_672)
    assert task.facts["classes"] == ["negative", "positive"]
    kinds = Counter(each.kind for each in reviews.reviews() if each.text in set(task.training.texts))  # pyright: ignore[reportAttributeAccessIssue]
    assert min(kinds[kind] for kind in reviews.KINDS) > 60  # a mixture, from the first hundreds on


def test_what_is_right_of_a_window_is_the_text_one_character_later() -> None:
    task = prepare(TrainingConfig(task="text", model="CharacterLSTM", samples=100))
    assert isinstance(task.training, Windows)
    x, targets = task.training.batch(torch.tensor([7]))
    learned, held = novels.parts()
    assert novels.decode(x[0]) == learned[7 * 64 : 8 * 64]
    assert novels.decode(targets[0]) == learned[7 * 64 + 1 : 8 * 64 + 1]
    assert novels.decode(task.measured.batch(torch.tensor([0]))[0][0]) == held[:64]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"task": "reviews", "model": "TextClassifier", "samples": 12_684}, "12,683 sentences to learn"),
        ({"task": "sentiment", "model": "TextClassifier"}, "Real sentences have taken their place"),
        ({"task": "text", "model": "CharacterLSTM", "samples": 30_000}, "pieces to learn from, not 30,000"),
        ({"samples": 1, "batch_size": 1}, "one class: there is nothing to tell apart"),
    ],
)
def test_more_than_there_is_and_less_than_is_needed_are_sentences(
    values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadTask, match=sentence):
        prepare(TrainingConfig(**values))


def test_a_download_tells_how_far_it_is_and_may_be_stopped() -> None:
    config = TrainingConfig(task="cifar10", model="ColourCNN", **TINY)
    happened = events(config)
    assert happened[0] == {"kind": "download", "done": 1, "total": 2}
    assert happened[1]["kind"] == "start"
    asked = [{"do": "scale", "factor": 0.1}, {"do": "pause"}]
    kept = events(config, steering=Script({1: asked, 3: [{"do": "resume"}]}))
    assert [event["kind"] for event in kept if event["kind"] in ("rate", "paused")] == ["rate", "paused"]
    (end,) = events(config, steering=Script({1: [{"do": "stop"}]}))
    assert (end["reason"], end["step"]) == ("stopped", 0)


def test_a_fetch_is_watched_and_its_failure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "EVERY", 0.01)
    (tmp_path / "part").write_bytes(b"1234")
    gate = threading.Event()
    seen = []
    for done, total in downloads.watch(gate.wait, tmp_path, 3):
        seen.append((done, total))
        if len(seen) == 2:
            gate.set()
    assert seen[:2] == [(3, 3), (3, 3)]

    def fail() -> None:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        list(downloads.watch(fail, tmp_path, 3))


def test_without_a_network_the_whole_of_the_clothes_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingData, match="not here"):
        fashion.whole("train", tmp_path)

    def no_network(*_: object, **__: object) -> None:
        raise RuntimeError("no network")

    monkeypatch.setattr(fashion, "_dataset", no_network)
    with pytest.raises(BadTask, match="could not be downloaded: learn from at most 10,000 pictures"):
        events(TrainingConfig(task="fashion", samples=20_000))


@pytest.mark.parametrize("batch", [4, 2])
def test_batch_norm_counts_the_drawings_that_there_are(batch: int) -> None:
    labels = tuple("aaabbccdd")  # one of each is held out: five to learn from
    drawings = Drawings(np.random.default_rng(0).random((9, 28, 28)), labels)
    config = TrainingConfig(task="drawings", samples=2_000, batch_size=batch, batch_norm=True)
    with pytest.raises(BadTask, match="Batch norm needs two samples a batch, and of 5 samples"):
        prepare(config, drawings)
    # So many may be asked for, since so many are not there.
    uneven = TrainingConfig(task="drawings", samples=2_001, batch_size=5, batch_norm=True)
    assert len(prepare(uneven, drawings).training) == 5


MEMORY: dict[str, Any] = {"task": "memory", "model": "LSTMModel", "sizes": {"hidden_size": 16}, **TINY}


def test_a_sequence_of_the_memory_task_is_drawn_from_its_row_and_its_answer_is_the_first_symbol() -> None:
    task = prepare(TrainingConfig(**MEMORY, delay=5))
    x, truth = task.training.batch(torch.tensor([3, 9]))
    assert x.shape == (2, 6, 8)
    assert x.sum(2).unique().tolist() == [1.0]
    assert x[:, 0].argmax(1).tolist() == truth.tolist()
    for place, row in enumerate((3, 9)):
        expected, first = memory.sequences(1, 5, row)
        assert torch.equal(x[place], expected[0])
        assert truth[place] == first[0]


def test_every_epoch_of_the_memory_task_has_new_sequences_and_none_that_is_measured() -> None:
    task = prepare(TrainingConfig(**MEMORY))
    epochs = [torch.cat(task.training.shuffle(20)) for _ in range(2)]
    assert not set(epochs[0].tolist()) & set(epochs[1].tolist())
    assert max(epoch.max() for epoch in epochs) < torch.cat(task.measured.split_in_order(250)).min()
    assert len(task.measured) == 1_000


def test_the_accuracy_of_the_memory_task_is_the_share_of_first_symbols_that_the_network_names() -> None:
    happened = events(TrainingConfig(**MEMORY, delay=3))
    model = states(happened)[-1].model()
    x, truth = memory.sequences_of(torch.arange(memory.TEST_SEED, memory.TEST_SEED + 1_000), 3)
    with torch.no_grad():
        right = (model(x).argmax(1) == truth).double().mean()
    assert of_kind(happened, "epoch")[-1]["accuracy"] == pytest.approx(float(right))


def test_a_memory_run_that_resumes_meets_the_sequences_that_would_have_followed() -> None:
    config = TrainingConfig(**{**MEMORY, "epochs": 2})
    whole = events(config)
    rest = events(config, start=next(state for state in states(whole) if state.progress.step == 2))
    assert losses(rest) == losses(whole)[2:]


def test_a_forget_bias_is_set_before_the_first_batch_and_nothing_else() -> None:
    drawn, lifted = (
        Learner(config, prepare(config)).model.state_dict()
        for config in (TrainingConfig(**MEMORY), TrainingConfig(**MEMORY, forget_bias=3.0))
    )
    bias = lifted["lstm.bias_ih_l0"] + lifted["lstm.bias_hh_l0"]
    assert bias[16:32].unique().tolist() == [3.0]
    for name, tensor in drawn.items():
        kept = torch.ones(len(tensor), dtype=torch.bool)
        if name.startswith("lstm.bias"):
            kept[16:32] = False
        assert torch.equal(tensor[kept], lifted[name][kept])


def test_the_memory_task_encodes_a_learners_letters() -> None:
    x, _ = memory.sequences(1, 9, 4)
    assert torch.equal(memory.encode(memory.decode(x[0])), x)
    assert memory.decode(memory.encode("a-b, zH")[0]) == "ABH"
    assert memory.encode("xyz").shape == (1, 0, 8)


def test_what_must_be_downloaded_first_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar10, "is_here", lambda: False)
    monkeypatch.setattr(fashion, "is_here", lambda: False)
    photographs = TrainingConfig(task="cifar10", model="ColourCNN")
    assert bytes_to_download(photographs) == cifar10.BYTES == 170_052_171
    assert bytes_to_download(TrainingConfig(task="fashion", samples=20_000)) == fashion.BYTES
    assert bytes_to_download(TrainingConfig(task="fashion", samples=10_000)) == 0  # these are embedded
    assert bytes_to_download(TrainingConfig()) == 0
    monkeypatch.setattr(cifar10, "is_here", lambda: True)
    assert bytes_to_download(photographs) == 0


def test_a_permutation_shuffles_what_is_learned_measured_and_tested_alike() -> None:
    config = TrainingConfig(**TINY, test_at_end=True)
    usual, shuffled = prepare(config), prepare(replace(config, shuffle=5))
    for before, after in (
        (usual.training, shuffled.training),
        (usual.measured, shuffled.measured),
        (usual.tested, shuffled.tested),
    ):
        assert isinstance(before, Pictures)
        assert isinstance(after, Pictures)
        assert torch.equal(after.images, shuffle_with(before.images, 5))
        assert torch.equal(after.labels, before.labels)
    assert shuffled.facts == {**usual.facts, "shuffle": 5}
