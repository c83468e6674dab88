"""The Training lab's controls, and what it says before a run."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlviz.data import cifar10, labelled
from dlviz.training.analysis.timing import Timing
from dlviz.training.config import TrainingConfig, lesson
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.service import Service
from dlviz.training.tasks import Drawings
from dlviz.training.tasks.own import FILES, read
from dlviz.ui.labs.training.train import config_from_controls, duration
from dlviz.ui.labs.training.train.my_data import DRAWN, MyDrawings
from tests.packed import messages
from tests.pages.cnn_lab import press, query
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE, Launcher

pytestmark = pytest.mark.usefixtures("runs")


def sentences(app: AppTest) -> list[str]:
    return [problem.value for problem in app.error]


def pads(app: AppTest) -> list[dict]:
    """What the pads of the page are told."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [json.loads(part.json) for part in parts if part.component_name == "dlviz_pad"]


def train(app: AppTest):
    (button,) = [button for button in app.button if button.label == "Train"]
    return button


def handed_in(runs: Service) -> TrainingConfig:
    (status,) = runs.runs(MINE)
    return TrainingConfig.from_json(runs.store.config(status.run))


def test_the_lab_opens_with_the_usual_run_and_says_how_large_it_is(opened: Open) -> None:
    app = opened("training")
    assert not train(app).disabled
    assert [metric.value for metric in app.metric] == ["390,410", "10", "about 6.0 s"]
    assert query(app) == ""


@pytest.mark.parametrize(
    ("seconds", "each", "all_of_them"),
    [(0.503, "0.5 s", "2 min 31 s"), (0.0314, "0.031 s", "9.4 s"), (1.26, "1.3 s", "6 min 18 s")],
)
def test_how_long_an_epoch_takes_and_the_run_are_the_same_measurement(
    opened: Open, monkeypatch: pytest.MonkeyPatch, seconds: float, each: str, all_of_them: str
) -> None:
    monkeypatch.setattr(duration.trial, "ask", lambda config, own=None: Timing(390_410, 2, seconds))
    app = opened("training", epochs="300")
    assert app.metric[-1].value == f"about {all_of_them}"
    assert any(said.value.endswith(f"An epoch takes about {each}.") for said in app.caption)


def test_what_must_be_downloaded_is_said_once_and_nothing_is_tried_out(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cifar10, "is_here", lambda: False)
    app = opened("training", task="cifar10", model="ColourCNN")
    assert not train(app).disabled
    (said,) = [info.value for info in app.info]
    assert "not on this machine yet. Train downloads them first, once: 170 MB." in said
    assert not [each.value for each in app.caption if "CIFAR" in each.value]
    assert not app.metric


def test_train_hands_in_what_the_controls_say_and_the_address_names_the_run(
    opened: Open,
    runs: Service,
    launcher: Launcher,
) -> None:
    app = opened("training", samples="640", epochs="2", scheduler="cosine", rotation="15", patience="3")
    train(app).click().run()
    config = handed_in(runs)
    assert (config.samples, config.epochs, config.scheduler, config.patience) == (640, 2, "cosine", 3)
    assert config.augmentation.rotation == 15
    (run,) = launcher.jobs
    assert f"run={run}" in query(app)


def test_the_usual_controls_hand_in_the_usual_config(opened: Open, runs: Service) -> None:
    train(opened("training")).click().run()
    assert handed_in(runs) == TrainingConfig()


def test_one_button_sets_the_lessons_full_recipe(opened: Open, runs: Service) -> None:
    app = opened("training", optimizer="SGD", dropout="0.2")
    press(app, "The lesson’s full recipe")
    assert train(app).click().run()
    assert handed_in(runs) == lesson()


