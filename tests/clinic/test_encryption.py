"""Encrypted fields: bound to their place, closed when anything is wrong, rotated while in use."""

import os
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic import encryption, keys
from clinic.actions import care, rotation
from clinic.audit import Actor
from clinic.encryption import Erased, Sealed, Unreadable
from clinic.models import AuditEvent, Client, Notice, Practice
from tests.factories import NOW, make_client, make_practice


def stored(table: str, column: str, pk) -> bytes:
    """What stands in the database, read past the model."""
    with connection.cursor() as cursor:
        key = pk.hex if connection.vendor == "sqlite" else pk
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [key])
        return bytes(cursor.fetchone()[0])


def overwrite(table: str, column: str, pk, value: bytes) -> None:
    with connection.cursor() as cursor:
        key = pk.hex if connection.vendor == "sqlite" else pk
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, key])


@pytest.fixture
def keyring(settings, tmp_path) -> Path:
    """A key file of this test's own."""
    path = tmp_path / "keyring"
    keys.write_private(path, keyring_text := keys.keyring_line("k1"))
    assert keyring_text.startswith("k1 ")
    settings.KEYS_FILE = path
    return path


# --- Reading and writing ------------------------------------------------------------------------


def test_fields_read_back_what_was_written(nora):
    care.edit_client(
        client=nora,
        name="Nora Lind-Ähre",
        date_of_birth=date(1988, 2, 29),
        email="nora@client.example",
        number=None,
        phone="+44 20 7946 0000",
        note="Ring after six.\nNever at work.",
        by=Actor.system(),
        now=NOW,
    )
    client = Client.objects.get(pk=nora.pk)
    assert (client.name, client.date_of_birth, client.email, client.phone, client.note) == (
        "Nora Lind-Ähre",
        date(1988, 2, 29),
        "nora@client.example",
        "+44 20 7946 0000",
        "Ring after six.\nNever at work.",
    )


def test_empty_text_and_nothing_stay_apart(harbour):
    client = make_client(harbour)
    client.note, client.phone = "", None
    client.save()
    client = Client.objects.get(pk=client.pk)
    assert (client.note, client.phone) == ("", None)


def test_same_text_never_gives_the_same_ciphertext(harbour):
    first, second = make_client(harbour, "Nora Lind"), make_client(harbour, "Nora Lind")
    assert stored("clinic_client", "name", first.pk) != stored("clinic_client", "name", second.pk)


def test_deferred_field_is_read_and_decrypted_on_demand(nora):
    client = Client.objects.defer("name").get(pk=nora.pk)
    assert client.name == "Nora Lind"


def test_database_file_holds_no_name_address_or_message(nora, db):
    canaries = ["Quetzalcoatl", "canary@client.example", "Wombatnote"]
    make_client(nora.practice, canaries[0], email=canaries[1], note=canaries[2])
    from clinic.actions import notices

    notices.write_notice(
        practice=nora.practice,
        client=nora,
        kind=Notice.Kind.FORM,
        about=None,
        recipient="platypus@client.example",
        subject="Echidnasubject",
        text="Numbattext",
        by=Actor.system(),
        now=NOW,
    )
    held = everything_stored()
    for word in [*canaries, "platypus", "Echidnasubject", "Numbattext", "Nora Lind"]:
        assert word.encode() not in held
    assert nora.practice.name.encode() in held  # the search itself finds what is there


