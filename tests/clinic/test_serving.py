"""How the application is served: who asked, and what the access log may hold."""

import uuid

import pytest

from clinic.gunicorn import mask
from clinic.wsgi import with_visitors_address


def seen(environ: dict, *, behind_proxy: bool) -> dict:
    found: dict = {}
    with_visitors_address(
        lambda inner, start: found.update(inner) or [], behind_proxy=behind_proxy
    )(environ, lambda *_: None)
    return found


def test_visitors_address_is_the_one_our_proxy_added():
    environ = {"REMOTE_ADDR": "172.18.0.2", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}
    assert seen(environ, behind_proxy=True) == {"REMOTE_ADDR": "203.0.113.9"}


def test_forwarded_address_is_not_believed_without_a_proxy():
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}
    assert seen(environ, behind_proxy=False) == {"REMOTE_ADDR": "203.0.113.9"}


def test_address_stays_where_the_proxy_added_none():
    assert seen({"REMOTE_ADDR": "172.18.0.2"}, behind_proxy=True) == {"REMOTE_ADDR": "172.18.0.2"}


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
