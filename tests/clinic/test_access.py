"""Who reaches whom, for every role, and what the gate answers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from clinic import access, triggers
from clinic.actions import care, people
from clinic.audit import Actor
from clinic.models import AuditEvent, CareRelationship, Client, User
from clinic.models.ids import new_id
from clinic.roles import RULES, Permission, Reach, Role
from tests.factories import NOW, actor, make_care, make_client, make_user


def seen_by(user) -> set[str]:
    return {client.name for client in Client.objects.visible_to(user)}


def clinical_for(user) -> set[str]:
    return {client.name for client in Client.objects.in_clinical_reach_of(user)}


@pytest.mark.parametrize(
    "who, identity, clinical",
    [
        ("ada", {"Nora Lind"}, {"Nora Lind"}),
        ("ben", {"Otto Brandt"}, {"Otto Brandt"}),
        ("sue", {"Nora Lind"}, {"Nora Lind"}),
        ("pat", {"Nora Lind", "Otto Brandt"}, set()),
        ("ash", {"Nora Lind", "Otto Brandt"}, set()),
        ("solo", {"Nora Lind", "Otto Brandt"}, set()),
        ("eve", {"Zoe Falk"}, {"Zoe Falk"}),
    ],
)
def test_each_role_reaches_its_clients_and_no_other(
    request, nora, otto, zoe, who, identity, clinical
):
    user = request.getfixturevalue(who).user
    assert seen_by(user) == identity
    assert clinical_for(user) == clinical


def test_solo_practitioner_reads_only_their_own_clients(harbour, solo, nora):
    own = make_client(harbour, "Ina Berg", carer=solo)
    assert clinical_for(solo.user) == {own.name}


@pytest.mark.parametrize("user", [AnonymousUser(), None, object()])
def test_nobody_and_anything_unknown_reach_nothing(nora, user):
    assert seen_by(user) == set()
    assert not access.may(user, Permission.SEE_IDENTITY, nora)
    assert not access.may_in_practice(user, Permission.SEE_TEAM)


def test_inactive_user_reaches_nothing(ada, nora):
    ada.user.is_active = False
    ada.user.save()
    assert seen_by(User.objects.get(pk=ada.user_id)) == set()


def test_user_without_membership_reaches_nothing(nora):
    assert seen_by(make_user("Lone Star")) == set()


def test_ended_care_ends_access_at_once(ada, nora):
    relationship = nora.care.get()
    care.end_care(relationship=relationship, by=actor(ada), now=NOW)
    assert seen_by(ada.user) == set()


def test_ended_membership_ends_access_even_where_care_stayed_open(ada, nora, pat):
    ada.ended_at, ada.ended_by = NOW, pat.user
    ada.save()
    assert nora.care.filter(ended_at=None).count() == 1
    assert seen_by(User.objects.get(pk=ada.user_id)) == set()


def test_supervisor_loses_sight_with_the_supervision_or_the_clinician(sue, ada, pat, nora):
    assert clinical_for(sue.user) == {"Nora Lind"}
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    assert clinical_for(User.objects.get(pk=sue.user_id)) == set()


def test_supervisor_does_not_inherit_ended_supervision_of_another(sue, ada, ben, nora, otto, pat):
    ended = people.start_supervision(supervisor=sue, clinician=ben, by=actor(pat), now=NOW)
    people.end_supervision(supervision=ended, by=actor(pat), now=NOW)
    assert clinical_for(sue.user) == {"Nora Lind"}


def test_clinician_with_supervision_row_but_other_role_reads_nothing_more(sue, nora):
    sue.role = Role.CLINICIAN
    sue.save()
    assert clinical_for(User.objects.get(pk=sue.user_id)) == set()


def test_supervisor_has_clients_of_their_own_as_well(harbour, sue, nora):
    make_client(harbour, "Ina Berg", carer=sue)
    assert clinical_for(sue.user) == {"Nora Lind", "Ina Berg"}


def test_reach_is_one_query(ada, nora, django_assert_num_queries):
    user = User.objects.get(pk=ada.user_id)
    with django_assert_num_queries(2):  # the membership, once a request, and the clients
        assert len(Client.objects.visible_to(user)) == 1


def test_care_across_practices_would_open_nothing(eve, nora):
    """The database refuses such a row; should one ever get in, the practice is asked again."""
    with connection.cursor() as cursor:
        triggers.remove(cursor, connection.vendor, triggers.PEOPLE)
    CareRelationship.objects.create(client=nora, clinician=eve, started_at=NOW)
    assert seen_by(eve.user) == set()


# --- The gate -----------------------------------------------------------------------------------


def test_stranger_and_nonexistent_are_the_same_404(ada, otto, zoe):
    for pk in (otto.pk, zoe.pk, new_id()):
        with pytest.raises(Http404):
            access.find_client(ada.user, pk, needs=Permission.SEE_IDENTITY)


def test_client_in_reach_without_the_permission_is_403(pat, sue, ash, nora):
    for member, permission in [
        (pat, Permission.SEE_CLINICAL),
        (ash, Permission.MANAGE_CARE),
        (ash, Permission.CLOSE_CLIENT),
        (ash, Permission.SEE_HISTORY),
        (sue, Permission.EDIT_IDENTITY),
        (sue, Permission.ASSIGN),
    ]:
        with pytest.raises(PermissionDenied):
            access.find_client(member.user, nora.pk, needs=permission)


def test_gate_gives_the_row_with_its_practice(ada, nora, django_assert_num_queries):
    found = access.find_client(ada.user, nora.pk, needs=Permission.SEE_CLINICAL)
    assert found == nora
    with django_assert_num_queries(0):
        assert found.practice.name == "Harbour"


def test_rows_that_point_at_a_client_are_found_through_them(ada, ben, nora, otto):
    mine, other = nora.care.get(), otto.care.get()
    rows = CareRelationship.objects.all()
    assert access.find(ada.user, rows, mine.pk, needs=Permission.SEE_IDENTITY) == mine
    with pytest.raises(Http404):
        access.find(ada.user, rows, other.pk, needs=Permission.SEE_IDENTITY)


def test_membership_is_refused_to_who_has_none(db, ada):
    assert access.membership(ada.user) == ada
    with pytest.raises(PermissionDenied):
        access.membership(make_user("Lone Star"))


# --- Roles as data ------------------------------------------------------------------------------


def test_every_role_has_rules_and_a_description():
    assert set(RULES) == set(Role)
    assert all(str(rules.description) for rules in RULES.values())


def test_nobody_but_carers_and_supervisors_sees_clinical_data():
    reaches = {
        (role, reach)
        for role, rules in RULES.items()
        for reach, permissions in rules.by_reach.items()
        if Permission.SEE_CLINICAL in permissions
    }
    assert reaches == {
        (Role.CLINICIAN, Reach.OWN),
        (Role.SUPERVISOR, Reach.OWN),
        (Role.SUPERVISOR, Reach.SUPERVISED),
    }


def test_only_the_practice_admin_manages_the_team():
    assert {role for role, rules in RULES.items() if Permission.MANAGE_TEAM in rules.general} == {
        Role.PRACTICE_ADMIN
    }


def test_audit_trail_is_visible_to_those_who_run_the_practice(ada, pat, solo, nora, eve, zoe):
    own = AuditEvent.objects.filter(practice_id=pat.practice_id).count()
    assert own > 0
    for member, count in [(pat, own), (solo, own), (ada, 0), (eve, 0)]:
        assert AuditEvent.objects.visible_to(member.user).count() == count


def test_care_of_two_clinicians_opens_to_both(ada, ben, nora):
    make_care(nora, ben)
    assert seen_by(ada.user) == seen_by(ben.user) == {"Nora Lind"}


def test_care_that_begins_again_opens_again(ada, nora, pat):
    care.end_care(relationship=nora.care.get(), by=actor(pat), now=NOW)
    later = NOW + timedelta(days=1)
    care.start_care(client=nora, clinician=ada, by=Actor.system(), now=later)
    assert seen_by(ada.user) == {"Nora Lind"}
