"""Sentences that change are elements of their own: a page that the browser has translated shows them."""

import ast
from pathlib import Path

from dlviz.paths import ROOT

FILES = [*(ROOT / "dlviz" / "ui" / "labs").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
DRAWN = {"subheader", "markdown", "caption", "write", "info", "success", "warning"}
# Sentences that stay the same while their element is on screen.
FIXED = {"captions.title(passed)", "captions.writers_compared()", "captions.whose_settings(config, trained)"}


def drawn_captions(file: Path) -> list[str]:
    """Calls of a lab's captions that are given straight to Streamlit."""
    return [
        ast.unparse(inner)
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in DRAWN
        for argument in call.args
        for inner in ast.walk(argument)
        if isinstance(inner, ast.Call) and ast.unparse(inner.func).startswith("captions.")
    ]


def test_what_a_labs_captions_say_is_drawn_as_a_sentence_that_changes() -> None:
    assert {call for file in FILES for call in drawn_captions(file)} == FIXED
