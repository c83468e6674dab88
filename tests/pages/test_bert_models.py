"""Other encoders in the lab of BERT: loaded on a click alone, and a sentence where one cannot be had."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from dlviz.encoders import NoEncoder, hub
from dlviz.finetuning.arms import Arm
from dlviz.finetuning.delta import take_delta
from dlviz.finetuning.network import FineTuned
from dlviz.training.runs.service import Service
from dlviz.ui.labs.bert import tuned
from dlviz.ui.text_format.markdown import plain
from tests import encoder_folders
from tests.pages.conftest import Open
from tests.pages.test_bert import picture, said


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_kept", type(hub._kept)())


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(encoder_folders.bert(tmp_path))


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise NoEncoder(hub.NO_NETWORK)

    monkeypatch.setattr(hub, "download", unreachable)


def load(app, typed: str):
    app.text_input(key="bert.typed").set_value(typed).run()
    return app.button(key="bert.load").click().run()


def test_a_folder_is_loaded_on_a_click_and_stays_out_of_the_address(opened: Open, folder: str) -> None:
    app = load(opened("bert", text="the cat sat on a mat"), folder)
    header, arrays = picture(app)
    assert arrays["small"].shape == (2, 2, 8, 8)
    assert f"{plain(folder)}, of the kind bert: 2 layers of 2 heads, with the weights of its folder." in said(
        app
    )
    assert app.session_state["bert.model"] == "all-MiniLM-L6-v2"
    app.button(key="bert.back").click().run()
    assert picture(app)[1]["small"].shape[:2] == (6, 12)
    assert header["tokens"][1] == "the"


@pytest.mark.parametrize("around", ['"{}"', "'{}'", "“{}”", ' "{}" '])
def test_a_folder_in_quotation_marks_is_loaded(opened: Open, folder: str, around: str) -> None:
    app = load(opened("bert", text="the cat"), around.format(folder))
    assert f"{plain(folder)}, of the kind bert" in said(app)


@pytest.mark.parametrize(
    ("view", "question"),
    [
        ("embeddings", "Does a word have one meaning for this model?"),
        ("explain", "What makes two texts alike for this model?"),
    ],
)
def test_the_tasks_are_those_of_the_model_in_use(opened: Open, folder: str, view: str, question: str) -> None:
    app = load(opened("bert", view=view, text="the cat", sentences="the cat\na mat", depth="2"), folder)
    assert not app.exception
    assert app.header[0].value == question
    app.button(key="bert.back").click().run()
    assert app.header[0].value != question


def test_the_pipeline_does_not_speak_of_another_encoder(opened: Open, folder: str) -> None:
    app = load(opened("bert", view="sentiment", text="the cat"), folder)
    assert "is not asked here" in said(app)
    assert "of the kind bert" not in said(app)


def test_folders_are_not_opened_on_a_server_that_others_reach(
    opened: Open, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda name: "0.0.0.0" if name == "server.address" else option(name)
    )
    app = load(opened("bert"), folder)
    assert "Folders can be named only where" in said(app)
    assert "all-MiniLM-L6-v2 goes on." in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


@pytest.mark.usefixtures("_no_network")
def test_without_a_network_there_is_a_sentence_and_the_page_goes_on(opened: Open) -> None:
    app = opened("bert")
    app.button(key="bert.offer.distilbert-base-uncased").click().run()
    assert app.text_input(key="bert.typed").value == "distilbert-base-uncased"
    app.button(key="bert.load").click().run()
    assert "The model hub cannot be reached, and this model was not loaded before." in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


def test_a_model_in_a_link_only_fills_the_field(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(hub, "download", lambda name, *_: asked.append(name))
    app = opened("bert", model="own/small")
    app.run()
    assert asked == []
    assert app.text_input(key="bert.typed").value == "own/small"
    assert "The link was made with own/small." in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


@pytest.mark.parametrize("path", ["/etc", "../secret", "~", "a/b/c", "C:\\x"])
def test_no_path_is_taken_from_a_link(opened: Open, path: str) -> None:
    app = opened("bert", model=path)
    assert "Part of the link was not understood and is left out: model." in said(app)
    assert app.text_input(key="bert.typed").value == "bert-base-uncased"


def test_a_loaded_id_is_in_the_address(opened: Open, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "download", lambda *_: Path(folder))
    app = load(opened("bert", text="the cat"), "own/small")
    assert app.session_state["bert.model"] == "own/small"
    assert "own/small, of the kind bert" in said(app)


def test_a_model_that_has_left_memory_is_told(opened: Open, folder: str) -> None:
    app = load(opened("bert", text="the cat"), folder)
    hub._kept.clear()
    app.run()
    assert "has made room in memory for other models: load it again." in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("/nowhere/at/all", "There is no such folder"),
        ("a b", "That is no model id"),
        ("", "That is no model id"),
    ],
)
def test_what_cannot_be_loaded_is_told(opened: Open, typed: str, problem: str) -> None:
    app = load(opened("bert"), typed)
    assert problem in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


@pytest.mark.parametrize("damage", ["config.json", "model.safetensors"])
def test_damaged_folders_are_told(opened: Open, folder: str, damage: str) -> None:
    file = Path(folder) / damage
    file.unlink() if damage == "config.json" else file.write_bytes(b"nonsense")
    app = load(opened("bert"), folder)
    assert ("has no config.json" if damage == "config.json" else "cannot be read as safetensors") in said(app)
    assert picture(app)[1]["small"].shape[:2] == (6, 12)


@pytest.mark.usefixtures("_no_network")
def test_the_pipelines_usual_model_is_asked_for_on_a_click_alone(opened: Open) -> None:
    app = opened("bert", view="sentiment")
    assert "Nothing was downloaded." in said(app)
    app.button(key="bert.load_usual").click().run()
    assert "The model hub cannot be reached, and this model was not loaded before. Ours goes on." in said(app)
    assert "The pipeline says" in app.subheader[0].value


def test_positive_or_negative_is_not_asked_of_another_encoder(opened: Open, folder: str) -> None:
    app = load(opened("bert", view="explain", text="the cat sat"), folder)
    assert "another encoder can be asked for likeness" in said(app)
    app.text_area(key="bert.other").set_value("a mat").run()
    app.segmented_control(key="bert.answer").set_value("likeness").run()
    assert "Likeness of the two texts" in app.subheader[0].value


def test_markdown_in_a_models_name_is_neither_formatted_nor_loaded(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "_a_ :red[b]"
    folder.mkdir()
    app = load(opened("bert"), str(encoder_folders.bert(folder)))
    assert f"{plain('_a_ :red[b]')}, of the kind bert" in said(app)
    told = []
    monkeypatch.setattr(DeltaGenerator, "progress", lambda bar, share, text="": told.append(text))
    load(opened("bert"), "![](//elsewhere/x.png)")
    assert r"Loading !\[\](//elsewhere/x.png) …" in told


def test_a_fine_tuning_is_put_on_its_encoder_alone(opened: Open, folder: str, tmp_path: Path) -> None:
    network = FineTuned(hub.from_folder(folder), Arm(layers=1), 2)
    with torch.no_grad():
        network.model.encoder.layer[-1].attention.self.query.weight.mul_(50)
    delta = take_delta(network, ("no", "yes"))
    app = load(opened("bert", text="the cat sat on a mat"), folder)
    before = picture(app)[1]["small"]
    app.session_state[tuned.FROM_FILE] = "file 123456", delta
    after = picture(app.run())[1]["small"]
    assert np.array_equal(before[0], after[0])  # its first layer did not learn
    assert not np.array_equal(before[1], after[1])
    assert "fine-tuned (file 123456), of the kind bert" in said(app)

    (tmp_path / "other").mkdir()
    load(app, str(encoder_folders.distilbert(tmp_path / "other")))
    app.session_state[tuned.FROM_FILE] = "file 123456", delta
    app.run()
    assert any("has other weights" in error.value for error in app.error)
    assert not app.exception


def test_a_run_that_is_gone_leaves_the_encoder_as_it_was(opened: Open, runs: Service, folder: str) -> None:
    app = opened("bert", text="the cat", tuned="0" * 20)
    assert any(tuned.GONE in error.value for error in app.error)
    assert app.session_state["bert.tuned"] == ""
