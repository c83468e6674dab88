"""Folders of the project's own files, in a checkout and in an installed package."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent  # the folder from which `dlviz` is imported
# What stands beside the package in a checkout (app.py, pages, assets and Streamlit's settings) is installed
# inside it, so that it cannot meet files of other packages.
INSTALLED = PACKAGE / "app"
APP = INSTALLED if INSTALLED.is_dir() else ROOT
ASSETS = APP / "assets"
WEIGHTS = ASSETS / "weights"


def runs_folder(app: Path) -> Path:
    """Folder of learners' training runs, the only thing that the app writes.

    Args:
        app: the folder of app.py. A checkout keeps runs beside it, an installed package in the home folder.
    """
    if named := os.environ.get("DLVIZ_RUNS"):
        return Path(named)
    return Path.home() / ".dlviz" / "runs" if app == INSTALLED else app / "runs"


RUNS = runs_folder(APP)
