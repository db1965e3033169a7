"""Encrypted model fields: AES-256-GCM, one data key per client, wrapped by a key from a file.

What stands where:

* The *keyring* (``settings.KEYS_FILE``) holds the key-encryption keys; it is never in the database.
* Each client and each practice has a random *data key*, stored wrapped by the current
  key-encryption key. Destroying a client's data key destroys everything encrypted with it, also
  in backups.
* Each encrypted value starts with a version byte and a fresh 96-bit nonce, and is authenticated
  together with the place it belongs to (model, field, row). A value copied to another row, another
  field or another client does not decrypt.

It fails closed: what cannot be decrypted raises, and what was not encrypted is never stored.
"""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from clinic import keys

VERSION = b"\x01"
NONCE_BYTES = 12


class Unreadable(Exception):
    """A value could not be decrypted: wrong key, damaged, or moved from where it belongs."""


class Erased(Unreadable):
    """The data key is gone: the person's data was erased."""


class Sealed(bytes):
    """Ciphertext as it stands in the database. Only these bytes are ever written."""


def seal(key: bytes, plain: bytes, place: str) -> Sealed:
    """Encrypt ``plain`` under the 32-byte ``key``, bound to ``place``."""
    nonce = token_bytes(NONCE_BYTES)
    return Sealed(VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place.encode()))


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Decrypt what ``seal`` made for the same key and place; anything else is Unreadable."""
    if sealed[:1] != VERSION or len(sealed) < 1 + NONCE_BYTES + 16:
        raise Unreadable("This value is not in the form we encrypt to.")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except InvalidTag:
        raise Unreadable("This value cannot be decrypted where it stands.") from None


# --- Data keys ----------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _keyring(path: Path, modified: float) -> dict[str, bytes]:
    return keys.read_keyring(path)


def keyring() -> dict[str, bytes]:
    """The key-encryption keys; read again when the file changes, so that rotation needs no stop."""
    path = settings.KEYS_FILE
    try:
        modified = path.stat().st_mtime
    except OSError:
        modified = 0.0
    return _keyring(path, modified)


def current_key_id() -> str:
    """The key-encryption key that wraps new data keys: the last line of the key file."""
    return next(reversed(keyring()))


def wrap(data_key: bytes, owner: str) -> bytes:
    """Wrap a data key by the current key-encryption key: ``<key id>:<sealed key>``."""
    key_id = current_key_id()
    return key_id.encode() + b":" + seal(keyring()[key_id], data_key, f"data key|{owner}")


def unwrap(wrapped: bytes | memoryview | None, owner: str) -> bytes:
    """The data key inside ``wrapped``; raises ``Erased`` when there is none."""
    if wrapped is None:
        raise Erased("The data key was destroyed.")
    key_id, _, sealed = bytes(wrapped).partition(b":")
    key = keyring().get(key_id.decode("ascii", "replace"))
    if key is None:
        raise Unreadable(
            f"The key file has no key named {key_id.decode('ascii', 'replace')!r}. "
            "Put the key back that this data was encrypted with."
        )
    return unseal(key, sealed, f"data key|{owner}")


class KeyHolder(models.Model):
    """A row with a data key of its own: a client or a practice."""

    data_key = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unwrapped: bytes | None = None

    @classmethod
    def owner_of(cls, pk: Any) -> str:
        """What a data key is bound to when it is wrapped: the row that holds it."""
        return f"{cls._meta.label_lower}|{pk}"

    @property
    def key_owner(self) -> str:
        return self.owner_of(self.pk)

    def make_data_key(self) -> None:
        """Give a new row its data key. Never replaces one."""
        if self.data_key is None:
            self._unwrapped = token_bytes(keys.KEY_BYTES)
            self.data_key = wrap(self._unwrapped, self.key_owner)

    def unwrapped_key(self) -> bytes:
        if self._unwrapped is None:
            self._unwrapped = unwrap(self.data_key, self.key_owner)
        return self._unwrapped

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.make_data_key()
        super().save(*args, **kwargs)


# --- Fields -------------------------------------------------------------------------------------


class _PlainOnDemand:
    """Decrypts on first reading, so that a list that shows no name decrypts none."""

    def __init__(self, field: "EncryptedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        stored = instance.__dict__.get(self.field.attname)
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
            stored = instance.__dict__[self.field.attname]
        if not isinstance(stored, Sealed):
            return stored
        cache = f"_plain_{self.field.attname}"
        if cache not in instance.__dict__:
            instance.__dict__[cache] = self.field.open(instance, stored)
        return instance.__dict__[cache]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
        instance.__dict__.pop(f"_plain_{self.field.attname}", None)


class EncryptedField(models.BinaryField):
    """Text that is ciphertext in the database and plain on the instance.

    The key is that of ``instance.key_holder()``. It cannot be filtered or updated in a query:
    both raise, since a query would see or write plain text.
    """

    if TYPE_CHECKING:
        # What the type checker's Django plugin reads: the plain value, not bytes.
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    descriptor_class = _PlainOnDemand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    # Plain value <-> text; overridden for other types.
    def to_text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}.")
        return value

    def from_text(self, text: str) -> Any:
        return text

    def place(self, instance: models.Model) -> str:
        return self.place_of(instance.pk)

    def place_of(self, pk: Any) -> str:
        """What the value of this field in the row ``pk`` is bound to."""
        return f"{self.model._meta.label_lower}|{self.name}|{pk}"

    def open_row(self, pk: Any, sealed: Sealed, key: bytes) -> Any:
        """The plain value of the row ``pk``, for many rows that are read without instances."""
        return self.from_text(unseal(key, sealed, self.place_of(pk)).decode())

    def open(self, instance: Any, sealed: Sealed) -> Any:
        plain = unseal(instance.key_holder().unwrapped_key(), sealed, self.place(instance))
        return self.from_text(plain.decode())

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        key = model_instance.key_holder().unwrapped_key()
        sealed = seal(key, self.to_text(value).encode(), self.place(model_instance))
        # Keep both: the plain value for whoever reads on, the ciphertext for the next save.
        model_instance.__dict__[self.attname] = sealed
        model_instance.__dict__[f"_plain_{self.attname}"] = value
        return sealed

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: it is written by saving its row.")
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return connection.Database.Binary(bytes(self.get_prep_value(value)))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(EncryptedField):
    """A JSON value, encrypted. Never NaN or infinity."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        return json.loads(text)


class EncryptedDateField(EncryptedField):
    """A calendar date, encrypted."""

    def to_text(self, value: Any) -> str:
        return date.isoformat(value)

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)
