"""Gradients through time against autograd's own, their orders of magnitude, and clipping's real steps."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz.data import memory
from dlviz.figures import gradients as figures
from dlviz.recurrence.clipping import descent
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias, with_gain
from dlviz.recurrence.reading import recurrent

KINDS = ("RNN", "LSTM", "GRU")


def sequence(steps: int, seed: int = 0) -> tuple[torch.Tensor, int]:
    x, target = memory.sequences(1, steps - 1, seed)
    return x, int(target)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [0, 3, 6])
def test_the_gradient_is_that_of_a_run_that_begins_at_the_state(kind: str, step: int) -> None:
    x, target = sequence(7)
    model = untrained(kind, 5, seed=1).double()
    _, layers = recurrent(model)
    _, state = layers(x[:, : step + 1].double())
    states = [part.detach().requires_grad_() for part in (state if kind == "LSTM" else [state])]
    hidden = states[0]
    if step < 6:
        _, state = layers(x[:, step + 1 :].double(), tuple(states) if kind == "LSTM" else hidden)
        last = state[0] if kind == "LSTM" else state
    else:
        last = hidden
    loss = F.cross_entropy(model.get_submodule("fc")(last[0]), torch.tensor([target]))
    (expected,) = torch.autograd.grad(loss, [hidden])
    assert flow(model, x, target).hidden[step] == pytest.approx(expected.norm().item(), rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_stretch_is_the_largest_singular_value_of_the_layers_own_jacobian(kind: str) -> None:
    x, target = sequence(6)
    model = untrained(kind, 4, seed=2).double()
    _, layers = recurrent(model)
    found = flow(model, x, target)
    for step, stretch in zip(found.steps, found.stretch, strict=True):
        _, before = layers(x[:, :step].double())
        now = x[:, step : step + 1].double()
        if kind == "LSTM":
            blocks = torch.autograd.functional.jacobian(
                lambda h, c, now=now: layers(now, (h, c))[1], tuple(part.detach() for part in before)
            )
            jacobian = torch.cat([torch.cat([b.reshape(4, 4) for b in row], dim=1) for row in blocks])
        else:
            jacobian = torch.autograd.functional.jacobian(
                lambda h, now=now: layers(now, h)[1], before.detach()
            )
            assert isinstance(jacobian, torch.Tensor)
            jacobian = jacobian.reshape(4, 4)
        assert stretch == pytest.approx(torch.linalg.svdvals(jacobian)[0].item(), rel=1e-9)


def left(kind: str, steps: int, bias: float | None = None) -> float:
    x, target = sequence(steps + 1)
    model = untrained(kind, 64, seed=0)
    found = flow(model if bias is None else with_forget_bias(model, bias), x, target)
    return float(found.hidden[0] / found.hidden[-1])


@pytest.mark.parametrize(
    ("kind", "bias", "low", "high"),
    [
        ("RNN", None, 1e-30, 1e-17),
        ("LSTM", None, 1e-24, 1e-18),
        ("LSTM", 1.0, 1e-10, 1e-6),
        ("LSTM", 3.0, 1e-2, 1.0),
    ],
)
def test_over_99_steps_only_open_forget_gates_keep_a_gradient(
    kind: str, bias: float | None, low: float, high: float
) -> None:
    assert low < left(kind, 99, bias) < high


@pytest.mark.parametrize(
    ("kind", "bias", "low", "high"),
    [
        ("RNN", None, 1e-11, 1e-5),
        ("LSTM", None, 1e-9, 1e-5),
        ("LSTM", 1.0, 1e-5, 1e-2),
        ("LSTM", 3.0, 1e-2, 1.0),
    ],
)
def test_over_28_steps_too(kind: str, bias: float | None, low: float, high: float) -> None:
    assert low < left(kind, 28, bias) < high


def test_the_forget_bias_is_what_it_is_set_to_and_the_network_given_stays() -> None:
    model = untrained("LSTM", 3, seed=0)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    changed = with_forget_bias(model, 2.5).state_dict()
    both = changed["lstm.bias_ih_l0"] + changed["lstm.bias_hh_l0"]
    assert both[3:6].tolist() == [2.5] * 3
    for name, values in before.items():
        assert torch.equal(values, model.state_dict()[name])
        keep = torch.ones(len(values), dtype=torch.bool)
        if "bias" in name and "lstm" in name:
            keep[3:6] = False
        assert torch.equal(values[keep], changed[name][keep])


def test_the_mean_of_the_forget_gates_follows_their_bias() -> None:
    x, target = sequence(30)
    found = flow(with_forget_bias(untrained("LSTM", 64, 0), 3.0), x, target)
    assert found.open == pytest.approx(1 / (1 + np.exp(-3)), abs=0.02)
    assert flow(untrained("RNN", 8, 0), x, target).open is None


def test_enlarged_recurrent_weights_make_the_gradient_explode() -> None:
    x, target = sequence(100)
    found = flow(with_gain(untrained("RNN", 64, 0), 3.0), x, target)
    assert found.hidden[0] > 10 * found.hidden[-1]


def test_a_sequence_of_two_steps_is_enough() -> None:
    x, target = sequence(2)
    found = flow(untrained("GRU", 4, 0), x, target)
    assert (found.hidden.shape, found.steps.tolist(), found.stretch.shape) == ((2,), [1], (1,))


@pytest.mark.parametrize("clip", [None, 0.5])
def test_a_step_moves_the_weights_by_rate_times_the_clipped_gradient(clip: float | None) -> None:
    model = with_gain(untrained("RNN", 64, 0), 3.0)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    steps = list(descent(model, 20, clip, 12, seed=0))
    assert len(steps) == 12
    assert max(step.norm for step in steps) > 1
    for step in steps:
        assert step.moved == pytest.approx(
            0.1 * (step.norm if clip is None else min(step.norm, clip)), rel=1e-3
        )
    assert all(torch.equal(values, model.state_dict()[name]) for name, values in before.items())


def test_clipping_lets_an_exploding_network_learn() -> None:
    model = with_gain(untrained("RNN", 64, 0), 3.0)
    ends = {
        clip: np.mean([step.loss for step in list(descent(model, 20, clip, 100, seed=0))[-10:]])
        for clip in (None, 1.0)
    }
    assert ends[1.0] < 0.8 * ends[None]


@pytest.mark.parametrize("kind", KINDS)
def test_the_radius_is_the_median_of_the_jacobians_largest_eigenvalues(kind: str) -> None:
    x, target = sequence(6)
    model = untrained(kind, 4, seed=2).double()
    _, layers = recurrent(model)
    radii = []
    for step in (1, 5):  # of the five steps that are looked at, one in four
        _, before = layers(x[:, :step].double())
        states = tuple(part.detach() for part in before) if kind == "LSTM" else (before.detach(),)

        def after(*state: torch.Tensor, step: int = step) -> torch.Tensor:
            given = state if kind == "LSTM" else state[0]
            _, ends = layers(x[:, step : step + 1].double(), given)
            return torch.cat(ends, dim=-1).flatten() if kind == "LSTM" else ends.flatten()

        blocks = torch.autograd.functional.jacobian(after, states)
        jacobian = torch.cat([block.flatten(1) for block in blocks], dim=1)
        radii.append(np.abs(np.linalg.eigvals(jacobian.numpy())).max())
    assert flow(model, x, target).radius == pytest.approx(np.median(radii), rel=1e-9)


@pytest.mark.parametrize("steps", [2, 7, 100])
def test_the_loss_is_the_cross_entropy_of_the_plain_network(steps: int) -> None:
    x, target = sequence(steps)
    model = untrained("RNN", 8, seed=3)
    expected = F.cross_entropy(model(x), torch.tensor([target])).item()
    assert flow(model, x, target).loss == pytest.approx(expected, rel=1e-5)


def test_the_figure_tells_networks_apart_without_colour_and_keeps_zeros_on_its_edge() -> None:
    hidden = {"RNN": np.array([0.0, 1e-3, 1.0]), "LSTM": np.array([0.1, 0.5, 2.0])}
    figure = figures.through_time(hidden, (-9, 2), cell=np.array([0.2, 0.3, 0.4]))
    spec = figure.to_plotly_json()
    lines, axis = spec["data"], spec["layout"]["yaxis"]
    assert [line["name"] for line in lines] == ["RNN", "LSTM", "LSTM’s cell"]
    assert len({line["line"]["dash"] for line in lines}) == 3
    assert list(figure["data"][0]["y"]) == [1.0, 1e-3, 1e-9]
    assert lines[0]["customdata"][-1] == "0.00"
    assert axis["range"] == [-9.5, 2.5]


def test_the_former_curve_stays_as_a_ghost_behind_the_new_one() -> None:
    hidden, before = {"LSTM": np.array([0.1, 1.0])}, {"LSTM": np.array([1e-3, 1.0])}
    figure = figures.through_time(hidden, (-9, 2), former=before)
    ghost, line = figure.to_plotly_json()["data"]
    assert list(figure["data"][0]["y"]) == [1.0, 1e-3]
    assert ghost["opacity"] < 0.5
    assert "opacity" not in line
    assert ghost["line"]["color"] == line["line"]["color"]


@pytest.mark.parametrize("steps", [2, 10, 30, 100])
@pytest.mark.parametrize("bias", [None, 0.0, 5.0])
@pytest.mark.parametrize("gain", [1.0, 4.0])
def test_the_axis_stays_while_biases_and_weights_move_and_holds_all_curves(
    steps: int, bias: float | None, gain: float
) -> None:
    low, high = figures.fixed_axis(steps, trained=False)
    x, target = sequence(steps)
    models = [untrained(kind, 64, 0) for kind in KINDS]
    models[0] = with_gain(models[0], gain)
    if bias is not None:
        models[1] = with_forget_bias(models[1], bias)
    for model in models:
        hidden = flow(model, x, target).hidden
        assert 10**low < hidden.min()
        assert hidden.max() < 10**high


def test_the_clipping_figure_draws_each_gradients_norm_and_the_limit() -> None:
    drawn = {"clipped": [(10.0, 2.0), (4.0, 1.0)], "not": [(10.0, 2.0), (20.0, 3.0)]}
    figure = figures.descents(drawn, 1.0).to_plotly_json()
    norms, losses, *_ = figure["data"]
    assert list(norms["y"]) == [10.0, 4.0]
    assert (list(losses["y"]), losses["yaxis"]) == ([2.0, 1.0], "y2")
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert figure["layout"]["shapes"][0]["y0"] == 1.0


SHIPPED = {"as drawn": [(0.1, 0.2), (0.1, 0.1)], "3": [(0.5, 1.0)]}


def test_the_learning_figure_has_a_line_for_each_seed_and_one_for_chance() -> None:
    figure = figures.learning(SHIPPED, {}, 2, 0.125).to_plotly_json()
    lines = figure["data"]
    assert [list(line["y"]) for line in lines] == [[0.1, 0.2], [0.1, 0.1], [0.5, 1.0]]
    assert [line["showlegend"] for line in lines] == [True, False, True]
    assert {line["opacity"] for line in lines} == {1.0}
    assert figure["layout"]["shapes"][0]["y0"] == 0.125
    assert figure["layout"]["annotations"][0]["text"] == "chance 12.5 %"


def test_a_run_of_the_learners_own_is_drawn_thick_over_the_faint_shipped_ones() -> None:
    lines = figures.learning(SHIPPED, {"3": [0.4]}, 2, 0.125).to_plotly_json()["data"]
    faint, own = lines[2], lines[3]
    assert list(own["y"]) == [0.4]
    assert own["line"]["width"] > faint["line"]["width"]
    assert own["line"]["color"] == faint["line"]["color"]
    assert faint["opacity"] < 0.5


def test_the_figure_of_biases_draws_shares_of_the_last_steps_gradient() -> None:
    figure = figures.by_bias({"1": np.array([0.5, 1.0, 2.0])}, 1e-4)
    assert list(figure["data"][0]["y"]) == [1.0, 0.5, 0.25]
    layout = figure.to_plotly_json()["layout"]
    assert layout["shapes"][0]["y0"] == 1e-4
    assert layout["annotations"][0]["y"] == pytest.approx(-4)
