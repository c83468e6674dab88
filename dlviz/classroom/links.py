"""Links to situations that are kept and sent: the app's own, never an address elsewhere."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

LONGEST = 6000  # characters
PAGE = re.compile(r"[a-z]{1,30}")


class ForeignLink(ValueError):
    """A link that does not lead to a page of this app; the message says so."""


@dataclass(frozen=True)
class Situation:
    """A page, and what its address says."""

    page: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def link(self) -> str:
        """The text that `read_link` reads."""
        return f"{self.page}?{urlencode(self.query)}" if self.query else self.page


def read_link(link: str, pages: Container[str]) -> Situation:
    """Read a link such as `cnn?sample=0`.

    Args:
        pages: of this app, which a link may lead to.

    Raises: ForeignLink.
    """
    page, _, query = link.partition("?")
    if len(link) > LONGEST or not PAGE.fullmatch(page) or page not in pages:
        raise ForeignLink("This link does not lead to a lab of this app.")
    return Situation(page, tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=60)))
