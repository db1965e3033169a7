"""What every answer carries, and what the logs may hold."""

import io
import logging
import logging.config
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client as Browser
from whitenoise.middleware import WhiteNoiseMiddleware

from clinic.gunicorn import mask

TOKEN = "q7Vd0J-1kS_9wZ3xR5tY8uB2nM4pL6aC0eG1hF2iK3o"


@pytest.mark.parametrize("path", ["/f/{}/", "/join/{}/", "/some/new/place/{}", "/x/{}/y/"])
def test_access_log_hides_tokens(path):
    assert TOKEN not in mask(path.format(TOKEN))


def test_access_log_hides_password_reset_keys():
    key = "1-c9x2ab-0123456789abcdef0123456789abcdef"
    assert "0123456789abcdef" not in mask(f"/accounts/password/reset/key/{key}/")


def test_access_log_keeps_identities_and_names():
    path = f"/clients/{uuid.uuid4()}/assignments/new/"
    assert mask(path) == path
    assert mask("/accounts/password/reset/") == "/accounts/password/reset/"


# --- Our own log --------------------------------------------------------------------------------


def logged(write) -> str:
    """What ``write(logger)`` puts out by the handler of the settings."""
    config = logging.config.DictConfigurator(settings.LOGGING)
    config.configure()
    handler = config.config["handlers"]["console"]
    out = handler.setStream(seen := io.StringIO())
    try:
        write(logging.getLogger("clinic.somewhere"))
    finally:
        handler.setStream(out)
    return seen.getvalue()


def test_log_hides_tokens_in_what_is_said_and_in_tracebacks():
    def write(logger):
        logger.warning("Not found: %s", f"/f/{TOKEN}/")
        try:
            raise ValueError(f"no page for /join/{TOKEN}/")
        except ValueError:
            logger.exception("It broke")

    text = logged(write)
    assert TOKEN not in text
    assert "Not found: /f/.../" in text
    assert "ValueError: no page for /join/.../" in text


def test_log_leaves_out_the_values_that_a_database_repeats():
    message = (
        'duplicate key value violates unique constraint "user_email_unique"\n'
        "DETAIL:  Key (lower(email::text))=(canary@client.example) already exists.\n"
    )

    def write(logger):
        try:
            raise IntegrityError(message)
        except IntegrityError:
            logger.exception("It broke")

    text = logged(write)
    assert "user_email_unique" in text
    assert "canary" not in text


# --- Headers ------------------------------------------------------------------------------------

PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def missing_headers(answer) -> set[str]:
    wrong = {name for name, value in PROMISED.items() if answer.headers.get(name) != value}
    if "require-trusted-types-for" not in answer.headers.get("Content-Security-Policy", ""):
        wrong.add("Content-Security-Policy")
    return wrong


@pytest.fixture
def static_file(monkeypatch) -> str:
    """A file that is served as those of an installation are."""
    path = settings.BASE_DIR / "static" / "css"
    name = sorted(Path(path).glob("*.css"))[0].name
    started = WhiteNoiseMiddleware.__init__

    def start(self, *args, **kwargs):
        started(self, *args, **kwargs)
        self.add_files(str(settings.BASE_DIR / "static"), prefix="/static/")

    monkeypatch.setattr(WhiteNoiseMiddleware, "__init__", start)
    return f"/static/css/{name}"


def test_static_files_carry_the_headers_and_are_for_our_own_pages(static_file):
    answer = Browser().get(static_file)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    assert missing_headers(answer) == set()
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "path, options, status",
    [
        ("/static/nothing.css", {}, 404),
        ("/nothing/", {}, 404),
        ("/healthz", {}, 200),
        ("/healthz", {"headers": {"host": "evil.example"}}, 400),
        ("/accounts/login/", {}, 200),
        ("/api/v1/clients/", {}, 401),
        ("/theme/", {}, 405),
    ],
)
def test_every_answer_carries_the_headers_and_is_kept_nowhere(db, path, options, status):
    answer = Browser().get(path, **options)
    assert answer.status_code == status
    assert missing_headers(answer) == set()
    assert "no-store" in answer.headers["Cache-Control"]


def test_redirect_to_tls_carries_the_headers_and_refuses_a_foreign_host(settings, db):
    settings.SECURE_SSL_REDIRECT = True
    for host, status in (("127.0.0.1", 301), ("evil.example", 400)):
        answer = Browser(headers={"host": host}).get("/accounts/login/")
        assert (answer.status_code, missing_headers(answer)) == (status, set())
