"""Links that were made by an earlier version open what they opened then.

Each entry of `tests/fixtures/links.json` is a link, and what the page said when it was recorded: the query
that it published, its notice, what some of the controls showed, and words that stood on the page.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz.training.runs.service import Service
from dlviz.ui.server import owner_cookie
from tests import old_runs
from tests.packed import unpack
from tests.pages.conftest import Open

LINKS = json.loads((Path(__file__).parents[1] / "fixtures" / "links.json").read_text(encoding="utf-8"))
IDS = [f"{at} {link['address'].partition('?')[0]}" for at, link in enumerate(LINKS)]
CONTROLS = (
    "segmented_control",
    "selectbox",
    "radio",
    "number_input",
    "slider",
    "select_slider",
    "text_input",
    "text_area",
    "toggle",
    "multiselect",
)
TEXTS = ("subheader", "markdown", "caption", "info", "warning", "error", "success")


# Words that stood on the page when the links were recorded -> how the page says the same now: steps count
# from one, and a sentence is positive or negative.
REWORDED = {
    "100% of it is 0": "100.0 % of it is 0",
    "39% of it is 0": "39.1 % of it is 0",
    # What rounding leaves of a 0 is counted as one.
    "49% of it is 0": "50.3 % of it is 0",
    "ReLU of the result: 49% of it is 0.": "ReLU of the result: 50.3 % of it is 0.",
    "0% of it is 0": "0.0 % of it is 0",
    "Random words and blocks, seed 0, 1 blocks of 2 heads, 64 numbers a word.": (
        "Random words and blocks, seed 0, 1 block of 2 heads, 64 numbers a word."
    ),
    "ReLU of the result: 0% of it is 0.": "ReLU of the result: 0.0 % of it is 0.",
    "with probability: 100.0 %": "with probability: > 99.9 %",
    "Of 62 units that answer to this picture, 31 are silenced this time and 31 are doubled, so that their "
    "sum stays the same on average.": (
        "Of 62 units lit by this picture, dropout silences 31 this time; the other 31 are doubled, so that "
        "their sum stays the same on average."
    ),
    "At row 12: the forget gates stand at 0.49 on average;": (
        "At row 13: the forget gates stand at 0.49 on average;"
    ),
    "At row 27: unit 11 is the most active with 0.996.": "At row 28: unit 11 is the most active with 0.996.",
    "5 of 6 as a reader says.": "The pipeline agrees with a reader on 5 of 6.",
    # The networks that read sentences have learned from rated ones, and answer otherwise.
    "The LSTM ends with praise (99.7 %);": "The LSTM ends with positive (72.1 %);",
    "untouched it ends with praise (> 99.9 %).": "untouched it ends with negative (69.7 %).",
    "The LSTM ends with blame (> 99.9 %);": "The LSTM ends with negative (96.6 %);",
    "untouched it ends with blame (> 99.9 %).": "untouched it ends with negative (84.4 %).",
    "On average its hidden units have moved by 0.23 at “hot”, by 0.079 at the end.": (
        "On average its hidden units have moved by 0.1 at “hot”, by 0.023 at the end."
    ),
    "On average its hidden units have moved by 0.032 at “was”, by 0.21 at the end.": (
        "On average its hidden units have moved by 0.01 at “was”, by 0.062 at the end."
    ),
    "On average its hidden units have moved by 0.0026 at value 20, by 0.0085 at the end.": (
        "On average its hidden units have moved by 0.0026 at value 21, by 0.0085 at the end."
    ),
    "Own: 10 values from -0.2 to 0.5.": "Own: 10 values, from −0.2 to 0.5.",
    "On average its hidden units have moved by 0.72 at row 14, by 0.00015 at the end.": (
        "On average its hidden units have moved by 0.72 at row 15, by 0.00015 at the end."
    ),
    "At row 27: unit 1 is the most active with 0.997.": "At row 28: unit 1 is the most active with 0.997.",
    # Another classifier answers, which was fine-tuned on real sentences.
    "The pipeline says praise: 69.1 %": "The pipeline says positive: 99.1 %",
    "This is all-MiniLM-L6-v2 with a head of ours of 770 numbers: 1,193 of 2,000 (59.65 %) of the generated test sentences right, 148 of 240 (61.67 %) of the hand-written ones.": "This is all-MiniLM-L6-v2, fine-tuned here: its last four layers, and a linear layer over the mean of its tokens",  # noqa: E501
    # Of three tokens, any order of them is chance.
    "**Here attention explains the answer only in part.** The best of three measures, attention received, "
    "agrees with masking to 0.50 (Spearman’s rank correlation).": (
        "**Here attention explains no more than chance gives with 3 tokens.** Ranked by attention received "
        "and by what the answer loses without them, the tokens agree to 0.50 (Spearman’s rank correlation);"
    ),
    # The Gradients lab tells the LSTM's cell too, says that a gradient arrives, and has its table turned.
    "**39 steps back, so much of the last step’s gradient is left: RNN 6.1 · 10⁻⁹, LSTM 0.019, "
    "GRU 2.0 · 10⁻⁸.": (
        "**39 steps back, this much of the last step’s gradient is left: RNN 6.1\u00a0·\u00a010⁻⁹, "
        "LSTM 0.019, LSTM’s cell 0.32, GRU 2.0\u00a0·\u00a010⁻⁸."
    ),
    "What stood at the first step can still be learnt by the LSTM.** The LSTM’s forget gates stand at 0.92 "
    "on average, with a bias of 2.5.": (
        "A gradient arrives, more than 10⁻⁴ of it, in the LSTM and the LSTM’s cell.** At each step back the "
        "LSTM’s cell alone multiplies a gradient by its forget gate, 0.92 on average with a bias of 2.5."
    ),
    "| RNN | 0.616 | 1.080 | 1.055 to 1.109 | h |": "| largest singular value | 1.080 |",
    "**29 steps back, so much of the last step’s gradient is left: RNN 4.4 · 10⁻¹², LSTM 0.0056, GRU 0.59.": (
        "**29 steps back, this much of the last step’s gradient is left: RNN 4.4\u00a0·\u00a010⁻¹², "
        "LSTM 0.0056, LSTM’s cell 0.16, GRU 0.59."
    ),
    "What stood at the first step can still be learnt by the LSTM and the GRU.** The LSTM’s forget gates "
    "stand "
    "at 0.92 on average, as training has set them.": (
        "A gradient arrives, more than 10⁻⁴ of it, in the LSTM, the LSTM’s cell and the GRU.** At each step "
        "back the LSTM’s cell alone multiplies a gradient by its forget gate, 0.92 on average."
    ),
    "| RNN | 0.406 | 1.688 | 1.457 to 5.218 | h |": "| largest singular value | 1.688 |",
    # Text classification and generation: positive and negative, colours, and a table of bits a character.
    # Training: schedules by their names, and the running median of the training loss in the curve's place.
    # An experiment whose effect was flat has other settings now.
    "The network says blame: > 99.9 %": "The network says negative: 86.7 %",
    "The two agree in part on which words matter: their rank correlation (Spearman) is 0.44.": "Rank correlation (Spearman) from most positive to most negative contribution: 0.83",  # noqa: E501
    "The network says blame: 50.9 %": "The network says negative: 50.9 %",
    "The two mostly agree on which words matter: their rank correlation (Spearman) is 0.82.": "Rank correlation (Spearman) from most positive to most negative contribution: 0.82",  # noqa: E501
    "The two agree in part on which words matter: their rank correlation (Spearman) is 0.50.": "Rank correlation (Spearman) from most positive to most negative contribution: 1.00",  # noqa: E501
    "Your prompt costs the network 6.23 bits a character, its own text 6.10;": "| **this network** | 6.23 | 6.10 |",  # noqa: E501
    "The light changes its colour 2 times;": "The colour changes 2 times;",
    "Your prompt costs the network 1.76 bits a character, its own text 1.33;": "| **this network** | 1.76 | 1.33 | 1.51 |",  # noqa: E501
    "Its correlation here with whether the text stands inside quotation marks −0.15, how far the line has come −0.11, how far the word has come −0.09.": "Its correlation here with whether the text is inside quotation marks −0.15, how far the line has come −0.11, how far the word has come −0.09.",  # noqa: E501
    "Lit by the cell state of unit 17: blue positive, orange negative.": "Coloured by the cell state of unit 17: blue positive, orange negative.",  # noqa: E501
    "The light changes its colour 34 times;": "The colour changes 34 times;",
    "Clothes (Fashion-MNIST) · DigitTransformer · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: steplr · 5 epochs": "Clothes (Fashion-MNIST) · DigitTransformer · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: StepLR · 5 epochs",  # noqa: E501
    "Handwritten digits · LSTMModel · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: plateau · 5 epochs": "Handwritten digits · LSTMModel · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: Plateau · 5 epochs",  # noqa: E501
    "Sentences: praise or blame · TextClassifier · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: warm-up · 5 epochs": "Sentences of an earlier version’s grammar · TextClassifier · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: Warm-up · 5 epochs",  # noqa: E501
    # All classes are bars, of which this is the longest.
    "It says, after step 6: blame: 56.2 %": "56.2 %",
    # My runs is a table.
    "**Early** · stopped early": "Early · stopped early",
    ":material/push_pin: **Finished** · finished": "Finished · finished",
    "Training loss: 2.44": "Training loss: 2.34",
    "Training loss: 2.5": "Training loss: 2.38",
    "**Finished** · Handwritten digits · MLP with batch norm · 96 examples in batches of 32 · AdamW at 0.001 · schedule: cosine · 2 epochs": "**Finished** · Handwritten digits · MLP with batch norm · 96 examples in batches of 32 · AdamW at 0.001 · schedule: Cosine · 2 epochs",  # noqa: E501
    # The plan of a rate that stays the same is not drawn any more; its steps are a number.
    "Planned: step 14.": "Steps: 14",
    "Training loss: 2.32": "Training loss: 2.3",
    "**Steered** · Handwritten digits · LSTMModel · 64 examples in batches of 16 · Adam at 0.001 · schedule: steplr · 3 epochs": "**Steered** · Handwritten digits · LSTMModel · 64 examples in batches of 16 · Adam at 0.001 · schedule: StepLR · 3 epochs",  # noqa: E501
    "Handwritten digits · SimpleCNN · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: multistep · 5 epochs": "Handwritten digits · SimpleCNN · 12,000 examples in batches of 64 · Adam at 0.001 · schedule: MultiStep · 5 epochs",  # noqa: E501
    "Training loss: 0.743": "Training loss: 0.763",
    "**Handwritten digits · MLP with batch norm · 96 examples in batches of 32 · AdamW at 0.001 · schedule: cosine · 2 epochs**": "**Handwritten digits · MLP with batch norm · 96 examples in batches of 32 · AdamW at 0.001 · schedule: Cosine · 2 epochs**",  # noqa: E501
    "Steered: step 12, training loss 2.32, validation loss 2.34, validation accuracy 9.82 %, lowest validation loss 2.34 at epoch 3.": "Steered: step 12, training loss 2.30, validation loss 2.34, validation accuracy 9.82 %, lowest validation loss 2.34 at epoch 3.",  # noqa: E501
    "**Press Run**, and 2 networks learn the same thing: Handwritten digits, 1,000 examples, 10 epochs, SimpleCNN.": "**Press Run**, and 2 networks learn the same thing: Handwritten digits, 1,000 examples, 30 epochs, MLP.",  # noqa: E501
    "Finished: step 6, training loss 2.50, validation loss 2.33, validation accuracy 9.86 %, lowest validation loss 2.33 at epoch 2.": "Finished: step 6, training loss 2.38, validation loss 2.33, validation accuracy 9.86 %, lowest validation loss 2.33 at epoch 2.",  # noqa: E501
    "Early: step 10, training loss 2.44, validation loss 2.43, validation accuracy 13.60 %, lowest validation loss 2.25 at epoch 4.": "Early: step 10, training loss 2.34, validation loss 2.43, validation accuracy 13.60 %, lowest validation loss 2.25 at epoch 4.",  # noqa: E501
    # The question no longer says which rate it is.
    "What do a learning rate far too low and one far too high do to the loss?": (
        "What does the learning rate do to the loss?"
    ),
    # Shares have their blank, and as many digits everywhere.
    "Dropout at work: 30% of the values silenced, seed 8;": "Dropout at work: 30 % of the values silenced, seed 8;",  # noqa: E501
    "Layer 5, head 8: looks at [CLS] with 81 %, entropy 1.12 of at most 3.91 bits": "Layer 5, head 8: looks at [CLS] with 81.2 %, entropy 1.12 of at most 3.91 bits",  # noqa: E501
}
# The same of controls: label -> what it showed -> what it shows.
RENAMED: dict[str, dict[object, str]] = {
    "Light the text by a unit that follows": {"Line length": "A unit: the line’s length"},
    "At step": {3: "4 · cold", 14: "row 15"},
    "From step": {2: "3 · was", 20: "value 21"},
    # Rows of a digit, or symbols of the memory task.
    "Network": {"LSTM, row by row": "LSTM, step by step"},
    "What is learned": {"Sentences: praise or blame": "Sentences of an earlier version’s grammar"},
}
# What a control was called -> what it is called.
RELABELLED = {
    "Light the text by a unit that follows": "Colour the text by",
    "Only the fewest with p together": "Only the fewest that add up to p",
}


def published(app: AppTest) -> str:
    """The query that the browser is told to write into the address."""
    told = [header for header in _headers(app) if isinstance(header, dict)]
    (address,) = [header for header in told if {"path", "query"} <= header.keys()]
    return address["query"]


def notices(app: AppTest) -> list[str]:
    """What is said of the link itself."""
    return [info.value for info in app.info if info.proto.icon == ":material/link_off:"]


def controls(app: AppTest) -> dict[str, Any]:
    """Label -> what the control shows: of one that offers words the word, not what stands for it."""
    return {control.label: _shown(control) for kind in CONTROLS for control in getattr(app, kind)}


def _shown(control: Any) -> Any:
    value = control.value
    if not hasattr(control, "format_func") or value is None:
        return value
    return [*map(control.format_func, value)] if isinstance(value, list) else control.format_func(value)


def texts(app: AppTest) -> str:
    """All words and numbers of the page, those that its pictures are told included, a part a line."""
    said = [part.value for kind in TEXTS for part in getattr(app, kind)]
    said += [f"{metric.label}: {metric.value}" for metric in app.metric]
    said += [
        f"{row['Name']} · {row['State']}"
        for table in app.dataframe
        for row in table.value.to_dict("records")
        if {"Name", "State"} <= row.keys()
    ]
    return "\n".join([*said, *(text for header in _headers(app) for text in _strings(header))])


def _headers(app: AppTest) -> list[Any]:
    """What the browser's components are told, without their arrays."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [unpack(part.bytes)[0] if part.bytes else json.loads(part.json or "null") for part in parts]


