"""Passwords: long is not enough when they are put together from what everybody tries first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinic.models import User
from tests.factories import PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "P@ssw0rdP@ssw0rd1",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "qwertyuiopasdfghjkl",
        "abcdefghijklmnopqrstuvwxyz",
        "123456789012345678",
        "iloveyouiloveyou",
        "therapytherapy2026",
        "causewaycauseway1",
        "sunshineprincess",
        "dragonbaseball99",
        "lantern mosaic",  # good, but too short
    ],
)
def test_guessable_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(name="Kim Vale", email="kim@elsewhere.example"))


@pytest.mark.parametrize(
    "password", ["adaholmadaholm26", "harbour2026harbour", "Ada.Holm.Harbour1"]
)
def test_password_from_ones_own_name_or_practice_is_refused(ada, password):
    with pytest.raises(ValidationError):
        validate_password(password, ada.user)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "xK9#mQ2$vL7!pR4z",
        "mein Hund frisst gern Käse",
        "чайник берёза облако",
        "x" * 4 + " lantern mosaic harvest",
    ],
)
def test_long_unrelated_words_are_taken(ada, password):
    validate_password(password, ada.user)


def test_password_is_the_same_however_its_accents_are_composed(ada):
    ada.user.set_password("lantern caf\u00e9 harvest tide")
    assert ada.user.check_password("lantern cafe\u0301 harvest tide")
    assert not ada.user.check_password("lantern cafe harvest tide")


def test_check_stays_quick_for_the_longest_password():
    import time

    started = time.perf_counter()
    validate_password("lantern mosaic harvest tide " * 40, User(name="Kim Vale"))
    assert time.perf_counter() - started < 0.5
