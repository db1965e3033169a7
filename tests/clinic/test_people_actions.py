"""Inviting, roles, supervision, leaving."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import connection, transaction

from clinic.actions import Refused, care, people
from clinic.audit import Actor
from clinic.models import AuditEvent, Client, Invitation, Membership, Notice, Supervision, User
from clinic.roles import Role
from clinic.tokens import hash_token
from tests.factories import NOW, PASSWORD, actor, make_care, make_client, make_member

LATER = NOW + timedelta(hours=1)


def invite(pat, email="new@harbour.example", role=Role.CLINICIAN, also_practice_admin=False):
    return people.invite(
        practice=pat.practice,
        email=email,
        role=role,
        also_practice_admin=also_practice_admin,
        by=actor(pat),
        now=NOW,
    )


def accept(invitation, *, email="", now=LATER, **kwargs):
    return people.accept_invitation(
        invitation=invitation,
        name="Kim Vale",
        email=email,
        password=PASSWORD,
        by=Actor(kind="link", id=invitation.pk, practice_id=invitation.practice_id),
        now=now,
        **kwargs,
    )


# --- Invitations --------------------------------------------------------------------------------


def test_invitation_writes_one_encrypted_notice_with_the_link(pat):
    invitation, token = invite(pat)
    notice = Notice.objects.get(about=invitation.pk)
    assert notice.recipient == "new@harbour.example"
    assert f"/join/{token}/" in notice.text
    assert notice.message_id == f"<{notice.pk}@localhost>"


def test_invitation_token_is_kept_only_as_hash(pat):
    invitation, token = invite(pat)
    assert bytes(Invitation.objects.get(pk=invitation.pk).token_hash) == hash_token(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, text, recipient FROM clinic_notice")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert token.encode() not in stored


def test_accepting_makes_the_member_with_the_role_offered(pat):
    invitation, token = invite(pat, role=Role.SUPERVISOR, also_practice_admin=True)
    assert people.find_invitation(token, LATER) == invitation
    user = accept(invitation)
    member = user.memberships.get()
    assert (user.email, user.name, user.check_password(PASSWORD)) == (
        "new@harbour.example",
        "Kim Vale",
        True,
    )
    assert (member.practice, member.role, member.also_practice_admin) == (
        pat.practice,
        Role.SUPERVISOR,
        True,
    )


def test_invitation_works_once(pat):
    invitation, token = invite(pat)
    accept(invitation)
    assert people.find_invitation(token, LATER) is None
    with pytest.raises(Refused):
        accept(invitation)
    assert User.objects.filter(email="new@harbour.example").count() == 1


@pytest.mark.parametrize("days, found", [(6.99, True), (7, False)])
def test_invitation_expires(pat, days, found):
    _invitation, token = invite(pat)
    assert (people.find_invitation(token, NOW + timedelta(days=days)) is not None) is found


def test_new_invitation_replaces_the_earlier_one_and_its_mail(pat):
    first, first_token = invite(pat)
    _second, second_token = invite(pat)
    assert people.find_invitation(first_token, LATER) is None
    assert people.find_invitation(second_token, LATER) is not None
    notice = Notice.objects.get(about=first.pk)
    assert (notice.cancelled_at, notice.text) == (NOW, None)


def test_revoked_invitation_is_gone_with_its_mail(pat):
    invitation, token = invite(pat)
    people.revoke_invitation(invitation=invitation, by=actor(pat), now=LATER)
    assert people.find_invitation(token, LATER) is None
    assert Notice.objects.get(about=invitation.pk).text is None
    with pytest.raises(Refused):
        accept(invitation)


def test_colleague_already_here_is_not_invited(pat, ada):
    with pytest.raises(Refused) as refusal:
        invite(pat, email="ADA@harbour.example")
    assert refusal.value.field == "email"


def test_invitation_does_not_tell_that_an_address_works_elsewhere(pat, eve):
    invitation, _token = invite(pat, email=eve.user.email)
    with pytest.raises(Refused) as refusal:
        accept(invitation)
    assert refusal.value.field == "email"
    assert eve.user.memberships.count() == 1


def test_former_colleague_takes_up_their_account_again(pat, ada):
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    invitation, _token = invite(pat, email=ada.user.email)
    user = accept(invitation)
    assert user.pk == ada.user.pk
    assert user.memberships.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    "sees_clients, role, also_admin",
    [(True, Role.CLINICIAN, True), (False, Role.PRACTICE_ADMIN, False)],
)
def test_first_admin_says_whether_they_see_clients(harbour, sees_clients, role, also_admin):
    invitation, token = people.invite_first_admin(
        practice=harbour, by=Actor.system("console"), now=NOW
    )
    assert people.find_invitation(token, NOW + timedelta(minutes=29)) == invitation
    assert people.find_invitation(token, NOW + timedelta(minutes=30)) is None
    user = accept(
        invitation,
        email="first@harbour.example",
        now=NOW + timedelta(minutes=1),
        sees_clients=sees_clients,
    )
    member = user.memberships.get()
    assert (member.role, member.also_practice_admin) == (role, also_admin)


def test_sees_clients_counts_for_nobody_but_the_first_admin(pat):
    invitation, _token = invite(pat, role=Role.ASSISTANT)
    member = accept(invitation, sees_clients=True).memberships.get()
    assert (member.role, member.also_practice_admin) == (Role.ASSISTANT, False)


def test_set_up_link_is_refused_where_somebody_runs_the_practice(pat):
    with pytest.raises(Refused):
        people.invite_first_admin(practice=pat.practice, by=Actor.system("console"), now=NOW)


# --- Roles --------------------------------------------------------------------------------------


def change_role(member, by, role, also=False):
    return people.change_role(
        membership=member, role=role, also_practice_admin=also, by=actor(by), now=NOW
    )


def test_role_changes_and_leaves_an_event_with_both(pat, ada):
    change_role(ada, pat, Role.SUPERVISOR, also=True)
    ada.refresh_from_db()
    assert (ada.role, ada.also_practice_admin) == (Role.SUPERVISOR, True)
    event = AuditEvent.objects.get(action="membership.change_role")
    assert event.details == {
        "from": "clinician",
        "from_also_admin": False,
        "to": "supervisor",
        "to_also_admin": True,
    }


def test_nobody_changes_their_own_role(solo):
    with pytest.raises(Refused):
        change_role(solo, solo, Role.SUPERVISOR)


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.CLINICIAN])
def test_last_admin_cannot_be_demoted(pat, ada, role):
    with pytest.raises(Refused):
        change_role(pat, ada, role)
    pat.refresh_from_db()
    assert pat.role == Role.PRACTICE_ADMIN


def test_last_admin_cannot_be_removed(pat, ada):
    with pytest.raises(Refused):
        people.end_membership(membership=pat, by=actor(ada), now=NOW)
    pat.refresh_from_db()
    assert pat.ended_at is None


def test_inactive_admin_does_not_count_as_another(pat, solo, ada):
    solo.user.is_active = False
    solo.user.save()
    with pytest.raises(Refused):
        change_role(pat, ada, Role.ASSISTANT)


def test_admin_can_be_demoted_while_another_remains(pat, solo):
    change_role(pat, solo, Role.ASSISTANT)
    pat.refresh_from_db()
    assert pat.role == Role.ASSISTANT


def test_role_without_clients_is_refused_to_somebody_who_has_some(pat, ada, nora):
    with pytest.raises(Refused) as refusal:
        change_role(ada, pat, Role.ASSISTANT)
    assert refusal.value.field == "role"


def test_losing_the_role_ends_the_supervision(pat, sue):
    change_role(sue, pat, Role.CLINICIAN)
    assert Supervision.objects.filter(ended_at=None).count() == 0


def test_practice_admin_is_not_also_practice_admin(pat, ada):
    change_role(ada, pat, Role.PRACTICE_ADMIN, also=True)
    ada.refresh_from_db()
    assert (ada.role, ada.also_practice_admin) == (Role.PRACTICE_ADMIN, False)


# --- Leaving ------------------------------------------------------------------------------------


def test_leaving_stops_access_sessions_and_tokens_at_once(pat, ada, nora, signed_in):
    from clinic.actions import tokens

    browser = signed_in(ada)
    _token, value = tokens.create_token(
        membership=ada,
        name="script",
        scopes=["read"],
        expires_at=NOW + timedelta(days=9),
        by=actor(ada),
        now=NOW,
    )
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    assert tokens.find_token(value, NOW) is None
    user = User.objects.get(pk=ada.user_id)
    assert list(Client.objects.visible_to(user)) == []
    assert not user.check_password(PASSWORD)
    assert browser.get("/").url == "/accounts/login/?next=/"


def test_leaving_hands_the_clients_over(pat, ada, ben, nora):
    people.end_membership(membership=ada, hand_over_to=ben, by=actor(pat), now=LATER)
    assert list(Client.objects.visible_to(ben.user)) == [nora]
    event = AuditEvent.objects.get(action="membership.end")
    assert event.details == {"clients": 1, "handed_over_to": str(ben.pk)}


def test_leaving_without_successor_keeps_the_clients_with_the_practice(pat, ada, nora):
    people.end_membership(membership=ada, by=actor(pat), now=LATER)
    assert nora.care.filter(ended_at=None).count() == 0
    assert list(Client.objects.visible_to(pat.user)) == [nora]


def test_leaving_does_not_double_the_care_of_a_shared_client(pat, ada, ben, nora):
    make_care(nora, ben)
    people.end_membership(membership=ada, hand_over_to=ben, by=actor(pat), now=LATER)
    assert nora.care.filter(ended_at=None).count() == 1


def test_clients_are_not_handed_over_to_another_practice(pat, ada, eve, nora):
    with pytest.raises(Refused):
        people.end_membership(membership=ada, hand_over_to=eve, by=actor(pat), now=LATER)
    ada.refresh_from_db()
    assert ada.ended_at is None
    assert nora.care.filter(ended_at=None).count() == 1


def test_leaving_ends_supervision_in_both_directions(pat, ada, sue):
    people.end_membership(membership=sue, by=actor(pat), now=LATER)
    assert Supervision.objects.filter(ended_at=None).count() == 0


def test_ended_membership_cannot_be_changed(pat, ada):
    people.end_membership(membership=ada, by=actor(pat), now=LATER)
    with pytest.raises(Refused):
        change_role(ada, pat, Role.SUPERVISOR)


# --- Supervision --------------------------------------------------------------------------------


def start_supervision(supervisor, clinician, by):
    return people.start_supervision(
        supervisor=supervisor, clinician=clinician, by=actor(by), now=NOW
    )


def test_supervision_opens_the_clients_of_the_clinician(pat, sue, ben, otto):
    assert list(Client.objects.visible_to(sue.user)) == []
    start_supervision(sue, ben, pat)
    assert list(Client.objects.visible_to(sue.user)) == [otto]


def test_ended_supervision_closes_them_at_once(pat, sue, nora):
    supervision = Supervision.objects.get()
    assert list(Client.objects.visible_to(sue.user)) == [nora]
    people.end_supervision(supervision=supervision, by=actor(pat), now=NOW)
    assert list(Client.objects.visible_to(sue.user)) == []


@pytest.mark.parametrize("supervisor, clinician", [("ada", "ben"), ("sue", "pat"), ("sue", "ada")])
def test_unfitting_supervision_is_refused(request, pat, sue, supervisor, clinician):
    rows = [request.getfixturevalue(name) for name in (supervisor, clinician)]
    with pytest.raises(Refused):
        start_supervision(*rows, pat)


def test_supervision_across_practices_is_refused(pat, sue, eve):
    with pytest.raises(Refused):
        start_supervision(sue, eve, pat)


# --- Practice -----------------------------------------------------------------------------------


def test_practice_change_names_only_the_changed_fields(pat):
    people.change_practice(
        practice=pat.practice,
        name="Harbour",
        time_zone="Europe/Dublin",
        crisis_text="Ring 999.",
        by=actor(pat),
        now=NOW,
    )
    assert AuditEvent.objects.get(action="practice.change").fields == ["crisis_text", "time_zone"]


def test_practice_says_that_it_works_without_commercial_purpose(pat):
    settings = {"name": "Harbour", "time_zone": "Europe/London", "crisis_text": ""}

    def change(**more):
        people.change_practice(practice=pat.practice, by=actor(pat), now=NOW, **settings, **more)
        pat.practice.refresh_from_db()
        return pat.practice.non_commercial

    assert change(non_commercial=True) is True
    assert AuditEvent.objects.get(action="practice.change").fields == ["non_commercial"]
    assert change() is True  # not said, not changed
    assert change(non_commercial=False) is False


def test_practices_do_not_share_people(harbour, elsewhere):
    make_member(harbour, "Ada Holm")
    make_client(elsewhere, "Zoe Falk")
    assert Membership.objects.filter(practice=elsewhere).count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_is_given_to_a_colleague_who_is_leaving_at_that_moment(ada, pat, otto):
    def give() -> str:
        try:
            care.start_care(client=otto, clinician=ada, by=actor(pat), now=NOW)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            people.end_membership(membership=ada, by=actor(pat), now=NOW)
            giving = pool.submit(give)
            wait([giving], timeout=0.5)
        assert giving.result(timeout=10) == "This person does not work at the client's practice."