def test_a_graphics_card_can_be_chosen_where_there_is_one(
    opened: Open, runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("training", device="cuda")
    assert "Device" not in [box.label for box in app.selectbox]
    monkeypatch.setattr(config_from_controls, "devices", lambda: ("cpu", "cuda"))
    app = opened("training")
    press(app, "The lesson’s full recipe")
    (device,) = [box for box in app.selectbox if box.label == "Device"]
    assert device.value == "cuda"
    train(app).click().run()
    assert handed_in(runs) == replace(lesson(), device="cuda")


def test_a_learning_rate_that_is_none_is_told_at_once_and_nothing_can_be_trained(opened: Open) -> None:
    app = opened("training")
    app.text_input(key="training.learning_rate").set_value("much").run()
    (sentence,) = sentences(app)
    assert sentence.startswith("The learning rate must be a number above 0")
    assert train(app).disabled
    app.text_input(key="training.learning_rate").set_value("1e-2").run()
    assert sentences(app) == []
    assert not train(app).disabled


def test_a_huge_learning_rate_may_be_tried(opened: Open) -> None:
    assert not train(opened("training", learning_rate="1e9")).disabled


def test_a_bad_number_is_one_sentence(opened: Open) -> None:
    app = opened("training")
    app.number_input(key="training.samples").set_value(0).run()
    assert sentences(app) == ["The number of samples must be a whole number from 1 to 1,000,000."]
    assert train(app).disabled


def test_test_data_decide_nothing(opened: Open) -> None:
    app = opened("training", test="on", patience="2")
    assert "Test data must not decide" in sentences(app)[0]


def test_a_schedule_that_changes_nothing_says_so(opened: Open) -> None:
    app = opened("training", scheduler="StepLR")
    assert any("Within 5 epochs this schedule changes nothing" in said.value for said in app.info)
    assert messages(app, "curves") == []  # a flat line says nothing


def test_a_schedules_curve_is_the_one_that_will_be_learned_with(opened: Open) -> None:
    app = opened("training", scheduler="StepLR", step_size="1", gamma="0.5", epochs="3")
    ((_, arrays),) = messages(app, "curves")
    assert arrays["0.y"].tolist() == pytest.approx([0.001, 0.001, 0.0005, 0.0005, 0.00025, 0.00025])
    assert not app.info


def test_augmentation_is_seen_on_six_pictures(opened: Open) -> None:
    ((_, plain),) = messages(opened("training"), "gallery")
    before, after = (arrays["pictures"] for _, arrays in messages(opened("training", flip="1"), "gallery"))
    assert (before == plain["pictures"]).all()
    assert (after == before[:, :, ::-1]).all()


def test_a_task_chooses_a_network_that_fits_it(opened: Open) -> None:
    app = opened("training")
    app.selectbox(key="training.task").set_value("reviews").run()
    assert app.selectbox(key="training.model").value == "TextClassifier"
    assert any("a sentence is neutral" in each.value for each in app.caption)
    assert sentences(app) == []


def test_a_link_with_a_network_that_does_not_fit_opens_with_one_that_does(opened: Open) -> None:
    app = opened("training", task="text", model="SimpleCNN")
    assert app.selectbox(key="training.model").value == "CharacterLSTM"


def test_a_full_disk_is_told_and_the_controls_stay(
    opened: Open,
    runs: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> str:
        raise DiskFull(28, "no space")

    monkeypatch.setattr(runs.store, "create", full)
    app = opened("training", samples="640")
    train(app).click().run()
    assert sentences(app) == ["The disk is full: delete runs that you no longer need."]
    assert app.number_input(key="training.samples").value == 640


@pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 19, "f" * 21, "x" * 20])
def test_what_is_no_run_in_the_address_is_left_out(opened: Open, name: str) -> None:
    app = opened("training", run=name)
    assert any(re.search(r"not understood.*run", said.value) for said in app.info)
    assert train(app)


def test_a_run_that_there_is_not_is_one_sentence(opened: Open) -> None:
    app = opened("training", run="0" * 20)
    assert any(said.value.startswith("There is no run of that name here") for said in app.info)
    assert not train(app).disabled


def test_drawings_need_two_kinds_and_are_kept_beside_the_run(
    opened: Open,
    runs: Service,
) -> None:
    app = opened("training", task="drawings", samples="100", batch_size="2")
    train(app).click().run()
    assert sentences(app) == ["There are no drawings yet: draw some, and say what each is."]
    pictures = [np.full((28, 28), 10 * at, np.uint8) for at in range(6)]
    app.session_state[DRAWN] = MyDrawings(pictures, ["A"] * 6)
    train(app).click().run()
    assert sentences(app) == ["All examples have the same label: two different ones are needed at least."]
    app.session_state[DRAWN] = MyDrawings(pictures, ["A", "B"] * 3)
    train(app).click().run()
    assert sentences(app) == []
    (status,) = runs.runs(MINE)
    own = read("drawings", runs.store.folder(status.run))
    assert own is not None
    assert own.labels == ("A", "B", "A", "B", "A", "B")


def test_without_a_table_there_is_nothing_to_learn_from(opened: Open) -> None:
    app = opened("training", task="table")
    train(app).click().run()
    assert sentences(app) == ["There is no table yet: upload one with the columns text and label."]


