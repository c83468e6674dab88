"""A lab: its name in the address, and what a learner has chosen in it, typed and frozen.

A lab's state is a frozen dataclass whose fields are made by `dlviz.ui.fields`. Between two runs of a page it
lives in `st.session_state["<lab>.<field>"]`, which is also the key of the widget that shows the field, and in
the page's address, so that a link opens the same situation.

    LAB = Lab("convolution", State)

    state = LAB.restore()               # at the beginning of the page
    state = LAB.update(stride=2)        # before the widget that shows the field has been drawn
    LAB.publish(state)                  # at its end
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode

import streamlit as st

from dlviz.ui.components.address import show_link
from dlviz.ui.fields import codecs

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

KNOWN_LINKS = 100  # addresses of its own that a session remembers, for each lab
LONGEST_VALUE = 4000  # characters: more is nobody's link
OPEN_LAB, NOTICE = "address.lab", "address.notice"

State = TypeVar("State", bound="DataclassInstance")


class Lab(Generic[State]):
    """A lab's name, and its state in the session and in the address.

    Args:
        name: of its page, its address, its lesson in `assets/lessons`, and its keys in the session.
        state: the frozen dataclass of its state; `state()` holds what a link leaves out.
        opening: fields that are different where the lab is opened without a link, so that links made when it
            opened otherwise keep their meaning.
    """

    def __init__(self, name: str, state: type[State], **opening: Any) -> None:
        self.name = name
        self._state = state
        self._opening = opening
        self._codecs = codecs(state)

    def __str__(self) -> str:
        """Its name, so that keys of the session's state read `f"{LAB}.pad"`."""
        return self.name

    def key(self, field: str) -> str:
        """The key of a field, and of the widget that shows it, in the session's state.

        Raises: KeyError if the lab has no such field.
        """
        if field not in self._codecs:
            raise KeyError(field)
        return f"{self.name}.{field}"

    def opening(self) -> State:
        """The state that the lab opens with where no link says otherwise."""
        return self._state(**self._opening)

    def restore(self) -> State:
        """Fill the state from the address, else from this session's last visit, else by default.

        What the address holds wrongly, or what the lab does not know, is left out; `show_notice` says so.
        """
        query = {name: st.query_params[name] for name in st.query_params}
        arrived = st.session_state.get(OPEN_LAB) != self.name
        # Whoever arrives has followed a link, an old one perhaps, or comes back to where the lab's address
        # stood.
        foreign = bool(query) and (
            _encode(query) != self._published() if arrived else not self._is_known(query)
        )
        values = {**vars(self.opening()), **st.session_state.get(f"saved.{self.name}", {})}
        if foreign:
            read, wrong = self._decode(query)
            values = {**vars(self._state() if read else self.opening()), **read}
            self._remember(query)
            st.session_state[NOTICE] = _sentence(wrong)
        elif arrived:
            st.session_state[NOTICE] = ""
        for name, value in values.items():
            key = self.key(name)
            # Set again even where unchanged: Streamlit forgets the state of a widget that is not on the page.
            st.session_state[key] = value if arrived or foreign else st.session_state.get(key, value)
        st.session_state[OPEN_LAB] = self.name
        st.session_state[f"{self.name}.just_opened"] = arrived or foreign
        # At once: whoever leaves while the lab still computes never gets to `publish`.
        state = self.read()
        st.session_state[f"saved.{self.name}"] = vars(state)
        return state

    def just_opened(self) -> bool:
        """True if the state was filled anew in this run: the lab was opened, or another link followed."""
        return st.session_state.get(f"{self.name}.just_opened", False)

    def show_notice(self) -> None:
        """One sentence where the address that was opened held something that could not be used."""
        if st.session_state.get(NOTICE):
            st.info(st.session_state[NOTICE], icon=":material/link_off:")

    def read(self) -> State:
        """The state as the session has it now: widgets write into it between two runs."""
        usual = vars(self.opening())
        return self._state(
            **{name: st.session_state.get(self.key(name), usual[name]) for name in self._codecs}
        )

    def update(self, **changes: Any) -> State:
        """Change fields, before the widgets that show them have been drawn; the new state.

        Raises: TypeError if the lab has no such field.
        """
        state = replace(self.read(), **changes)
        for name in changes:
            st.session_state[self.key(name)] = changes[name]
        # As in `restore`: whoever leaves before the page's end comes back to this.
        st.session_state[f"saved.{self.name}"] = vars(state)
        return state

    def publish(self, state: State) -> None:
        """Write what differs from the defaults into the address, and show it as a link.

        The opening state has an address of nothing.
        """
        values, usual = vars(state), vars(self._state())
        st.session_state[f"saved.{self.name}"] = values
        # Parts of the page that are drawn again by themselves open nothing.
        st.session_state[f"{self.name}.just_opened"] = False
        named = {name for name in self._codecs if values[name] != usual[name]}
        if state == self.opening():
            named = set()
        elif not named:  # an address of nothing opens something else
            named = self._opening.keys()
        query = {name: codec.write(values[name]) for name, codec in self._codecs.items() if name in named}
        self._remember(query)
        st.session_state[f"published.{self.name}"] = _encode(query)
        show_link(self.name, _encode(query))

    def _decode(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Values that could be read, and names of those that could not (an unknown one is never repeated)."""
        values, wrong = {}, []
        for name, text in query.items():
            try:
                if len(text) > LONGEST_VALUE:
                    raise ValueError(name)
                values[name] = self._codecs[name].read(text)
            except KeyError:
                wrong.append("a name that this lab does not know")
            except (ValueError, OverflowError):
                wrong.append(name)
        return values, wrong

    def _published(self) -> str:
        """The lab's address as this session has written it last."""
        return st.session_state.get(f"published.{self.name}", "")

    def _is_known(self, query: Mapping[str, str]) -> bool:
        """True if this session wrote or has read this address: the browser sends it with every rerun."""
        known = _encode(query) in st.session_state.get(f"known.{self.name}", {})
        if known:
            self._remember(query)  # the newest again: it is not the one to be forgotten
        return known

    def _remember(self, query: Mapping[str, str]) -> None:
        known: dict[str, None] = st.session_state.setdefault(f"known.{self.name}", {})
        known.pop(_encode(query), None)
        known[_encode(query)] = None
        for old in list(known)[:-KNOWN_LINKS]:
            del known[old]


def _sentence(wrong: list[str]) -> str:
    if not wrong:
        return ""
    return f"Part of the link was not understood and is left out: {', '.join(dict.fromkeys(wrong))}."


def _encode(query: Mapping[str, str]) -> str:
    return urlencode(sorted(query.items()))
