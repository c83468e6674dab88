"""The recipes in small: what they write can be loaded and says how it was made, and a seed gives it again."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.data import memory, reviews, waves
from dlviz.data.sentiment import Vocabulary, tokenise
from dlviz.training import fitting, judging, real_sentiment
from dlviz.training import memory as memory_recipe
from dlviz.training import novel as novel_recipe
from dlviz.training import waves as waves_recipe

FACTS = {"data", "recipe", "seed", "command", "result"}


def test_fit_lowers_the_loss_ends_its_rate_at_zero_and_leaves_evaluation_mode() -> None:
    torch.manual_seed(0)
    x = torch.randn(64, 3)
    y = (x[:, 0] > 0).long()
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    before = nn.functional.cross_entropy(model.eval()(x), y)
    fitting.fit(model, lambda: fitting.shuffle(x, y, 16), 20, 0.05)
    assert nn.functional.cross_entropy(model(x), y) < 0.5 * before
    assert not model.training
    assert fitting.count_right(model, fitting.split_in_order(x, y, 10)) > 60


def test_fit_clips_gradients() -> None:
    model = nn.Linear(1, 1, bias=False)
    model.weight.data.fill_(0.0)
    norms: list[float] = []
    model.weight.register_hook(lambda gradient: norms.append(float(gradient.norm())))
    batch = torch.full((4, 1), 1000.0), torch.full((4, 1), 1000.0)
    fitting.fit(model, lambda: [batch], 1, 0.1, nn.functional.mse_loss, clip=1.0)
    assert norms[0] > 1e5
    assert model.weight.grad is not None
    assert float(model.weight.grad.norm()) == pytest.approx(1.0, rel=1e-4)


def test_shuffling_gives_every_row_once_with_its_target() -> None:
    x, y = torch.arange(23)[:, None], torch.arange(23) * 2
    batches = list(fitting.shuffle(x, y, 5))
    assert [len(part) for part, _ in batches] == [5, 5, 5, 5, 3]
    assert sorted(int(row) for part, _ in batches for row in part) == list(range(23))
    assert all(torch.equal(part[:, 0] * 2, target) for part, target in batches)


def test_percent_by_hand() -> None:
    assert fitting.percent(1, 3) == "1 of 3 (33.33 %)"
    assert fitting.percent(9_812, 10_000) == "9,812 of 10,000 (98.12 %)"


def trained(recipe: Callable[[Path], None], name: str, folder: Path) -> weights.Weights:
    folder.mkdir()
    recipe(folder)
    assert name in (folder / "MODELS.md").read_text(encoding="utf-8")
    written = weights.read(folder / f"{name}.safetensors")
    weights.load(name, folder)
    assert written.facts.keys() >= FACTS
    return written


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("waves_rnn", lambda folder: waves_recipe.train("waves_rnn", folder, epochs=1)),
        ("memory_gru", lambda folder: memory_recipe.train("memory_gru", folder, epochs=1)),
    ],
)
def test_a_recipe_writes_weights_with_their_facts_and_a_seed_gives_them_again(
    name: str, recipe: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (waves_recipe, memory_recipe):
        monkeypatch.setattr(module, "STEPS", 2)
        monkeypatch.setattr(module, "TEST_COUNT", 20)
    monkeypatch.setattr(memory_recipe, "DELAYS", (1, 3))
    one, other = (trained(recipe, name, tmp_path / part) for part in ("one", "other"))
    assert one.facts == other.facts
    assert one.measured == other.measured
    assert all(torch.equal(values, other.state[key]) for key, values in one.state.items())


def test_the_sentiment_recipe_writes_three_networks_and_their_vocabulary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: labelled[:20] for name, labelled in judging.sets().items()}
    monkeypatch.setattr(judging, "sets", lambda: few)
    real_sentiment.main(tmp_path, learned=60, epochs=1)
    text = (tmp_path / "real_sentiment_vocabulary.json").read_text(encoding="utf-8")
    vocabulary = Vocabulary.from_json(text)
    model = weights.load("real_sentiment_classifier", tmp_path)
    assert model.get_submodule("embedding").get_parameter("weight").shape == (len(vocabulary), 100)
    for name in ("classifier", "rnn", "lstm"):
        written = weights.read(tmp_path / f"real_sentiment_{name}.safetensors")
        assert written.facts.keys() >= FACTS
        assert "60 rated sentences" in written.facts["data"]
        assert written.measured["of"]["hand-written"] == 20


def test_encoded_sentences_come_in_batches_of_one_length_each_once() -> None:
    labelled = reviews.labelled("validation")[:120]
    vocabulary = Vocabulary.of(tokenise(text) for text, _ in labelled)
    encoded = real_sentiment.Encoded(labelled, vocabulary, forgotten=0.1)
    seen = [
        (tuple(row.tolist()), int(label))
        for words, labels in encoded.groups
        for row, label in zip(words, labels, strict=True)
    ]
    expected = [(tuple(vocabulary.encode(tokenise(text))), label) for text, label in labelled]
    assert sorted(seen) == sorted(expected)
    torch.manual_seed(0)
    hidden = sum(int((words == 1).sum()) for words, _ in encoded.shuffle())
    total = sum(words.numel() for words, _ in encoded.groups)
    assert 0.05 < hidden / total < 0.15


def test_forecasts_are_the_heads_of_every_prefix() -> None:
    model = weights.load("waves_lstm")
    series = waves.series("sines", 2, 12, seed=9)
    with torch.inference_mode():
        every = waves_recipe.forecasts(model, series)
        for length in (1, 5, 12):
            assert torch.allclose(every[:, length - 1], model(series[:, :length, None])[:, 0], atol=1e-5)


def test_the_longest_delay_grows_from_5_to_200_and_stays() -> None:
    assert [memory_recipe.longest(epoch) for epoch in (0, 15, 30, 39)] == [5, 32, 200, 200]


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("delay", [5, 100, 200])
def test_the_memory_networks_remember_what_their_files_say(name: str, delay: int) -> None:
    x, target = memory.sequences(200, delay, seed=2_000_000_000)
    with torch.inference_mode():
        right = (weights.load(f"memory_{name}")(x).argmax(1) == target).float().mean()
    assert right > 0.97


def test_bits_a_character_by_hand() -> None:
    blank = weights.build("CharacterLSTM", {"vocab_size": 76, "embed_dim": 2, "hidden_size": 3})
    for parameter in blank.get_submodule("fc").parameters():
        parameter.data.zero_()
    assert novel_recipe.bits_per_character(blank, "It is a truth universally acknowledged") == pytest.approx(
        torch.tensor(76.0).log2().item(), abs=1e-4
    )
