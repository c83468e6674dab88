"""TLS between servers, scheduler and workers: certificates of one authority, in a folder."""

import os
import re
from pathlib import Path

from distributed import Security

TLS = "DLVIZ_DASK_TLS"
ROLES = ("client", "scheduler", "worker")
ADDRESS = re.compile(r"(tcp|tls)://([^/\s:]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
FILES = ("ca.pem", "cert.pem", "key.pem")  # the authority's certificate, this machine's, and its private key


class BadAddress(ValueError):
    """A scheduler's address, or the folder of certificates, cannot be used; the message says why."""


def find_security() -> Security | None:
    """Find the certificates of this machine; None if `DLVIZ_DASK_TLS` names none. Raises: BadAddress."""
    named = os.environ.get(TLS)
    if not named:
        return None
    ca, cert, key = (str(Path(named) / file) for file in FILES)
    for file in (ca, cert, key):
        if not Path(file).is_file():
            raise BadAddress(f"{TLS} names a folder with {', '.join(FILES)}: {Path(file).name} is missing.")
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        **{f"tls_{role}_{kind}": file for role in ROLES for kind, file in (("cert", cert), ("key", key))},
    )


def check_address(address: str, security: Security | None) -> None:
    """Check a scheduler's address, and that it goes with the certificates. Raises: BadAddress."""
    if ADDRESS.fullmatch(address) is None:
        raise BadAddress(f"{address} is no address of a scheduler: write one such as tcp://host:8786.")
    if security and not address.startswith("tls://"):
        raise BadAddress(f"With {TLS} the scheduler’s address begins with tls://.")
    if not security and address.startswith("tls://"):
        raise BadAddress(
            f"An address that begins with tls:// needs certificates: name their folder in {TLS}."
        )
