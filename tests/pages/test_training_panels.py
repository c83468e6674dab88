"""What is looked at of a run beside its curves: mistakes, matrices, weights, the learner's own drawing."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import batch_norm, weights
from dlviz.data import digits, labelled, mnist
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.service import Service
from dlviz.training.tasks import Own, preparation
from dlviz.ui.labs import TITLES
from dlviz.ui.labs.training.train import diagnostics, evaluation
from dlviz.ui.runs.live_run import LiveRun
from tests import kept_runs
from tests.packed import messages
from tests.pages.cnn_lab import draw, drawn_one, percent, press, probabilities, said
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, save, start, tell
from tests.real_runs import trained
from tests.runs import small
from tests.training_runs.idle import MINE

pytestmark = pytest.mark.usefixtures("runs")

TABLE = "text,label\n" + "".join(f"it is {at % 2} and {at},{('even', 'odd')[at % 2]}\n" for at in range(40))


def steps(app: AppTest) -> int:
    ((header, _),) = messages(app, "curves")
    return header["step"]


@pytest.mark.parametrize(("each", "few"), [(1, True), (100, False)])
def test_all_right_says_of_how_many_and_that_few_say_little(
    opened: Open, runs: Service, run: str, each: int, few: bool
) -> None:
    right = {**epoch(1, 0.5, wrong=0), "confusion": (each * np.eye(10, dtype=int)).tolist()}
    tell(runs, run, start(), batch(2), right)
    (said,) = [text.value for text in opened("training", run=run).markdown if "all right" in text.value]
    assert f"all right** of the {10 * each:,} examples that it does not learn from." in said
    assert ("So few say little." in said) == few


def test_its_mistakes_are_the_held_out_digits_and_lead_to_the_cnn_lab(
    opened: Open,
    runs: Service,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5, wrong=3), save(runs, run, 2, seed=7))
    app = opened("training", run=run)
    ((header, arrays),) = messages(app, "gallery")
    held = mnist.digits("train")[0][-5000:][:3]
    np.testing.assert_array_equal(arrays["pictures"][..., 0], held.numpy())
    assert [item["caption"] for item in header["items"]] == ["4 → 9"] * 3
    link = urlsplit(header["items"][1]["href"])
    fields = {name: value for name, (value,) in parse_qs(link.query).items()}
    assert link.path == "/cnn"
    cnn = opened("cnn", **fields)
    model = weights.build("SimpleCNN", {"num_classes": 10}, 7)
    values = probabilities(digits.normalise(held[1:2]), model)
    assert said(cnn)[1] == percent(float(values.max()))
    assert any("Weights of a training run, after step 2" in caption.value for caption in cnn.caption)


@pytest.mark.parametrize(("network", "lab"), [("SimpleCNNBatchNorm", "cnn"), ("MLP", "mlp")])
def test_mistakes_lead_to_the_lab_that_shows_the_network(
    opened: Open, runs: Service, run: str, network: str, lab: str
) -> None:
    tell(runs, run, start(network=network), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2))
    app = opened("training", run=run)
    ((header, _),) = messages(app, "gallery")
    assert {urlsplit(item["href"]).path.removeprefix("/") for item in header["items"]} == {lab}
    assert any(f"Click one to open it in the {TITLES[lab]} lab" in caption.value for caption in app.caption)
    assert header["hint"] == f"Open it in the {TITLES[lab]} lab"


def test_a_photographs_link_names_it_by_its_number() -> None:
    link = urlsplit(diagnostics.link(LiveRun("f" * 20), "cnn", 4, np.zeros((3, 32, 32), np.uint8)))
    assert (link.path, parse_qs(link.query)) == (
        "/cnn",
        {"held": ["4"], "run": ["f" * 20], "weights": ["run"]},
    )


def test_the_cnn_lab_says_what_it_cannot_open(opened: Open, runs: Service, run: str) -> None:
    assert "names no run" in opened("cnn", weights="run").error[0].value
    assert "no run of that name" in opened("cnn", weights="run", run="0" * 20).error[0].value
    assert "no weights yet" in opened("cnn", weights="run", run=run).error[0].value


def test_my_drawing_goes_through_the_newest_network(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), save(runs, run, 0, seed=1))
    app = opened("training", run=run, sample="5")
    x = digits.normalise(mnist.digits("test")[0][5:6])
    for step, seed in ((0, 1), (2, 2)):
        if step:
            tell(runs, run, batch(1), batch(2), save(runs, run, step, seed=seed))
            app.run()
        values = probabilities(x, weights.build("SimpleCNN", {"num_classes": 10}, seed))
        ((header, _),) = messages(app, "tiles")
        (group,) = header["groups"]
        assert group["title"] == f"It says {values.argmax()}"
        ((answer, _),) = messages(app, "bars")
        assert {name: share for name, share, _ in answer["rows"]} == pytest.approx(
            {str(at): value for at, value in enumerate(values)}, abs=1e-6
        )


def test_a_cut_checkpoint_is_a_sentence_and_the_rest_stays(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), batch(1), save(runs, run, 1))
    file = checkpoints.path(runs.store.folder(run), 1)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    app = opened("training", run=run)
    assert [problem.value for problem in app.error] == [
        "The checkpoint 1.safetensors is missing, cut or damaged."
    ]
    assert steps(app) == 1


def test_the_confusion_matrix_names_what_is_mixed_up_most(
    opened: Open,
    runs: Service,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5, wrong=7))
    app = opened("training", run=run, panel="confusion")
    assert any("7 times, “4” is taken for “9”" in caption.value for caption in app.caption)
    assert len(app.get("plotly_chart")) == 1


def test_what_is_shown_after_early_stopping_is_of_the_weights_that_are_back(
    opened: Open, runs: Service, run: str
) -> None:
    worse = {**epoch(2, 0.75, wrong=9), "best": False}
    end = {"kind": "end", "reason": "early", "step": 4, "restored": True, "sentence": "It ended."}
    tell(runs, run, start(), batch(2), epoch(1, 0.5, wrong=3), batch(4), worse, save(runs, run, 4), end)
    app = opened("training", run=run, sample="5")
    assert any(
        "With the weights of epoch 1" in text.value and "3 wrong" in text.value for text in app.markdown
    )
    ((header, _),) = messages(app, "tiles")
    assert header["groups"][0]["note"] == "the network after step 4, with the weights of epoch 1 back"


def test_a_matrix_without_mistakes_and_a_label_that_is_markdown(
    opened: Open, runs: Service, run: str
) -> None:
    names = [*"012345678", "![](http://x.y/z.png)"]
    tell(runs, run, start(classes=names), batch(2), epoch(1, 0.5, wrong=0))
    app = opened("training", run=run, panel="confusion")
    assert any(caption.value.endswith("None is taken for another.") for caption in app.caption)
    tell(runs, run, batch(4), epoch(2, 0.4, wrong=2))
    (caption,) = [caption.value for caption in app.run().caption if "is taken for" in caption.value]
    assert r"!\[\](http" in caption
    assert "http://" not in caption


def test_weights_are_given_of_the_newest_checkpoint_that_is_whole(
    opened: Open, runs: Service, run: str
) -> None:
    tell(runs, run, start(), save(runs, run, 0), batch(1), save(runs, run, 1))
    file = checkpoints.path(runs.store.folder(run), 1)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    app = opened("training", run=run, panel="take")
    assert app.warning[0].value == "The checkpoint 1.safetensors is missing, cut or damaged."
    assert any("The network before its first step" in text.value for text in app.markdown)


def test_weights_and_gradients_are_drawn_epoch_by_epoch(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), batch(2), epoch(1, 0.5), batch(4), epoch(2, 0.4))
    app = opened("training", run=run, panel="histograms")
    for chart in app.get("plotly_chart"):
        assert '"epoch 1"' in chart.proto.spec
        assert '"epoch 2"' in chart.proto.spec


def test_the_settings_of_a_run_can_be_used_again(opened: Open, runs: Service) -> None:
    config = TrainingConfig(samples=300, optimizer="SGD", learning_rate=0.05, patience=2, batch_norm=True)
    app = opened("training", run=runs.submit(config, MINE))
    press(app, "Use its settings")
    press(app, "Train")
    again = max(runs.runs(MINE), key=lambda status: status.created)
    assert TrainingConfig.from_json(runs.store.config(again.run)) == config


def test_a_copy_of_the_network_takes_a_step_down_to_one_weight(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2))
    app = opened("training", run=run, panel="step")
    app.button(key="training.one_step.next").click().run()
    assert any(said.value.startswith("**Step 1**: a batch of 64 examples, ") for said in app.markdown)
    _, steps, step = app.session_state["training.one_step"]
    layer, place = app.selectbox(key="training.one_step.layer").value, app.number_input[-1].value
    gradients = np.abs(step.gradients[layer].reshape(-1))
    assert gradients[place] == gradients.max()
    lines = [line.value for line in app.text]
    assert lines[0].startswith("w = ")
    assert lines[-1].startswith("new w = ")
    # Adam's first step is as long as the rate, whatever the gradient.
    moved = step.after[layer].reshape(-1)[place] - step.before[layer].reshape(-1)[place]
    np.testing.assert_allclose(abs(moved), 0.001, rtol=1e-3)
    app.button(key="training.one_step.next").click().run()
    assert app.session_state["training.one_step"][2].number == 2
    assert app.session_state["training.one_step"][1] is steps
    assert not app.exception


def test_a_network_is_measured_on_the_test_digits_class_by_class(
    opened: Open, runs: Service, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = (part[:200] for part in mnist.digits("test"))
    splits = {"train": mnist.digits("train"), "test": (images, labels)}
    monkeypatch.setattr(preparation.mnist, "digits", splits.__getitem__)
    evaluation.evaluate.cache_clear()
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2, seed=7))
    app = opened("training", run=run, panel="test")
    app.button(key="training.tested.go").click().run()
    with torch.inference_mode():
        said = weights.build("SimpleCNN", {"num_classes": 10}, 7).eval()(digits.normalise(images)).argmax(1)
    right = int((said == labels).sum())
    (line,) = [part.value for part in app.markdown if "examples right" in part.value]
    assert f"{right / 2:.1f} % of 200 examples right** ({right})" in line
    evaluation.evaluate.cache_clear()


@pytest.mark.usefixtures("few_held_out")
@pytest.mark.parametrize(
    ("changes", "own", "button"),
    [
        (
            {"task": "table", "model": "TextClassifier"},
            labelled.read(TABLE.encode()),
            "Measure on the rows held out",
        ),
        ({"task": "text", "model": "CharacterLSTM"}, None, "Measure on the chapters held out"),
    ],
    ids=["table", "text"],
)
def test_without_test_data_a_network_is_measured_on_what_is_held_out(
    opened: Open, runs: Service, changes: dict[str, Any], own: Own | None, button: str
) -> None:
    run = trained(runs.store, small(samples=32, epochs=1, dropout=None, **changes), MINE, own)
    (runs.store.folder(run) / "own.csv").write_text(TABLE, encoding="utf-8")
    app = opened("training", run=run, panel="test")
    press(app, button)
    (event,) = [event for event in runs.store.events(run) if event["kind"] == "epoch"]
    found = evaluation.evaluate(run, int(str(event["step"])))
    assert (found.measured.loss, found.measured.accuracy) == (event["loss"], event["accuracy"])
    assert sum(found.measured.right) / sum(found.measured.examples) == event["accuracy"]
    assert not any("Test data are for the end" in caption.value for caption in app.caption)
    assert len([chart for chart in app.get("plotly_chart") if "right" in chart.proto.spec]) == 1


def test_a_row_for_each_class() -> None:
    counts = np.array([[8, 2, 0], [0, 5, 0], [0, 0, 0]])
    assert evaluation.rows(counts, ["cat", "dog", "cow"]) == [
        {"Class": "cat", "Examples": "10", "Right": "80.0 %", "Mostly taken for": "dog (2 times)"},
        {"Class": "dog", "Examples": "5", "Right": "100.0 %", "Mostly taken for": "–"},
        {"Class": "cow", "Examples": "0", "Right": "–", "Mostly taken for": "–"},
    ]


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (1, "1 row repeats a sentence and is left out: each sentence is used once."),
        (3, "3 rows repeat a sentence and are left out: each sentence is used once."),
    ],
)
def test_rows_of_a_table_that_repeat_a_sentence_are_counted(opened: Open, again: int, said: str) -> None:
    app = opened("training", task="table", model="TextClassifier")
    app.file_uploader[0].upload("mine.csv", (TABLE + "It is 0  and 0,even\n" * again).encode()).run()
    assert said in [caption.value for caption in app.caption]


@pytest.mark.parametrize(
    ("network", "sizes", "norm", "item"),
    [
        ("SimpleCNNBatchNorm", {}, "conv_layers.5", "Map 3"),
        ("MLP", {"depth": 2, "batch_norm": True}, "layers.6", "Unit 3"),
    ],
)
def test_a_runs_batch_norm_is_shown_on_my_drawing(
    opened: Open, runs: Service, network: str, sizes: dict[str, Any], norm: str, item: str
) -> None:
    run = kept_runs.kept(runs.store, network, **sizes)
    first = next(iter(batch_norm.norms(kept_runs.network(network, 10, **sizes))))
    fields = {"run": run, "sample": "5", "panel": "norm", "norm_layer": norm, "norm_channel": "3"}
    app = opened("training", **fields, norm_batch="2")
    ((_, arrays),) = messages(app, "gallery")
    np.testing.assert_array_equal(arrays["pictures"][0, ..., 0], mnist.digits("test")[0][5].numpy())
    assert any(f"**{item} before and after norm 2**" in text.value for text in app.markdown)
    app.selectbox(key="training.norm_layer").set_value(first).run()
    assert any(f"**{item} before and after norm 1**" in text.value for text in app.markdown)
    app.button_group(key="training.norm_batch").set_value(1).run()
    refused = [text.value for text in app.markdown if "PyTorch refuses a batch of one" in text.value]
    assert len(refused) == (network == "MLP")
    assert not app.error


def test_the_panel_on_batch_norm_is_offered_where_there_is_one(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), save(runs, run, 0))
    app = opened("training", run=run)
    assert "Batch norm" not in app.button_group(key="training.panel").options
    app = opened("training", run=run, panel="norm")
    assert any("has no batch norm" in text.value for text in app.markdown)
    normed = runs.submit(replace(SMALL, batch_norm=True), MINE)
    app = opened("training", run=normed)
    assert "Batch norm" in app.button_group(key="training.panel").options


def test_the_panel_on_batch_norm_follows_the_drawing(opened: Open, runs: Service) -> None:
    run = kept_runs.kept(runs.store, "SimpleCNNBatchNorm")
    app = opened("training", run=run, sample="5", panel="norm")
    draw(app, drawn_one(), seen="1.5.", lab="training")
    ((_, arrays),) = messages(app, "gallery")
    expected = np.rint(digits.prepare(drawn_one()) * 255)
    np.testing.assert_array_equal(arrays["pictures"][0, ..., 0], expected)
