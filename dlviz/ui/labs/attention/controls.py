"""Controls of the Self-attention lab: which weights attend, and their sizes."""

import streamlit as st

from dlviz.ui.inputs import digit
from dlviz.ui.labs.attention import interventions, networks
from dlviz.ui.labs.attention.networks import AttentionNetwork
from dlviz.ui.labs.attention.sequences import TokenSequence
from dlviz.ui.labs.attention.state import HEADS, LAB, LARGEST, LAYERS, SCALES, VECTORS, VIEWS, WEIGHTS, State
from dlviz.ui.runs import digit_transformer, weights_choice
from dlviz.ui.server import model_cache

TABLE = 384  # numbers of a vector in BERT's table
MOST_LAID = 5  # heads over another one: more lines cannot be told apart
LAST_FIT = f"{LAB}.fits"  # the last size and heads that went together


def settle(state: State) -> State:
    """The state without contradictions: a link to a run opens with a digit, and no run reads words here."""
    if LAB.just_opened():
        digit.forget(LAB)
        interventions.renew_widgets()
        interventions.show_controls(state.intervened)
        if state.weights == "run":
            return LAB.update(input="digit")
    if state.weights == "run" and state.input == "words":
        return LAB.update(weights="bert")
    return state


def choose_network(sequence: TokenSequence) -> AttentionNetwork:
    """The network that reads the sequence, and the controls for its weights.

    Raises: BadWeights if they are missing or damaged, or the run has none that fit.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if sequence.digit is not None:
            weights_choice.choose_weights(LAB, trained="bert")
            state = LAB.read()
            network = digit_transformer.load_network(LAB, state.weights, state.run)
            blocks = digit_transformer.count_blocks(network.model)
            state = LAB.update(block=min(state.block, blocks))
            _choose_one("Block of DigitTransformer", "block", blocks)
            _choose_scale()
            return networks.open_block(network, state.block)
        state = _choose_weights()
        _choose_scale()
    with model_cache.waiting():
        if state.weights == "bert":
            return networks.load_bert_layer(state.layer)
        return networks.make_random(*fitting_size(state), state)


def _choose_weights() -> State:
    weights = st.segmented_control(
        "Weights", list(WEIGHTS), format_func=WEIGHTS.__getitem__, required=True, key=LAB.key("weights")
    )
    if weights == "bert":
        _choose_one("Layer", "layer", LAYERS)
        return LAB.read()
    vectors = st.segmented_control(
        "Vectors", list(VECTORS), format_func=VECTORS.__getitem__, required=True, key=LAB.key("vectors")
    )
    _type_number("Heads", "heads", 1, HEADS)
    if vectors == "random":
        _type_number("Embed size", "size", 1, LARGEST)
    _type_number("Seed", "seed", 0, 9999)
    return LAB.read()


def _choose_one(label: str, field: str, last: int) -> None:
    st.segmented_control(label, list(range(1, last + 1)), required=True, key=LAB.key(field))


def _type_number(label: str, field: str, low: int, high: int) -> None:
    st.number_input(label, low, high, key=LAB.key(field), persist_state="page", width=92)


def _choose_scale() -> None:
    st.segmented_control(
        "Darkest colour of a weight",
        list(SCALES),
        format_func=SCALES.__getitem__,
        required=True,
        key=LAB.key("scale"),
        help="From 0 to 1, all patterns can be compared; by its own largest weight, a faint one can be seen.",
    )


def choose_view(head: int, heads: int) -> None:
    """A map or lines, and the heads whose lines are laid over those of the chosen one."""
    st.segmented_control(
        "The large pattern", list(VIEWS), format_func=VIEWS.__getitem__, required=True, key=LAB.key("view")
    )
    state = LAB.read()
    others = [other for other in range(heads) if other != head]
    if state.view == "map" or not others:
        return
    LAB.update(laid=tuple(other for other in state.laid if other in others)[:MOST_LAID])
    st.multiselect(
        f"Other heads over head {head + 1}",
        others,
        format_func=lambda at: f"head {at + 1}",
        max_selections=MOST_LAID,
        placeholder="None",
        **interventions.field_widget("laid", others),
    )


def fitting_size(state: State) -> tuple[int, int]:
    """The embed size and the heads that are used: the learner's, or the last that went together.

    Where the learner's do not, a sentence says so.
    """
    size, heads = TABLE if state.reads_table else state.size, state.heads
    key = f"{LAST_FIT}.{state.reads_table}"
    if size % heads == 0:
        st.session_state[key] = size, heads
        return size, heads
    last = st.session_state.get(key, (size, 1))
    st.warning(
        f"An embed size of {size} cannot be split into {heads} equal heads, for {size} ÷ {heads} is "
        f"no whole number. Shown is SelfAttention({last[0]}, {last[1]}).",
        icon=":material/splitscreen:",
    )
    return last
