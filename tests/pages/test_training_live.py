"""A run that is watched, steered and looked at afterwards."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.service import Service
from dlviz.ui.training import panels
from dlviz.ui.training.watched import Watched
from tests.packed import messages
from tests.pages.cnn_lab import percent, press, probabilities, said
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, save, start, tell
from tests.training_runs.idle import MINE, OTHERS, Launcher
from tests.training_runs.processes import until

pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def run(runs: Service, launcher: Launcher) -> str:
    """A run of mine, which a worker has begun."""
    name = runs.submit(SMALL, MINE)
    until(lambda: name in launcher.jobs)
    return name


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def steps(app: AppTest) -> int:
    ((header, _),) = messages(app, "curves")
    return header["step"]


def test_the_curve_grows_with_what_the_run_tells(opened: Open, runs: Service, run: str) -> None:
    app = opened("training", run=run)
    assert steps(app) == 0
    tell(runs, run, start(), batch(1, 2.5))
    assert steps(app.run()) == 1
    tell(runs, run, batch(2, 1.5), epoch(1, 1.25))
    app.run()
    assert steps(app) == 2
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Validation loss"] == "1.25"
    assert shown["Validation accuracy"] == "90.0 %"
    assert shown["Learning rate"] == "0.001"
    # Smoothed over two batches with weights 0.95 and 1.
    assert shown["Training loss"] == f"{(0.95 * 2.5 + 1.5) / 1.95:.3g}"


def test_the_owner_steers_and_the_worker_hears_it(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    press(app, "Pause")
    press(app, "Resume")
    press(app, "× 10")
    app.text_input(key="training.new_rate").set_value("3e-4").run()
    press(app, "Stop")
    assert launcher.jobs[run].told == [
        {"do": "pause"},
        {"do": "resume"},
        {"do": "rate", "value": 0.01},
        {"do": "rate", "value": 0.0003},
        {"do": "stop"},
    ]


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "fast"])
def test_a_new_rate_that_is_none_is_told_and_not_sent(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
    typed: str,
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    app.text_input(key="training.new_rate").set_value(typed).run()
    assert "A learning rate is a number above 0" in app.error[0].value
    assert launcher.jobs[run].told == []


def test_what_is_wrong_with_a_rate_is_said_until_something_else_is_asked(
    opened: Open, runs: Service, run: str
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    app.text_input(key="training.new_rate").set_value("1e305").run()
    assert "A learning rate is a number above 0" in app.run().error[0].value  # as the page's clock does
    press(app, "Pause")
    assert not app.error
    app.text_input(key="training.new_rate").set_value("fast").run()
    assert app.error
    app.query_params["run"] = runs.submit(SMALL, MINE)
    assert not app.run().error


def test_a_change_of_the_rate_is_seen_before_the_next_batch(
    opened: Open, runs: Service, launcher: Launcher, run: str
) -> None:
    tell(runs, run, start(), batch(1), {"kind": "rate", "step": 1, "old": 0.001, "new": 0.02})
    app = opened("training", run=run)
    assert [metric.value for metric in app.metric if metric.label == "Learning rate"] == ["0.02"]
    press(app, "÷ 10")
    assert launcher.jobs[run].told == [{"do": "rate", "value": 0.002}]
    tell(runs, run, batch(2))
    assert [metric.value for metric in app.run().metric if metric.label == "Learning rate"] == ["0.001"]


def test_who_has_the_link_alone_watches(opened: Open, runs: Service) -> None:
    name = runs.submit(SMALL, OTHERS)
    tell(runs, name, start(), batch(1))
    app = opened("training", run=name)
    assert steps(app) == 1
    assert not {"Stop", "Pause", "× 10"} & {*labels(app)}
    assert any("only they can steer it" in caption.value for caption in app.caption)


def test_a_run_that_waits_says_its_place(opened: Open, runs: Service, run: str) -> None:
    runs.submit(SMALL, OTHERS)
    mine, last = runs.submit(SMALL, MINE), runs.submit(SMALL, MINE)
    until(lambda: runs.status(mine).place == 1)
    assert "Next in the queue (2 runs in all)" in opened("training", run=mine).info[0].value
    assert "Waiting: number 2 of 2 in the queue" in opened("training", run=last).info[0].value


def test_a_diverged_run_keeps_its_curve_and_says_why(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1, 40.0))
    launcher.jobs[run].end("diverged")
    until(lambda: runs.status(run).state == "ended")
    app = opened("training", run=run)
    assert app.error[0].value == "It is diverged."
    assert steps(app) == 1


def test_a_killed_worker_is_told_and_the_run_can_go_on(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), save(runs, run, 0), batch(1))
    launcher.jobs[run].kill()
    until(lambda: runs.status(run).state == "interrupted")
    app = opened("training", run=run)
    assert "was killed (signal 9). It can go on from its last checkpoint" in app.error[0].value
    press(app, "Go on from the last checkpoint")
    until(lambda: runs.status(run).state == "running")


def test_after_the_run_its_best_epoch_is_said(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), batch(3), batch(4), epoch(2, 0.75))
    launcher.jobs[run].end("done")
    until(lambda: runs.status(run).state == "ended")
    (outcome,) = [said.value for said in opened("training", run=run).success]
    assert "Best: epoch 1, with a validation loss of 0.5 and 90.0 % right." in outcome
    assert "The epoch after it made it no better" in outcome


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


@pytest.mark.parametrize(("network", "lab"), [("SimpleCNNBatchNorm", "cnn"), ("MLP", "")])
def test_mistakes_lead_to_the_lab_that_shows_the_network(
    opened: Open, runs: Service, run: str, network: str, lab: str
) -> None:
    tell(runs, run, start(network=network), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2))
    app = opened("training", run=run)
    ((header, _),) = messages(app, "gallery")
    assert {urlsplit(item["href"]).path.removeprefix("/") for item in header["items"]} == {lab}
    told = any("Click one to open it in the CNN lab" in caption.value for caption in app.caption)
    assert told == bool(lab)


def test_a_photographs_link_names_it_by_its_number() -> None:
    link = urlsplit(panels._link(Watched("f" * 20), "cnn", 4, np.zeros((3, 32, 32), np.uint8)))
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
        assert group["rows"][0][1] == pytest.approx(values.max(), abs=1e-6)


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
