"""A lab's state in the page's address, so that a link opens the same situation.

Each lab names its fields once. `restore` fills `st.session_state["<lab>.<field>"]`, which is also the key of
the widget that shows the field; `publish` writes the fields that differ from their defaults into the address.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dlviz.ui.components import load_component

KNOWN = 100  # addresses of its own that a session remembers, for each lab
LONGEST = 4000  # characters of one value: more is nobody's link
NOTICE = "address.notice"

_component = load_component("address")


@dataclass(frozen=True)
class Field:
    """One part of a lab's state: its default, and how it is read from and written into an address.

    `read` raises ValueError for a text that stands for no allowed value.
    """

    default: Any
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


Fields = Mapping[str, Field]


def choice(options: Sequence[str], default: str) -> Field:
    """One of a few words."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return Field(default, read)


def integer(low: int, high: int, default: int) -> Field:
    """A whole number from low to high."""

    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return Field(default, read)


def flag(default: bool = False) -> Field:
    """On or off."""
    words = {"on": True, "off": False}

    def read(text: str) -> bool:
        if text not in words:
            raise ValueError(text)
        return words[text]

    return Field(default, read, lambda value: "on" if value else "off")


def restore(lab: str, fields: Fields) -> bool:
    """Fill the session's state from the address, else from this session's last visit, else by default.

    What the address holds wrongly, or what the lab does not know, is left out and `notice` says so.

    Returns: whether the state was filled anew, since the lab has just been opened or another link followed.
    """
    query = {name: st.query_params[name] for name in st.query_params}
    arrived = st.session_state.get("address.lab") != lab
    # Whoever arrives has followed a link, an old one perhaps, or comes back to where the lab's address stood.
    foreign = bool(query) and (_encode(query) != _published(lab) if arrived else not _known(lab, query))
    values = {**_defaults(fields), **st.session_state.get(f"saved.{lab}", {})}
    if foreign:
        read, wrong = _read(query, fields)
        values = {**_defaults(fields), **read}
        _know(lab, query)
        st.session_state[NOTICE] = _sentence(wrong)
    for name, value in values.items():
        key = f"{lab}.{name}"
        # Set again even where unchanged: Streamlit forgets the state of a widget that is not on the page.
        st.session_state[key] = value if arrived or foreign else st.session_state.get(key, value)
    if arrived and not foreign:
        st.session_state[NOTICE] = ""
    st.session_state["address.lab"] = lab
    _save(lab, fields)  # at once: whoever leaves while the lab still computes never gets to `publish`
    return arrived or foreign


def notice() -> None:
    """One sentence where the address that was opened held something that could not be used."""
    if st.session_state.get(NOTICE):
        st.info(st.session_state[NOTICE], icon=":material/link_off:")


def publish(lab: str, fields: Fields) -> None:
    """Write the lab's state into the address, and show it as a link."""
    values = _save(lab, fields)
    query = {
        name: fields[name].write(value) for name, value in values.items() if value != fields[name].default
    }
    _know(lab, query)
    st.session_state[f"published.{lab}"] = _encode(query)
    show_link(lab, _encode(query))


def show_link(lab: str, query: str) -> None:
    """Put the query into the page's address, and show the whole as a link to copy.

    Args:
        lab: the page's name in the address; if the learner has left it meanwhile, nothing happens.
        query: the part after the question mark, encoded.
    """
    _component(key=f"{lab}.address", data={"path": f"/{lab}", "query": query, "session": _session()})


def _save(lab: str, fields: Fields) -> dict[str, Any]:
    """Keep the lab's state for its next visit in this session."""
    values = {name: st.session_state.get(f"{lab}.{name}", field.default) for name, field in fields.items()}
    st.session_state[f"saved.{lab}"] = values
    return values


def _defaults(fields: Fields) -> dict[str, Any]:
    return {name: field.default for name, field in fields.items()}


def _read(query: Mapping[str, str], fields: Fields) -> tuple[dict[str, Any], list[str]]:
    """What could be read, and the names of what could not (an unknown name is never repeated)."""
    values, wrong = {}, []
    for name, text in query.items():
        try:
            if len(text) > LONGEST:
                raise ValueError(name)
            values[name] = fields[name].read(text)
        except KeyError:
            wrong.append("a name that this lab does not know")
        except (ValueError, OverflowError):
            wrong.append(name)
    return values, wrong


def _sentence(wrong: list[str]) -> str:
    if not wrong:
        return ""
    return f"Part of the link was not understood and is left out: {', '.join(dict.fromkeys(wrong))}."


def _published(lab: str) -> str:
    """The lab's address as this session has written it last."""
    return st.session_state.get(f"published.{lab}", "")


def _session() -> str:
    """A name for this session, by which the browser notices that a server began anew without its page."""
    return st.session_state.setdefault("address.session", token_hex(8))


def _encode(query: Mapping[str, str]) -> str:
    return urlencode(sorted(query.items()))


def _known(lab: str, query: Mapping[str, str]) -> bool:
    """Whether this session wrote or has read this address: the browser sends it with every rerun."""
    known = _encode(query) in st.session_state.get(f"known.{lab}", {})
    if known:
        _know(lab, query)  # the newest again: it is not the one to be forgotten
    return known


def _know(lab: str, query: Mapping[str, str]) -> None:
    known: dict[str, None] = st.session_state.setdefault(f"known.{lab}", {})
    known.pop(_encode(query), None)
    known[_encode(query)] = None
    for old in list(known)[:-KNOWN]:
        del known[old]
