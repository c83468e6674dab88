"""Controls of a lab that a lesson locks or hides, until the learner leaves it.

A lock stands in the session and in the address, `lock=stride,padding&hide=seed`. The lab itself holds the
fields that are named: `dlviz.ui.lab` gives them the value that the lesson's link has, whatever is typed,
clicked or sent. What is drawn here only shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import streamlit as st

LESSON, LOCK, HIDE = PARAMETERS = ("lesson", "lock", "hide")  # in an address, beside the lab's own fields
ACTIVE, KNOWN, PLACE = "lock.active", "lock.known", "lesson.place"
ASKED = "lesson.asks"  # the lab whose question a lesson asks in its own place: one at a time
# Fields whose controls have other keys than their own, or more than one: of any lab, and of one.
COMMON_KEYS = {"sample": ("paper",), "digit": ("paper",), "drawing": ("paper",), "text": ("examples",)}
OTHER_KEYS = {
    "bert.model": ("bert.another",),
    "bert.off": ("bert.switch", "bert.all"),
    "cnn.mask": ("cnn.draw_mask",),
    "cnn.off": ("cnn.switches",),
    "convolution.kernel": ("convolution.kernels",),
    "convolution.own": ("convolution.rows", "convolution.columns"),
    "depth.tower_steps": ("depth.towers.play", "depth.towers.step", "depth.towers.again"),
    "mlp.off": ("mlp.switches",),
    "rnn.step": ("rnn.timeline",),
    "rnn.values": ("rnn.curve", "rnn.type_numbers"),
}


@dataclass(frozen=True)
class Lock:
    """Fields of a lab that keep their values.

    Args:
        page: name of the lab.
        locked: fields whose controls can be seen.
        hidden: fields whose controls are not drawn.
        query: of the link whose values they keep.
    """

    page: str
    locked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All fields that it holds."""
        return (*self.locked, *self.hidden)


def read_lock(page: str, query: Mapping[str, str]) -> Lock | None:
    """The lock that an address asks for; None if it asks for none."""
    locked, hidden = (
        tuple(filter(None, dict.fromkeys(query.get(name, "").split(",")))) for name in (LOCK, HIDE)
    )
    kept = {name: text for name, text in query.items() if name not in PARAMETERS}
    return Lock(page, locked, hidden, kept) if locked or hidden else None


def put_lock(lock: Lock | None) -> None:
    """Hold the fields of a lock, in place of those of the last one; of none, let all go."""
    st.session_state[ACTIVE] = lock


def active_lock(page: str) -> Lock | None:
    """The lock on a lab, if there is one."""
    lock: Lock | None = st.session_state.get(ACTIVE)
    return lock if lock and lock.page == page else None


def is_new(said: Mapping[str, str]) -> bool:
    """True if no address has said this yet in this session: the browser sends its own with every rerun."""
    known: set[tuple] = st.session_state.setdefault(KNOWN, set())
    now = tuple(sorted(said.items()))
    if now in known:
        return False
    known.add(now)
    return True


def control_keys(page: str, names: Iterable[str]) -> list[str]:
    """Keys of the controls that show fields of a lab."""
    fields = ((name, f"{page}.{name}") for name in names)
    return [key for name, own in fields for key in (own, *OTHER_KEYS.get(own, COMMON_KEYS.get(name, ())))]


def address_parameters(page: str) -> dict[str, str]:
    """Parameters of a lab's address that say which lesson and which locks are on."""
    lock = active_lock(page)
    parts = {
        LESSON: st.session_state.get(PLACE, ""),
        LOCK: ",".join(lock.locked) if lock else "",
        HIDE: ",".join(lock.hidden) if lock else "",
    }
    said = {name: text for name, text in parts.items() if text}
    is_new(said)  # from now on it is known
    return said
