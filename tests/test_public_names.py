"""The library's public names are exactly those that the README lists, and its example needs no others."""

import ast
import re
import subprocess
import sys
from types import ModuleType

import pytest

import dlviz
from dlviz.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [name for name in dlviz.__all__ if name != "__version__"]


def test_the_readme_lists_the_public_modules() -> None:
    (listed,) = re.findall(r"^The public modules of `dlviz` are (.*?)\.\s", README, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`(\w+)`", listed) == MODULES


def test_the_public_names_are_sorted_and_nothing_else_is_shown() -> None:
    assert sorted(dlviz.__all__) == dlviz.__all__
    shown = {name for name in dir(dlviz) if not name.startswith("__")}
    assert shown == {*MODULES}


@pytest.mark.parametrize("name", MODULES)
def test_each_public_name_is_a_module(name: str) -> None:
    module = getattr(dlviz, name)
    assert isinstance(module, ModuleType)
    assert module.__name__ == f"dlviz.{name}"


def test_a_public_module_is_loaded_when_it_is_first_used() -> None:
    code = (
        "import sys, dlviz; print('torch' in sys.modules); dlviz.trace.trace; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_what_is_not_there_is_an_error_of_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'dlviz' has no attribute 'nonsense'"):
        _ = dlviz.nonsense


def test_the_example_for_a_notebook_needs_public_names_alone() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    imports = [node for node in ast.walk(ast.parse(example)) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}".split(".") for node in imports for alias in node.names]
    assert len(names) == 10
    assert {package for package, *_ in names} == {"dlviz"}
    assert {module for _, module, *_ in names} <= {*MODULES}
