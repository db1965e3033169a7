"""Account, tokens, practice settings, and what every page shares."""

import re
from datetime import time

import pytest
from django.db import OperationalError
from django.test import Client as Browser

from clinic.models import ApiToken, AuditEvent, Practice, User
from clinic.tokens import hash_token
from tests.factories import make_user

# --- Account ------------------------------------------------------------------------------------


def test_own_name_is_changed(ada, signed_in):
    assert signed_in(ada).post("/account/", {"name": " Ada  Holm-Reyes "}).url == "/account/"
    assert User.objects.get(pk=ada.user_id).name == "Ada Holm-Reyes"
    assert AuditEvent.objects.get(action="user.change").fields == ["name"]


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 121, "Ada\nHolm", "Ada\x00"])
def test_bad_name_is_kept_on_the_page_and_not_saved(ada, signed_in, name):
    page = signed_in(ada).post("/account/", {"name": name})
    assert page.status_code == 400
    assert page.context["form"]["name"].value() == name
    assert User.objects.get(pk=ada.user_id).name == "Ada Holm"


def test_form_of_the_account_changes_nothing_else(ada, signed_in):
    data = {"name": "Ada", "email": "x@y.example", "role": "practice_admin", "is_active": "0"}
    signed_in(ada).post("/account/", {**data, "also_practice_admin": "1"})
    user = User.objects.get(pk=ada.user_id)
    assert (user.email, user.is_active) == ("ada@harbour.example", True)
    assert (user.membership.role, user.membership.also_practice_admin) == ("clinician", False)


def test_person_without_a_practice_gets_a_calm_page(db):
    browser = Browser()
    browser.force_login(make_user("Lone Star"))
    page = browser.get("/")
    assert page.status_code == 403
    assert "You belong to no practice" in page.content.decode()


# --- Tokens -------------------------------------------------------------------------------------


def test_token_is_shown_once(ada, signed_in):
    browser = signed_in(ada)
    page = browser.post(
        "/account/tokens/", {"name": "Notebook", "scopes": ["read", "write"], "lifetime": "30"}
    )
    value = page.context["value"]
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, bytes(token.token_hash)) == (
        "Notebook",
        ["read", "write"],
        hash_token(value),
    )
    assert value in page.content.decode()
    later = browser.get("/account/tokens/").content.decode()
    assert value not in later
    assert token.hint in later


@pytest.mark.parametrize(
    "data, field",
    [
        ({"name": "", "scopes": ["read"], "lifetime": "30"}, "name"),
        ({"name": "x" * 81, "scopes": ["read"], "lifetime": "30"}, "name"),
        ({"name": "Notebook", "lifetime": "30"}, "scopes"),
        ({"name": "Notebook", "scopes": ["admin"], "lifetime": "30"}, "scopes"),
        ({"name": "Notebook", "scopes": ["READ"], "lifetime": "30"}, "scopes"),
        ({"name": "Notebook", "scopes": ["read"], "lifetime": "9999"}, "lifetime"),
        ({"name": "Notebook", "scopes": ["read"], "lifetime": "1e999"}, "lifetime"),
    ],
)
def test_bad_token_is_not_made(ada, signed_in, data, field):
    page = signed_in(ada).post("/account/tokens/", data)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["name"].value() == data["name"]
    assert ApiToken.objects.count() == 0


def test_only_ones_own_token_is_revoked(ada, ben, signed_in):
    data = {"name": "Notebook", "scopes": ["read"], "lifetime": "30"}
    signed_in(ada).post("/account/tokens/", data)
    token = ApiToken.objects.get()
    path = f"/account/tokens/{token.pk}/revoke/"
    assert signed_in(ben).post(path).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert signed_in(ada).post(path).url == "/account/tokens/"
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_front_desk_has_no_tokens(ash, signed_in):
    assert signed_in(ash).get("/account/tokens/").status_code == 403


# --- Practice -----------------------------------------------------------------------------------


def settings_of(practice, **changes) -> dict[str, str]:
    given = {"name": practice.name, "time_zone": practice.time_zone, "crisis_text": ""}
    return {**given, "quiet_from": "21:00", "quiet_until": "08:00", **changes}


@pytest.mark.parametrize("who", ["pat", "solo"])
def test_settings_are_changed_by_who_runs_the_practice(request, harbour, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))
    data = settings_of(harbour, time_zone="Europe/Dublin", crisis_text="Ring 999.\r\nDay or night.")
    assert browser.post("/practice/", data).url == "/practice/"
    practice = Practice.objects.get(pk=harbour.pk)
    assert (practice.time_zone, practice.crisis_text) == (
        "Europe/Dublin",
        "Ring 999.\nDay or night.",
    )


def test_settings_say_whether_the_practice_works_without_commercial_purpose(
    harbour, pat, signed_in
):
    browser = signed_in(pat)
    shown = browser.get("/practice/").content.decode()
    assert "what was given before goes on until it is ended" in shown
    for ticked in ({"non_commercial": "on"}, {}):
        browser.post("/practice/", settings_of(harbour, **ticked))
        assert Practice.objects.get(pk=harbour.pk).non_commercial is bool(ticked)