def everything_stored() -> bytes:
    """Every value of every table, as the database gives it."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                parts += [
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                ]
    return b"\n".join(parts)


# --- Closed -------------------------------------------------------------------------------------


def test_ciphertexts_swapped_between_clients_do_not_decrypt(nora, otto):
    first, second = (stored("clinic_client", "name", client.pk) for client in (nora, otto))
    overwrite("clinic_client", "name", nora.pk, second)
    overwrite("clinic_client", "name", otto.pk, first)
    for client in Client.objects.filter(pk__in=[nora.pk, otto.pk]):
        with pytest.raises(Unreadable):
            client.name  # noqa: B018


def test_ciphertext_moved_to_another_field_does_not_decrypt(nora):
    overwrite("clinic_client", "phone", nora.pk, stored("clinic_client", "name", nora.pk))
    with pytest.raises(Unreadable):
        Client.objects.get(pk=nora.pk).phone  # noqa: B018


def test_ciphertext_moved_to_another_row_of_the_same_key_does_not_decrypt(nora):
    from clinic.actions import notices

    first, second = (
        notices.write_notice(
            practice=nora.practice,
            client=nora,
            kind=Notice.Kind.FORM,
            about=None,
            recipient="nora@client.example",
            subject=subject,
            text="text",
            by=Actor.system(),
            now=NOW,
        )
        for subject in ("one", "two")
    )
    overwrite("clinic_notice", "subject", second.pk, stored("clinic_notice", "subject", first.pk))
    with pytest.raises(Unreadable):
        Notice.objects.get(pk=second.pk).subject  # noqa: B018


def test_data_key_moved_to_another_client_does_not_open(nora, otto):
    overwrite("clinic_client", "data_key", otto.pk, stored("clinic_client", "data_key", nora.pk))
    with pytest.raises(Unreadable):
        Client.objects.get(pk=otto.pk).name  # noqa: B018


def test_every_flipped_bit_is_noticed():
    key = os.urandom(32)
    sealed = encryption.seal(key, b"Nora", "place")
    assert encryption.unseal(key, sealed, "place") == b"Nora"
    for position in range(len(sealed) * 8):
        damaged = bytearray(sealed)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(Unreadable):
            encryption.unseal(key, bytes(damaged), "place")


@pytest.mark.parametrize("length", [0, 1, 12, 28])
def test_truncated_value_is_unreadable(length):
    key = os.urandom(32)
    with pytest.raises(Unreadable):
        encryption.unseal(key, encryption.seal(key, b"", "place")[:length], "place")


def test_plain_text_in_the_database_is_never_returned(nora):
    overwrite("clinic_client", "name", nora.pk, b"Nora Lind")
    with pytest.raises(Unreadable):
        Client.objects.get(pk=nora.pk).name  # noqa: B018


def test_wrong_key_is_refused_with_the_name_of_the_missing_one(db, keyring):
    client = make_client(make_practice("Elsewhere"))
    keyring.unlink()
    keys.write_private(keyring, keys.keyring_line("k2"))
    with pytest.raises(Unreadable, match="no key named 'k1'"):
        Client.objects.get(pk=client.pk).name  # noqa: B018


def test_another_key_of_the_same_name_is_refused(db, keyring):
    client = make_client(make_practice("Elsewhere"))
    keyring.unlink()
    keys.write_private(keyring, keys.keyring_line("k1"))
    encryption._keyring.cache_clear()  # a rewrite within the clock's grain
    with pytest.raises(Unreadable):
        Client.objects.get(pk=client.pk).name  # noqa: B018


def test_erased_client_is_told_apart_and_cannot_be_written(nora):
    Client.objects.filter(pk=nora.pk).update(data_key=None)
    client = Client.objects.get(pk=nora.pk)
    with pytest.raises(Erased):
        client.name  # noqa: B018
    client.note = "something"
    with pytest.raises(Erased):
        client.save(update_fields=["note"])


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lookup", ["name", "name__contains", "name__in", "name__gt", "email"])
def test_encrypted_field_cannot_be_filtered(db, lookup):
    from django.core.exceptions import FieldError

    with pytest.raises((FieldError, TypeError)):
        list(Client.objects.filter(**{lookup: "Nora Lind"}))


def test_encrypted_field_cannot_be_updated_in_a_query(nora):
    with pytest.raises(TypeError):
        Client.objects.filter(pk=nora.pk).update(name="Plain")


def test_null_can_be_asked_for_and_written(nora, otto):
    assert list(Client.objects.filter(email__isnull=False)) == [nora]
    Client.objects.filter(pk=nora.pk).update(email=None)
    assert Client.objects.get(pk=nora.pk).email is None


def test_other_types_than_text_are_refused(nora):
    nora.name = 5
    with pytest.raises(TypeError):
        nora.save()


def test_sealed_bytes_of_another_row_do_not_decrypt_when_saved_here(nora, otto):
    otto.name = Sealed(stored("clinic_client", "name", nora.pk))
    otto.save(update_fields=["name"])
    with pytest.raises(Unreadable):
        Client.objects.get(pk=otto.pk).name  # noqa: B018


# --- Rotation -----------------------------------------------------------------------------------


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def key_ids() -> set[str]:
    rows = [*Client.objects.values_list("data_key", flat=True)]
    rows += Practice.objects.values_list("data_key", flat=True)
    return {bytes(row).partition(b":")[0].decode() for row in rows}


def test_rotation_wraps_every_data_key_and_changes_no_value(db, keyring):
    practice = make_practice("Elsewhere")
    client = make_client(practice, "Zoe Falk")
    before = stored("clinic_client", "name", client.pk)
    assert key_ids() == {"k1"}
    assert "Added the key k2" in rotate()
    assert key_ids() == {"k2"}
    assert stored("clinic_client", "name", client.pk) == before
    assert Client.objects.get(pk=client.pk).name == "Zoe Falk"
    assert AuditEvent.objects.get(action="keys.rotate").details == {"data_keys": 2}


def test_rotation_goes_on_where_it_was_stopped(db, keyring):
    make_client(make_practice("Elsewhere"), "Zoe Falk")
    keys.add_key(keyring)  # stopped right after the key was added
    assert "going on with it" in rotate()
    assert key_ids() == {"k2"}
    assert list(keys.read_keyring(keyring)) == ["k1", "k2"]


def test_values_stay_readable_between_the_new_key_and_the_rewrapping(db, keyring):
    client = make_client(make_practice("Elsewhere"), "Zoe Falk")
    keys.add_key(keyring)
    assert Client.objects.get(pk=client.pk).name == "Zoe Falk"
    new = make_client(client.practice, "Ida Roth")
    assert bytes(new.data_key).startswith(b"k2:")


def test_rotation_works_in_batches(db, keyring, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    practice = make_practice("Elsewhere")
    for number in range(5):
        make_client(practice, f"Client {number}")
    rotate()
    assert key_ids() == {"k2"}


def test_key_file_stays_private_after_a_rotation(db, keyring):
    rotate()
    assert keyring.stat().st_mode & 0o077 == 0


def test_rotation_says_what_to_do_where_the_key_file_cannot_be_written(db, keyring, monkeypatch):
    def refuse(path):
        raise OSError(30, "Read-only file system", str(path))

    monkeypatch.setattr(keys, "add_key", refuse)
    with pytest.raises(CommandError, match=r"docs/operating\.md"):
        rotate()
