"""What Causeway refuses to start with. Each refusal is a sentence that says what to do.

The first group looks at settings and files and runs before every command. The second asks the
database and runs where something is about to serve: ``manage.py up``, gunicorn, and
``manage.py check --deploy --database default``. All carry the tag "startup".
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clinic import keys

STARTUP = "startup"
SHORTEST_SECRET = 50
# Words of example files; a secret made at random holds none of them but by a freak.
PLACEHOLDERS = ("django-insecure", "changeme", "change-me", "example", "your-secret", "not-secret")
LARGEST_CLOCK_DIFFERENCE = timedelta(seconds=60)


def refuse(number: int, message: str, hint: str) -> list[CheckMessage]:
    return [Error(message, hint=hint, id=f"causeway.E{number:03}")]


# --- Settings and files -----------------------------------------------------------------------


@register(STARTUP)
def debug_stays_at_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    hosts = {settings.HOST, urlsplit(settings.PUBLIC_URL).hostname or ""}
    if not settings.DEBUG or hosts <= settings.LOOPBACK:
        return []
    return refuse(
        1,
        "DEBUG is on at an address that others can reach. Error pages would show them settings "
        "and people's data.",
        "Unset DEBUG, or bind to this machine alone: HOST=127.0.0.1 and no PUBLIC_URL.",
    )


@register(STARTUP)
def secret_is_strong(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        weak = len(secret) < SHORTEST_SECRET or len(set(secret)) < 10
        if weak or any(word in secret.lower() for word in PLACEHOLDERS):
            return refuse(
                2,
                f"The secret key is too weak: it needs at least {SHORTEST_SECRET} random "
                "characters, and none from an example.",
                "Make one and give its file as SECRET_KEY_FILE: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(64))"',
            )
    return []


@register(STARTUP)
def keyring_is_there_and_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        keyring = keys.read_keyring(settings.KEYS_FILE)
    except keys.KeysUnusable as problem:
        return refuse(
            3,
            str(problem),
            "Names and answers are encrypted with the keys in this file (setting KEYS_FILE).",
        )
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(same_secret(key, secret) for key in keyring.values() for secret in secrets):
        return refuse(
            4,
            f"The secret key and a key in {settings.KEYS_FILE} are the same. Whoever learns one "
            "must not learn the other.",
            "Make a new secret key; keep the keyring, since it opens the data.",
        )
    return []


def same_secret(key: bytes, secret: str) -> bool:
    """Is the secret these bytes, as they are or written in base64?"""
    forms = [secret.strip().encode()]
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        try:
            forms.append(decode(secret.strip() + "=" * (-len(secret.strip()) % 4)))
        except (binascii.Error, ValueError):
            continue
    return any(hmac.compare_digest(key, form) for form in forms)


@register(STARTUP)
def hosts_are_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return refuse(
        5,
        "Every host name is accepted (ALLOWED_HOSTS holds *). A forged one would get into links "
        "that are mailed to clients.",
        "Give the one address people use as PUBLIC_URL.",
    )


@register(STARTUP)
def database_asks_for_a_password(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "")
    at_home = not host or host.startswith("/") or host in settings.LOOPBACK
    options = database.get("OPTIONS", {})
    proves_itself = database.get("PASSWORD") or {"passfile", "sslcert", "service"} & set(options)
    if "postgresql" not in database["ENGINE"] or at_home or proves_itself:
        return []
    return refuse(
        6,
        f"PostgreSQL at {host} is used without a password.",
        "Give the database user a password and put it into DATABASE_URL (or DATABASE_URL_FILE).",
    )


@register(STARTUP)
def redis_asks_for_a_password(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    address = urlsplit(settings.REDIS_URL)
    at_home = address.scheme == "unix" or (address.hostname or "localhost") in settings.LOOPBACK
    if not settings.REDIS_URL or at_home or address.password:
        return []
    return refuse(
        7,
        f"Redis at {address.hostname} is used without a password.",
        "Set one (requirepass) and put it into REDIS_URL (or REDIS_URL_FILE).",
    )


@register(STARTUP)
def text_messages_travel_encrypted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SMS_URL:
        return []
    try:
        address = urlsplit(settings.SMS_URL)
        host, _port = address.hostname or "", address.port
    except ValueError:
        host = ""
    plain_at_home = host in settings.LOOPBACK and address.scheme == "http"
    if host and (address.scheme == "https" or plain_at_home):
        return []
    return refuse(
        8,
        "SMS_URL is not the https address of a gateway. Telephone numbers and links to forms "
        "would travel in the open, or not at all.",
        "Give an address such as https://sms.example.org/send, or unset SMS_URL.",
    )


# --- The database -----------------------------------------------------------------------------


@register(STARTUP, deploy=True)
def database_is_fit_to_serve(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Runs the checks below in order and stops at the first that refuses."""
    if "default" not in (databases or ()):
        return []
    checks: list[Callable[[], list[CheckMessage]]] = [
        database_answers,
        migrations_are_applied,
        demonstration_stays_apart,
        database_role_is_limited,
        clocks_agree,
    ]
    for check in checks:
        found = check()
        if found:
            return found
    return []


def database_answers() -> list[CheckMessage]:
    try:
        connections["default"].ensure_connection()
    except DatabaseError as error:
        return refuse(
            10,
            f"The database does not answer: {str(error).splitlines()[0]}",
            "Start it, or correct DATABASE_URL.",
        )
    return []


def migrations_are_applied() -> list[CheckMessage]:
    executor = MigrationExecutor(connections["default"])
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return []
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in pending[:3])
    more = f" and {len(pending) - 3} more" if len(pending) > 3 else ""
    return refuse(
        11,
        f"The database is older than the program: {names}{more} not applied.",
        "Make a backup, then run: python manage.py migrate",
    )


def demonstration_stays_apart() -> list[CheckMessage]:
    users = apps.get_model(settings.AUTH_USER_MODEL)._default_manager
    if settings.DEMO or not users.filter(is_demo=True).exists():
        return []
    return refuse(
        12,
        "There are demonstration accounts, whose passwords are public, and this is not a "
        "demonstration.",
        "Use another DATA_DIR or database for real people, or say CAUSEWAY_DEMO=1.",
    )


def database_role_is_limited() -> list[CheckMessage]:
    """A superuser could change the audit trail; on this machine alone that is for its owner."""
    connection = connections["default"]
    host = str(connection.settings_dict.get("HOST") or "")
    if (
        connection.vendor != "postgresql"
        or not host
        or host.startswith("/")
        or host in settings.LOOPBACK
    ):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            return []
    return refuse(
        13,
        "Causeway uses PostgreSQL as a superuser, who could alter the audit trail.",
        "Make a role that owns only this database, and use it in DATABASE_URL.",
    )


def clocks_agree() -> list[CheckMessage]:
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        difference = abs(timezone.now() - cursor.fetchone()[0])
    if difference <= LARGEST_CLOCK_DIFFERENCE:
        return []
    return refuse(
        14,
        f"The clocks of this machine and of the database differ by {difference.seconds} s. "
        "Due dates and links would run out at the wrong time.",
        "Let both machines take their time from the same server (NTP).",
    )
