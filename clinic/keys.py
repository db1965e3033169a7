"""The key files: where they lie, how they are made, and what makes them unusable.

Two files live in the keys folder (``DATA_DIR/keys`` unless the environment names others):

``secret-key``
    Django's secret (sessions, signatures). One line.
``keyring``
    The key-encryption keys, one per line as ``<key id> <base64 of 32 bytes>``; the last line
    is the current one. Every data key in the database is wrapped by one of these, so whoever
    loses this file loses every name and every answer, and whoever copies it together with
    the database can read them. Back it up apart from the database.

Nothing here imports Django, because the settings need it.
"""

import base64
import binascii
import os
import re
import secrets
from pathlib import Path

KEY_BYTES = 32
KEY_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,31}$")


class KeysUnusable(Exception):
    """A key file is missing, readable by others, or damaged. The message says what to do."""


def ensure_keys(folder: Path, *, data_exists: bool) -> None:
    """Make the key files in ``folder`` when this is a first start.

    Refuses when there is data but no keyring: a new keyring could not read the data, and
    making one quietly would hide that the right one is missing.
    """
    keyring, secret = folder / "keyring", folder / "secret-key"
    if keyring.exists() and secret.exists():
        return
    if data_exists and not keyring.exists():
        raise KeysUnusable(
            f"There is a database, but its key file {keyring} is missing. Put the key file back "
            "from your backup; without it no name and no answer can be read."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not secret.exists():
        write_private(secret, secrets.token_urlsafe(64) + "\n")
    if not keyring.exists():
        write_private(keyring, keyring_line("k1"))


def keyring_line(key_id: str) -> str:
    """A keyring line with a fresh random key."""
    return f"{key_id} {base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to a new file that only this user can read; never overwrite one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def add_key(path: Path) -> str:
    """Add a fresh key to the keyring, which makes it the current one; returns its id.

    The file is replaced as a whole, so that whoever reads it meets the old one or the new.
    """
    ring = read_keyring(path)
    number = len(ring) + 1
    while f"k{number}" in ring:
        number += 1
    text = read_private(path)
    changed = path.with_name(f"{path.name}.new")
    changed.unlink(missing_ok=True)
    write_private(changed, f"{text.rstrip()}\n{keyring_line(f'k{number}')}")
    changed.replace(path)
    return f"k{number}"


def read_private(path: Path) -> str:
    """Read a key file, refusing one that other users of the machine could read too."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeysUnusable(
            f"The key file {path} is missing. Put it back from your backup."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable(f"The key file {path} cannot be read: {error}") from error
    # Secrets that a container runtime mounts are often mode 0444 inside a private mount.
    if mode & 0o077 and not path.is_relative_to("/run/secrets"):
        raise KeysUnusable(
            f"The key file {path} can be read by other users. Make it private: chmod 600 {path}"
        )
    return text


def read_keyring(path: Path) -> dict[str, bytes]:
    """Key id -> 32-byte key, in the order of the file: the last one is the current key."""
    keys: dict[str, bytes] = {}
    for number, line in enumerate(read_private(path).splitlines(), start=1):
        if not line.strip():
            continue
        key_id, _, encoded = line.strip().partition(" ")
        try:
            key = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not KEY_ID.match(key_id) or len(key) != KEY_BYTES or key_id in keys:
            raise KeysUnusable(
                f"Line {number} of the key file {path} is damaged. Each line is a key id, a space "
                "and 32 bytes in base64; put the file back from your backup."
            )
        keys[key_id] = key
    if not keys:
        raise KeysUnusable(f"The key file {path} holds no key. Put it back from your backup.")
    return keys
