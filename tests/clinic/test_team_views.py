"""Team, member, invitation and join pages."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from clinic.actions import people
from clinic.audit import Actor
from clinic.models import Invitation, Membership, Notice, Supervision, User
from clinic.models.ids import new_id
from clinic.roles import Role
from tests.factories import PASSWORD, actor, make_member

EVERYBODY = ["ada", "sue", "pat", "ash", "solo"]


@pytest.fixture(autouse=True)
def no_tries_before(db):
    cache.clear()


# --- The team -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_team_names_own_colleagues_and_nobody_elses(request, eve, signed_in, who):
    member = request.getfixturevalue(who)
    page = signed_in(member).get("/team/")
    assert member in page.context["members"]
    assert "Eve Stone" not in page.content.decode()


@pytest.mark.parametrize("who, count", [("pat", 1), ("solo", 1), ("ada", 0), ("ash", 0)])
def test_only_those_who_run_the_practice_see_invitations(request, harbour, signed_in, who, count):
    member = request.getfixturevalue(who)
    people.invite(
        practice=harbour,
        email="new@harbour.example",
        role=Role.CLINICIAN,
        also_practice_admin=False,
        by=Actor.system(practice=harbour),
        now=timezone.now(),
    )
    page = signed_in(member).get("/team/")
    assert len(page.context["invitations"]) == count
    assert ("new@harbour.example" in page.content.decode()) is bool(count)


@pytest.mark.parametrize("people_here", [1, 12])
def test_team_costs_the_same_for_few_and_many(
    harbour, pat, signed_in, django_assert_num_queries, people_here
):
    for number in range(people_here):
        make_member(harbour, f"Kim {number}", Role.SUPERVISOR)
    browser = signed_in(pat)
    browser.get("/team/")
    with django_assert_num_queries(6):
        browser.get("/team/")


# --- Inviting -----------------------------------------------------------------------------------


def test_invitation_shows_its_link_once_and_sends_it(pat, signed_in):
    page = signed_in(pat).post(
        "/team/invite/", {"email": "New@Harbour.example", "role": "supervisor+admin"}
    )
    link = page.context["link"]
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.also_practice_admin) == (
        "new@harbour.example",
        Role.SUPERVISOR,
        True,
    )
    assert link in page.content.decode()
    assert link in Notice.objects.get().text
    assert link not in signed_in(pat).get("/team/").content.decode()


@pytest.mark.parametrize(
    "data, field",
    [
        ({"email": "not an address", "role": "clinician"}, "email"),
        ({"email": "a@[127.0.0.1]", "role": "clinician"}, "email"),
        ({"email": "", "role": "clinician"}, "email"),
        ({"email": "new@harbour.example", "role": "wizard"}, "role"),
        ({"email": "new@harbour.example"}, "role"),
        ({"email": "pat@harbour.example", "role": "clinician"}, "email"),
        ({"email": "x" * 300 + "@harbour.example", "role": "clinician"}, "email"),
    ],
)
def test_bad_invitation_keeps_what_was_typed_and_invites_nobody(pat, signed_in, data, field):
    page = signed_in(pat).post("/team/invite/", data)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["email"].value() == data["email"]
    assert Invitation.objects.count() == Notice.objects.count() == 0


@pytest.mark.parametrize("who", ["ada", "sue", "ash"])
def test_inviting_is_refused_to_those_who_do_not_run_the_practice(request, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/team/invite/").status_code == 403
    data = {"email": "new@harbour.example", "role": "practice_admin"}
    assert browser.post("/team/invite/", data).status_code == 403
    assert Invitation.objects.count() == 0


def test_invitation_is_taken_back(pat, signed_in, eve, elsewhere):
    invitation, token = people.invite(
        practice=pat.practice,
        email="new@harbour.example",
        role=Role.CLINICIAN,
        also_practice_admin=False,
        by=actor(pat),
        now=timezone.now(),
    )
    boss = make_member(elsewhere, "Bo Strand", Role.PRACTICE_ADMIN)
    path = f"/team/invitations/{invitation.pk}/revoke/"
    assert signed_in(boss).post(path).status_code == 404
    assert signed_in(pat).post(path).url == "/team/"
    assert people.find_invitation(token, timezone.now()) is None
    assert signed_in(pat).post(f"/team/invitations/{new_id()}/revoke/").status_code == 404


def test_undelivered_invitation_says_so(pat, signed_in):
    invitation, _token = people.invite(
        practice=pat.practice,
        email="new@harbour.example",
        role=Role.CLINICIAN,
        also_practice_admin=False,
        by=actor(pat),
        now=timezone.now(),
    )
    Notice.objects.filter(about=invitation.pk).update(
        failed_at=timezone.now(), problem="The address was refused.", text=None
    )
    page = signed_in(pat).get("/team/").content.decode()
    assert "The message could not be delivered. The address was refused." in page


# --- A member -----------------------------------------------------------------------------------


def test_role_is_changed_on_the_page_of_the_member(pat, ada, signed_in):
    response = signed_in(pat).post(
        f"/team/{ada.pk}/", {"do": "role", "role": "supervisor"}, follow=True
    )
    assert "The role of Ada Holm is changed." in response.content.decode()
    ada.refresh_from_db()
    assert ada.role == Role.SUPERVISOR


def test_refused_role_stands_beside_the_field(pat, ada, nora, signed_in):
    page = signed_in(pat).post(f"/team/{ada.pk}/", {"do": "role", "role": "assistant"})
    assert page.status_code == 400
    assert page.context["role_form"].errors == {
        "role": ["Ada Holm still cares for clients. Hand them over first."]
    }
    ada.refresh_from_db()
    assert ada.role == Role.CLINICIAN


def test_own_role_cannot_be_changed(solo, pat, signed_in):
    browser = signed_in(solo)
    page = browser.get(f"/team/{solo.pk}/").content.decode()
    assert "Your own role can only be changed by somebody else" in page
    assert browser.post(f"/team/{solo.pk}/", {"do": "role", "role": "assistant"}).status_code == 400
    assert browser.post(f"/team/{solo.pk}/", {"do": "end"}).status_code == 400
    solo.refresh_from_db()
    assert (solo.role, solo.ended_at) == (Role.CLINICIAN, None)


@pytest.mark.parametrize("who, status", [("ada", 403), ("sue", 403), ("ash", 403), ("pat", 404)])
def test_member_of_another_practice_is_unknown(request, eve, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(f"/team/{eve.pk}/").status_code == status
    data = {"do": "role", "role": "assistant"}
    assert browser.post(f"/team/{eve.pk}/", data).status_code == status
    eve.refresh_from_db()
    assert eve.role == Role.CLINICIAN


@pytest.mark.parametrize("do", ["", "promote", "__class__"])
def test_unknown_request_changes_nothing(pat, ada, signed_in, do):
    assert signed_in(pat).post(f"/team/{ada.pk}/", {"do": do}).status_code == 404


def test_supervision_begins_and_ends_on_the_page(pat, sue, ben, signed_in):
    browser = signed_in(pat)
    browser.post(f"/team/{sue.pk}/", {"do": "supervise", "clinician": str(ben.pk)})
    supervision = Supervision.objects.get(clinician=ben, ended_at=None)
    data = {"do": "stop-supervising", "supervision": str(supervision.pk)}
    assert browser.post(f"/team/{sue.pk}/", data).status_code == 302
    supervision.refresh_from_db()
    assert supervision.ended_by == pat.user


@pytest.mark.parametrize("choice", ["", "nonsense", "eve", "pat"])
def test_unfitting_choice_of_a_colleague_is_refused(request, pat, sue, eve, signed_in, choice):
    value = choice
    if choice in ("eve", "pat"):
        value = str(request.getfixturevalue(choice).pk)
    page = signed_in(pat).post(f"/team/{sue.pk}/", {"do": "supervise", "clinician": value})
    assert page.status_code == 400
    assert Supervision.objects.count() == 1


@pytest.mark.parametrize("value", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_unknown_supervision_is_404(pat, sue, signed_in, value):
    data = {"do": "stop-supervising", "supervision": value}
    assert signed_in(pat).post(f"/team/{sue.pk}/", data).status_code == 404


def test_leaving_page_says_how_many_clients_have_nobody_else(pat, ada, nora, signed_in):
    page = signed_in(pat).get(f"/team/{ada.pk}/?end")
    assert (page.context["clients"], page.context["nobody_else"]) == (1, 1)
    assert "Has Ada Holm left the practice?" in page.content.decode()


def test_leaving_hands_over(pat, ada, ben, nora, signed_in):
    response = signed_in(pat).post(
        f"/team/{ada.pk}/", {"do": "end", "hand_over_to": str(ben.pk)}, follow=True
    )
    assert "Ada Holm has left the practice" in response.content.decode()
    ada.refresh_from_db()
    assert ada.ended_by == pat.user
    assert nora.care.get(ended_at=None).clinician == ben


# --- Joining ------------------------------------------------------------------------------------


@pytest.fixture
def invited(pat):
    return people.invite(
        practice=pat.practice,
        email="new@harbour.example",
        role=Role.CLINICIAN,
        also_practice_admin=False,
        by=actor(pat),
        now=timezone.now(),
    )


@pytest.fixture
def first(harbour):
    return people.invite_first_admin(
        practice=harbour, by=Actor.system("console"), now=timezone.now()
    )


def test_looking_at_an_invitation_changes_nothing(invited):
    invitation, token = invited
    for _look in range(3):
        browser = Browser()
        assert browser.get(f"/join/{token}/").status_code == 200
        assert browser.head(f"/join/{token}/").status_code == 200
        assert "session" not in browser.cookies
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert not User.objects.filter(email="new@harbour.example").exists()


def test_joining_makes_the_member_and_signs_them_in(invited):
    _invitation, token = invited
    browser = Browser()
    response = browser.post(f"/join/{token}/", {"name": "Kim Vale", "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")
    member = Membership.objects.get(user__email="new@harbour.example")
    assert browser.get("/account/").context["user"] == member.user
    assert Browser().get(f"/join/{token}/").status_code == 404


def test_address_of_an_invitation_cannot_be_changed(invited):
    _invitation, token = invited
    data = {"name": "Kim Vale", "password": PASSWORD, "email": "other@harbour.example"}
    Browser().post(f"/join/{token}/", {**data, "sees_clients": "yes", "role": "practice_admin"})
    member = Membership.objects.get(user__name="Kim Vale")
    assert (member.user.email, member.role, member.also_practice_admin) == (
        "new@harbour.example",
        Role.CLINICIAN,
        False,
    )


@pytest.mark.parametrize(
    "data, fields",
    [
        ({"name": "", "password": PASSWORD}, ["name"]),
        ({"name": "\u200b", "password": PASSWORD}, ["name"]),
        ({"name": "Kim Vale", "password": ""}, ["password"]),
        ({"name": "Kim Vale", "password": "qv7-zk2"}, ["password"]),
        ({"name": "Kim Vale", "password": "kimvale.harbour2026"}, ["password"]),
        ({"name": "Kim Vale", "password": "x" * 129}, ["password"]),
        ({"name": "Kim\nVale", "password": PASSWORD}, ["name"]),
    ],
)
def test_bad_input_to_join_keeps_the_name_and_makes_nobody(invited, data, fields):
    _invitation, token = invited
    page = Browser().post(f"/join/{token}/", data)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == fields
    assert page.context["form"]["name"].value() == data["name"]
    if data["password"]:
        assert data["password"] not in page.content.decode()
    assert not User.objects.filter(email="new@harbour.example").exists()


def test_joining_while_another_is_signed_in_leaves_no_mixed_session(invited, ada, signed_in):
    _invitation, token = invited
    browser = signed_in(ada)
    assert "Ada Holm is signed in here" in browser.get(f"/join/{token}/").content.decode()
    browser.post(f"/join/{token}/", {"name": "Kim Vale", "password": PASSWORD})
    assert browser.get("/account/").context["user"].name == "Kim Vale"


def test_links_unknown_used_expired_and_revoked_are_one_page(invited, pat):
    invitation, used = invited
    Invitation.objects.filter(pk=invitation.pk).update(
        accepted_at=timezone.now(), accepted_by=pat.user
    )
    tokens = [used, "unknown", "x" * 500, "\u00e9"]
    for field in ("revoked_at", "expires_at"):
        row, token = people.invite(
            practice=pat.practice,
            email=f"{field}@harbour.example",
            role=Role.CLINICIAN,
            also_practice_admin=False,
            by=actor(pat),
            now=timezone.now() - timedelta(days=2),
        )
        Invitation.objects.filter(pk=row.pk).update(**{field: timezone.now()})
        tokens.append(token)
    pages = [Browser().get(f"/join/{token}/") for token in tokens]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_guessing_of_links_is_limited(db):
    answers = [Browser().get(f"/join/guess{number}/").status_code for number in range(12)]
    assert answers == [404] * 10 + [429] * 2


def test_good_link_works_after_others_guessed_from_elsewhere(invited):
    _invitation, token = invited
    for number in range(12):
        Browser().get(f"/join/guess{number}/")
    assert Browser().get(f"/join/{token}/").status_code == 200


@pytest.mark.parametrize(
    "answer, role, also_admin",
    [("yes", Role.CLINICIAN, True), ("no", Role.PRACTICE_ADMIN, False)],
)
def test_first_person_sets_up_the_practice(first, answer, role, also_admin):
    _invitation, token = first
    browser = Browser()
    response = browser.post(
        f"/join/{token}/",
        {
            "name": "Sol Ogilvy",
            "email": "Solo@Harbour.example",
            "password": PASSWORD,
            "sees_clients": answer,
        },
    )
    assert response.status_code == 302
    member = Membership.objects.get()
    assert (member.user.email, member.role, member.also_practice_admin) == (
        "solo@harbour.example",
        role,
        also_admin,
    )
    assert browser.get("/practice/").status_code == 200


def test_first_person_has_to_say_whether_they_see_clients(first):
    _invitation, token = first
    data = {"name": "Sol Ogilvy", "email": "solo@harbour.example", "password": PASSWORD}
    page = Browser().post(f"/join/{token}/", data)
    assert list(page.context["form"].errors) == ["sees_clients"]
    assert Membership.objects.count() == 0


def test_taken_address_is_refused_beside_the_field(first, eve):
    _invitation, token = first
    data = {"name": "Sol", "email": eve.user.email, "password": PASSWORD, "sees_clients": "no"}
    page = Browser().post(f"/join/{token}/", data)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["email"]


# --- The console --------------------------------------------------------------------------------


def test_set_up_link_of_the_console_opens_the_join_page(db, capsys):
    from django.core.management import call_command

    call_command("setup_link", "Harbour", time_zone="Europe/Berlin")
    printed = capsys.readouterr().out
    path = re.search(r"/join/\S+", printed)[0]
    page = Browser().get(path)
    assert page.context["invitation"].practice.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["Harbour"], "has somebody who runs it"),
        (["Elsewhere", "--time-zone", "Mars/Olympus"], "not a time zone"),
        ([" \u200b "], "Give the name"),
        (["x" * 121], "longer than"),
    ],
)
def test_console_says_why_there_is_no_link(pat, arguments, sentence):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match=sentence):
        call_command("setup_link", *arguments)


def test_second_set_up_link_replaces_the_first_and_makes_no_second_practice(db, capsys):
    from django.core.management import call_command

    call_command("setup_link", "Harbour")
    first = re.search(r"/join/\S+", capsys.readouterr().out)[0]
    call_command("setup_link", "Harbour")
    second = re.search(r"/join/\S+", capsys.readouterr().out)[0]
    assert Browser().get(first).status_code == 404
    assert Browser().get(second).status_code == 200
    assert Invitation.objects.values("practice").distinct().count() == 1
