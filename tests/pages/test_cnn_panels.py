from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import dlviz.dream
from dlviz import weights
from dlviz.data import digits
from dlviz.dropout import trace_in_training
from dlviz.trace import switch_off, trace
from dlviz.ui.labs.cnn.state import PANELS
from tests.packed import messages
from tests.pages.cnn_lab import (
    IMAGES,
    SEVEN,
    TRAINED,
    answer,
    draw,
    drawn_one,
    percent,
    press,
    probabilities,
    query,
    said,
)
from tests.pages.conftest import Open

UNITS = ["conv_layers.0:3:5:5", "conv_layers.8:9:1:1", "fc_layers.1:17", "fc_layers.4:7"]
BY_UNIT = ["kernels", "off"]  # panels whose parts depend on the kind of unit; "unit" has tests of its own


@pytest.mark.parametrize(
    ("panel", "select"),
    [(panel, unit) for panel in PANELS for unit in (UNITS if panel in BY_UNIT else UNITS[-1:])],
)
def test_every_panel_opens_for_every_kind_of_unit(opened: Open, panel: str, select: str) -> None:
    app = opened("cnn", sample="0", panel=panel, select=select)
    assert said(app)[0] == "7"
    assert not app.error
    assert not app.info


def test_the_kernels_are_the_layers_weights_trained_and_random(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="kernels", select="conv_layers.4:7:0:0", seed="3")
    ((header, arrays),) = messages(app, "tiles")
    models = {"Trained": TRAINED, "Random, seed 3": weights.build("SimpleCNN", {}, 3)}
    assert [group["title"] for group in header["groups"]] == list(models)
    for group, model in zip(header["groups"], models.values(), strict=True):
        kernels = model.get_parameter("conv_layers.3.weight").numpy(force=True)[7]
        np.testing.assert_array_equal(arrays[group["name"]], kernels)


def texts(app: AppTest) -> list[str]:
    return [markdown.value for markdown in app.markdown]


def test_a_map_is_switched_off_and_on_again(opened: Open) -> None:
    app = opened("cnn", sample="18", panel="off", select="conv_layers.8:9:1:1")
    x = digits.normalise(IMAGES[18:19])
    press(app, "Switch map 9 of pool 3 off")
    off = probabilities(x, edits={"conv_layers.8": switch_off([9])})
    assert said(app) == answer(off)
    assert any("with one map of pool 3 switched off at a time" in text for text in texts(app))
    assert len(app.get("plotly_chart")) == 1
    assert "off=conv_layers.8%3A9" in query(app)
    press(app, "Switch map 9 of pool 3 on")
    assert said(app) == answer(probabilities(x))
    assert "off=" not in query(app)


def test_the_verdict_compares_with_the_untouched_run(opened: Open) -> None:
    app = opened("cnn", sample="18", panel="off", select="conv_layers.4:20:1:1")
    press(app, "Keep only map 20 of ReLU 2")
    x = digits.normalise(IMAGES[18:19])
    others = [channel for channel in range(64) if channel != 20]
    before, after = probabilities(x), probabilities(x, edits={"conv_layers.4": switch_off(others)})
    digit = int(before.argmax())
    assert said(app) == answer(after)
    (verdict,) = [text for text in texts(app) if text.startswith("Off: ")]
    logits = [trace(TRAINED, x, edits)[0][0].numpy() for edits in ({}, {"conv_layers.4": switch_off(others)})]
    leads = [float(each[digit] - np.delete(each, digit).max()) for each in logits]
    assert after.argmax() != digit
    assert verdict.startswith(
        f"Off: 63 of 64 in ReLU 2. The logit of **{digit}** led by {leads[0]:.3g} and now is "
        f"**{-leads[1]:.3g}** behind: the network now says **{after.argmax()}**."
    )
    assert any(f"**63 switched off**; untouched it said {digit}" in caption.value for caption in app.caption)
    ((header, arrays),) = messages(app, "wall")
    assert header["untouched"] == pytest.approx(before.tolist(), abs=1e-6)
    assert header["off"] == {"conv_layers.4": others}
    assert arrays["conv_layers.4"][20].any()
    assert not arrays["conv_layers.4"][others].any()


def test_channels_of_two_stages_are_off_together_until_all_are_back_on(opened: Open) -> None:
    app = opened("cnn", sample="18", panel="off", select="conv_layers.1:8:0:0", off="fc_layers.2:3-9")
    press(app, "Switch map 8 of ReLU 1 off")
    edits = {"conv_layers.1": switch_off([8]), "fc_layers.2": switch_off(list(range(3, 10)))}
    assert said(app) == answer(probabilities(digits.normalise(IMAGES[18:19]), edits=edits))
    press(app, "All back on")
    assert said(app) == answer(probabilities(digits.normalise(IMAGES[18:19])))
    (back,) = [button for button in app.button if button.label == "All back on"]
    assert back.disabled


