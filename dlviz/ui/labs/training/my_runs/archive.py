"""Several runs in one packed file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.live_run import LiveRun, watch


def pack(runs: Sequence[str]) -> bytes:
    """Pack runs into a zip, a folder each: its settings, its table, and the weights of its last checkpoint.

    A run that has been deleted meanwhile is left out, and so are weights that are not there or damaged.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in runs:
            try:
                _add(archive, watch(run))
            except UnknownRun:
                continue
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, run: LiveRun) -> None:
    from dlviz.training.state import BadState

    run.history()
    folder = file_name(run.run)
    archive.writestr(f"{folder}/settings.json", service.shared().store.config(run.run))
    if not run.imported:
        archive.writestr(f"{folder}/table.csv", downloads.table(run))
    for step in reversed(run.checkpoints):
        try:
            archive.writestr(f"{folder}/weights.safetensors", downloads.weights(run, step))
        except BadState:
            continue
        return
