"""Whose run it is: a random token that only its owner's browser holds. The disk knows its hash alone."""

import hashlib
import hmac
import re
import secrets
from typing import TypeGuard

COOKIE = "dlviz_owner"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits, as text that a cookie can carry."""
    return secrets.token_urlsafe(32)


def is_token(text: object) -> TypeGuard[str]:
    """Whether this has a token's form."""
    return isinstance(text, str) and TOKEN.fullmatch(text) is not None


def hashed(token: str) -> str:
    """What is written down of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def owns(token: str | None, owner: str) -> bool:
    """Whether the token is the one whose hash is `owner`, in a time that tells nothing about either."""
    return token is not None and hmac.compare_digest(hashed(token), owner)
