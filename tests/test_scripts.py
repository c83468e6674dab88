import contextlib
import io
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dlviz import contributions, weights
from dlviz.arithmetic import Convolution, explain_unit
from dlviz.contributions import integrated_gradients, leave_one_out
from dlviz.convolution import Sliding
from dlviz.data import digits, memory, mnist
from dlviz.data.sentiment import tokenise
from dlviz.dropout import trace_in_training
from dlviz.generation import generate
from dlviz.paths import WEIGHTS
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias, with_gain
from dlviz.recurrence.interventions import hold
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import read
from dlviz.scripts.labs import (
    Held,
    cnn_script,
    convolution_script,
    generate_script,
    gradients_script,
    recurrent_script,
    text_script,
)
from dlviz.trace import combined, switch_off, trace
from dlviz.ui.inputs.sentence import vocabulary
from tests.alone import run_alone
from tests.kept_runs import network

IMAGE = mnist.digits("test")[0][0]
PIXELS = IMAGE.numpy() / 255
DIGIT = digits.normalise(IMAGE[None])
CONV_UNIT = ("conv_layers.3", (5, 0, 7))
TRAINED = weights.load("simple_cnn")
LAYER_MODES: dict[str, Literal["zeros", "reflect", "replicate"]] = {
    "zero": "zeros",
    "reflect": "reflect",
    "replicate": "replicate",
}
NUMBER = r"-?\d+(?:\.\d+)?"


def run(script: str, folder: Path, *arguments: str, encoding: str = "utf-8") -> str:
    """What the script prints, run by itself in a folder where there is no dlviz."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    return run_alone(folder, "script.py", *arguments, encoding=encoding).decode(encoding)


def run_here(script: str) -> str:
    """What the script prints, run in this process: a second instead of three."""
    text = io.StringIO()
    # Leaving these puts back what the script sets: random numbers and gradients.
    with contextlib.redirect_stdout(text), torch.random.fork_rng(devices=[]), torch.enable_grad():
        exec(script, {"__name__": "__main__"})
    return text.getvalue()


def assert_prints(text: str, logits: torch.Tensor) -> None:
    lines = re.findall(rf"digit \d: logit ({NUMBER}), probability ({NUMBER})", text)
    printed = np.array(lines, float)
    assert printed[:, 0] == pytest.approx(logits[0].numpy(), abs=1e-5)
    assert printed[:, 1] == pytest.approx(logits[0].softmax(0).numpy(), abs=1e-5)


@pytest.mark.parametrize("seed", [None, 11], ids=["trained", "random"])
def test_cnn_script_prints_what_the_trace_shows(seed: int | None, tmp_path: Path) -> None:
    model = TRAINED if seed is None else weights.build("SimpleCNN", {"num_classes": 10}, seed)
    logits, seen = trace(model, DIGIT)
    file = [str(WEIGHTS / "simple_cnn.safetensors")] if seed is None else []
    text = run(cnn_script(PIXELS, CONV_UNIT, seed=seed), tmp_path, *file)
    assert_prints(text, logits)
    stage, unit = CONV_UNIT
    told = explain_unit(model, seen, stage, unit)
    assert isinstance(told, Convolution)
    (shown,) = re.findall(rf"unit conv_layers.3 \(5, 0, 7\): ({NUMBER})", text)
    assert float(shown) == pytest.approx(told.shown, abs=1e-5)
    (sums,) = re.findall(r"channel by channel: (.*)", text)
    assert np.array(sums.split(), float) == pytest.approx(told.channel_sums, abs=1e-5)
    ((bias, total),) = re.findall(rf"bias ({NUMBER}) = ({NUMBER})", text)
    assert (float(bias), float(total)) == pytest.approx((told.bias, told.total), abs=1e-5)


def test_cnn_script_switches_off_the_same_channels(tmp_path: Path) -> None:
    off = {"conv_layers.2": [3, 7], "fc_layers.0": [0, 500]}
    unit = int(trace(TRAINED, DIGIT)[1]["fc_layers.2"].argmax())
    logits, seen = trace(TRAINED, DIGIT, {stage: switch_off(channels) for stage, channels in off.items()})
    # Named on no command line, the weights file is looked for beside the script.
    (tmp_path / "simple_cnn.safetensors").symlink_to(WEIGHTS / "simple_cnn.safetensors")
    text = run(cnn_script(PIXELS, ("fc_layers.2", (unit,)), switched_off=off), tmp_path)
    assert_prints(text, logits)
    assert logits[0].numpy() != pytest.approx(trace(TRAINED, DIGIT)[0][0].numpy(), abs=1e-2)
    (shown,) = re.findall(rf"unit fc_layers.2 \({unit},\): ({NUMBER})", text)
    assert float(shown) == pytest.approx(seen["fc_layers.2"][0, unit], abs=1e-5)


def test_cnn_script_silences_the_same_hidden_units() -> None:
    model = weights.build("SimpleCNN", {"num_classes": 10}, seed=4)
    logits, _ = trace_in_training(model, DIGIT, seed=9)
    assert_prints(run_here(cnn_script(PIXELS, seed=4, dropout_seed=9)), logits)
    assert logits[0].numpy() != pytest.approx(trace(model, DIGIT)[0][0].numpy(), abs=1e-3)


def test_cnn_script_writes_out_a_variant_with_the_names_of_its_classes(tmp_path: Path) -> None:
    model = network("ColourCNNBatchNorm", 3)
    save_file(model.state_dict(), tmp_path / "run.safetensors")
    pixels = torch.randint(0, 256, (3, 32, 32), generator=torch.Generator().manual_seed(1)) / 255
    unit = ("conv_layers.5", (5, 1, 2))
    logits, seen = trace(model, (pixels[None] - 0.5) / 0.5)
    names = ["a", "b'c", "$seed"]
    text = run(
        cnn_script(pixels.numpy(), unit, model=model, names=names, weights_file="run.safetensors"), tmp_path
    )
    printed = dict(re.findall(rf"(.*): logit ({NUMBER}), probability", text))
    assert list(printed) == names
    assert np.array(list(printed.values()), float) == pytest.approx(logits[0].numpy(), abs=1e-5)
    (shown,) = re.findall(rf"unit conv_layers.5 \(5, 1, 2\): ({NUMBER})", text)
    assert float(shown) == pytest.approx(seen["conv_layers.5"][0, 5, 1, 2], abs=1e-5)


def test_cnn_script_is_short_and_stands_alone() -> None:
    script = cnn_script(PIXELS, CONV_UNIT, switched_off={"conv_layers.1": list(range(32))})
    assert script.count("\n") <= 60
    assert "dlviz" not in script


def by_pytorch(image: np.ndarray, kernel: np.ndarray, sliding: Sliding) -> np.ndarray:
    """The same convolution by PyTorch's own layer, which pads by itself."""
    layer = nn.Conv2d(
        1,
        1,
        (kernel.shape[0], kernel.shape[1]),
        sliding.stride,
        sliding.padding,
        sliding.dilation,
        bias=False,
        padding_mode=LAYER_MODES[sliding.padding_mode],
    )
    layer.weight.data = torch.from_numpy(kernel)[None, None]
    with torch.inference_mode():
        return layer(torch.from_numpy(image)[None, None])[0, 0].numpy()


