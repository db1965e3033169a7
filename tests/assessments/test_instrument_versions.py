"""Which version of an instrument a practice uses, and that another practice's is never seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from assessments import queries
from assessments.actions.instruments import publish
from assessments.models import Assignment, InstrumentVersion
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Membership
from tests import factories_assessments as asked
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def text_of(version: InstrumentVersion, number: int) -> str:
    return version.text.replace("\nversion = 1\n", f"\nversion = {number}\n")


def adopted(
    origin: InstrumentVersion, by: Membership, *, number: int = 2, at: datetime = LATER
) -> InstrumentVersion:
    """A version that the practice of ``by`` adopted."""
    text = text_of(origin, number)
    return InstrumentVersion.objects.create(
        instrument=origin.instrument,
        practice=by.practice,
        adopted_from=origin,
        adopted_by=by.user,
        version=number,
        text=text,
        checksum=f"{by.practice_id.hex}{number:032d}",
        published_at=at,
    )


@pytest.fixture
def shipped() -> InstrumentVersion:
    return asked.instrument(asked.WEEKLY)


@pytest.fixture
def theirs(shipped, eve) -> InstrumentVersion:
    """A version that another practice adopted."""
    return adopted(shipped, eve)


def test_practice_uses_the_version_it_adopted(shipped, theirs, harbour, elsewhere):
    assert queries.newest_versions(harbour) == [shipped]
    assert queries.newest_versions(elsewhere) == [theirs]
    assert queries.newest_versions(None) == [shipped]
    assert queries.newest_version(harbour, asked.WEEKLY) == shipped
    assert queries.newest_version(elsewhere.pk, asked.WEEKLY) == theirs
    assert queries.newest_version(elsewhere, "nothing") is None
    assert queries.versions_of(harbour, asked.WEEKLY) == [shipped]
    assert queries.versions_of(elsewhere, asked.WEEKLY) == [theirs, shipped]


def test_what_ships_later_is_newest_again(shipped, theirs, elsewhere):
    """Also under the number that the practice gave its own."""
    text, now = text_of(shipped, 2), LATER + timedelta(days=1)
    version, new = publish(text=text, by=Actor.system(), now=now)
    assert new
    assert queries.newest_version(elsewhere, asked.WEEKLY) == version


def test_listing_asks_once(django_assert_num_queries, shipped, theirs, harbour):
    asked.instrument(asked.LONG)
    with django_assert_num_queries(1):
        assert len(queries.newest_versions(harbour)) == 2


def test_publishing_does_not_look_at_what_practices_adopted(shipped, theirs):
    """The very text that a practice adopted is new to everyone else."""
    version, new = publish(text=theirs.text, by=Actor.system(), now=LATER)
    assert (new, version.practice, version.version) == (True, None, 2)
    assert publish(text=theirs.text, by=Actor.system(), now=LATER) == (version, False)


def test_instruments_load_again_beside_what_practices_adopted(theirs):
    call_command("load_instruments", verbosity=0)
    call_command("load_instruments", verbosity=0)
    loaded = InstrumentVersion.objects.filter(practice=None, instrument__code=asked.WEEKLY)
    assert [version.version for version in loaded] == [1]


def test_pages_show_no_version_of_another_practice(shipped, theirs, signed_in, ada, nora):
    browser = signed_in(ada)
    library = browser.get(reverse("library")).context["instruments"]
    assert [row["version"] for row in library] == [shipped]
    assert browser.get(reverse("library-instrument", args=[asked.WEEKLY])).context["version"] == (
        shipped
    )
    page = browser.get(reverse("assign", args=[nora.pk]))
    assert list(page.context["form"].versions) == [str(shipped.pk)]


def test_version_of_another_practice_cannot_be_guessed(theirs, signed_in, ada, nora):
    answer = signed_in(ada).post(
        reverse("assign", args=[nora.pk]),
        {"instrument": str(theirs.pk), "cadence": "once", "first_on": str(NOW.date())},
    )
    assert answer.status_code == 400
    assert "instrument" in answer.context["form"].errors
    assert not Assignment.objects.exists()


def test_assigning_refuses_a_version_of_another_practice(theirs, ada, nora):
    with pytest.raises(Refused):
        asked.give_version(
            client=nora,
            version=theirs,
            cadence="once",
            first_on=NOW.date(),
            by=actor(ada),
            now=NOW,
        )
    assert not Assignment.objects.exists()
