"""Sentences about a learner's classes, computed from what is on screen."""

from math import isnan, sqrt

from dlviz.transfer.picture_sets import Examples
from dlviz.ui.labs.transfer.own_classes.forward import Answer, Likeness, Measured
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number, percent, probability
from dlviz.ui.text_format.quotes import quoted


def verdict(given: Answer) -> str:
    """The class that a head answers, and how probable it finds it."""
    best = int(given.probabilities.argmax())
    return f"The answer: {plain(quoted(given.classes[best]))}, {probability(given.probabilities[best])}"


def describe_answer(given: Answer) -> str:
    """A word of warning where the head has learned from the very picture that it names."""
    if given.learned_from:
        return (
            "The head has learned from this very picture, so its answer for it proves little: the test below "
            "uses pictures that it has not learned from."
        )
    return "The head has not learned from this picture."


def describe_share(tested: Measured) -> str:
    """The share of tested pictures named right; a dash where none could be tested."""
    return percent(tested.accuracy.share) if tested.accuracy.tested else "–"


def describe_honest_test(tested: Measured, examples: Examples) -> str:
    """The result of the honest test, what guessing would give, and the classes that could not be tested."""
    found = tested.accuracy
    if not found.tested:
        return (
            "No class has a second burst. Release the button, move the thing or the light, and hold it "
            "again: then the test can use pictures that are no copies of those learned from."
        )
    sentence = (
        f"{found.right:,} of {found.tested:,} right, over {len(found.by_draw)} draws of the bursts. Guessing "
        f"among {len(examples.classes)} classes would name {percent(1 / len(examples.classes))} right."
    )
    if found.untested:
        names = ", ".join(plain(quoted(examples.classes[at])) for at in found.untested)
        sentence += f" Not tested, for want of a second burst: {names}."
    return sentence


def describe_random_test(tested: Measured, honest: Measured) -> str:
    """The result of the test on pictures drawn at random, and by how much it flatters, if it does."""
    found, other = tested.accuracy, honest.accuracy
    if not found.tested:
        return "No class has a second picture to test on."
    sentence = (
        f"{found.right:,} of {found.tested:,} right. {tested.copies:,} of these {found.tested:,} had "
        "others of their own burst among the pictures learned from."
    )
    if not other.tested:
        return f"{sentence} There is no honest test to compare with yet."
    gain = found.share - other.share
    points = counted_points(gain)
    if not tested.copies:
        return f"{sentence} So nothing flatters here: any difference between the two tests is luck."
    if gain > 0 and is_more_than_luck(tested, honest):
        return f"{sentence} It flatters the head by {points}."
    return f"{sentence} The two tests are {points} apart: within luck."


def counted_points(gain: float) -> str:
    """A difference of two shares in percentage points."""
    points = number(abs(100 * gain), ".1f")
    return f"{points} percentage {'point' if points == '1.0' else 'points'}"


def is_more_than_luck(one: Measured, other: Measured) -> bool:
    """True if the shares of two tests are further apart than two standard errors of their difference."""
    return abs(one.accuracy.share - other.accuracy.share) > 2 * luck(one, other)


def luck(*tests: Measured) -> float:
    """Standard error of the difference of the shares of two tests, at its largest.

    The draws test the same pictures again and again: each picture counts once. The tests share pictures
    too, so their errors need not be independent: their sum is a bound, however they depend on each other.
    """
    errors = 0.0
    for test in tests:
        # Of Agresti and Coull's adjusted share: all right of a few is no certainty.
        count = test.different + 4
        share = (test.accuracy.share * test.different + 2) / count
        errors += sqrt(share * (1 - share) / count)
    return errors


def describe_likeness(pixels: Likeness, features: Likeness, chance: float) -> str:
    """Shares of neighbours of a picture's own class, by pixels, by features, and by chance."""
    if isnan(features.same):
        return "There is no second burst yet, and pictures of the same burst are near each other in any case."
    return (
        f"Of each picture’s nearest neighbours, **{percent(pixels.same)}** are of its own class by raw "
        f"pixels, and **{percent(features.same)}** by features; drawn at random, {percent(chance)} would be. "
        "Pictures of the same burst are not counted. Click a picture."
    )


def describe_plane(likeness: Likeness) -> str:
    """Share of the differences that a plane can show."""
    shown = percent(likeness.shown)
    return f"Flattened to the plane in which they differ most: it shows {shown} of their variance."
