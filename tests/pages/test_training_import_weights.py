"""Weights brought in: what the page asks, what it says, and where they open."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from dlviz import models, weights
from dlviz.data import digits, mnist, reviews
from dlviz.data.sentiment import Vocabulary, tokenise
from dlviz.training.exchange.exports import weights_file
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.labs.training.train import evaluation
from dlviz.ui.runs.live_run import watch
from dlviz.ui.text_format.numbers import probability
from tests.imported_weights import NETWORKS, TEXT, TRANSFORMER, WORDS, state_of
from tests.packed import messages
from tests.pages.cnn_lab import percent, press, probabilities, said
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE

pytestmark = pytest.mark.usefixtures("runs")
Upload = Callable[[bytes], AppTest]


@pytest.fixture
def upload(opened: Open) -> Upload:
    """My runs, with a file in its field."""

    def upload(data: bytes) -> AppTest:
        app = opened("training", view="mine")
        app.file_uploader(key="training.weights").set_value(("mine.pt", data, "")).run()
        return app

    return upload


def texts(app: AppTest) -> str:
    return "\n".join(part.value for part in [*app.markdown, *app.caption])


def run_of(app: AppTest) -> str:
    assert [error.value for error in app.error] == []
    assert app.session_state["training.view"] == "train"
    return app.session_state["training.run"]


@pytest.mark.parametrize("network", [TRANSFORMER, TEXT, NETWORKS[12]], ids=["heads", "words", "letters"])
def test_a_file_taken_away_opens_at_once_and_gives_the_same_file(upload: Upload, network) -> None:
    data = weights_file(state_of(network))
    app = upload(data)
    run = run_of(app)
    assert "**mine.pt**" in texts(app)  # called as the file is
    assert "The file itself says what it is" in texts(app)
    again = downloads.weights(watch(run), 0)
    assert again[-1000:] == data[-1000:]  # the last tensors; the header tells that it was brought in
    assert b"not trained here" in again


def test_a_sentence_is_answered_by_the_words_of_the_file(upload: Upload, opened: Open) -> None:
    state = state_of(TEXT)
    app = upload(weights_file(state))
    app.text_input(key="training.sentence").set_value("good bad zxqwv").run()
    expected = state.model()(torch.tensor([[2, 3, 1]]))[0].softmax(0).detach()
    best = int(expected.argmax())
    ((answer, _),) = messages(app, "bars")
    assert answer["title"] == f"It says {['blame', 'praise'][best]}"
    assert [row[0] for row in answer["rows"]] == ["blame", "praise"][:: 1 if best == 0 else -1]
    assert answer["rows"][0][2] == probability(float(expected[best]))
    assert "never seen: zxqwv" in texts(app)
    machine = opened("training", view="machine", run=run_of(app), text="good bad zxqwv", what="gates")
    ((header, arrays),) = messages(machine, "machine")
    assert header["classes"] == ["blame", "praise"]
    np.testing.assert_allclose(arrays["answers"][0], expected.numpy(), rtol=1e-4)


@pytest.mark.parametrize("network", NETWORKS, ids=[f"{name} {task}" for name, _, task, _ in NETWORKS])
def test_every_network_opens_in_the_time_machine(
    opened: Open, network, runs: Service, upload: Upload
) -> None:
    run = run_of(upload(weights_file(state_of(network))))
    machine = opened("training", view="machine", run=run)
    assert [error.value for error in machine.error] == []
    if network[2] != "cifar10":  # whose photographs need a download
        ((header, _),) = messages(machine, "machine")
        assert header["classes"] == network[3]["classes"]
        assert header["checkpoints"][0]["said"] == "The weights of the file"


def test_a_plain_file_is_recognised_and_opened_by_a_button(upload: Upload, opened: Open) -> None:
    model = weights.build("SimpleCNN", {"num_classes": 10}, 3)
    app = upload(save(model.state_dict()))
    assert app.selectbox(key="training.class_name").value == "SimpleCNN"
    press(app, "Bring it in")
    assert "its classes are numbered" in texts(app)
    x = digits.normalise(mnist.digits("test")[0][:1])
    cnn = opened("cnn", run=run_of(app), weights="run", sample="0")
    assert said(cnn)[1] == percent(float(probabilities(x, model).max()))
    assert any("brought in from a file" in caption.value for caption in cnn.caption)


def test_a_file_that_names_an_unknown_class_is_recognised_by_its_shapes(upload: Upload) -> None:
    model = weights.build("SimpleRNN", {"input_size": 28, "hidden_size": 4, "output_size": 3}, 3)
    app = upload(save(model.state_dict(), {"class": "MyNet", "arguments": "{"}))
    assert not app.error
    assert app.selectbox(key="training.class_name").value == "SimpleRNN"
    press(app, "Bring it in")
    assert "`SimpleRNN(input_size=28, hidden_size=4, output_size=3)`" in texts(app)
    run_of(app)


def test_heads_are_asked_of_a_transformer_alone(upload: Upload) -> None:
    app = upload(save(state_of(TRANSFORMER).weights))
    assert app.selectbox(key="training.class_name").value == "DigitTransformer"
    press(app, "Bring it in")  # 24 numbers in 4 heads
    assert "`DigitTransformer(embed_size=24, depth=2, num_classes=3, forward_expansion=2, heads=4)`" in texts(
        app
    )
    app = upload(save(state_of(TRANSFORMER).weights))
    app.number_input(key="training.heads_of").set_value(5)
    press(app, "Bring it in")
    assert app.error[0].value == "Its 24 numbers a patch cannot be split into 5 equal heads."
    app.selectbox(key="training.class_name").set_value("MLP").run()
    assert all(field.key != "training.heads_of" for field in app.number_input)


def test_words_are_asked_where_the_file_has_none(upload: Upload) -> None:
    app = upload(save(state_of(TEXT).weights))
    press(app, "Bring it in")
    assert app.error[0].value.startswith("It knows 6 words, and the file does not say which")
    app.text_area(key="training.words_of").set_value("\n".join(WORDS))
    press(app, "Bring it in")
    run_of(app)
    ((answer, _),) = messages(app, "bars")
    assert answer["note"] == "the network with the weights of the file"


def test_what_is_wrong_with_a_file_is_said_and_nothing_is_lost(upload: Upload, runs: Service) -> None:
    app = upload(b"PK")
    assert app.error[0].value == "This .pt file is cut or damaged."
    assert app.session_state["training.view"] == "mine"
    app.file_uploader(key="training.weights").set_value(("mine.pt", save(state_of(TEXT).weights), "")).run()
    assert not app.error
    app.selectbox(key="training.class_name").set_value("SimpleCNN")
    press(app, "Bring it in")
    assert app.error[0].value == "The file holds the weights of TextClassifier, not of SimpleCNN."
    assert runs.runs(MINE) == []


def test_a_part_of_a_network_is_told_as_that_and_nothing_is_asked(upload: Upload) -> None:
    app = upload(save(models.SelfAttention(24, 3).state_dict()))
    assert "that is a part of DigitTransformer" in app.error[0].value
    assert not [field for field in app.selectbox if field.key == "training.class_name"]


def test_names_in_a_file_are_text_and_load_nothing(upload: Upload, opened: Open) -> None:
    name, arguments, task, facts = TEXT
    evil = {**facts, "classes": ["![x](http://a.test/b.png)", "`**<b>**`"]}
    app = upload(weights_file(state_of((name, arguments, task, evil))))
    ((answer, _),) = messages(app, "bars")  # whose scripts read no text as HTML or Markdown
    assert {name for name, _, _ in answer["rows"]} == set(evil["classes"])


def test_a_file_that_says_all_but_its_words_is_asked_for_these_alone(upload: Upload) -> None:
    app = upload(save(state_of(TEXT).weights, {"class": "TextClassifier"}))
    assert app.error[0].value.startswith("It knows 6 words")
    assert all(field.key != "training.class_name" for field in app.selectbox)
    app.text_area(key="training.words_of").set_value("\n".join(WORDS))
    press(app, "Bring it in")
    run_of(app)


@pytest.mark.usefixtures("few_held_out")
def test_a_network_that_was_brought_in_is_measured_on_the_test_digits_by_one_click(upload: Upload) -> None:
    model = weights.load("simple_cnn")
    app = upload(save(model.state_dict()))
    press(app, "Bring it in")
    press(app, "Measure on the 10,000 test digits")
    images, labels = mnist.digits("test")
    with torch.inference_mode():
        said_right = model(digits.normalise(images[:300])).argmax(1) == labels[:300]
    found = evaluation.evaluate(run_of(app), 0).measured
    assert found.examples == labels[:300].bincount(minlength=10).tolist()
    assert found.right == labels[:300][said_right].bincount(minlength=10).tolist()
    assert f"{100 * said_right.float().mean():.1f} % of 300 examples right" in texts(app)
    assert len(app.get("plotly_chart")) == 1


def test_a_reader_of_sentences_is_measured_with_the_words_that_its_file_knows(
    upload: Upload,
) -> None:
    name, arguments, _, facts = TEXT
    facts = facts | {"classes": ["negative", "positive"]}
    app = upload(weights_file(state_of((name, arguments, "reviews", facts))))
    press(app, "Measure on the 1,672 test sentences")
    evaluated = evaluation.evaluate(run_of(app), 0)
    found = evaluated.measured
    assert evaluated.classes == ["negative", "positive"]
    ((answer, _),) = messages(app, "bars")
    assert {row[0] for row in answer["rows"]} == {"negative", "positive"}
    model = state_of(TEXT).model()
    known = Vocabulary(tuple(WORDS))
    pairs = [(known.encode(tokenise(text)), label) for text, label in reviews.labelled("test")]
    with torch.inference_mode():
        right = sum(int(model(torch.tensor([words])).argmax()) == label for words, label in pairs if words)
    assert (sum(found.examples), sum(found.right)) == (len(pairs), right)


def test_a_network_with_other_classes_than_the_data_is_not_measured(upload: Upload) -> None:
    app = upload(weights_file(state_of(NETWORKS[8])))  # three classes, and it says that it learned digits
    press(app, "Measure on the 10,000 test digits")
    assert app.error[0].value.startswith("The network has other classes than the data")


def test_a_network_of_own_examples_brought_in_has_nothing_to_be_measured_on(upload: Upload) -> None:
    app = upload(weights_file(state_of(NETWORKS[0])))
    assert "there is nothing to measure the network on" in texts(app)