def _strings(told: Any) -> Iterator[str]:
    """The texts in it, whatever they are called."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _strings(part)


@pytest.fixture
def _runs_of_then(runs: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs that links name, and their owner before the page."""
    old_runs.copy_into(runs.store.root)
    monkeypatch.setattr(owner_cookie, "token", lambda: old_runs.OWNER)


def follow(opened: Open, address: str) -> AppTest:
    """The lab of an address, opened with its query; nothing has failed there."""
    url = urlsplit(address)
    app = opened(url.path.removeprefix("/"), **dict(parse_qsl(url.query, keep_blank_values=True)))
    assert not app.exception
    return app


@pytest.mark.usefixtures("_runs_of_then")
@pytest.mark.parametrize("link", LINKS, ids=IDS)
def test_an_old_link_opens_what_it_opened(opened: Open, link: dict[str, Any]) -> None:
    app = follow(opened, link["address"])
    assert published(app) == link["publishes"]
    assert notices(app) == ([link["notice"]] if link["notice"] else [])
    shown = controls(app)
    expected = {
        label: RENAMED.get(label, {}).get(value, value) if isinstance(value, int | str) else value
        for label, value in link["controls"].items()
    }
    assert {
        label: shown.get(RELABELLED.get(str(label), str(label))) for label in link["controls"]
    } == expected
    said = texts(app)
    assert [words for words in link["says"] if str(REWORDED.get(words, words)) not in said] == []


@pytest.mark.usefixtures("_runs_of_then")
def test_what_an_old_link_publishes_opens_the_same_again(opened: Open) -> None:
    """An address that the page itself has written is understood whole."""
    for link in LINKS[::5]:
        app = follow(opened, f"{link['address'].partition('?')[0]}?{link['publishes']}")
        assert (published(app), notices(app)) == (link["publishes"], [])


@pytest.mark.usefixtures("runs")
def test_a_link_that_asks_for_a_graphics_card_opens_without_one_too(opened: Open) -> None:
    app = follow(opened, "/training?device=cuda")
    assert published(app) == ("device=cuda" if torch.cuda.is_available() else "")
    assert notices(app) == []
