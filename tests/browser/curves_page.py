"""A page with curves of runs that grow at the press of a button, for the curves' tests."""

import numpy as np
import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import history
from dlviz.ui.components.curves import Curves, curves

STEPS, EPOCHS = 100, 4  # an epoch, and epochs


def events(seed: int, steps: int, pace: float = 1.0) -> list[dict]:
    """What a run of so many steps could tell: a falling loss with noise, an epoch's end every 100 steps."""
    noise = np.random.default_rng(seed).normal(0, 0.08, steps)
    told: list[dict] = [{"kind": "start", "steps_per_epoch": STEPS, "epochs": EPOCHS}]
    for step in range(1, steps + 1):
        loss = 2.3 * np.exp(-pace * step / 90) + 0.05
        rate = 0.001 if step < 150 else 0.0003
        if step == 150:
            told.append({"kind": "rate", "step": step, "old": 0.001, "new": rate})
        batch = {"loss": float(loss * np.exp(noise[step - 1] * 3)), "rate": rate, "norm": 1 + 3 * float(loss)}
        told.append({"kind": "batch", "step": step, "seconds": step * 0.04, **batch})
        if step % STEPS == 0:
            told.append(epoch(step, float(loss)))
    if steps == STEPS * EPOCHS:
        told.append({"kind": "end", "reason": "done", "step": steps})
    return told


def epoch(step: int, loss: float) -> dict:
    return {
        "kind": "epoch",
        "epoch": step // STEPS,
        "step": step,
        "seconds": step * 0.04,
        "train_loss": loss * 1.2,
        "loss": loss + 0.02 * (step > 300),
        "train_accuracy": 1 - loss / 4,
        "accuracy": 1 - loss / 4.2,
        "samples_per_second": 1600.0,
        "best": step <= 300,
    }


def shown(kind: str, steps: int, axis: str) -> Curves:
    run = history(events(0, steps))
    if kind == "one":
        return Curves([Group("Run A", [run])], axis=axis)
    band = [history(events(seed, steps, 0.6)) for seed in (1, 2, 3)]
    groups = [Group("Run A", [run]), Group("Slower", band)]
    if kind == "many":
        groups += [Group(f"Pace {pace}", [history(events(4, steps, pace))]) for pace in (0.4, 0.8, 1.4, 2)]
    return Curves(groups, axis=axis)


@st.fragment(run_every=1.0)
def live() -> None:
    """A run that makes twenty steps a second, as it is told to a page that watches it."""
    state = st.session_state
    state["steps"] = min(state["steps"] + 20, STEPS * EPOCHS)
    curves("curves", shown("two", state["steps"], "step"))


def page() -> None:
    st.set_page_config(layout="wide")
    state = st.session_state
    state.setdefault("steps", int(st.query_params.get("steps", 240)))
    kind = st.query_params.get("kind", "two")
    if kind == "live":
        live()
        return
    axis = st.segmented_control("Over", ["step", "epoch", "seconds"], default="step", required=True)
    if st.button("Grow"):
        state["steps"] = min(state["steps"] + 20, STEPS * EPOCHS)
    curves("curves", shown(kind, state["steps"], axis))


if __name__ == "__main__":
    page()
