"""The lab of text classification with the weights of a training run."""

import re

import numpy as np
import pytest
import torch

from dlviz.contributions import integrated_gradients, leave_one_out
from dlviz.data import labelled
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.lesson import read
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.pages.run_weights import REFUSED, newest, of_run, refusals
from tests.pages.test_text import flow, text
from tests.real_runs import trained
from tests.training_runs.idle import MINE

SMALL = {"embed_dim": 4, "hidden_dim": 5}
GRAMMAR = TrainingConfig(
    task="reviews", model="TextClassifier", sizes=SMALL, samples=64, batch_size=32, epochs=1
)
TABLE = TrainingConfig(task="table", model="TextClassifier", sizes=SMALL, samples=6, batch_size=2, epochs=1)
CSV = (
    "text,label\nboil the soup,*cook*\nfry the egg,*cook*\nbake the bread,*cook*\nkick the ball,play\n"
    "throw the ball,play\ncatch the ball,play\nboil the egg,*cook*\nrun home,walk\nwalk home,walk\n"
    "go home,walk\n"
)
OWN = labelled.read(CSV.encode())


@pytest.fixture
def table(runs: Service) -> str:
    return trained(runs.store, TABLE, MINE, OWN)


def test_a_sentence_is_read_by_the_runs_network_with_its_own_words(opened: Open, runs: Service) -> None:
    run = trained(runs.store, GRAMMAR, MINE)
    state = newest(runs, run)
    words = state.facts["vocabulary"]
    assert isinstance(words, list)
    known = words[2]
    app = of_run(opened, "text", run, text=f"{known} zebra {known}")
    header, arrays = flow(app)
    assert (header["indices"], header["unknown"]) == ([2, 1, 2], [1])
    with torch.inference_mode():
        logits = state.model()(torch.tensor([[2, 1, 2]]))[0]
    np.testing.assert_allclose(arrays["logits"], logits, atol=1e-5)
    assert arrays["vectors"].shape == (3, 4)
    assert arrays["forward"].shape == arrays["backward"].shape == (3, 5)
    assert "1 of 3 words is unknown to the network." in text(app)
    (made,) = [each.value for each in app.caption if each.value.startswith("Weights of a training run")]
    step, share = (
        state.progress.step,
        next(float(str(each["accuracy"])) for each in runs.store.events(run) if each["kind"] == "epoch"),
    )
    assert made.startswith(
        f"Weights of a training run, after step {step}: Sentences: positive or negative · "
    )
    assert made.endswith(f" · 1 epoch. It gets {100 * share:.1f} % of what was held out right.")
    assert f"run={run}" in query(app)


def test_three_classes_have_their_own_names_and_the_margin_of_the_best_two(
    opened: Open, runs: Service, table: str
) -> None:
    state = newest(runs, table)
    words = state.facts["vocabulary"]
    assert isinstance(words, list)
    app = of_run(opened, "text", table, text="boil the ball at home")
    header, arrays = flow(app)
    indices = [words.index(word) if word in words else 1 for word in ["boil", "the", "ball", "at", "home"]]
    assert header["indices"] == indices
    assert header["classes"] == ["*cook*", "play", "walk"]
    model = state.model()
    with torch.inference_mode():
        logits = model(torch.tensor([indices]))[0].numpy()
    np.testing.assert_allclose(arrays["logits"], logits, atol=1e-5)
    second, first = (int(index) for index in logits.argsort()[-2:])
    ((marked, values),) = messages(app, "word_highlights")
    np.testing.assert_allclose(values["0"], leave_one_out(model, indices, None, (first, second)), atol=1e-5)
    integrated = integrated_gradients(model, indices, (first, second))
    np.testing.assert_allclose(values["1"], integrated.words, atol=1e-5)
    assert integrated.after == pytest.approx(logits[first] - logits[second], abs=1e-5)
    ends = [header["classes"][at].replace("*", r"\*") for at in (first, second)]
    assert f"both in logits for {ends[0]} against {ends[1]}." in text(app)
    assert f"The network says {ends[0]}: " in app.subheader[0].value
    assert marked["unknown"] == [at for at, index in enumerate(indices) if index == 1]


def test_the_questions_the_code_and_own_sentences_speak_of_the_run(opened: Open, table: str) -> None:
    app = of_run(opened, "text", table, text="boil the ball")
    for panel in ("predict", "code", "own"):
        app.session_state[f"text.{panel}"] = True
    app.run()
    assert any(r.label.startswith("Which of these words moves the answer most") for r in app.radio)
    assert any(r"Labels may be \*cook\*, play, walk." in each.value for each in app.caption)
    app.file_uploader[0].upload("own.csv", CSV.encode()).run()
    assert re.search(r"\d+ of 10 \(", text(app))
    app.file_uploader[0].upload("other.csv", b"text,label\na,praise\nb,play\n").run()
    assert "none of this run" in app.error[0].value


def test_the_last_sentence_of_other_words_is_not_read_by_another_network(opened: Open, table: str) -> None:
    app = opened("text", text="the film was lovely", run=table)
    app.session_state["text.text"] = ""
    app.session_state["text.weights"] = "run"
    app.run()
    assert messages(app, "flow") == []
    assert "There is no word to read: write a sentence." in text(app)


def test_the_opening_speaks_of_the_network_that_is_shown(opened: Open, table: str) -> None:
    app = of_run(opened, "text", table)
    lesson = read("text")
    shown = lesson.openings["a run"]
    assert app.header[0].value == shown.question
    assert any(shown.steps[2] in each.value for each in app.markdown)
    next(each for each in app.segmented_control if each.label == "Weights").set_value("trained").run()
    assert app.header[0].value == lesson.question
    assert any(lesson.steps[2] in each.value for each in app.markdown)


def test_runs_that_cannot_be_shown_are_refused_in_a_sentence(opened: Open, runs: Service) -> None:
    said = refusals(opened, runs, "text", GRAMMAR)
    assert said.pop("damaged").startswith("The checkpoint ")
    assert said == REFUSED
