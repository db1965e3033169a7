"""What the access log may hold."""

import uuid

import pytest

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
