"""Sentences of the Transformer block lab, made from its passes."""

import numpy as np
from torch import nn

from dlviz.attention.patterns import entropy
from dlviz.ui.labs.block.forward import ForwardPass, OrderPass, WritingPass
from dlviz.ui.labs.block.networks import FILES
from dlviz.ui.labs.block.state import State
from dlviz.ui.next_character import name_character
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import counted, number, percent, probability
from dlviz.ui.text_format.quotes import quoted

LSTM = "novel_lstm"  # weights of the CharacterLSTM that the writer is compared with


def answer(passed: ForwardPass, _: State) -> str:
    """The network's answer; "" for blocks without a head."""
    if passed.probabilities is None:
        return ""
    best = int(passed.probabilities.argmax())
    label, share = passed.network.classes[best], probability(float(passed.probabilities[best]))
    if passed.given.kind == "digit":
        return f"DigitTransformer reads a {label}: {share}"
    return f"Next it expects {name_character(label)}: {share}"


def provenance(passed: ForwardPass, state: State) -> str:
    """The weights: trained on what, how well; and the share of dropout, beside that of the training."""
    told = passed.network.provenance
    if not passed.silenced:
        return told
    told += (
        f" Dropout at work: {percent(passed.silenced, 0)} of the values silenced, seed {state.dropout_seed}"
    )
    if not passed.network.weights_file:
        return f"{told}."
    dropout = passed.network.model.get_submodule("blocks.0.dropout")
    assert isinstance(dropout, nn.Dropout)
    return (
        f"{told}; this network was trained {f'with {percent(dropout.p, 0)}' if dropout.p else 'without any'}."
    )


def legend(limit: float) -> str:
    """A key to colours and bars.

    Args:
        limit: the value of full colour.
    """
    return (
        "Rows are tokens, columns their values: blue positive, orange negative, full colour at "
        f"±{limit:.3g}. Bars: the size (norm) of the outlined token’s vector, red for what a part adds. "
        "Click any value."
    )


def station_alternatives(passed: ForwardPass, _: State) -> dict[str, str]:
    """Station -> its map in words."""
    token, alternatives = quoted(passed.token_name), {}
    for name, values in passed.stations.items():
        row = values[passed.token]
        unit = int(np.abs(row).argmax())
        alternatives[name] = (
            f"{counted(values.shape[0], 'token')} of {values.shape[1]} values; {token} has size "
            f"{np.linalg.norm(row):.3g}, its strongest value is {number(row[unit])} in unit {unit + 1}."
        )
    mean = passed.patterns[passed.block].mean(axis=0)[passed.token]
    alternatives["pattern"] = (
        f"Of all heads, {token} looks most at {quoted(passed.given.tokens[mean.argmax()])}: {mean.max():.3g}."
    )
    return alternatives


def pattern_alternative(passed: ForwardPass, _: State) -> str:
    """The enlarged pattern in words."""
    weights, tokens = passed.patterns[passed.block, passed.head], passed.given.tokens
    query, key = np.unravel_index(int(weights.argmax()), weights.shape)
    return (
        f"Attention of block {passed.block + 1}, head {passed.head + 1} over "
        f"{counted(len(tokens), 'token')}; its largest weight is {weights.max():.3g}, "
        f"from {quoted(tokens[query])} to {quoted(tokens[key])}."
    )


def head_captions(passed: ForwardPass, _: State) -> list[str]:
    """For each head, block by block: how spread it is."""
    full = np.log2(len(passed.given.tokens))
    spread = [bits for block in passed.patterns for bits in entropy(block)]
    return [f"spread over {bits:.2f} of {full:.2f} bits" for bits in spread]


def order_headline(passed: OrderPass, _: State) -> str:
    """The result of the comparison."""
    if not passed.orders.differ:
        return "Both orders are the same: move a word"
    if passed.compared.same:
        return "Both orders give every word the same vector"
    return f"The order counts: a word’s values differ by up to {number(passed.compared.largest)}"


def largest_difference(passed: OrderPass, _: State) -> str:
    """The largest difference, and what it is if it is none."""
    rounding = ": what rounding leaves" if passed.compared.largest > 0 and passed.compared.same else ""
    return f"Largest: {number(passed.compared.largest)}{rounding}"


def order_provenance(passed: OrderPass, state: State) -> str:
    """The blocks behind both orders, and the scale of the maps."""
    limit = np.abs(passed.compared.one).max()
    blocks, heads = counted(state.depth, "block"), counted(state.heads, "head")
    return (
        f"Random words and blocks, seed {state.seed}, {blocks} of {heads}, {state.embed_size} numbers a "
        f"word. All three maps share one colour scale, full at ±{limit:.3g}."
    )


def table_origin(_: OrderPass, state: State) -> str:
    """The origin of the positions."""
    return {
        "sinusoidal": "Sines and cosines, fast ones on the left, slow ones on the right: nothing is learned.",
        "text": "Learned by CharTransformer for its context, beginning from sinusoids.",
        "digit": "Learned by DigitTransformer for 7×7 patches: neighbours are alike, in a row most of all.",
    }[state.table]


def surprise(passed: WritingPass, _: State) -> str:
    """The bits that the prompt and the network's own text cost it."""
    written = passed.written
    read = len(written.prompt)
    own = f"Its own text costs CharTransformer {np.mean(written.bits[read:]):.2f} bits a character"
    prompt = f", your prompt {np.mean(written.bits[1:read]):.2f}" if read > 1 else ""
    return (
        f"{own}{prompt}; a guess at random would cost {np.log2(written.raw.shape[1]):.2f}. "
        f"Trained on two novels by Jane Austen: {model_cache.result(FILES['text'])}."
    )


def writers_compared() -> str:
    """Both character networks, their results and recipes, in their weights files' own words.

    Raises: BadWeights if a file is missing or damaged.
    """
    rows = [
        f"- **{name}**: {model_cache.result(file)}.  \n  Its training: {model_cache.facts(file)['recipe']}."
        for name, file in (("CharTransformer", FILES["text"]), ("CharacterLSTM", LSTM))
    ]
    return "\n".join(
        [*rows, "", "Both read the same text as many times, and were measured on the same held-out chapters."]
    )
