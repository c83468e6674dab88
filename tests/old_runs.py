"""Runs as an earlier version of the program has left them on the disk."""

import json
import shutil
from pathlib import Path

RUNS = Path(__file__).parent / "fixtures" / "runs"
OWNER = "a-browser-of-the-first-version-0123456789-A"  # whose all of them are
# What each is called -> its id.
IDS = {
    json.loads(file.read_text(encoding="utf-8"))["name"]: file.parent.name
    for file in RUNS.glob("*/meta.json")
}


def copy_into(root: Path) -> None:
    """Lay copies of all of them into a store's folder."""
    shutil.copytree(RUNS, root, dirs_exist_ok=True)
