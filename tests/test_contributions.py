"""What words contribute: by runs without them, by the path integral's axioms, by hand-worked ranks."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.contributions import integrated_gradients, leave_one_out, margins, rank_agreement
from dlviz.data.sentiment import Vocabulary, tokenise
from dlviz.paths import WEIGHTS

MODEL = weights.load("real_sentiment_classifier")
VOCABULARY = Vocabulary.from_json((WEIGHTS / "real_sentiment_vocabulary.json").read_text(encoding="utf-8"))


def indices(text: str) -> list[int]:
    return VOCABULARY.encode(tokenise(text))


def margin(words: list[int]) -> float:
    with torch.inference_mode():
        blame, praise = MODEL(torch.tensor([words]))[0].tolist()
    return praise - blame


def test_leaving_a_word_out_is_a_run_without_it() -> None:
    words = indices("although the plot was boring, I loved the film")
    found = leave_one_out(MODEL, words)
    expected = [margin(words) - margin(words[:at] + words[at + 1 :]) for at in range(len(words))]
    assert found == pytest.approx(expected, abs=1e-4)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[float] = []
    leave_one_out(MODEL, indices("good " * 45), told.append)
    assert told == pytest.approx([20 / 45, 40 / 45, 1.0])


def test_one_word_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="one word"):
        leave_one_out(MODEL, indices("wonderful"))


@pytest.mark.parametrize(
    "text", ["wonderful", "the film was not bad at all", "I fell asleep, but the end was fun"]
)
def test_integrated_gradients_add_up_to_the_margins_change(text: str) -> None:
    words = indices(text)
    found = integrated_gradients(MODEL, words)
    assert found.after == pytest.approx(margin(words), abs=1e-4)
    assert found.before == pytest.approx(margin([1] * len(words)), abs=1e-4)
    assert abs(found.remainder) < 0.02 * max(1.0, abs(found.after - found.before))
    assert found.remainder == pytest.approx(found.after - found.before - found.words.sum(), abs=1e-5)


def test_unknown_words_contribute_nothing_to_integrated_gradients() -> None:
    found = integrated_gradients(MODEL, [*indices("the film was"), 1, *indices("good")])
    assert found.words[3] == 0
    assert np.abs(found.words).max() > 0.1


def test_integrated_gradients_of_a_linear_model_are_its_products() -> None:
    class Bag(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding.from_pretrained(
                torch.tensor([[0.0, 0.0], [1.0, 1.0], [3.0, -1.0], [0.5, 4.0]]), freeze=False
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            total = self.embedding(x).sum(dim=1)
            return torch.stack([total[:, 1], 2 * total[:, 0]], dim=1)

    # The margin is 2 a − b for a word's vector (a, b); from the unknown word (1, 1) each moves by hand:
    # word 2: 2 · (3 − 1) − (−1 − 1) = 6, word 3: 2 · (0.5 − 1) − (4 − 1) = −4.
    assert integrated_gradients(Bag(), [2, 3, 1]).words == pytest.approx([6, -4, 0], abs=1e-5)


def test_the_model_is_left_as_it_was() -> None:
    integrated_gradients(MODEL, indices("good film"))
    assert not any(module._forward_hooks for module in MODEL.modules())
    assert all(parameter.grad is None for parameter in MODEL.parameters())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3], [10, 20, 90], 1.0),
        ([1, 2, 3], [9, 2, -4], -1.0),
        ([1, 2, 3, 4], [2, 1, 4, 3], 0.6),  # 1 − 6 · 4 / (4 · 15)
        ([1, 1, 2], [1, 2, 3], 0.8660254),  # ranks 1.5, 1.5, 3 with 1, 2, 3
        ([1, 2], [1, 2], None),
        ([1, 1, 1], [1, 2, 3], None),
    ],
)
def test_rank_agreement_by_hand(first: list[float], second: list[float], expected: float | None) -> None:
    assert rank_agreement(np.array(first), np.array(second)) == (
        expected if expected is None else pytest.approx(expected)
    )


def test_a_texts_answer_is_the_same_alone_and_among_others_of_its_length() -> None:
    texts = ["the film was good", "not a bad meal", "i hate this phone", "qwrtz was so so"]
    batch = [indices(text) for text in texts]
    with torch.inference_mode():
        together = margins(MODEL, torch.tensor(batch)).tolist()
    assert together == pytest.approx([margin(words) for words in batch], abs=1e-5)
