"""Sentences of the Text classification lab, made from a forward pass and the words' contributions."""

import numpy as np

from dlviz.contributions import Integrated, rank_agreement
from dlviz.ui.labs.text.forward import Contributions, ForwardPass
from dlviz.ui.labs.text.state import EXAMPLES, State


def agrees_with_reader(passed: ForwardPass, state: State) -> str:
    """A reader's answer to an example, and if the network agrees; "" for other texts and networks."""
    reader = EXAMPLES.get(state.text)
    if not reader or not passed.network.of_sentiment:
        return ""
    agrees = "and so does the network" if reader == passed.answer else "and here the network is wrong"
    return f"A reader says {reader}, {agrees}."


def text_alternatives(passed: ForwardPass) -> dict[str, str]:
    """The strips in words."""
    count = len(passed.sentence)
    moved = {
        "forward": np.abs(np.diff(passed.forward, axis=0, prepend=0)).mean(axis=1),
        "backward": np.abs(np.diff(passed.backward, axis=0, append=0)).mean(axis=1),
    }
    most = {way: passed.sentence.words[int(change.argmax())] for way, change in moved.items()}
    return {
        "vectors": f"{count} words, each a vector of {passed.vectors.shape[1]} numbers.",
        "forward": f"The forward state after each of {count} words; “{most['forward']}” changes it most.",
        "backward": f"The backward state after each of {count} words; “{most['backward']}” changes it most.",
    }


def path_of_gradients(integrated: Integrated) -> str:
    """Beginning and end of integrated gradients' path, and the rest that their sum misses, if it is large."""
    before, after = integrated.before, integrated.after
    path = f"captum, from a text of unknown words (margin {before:.2f}) to yours ({after:.2f})"
    if abs(integrated.remainder) >= 0.01 * max(1.0, abs(after - before)):
        path += f"; the sum misses {integrated.remainder:.2g}, so take it with care"
    return path.replace("-", "−")


def agreement(contributions: Contributions) -> str:
    """Rank correlation of the two means, and its meaning."""
    without, integrated = contributions.without, contributions.integrated.words
    if without is None:
        return "One word alone cannot be left out: nothing would remain."
    if len(integrated) < 3:
        return "With fewer than three words there are no ranks to compare."
    agreed = rank_agreement(without, integrated)
    if agreed is None:
        return "By one of the means all words count the same: there are no ranks to compare."
    agreed = round(agreed, 2)
    kind = "mostly agree" if agreed >= 0.6 else "agree in part" if agreed >= 0.2 else "do not agree"
    differ = "" if agreed >= 0.9 else " Where they differ, words work together."
    return f"The two {kind} on which words matter: their rank correlation (Spearman) is {agreed:.2f}.{differ}"
