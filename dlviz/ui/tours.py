"""Tours of the pages, on request: steps that light up a part, do something there, and speak of it.

A tour is data beside the labs' texts: `assets/lessons/<page>.tour.json` names the page's parts and lists the
steps. A step is an object:

    part    the name of the part that is lit up
    title   a few words
    text    what there is to see; `{answer}` is filled in with what the part `answer` says at that moment

Before the text is shown, a step may do something, in this order:

    set     changes fields of the lab's state, each written as in a link
    press   presses the button that is the part of this name
    draw    draws a digit, stroke by stroke, on the part, which is a pad
    click   clicks the part at a place: across and down, each from 0 to 1
    keys    presses keys on the part, such as `Shift+ArrowDown`

A step whose part comes with something that takes long, such as a run, says in `wait` for how many seconds at
the most; who will not wait can leave the tour.

A tour begins with what the lab opens with, and ends with the offer to go back to what the learner had.

A part is a CSS selector of which the first visible match counts, or with ` #2` at its end the second. `>>>`
leads into the components inside what was found so far, which no selector of a page sees.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dlviz.paths import ASSETS

FOLDER = ASSETS / "lessons"
# Parts that more than one lab has.
PARTS = {
    "pad": ".st-key-paper >>> .paper",
    "answers": "[data-testid=stHorizontalBlock]:has(> * > [data-testid=stMetric])",
    "answer": "[data-testid=stMetricValue]",
    "probability": "[data-testid=stMetricValue] #2",
    "predict": "[class*=-prediction] >>> .dlviz",
    "link": "[class*=-address] >>> input",
}


@dataclass(frozen=True)
class Tour:
    """A page's tour.

    Args:
        parts: name -> selector.
        steps: as the module says.
    """

    parts: Mapping[str, str]
    steps: tuple[Mapping, ...]


@st.cache_data
def read(page: str) -> Tour | None:
    """The tour of a page; None if it has none."""
    file = FOLDER / f"{page}.tour.json"
    if not file.exists():
        return None
    tour = json.loads(file.read_text(encoding="utf-8"))
    return Tour({**PARTS, **tour["parts"]}, tuple(tour["steps"]))
