"""Where the project's own files are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
WEIGHTS = ASSETS / "weights"
# Learners' training runs, the only thing that the app writes.
RUNS = Path(os.environ.get("DLVIZ_RUNS") or ROOT / "runs")