def test_drawings_come_back_after_a_refresh_from_a_run_and_from_a_file(
    opened: Open,
    runs: Service,
) -> None:
    pictures = [np.full((28, 28), 10 * at, np.uint8) for at in range(6)]
    app = opened("training", task="drawings", samples="100", batch_size="2")
    app.session_state[DRAWN] = MyDrawings(pictures, ["A", "B"] * 3)
    train(app).click().run()
    (status,) = runs.runs(MINE)
    again = opened("training", task="drawings")
    assert any(said.value.startswith("6 drawings so far: 3 × A, 3 × B") for said in again.caption)
    # Whoever has others is given the run's, and can go back.
    others = opened("training", run=status.run)
    others.session_state[DRAWN] = MyDrawings(pictures[:1], ["C"])
    others.button(key="training.use").click().run()
    assert others.session_state[DRAWN].labels == ["A", "B"] * 3
    np.testing.assert_array_equal(others.session_state[DRAWN].pictures, pictures)
    others.button(key="training.new").click().run()
    others.button(key="training.own.back").click().run()
    assert others.session_state[DRAWN].labels == ["C"]
    saved = Drawings(np.array(pictures), ("A", "B") * 3)
    read = Drawings.from_bytes(saved.to_bytes())
    np.testing.assert_array_equal(read.pictures, saved.pictures)
    assert read.labels == saved.labels


def test_what_is_missing_is_said_when_a_drawing_is_added_and_the_button_is_never_grey(opened: Open) -> None:
    app = opened("training", task="drawings")
    assert not app.button(key="training.add").disabled
    app.button(key="training.add").click().run()
    assert sentences(app) == ["Draw something first."]


def test_the_pad_of_a_run_on_drawings_begins_with_one_of_them_and_has_no_test_digits(
    opened: Open, runs: Service
) -> None:
    own = Drawings(np.stack([np.full((28, 28), 10 * at, np.uint8) for at in range(1, 9)]), ("A", "B") * 4)
    config = TrainingConfig(task="drawings", samples=100, batch_size=2)
    run = runs.submit(config, MINE, fill=lambda folder: own.save(folder / FILES["drawings"]))
    (pad,) = pads(opened("training", run=run))
    shown = np.frombuffer(base64.b64decode(pad["placed"]["pixels"]), np.uint8)
    assert len({*shown}) == 1
    assert shown[0] in own.pictures[:, 0, 0]
    assert not pad["surprises"]


def test_saved_drawings_are_added_and_a_picture_is_laid_on_the_paper(opened: Open) -> None:
    pictures = np.stack([np.full((28, 28), 10 * at, np.uint8) for at in (1, 2)])
    app = opened("training", task="drawings")
    (pad,) = pads(app)
    assert (pad["placed"], pad["surprises"]) == (None, False)
    saved = Drawings(pictures, ("A", "B")).to_bytes()
    for count in (2, 4):
        app.file_uploader(key="training.own.file").set_value((f"{count}.safetensors", saved, "")).run()
        assert app.session_state[DRAWN].labels == ["A", "B"] * (count // 2)
    np.testing.assert_array_equal(app.session_state[DRAWN].pictures[2:], pictures)
    file = io.BytesIO()
    photograph = Image.new("L", (60, 40), "white")
    photograph.paste(0, (20, 5, 40, 35))
    photograph.save(file, "PNG")
    app.file_uploader(key="training.own.picture.upload").set_value(("a.png", file.getvalue(), "")).run()
    assert not sentences(app)
    assert pads(app)[0]["placed"]["label"] == "your picture"
    app.text_input(key="training.label").set_value("C").run()
    app.button(key="training.add").click().run()
    assert app.session_state[DRAWN].labels == ["A", "B", "A", "B", "C"]
    added = app.session_state[DRAWN].pictures[-1]
    assert added.shape == (28, 28)
    assert added[14, 14] == 255  # the dark bar, in the middle
    assert added[0, 0] == 0
    assert pads(app)[0]["placed"] is None


def test_a_file_with_anything_else_is_no_set_of_drawings() -> None:
    from dlviz.training.tasks import BadTask

    with pytest.raises(BadTask, match="holds no drawings that were saved here"):
        Drawings.from_bytes(b"nothing")


def test_a_table_with_other_columns_is_read_by_those_that_i_choose_and_kept_as_text_and_label(
    opened: Open, runs: Service
) -> None:
    app = opened("training", task="table", model="TextClassifier")
    assert [button.proto.label for button in app.get("download_button")] == ["A sample to start from"]
    rows = "".join(f"{at},a lovely film {at},good\n{at},an awful film {at},bad\n" for at in range(8))
    app.file_uploader(key="training.csv").set_value(("my.csv", f"id,Review,Stars\n{rows}".encode(), "")).run()
    assert not sentences(app)
    app.selectbox(key="training.csv.texts").set_value("Review")
    press(app, "Read these columns")
    assert any("16 sentences in 2 classes: bad, good." in caption.value for caption in app.caption)
    app.number_input(key="training.batch_size").set_value(4).run()
    train(app).click().run()
    (status,) = runs.runs(MINE)
    kept = labelled.read((runs.store.folder(status.run) / "own.csv").read_bytes())
    assert kept.texts[:2] == ("a lovely film 0", "an awful film 0")
