"""Sentence of the Text classification lab: the learner's own, or one that teaches."""

import streamlit as st

from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.inputs import sentence
from dlviz.ui.inputs.sentence import Sentence
from dlviz.ui.labs.text.networks import Classifier
from dlviz.ui.labs.text.state import EXAMPLES, LAB
from dlviz.ui.text_format.markdown import plain


def choose_sentence(network: Classifier) -> Sentence:
    """The words of the field; where it has none, the last ones that the network has read."""
    text = sentence_field(
        "Your sentence",
        LAB.key("text"),
        height=120,
        help="English, such as people write of films and of what they have bought, or in tweets.",
    )
    read = sentence.kept(LAB, network.read(text), network.run)
    if read.remark:
        st.info(plain(read.remark), icon=":material/notes:")
    if network.of_sentiment:
        st.caption("Sentences to try:")
        with st.container(key="examples", gap="xsmall"):
            for index, example in enumerate(EXAMPLES):
                st.button(
                    example,
                    key=f"{LAB}.example.{index}",
                    type="tertiary",
                    on_click=_take_example,
                    args=(example,),
                )
    return read


def _take_example(example: str) -> None:
    LAB.update(text=example, word=-1)
