"""Measurements by workers: found by what they measure, handed in, and read as far as they have come."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from dlviz.training.loss_surface import Surface, SurfaceConfig, read_surface
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import commands, together
from dlviz.ui.runs.polling import SETTLED
from dlviz.ui.server import owner_cookie


@dataclass(frozen=True)
class Measurement:
    """A surface that is wanted, and its newest run; both None where this browser has none.

    Args:
        surface: as far as it is measured.
    """

    config: SurfaceConfig
    status: Status | None = None
    surface: Surface | None = None

    @property
    def is_whole(self) -> bool:
        """True if nothing of it is left to measure."""
        return self.surface is not None and self.surface.is_whole

    @property
    def is_settled(self) -> bool:
        """True if no worker has it, and none will without being asked."""
        return self.status is None or self.status.state in SETTLED

    @property
    def share_done(self) -> float:
        """Share of it that is measured."""
        return self.surface.share_done if self.surface else 0.0


def look_at(configs: Sequence[SurfaceConfig]) -> list[Measurement]:
    """Look at what is measured of each surface as it stands now."""
    names = {config.name: config.name for config in configs}
    found = together.find_newest(service.shared().surfaces(owner_cookie.token()), names)
    return [_read(config, found.get(config.name)) for config in configs]


def _read(config: SurfaceConfig, run: str | None) -> Measurement:
    if run:
        with suppress(UnknownRun):  # deleted since it was found
            status, events = service.shared().status(run), service.shared().store.events(run)
            return Measurement(config, status, read_surface(config, events))
    return Measurement(config)


def hand_in(configs: Sequence[SurfaceConfig], problem: str) -> None:
    """Hand in what nobody measures, and let go on what was stopped.

    Args:
        problem: key in the session for the reason why that was not possible.
    """
    with together.SUBMITTING:
        for measured in {each.config.name: each for each in look_at(configs)}.values():
            if measured.is_whole or not measured.is_settled:
                continue
            if measured.status and measured.status.can_go_on:
                commands.send(service.shared().go_on, measured.status.run)
                continue
            try:
                service.shared().submit(measured.config, owner_cookie.token(), measured.config.name)
            except Refused as refused:
                st.session_state[problem] = str(refused)
                return
