"""Events stand in the transaction of what they record, and never hold what they are about."""

import pytest
from django.db import connection, transaction

from clinic import audit
from clinic.actions import care, notices, people, tokens
from clinic.audit import Actor
from clinic.models import (
    ApiToken,
    AuditEvent,
    CareRelationship,
    Client,
    Episode,
    Invitation,
    Membership,
    Notice,
    Practice,
    Supervision,
)
from clinic.roles import Role
from tests.factories import NOW, actor, make_client


@pytest.fixture
def broken_trail(monkeypatch):
    """From now on no event can be written."""

    def refuse(*args, **kwargs):
        raise RuntimeError("the audit trail is full")

    def break_it():
        monkeypatch.setattr(AuditEvent, "save", refuse)

    return break_it


def counts() -> dict[str, int]:
    models = [ApiToken, CareRelationship, Client, Episode, Invitation, Membership, Notice]
    models += [Practice, Supervision]
    return {model.__name__: model.objects.count() for model in models}


ACTIONS = {
    "create_practice": lambda cast: people.create_practice(
        name="New", time_zone="Europe/London", by=Actor.system(), now=NOW
    ),
    "invite": lambda cast: people.invite(
        practice=cast["pat"].practice,
        email="new@harbour.example",
        role=Role.CLINICIAN,
        also_practice_admin=False,
        by=actor(cast["pat"]),
        now=NOW,
    ),
    "change_role": lambda cast: people.change_role(
        membership=cast["ben"],
        role=Role.SUPERVISOR,
        also_practice_admin=False,
        by=actor(cast["pat"]),
        now=NOW,
    ),
    "end_membership": lambda cast: people.end_membership(
        membership=cast["ada"], hand_over_to=cast["ben"], by=actor(cast["pat"]), now=NOW
    ),
    "change_practice": lambda cast: people.change_practice(
        practice=cast["pat"].practice,
        name="Renamed",
        time_zone="Europe/London",
        crisis_text="",
        by=actor(cast["pat"]),
        now=NOW,
    ),
    "add_client": lambda cast: care.add_client(
        practice=cast["pat"].practice,
        name="Ina Berg",
        clinician=cast["ada"],
        by=actor(cast["pat"]),
        now=NOW,
    ),
    "edit_client": lambda cast: care.edit_client(
        client=cast["nora"],
        name="Renamed",
        date_of_birth=None,
        email=None,
        number=None,
        phone=None,
        note=None,
        by=actor(cast["pat"]),
        now=NOW,
    ),
    "close_client": lambda cast: care.close_client(
        client=cast["nora"], by=actor(cast["pat"]), now=NOW
    ),
    "start_care": lambda cast: care.start_care(
        client=cast["nora"], clinician=cast["ben"], by=actor(cast["pat"]), now=NOW
    ),
    "end_care": lambda cast: care.end_care(
        relationship=cast["nora"].care.get(), by=actor(cast["pat"]), now=NOW
    ),
    "create_token": lambda cast: tokens.create_token(
        membership=cast["ada"],
        name="script",
        scopes=["read"],
        expires_at=NOW + tokens.LONGEST_LIFE,
        by=actor(cast["ada"]),
        now=NOW,
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_failing_event_undoes_the_change(request, broken_trail, name):
    cast = {who: request.getfixturevalue(who) for who in ("ada", "ben", "pat", "nora")}
    before = state()
    broken_trail()
    with pytest.raises(RuntimeError):
        ACTIONS[name](cast)
    assert state() == before


@pytest.mark.parametrize("name", ACTIONS)
def test_action_leaves_an_event_by_who_did_it(request, name):
    cast = {who: request.getfixturevalue(who) for who in ("ada", "ben", "pat", "nora")}
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    ACTIONS[name](cast)
    events = list(AuditEvent.objects.filter(pk__gt=last))
    assert events != []
    if name != "create_practice":
        assert {event.practice_id for event in events} == {cast["pat"].practice_id}
        assert {event.actor_role for event in events} <= {"practice_admin", "clinician"}


def state():
    """Counts, and what the actions may change in place."""
    return (
        counts(),
        sorted(Membership.objects.values_list("pk", "role", "ended_at")),
        sorted(Practice.objects.values_list("pk", "name")),
        sorted((client.pk, client.name, client.closed_at) for client in Client.objects.all()),
        sorted(CareRelationship.objects.values_list("pk", "ended_at")),
    )


def test_events_hold_no_name_address_or_token(pat, ada, harbour):
    canaries = ["Quetzal", "canary@client.example", "Wombat", "+44 20 7946 0999"]
    client = make_client(
        harbour, canaries[0], email=canaries[1], note=canaries[2], phone=canaries[3], carer=ada
    )
    _invitation, token = people.invite(
        practice=harbour,
        email="invited@harbour.example",
        role=Role.ASSISTANT,
        also_practice_admin=False,
        by=actor(pat),
        now=NOW,
    )
    _token, value = tokens.create_token(
        membership=ada,
        name="Numbatscript",
        scopes=["read"],
        expires_at=NOW + tokens.LONGEST_LIFE,
        by=actor(ada),
        now=NOW,
    )
    care.edit_client(
        client=client,
        name="Echidna",
        date_of_birth=None,
        email=None,
        number=None,
        phone=None,
        note=None,
        by=actor(pat),
        now=NOW,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clinic_auditevent")
        held = str(cursor.fetchall())
    for word in [*canaries, "invited@", token, value, "Numbat", "Echidna"]:
        assert word not in held


def test_edit_names_the_changed_fields_only(nora, pat):
    care.edit_client(
        client=nora,
        name="Nora Lind",
        date_of_birth=None,
        email="other@client.example",
        number=None,
        phone="1",
        note=None,
        by=actor(pat),
        now=NOW,
    )
    assert AuditEvent.objects.get(action="client.edit").fields == ["email", "phone"]


def test_edit_without_a_change_writes_nothing(nora, pat):
    care.edit_client(
        client=nora,
        name="Nora Lind",
        date_of_birth=None,
        email="nora@client.example",
        number=None,
        phone="",
        note="",
        by=actor(pat),
        now=NOW,
    )
    assert not AuditEvent.objects.filter(action="client.edit").exists()


def test_event_of_a_request_says_where_it_came_from(ada, nora, signed_in):
    browser = signed_in(ada)
    browser.get(f"/clients/{nora.pk}/history/", REMOTE_ADDR="192.0.2.7")
    event = AuditEvent.objects.get(action="client.history")
    assert (event.actor_id, event.actor_role, event.route, event.address) == (
        ada.user_id,
        "clinician",
        "client-history",
        "192.0.2.7",
    )
    assert (event.client_id, event.practice_id) == (nora.pk, nora.practice_id)
    assert event.request_id is not None


def test_event_is_gone_with_its_transaction(nora, ada):
    with transaction.atomic():
        audit.record("client.read", by=actor(ada), now=NOW, client=nora)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(action="client.read").exists()


def test_notice_is_undone_with_what_caused_it(harbour, broken_trail):
    broken_trail()
    with pytest.raises(RuntimeError), transaction.atomic():
        notices.write_notice(
            practice=harbour,
            kind=Notice.Kind.ACCOUNT,
            about=None,
            recipient="a@harbour.example",
            subject="s",
            text="t",
            by=Actor.system(),
            now=NOW,
        )
    assert Notice.objects.count() == 0
