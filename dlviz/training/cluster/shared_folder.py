"""Proof that two machines see one folder: a random token that lies in it, whatever each calls the folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

TOKEN = ".folder"


def read_token(root: Path) -> str:
    """Read the folder's token; the first who asks writes it. Raises: OSError."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / TOKEN
    if not file.exists():
        made = root / f"{TOKEN}.{secrets.token_hex(4)}"
        made.write_text(secrets.token_hex(16), encoding="utf-8")
        with suppress(FileExistsError):  # another server was quicker
            os.link(made, file)
        made.unlink()
    return file.read_text(encoding="utf-8")


def is_shared(root: Path, token: str) -> bool:
    """True if the token lies in this folder."""
    try:
        return (root / TOKEN).read_text(encoding="utf-8") == token
    except (OSError, ValueError):
        return False
