"""The messages of a practice: what is shown of them, sending again, and telling the therapist."""

from datetime import timedelta

import pytest

from assessments.actions import links, occasions, outbox, standing
from assessments.models import Occasion, PersonalLink, Standing
from assessments.queries import outbox as reads
from assessments.tasks import sweep_standings
from clinic.actions import Refused, care, notices, people
from clinic.actions.notices import Delivered
from clinic.models import AuditEvent, Invitation, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor, make_client, make_member

HOUR = timedelta(hours=1)


@pytest.fixture
def refusing(sink):
    """A mail server that knows nobody."""
    sink.recipient_answer = "550 5.1.1 unknown"
    return sink


@pytest.fixture
def failed(nora, refusing):
    """The message about Nora's form, which could not be delivered."""
    asked.open_occasion(nora)
    notices.deliver_due(now=NOW)
    return Notice.objects.get(client=nora)


def again(notice, by, now=NOW):
    return outbox.send_again(notice=notice, by=actor(by), now=now)


def reasons_of(client):
    return [reason["code"] for reason in Standing.objects.get(client=client).reasons]


# --- Sending again ------------------------------------------------------------------------------


def test_message_about_a_form_is_written_anew_with_a_link_of_its_own(ada, nora, failed, refusing):
    assert (failed.failed_at, failed.text) == (NOW, None)
    notice = again(failed, ada, NOW + HOUR)
    assert (notice.kind, notice.about, notice.due_at) == (failed.kind, failed.about, NOW + HOUR)
    assert notice.message_id != failed.message_id
    refusing.recipient_answer = "250 OK"
    assert notices.deliver_due(now=NOW + HOUR) == Delivered(sent=1)
    token = refusing.received[-1].get_content().split("/f/")[1].split("/")[0]
    link = links.find_link(token, NOW + HOUR)
    assert (link.occasion_id, link.created_by_id) == (failed.about, ada.user_id)
    # Links that were sent before, or handed over, go on working.
    assert PersonalLink.objects.filter(occasion=failed.about, revoked_at=None).count() == 2
    events = AuditEvent.objects.filter(action="notice.write", actor_id=ada.user_id)
    assert [event.object_id for event in events] == [notice.pk]


def test_message_sent_by_hand_does_not_wait_for_the_end_of_quiet_hours(ada, failed):
    night = NOW.replace(hour=23)
    assert again(failed, ada, night).due_at == night


def test_message_goes_to_the_address_on_record_now(ada, nora, failed):
    nora.email = "nora@new.example"
    nora.save(update_fields=["email"])
    assert again(failed, ada).recipient == "nora@new.example"


def test_message_is_sent_again_once(ada, failed):
    again(failed, ada, NOW + HOUR)
    with pytest.raises(Refused, match="written already"):
        again(failed, ada, NOW + HOUR)
    assert Notice.objects.waiting().count() == 1


def test_second_failure_is_sent_again_in_its_turn(ada, failed):
    second = again(failed, ada, NOW + HOUR)
    notices.deliver_due(now=NOW + HOUR)
    third = again(second, ada, NOW + 2 * HOUR)
    assert third.pk not in (failed.pk, second.pk)


def test_way_is_that_of_the_plan_by_now(ada, nora, failed):
    nora.phone = "+44 20 7946 0018"
    nora.save(update_fields=["phone"])
    plan = Occasion.objects.get(pk=failed.about).assignment.plan
    plan.send_by = "sms"
    plan.save(update_fields=["send_by"])
    notice = again(failed, ada, NOW + HOUR)
    assert (notice.channel, notice.recipient) == ("sms", "+44 20 7946 0018")
    plan.send_by = "hand"
    plan.save(update_fields=["send_by"])
    notice.delete()
    assert again(failed, ada).channel == "mail"