def test_what_changed_is_the_value_now_minus_the_value_untouched(opened: Open) -> None:
    app = opened("cnn", sample="0", off="conv_layers.1:8", shown="difference")
    ((header, arrays),) = messages(app, "wall")
    _, before = trace(TRAINED, SEVEN)
    _, after = trace(TRAINED, SEVEN, {"conv_layers.1": switch_off([8])})
    for name in ("conv_layers.0", "conv_layers.1", "conv_layers.6", "fc_layers.2"):
        expected = (after[name] - before[name])[0].astype(np.float16)
        np.testing.assert_array_equal(arrays[name].ravel(), expected.ravel())
    assert not arrays["conv_layers.0"].any()
    assert {panel["scale"] for panel in header["panels"][1:]} == {"diverging"}


def test_nothing_can_be_switched_off_at_the_output(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="off", select="fc_layers.4:7")
    assert [button.label for button in app.button] == ["All back on"]
    assert "Click a map in the network above to choose what to switch off." in texts(app)


def test_training_mode_silences_half_of_the_units_and_doubles_the_others(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="dropout")
    app.toggle[0].set_value(True).run()
    logits, record = trace_in_training(TRAINED, SEVEN, seed=0)
    assert said(app) == answer(logits[0].softmax(0).numpy())
    ((header, arrays),) = messages(app, "tiles")
    before, after = (arrays[group["name"]].ravel() for group in header["groups"])
    np.testing.assert_array_equal(before, record["fc_layers.2"][0])
    np.testing.assert_array_equal(after, record["fc_layers.3"][0])
    lit = before > 0
    crossed = header["groups"][1]["crossed"]
    np.testing.assert_array_equal(crossed, np.flatnonzero(lit & (after == 0)))
    silenced = int((after[lit] == 0).sum())
    np.testing.assert_array_equal(after[lit & (after > 0)], 2 * before[lit & (after > 0)])
    assert any(
        f"Of {lit.sum()} units lit by this picture, dropout silences {silenced} this time; the other "
        f"{lit.sum() - silenced} are doubled" in text
        for text in texts(app)
    )
    ((wall, _),) = messages(app, "wall")
    assert "dropout" in [panel["title"] for panel in wall["panels"]]


def test_another_mask_silences_other_units_and_is_in_the_address(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="dropout", training="on")
    press(app, "Draw another mask")
    _, record = trace_in_training(TRAINED, SEVEN, seed=1)
    ((header, arrays),) = messages(app, "tiles")
    np.testing.assert_array_equal(arrays[header["groups"][1]["name"]].ravel(), record["fc_layers.3"][0])
    assert "mask=1" in query(app)


def test_outside_training_dropout_passes_everything_on(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="dropout")
    ((header, arrays),) = messages(app, "tiles")
    before, after = (arrays[group["name"]] for group in header["groups"])
    np.testing.assert_array_equal(before, after)
    (button,) = app.button
    assert button.disabled


@pytest.mark.parametrize(("target", "digit"), [("predicted", 7), ("1", 1)])
def test_the_heats_are_those_of_the_chosen_class_over_the_drawing(
    opened: Open, target: str, digit: int
) -> None:
    app = opened("cnn", sample="0", panel="why", target=target)
    ((header, arrays),) = messages(app, "tiles")
    for group in header["groups"]:
        assert arrays[group["name"]].shape == (1, 28, 28)
        label, share, text = group["rows"][0]
        assert label == f"Probability of {digit}, whole drawing"
        assert share == pytest.approx(probabilities()[digit], abs=1e-6)
        assert text == percent(probabilities()[digit])
    np.testing.assert_array_equal(arrays["under"][0], IMAGES[0].numpy().astype(np.float32) / 255)


def heats(app: AppTest) -> dict[str, np.ndarray]:
    """The arrays of the heat maps, which lie over the drawing."""
    (found,) = [arrays for _, arrays in messages(app, "tiles") if "under" in arrays]
    return found


def test_the_heats_wait_until_the_pen_is_lifted(opened: Open) -> None:
    app = draw(opened("cnn", panel="why"), drawn_one())
    before = heats(app)
    wider = drawn_one()
    wider[120:130, 40:120] = 1
    during = heats(draw(app, wider, final=False))
    np.testing.assert_array_equal(during["under"], before["under"])
    after = heats(draw(app, wider))
    np.testing.assert_array_equal(after["under"][0], digits.prepare(wider))


def test_the_questions_and_the_code_are_those_of_the_network_that_is_looked_into(opened: Open) -> None:
    app = opened("cnn", sample="0", weights="both", seed="5", of="random")
    assert not app.code
    app.session_state["cnn.predict"] = app.session_state["cnn.code"] = True
    app.run()
    record = trace(weights.build("SimpleCNN", {}, 5), SEVEN)[1]
    strongest = record["conv_layers.1"][0].max(axis=(1, 2)).argmax()
    assert f"map {strongest}" in app.radio(key="cnn.question.strongest").options
    assert [code.value.split("(")[0] for code in app.code] == [
        "class SimpleCNN",
        "def trace",
        "def explain_unit",
    ]
    assert len(app.get("download_button")) == 1


