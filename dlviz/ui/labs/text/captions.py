"""Sentences of the Text classification lab, made from a forward pass and the words' contributions."""

import numpy as np

from dlviz.contributions import Integrated, agreement_by_chance, rank_agreement
from dlviz.ui.inputs.sentence import shorten_word
from dlviz.ui.labs.text.forward import Contributions, ForwardPass
from dlviz.ui.labs.text.state import EXAMPLES, State
from dlviz.ui.text_format.numbers import counted, number
from dlviz.ui.text_format.quotes import isolated, quoted

# Mean size of what both last states of the lab's network add to the margin, over the hand-written sentences.
SENTENCES, FORWARD, BACKWARD = 240, "0.60", "0.88"


def agrees_with_reader(passed: ForwardPass, state: State) -> str:
    """A reader's answer to an example, and if the network agrees; "" for other texts and networks."""
    reader = EXAMPLES.get(state.text)
    if not reader or not passed.network.of_sentiment:
        return ""
    agrees = "and so does the network" if reader == passed.answer else "and here the network is wrong"
    return f"A reader says {reader}, {agrees}."


def text_alternatives(passed: ForwardPass) -> dict[str, str]:
    """The strips in words."""
    words = counted(len(passed.sentence), "word")
    moved = {
        "forward": np.abs(np.diff(passed.forward, axis=0, prepend=0)).mean(axis=1),
        "backward": np.abs(np.diff(passed.backward, axis=0, append=0)).mean(axis=1),
    }
    most = {
        way: quoted(shorten_word(passed.sentence.words[int(change.argmax())]))
        for way, change in moved.items()
    }
    return {
        "vectors": f"{words}, each a vector of {passed.vectors.shape[1]} numbers.",
        "forward": f"The forward state after each of {words}; {most['forward']} changes it most.",
        "backward": f"The backward state after each of {words}; {most['backward']} changes it most.",
    }


def path_of_gradients(integrated: Integrated) -> str:
    """Beginning and end of integrated gradients' path, and the rest that their sum misses, if it is large."""
    before, after = integrated.before, integrated.after
    start, end = (number(margin, ".2f") for margin in (before, after))
    path = f"from a text of unknown words (margin {start}) to yours ({end})"
    if abs(integrated.remainder) >= 0.01 * max(1.0, abs(after - before)):
        path += f"; the sum is off by {number(integrated.remainder, '.2g')}, so take it with care"
    return path


def agreement(contributions: Contributions) -> str:
    """Rank correlations of both methods, beside those of shuffled ranks."""
    without, integrated = contributions.without, contributions.integrated.words
    if without is None:
        return "One word alone cannot be left out: nothing would remain."
    if len(integrated) < 3:
        return "With fewer than three words there are no ranks to compare."
    signed, sizes = rank_agreement(without, integrated), rank_agreement(np.abs(without), np.abs(integrated))
    if signed is None:
        return "By one of the methods all words count the same: there are no ranks to compare."
    by_chance = agreement_by_chance(len(integrated), ways=1 if sizes is None else 2)
    told = (
        "Do both put the words in the same order? Rank correlation (Spearman) from most positive to most "
        f"negative contribution: {number(signed, '.2f')}{_beside_chance(signed, by_chance)}"
    )
    if sizes is not None:
        told += (
            f"; from largest to smallest, the sign left aside: {number(sizes, '.2f')}"
            f"{_beside_chance(sizes, by_chance)}"
        )
    return (
        f"{told}. Of {len(integrated)} words in random order, at most 1 in 20 pairs of rankings would exceed "
        f"{by_chance:.2f}{'' if sizes is None else ' in either way'}."
    )


def _beside_chance(agreed: float, by_chance: float) -> str:
    return "" if round(abs(agreed), 2) > round(by_chance, 2) else ", no more than chance gives"


def both_readers(passed: ForwardPass) -> str:
    """Share of both readers in this text's margin, and of the lab's network on other texts."""
    forward, backward, _ = (number(each, "+.2f") for each in passed.margin_terms)
    first, second = map(isolated, passed.pair_names)
    here = (
        f"To the margin between {first} and {second} the forward state adds {forward}, the backward state "
        f"{backward}."
    )
    if passed.network.run or not passed.network.of_sentiment:
        return here
    return (
        f"{here} Over {SENTENCES} sentences that people wrote, the forward state moves the margin by "
        f"{FORWARD} on average, the backward state by {BACKWARD}: this network listens to both."
    )
