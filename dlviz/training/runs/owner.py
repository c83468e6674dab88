"""Owners of runs: a random token that only the owner's browser holds. The disk knows its hash alone."""

import hashlib
import hmac
import re
import secrets
from typing import TypeGuard

COOKIE = "dlviz_owner"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Draw 256 random bits, as text that a cookie can carry."""
    return secrets.token_urlsafe(32)


def is_token(text: object) -> TypeGuard[str]:
    """True if this has a token's form."""
    return isinstance(text, str) and TOKEN.fullmatch(text) is not None


def hashed(token: str) -> str:
    """Hash a token: only this is written down."""
    return hashlib.sha256(token.encode()).hexdigest()


def owns(token: str | None, owner: str) -> bool:
    """Compare a token with the hash `owner`, in a time that tells nothing about either."""
    return token is not None and hmac.compare_digest(hashed(token), owner)