def test_a_kernel_of_conv_1_leads_to_the_convolution_lab(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="kernels", select="conv_layers.1:5:3:3")
    links = [link.proto for link in app.get("page_link")]
    (lead,) = [link for link in links if link.label == "Lay kernel 5 over a photograph"]
    assert lead.page == "convolution"
    assert lead.query_string == "kernel=learned&map=5"
    app = opened("cnn", sample="0", panel="kernels", select="conv_layers.3:5:3:3")
    assert not [link for link in app.get("page_link") if link.proto.label.startswith("Lay kernel")]


def test_a_unit_is_lit_until_another_is_chosen(opened: Open) -> None:
    app = opened("cnn", sample="0")
    ((header, arrays),) = messages(app, "wall")
    unit = header["selected"]
    assert unit["stage"] == "conv_layers.3"
    assert arrays["conv_layers.4"][unit["channel"], unit["row"], unit["col"]] > 0
    assert query(app) == "sample=0"
    app.session_state["cnn.wall.0"] = {"selection": ["conv_layers.3", 7, 6, 6, 1]}
    ((header, _),) = messages(app.run(), "wall")
    assert header["selected"] == {"stage": "conv_layers.3", "channel": 7, "row": 6, "col": 6}


def test_the_strongest_maps_are_switched_off_until_the_answer_tips(opened: Open) -> None:
    app = opened("cnn", sample="0", panel="off", select="conv_layers.8:0:0:0")
    press(app, "Switch off the strongest of pool 3")
    peaks = trace(TRAINED, SEVEN)[1]["conv_layers.8"][0].max(axis=(1, 2))
    ((header, _),) = messages(app, "wall")
    assert header["off"] == {"conv_layers.8": [int(peaks.argmax())]}
    assert said(app)[0] == "7"
    press(app, "… until the answer tips")
    ((header, _),) = messages(app, "wall")
    off = header["off"]["conv_layers.8"]
    assert sorted(peaks.argsort(kind="stable")[::-1][: len(off)]) == off
    assert said(app)[0] != "7"


def test_the_network_with_batch_norm_is_one_press_away_and_its_panel_is_about_the_chosen_map(
    opened: Open,
) -> None:
    app = opened("cnn", sample="247", panel="norm", select="conv_layers.1:3:0:0")
    press(app, "Open the one with batch norm")
    assert len(app.get("plotly_chart")) == 4
    assert said(app)[0] == "4"
    assert "weights=normed" in query(app)
    ((batch, arrays),) = messages(app, "gallery")
    assert len(batch["items"]) == 4
    np.testing.assert_array_equal(arrays["pictures"][0, ..., 0], IMAGES[247].numpy())
    assert any("**Map 3 before and after norm 1**" in text for text in texts(app))
    press(app, "Draw other companions")
    assert "norm_draw=1" in query(app)
    app.button_group(key="cnn.norm_batch").set_value(1).run()
    assert any("A batch of one has no companions" in text for text in texts(app))
    app.button_group(key="cnn.norm_mode").set_value("evaluation").run()
    assert any("kept from training, whatever the batch" in text for text in texts(app))
    assert "norm_batch=1" in query(app)


def test_of_a_hundred_masks_those_of_pytorch_are_counted(opened: Open) -> None:
    app = opened("cnn", sample="247", panel="dropout")
    x = digits.normalise(IMAGES[247:248])
    fours = sum(trace_in_training(TRAINED, x, seed)[0].argmax().item() == 4 for seed in range(100))
    assert any(text.startswith(f"Of 100 masks, {fours} give **4**") for text in texts(app))
    assert any("Of the first 100 of MNIST’s test digits, " in text for text in texts(app))


def test_what_dreams_is_chosen_in_the_panel_as_in_the_network_above(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dlviz.dream, "dream", partial(dlviz.dream.dream, steps=1))
    app = opened("cnn", sample="0", panel="dream", select="conv_layers.5:7:3:2")
    assert app.button_group(key="cnn.dream_layer").value == "conv_layers.3"
    assert app.number_input(key="cnn.dream_channel").value == 7
    app.number_input(key="cnn.dream_channel").set_value(9).run()
    assert "select=conv_layers.3%3A9%3A6%3A4" in query(app)
    app.button_group(key="cnn.dream_layer").set_value("conv_layers.6").run()
    assert "select=conv_layers.6%3A9%3A3%3A3" in query(app)
    app.button_group(key="cnn.dream_layer").set_value("fc_layers.4").run()
    app.selectbox(key="cnn.dream_channel").set_value(3).run()
    assert "select=fc_layers.4%3A3" in query(app)
    assert any("Under each picture: the logit of 3." in caption.value for caption in app.caption)
