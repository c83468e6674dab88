"""Series, the memory task and the novels: what they are made of."""

import numpy as np
import pytest
import torch

from dlviz.data import memory, novels, waves


@pytest.mark.parametrize("kind", waves.KINDS)
def test_series_are_of_their_shape_none_beyond_one_and_a_seed_gives_them_again(kind: str) -> None:
    series = waves.series(kind, 40, 65, seed=3)
    assert series.shape == (40, 65)
    assert series.abs().max() <= 1
    assert torch.equal(series, waves.series(kind, 40, 65, seed=3))
    assert not torch.equal(series, waves.series(kind, 40, 65, seed=4))


def test_pulses_have_two_levels_and_a_period_of_6_to_20() -> None:
    for series in waves.series("pulses", 60, 80, seed=0):
        levels = series.unique()
        assert len(levels) == 2
        assert levels[0] == -levels[1]
        rises = ((series[1:] > series[:-1]).nonzero()[:, 0]).diff()
        assert len(rises.unique()) == 1
        assert 6 <= rises[0] <= 20


def test_sines_are_sums_of_three_and_trends_are_lines_with_little_noise() -> None:
    time = np.arange(200)
    for series in waves.series("trends", 30, 200, seed=1).numpy():
        residue = series - np.polyval(np.polyfit(time, series, 1), time)
        assert 0.01 < residue.std() < 0.17
    spectrum = torch.fft.rfft(waves.series("sines", 30, 512, seed=1)).abs().square()
    # No period is shorter than 6 steps: little above a sixth of the sampling rate.
    assert (spectrum[:, 512 // 5 :].sum(1) / spectrum.sum(1)).max() < 0.02


def test_there_is_no_other_kind() -> None:
    with pytest.raises(KeyError):
        waves.series("steps", 1, 5, 0)


@pytest.mark.parametrize("text", ["1 2 3", " 1,2;3 ", "1\n2\t3", "1e0, 2.0 ;3."])
def test_numbers_are_read_however_they_are_parted(text: str) -> None:
    assert waves.written(text).tolist() == [1.0, 2.0, 3.0]


def test_a_written_series_keeps_its_own_units() -> None:
    assert waves.written("0.5 −0.25 .125 +1").tolist() == [0.5, -0.25, 0.125, 1.0]
    assert waves.written("5 7,5 10,5").tolist() == [5.0, 7.5, 10.5]


def test_memory_sequences_are_one_hot_and_their_target_is_the_first_symbol() -> None:
    x, target = memory.sequences(50, 12, seed=7)
    assert x.shape == (50, 13, 8)
    assert torch.equal(x.sum(2), torch.ones(50, 13))
    assert torch.equal(x[:, 0].argmax(1), target)
    assert len(target.unique()) == 8
    assert torch.equal(x, memory.sequences(50, 12, seed=7)[0])


def test_the_memorys_noise_tells_nothing_of_the_first_symbol() -> None:
    x, target = memory.sequences(4000, 1, seed=0)
    counts = torch.zeros(8, 8).index_put_((target, x[:, 1].argmax(1)), torch.ones(4000), accumulate=True)
    assert (counts / counts.sum()).sub(1 / 64).abs().max() < 0.006


def test_a_novels_text_survives_its_indices() -> None:
    text = '"Oh! Mr. Darcy," said she;--(1813)\n'
    assert novels.decode(novels.encode(text)) == text
    with pytest.raises(ValueError, match="'é'"):
        novels.encode("café")


def test_the_novels_parts_share_no_chapter_and_are_in_the_alphabet() -> None:
    learnt, held_out = novels.parts()
    assert held_out.count("Chapter 61") == 1
    assert "Chapter 61\n" not in learnt
    assert len(learnt) > 100 * len(held_out)
    assert {*learnt, *held_out} <= {*novels.ALPHABET}
    assert len(set(novels.ALPHABET)) == len(novels.ALPHABET) == 76
    assert held_out[:2000] not in learnt


def test_chapters_begin_with_their_headings_and_lose_nothing() -> None:
    chapters = novels.chapters("prideprejudice")
    assert len(chapters) == 61
    assert [chapter.splitlines()[0].lower() for chapter in chapters[:2]] == ["chapter 1", "chapter 2"]
    assert "It is a truth universally acknowledged" in chapters[0]
