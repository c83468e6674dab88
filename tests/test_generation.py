"""Drawing characters: hand-worked distributions, the plain network's own, and seeds."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import novels
from dlviz.generation import distribution, generate, influence, prepared, surprise

MODEL = weights.load("novel_lstm")
LOGITS = torch.tensor([0.0, 1.0, 2.0, 3.0]).log1p()  # probabilities at temperature 1: 1, 2, 3 and 4 tenths


def test_the_temperature_divides_the_logits() -> None:
    assert distribution(LOGITS, 1.0).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    squares = np.array([1, 4, 9, 16])
    assert distribution(LOGITS, 0.5).tolist() == pytest.approx((squares / squares.sum()).tolist())
    assert distribution(LOGITS, 0.0).tolist() == [0, 0, 0, 1]


def test_top_k_leaves_the_k_most_probable() -> None:
    assert distribution(LOGITS, 1.0, 2).tolist() == pytest.approx([0, 0, 3 / 7, 4 / 7])
    assert distribution(LOGITS, 1.5, 1).tolist() == [0, 0, 0, 1]
    assert torch.equal(distribution(LOGITS, 1.0, 9), distribution(LOGITS, 1.0))


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        (0.01, [0, 0, 0, 1]),
        (0.39, [0, 0, 0, 1]),
        (0.41, [0, 0, 3 / 7, 4 / 7]),
        (0.69, [0, 0, 3 / 7, 4 / 7]),
        (0.71, [0, 2 / 9, 3 / 9, 4 / 9]),
        (1.0, [0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_top_p_leaves_the_fewest_that_have_so_much_together(top_p: float, kept: list[float]) -> None:
    assert distribution(LOGITS, 1.0, None, top_p).tolist() == pytest.approx(kept)
    assert distribution(LOGITS.flip(0), 1.0, None, top_p).tolist() == pytest.approx(kept[::-1])


def test_top_p_comes_after_temperature_and_top_k() -> None:
    # At temperature 0.5 the shares are 1, 4, 9 and 16 of 30: more than half lies on the last alone.
    assert distribution(LOGITS, 0.5, None, 0.5).tolist() == [0, 0, 0, 1]
    # Of three kept by top-k the shares are 2, 3 and 4 of 9: two have 0.78 together.
    assert distribution(LOGITS, 1.0, 3, 0.75).tolist() == pytest.approx([0, 0, 3 / 7, 4 / 7])
    assert distribution(LOGITS, 0.0, None, 0.5).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [
        (-0.1, None, None),
        (2.1, None, None),
        (float("nan"), None, None),
        (1.0, 0, None),
        (1.0, None, 0.0),
        (1.0, None, 1.1),
        (1.0, None, float("nan")),
    ],
)
def test_what_is_outside_the_range_is_refused(
    temperature: float, top_k: int | None, top_p: float | None
) -> None:
    with pytest.raises(ValueError, match=r"temperature|at least one|must have a probability"):
        distribution(LOGITS, temperature, top_k, top_p)


def test_each_characters_distribution_is_the_plain_networks_for_all_before_it() -> None:
    made = generate(MODEL, "She was ", 20, 0.7, 5, seed=3)
    every = made.prompt + made.text
    for at in (0, 7, 19):
        with torch.inference_mode():
            logits = MODEL(novels.encode(every[: len(made.prompt) + at])[None])[0, -1]
        np.testing.assert_allclose(made.raw[at], logits.softmax(0), atol=1e-5)
        np.testing.assert_allclose(made.drawn[at], distribution(logits, 0.7, 5), atol=1e-4)
        assert made.drawn[at, novels.ALPHABET.index(made.text[at])] > 0


def test_a_seed_gives_its_text_again_and_another_seed_another() -> None:
    texts = [generate(MODEL, "Emma ", 60, 0.9, None, seed).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert generate(MODEL, "Emma ", 30, 0.9, None, 1).text == texts[0][:30]


def test_at_temperature_zero_the_most_probable_is_taken_whatever_the_seed() -> None:
    made = generate(MODEL, "Emma ", 40, 0.0, None, 1)
    assert made.text == generate(MODEL, "Emma ", 40, 0.0, None, 99).text
    assert [novels.ALPHABET[index] for index in made.raw.argmax(1)] == list(made.text)


def test_surprise_is_minus_log2_and_a_guess_at_random_costs_log2_of_the_alphabet() -> None:
    text = novels.encode("The garden")
    bits = surprise(MODEL, text)
    assert np.isnan(bits[0])
    with torch.inference_mode():
        share = MODEL(text[None, :4])[0, -1].softmax(0)[text[4]].item()
    assert bits[4] == pytest.approx(-np.log2(share), abs=1e-4)
    blank = weights.build("CharacterLSTM", {"vocab_size": 76, "embed_dim": 2, "hidden_size": 3})
    for parameter in blank.get_submodule("fc").parameters():
        parameter.data.zero_()
    assert surprise(blank, text)[1:] == pytest.approx(np.log2(76), abs=1e-5)


def test_its_words_are_mostly_english() -> None:
    learnt, _ = novels.parts()
    known = set("".join(c if c.isalpha() else " " for c in learnt.lower()).split())
    text = generate(MODEL, "\n", 1500, 0.6, None, 0).text.lower()
    words = "".join(c if c.isalpha() else " " for c in text).split()[:-1]
    assert np.mean([word in known for word in words]) > 0.9


@pytest.mark.parametrize(
    ("prompt", "plain", "remark"),
    [
        ("Emma said", "Emma said", ""),
        ("“Oh’, – ok…", "\"Oh', - ok...", ""),
        ("a\r\nb", "a\nb", ""),
        ("", "\n", "Without a prompt: the network begins a new line."),
        ("🎉это", "\n", "None of these characters is in its alphabet: the network begins a new line."),
        ("so 🎉 be", "so  be", "Left out, since the novels have no such characters: 🎉"),
        ("<script>", "script", "Left out, since the novels have no such characters: < >"),
        ("wasn´t it`s don‘t ʼtis ′", "wasn't it's don't 'tis '", ""),
        ("a\u00a0b\u2009c\u202fd\u3000e f\u2011g", "a b c d e f-g", ""),
        ("café cafe\u0301 naïve ﬁne œuvre m²", "cafe cafe naive fine oeuvre m2", ""),
        ("½ at 5℃", " at 5", "Left out, since the novels have no such characters: ½ ℃"),
        ("one\x0btwo\x0cthree\u200b", "one\ntwo\nthree", ""),
        ('it wasn"t, she said "s"', 'it wasn\'t, she said "s"', ""),
        (
            "ab" * 300 + "🎉",
            "ab" * 250,
            "Of 600 characters the last 500 are read. Left out, since the novels have no such characters: 🎉",
        ),
        ("абвгдежзи a", " a", "Left out, since the novels have no such characters: а б в г д е ж з …"),
        ("ab" * 5000, "ab" * 250, "Of 10,000 characters the last 500 are read."),
    ],
)
def test_a_prompt_is_made_readable_and_what_was_changed_is_said(prompt: str, plain: str, remark: str) -> None:
    assert prepared(prompt) == (plain, remark)


def test_an_empty_prompt_is_refused_where_nothing_prepares_it() -> None:
    with pytest.raises(ValueError, match="to begin with"):
        generate(MODEL, "", 1, 1.0, None, 0)


def test_with_a_small_top_p_the_most_probable_is_always_drawn() -> None:
    greedy = generate(MODEL, "Emma ", 30, 0.0, None, 1).text
    assert generate(MODEL, "Emma ", 30, 1.0, None, 7, top_p=1e-6).text == greedy


def test_a_character_that_is_put_is_read_and_all_before_it_stays() -> None:
    plain, put = (generate(MODEL, "She was ", 30, 0.7, None, 3, put=put) for put in ({}, {10: "Q"}))
    assert put.text[:11] == plain.text[:10] + "Q"
    np.testing.assert_array_equal(put.raw[:11], plain.raw[:11])
    with torch.inference_mode():
        logits = MODEL(novels.encode(put.prompt + put.text[:11])[None])[0, -1]
    np.testing.assert_allclose(put.raw[11], logits.softmax(0), atol=1e-5)
    assert generate(MODEL, "She was ", 30, 0.7, None, 3, put={10: plain.text[10]}).text == plain.text


@pytest.mark.parametrize("reach", [200, 5])
def test_influence_is_the_gradient_of_the_whole_networks_logarithm_of_probability(reach: int) -> None:
    text, at = "She was very fond", 12
    indices = novels.encode(text)
    embedded: list[torch.Tensor] = []

    def keep(_: object, __: object, vectors: torch.Tensor) -> torch.Tensor:
        embedded.append(vectors.detach().requires_grad_())
        return embedded[0]

    handle = MODEL.get_submodule("embedding").register_forward_hook(keep)
    try:
        logs = MODEL(indices[None, :at])[0, -1].log_softmax(0)
    finally:
        handle.remove()
    (gradient,) = torch.autograd.grad(logs[indices[at]], embedded[0])
    expected = gradient[0].norm(dim=1).numpy()
    found = influence(MODEL, text, at, reach)
    np.testing.assert_allclose(found[max(0, at - reach) : at], expected[max(0, at - reach) :], rtol=1e-4)
    assert not found[: max(0, at - reach)].any()
    assert not found[at:].any()