def test_quiet_hours_and_days_are_changed_and_shown_again(harbour, pat, signed_in):
    browser = signed_in(pat)
    shown = browser.get("/practice/").context["form"]
    assert [str(shown[name]).count("checked") for name in ("quiet_weekdays",)] == [0]
    assert 'value="21:00"' in str(shown["quiet_from"])
    data = settings_of(harbour, quiet_from="19:30", quiet_until="09:15", quiet_weekdays=["6", "5"])
    assert browser.post("/practice/", data).url == "/practice/"
    practice = Practice.objects.get(pk=harbour.pk)
    assert (practice.quiet_from, practice.quiet_until) == (time(19, 30), time(9, 15))
    assert practice.quiet_weekdays == [5, 6]
    event = AuditEvent.objects.get(action="practice.change")
    assert event.fields == ["quiet_from", "quiet_until", "quiet_weekdays"]
    shown = browser.get("/practice/").context["form"]
    assert 'value="09:15"' in str(shown["quiet_until"])
    assert str(shown["quiet_weekdays"]).count("checked") == 2


def test_quiet_hours_can_be_left_out(harbour, pat, signed_in):
    signed_in(pat).post("/practice/", settings_of(harbour, quiet_from="", quiet_until=""))
    practice = Practice.objects.get(pk=harbour.pk)
    assert (practice.quiet_from, practice.quiet_until) == (None, None)


@pytest.mark.parametrize("who", ["ada", "sue", "ash"])
def test_settings_are_closed_to_others(request, harbour, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/practice/").status_code == 403
    assert browser.post("/practice/", settings_of(harbour, name="Mine")).status_code == 403
    assert Practice.objects.get(pk=harbour.pk).name == "Harbour"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"name": ""}, "name"),
        ({"name": "Harbour\r\nBcc: spy@example.org"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"crisis_text": "x" * 1001}, "crisis_text"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_until": ""}, "quiet_until"),
        ({"quiet_until": "21:00"}, "quiet_until"),
        ({"quiet_from": "nine"}, "quiet_from"),
        ({"quiet_from": "24:00"}, "quiet_from"),
        ({"quiet_weekdays": [str(day) for day in range(7)]}, "quiet_weekdays"),
        ({"quiet_weekdays": ["7"]}, "quiet_weekdays"),
        ({"quiet_weekdays": ["Sunday"]}, "quiet_weekdays"),
    ],
)
def test_bad_settings_change_nothing(pat, harbour, signed_in, changes, field):
    page = signed_in(pat).post("/practice/", settings_of(harbour, **changes))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == changes[field]
    assert Practice.objects.get(pk=harbour.pk).name == "Harbour"


# --- Shared -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, first, labels",
    [
        ("ada", "/caseload/", ["Caseload", "Inbox", "Calendar", "Library", "Team"]),
        ("sue", "/caseload/", ["Caseload", "Inbox", "Calendar", "Library", "Team"]),
        ("pat", "/clients/", ["Clients", "Appointments", "Library", "Team"]),
        ("ash", "/clients/", ["Clients", "Appointments", "Team"]),
        ("solo", "/caseload/", ["Caseload", "Inbox", "Clients", "Calendar", "Library", "Team"]),
    ],
)
def test_each_role_gets_its_first_page_and_its_places(request, signed_in, who, first, labels):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/").url == first
    navigation = browser.get("/team/").context["navigation"]
    assert [entry["label"] for entry in navigation] == labels
    assert [entry["label"] for entry in navigation if entry["current"]] == ["Team"]


@pytest.mark.parametrize("theme, kept", [("dark", "dark"), ("light", "light"), ("", ""), ("x", "")])
def test_theme_is_kept_in_a_cookie(db, theme, kept):
    browser = Browser()
    response = browser.post("/theme/", {"theme": theme, "next": "/accounts/login/"})
    assert response.url == "/accounts/login/"
    assert browser.cookies["theme"].value == kept
    page = browser.get("/accounts/login/").content.decode()
    assert re.findall(r'data-theme="(\w+)"', page) == ([kept] if kept else [])


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "\x00"])
def test_theme_leads_to_no_foreign_page(db, target):
    url = Browser().post("/theme/", {"theme": "dark", "next": target}).url
    assert url == "/"


@pytest.mark.parametrize("demonstration", [True, False])
def test_every_page_of_a_demonstration_says_that_it_is_one(
    settings, signed_in, client, ada, demonstration
):
    settings.DEMO = demonstration
    sentence = "nobody here is real"
    pages = [
        signed_in(ada).get("/account/"),
        client.get("/accounts/login/"),
        client.get(f"/f/{'A' * 43}/"),
    ]
    assert [sentence in page.content.decode() for page in pages] == [demonstration] * 3


def test_health_check_needs_no_sign_in(db):
    page = Browser().get("/healthz")
    assert (page.status_code, page.content) == (200, b"ok")


def test_post_without_the_mark_is_refused_with_a_page_of_its_own(ada):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ada.user)
    page = browser.post("/account/", {"name": "Changed"})
    assert page.status_code == 403
    assert "This page had grown old" in page.content.decode()
    assert User.objects.get(pk=ada.user_id).name == "Ada Holm"


def test_error_pages_carry_the_headers_and_no_policy_gap(ada, signed_in):
    for page in (signed_in(ada).get("/nothing/"), signed_in(ada).get("/practice/")):
        assert page.status_code in (403, 404)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "error, status, retry", [(OperationalError("gone"), 503, "30"), (ValueError("bug"), 500, None)]
)
def test_broken_page_says_whether_to_try_again(ada, signed_in, monkeypatch, error, status, retry):
    def break_it(*args, **kwargs):
        raise error

    browser = signed_in(ada)
    browser.raise_request_exception = False
    monkeypatch.setattr("clinic.views.team.role_descriptions", break_it)
    page = browser.get("/team/")
    assert (page.status_code, page.headers.get("Retry-After")) == (status, retry)
    assert "Traceback" not in page.content.decode()
