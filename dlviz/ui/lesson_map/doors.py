"""Doors of the start page: each opens a lab, as it is or in a situation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Door:
    """A lab, and the fields of its address that open a situation there.

    Args:
        fields: name -> text, as the lab's address writes them; none for the lab as it was left.
    """

    lab: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its address, relative to that of the start page."""
        return f"{self.lab}?{urlencode(self.fields)}" if self.fields else self.lab