@pytest.mark.parametrize(
    "what, sentence",
    [
        ("address", "There is no mail address on record"),
        ("answered", "was sent already"),
        ("closed", "record is closed"),
        ("run out", "The time for this form has passed"),
        ("taken back", "taken back"),
        ("waiting", "has not failed"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(ada, pat, nora, failed, what, sentence):
    now = NOW + 2 * HOUR
    occasion = Occasion.objects.get(pk=failed.about)
    if what == "address":
        nora.email = None
        nora.save(update_fields=["email"])
    elif what == "answered":
        asked.send(occasion)
    elif what == "closed":
        care.close_client(client=nora, by=actor(pat), now=NOW)
    elif what == "run out":
        now = occasion.closes_at
    elif what == "taken back":
        Occasion.objects.update(cancelled_at=NOW, cancelled_why="skipped")
    else:
        Notice.objects.filter(pk=failed.pk).update(failed_at=None)
    with pytest.raises(Refused, match=sentence):
        again(failed, ada, now)
    assert not PersonalLink.objects.filter(created_by=ada.user).exists()


def invite(pat):
    return people.invite(
        practice=pat.practice,
        email="new@harbour.example",
        role="clinician",
        also_practice_admin=True,
        by=actor(pat),
        now=NOW,
    )[0]


def test_invitation_is_made_anew(pat, refusing):
    first = invite(pat)
    notices.deliver_due(now=NOW)
    failed = Notice.objects.get(about=first.pk)
    notice = again(failed, pat, NOW + HOUR)
    second = Invitation.objects.get(pk=notice.about)
    assert (second.email, second.role, second.also_practice_admin) == (
        "new@harbour.example",
        "clinician",
        True,
    )
    first.refresh_from_db()
    assert first.revoked_at == NOW + HOUR
    with pytest.raises(Refused, match="another took its place"):
        again(failed, pat, NOW + HOUR)


def test_invitation_that_was_accepted_is_not_made_anew(pat, refusing):
    first = invite(pat)
    notices.deliver_due(now=NOW)
    Invitation.objects.update(accepted_at=NOW, accepted_by=pat.user)
    with pytest.raises(Refused, match="accepted meanwhile"):
        again(Notice.objects.get(about=first.pk), pat)


@pytest.mark.parametrize("kind", ["account", "alert", "digest"])
def test_other_messages_say_what_to_do_instead(pat, failed, kind):
    Notice.objects.filter(pk=failed.pk).update(kind=kind)
    with pytest.raises(Refused) as refusal:
        again(failed, pat)
    assert str(refusal.value) == str(outbox.INSTEAD[kind])


# --- The therapist is told ----------------------------------------------------------------------


def test_sweep_tells_of_a_failure_on_the_caseload(nora, otto, failed):
    asked.open_occasion(otto)
    assert reasons_of(nora) == ["new"]
    assert standing.refresh_told(now=NOW + HOUR) == 1
    assert (reasons_of(nora), reasons_of(otto)) == (["undelivered"], ["new"])
    assert standing.refresh_told(now=NOW + 2 * HOUR) == 0


def test_failure_noted_by_a_sweep_that_began_before_a_refresh_is_told(nora, failed):
    Standing.objects.filter(client=nora).update(updated_at=NOW + timedelta(minutes=2))
    standing.refresh_told(now=NOW + timedelta(minutes=5))
    assert reasons_of(nora) == ["undelivered"]


def test_message_that_is_sent_again_takes_the_reason_away_until_it_fails(ada, nora, failed):
    standing.refresh_told(now=NOW + HOUR)
    again(failed, ada, NOW + 2 * HOUR)
    assert reasons_of(nora) == ["new"]
    notices.deliver_due(now=NOW + 2 * HOUR)
    standing.refresh_told(now=NOW + 2 * HOUR)
    assert reasons_of(nora) == ["undelivered"]


def test_later_message_that_arrives_takes_the_reason_away(nora, failed, refusing):
    standing.refresh_told(now=NOW + HOUR)
    refusing.recipient_answer = "250 OK"
    later = NOW + timedelta(days=7)
    occasions.open_due_occasions(now=later)
    notices.deliver_due(now=later)
    assert reasons_of(nora) == ["undelivered"]
    standing.refresh_told(now=later)
    assert reasons_of(nora) == ["new"]


def test_failure_is_no_news_after_four_weeks(nora, failed):
    Occasion.objects.filter(number__gt=0).delete()
    standing.refresh_told(now=NOW + timedelta(days=20))
    assert Standing.objects.get(client=nora).stale_at == NOW + reads.UNDELIVERED_FOR
    standing.refresh(client=nora, now=NOW + reads.UNDELIVERED_FOR)
    assert reasons_of(nora) == ["new"]


def test_task_tells(nora, failed, clock):
    sweep_standings()
    assert reasons_of(nora) == ["undelivered"]


# --- Pages of the client ------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "forms/"])
def test_pages_of_the_client_say_what_did_not_arrive_and_lead_on(
    ada, sue, nora, failed, signed_in, clock, page
):
    address = f"/clients/{nora.pk}/{page}"
    text = signed_in(ada).get(address).content.decode()
    assert "A message to the client could not be delivered" in text
    assert "The address was refused: it may be mistyped, or no longer exist." in text
    assert f"/clients/{nora.pk}/edit/" in text
    assert f"/messages/{failed.pk}/again/" in text
    text = signed_in(sue).get(address).content.decode()  # reads along, and sends nothing
    assert "A message to the client could not be delivered" in text
    assert "/again/" not in text


def test_form_that_was_taken_back_is_not_offered_again(ada, nora, failed, signed_in, clock):
    Occasion.objects.filter(pk=failed.about).update(cancelled_at=NOW, cancelled_why="skipped")
    text = signed_in(ada).get(f"/clients/{nora.pk}/").content.decode()
    assert "could not be delivered" in text
    assert "/again/" not in text


def test_therapist_sends_again_from_the_page(ada, nora, failed, signed_in, clock):
    browser = signed_in(ada)
    clock.move_to(NOW + timedelta(minutes=1))
    answer = browser.post(f"/messages/{failed.pk}/again/", {"next": "forms"})
    assert answer.url == f"/clients/{nora.pk}/forms/"
    assert Notice.objects.waiting().count() == 1
    text = browser.get(answer.url).content.decode()
    assert "It goes out again in a moment." in text
    assert "could not be delivered" not in text
    browser.post(f"/messages/{failed.pk}/again/", {"next": "forms"})
    assert Notice.objects.waiting().count() == 1


# --- The page of the practice -------------------------------------------------------------------


def test_page_shows_what_became_of_each_message_and_nothing_it_said(
    harbour, pat, ada, nora, otto, failed, refusing, signed_in, clock
):
    otto.email = "otto@client.example"
    otto.save(update_fields=["email"])
    refusing.recipient_answer = "250 OK"
    asked.open_occasion(otto, now=NOW + HOUR)
    notices.deliver_due(now=NOW + HOUR)
    third = make_client(harbour, "Third Person", carer=ada, email="third@client.example")
    asked.open_occasion(third, now=NOW + 2 * HOUR)
    page = signed_in(pat).get("/messages/")
    assert [(row["name"], row["state"]) for row in page.context["rows"]] == [
        ("Third Person", "waiting"),
        ("Otto Brandt", "sent"),
        ("Nora Lind", "failed"),
    ]
    counts = {str(chip["label"]): chip["count"] for chip in page.context["chips"]}
    assert counts == {
        "All": None,
        "Waiting": 1,
        "Sent": 1,
        "Not delivered": 1,
        "Taken back": None,
    }
    text = page.content.decode()
    for kept_back in ("client.example", "/f/", "A form from Harbour"):
        assert kept_back not in text
    assert f"/messages/{failed.pk}/again/" in text
    event = AuditEvent.objects.filter(action="client.list").last()
    assert event.details["clients"] == sorted(str(client.pk) for client in (nora, otto, third))


def test_message_about_a_safety_answer_names_nobody(pat, nora, signed_in):
    asked.send(asked.open_occasion(nora, asked.SAFETY), value=3)
    assert Notice.objects.filter(kind="alert", client=nora).exists()
    page = signed_in(pat).get("/messages/?kind=alert")
    assert [row["name"] for row in page.context["rows"]] == [""]
    assert "Nora Lind" not in page.content.decode()


@pytest.mark.parametrize(
    "query, found",
    [
        ("?state=failed", 1),
        ("?state=waiting", 0),
        ("?state=sent", 0),
        ("?state=cancelled", 0),
        ("?kind=form", 1),
        ("?kind=reminder", 0),
        ("?state=failed&kind=form", 1),
        ("?state=nonsense&kind=%00&after=x", 1),
        ("?after=00000000-0000-0000-0000-000000000000", 1),
    ],
)
def test_filters_show_what_was_asked_for(pat, failed, signed_in, query, found):
    assert len(signed_in(pat).get(f"/messages/{query}").context["rows"]) == found


def test_pages_follow_one_another_without_a_gap_and_cost_the_same(
    harbour, pat, nora, signed_in, django_assert_num_queries
):
    def add(number):
        before = Notice.objects.count()
        Notice.objects.bulk_create(
            Notice(
                practice=harbour,
                client=nora,
                kind="form",
                message_id=f"<{before}-{index}@x.example>",
                created_at=NOW + timedelta(minutes=index // 3),
                due_at=NOW,
            )
            for index in range(number)
        )

    browser = signed_in(pat)
    add(3)
    browser.get("/messages/")
    with django_assert_num_queries(7):
        browser.get("/messages/")
    add(117)
    with django_assert_num_queries(7):
        page = browser.get("/messages/")
    seen = [row["notice"].pk for row in page.context["rows"]]
    while page.context["next_url"]:
        page = browser.get(page.context["next_url"])
        seen += [row["notice"].pk for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("who", ["ada", "sue", "ash"])
def test_page_is_for_those_who_run_the_practice(request, signed_in, who):
    assert signed_in(request.getfixturevalue(who)).get("/messages/").status_code == 403


def test_messages_of_another_practice_are_not_there(zoe, pat, failed, signed_in, elsewhere):
    asked.open_occasion(zoe)
    rows = signed_in(pat).get("/messages/").context["rows"]
    assert [row["name"] for row in rows] == ["Nora Lind"]
    browser = signed_in(make_member(elsewhere, "Ida Far", "practice_admin"))
    assert browser.get(f"/messages/?after={failed.pk}").context["rows"] == []
    assert browser.post(f"/messages/{failed.pk}/again/").status_code == 404


def test_admin_sends_again_from_the_list(pat, failed, signed_in, clock):
    browser = signed_in(pat)
    clock.move_to(NOW + timedelta(minutes=1))
    assert browser.post(f"/messages/{failed.pk}/again/").url == "/messages/?state=failed"
    (row,) = browser.get("/messages/?state=failed").context["rows"]
    assert (row["may_again"], row["sent_anew"]) == (False, True)


def test_invitation_that_was_made_anew_is_not_offered_again(pat, refusing, signed_in, clock):
    failed = Notice.objects.get(about=invite(pat).pk)
    notices.deliver_due(now=NOW)
    browser = signed_in(pat)
    assert [row["may_again"] for row in browser.get("/messages/").context["rows"]] == [True]
    browser.post(f"/messages/{failed.pk}/again/")
    assert [row["may_again"] for row in browser.get("/messages/").context["rows"]] == [False] * 2


def test_record_that_was_erased_has_no_name(pat, nora, failed, signed_in):
    type(nora).objects.filter(pk=nora.pk).update(data_key=None)
    page = signed_in(pat).get("/messages/")
    assert [row["name"] for row in page.context["rows"]] == ["Erased record"]
