"""Sentences about the arms, computed from what is on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from dlviz.chance import chance_of_wins
from dlviz.data import reviews
from dlviz.data.trials import Trial
from dlviz.ui.labs.finetune.lanes import Estimate, Lane
from dlviz.ui.labs.finetune.state import TITLES
from dlviz.ui.text_format.numbers import counted, number, percent

if TYPE_CHECKING:
    from dlviz.finetuning.network import Unread

LUCK = 0.05  # chance above which a lead is called luck
Right = Mapping[str, np.ndarray]  # title of an arm -> sentences that it names right, (count,) bool


def rank(right: Right) -> list[str]:
    """Titles of the arms, the one with most sentences right first."""
    return sorted(right, key=lambda title: -int(right[title].sum()))


def find_leaders(right: Right) -> list[str]:
    """Titles of the best arm, and of those whose distance from it may be luck."""
    best, *others = rank(right)
    return [best, *(other for other in others if not is_clear(right[best], right[other]))]


def is_clear(better: np.ndarray, other: np.ndarray) -> bool:
    """True if luck alone would seldom set two equally good arms so far apart on the same sentences.

    Args:
        better, other: (count,) bool, sentences that each names right.
    """
    return _chance(better, other) < LUCK


def _chance(better: np.ndarray, other: np.ndarray) -> float:
    return chance_of_wins(int((better & ~other).sum()), int((other & ~better).sum()))


def judge(right: Right, held_out: bool) -> str:
    """Say which arm is best, what it beats for sure, and what may be luck; empty for fewer than two.

    Args:
        held_out: true if there is no test, so that arms are compared on the sentences held out.
    """
    if len(right) < 2:
        return ""
    ranked = rank(right)
    best = right[ranked[0]]
    tied = [title for title in ranked if right[title].sum() == best.sum()]
    behind = {title: all(is_clear(right[one], right[title]) for one in tied) for title in ranked[len(tied) :]}
    which = "held-out" if held_out else "test"
    gets, beats = ("gets", "it beats") if len(tied) == 1 else ("get", "they beat")
    said = (
        f"{in_words(tied)} {gets} {percent(best.mean())} of {len(best):,} {which} sentences right, the most."
    )
    beaten = [title for title, clear in behind.items() if clear]
    close = [title for title, clear in behind.items() if not clear]
    if beaten:
        said += f" That {beats} {in_words(beaten)} is more than luck."
    if close:
        said += f" The lead over {in_words(close)} may be luck."
    return said


def compare_word_vectors(titles: tuple[str, str], without: np.ndarray, learned: np.ndarray) -> str:
    """Say what it changed that word vectors come from BERT, or that they learn, and if that may be luck.

    Args:
        titles: of the way without this, and of the way with it.
        without, learned: (count,) bool, sentences that each names right.
    """
    first, second = (f"“{title}”" for title in titles)
    said = (
        f"{second} instead of {first}: {percent(learned.mean())} right instead of {percent(without.mean())}."
    )
    if learned.sum() == without.sum():
        return said
    clear = is_clear(*sorted((learned, without), key=lambda each: -int(each.sum())))
    return f"{said} That {'is more than' if clear else 'may be'} luck."


def compare_with_all(trials: Sequence[Trial]) -> str:
    """Say what frozen ways reach that learn from all reviews, and the fine-tuned encoder that ships.

    Args:
        trials: of the recipes for positive and negative sentences.
    """
    shares = {trial.name: trial.share_right for trial in trials}
    ways = {name: TITLES[name] for name in ("mean", "mean-three")}
    ways["bert_sentiment"] = "the last four layers fine-tuned, as in the BERT lab"
    named = [
        f"{title} {percent(share)}" for name, title in ways.items() if (share := shares.get(name)) is not None
    ]
    count, tested = (len(reviews.labelled(part)) for part in ("training", "test"))
    return f"With all {count:,} reviews, and tested on {tested:,} others: {'; '.join(named)}."


def in_words(titles: Sequence[str]) -> str:
    """Write titles as a list in a sentence, each in quotation marks: some hold a comma."""
    named = [f"“{title}”" for title in titles]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def takes(estimate: Estimate, lane: Lane | None) -> str:
    """Say how long an arm will take and how much memory, and beside it what was measured, once it was."""
    if estimate.seconds is None:
        expected = "a few seconds" if estimate.megabytes else "solved at once"
    else:
        expected = f"about {number(max(1.0, estimate.seconds), '.0f')} s"
    if estimate.megabytes >= 1:
        expected += f" · {number(estimate.megabytes, '.0f')} MB"
    if lane is None or not lane.seconds:
        return expected
    measured = f"{number(lane.seconds, '.1f')} s"
    if lane.megabytes is not None:
        measured += f" · {number(lane.megabytes, '.0f')} MB"
    return f"{measured} (expected: {expected})"


def describe_unread(unread: Unread) -> list[str]:
    """Say how many sentences the encoder does not read whole."""
    said = []
    if unread.longer:
        said.append(
            f"{counted(unread.longer, 'sentence')} with more than {unread.limit} tokens, words or pieces of "
            "words: the rest is not read."
        )
    if unread.unknown:
        said.append(
            f"{counted(unread.unknown, 'sentence')} with characters that the encoder does not know: it "
            "reads [UNK] instead. It was trained on English."
        )
    return said


def share_right(right: np.ndarray | None, lane: Lane | None = None) -> str:
    """Share of the sentences that an arm names right; a dash while it is not trained.

    Args:
        right: (count,) bool; None while it is not trained.
    """
    if right is not None:
        return percent(right.mean())
    accuracy = lane.history.epochs["accuracy"] if lane else np.zeros(0)
    return (
        f"so far {percent(accuracy[-1])} of those held out"
        if len(accuracy) and not isnan(accuracy[-1])
        else "–"
    )
