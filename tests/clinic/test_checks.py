"""What Causeway refuses to start with, and the sentence it gives."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from clinic import keys
from clinic.checks import STARTUP
from clinic.models import User


def refusals(**kinds) -> list[str]:
    return [message.id for message in run_checks(tags=[STARTUP], **kinds)]


def refusals_before_serving() -> list[str]:
    return refusals(include_deployment_checks=True, databases=["default"])


def test_sound_installation_is_not_refused(db):
    assert refusals_before_serving() == []


@pytest.mark.parametrize(
    "host, public_url, refused",
    [
        ("127.0.0.1", "http://127.0.0.1:8000", []),
        ("::1", "http://localhost:8000", []),
        ("0.0.0.0", "http://127.0.0.1:8000", ["causeway.E001"]),
        ("127.0.0.1", "https://practice.example.org", ["causeway.E001"]),
    ],
)
def test_debug_is_refused_where_others_can_reach_it(settings, host, public_url, refused):
    settings.DEBUG, settings.HOST, settings.PUBLIC_URL = True, host, public_url
    assert refusals() == refused


@pytest.mark.parametrize(
    "secret",
    ["short", "a" * 60, "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789", "ab" * 30],
)
def test_weak_secret_is_refused(settings, secret):
    settings.SECRET_KEY = secret
    assert refusals() == ["causeway.E002"]


def test_weak_former_secret_is_refused_too(settings):
    settings.SECRET_KEY_FALLBACKS = ["short"]
    assert refusals() == ["causeway.E002"]


def test_missing_keyring_is_refused(settings, tmp_path):
    settings.KEYS_FILE = tmp_path / "keyring"
    assert refusals() == ["causeway.E003"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_keyring_that_others_can_read_is_refused_with_the_remedy(settings, tmp_path, mode):
    settings.KEYS_FILE = copy_of_keyring(settings.KEYS_FILE, tmp_path)
    settings.KEYS_FILE.chmod(mode)
    (message,) = run_checks(tags=[STARTUP])
    assert message.id == "causeway.E003"
    assert f"chmod 600 {settings.KEYS_FILE}" in message.msg


def test_secret_that_equals_a_key_is_refused(settings, tmp_path):
    line = keys.keyring_line("k1")
    settings.KEYS_FILE = tmp_path / "keyring"
    keys.write_private(settings.KEYS_FILE, line)
    settings.SECRET_KEY = line.split()[1]
    assert "causeway.E004" in refusals()


def test_any_host_is_refused(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert refusals() == ["causeway.E005"]


@pytest.mark.parametrize(
    "host, password, refused",
    [
        ("", "", []),
        ("/run/postgresql", "", []),
        ("127.0.0.1", "", []),
        ("db.example.org", "secret", []),
        ("db.example.org", "", ["causeway.E006"]),
    ],
)
def test_postgres_without_password_is_refused_off_this_machine(
    settings, monkeypatch, host, password, refused
):
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "PASSWORD": password,
    }
    monkeypatch.setitem(settings.DATABASES, "default", database)
    assert refusals() == refused


@pytest.mark.parametrize(
    "url, refused",
    [
        ("", []),
        ("redis://127.0.0.1:6379/0", []),
        ("unix:///run/redis.sock", []),
        ("rediss://:secret@redis.example.org/0", []),
        ("redis://redis.example.org/0", ["causeway.E007"]),
    ],
)
def test_redis_without_password_is_refused_off_this_machine(settings, url, refused):
    settings.REDIS_URL = url
    assert refusals() == refused


@pytest.mark.parametrize(
    "url, refused",
    [
        ("", []),
        ("https://sms.example.org/send", []),
        ("http://127.0.0.1:8090/send", []),
        ("http://sms.example.org/send", ["causeway.E008"]),
        ("ftp://127.0.0.1/send", ["causeway.E008"]),
        ("https://[sms", ["causeway.E008"]),
        ("https://sms.example.org:port/", ["causeway.E008"]),
        ("sms.example.org", ["causeway.E008"]),
    ],
)
def test_gateway_for_text_messages_is_reached_encrypted(settings, url, refused):
    settings.SMS_URL = url
    assert refusals() == refused


def test_pending_migration_is_refused_by_name(db):
    last = MigrationRecorder.Migration.objects.filter(app="clinic").latest("id")
    last.delete()
    (message,) = run_checks(tags=[STARTUP], include_deployment_checks=True, databases=["default"])
    assert message.id == "causeway.E011"
    assert f"clinic.{last.name}" in message.msg


def test_demonstration_account_is_refused_outside_the_demonstration(db, settings):
    User.objects.create(email="a@example.org", name="A", is_demo=True, created_at=timezone.now())
    settings.DEMO = True
    assert refusals_before_serving() == []
    settings.DEMO = False
    assert refusals_before_serving() == ["causeway.E012"]


def test_refusal_ends_the_check_command_with_its_sentence(settings):
    settings.ALLOWED_HOSTS = ["*"]
    with pytest.raises(CommandError, match="Every host name is accepted"):
        call_command("check", tags=[STARTUP], stderr=StringIO())


def copy_of_keyring(path: Path, folder: Path) -> Path:
    copy = folder / "keyring"
    keys.write_private(copy, path.read_text())
    return copy
