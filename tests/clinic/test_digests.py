"""The weekly digest: who wants it, and when it is due."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from clinic.actions import Refused, digests, people
from clinic.models import AuditEvent, Membership
from tests.factories import NOW, actor

MONDAY, SUNDAY = 0, 6


def choose(member, weekday=MONDAY, now=NOW):
    return digests.choose_digest(membership=member, weekday=weekday, by=actor(member), now=now)


def again(member):
    return Membership.objects.get(pk=member.pk)


@pytest.mark.parametrize(
    "zone, now, weekday, due",
    [
        # NOW is Monday 2 November 2026.
        ("Europe/London", "2026-11-02 06:59:59", MONDAY, "2026-11-02 07:00"),
        ("Europe/London", "2026-11-02 07:00:00", MONDAY, "2026-11-09 07:00"),
        ("Europe/London", "2026-11-03 12:00:00", MONDAY, "2026-11-09 07:00"),
        # Clocks go back on 25 October and forward on 28 March: each time an hour apart.
        ("Europe/London", "2026-10-19 12:00:00", MONDAY, "2026-10-26 07:00"),
        ("Europe/London", "2026-10-12 12:00:00", MONDAY, "2026-10-19 06:00"),
        ("Europe/London", "2026-10-24 12:00:00", SUNDAY, "2026-10-25 07:00"),
        ("Europe/London", "2027-03-22 12:00:00", SUNDAY, "2027-03-28 06:00"),
        # The day is that of the practice.
        ("Pacific/Auckland", "2026-11-01 17:00:00", MONDAY, "2026-11-01 18:00"),
        ("Pacific/Auckland", "2026-11-01 18:00:00", MONDAY, "2026-11-08 18:00"),
        ("America/Los_Angeles", "2026-11-02 07:00:00", SUNDAY, "2026-11-08 15:00"),
    ],
)
def test_digest_is_due_at_seven_by_the_clocks_of_the_practice(zone, now, weekday, due):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = digests.next_digest(at, ZoneInfo(zone), weekday)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("weekday", range(7))
def test_year_has_one_digest_a_week(zone, weekday):
    at, days = NOW, []
    for _week in range(60):
        at = digests.next_digest(at, ZoneInfo(zone), weekday)
        wall = at.astimezone(ZoneInfo(zone))
        assert (wall.hour, wall.minute, wall.weekday()) == (7, 0, weekday)
        days.append(wall.date())
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(weeks=1)}


def test_choice_is_kept_with_when_it_is_due(ada):
    choose(ada)
    assert (again(ada).digest_weekday, again(ada).digest_due_at) == (
        MONDAY,
        NOW.replace(day=9, hour=7),
    )
    event = AuditEvent.objects.get(action="membership.choose_digest")
    assert (event.actor_id, event.details) == (ada.user_id, {"weekday": 0})
    choose(ada, now=NOW + timedelta(days=10))  # the same again moves nothing
    assert again(ada).digest_due_at == NOW.replace(day=9, hour=7)
    choose(ada, None)
    assert (again(ada).digest_weekday, again(ada).digest_due_at) == (None, None)


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_digest_is_for_those_who_have_clients(request, who):
    with pytest.raises(Refused, match="you have none"):
        choose(request.getfixturevalue(who))


def test_claim_is_given_once_and_moves_the_digest_on(ada):
    choose(ada)
    now = NOW.replace(day=9, hour=7)
    (first,), (second,) = digests.due_digests(now), digests.due_digests(now)
    assert digests.claim_digest(first, now) is True
    assert digests.claim_digest(second, now) is False
    assert again(ada).digest_due_at == NOW.replace(day=16, hour=7)
    assert not digests.due_digests(now).exists()


def test_digest_that_is_late_comes_once_and_then_on_its_day(ada):
    choose(ada)
    late = NOW.replace(day=26)
    (row,) = digests.due_digests(late)
    assert digests.claim_digest(row, late) is True
    assert again(ada).digest_due_at == NOW.replace(day=30, hour=7)


def move(practice, zone, by, now=NOW):
    people.change_practice(
        practice=practice, name="Harbour", time_zone=zone, crisis_text="", by=actor(by), now=now
    )


def test_another_zone_of_the_practice_keeps_day_and_hour(harbour, ada, ben, pat):
    choose(ada)
    move(harbour, "America/New_York", pat)
    assert again(ada).digest_due_at == NOW.replace(day=9, hour=12)
    assert again(ben).digest_due_at is None


def test_digest_of_today_does_not_come_twice_when_the_zone_changes_after_it(harbour, ada, pat):
    choose(ada)
    now = NOW.replace(day=9, hour=7)
    (row,) = digests.due_digests(now)
    digests.claim_digest(row, now)
    move(harbour, "America/New_York", pat, now)
    assert again(ada).digest_due_at == NOW.replace(day=16, hour=12)


def test_role_without_clients_has_no_digest_any_more(ada, pat):
    choose(ada)
    people.change_role(
        membership=ada, role="assistant", also_practice_admin=False, by=actor(pat), now=NOW
    )
    assert (again(ada).digest_weekday, again(ada).digest_due_at) == (None, None)


def test_who_has_left_gets_none(ada, pat):
    choose(ada)
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    assert not digests.due_digests(NOW + timedelta(days=30)).exists()


# --- The account page ---------------------------------------------------------------------------


def test_choice_is_made_on_the_account_page_and_shown_again(ada, signed_in):
    browser = signed_in(ada)
    assert browser.post("/account/", {"do": "digest", "weekday": "3"}).url == "/account/"
    assert again(ada).digest_weekday == 3
    assert 'value="3" selected' in browser.get("/account/").content.decode()
    browser.post("/account/", {"do": "digest", "weekday": ""})
    assert again(ada).digest_weekday is None


@pytest.mark.parametrize("weekday", ["7", "-1", "Monday", "\x00"])
def test_day_that_does_not_exist_changes_nothing(ada, signed_in, weekday):
    page = signed_in(ada).post("/account/", {"do": "digest", "weekday": weekday})
    assert page.status_code == 400
    assert list(page.context["digest"].errors) == ["weekday"]
    assert page.context["form"]["name"].value() == "Ada Holm"
    assert again(ada).digest_weekday is None


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_choice_is_not_offered_to_those_without_clients(request, signed_in, who):
    member = request.getfixturevalue(who)
    browser = signed_in(member)
    assert browser.get("/account/").context["digest"] is None
    browser.post("/account/", {"do": "digest", "weekday": "3"})
    assert again(member).digest_weekday is None
