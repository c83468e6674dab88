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

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dlviz.ui.components.address import show_link
from dlviz.ui.fields import codecs
from dlviz.ui.locks import PARAMETERS, active_lock, address_parameters

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
        followed = st.session_state.pop(f"{self.name}.followed", None)
        address = {name: st.query_params[name] for name in st.query_params if name not in PARAMETERS}
        query = address if followed is None else followed
        arrived = followed is not None or st.session_state.get(OPEN_LAB) != self.name
        # Whoever arrives has followed a link, an old one perhaps, or comes back to where the lab's address
        # stood.
        foreign = bool(query) and (
            followed is not None
            or (_encode(query) != self._published() if arrived else not self._is_known(query))
        )
        saved = st.session_state.get(f"saved.{self.name}", {}) if followed is None else {}
        values = {**vars(self.opening()), **saved}
        if foreign:
            read, wrong = self._decode(query)
            values = {**vars(self._state() if read else self.opening()), **read}
            self._remember(query)
            st.session_state[NOTICE] = wrong
        elif arrived:
            st.session_state[NOTICE] = []
        held = self._held()
        for name, value in values.items():
            key = self.key(name)
            if name in held:
                st.session_state[key] = held[name]
                continue
            # Set again even where unchanged: Streamlit forgets the state of a widget that is not on the page.
            st.session_state[key] = value if arrived or foreign else st.session_state.get(key, value)
        st.session_state[OPEN_LAB] = self.name
        st.session_state[f"{self.name}.just_opened"] = arrived or foreign
        # At once: whoever leaves while the lab still computes never gets to `publish`.
        state = self.read()
        st.session_state[f"saved.{self.name}"] = vars(state)
        return state

    @property
    def fields(self) -> Collection[str]:
        """Names of its fields."""
        return self._codecs.keys()

    def state_of(self, query: Mapping[str, str]) -> State:
        """The state that a link opens; what it holds wrongly is left out."""
        read, _ = self._decode(query)
        return self._state(**{**vars(self._state() if read else self.opening()), **read})

    def just_opened(self) -> bool:
        """True if the state was filled anew in this run: the lab was opened, or another link followed."""
        return st.session_state.get(f"{self.name}.just_opened", False)

    def follow(self, query: str) -> None:
        """Open one of this lab's links on the page itself, in the run that follows.

        Args:
            query: the part after the question mark; nothing for the lab as it opens without a link.
        """
        st.session_state[f"{self.name}.followed"] = dict(parse_qsl(query, keep_blank_values=True))

    def follow_with(self, changes: Mapping[str, str]) -> None:
        """As `follow`, with what is on screen now, but for some fields, written as they are in a link."""
        st.session_state[f"{self.name}.followed"] = {**self._write_all(self.read()), **changes}

    def show_notice(self) -> None:
        """One sentence where the address that was opened held something that could not be used."""
        if wrong := st.session_state.get(NOTICE):
            names = ", ".join(dict.fromkeys(wrong))
            st.info(
                f"Part of the link was not understood and is left out: {names}.", icon=":material/link_off:"
            )

    def leave_out(self, **rest: Any) -> None:
        """Leave out what the address holds and what it opens does not have, and draw the page again.

        Args:
            rest: field -> the part of its value that stays.
        """
        self.update(**rest)
        st.session_state[NOTICE] = [*st.session_state.get(NOTICE, []), *rest]
        st.rerun()

    def read(self) -> State:
        """The state as the session has it now: widgets write into it between two runs."""
        usual = vars(self.opening())
        values = {name: st.session_state.get(self.key(name), usual[name]) for name in self._codecs}
        return self._state(**{**values, **self._held()})

    def update(self, **changes: Any) -> State:
        """Change fields, before the widgets that show them have been drawn; the new state.

        What a lesson holds keeps its value.

        Raises: TypeError if the lab has no such field.
        """
        state = replace(self.read(), **{**changes, **self._held()})
        for name in changes:
            st.session_state[self.key(name)] = getattr(state, name)
        # As in `restore`: whoever leaves before the page's end comes back to this.
        st.session_state[f"saved.{self.name}"] = vars(state)
        return state

    def reveal(self, **changes: Any) -> State:
        """Change fields as the answer of a question does: also those that a lesson holds."""
        self._hold(changes)
        return self.update(**changes)

    def reveal_in(self, query: Mapping[str, str], **changes: Any) -> None:
        """As `reveal`, in the situation of a link, which opens in the run that follows."""
        self._hold(changes)
        st.session_state[f"{self.name}.followed"] = self.change_query(query, **changes)

    def change_query(self, query: Mapping[str, str], **changes: Any) -> dict[str, str]:
        """The query of a link that opens what another one does, but for some fields."""
        return self._write_all(replace(self.state_of(query), **changes))

    def _hold(self, changes: Mapping[str, Any]) -> None:
        """Let a lesson hold other values of the fields that it holds."""
        held = self._held()
        held.update({name: value for name, value in changes.items() if name in held})

    def _write_all(self, state: State) -> dict[str, str]:
        """A link's query that opens a state, whatever the lab opens with."""
        values, usual = vars(state), vars(self._state())
        named = {name for name in self._codecs if values[name] != usual[name]} | self._opening.keys()
        return {name: codec.write(values[name]) for name, codec in self._codecs.items() if name in named}

    def _held(self) -> dict[str, Any]:
        """Values of the fields that a lesson locks or hides, as its link has them."""
        lock = active_lock(self.name)
        if lock is None:
            return {}
        key = f"lock.{self.name}"  # beside the fields, which have names of their own
        known, values = st.session_state.get(key, (None, {}))
        if known is not lock:
            state = vars(self.state_of(lock.query))
            values = {name: state[name] for name in lock.names if name in state}
            st.session_state[key] = lock, values
        return values

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
        show_link(self.name, _encode({**query, **address_parameters(self.name)}))

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


def last_link(name: str) -> str:
    """A link to a lab, as this session has published it last."""
    query = st.session_state.get(f"published.{name}", "")
    return f"{name}?{query}" if query else name


def follow_link(link: str) -> None:
    """Open a link, such as `cnn?sample=0`, when its lab is drawn next."""
    name, _, query = link.partition("?")
    st.session_state[f"{name}.followed"] = dict(parse_qsl(query, keep_blank_values=True))


def last_lab() -> str:
    """Name of the lab that this session opened last; empty before it has opened one."""
    return st.session_state.get(OPEN_LAB, "")


def _encode(query: Mapping[str, str]) -> str:
    return urlencode(sorted(query.items()))
