"""The labs: one entry each, from which the navigation and the start page are made.

A lab `name` has its page in `pages/<name>.py`, its text in `assets/lessons/<name>.md`, and its parts in the
folder `dlviz/ui/labs/<name>`. Addresses are fixed: teachers share them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlviz.ui import home_cards as pictures


@dataclass(frozen=True)
class Entry:
    """A lab in the list of labs.

    Args:
        name: of its page, its address, its lesson and its folder.
        section: of the navigation.
        title: in the navigation, and in links that lead to it.
        picture: made by the lab's own code for its card: (height, width, 3) uint8.
        caption: one line on what the picture shows.
    """

    name: str
    section: str
    title: str
    icon: str
    picture: Callable[[], np.ndarray]
    caption: str


LABS = (
    Entry(
        "mlp",
        "Images",
        "MLP",
        ":material/blur_linear:",
        pictures.hidden_units,
        "The weights of the 24 hidden units that a test digit lights most: blue for ink, orange against it",
    ),
    Entry(
        "convolution",
        "Images",
        "Convolution",
        ":material/grid_on:",
        pictures.edges,
        "A photograph, and the lesson's edge detector laid over it",
    ),
    Entry(
        "cnn",
        "Images",
        "CNN",
        ":material/layers:",
        pictures.feature_maps,
        "27 of the 32 maps that SimpleCNN makes of a test digit, after the first ReLU",
    ),
    Entry(
        "rnn",
        "Sequences",
        "RNN and LSTM",
        ":material/repeat:",
        pictures.cell_states,
        "Forget gates, cells and hidden states of an LSTM that reads a test digit row by row",
    ),
    Entry(
        "gradients",
        "Sequences",
        "Gradients",
        ":material/trending_down:",
        pictures.vanishing,
        "Gradients fading over 60 steps: an RNN, an LSTM, and an LSTM whose forget bias is 3",
    ),
    Entry(
        "text",
        "Sequences",
        "Text classification",
        ":material/notes:",
        pictures.two_readers,
        "Two readers of the same words: one from the left, the other from the right",
    ),
    Entry(
        "generate",
        "Sequences",
        "Text generation",
        ":material/edit_note:",
        pictures.written,
        "Which of 76 characters may come next, while a network writes 232 of them",
    ),
    Entry(
        "attention",
        "Attention",
        "Self-attention",
        ":material/visibility:",
        pictures.patterns,
        "Twelve heads of a transformer that reads a test digit in patches: which looks at which",
    ),
    Entry(
        "block",
        "Attention",
        "Transformer block",
        ":material/stacks:",
        pictures.looks_back,
        "Where twelve heads look back, while a transformer reads a sentence letter by letter",
    ),
    Entry(
        "bert",
        "Attention",
        "BERT",
        ":material/hub:",
        pictures.heads_of_bert,
        "18 of BERT’s 72 heads on one sentence: which token looks at which",
    ),
    Entry(
        "training",
        "Training",
        "Training",
        ":material/show_chart:",
        pictures.changed_digits,
        "Nine test digits, and what augmentation makes of them in three epochs",
    ),
    Entry(
        "transfer",
        "Training",
        "Transfer learning",
        ":material/move_up:",
        pictures.few_digits,
        "Nine examples of each digit from 5 to 9: enough for a network that knows 0 to 4",
    ),
    Entry(
        "finetune",
        "Training",
        "Fine-tuning BERT",
        ":material/tune:",
        pictures.reviews_in_a_plane,
        "60 reviews as BERT sees them before and after fine-tuning: orange negative, blue positive",
    ),
    Entry(
        "depth",
        "Training",
        "Depth",
        ":material/stacked_bar_chart:",
        pictures.boundaries,
        "Two spirals as networks of 1 to 6 layers see them after 300 steps, each with at most 500 weights",
    ),
    Entry(
        "landscape",
        "Training",
        "Loss landscape",
        ":material/landscape:",
        pictures.optimizers_race,
        "Five optimizers on their way down, over the exact loss of two weights of a trained network",
    ),
    Entry(
        "race",
        "Training",
        "Race",
        ":material/sports_score:",
        pictures.ten_examples,
        "Ten examples of each digit: what a CNN and a transformer learn from in the smallest race",
    ),
)
TITLES = {lab.name: lab.title for lab in LABS}
