"""The app as it is, but for two of its experiments: small networks and a few steps."""

from dataclasses import replace

import streamlit as st
from starlette.middleware import Middleware

from dlviz.paths import ROOT
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS, Labelled
from dlviz.ui.components.scripts import SCRIPTS_ROUTE
from dlviz.ui.server.lifespan import SecurityHeaders, lifespan, say_what_went_wrong
from dlviz.ui.server.owner_cookie import OwnerCookie


def tiny() -> Labelled:
    """Two rates, of which one learns nothing."""
    usual = TrainingConfig(model="MLP", samples=320, batch_size=32, epochs=3)
    return [(f"rate {rate:g}", replace(usual, learning_rate=rate)) for rate in (1e-6, 1e-3)]


def mirrored() -> Labelled:
    """The experiment's own runs, made small."""
    small = {"model": "MLP", "samples": 320, "epochs": 3}
    return [(label, replace(config, **small)) for label, config in MIRRORED.setting()]


MIRRORED = EXPERIMENTS["flip-clothes"]
EXPERIMENTS["flip-clothes"] = replace(MIRRORED, setting=mirrored)
EXPERIMENTS["learning-rate"] = replace(EXPERIMENTS["learning-rate"], setting=tiny)

app = st.App(
    str(ROOT / "pages" / "navigation.py"),
    lifespan=lifespan,
    routes=[SCRIPTS_ROUTE],
    middleware=[Middleware(SecurityHeaders), Middleware(OwnerCookie)],
    on_script_error=say_what_went_wrong,
)
