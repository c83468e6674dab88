import ast
import re
from collections.abc import Iterator

import pytest

from dlviz.paths import ROOT
from dlviz.ui.text_format.numbers import counted, number, percent, probability


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"),
        (1e-9, "< 0.1 %"),
        (0.9984, "99.8 %"),
        (0.9999, "> 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_a_share_is_all_or_nothing_only_where_it_is(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "< 0.1 %"), (0.5, "50.0 %"), (0.9984, "99.8 %"), (1.0, "> 99.9 %")]
)
def test_a_probability_is_never_all_or_nothing(value: float, text: str) -> None:
    assert probability(value) == text


def test_a_number_has_a_true_minus_sign() -> None:
    assert [number(-0.5, "+.2f"), number(0.5, "+.2f"), number(-2e-7)] == [
        "−0.50",
        "+0.50",
        "−2\u00a0·\u00a010⁻⁷",
    ]


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(1, "row"), counted(1200, "row"), counted(2, "box", "boxes")] == [
        "1 row",
        "1,200 rows",
        "2 boxes",
    ]


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert [number(value, "+.2f") for value in (-0.001, 0.001, -0.0)] == ["0.00"] * 3
    assert number(-1.5, "+.2f") == "−1.50"


def test_a_share_may_have_more_decimals_or_none() -> None:
    assert [percent(0.98123, 2), percent(0.99996, 2), percent(1e-9, 2)] == [
        "98.12 %",
        "> 99.99 %",
        "< 0.01 %",
    ]
    assert [percent(0.5, 0), percent(0.997, 0), percent(0.0, 0)] == ["50 %", "> 99 %", "0 %"]


def strays(source: str) -> Iterator[str]:
    """Places at which a module writes a percentage, a signed number or a hover's number itself."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.JoinedStr(values=parts):
                for part, following in zip(parts, [*parts[1:], ast.Constant("")], strict=True):
                    if not isinstance(part, ast.FormattedValue) or part.format_spec is None:
                        continue
                    spec = ast.unparse(part.format_spec)[2:-1]
                    after = str(following.value) if isinstance(following, ast.Constant) else ""
                    is_share = spec.endswith("%") or after.lstrip("\u00a0 ").startswith("%")
                    if is_share or spec.startswith("+"):
                        yield ast.unparse(part)
            case ast.Constant(value=str(text)) if re.search(r"%\{\w+:[^}]*\}", text):
                yield text
            case ast.Call(func=ast.Attribute(attr="replace"), args=[ast.Constant("-"), ast.Constant("−")]):
                yield ast.unparse(node)


WRITERS = {
    "dlviz/ui/text_format/numbers.py",
    "dlviz/ui/components/unit/captions.py",  # as its script does
    "dlviz/figures/maps.py",  # a hover in a notebook: a text for each pixel would be too large
}


@pytest.mark.parametrize(
    "source",
    [
        'f"{100 * share:.0f} %"',
        'f"{share:.0%} of all"',
        'f"by {moved:+.2f}"',
        'hovertemplate="%{x}: %{y:.1%}<extra></extra>"',
        'f"{value:.5g}".replace("-", "−")',
    ],
)
def test_a_stray_is_noticed(source: str) -> None:
    assert list(strays(source))


def test_percentages_and_signs_are_written_in_one_place() -> None:
    files = [file for folder in ("dlviz", "pages") for file in (ROOT / folder).rglob("*.py")]
    found = {str(file.relative_to(ROOT)): [*strays(file.read_text(encoding="utf-8"))] for file in files}
    assert {file: texts for file, texts in found.items() if texts and file not in WRITERS} == {}


def test_scripts_write_percentages_in_one_place() -> None:
    scripts = [file for file in (ROOT / "dlviz").rglob("*.js") if file.name != "numbers.js"]
    assert scripts
    stray = re.compile(r"to(Fixed|Precision)\(\d\)\)*\} ?%")
    assert [file.name for file in scripts if stray.search(file.read_text(encoding="utf-8"))] == []
