"""The app's pages, by section. Addresses are fixed: teachers share them."""

import streamlit as st

from dlviz.paths import ASSETS
from dlviz.ui.server import style

st.set_page_config("dlviz", page_icon=str(ASSETS / "icon.png"), layout="wide", initial_sidebar_state=225)
style.apply()
st.navigation(
    {
        "": [st.Page("home.py", title="The lesson", icon=":material/map:", default=True)],
        "Images": [
            st.Page("convolution.py", title="Convolution", icon=":material/grid_on:", url_path="convolution"),
            st.Page("cnn.py", title="CNN", icon=":material/layers:", url_path="cnn"),
        ],
        "Sequences": [
            st.Page("rnn.py", title="RNN and LSTM", icon=":material/repeat:", url_path="rnn"),
            st.Page(
                "gradients.py",
                title="Gradients",
                icon=":material/trending_down:",
                url_path="gradients",
            ),
            st.Page("text.py", title="Text classification", icon=":material/notes:", url_path="text"),
            st.Page("generate.py", title="Text generation", icon=":material/edit_note:", url_path="generate"),
        ],
        "Attention": [
            st.Page(
                "attention.py", title="Self-attention", icon=":material/visibility:", url_path="attention"
            ),
            st.Page("block.py", title="Transformer block", icon=":material/stacks:", url_path="block"),
            st.Page("bert.py", title="BERT", icon=":material/hub:", url_path="bert"),
        ],
        "Training": [
            st.Page("training.py", title="Training", icon=":material/show_chart:", url_path="training"),
        ],
    }
).run()
