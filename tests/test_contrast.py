"""Colours of the style against the grounds of both themes."""

import re
import tomllib

import pytest

from dlviz.paths import ROOT

CSS = (ROOT / "assets" / "style.css").read_text(encoding="utf-8")
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
# What draws it -> the least contrast that the Web Content Accessibility Guidelines 2.2 ask for.
LEAST = {"color": 4.5, "fill": 4.5, "outline": 3}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def grounds(theme: str) -> list[str]:
    colours = THEME[theme]
    return [
        colours["backgroundColor"],
        colours["secondaryBackgroundColor"],
        colours["sidebar"]["backgroundColor"],
    ]


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("what", LEAST)
def test_words_axes_and_the_ring_of_the_keyboard_stand_out_in_both_themes(what: str) -> None:
    pairs = re.findall(rf"[ {{]{what}: [^;]*light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)", CSS)
    assert pairs
    for light, dark in pairs:
        assert min(contrast(light, ground) for ground in grounds("light")) >= LEAST[what]
        assert min(contrast(dark, ground) for ground in grounds("dark")) >= LEAST[what]
