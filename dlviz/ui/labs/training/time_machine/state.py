"""What the time machine shows; all of it is in the page's address."""

from dlviz.networks import NETWORKS
from dlviz.ui.components import address

# What is shown of a network at first, where that is not its maps.
USUAL = {name: spec.first_look for name, spec in NETWORKS.items()}
WHAT = {"kernels": "Kernels", "maps": "Feature maps", "attention": "Attention", "gates": "Gates"}
LATEST, NOTHING = -1, -1  # the newest checkpoint; nothing beside it
MOST = 10**9  # steps


def _part(text: str) -> str:
    if len(text) > 40 or not text.replace(".", "").replace("_", "").isalnum():
        raise ValueError("no part of a network")
    return text


FIELDS: address.Fields = {
    "what": address.choice(["", *WHAT], ""),
    "part": address.Field("", _part),
    "at": address.integer(LATEST, MOST, LATEST),
    "beside": address.integer(NOTHING, MOST, NOTHING),
    "text": address.Field("", str),
    "photo": address.integer(0, 9_999, 0),
}