@pytest.mark.parametrize(
    ("size", "kernel_size", "sliding"),
    [
        ((9, 12), (3, 3), Sliding()),
        ((9, 12), (2, 5), Sliding(padding=2, stride=2)),
        ((9, 12), (3, 2), Sliding(padding=3, padding_mode="reflect", dilation=2)),
        ((7, 7), (1, 7), Sliding(padding=1, padding_mode="replicate", stride=3)),
        ((64, 64), (1, 1), Sliding()),
    ],
    ids=str,
)
def test_convolution_script_prints_what_pytorch_gives(
    size: tuple[int, int], kernel_size: tuple[int, int], sliding: Sliding
) -> None:
    random = np.random.default_rng(0)
    image, kernel = random.random(size, np.float32), random.normal(size=kernel_size).astype(np.float32)
    expected = by_pytorch(image, kernel, sliding)
    shape, *rows = run_here(convolution_script(image, kernel, **asdict(sliding))).splitlines()
    assert shape == "×".join(map(str, expected.shape))
    assert np.array([row.split() for row in rows], float) == pytest.approx(expected, abs=1e-5)


def test_convolution_script_stands_alone(tmp_path: Path) -> None:
    script = convolution_script(np.arange(12.0).reshape(3, 4), np.array([[1.0, -1.0]]))
    expected = ["3×3"] + ["-1 -1 -1"] * 3
    assert run(script, tmp_path).splitlines() == expected
    # And so by a Python that is started for it, as a learner does.
    command = [sys.executable, "-W", "error", "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout.splitlines(), done.stderr) == (expected, "")


def test_a_script_is_run_where_there_is_no_project_and_a_fault_or_a_warning_ends_it(tmp_path: Path) -> None:
    for script, fault in [
        ("import dlviz", "No module named 'dlviz'"),
        ("import warnings\nwarnings.warn('old')", "UserWarning: old"),
        ("raise SystemExit('caught')", "caught"),
        ("kept = torch", "name 'torch' is not defined"),
        ("import sys\nprint('quiet', file=sys.stderr)", "quiet"),
    ]:
        with pytest.raises(AssertionError, match=fault):
            run(script, tmp_path)


def test_texts_and_numbers_cannot_leave_their_literals() -> None:
    trap = "'); raise SystemExit('caught')  # $seed"
    script = cnn_script(PIXELS, (trap, (0,)), seed=0, switched_off={trap: [1]})
    lines = [line for line in script.splitlines() if "raise SystemExit" in line]
    assert lines == [
        f"SWITCHED_OFF = {{{trap!r}: [1]}}  # layer -> channels set to zero",
        f"SELECTED = ({trap!r}, (0,))  # layer and unit to look into",
    ]
    with pytest.raises(ValueError, match="invalid literal"):
        cnn_script(PIXELS, seed="0; import os")  # pyright: ignore[reportArgumentType]


def test_bad_kernels_and_unknown_paddings_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        convolution_script(np.ones((4, 4)), np.array([[np.nan]]))
    with pytest.raises(ValueError, match="There is no padding 'mirror'; there are zero, reflect, replicate"):
        convolution_script(np.ones((4, 4)), np.ones((1, 1)), padding_mode="mirror")


@pytest.mark.parametrize("name", ["lstm", "rnn"])
def test_recurrent_script_prints_what_the_reading_shows(name: str, tmp_path: Path) -> None:
    model = weights.load(f"digit_rows_{name}")
    layer = f"{name}.{1 if name == 'lstm' else 0}"
    held: list[Held] = [(layer, "hidden", 0.0, range(9, 28), [3, 5])]
    if name == "lstm":
        held.append(("lstm.0", "forget_gate", 1.0, range(4, 12), None))
        held.append(("lstm.1", "cell", 0.0, range(7, 8), None))
    reading = read(model, DIGIT[:, 0], combined(*(hold(*each) for each in held)))
    file = f"digit_rows_{name}"
    script = recurrent_script(model, "python script.py", DIGIT[0, 0].numpy(), (layer, 17), held)
    text = run(script, tmp_path, str(WEIGHTS / f"{file}.safetensors"))
    (head,) = re.findall(r"the head: (.*)", text)
    assert np.array(head.split(), float) == pytest.approx(reading.answers[-1], abs=1e-4)
    printed = dict(re.findall(rf"unit 17, last step: (\w) = ({NUMBER})", text))
    shown = {QUANTITIES[what].symbol: values[-1, 17] for what, values in reading.layers[layer].items()}
    assert {symbol: float(value) for symbol, value in printed.items()} == pytest.approx(shown, abs=1e-5)


def test_recurrent_script_prints_the_step_on_screen_of_both_networks(tmp_path: Path) -> None:
    models = {name: weights.load(f"digit_rows_{name}") for name in ("lstm", "rnn")}
    files = [str(WEIGHTS / f"digit_rows_{name}.safetensors") for name in models]
    held: list[Held] = [("rnn.0", "hidden", 0.0, range(4, 28), [3, 5])]
    script = recurrent_script(
        models["lstm"],
        "python script.py",
        DIGIT[0, 0].numpy(),
        ("lstm.1", 17),
        step=9,
        beside=[(models["rnn"], ("rnn.0", 3), held)],
    )
    text = run(script, tmp_path, *files)
    readings = [read(models["lstm"], DIGIT[:, 0]), read(models["rnn"], DIGIT[:, 0], hold(*held[0]))]
    heads = re.findall(r"after step 10 of 28, the head: (.*)", text)
    for printed, reading in zip(heads, readings, strict=True):
        assert np.array(printed.split(), float) == pytest.approx(reading.answers[9], abs=1e-4)
    shown = dict(re.findall(rf"unit 17, step 10 of 28: (\w) = ({NUMBER})", text))
    for name, values in readings[0].layers["lstm.1"].items():
        assert float(shown[QUANTITIES[name].symbol]) == pytest.approx(values[9, 17], abs=1e-5)
    assert "unit 3, step 10 of 28: h = 0.000000" in text.replace("-0.0", "0.0")


@pytest.mark.parametrize("trained", [False, True])
def test_gradients_script_prints_what_the_curves_show(trained: bool, tmp_path: Path) -> None:
    seed, steps, bias, gain = 3, 25, 2.0, 1.5
    kinds = ("rnn", "lstm", "gru") if trained else ()
    files = [str(WEIGHTS / f"memory_{kind}.safetensors") for kind in kinds]
    text = run(gradients_script(steps, 64, seed, trained, bias, gain), tmp_path, *files)
    x, target = memory.sequences(1, steps - 1, seed)
    for kind in ("RNN", "LSTM", "GRU"):
        model = weights.load(f"memory_{kind.lower()}") if trained else untrained(kind, 64, seed)
        if kind == "LSTM":
            model = with_forget_bias(model, bias)
        found = flow(with_gain(model, gain) if kind == "RNN" else model, x, int(target)).hidden
        ((last, first),) = re.findall(rf"{kind}: .* last step ([\d.e+-]+), at the first ([\d.e+-]+)", text)
        assert (float(last), float(first)) == pytest.approx((found[-1], found[0]), rel=1e-5)


def test_text_script_prints_the_answer_and_what_each_word_does(tmp_path: Path) -> None:
    words, indices = ("the", "film", "was", "<script>", "not", "good"), (2, 83, 4, 1, 11, 20)
    script = text_script(words, indices, ("blame", "praise"), (1, 0), "python script.py")
    text = run(script, tmp_path, str(WEIGHTS / "real_sentiment_classifier.safetensors"))
    model = weights.load("real_sentiment_classifier")
    with torch.inference_mode():
        logits = model(torch.tensor([indices]))[0]
    for name, logit, share in zip(("blame", "praise"), logits, logits.softmax(0), strict=True):
        ((said, probable),) = re.findall(rf"{name}: logit ({NUMBER}), probability ({NUMBER})", text)
        assert (float(said), float(probable)) == pytest.approx((logit.item(), share.item()), abs=1e-5)
    told = np.array(re.findall(rf"^\d .*: ({NUMBER})$", text, re.MULTILINE), float)
    assert told[:6] == pytest.approx(leave_one_out(model, list(indices)), abs=1e-4)
    assert told[6:] == pytest.approx(integrated_gradients(model, list(indices)).words, abs=1e-4)


def test_text_script_takes_more_points_where_few_miss_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tokenise("nothing about the hotel was worth the money, but I loved the waiter")
    model, indices = weights.load("real_sentiment_classifier"), vocabulary().encode(words)
    model.get_submodule("embedding").get_parameter("weight").data.mul_(500)  # a steep margin
    with monkeypatch.context() as patch:
        patch.setattr(contributions, "POINTS", contributions.POINTS[:1])
        few = integrated_gradients(model, indices)
    assert abs(few.remainder) > contributions.MISSED * max(1, abs(few.after - few.before))
    save_file(model.state_dict(), tmp_path / "steep.safetensors")
    script = text_script(words, indices, ("negative", "positive"), (1, 0), "python script.py")
    text = run(script, tmp_path, "steep.safetensors")
    told = np.array(re.findall(rf"^\d+ .*: ({NUMBER})$", text, re.MULTILINE), float)
    assert told[len(words) :] == pytest.approx(integrated_gradients(model, indices).words, abs=1e-4)


def test_text_script_is_redirected_where_a_code_page_lacks_its_words(tmp_path: Path) -> None:
    script = text_script(("good", "映画"), (20, 1), ("a", "b"), (1, 0), "python script.py")
    text = run(script, tmp_path, str(WEIGHTS / "real_sentiment_classifier.safetensors"), encoding="cp1252")
    assert r"2 \u6620\u753b: " in text


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(0.7, None, None), (1.0, 5, 0.8), (1.2, None, 0.9), (0.0, None, None)]
)
def test_generate_script_writes_the_same_text(
    temperature: float, top_k: int | None, top_p: float | None, tmp_path: Path
) -> None:
    prompt = 'He said, "'
    script = generate_script(prompt, 50, temperature, top_k, 3, top_p, "python script.py")
    text = run(script, tmp_path, str(WEIGHTS / "novel_lstm.safetensors"))
    made = generate(weights.load("novel_lstm"), prompt, 50, temperature, top_k, 3, top_p)
    assert text == f"{made.text}\n"
