"""Adding, editing and closing a client, and who cares."""

from datetime import timedelta

import pytest

from clinic.actions import Refused, care
from clinic.actions.care import ChangedMeanwhile
from clinic.audit import Actor
from clinic.models import AuditEvent, Client
from tests.factories import NOW, actor

LATER = NOW + timedelta(days=1)


def edit(client, by, **changes):
    given = {
        "name": client.name,
        "number": None,
        "date_of_birth": None,
        "email": None,
        "phone": None,
        "note": None,
    }
    return care.edit_client(client=client, by=actor(by), now=LATER, **{**given, **changes})


def test_new_client_has_an_episode_a_carer_and_two_events(harbour, ada):
    client = care.add_client(
        practice=harbour, name="Ina Berg", clinician=ada, by=actor(ada), now=NOW
    )
    assert client.episodes.get().started_at == NOW
    assert client.care.get().clinician == ada
    events = AuditEvent.objects.filter(client_id=client.pk).order_by("pk")
    assert [event.action for event in events] == ["client.add", "care.start"]


def test_client_without_a_carer_stays_with_the_practice(harbour, pat):
    client = care.add_client(practice=harbour, name="Ina Berg", by=actor(pat), now=NOW)
    assert client.care.count() == 0
    assert list(Client.objects.visible_to(pat.user)) == [client]


def test_client_is_not_added_when_the_carer_is_refused(harbour, pat, eve):
    with pytest.raises(Refused):
        care.add_client(practice=harbour, name="Ina Berg", clinician=eve, by=actor(pat), now=NOW)
    assert Client.objects.count() == 0


def test_empty_contact_details_are_stored_as_not_given(harbour, pat):
    client = care.add_client(
        practice=harbour, name="Ina Berg", email="", phone="", note="", by=actor(pat), now=NOW
    )
    client = Client.objects.get(pk=client.pk)
    assert (client.email, client.phone, client.note) == (None, None, None)


def test_second_writer_is_told_and_changes_nothing(nora, ada, pat):
    seen = care.identity_version(nora)
    edit(nora, ada, phone="1", seen_version=seen)
    with pytest.raises(ChangedMeanwhile):
        edit(nora, pat, phone="2", seen_version=seen)
    assert Client.objects.get(pk=nora.pk).phone == "1"


def test_version_is_of_what_was_read_not_of_what_stands_there_since(nora, ada, pat):
    shown = Client.objects.get(pk=nora.pk)
    edit(nora, ada, phone="1")
    with pytest.raises(ChangedMeanwhile):
        edit(nora, pat, phone="2", seen_version=care.identity_version(shown))


def test_saving_the_same_leaves_the_version(nora, ada):
    seen = care.identity_version(nora)
    edit(nora, ada, email="nora@client.example", seen_version=seen)
    assert care.identity_version(nora) == seen


# --- Closing ------------------------------------------------------------------------------------


def test_closing_ends_the_episode_and_keeps_the_record_readable(nora, ada):
    client = care.close_client(client=nora, by=actor(ada), now=LATER)
    assert (client.closed_at, client.closed_by) == (LATER, ada.user)
    assert client.episodes.get().ended_at == LATER
    assert list(Client.objects.in_clinical_reach_of(ada.user)) == [nora]


def test_reopening_begins_a_new_episode(nora, ada):
    care.close_client(client=nora, by=actor(ada), now=LATER)
    client = care.reopen_client(client=nora, by=actor(ada), now=LATER + timedelta(days=9))
    assert (client.closed_at, client.closed_by) == (None, None)
    assert [episode.ended_at for episode in client.episodes.order_by("started_at")] == [LATER, None]
    trail = AuditEvent.objects.filter(client_id=nora.pk).order_by("-pk")
    assert list(trail.values_list("action", flat=True)[:2]) == ["client.reopen", "client.close"]


@pytest.mark.parametrize("verb", ["close_client", "reopen_client"])
def test_closing_and_reopening_twice_is_refused(nora, ada, verb):
    if verb == "close_client":
        care.close_client(client=nora, by=actor(ada), now=LATER)
    with pytest.raises(Refused):
        getattr(care, verb)(client=nora, by=actor(ada), now=LATER)


def test_closing_with_a_clock_set_back_still_gives_a_true_episode(nora, ada):
    care.close_client(client=nora, by=actor(ada), now=NOW - timedelta(hours=1))
    episode = nora.episodes.get()
    assert episode.ended_at > episode.started_at


# --- Care ---------------------------------------------------------------------------------------


def test_care_starts_with_its_date_and_who_started_it(nora, ben, pat):
    relationship = care.start_care(client=nora, clinician=ben, by=actor(pat), now=LATER)
    assert (relationship.started_at, relationship.started_by) == (LATER, pat.user)


@pytest.mark.parametrize("who", ["ada", "pat", "ash", "eve"])
def test_unfitting_care_is_refused_beside_the_field(request, nora, pat, who):
    member = request.getfixturevalue(who)
    with pytest.raises(Refused) as refusal:
        care.start_care(client=nora, clinician=member, by=actor(pat), now=LATER)
    assert refusal.value.field == "clinician"


def test_member_who_left_cannot_start_caring(nora, ben, pat):
    ben.ended_at, ben.ended_by = NOW, pat.user
    ben.save()
    with pytest.raises(Refused):
        care.start_care(client=nora, clinician=ben, by=actor(pat), now=LATER)


def test_care_ends_once(nora, pat):
    relationship = nora.care.get()
    care.end_care(relationship=relationship, by=actor(pat), now=LATER)
    with pytest.raises(Refused):
        care.end_care(relationship=relationship, by=actor(pat), now=LATER)
    assert AuditEvent.objects.filter(action="care.end").count() == 1


def test_carers_are_open_members_with_clients_of_their_own(harbour, ada, ben, sue, pat, ash, solo):
    ben.ended_at, ben.ended_by = NOW, pat.user
    ben.save()
    assert [member.user.name for member in care.carers_of(harbour)] == [
        "Ada Holm",
        "Sol Ogilvy",
        "Sue Marsh",
    ]


def test_action_by_the_system_leaves_no_user(harbour, ada):
    client = care.add_client(
        practice=harbour, name="Ina Berg", clinician=ada, by=Actor.system(), now=NOW
    )
    assert client.care.get().started_by is None
