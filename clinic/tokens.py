"""Secret values that are shown once: 256 random bits, of which only the hash is kept."""

import hashlib
import secrets


def new_token() -> str:
    """43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """What is stored. A plain hash is enough for a value that nobody can guess."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
