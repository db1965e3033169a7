"""Signing in and out, limits, and a forgotten password, through the real pages."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from clinic.actions import people
from clinic.models import AuditEvent, Notice, User
from tests.factories import NOW, PASSWORD, actor, make_user

LOGIN = "/accounts/login/"
REFUSAL = "Address and password do not fit together. Please check both."


@pytest.fixture(autouse=True)
def no_attempts_before(db):
    cache.clear()


def sign_in(email, password=PASSWORD, *, browser=None, address="192.0.2.1"):
    return (browser or Browser()).post(
        LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address
    )


def refusal_of(response) -> str:
    assert response.status_code == 200
    errors = response.context["form"].non_field_errors()
    assert len(errors) == 1
    return errors[0]


def events(action: str) -> list[str]:
    found = AuditEvent.objects.filter(action=action).order_by("pk")
    return [event.outcome for event in found]


# --- In and out ---------------------------------------------------------------------------------


def test_member_signs_in_and_out(ada):
    browser = Browser()
    response = sign_in("ada@harbour.example", browser=browser)
    assert (response.status_code, response.url) == (302, "/")
    assert events("login") == ["done"]
    event = AuditEvent.objects.get(action="login")
    assert (event.actor_id, event.practice_id, event.address) == (
        ada.user_id,
        ada.practice_id,
        "192.0.2.1",
    )
    assert browser.post("/accounts/logout/").status_code == 302
    assert events("logout") == ["done"]
    assert browser.get("/account/").url == f"{LOGIN}?next=/account/"


@pytest.mark.parametrize("typed", ["ADA@Harbour.Example", "  ada@harbour.example"])
def test_address_may_be_typed_in_any_spelling(ada, typed):
    assert sign_in(typed).status_code == 302


def test_every_refusal_is_the_same(ada, ben, pat):
    ben.user.is_active = False
    ben.user.save()
    make_user("Lone Star", email="lone@harbour.example")
    pages = [
        sign_in("ada@harbour.example", "wrong wrong wrong"),
        sign_in("nobody@harbour.example"),
        sign_in("ben@harbour.example"),  # inactive
        sign_in("lone@harbour.example"),  # no membership
    ]
    assert {refusal_of(page) for page in pages} == {REFUSAL}
    assert len({without_what_was_typed(page) for page in pages}) == 1
    assert events("login") == ["refused"] * 4


def without_what_was_typed(page) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    return re.sub(r"[\w.]+@harbour\.example", "", text)


def test_refused_attempt_leaves_no_address_in_the_trail(ada):
    sign_in("canary@harbour.example")
    event = AuditEvent.objects.get(action="login")
    assert (event.actor_id, event.details, event.practice_id) == (None, {}, None)


def test_session_gets_a_new_key_at_sign_in(ada):
    browser = Browser()
    browser.get(LOGIN)
    browser.session.save()
    before = browser.session.session_key
    sign_in("ada@harbour.example", browser=browser)
    assert browser.session.session_key != before


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_sign_in_leads_to_no_foreign_page(ada, target):
    response = Browser().post(
        LOGIN, {"login": "ada@harbour.example", "password": PASSWORD, "next": target}
    )
    assert response.url == "/"


def test_signing_up_is_closed(db):
    response = Browser().get("/accounts/signup/")
    assert response.status_code == 403
    assert "by invitation" in response.content.decode()
    assert Browser().post("/accounts/signup/", {"email": "a@b.example"}).status_code == 405
    assert User.objects.count() == 0


@pytest.mark.parametrize("path", ["email/", "password/set/", "confirm-email/", "login/code/"])
def test_pages_of_allauth_that_are_not_used_do_not_exist(db, ada, signed_in, path):
    assert signed_in(ada).get(f"/accounts/{path}").status_code == 404


def test_member_who_left_is_signed_out_at_once(ada, pat, signed_in):
    browser = signed_in(ada)
    assert browser.get("/account/").status_code == 200
    people.end_membership(membership=ada, by=actor(pat), now=timezone.now())
    assert browser.get("/account/").url == f"{LOGIN}?next=/account/"


def test_inactive_user_is_signed_out_at_once(ada, signed_in):
    browser = signed_in(ada)
    User.objects.filter(pk=ada.user_id).update(is_active=False)
    assert browser.get("/account/").status_code == 302


def test_changed_role_counts_from_the_next_request(ada, pat, signed_in):
    browser = signed_in(ada)
    assert browser.get("/practice/").status_code == 403
    people.change_role(
        membership=ada, role=ada.role, also_practice_admin=True, by=actor(pat), now=NOW
    )
    assert browser.get("/practice/").status_code == 200


# --- Limits -------------------------------------------------------------------------------------


def test_sixth_wrong_password_in_a_quarter_of_an_hour_is_stopped(ada):
    for _attempt in range(5):
        assert refusal_of(sign_in("ada@harbour.example", "wrong wrong wrong")) == REFUSAL
    assert "too many attempts" in refusal_of(sign_in("ada@harbour.example"))
    assert events("login.throttled") == ["refused"]


def test_nobody_can_lock_somebody_out_from_another_address(ada):
    for _attempt in range(6):
        sign_in("ada@harbour.example", "wrong wrong wrong", address="192.0.2.66")
    assert sign_in("ada@harbour.example", address="192.0.2.1").status_code == 302


def test_right_passwords_do_not_count(ada):
    for _attempt in range(7):
        assert sign_in("ada@harbour.example").status_code == 302


def test_one_address_cannot_try_many_accounts(db, settings):
    for number in range(60):
        sign_in(f"n{number}@harbour.example", "wrong wrong wrong", address="192.0.2.66")
    response = sign_in("n60@harbour.example", "wrong wrong wrong", address="192.0.2.66")
    assert response.status_code == 429


def test_account_has_a_hard_stop_over_all_addresses(ada, monkeypatch):
    monkeypatch.setattr("clinic.adapter.ACCOUNT_RATE", {"login_account": "3/d/key"})
    for number in range(3):
        sign_in("ada@harbour.example", "wrong wrong wrong", address=f"192.0.2.{number}")
    assert "too many attempts" in refusal_of(sign_in("ada@harbour.example", address="192.0.2.200"))


# --- A forgotten password -----------------------------------------------------------------------


def ask_for_reset(email: str, **headers):
    return Browser().post("/accounts/password/reset/", {"email": email}, **headers)


def reset_link() -> str:
    text = Notice.objects.get(kind=Notice.Kind.ACCOUNT).text
    return re.search(r"http\S+", text)[0]


def test_reset_goes_through_the_outbox_with_our_own_address(ada, settings, mailoutbox):
    settings.ALLOWED_HOSTS = ["*"]
    response = ask_for_reset("ada@harbour.example", HTTP_HOST="evil.example")
    assert response.url == "/accounts/password/reset/done/"
    assert mailoutbox == []
    notice = Notice.objects.get()
    assert (notice.practice, notice.recipient) == (ada.practice, "ada@harbour.example")
    assert reset_link().startswith(f"{settings.PUBLIC_URL}/accounts/password/reset/key/")
    assert "evil" not in notice.text
    assert events("password.reset_request") == ["done"]


@pytest.mark.parametrize("who", ["nobody", "inactive", "left"])
def test_reset_for_anybody_else_looks_the_same_and_sends_nothing(ada, ben, pat, who):
    people.end_membership(membership=ben, by=actor(pat), now=NOW)
    if who == "inactive":
        User.objects.filter(pk=ada.user_id).update(is_active=False)
    address = {"nobody": "nobody", "inactive": "ada", "left": "ben"}[who]
    response = ask_for_reset(f"{address}@harbour.example")
    assert (response.status_code, response.url) == (302, "/accounts/password/reset/done/")
    assert Notice.objects.count() == 0
    assert events("password.reset_request") == ["refused"]


def set_password(password: str):
    browser = Browser()
    page = browser.get(reset_link(), follow=True)
    (form_page, _status) = page.redirect_chain[-1]
    return browser.post(form_page, {"password1": password, "password2": password})


def test_reset_sets_the_password_ends_sessions_and_says_so_by_mail(ada, signed_in):
    old_session = signed_in(ada)
    ask_for_reset("ada@harbour.example")
    response = set_password("meadow violin copper sky")
    assert response.url == "/accounts/password/reset/key/done/"
    assert User.objects.get(pk=ada.user_id).check_password("meadow violin copper sky")
    assert old_session.get("/account/").status_code == 302
    assert events("password.reset") == ["done"]
    newest = Notice.objects.order_by("-created_at")[0]
    assert newest.subject == "Your password was changed"
    assert sign_in("ada@harbour.example", "meadow violin copper sky").status_code == 302


def test_reset_link_works_once(ada):
    ask_for_reset("ada@harbour.example")
    link = reset_link()
    set_password("meadow violin copper sky")
    page = Browser().get(link, follow=True)
    assert page.context["token_fail"] is True


def test_reset_refuses_a_guessable_password(ada):
    ask_for_reset("ada@harbour.example")
    response = set_password("harbourharbour26")
    assert response.status_code == 200
    assert "password1" in response.context["form"].errors
    assert User.objects.get(pk=ada.user_id).check_password(PASSWORD)


def test_reset_mails_to_one_address_are_limited(ada):
    for _attempt in range(3):
        assert ask_for_reset("ada@harbour.example").status_code == 302
    assert ask_for_reset("ada@harbour.example").status_code == 429
    assert Notice.objects.count() == 3


def test_changed_password_is_in_the_trail_and_mailed(ada, signed_in):
    browser = signed_in(ada)
    new = "meadow violin copper sky"
    response = browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert response.status_code == 302
    assert User.objects.get(pk=ada.user_id).check_password(new)
    assert events("password.change") == ["done"]
    assert Notice.objects.get().recipient == "ada@harbour.example"
    assert browser.get("/account/").status_code == 302


def test_limits_stand_in_the_shared_cache(ada):
    from django.core.cache import caches

    sign_in("ada@harbour.example", "wrong wrong wrong")
    assert type(caches["default"]).__name__ == "DatabaseCache"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clinic_cache")
        assert cursor.fetchone()[0] > 0


def test_idle_session_ends(ada, signed_in, monkeypatch):
    browser = signed_in(ada)
    browser.get("/account/")
    session = browser.session
    session["seen_at"] = (timezone.now() - timedelta(minutes=16)).isoformat()
    session.save()
    assert browser.get("/account/").status_code == 302


def test_address_behind_our_proxy_is_the_last_one_it_added(ada, settings):
    settings.BEHIND_PROXY = True
    Browser().post(
        LOGIN,
        {"login": "ada@harbour.example", "password": PASSWORD},
        HTTP_X_FORWARDED_FOR="10.9.9.9, 198.51.100.4",
        REMOTE_ADDR="172.18.0.2",
    )
    assert AuditEvent.objects.get(action="login").address == "198.51.100.4"


def test_forwarded_address_is_not_believed_without_a_proxy(ada):
    Browser().post(
        LOGIN,
        {"login": "ada@harbour.example", "password": PASSWORD},
        HTTP_X_FORWARDED_FOR="198.51.100.4",
        REMOTE_ADDR="192.0.2.1",
    )
    assert AuditEvent.objects.get(action="login").address == "192.0.2.1"
