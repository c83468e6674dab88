"""The rules by which this project's modules import each other and the libraries, read from the sources."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from dlviz.paths import ROOT

FOLDERS = ("dlviz", "pages", "tests", "benchmarks", "tools")
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in [ROOT / "app.py", *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]
}
# From the ground up: a module imports from its own layer and from those before it. What is named in none
# (models, data, weights and the small sciences) is of the second.
FOUNDATIONS, SCIENCES, INSIGHT, INTERFACE, PAGES = range(5)
LAYERS = {
    FOUNDATIONS: (
        "dlviz",
        "dlviz.paths",
        "dlviz.trace",
        "dlviz.vision_operators",
        "dlviz.ui.text_format.numbers",
    ),
    INSIGHT: ("dlviz.figures", "dlviz.explain", "dlviz.scripts", "dlviz.training", "dlviz.classroom"),
    INTERFACE: ("dlviz.ui",),
    PAGES: ("pages", "app", "dlviz.__main__"),
}
# Not found on every machine's torch: see dlviz.vision_operators.
NEED_OPERATORS = ("torchvision", "transformers")
HEAVY = ("plotly", "captum", *NEED_OPERATORS)


@dataclass(frozen=True)
class Import:
    """One import: which module imports what, where, and whether at once or inside a function."""

    module: str
    target: str
    line: int
    at_once: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"

    def of(self, *packages: str) -> bool:
        return belongs(self.target, packages)


def belongs(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules an import statement names; `from package import module` names the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    package = "." * node.level + (node.module or "")
    names = [f"{package}.{alias.name}" for alias in node.names]
    return [name if name in FILES else package for name in names]


def statements(node: ast.AST, at_once: bool = True) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_once
        else:
            for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from statements(child, at_once and not for_types and not function)


@cache  # read when it is asked for: seconds that no other process of the tests spends
def all_imports() -> list[Import]:
    """Every import of the project."""
    return [
        Import(module, target, node.lineno, at_once)
        for module, file in FILES.items()
        for node, at_once in statements(ast.parse(file.read_text(encoding="utf-8")))
        for target in targets(node)
    ]


def layer(module: str) -> int:
    if module in LAYERS[FOUNDATIONS]:
        return FOUNDATIONS
    return next((rank for rank, packages in LAYERS.items() if rank and belongs(module, packages)), SCIENCES)


def test_the_sources_are_read() -> None:
    at_once = {(i.module, i.target): i.at_once for i in all_imports()}
    assert at_once["dlviz.models.cnn", "dlviz.trace"]
    assert not at_once["dlviz.data.mnist", "torchvision.datasets"]
    modules = ("dlviz.trace", "dlviz.data.mnist", "dlviz.figures", "dlviz.ui.components.pad", "app")
    assert [layer(module) for module in modules] == [*range(5)]


def test_imports_flow_one_way() -> None:
    inner = [i for i in all_imports() if belongs(i.module, ("dlviz", "pages", "app"))]
    # The package itself names its public modules for type checkers, and imports none of them.
    assert not any(i.at_once for i in inner if i.module == "dlviz" and i.of("dlviz"))
    inner = [i for i in inner if i.module != "dlviz"]
    own = [i for i in inner if i.of("dlviz", "pages", "app", "tests", "benchmarks", ".")]
    assert [
        str(i) for i in own if not i.of("dlviz", "pages", "app") or layer(i.target) > layer(i.module)
    ] == []


def test_the_trace_knows_no_module_of_the_project() -> None:
    assert [
        str(i) for i in all_imports() if belongs(i.module, LAYERS[FOUNDATIONS][1:]) and i.of("dlviz")
    ] == []


def test_only_the_pages_and_the_interface_know_streamlit() -> None:
    inner = [i for i in all_imports() if belongs(i.module, ("dlviz",)) and layer(i.module) < INTERFACE]
    assert [str(i) for i in inner if i.of("streamlit", "starlette")] == []


def test_figures_know_numpy_and_plotly_alone() -> None:
    libraries = {i.target.partition(".")[0] for i in all_imports() if belongs(i.module, ("dlviz.figures",))}
    assert libraries - sys.stdlib_module_names == {"dlviz", "numpy", "plotly"}
    own = [i for i in all_imports() if belongs(i.module, ("dlviz.figures",)) and i.of("dlviz")]
    assert [
        str(i) for i in own if not i.of("dlviz.figures", "dlviz.paths", "dlviz.ui.text_format.numbers")
    ] == []


def test_pages_neither_compute_nor_draw_themselves() -> None:
    assert [str(i) for i in all_imports() if layer(i.module) == PAGES and i.of("torch", *HEAVY)] == []


def test_the_interface_imports_what_is_heavy_late() -> None:
    heavy = [i for i in all_imports() if layer(i.module) == INTERFACE and i.at_once and i.of(*HEAVY)]
    assert [str(i) for i in heavy] == []


def test_torchvision_and_transformers_come_after_their_operators() -> None:
    declared = {i.module: i.line for i in reversed(all_imports()) if i.of("dlviz.vision_operators")}
    late = [i for i in all_imports() if i.of(*NEED_OPERATORS) and declared.get(i.module, i.line) >= i.line]
    assert [str(i) for i in late] == []


def lab_of(module: str) -> str:
    """The lab whose folder a module lies in; empty for all others, the list of labs included."""
    folder = "dlviz.ui.labs."
    return module.removeprefix(folder).partition(".")[0] if module.startswith(folder) else ""


def test_a_lab_imports_no_other_lab() -> None:
    inside = [i for i in all_imports() if lab_of(i.module) and lab_of(i.target)]
    assert inside
    assert [str(i) for i in inside if lab_of(i.module) != lab_of(i.target)] == []


def test_passes_captions_questions_and_states_never_see_the_session() -> None:
    pure = ("forward", "captions", "questions", "state")
    parts = [i for i in all_imports() if lab_of(i.module) and i.module.rpartition(".")[2] in pure]
    assert parts
    assert [str(i) for i in parts if i.of("streamlit")] == []


def test_what_labs_share_imports_no_lab() -> None:
    shared = (
        "components",
        "inputs",
        "runs",
        "server",
        "text_format",
        "fields",
        "lab",
        "locks",
        "lesson",
        "batch_norm",
        "session_cache",
        "widget_key",
    )
    rooms = tuple(f"dlviz.ui.{room}" for room in shared)
    assert [str(i) for i in all_imports() if belongs(i.module, rooms) and lab_of(i.target)] == []


# Room of the diagram in CONTRIBUTING.md -> its modules; what is named in none is of the sciences.
ROOMS = {
    "app": ("app", "dlviz.__main__"),
    "pages": ("pages",),
    "labs": (
        "dlviz.ui.labs",
        "dlviz.ui.home_cards",
        "dlviz.ui.home_pictures",
        "dlviz.ui.lesson_map",
        "dlviz.ui.lesson_plans",
        "dlviz.ui.one_digit",
        "dlviz.ui.classroom",
        "dlviz.ui.sentiment_results",
    ),
    "inputs": ("dlviz.ui.inputs",),
    "runs": ("dlviz.ui.runs",),
    "lesson": (
        "dlviz.ui.lesson",
        "dlviz.ui.verdict",
        "dlviz.ui.lab",
        "dlviz.ui.locks",
        "dlviz.ui.fields",
        "dlviz.ui.next_character",
        "dlviz.ui.prediction",
        "dlviz.ui.widget_key",
        "dlviz.ui.view_choice",
        "dlviz.ui.batch_norm",
        "dlviz.ui.growing_dreams",
    ),
    "components": ("dlviz.ui.components",),
    "server": ("dlviz.ui.server",),
    "text_format": ("dlviz.ui.text_format",),
    "figures": ("dlviz.figures",),
    "scripts": ("dlviz.scripts",),
    "classroom": ("dlviz.classroom",),
    "explain": ("dlviz.explain",),
    "training": ("dlviz.training",),
    "paths": ("dlviz.paths", "dlviz.vision_operators"),
    "trace": ("dlviz.trace",),
}


def room_of(module: str) -> str:
    return next((room for room, modules in ROOMS.items() if belongs(module, modules)), "sciences")


def reached(arrows: set[tuple[str, str]], room: str) -> set[str]:
    """The rooms to which arrows lead from a room, over several of them too."""
    found: set[str] = set()
    ahead = [room]
    while ahead:
        following = {target for start, target in arrows if start == ahead[-1]} - found
        ahead = [*ahead[:-1], *following]
        found |= following
    return found


def test_the_diagram_of_the_rooms_is_what_the_imports_are() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    arrows = set(re.findall(r"(\w+)(?:\[[^]]*\])? --> (\w+)", diagram))
    # The package itself imports nothing: it names its modules for type checkers.
    own = ("dlviz", "pages", "app")
    inner = [i for i in all_imports() if belongs(i.module, own) and i.of(*own) and i.module != "dlviz"]
    imported = {(room_of(i.module), room_of(i.target)) for i in inner}
    between = {(start, target) for start, target in imported if start != target}
    assert {(start, target) for start, target in between if target not in reached(arrows, start)} == set()
    assert arrows - between - {("app", "pages")} == set()  # whose path the app gives to Streamlit
    assert all(room not in reached(arrows, room) for room in ROOMS)


def test_a_module_is_named_after_its_subject() -> None:
    vague = {"utils", "util", "common", "helpers", "helper", "base", "misc"}
    assert [module for module in FILES if vague.intersection(module.split("."))] == []


START_PAGE = f"""
from streamlit.testing.v1 import AppTest
assert not AppTest.from_file({str(ROOT / "pages" / "navigation.py")!r}, default_timeout=300).run().exception
"""


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import dlviz", {"torch", "streamlit", "plotly", "numpy"}),
        ("import dlviz.figures", {"torch", "streamlit"}),
        ("from dlviz.figures import *", {"torch", "streamlit"}),
        ("import dlviz.data.pictures", {"torch", "streamlit"}),
        ("import dlviz.transfer.files", {"torch", "streamlit"}),
        # The start page is drawn before there is a digit.
        (START_PAGE, {"torch", "pandas", "pyarrow"}),
        # And the server starts before there is a page.
        ("import dlviz.ui.home_pictures", {"torch", "numpy"}),
        ("import dlviz.training.runs.service", {"torch", "streamlit", "numpy"}),
        (
            "from dlviz.models import SimpleCNN; from dlviz.trace import trace",
            {"streamlit", "torchvision", "plotly"},
        ),
        ("from dlviz.convolution import convolve2d", {"streamlit", "torchvision", "plotly"}),
        ("import dlviz.weights, dlviz.data.mnist", {"streamlit", "torchvision", "plotly"}),
    ],
)
def test_a_part_of_the_library_loads_no_more_than_it_needs(code: str, unwanted: set[str]) -> None:
    shown = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "dlviz" in loaded.stdout.split()
    assert unwanted.intersection(loaded.stdout.split()) == set()
