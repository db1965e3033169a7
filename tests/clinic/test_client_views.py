"""Pages about clients as people: list, details, care, closing, history."""

import pytest

from clinic.actions import care
from clinic.models import AuditEvent, CareRelationship, Client
from clinic.models.ids import new_id
from tests.factories import NOW, actor, make_care, make_client, make_member


def details(client, **changes) -> dict[str, str]:
    given = {
        "name": client.name,
        "date_of_birth": "",
        "email": client.email or "",
        "phone": "",
        "note": "",
        "seen_version": care.identity_version(client),
    }
    return {**given, **changes}


def fresh(client) -> Client:
    return Client.objects.get(pk=client.pk)


# --- The list -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_list_names_all_clients_of_the_practice_by_name(
    request, harbour, nora, otto, zoe, signed_in, who
):
    make_client(harbour, "Émile Noir")
    page = signed_in(request.getfixturevalue(who)).get("/clients/")
    assert [client.name for client in page.context["clients"]] == [
        "Émile Noir",
        "Nora Lind",
        "Otto Brandt",
    ]
    assert "Zoe Falk" not in page.content.decode()


def test_clinician_sees_only_their_own(ada, nora, otto, signed_in):
    page = signed_in(ada).get("/clients/")
    assert [client.name for client in page.context["clients"]] == ["Nora Lind"]


@pytest.mark.parametrize(
    "text, found",
    [
        ("nora", ["Nora Lind"]),
        ("LIND nor", ["Nora Lind"]),
        ("brändt", ["Otto Brandt"]),
        ("o", ["Nora Lind", "Otto Brandt"]),
        ("%", []),
        ("_", []),
        ("zoe", []),
        ("\u200b\x07", []),
        (".*", []),
        ("   ", ["Nora Lind", "Otto Brandt"]),
        ("x" * 10_000, []),
    ],
)
def test_search_finds_names_within_reach(pat, nora, otto, zoe, signed_in, text, found):
    page = signed_in(pat).get("/clients/", {"q": text})
    assert [client.name for client in page.context["clients"]] == found


def test_lists_of_closed_clients_and_of_those_without_a_carer(harbour, pat, nora, signed_in):
    closed, alone = make_client(harbour, "Ina Berg"), make_client(harbour, "Lu Marks")
    care.close_client(client=closed, by=actor(pat), now=NOW)
    browser = signed_in(pat)

    def names(show):
        return [client.name for client in browser.get(f"/clients/?show={show}").context["clients"]]

    assert names("open") == ["Lu Marks", "Nora Lind"]
    assert names("closed") == ["Ina Berg"]
    assert names("nobody") == [alone.name]
    assert names("nonsense") == ["Lu Marks", "Nora Lind"]


def test_list_comes_in_pages_that_hold_everybody_once(harbour, pat, signed_in, monkeypatch):
    monkeypatch.setattr("clinic.views.clients.PAGE", 2)
    names = [f"Client {letter}" for letter in "ABCDE"]
    for name in names:
        make_client(harbour, name)
    browser, seen, url, previous = signed_in(pat), [], "/clients/", []
    while url:
        page = browser.get(url)
        seen.append([client.name for client in page.context["clients"]])
        previous.append(page.context["previous_url"])
        url = page.context["next_url"]
    assert seen == [names[:2], names[2:4], names[4:]]
    assert previous[:2] == ["", "/clients/"]
    back = browser.get(previous[2])
    assert [client.name for client in back.context["clients"]] == names[2:4]


@pytest.mark.parametrize("after", ["nonsense", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_unknown_place_in_the_list_is_its_beginning(pat, nora, signed_in, after):
    page = signed_in(pat).get("/clients/", {"after": after})
    assert [client.name for client in page.context["clients"]] == ["Nora Lind"]


@pytest.mark.parametrize("number", [1, 30])
def test_list_costs_the_same_for_few_and_many(
    harbour, pat, ada, ben, signed_in, django_assert_num_queries, number
):
    for name in range(number):
        make_care(make_client(harbour, f"Client {name}", carer=ada), ben)
    browser = signed_in(pat)
    browser.get("/clients/")
    with django_assert_num_queries(7):
        browser.get("/clients/")


def test_list_leaves_one_event_with_who_was_shown(pat, nora, otto, signed_in):
    signed_in(pat).get("/clients/")
    event = AuditEvent.objects.get(action="client.list")
    assert event.details == {"clients": [str(nora.pk), str(otto.pk)]}


def test_empty_practice_offers_the_first_step(pat, signed_in):
    assert "No clients yet" in signed_in(pat).get("/clients/").content.decode()


# --- Identity -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_identity_page_shows_contact_and_carers_and_leaves_one_event(request, nora, signed_in, who):
    page = signed_in(request.getfixturevalue(who)).get(f"/clients/{nora.pk}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "nora@client.example" in text
    assert "Ada Holm" in text
    event = AuditEvent.objects.get(action="client.read")
    assert (event.client_id, event.details) == (nora.pk, {"part": "identity"})


def test_typed_markup_is_text_on_every_page(harbour, pat, ada, signed_in):
    bad = "<script>alert(1)</script>\"'{{7*7}}"
    client = make_client(harbour, bad, carer=ada, note=bad, phone="<b>1</b>")
    browser = signed_in(pat)
    for path in ("", "edit/", "care/", "close/", "history/"):
        text = browser.get(f"/clients/{client.pk}/{path}").content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
    assert "<script>alert" not in browser.get("/clients/").content.decode()


# --- Details ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada", "pat", "ash"])
def test_details_are_changed_by_those_who_may(request, nora, signed_in, who):
    response = signed_in(request.getfixturevalue(who)).post(
        f"/clients/{nora.pk}/edit/",
        details(nora, date_of_birth="1988-02-29", phone=" 020  7946 ", note="Ring\r\nlate"),
    )
    assert response.url == f"/clients/{nora.pk}/"
    client = fresh(nora)
    assert (client.date_of_birth.isoformat(), client.phone, client.note) == (
        "1988-02-29",
        "020 7946",
        "Ring\nlate",
    )


@pytest.mark.parametrize("who, status", [("sue", 403), ("ben", 404), ("eve", 404)])
def test_details_are_closed_to_others(request, nora, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(f"/clients/{nora.pk}/edit/").status_code == status
    changed = browser.post(f"/clients/{nora.pk}/edit/", details(nora, name="Changed"))
    assert changed.status_code == status
    assert fresh(nora).name == "Nora Lind"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b\u202e"}, "name"),
        ({"name": "Nora\r\nBcc: x@y.example"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Nora\x00"}, "name"),
        ({"date_of_birth": "2026-02-30"}, "date_of_birth"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"date_of_birth": "0001-01-01"}, "date_of_birth"),
        ({"date_of_birth": "9999-12-31"}, "date_of_birth"),
        ({"date_of_birth": "٢٠٢٠-٠١-٠١"}, "date_of_birth"),
        ({"email": "nora@[127.0.0.1]"}, "email"),
        ({"email": "nora"}, "email"),
        ({"phone": "1" * 41}, "phone"),
        ({"phone": "ask her mother"}, "phone"),
        ({"note": "x" * 1001}, "note"),
        ({"seen_version": ""}, "seen_version"),
    ],
)
def test_bad_details_keep_what_was_typed_and_change_nothing(nora, ada, signed_in, changes, field):
    page = signed_in(ada).post(f"/clients/{nora.pk}/edit/", details(nora, **changes))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == changes[field]
    assert (fresh(nora).name, fresh(nora).email) == ("Nora Lind", "nora@client.example")
    assert not AuditEvent.objects.filter(action="client.edit").exists()


def test_second_writer_sees_both_and_decides(nora, ada, pat, signed_in):
    typed = details(nora, phone="02079460222")
    signed_in(ada).post(f"/clients/{nora.pk}/edit/", details(nora, phone="02079460111"))
    page = signed_in(pat).post(f"/clients/{nora.pk}/edit/", typed)
    assert page.status_code == 409
    assert fresh(nora).phone == "02079460111"
    assert page.context["form"]["phone"].value() == "02079460222"
    assert page.context["differences"] == [{"label": "Telephone", "text": "02079460111"}]
    assert AuditEvent.objects.get(action="client.read").actor_id == pat.user_id
    again = {**typed, "seen_version": page.context["form"]["seen_version"].value()}
    assert signed_in(pat).post(f"/clients/{nora.pk}/edit/", again).status_code == 302
    assert fresh(nora).phone == "02079460222"


@pytest.mark.parametrize("pk", [new_id(), "2", "%00", "..%2f"])
@pytest.mark.parametrize("page", ["edit", "care", "close", "history"])
def test_unknown_client_is_404(pat, signed_in, page, pk):
    assert signed_in(pat).get(f"/clients/{pk}/{page}/").status_code == 404


# --- Care ---------------------------------------------------------------------------------------


def test_admin_starts_and_ends_care(nora, pat, ada, ben, signed_in):
    browser, path = signed_in(pat), f"/clients/{nora.pk}/care/"
    assert browser.post(path, {"clinician": str(ben.pk)}).url == path
    assert set(nora.care.filter(ended_at=None).values_list("clinician", flat=True)) == {
        ada.pk,
        ben.pk,
    }
    relationship = nora.care.get(clinician=ada)
    page = browser.get(path, {"end": str(relationship.pk)})
    assert page.context["is_last"] is False
    browser.post(path, {"end": str(relationship.pk)})
    assert [row.clinician for row in nora.care.filter(ended_at=None)] == [ben]


def test_ending_the_last_care_warns_before(nora, pat, signed_in):
    path = f"/clients/{nora.pk}/care/"
    page = signed_in(pat).get(path, {"end": str(nora.care.get().pk)})
    assert page.context["is_last"] is True
    assert "Nobody else cares for this client." in page.content.decode()
    assert nora.care.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("who", ["ada", "sue", "ash"])
def test_others_see_who_cares_and_change_nothing(request, nora, ben, signed_in, who):
    browser, path = signed_in(request.getfixturevalue(who)), f"/clients/{nora.pk}/care/"
    page = browser.get(path)
    assert "Ada Holm" in page.content.decode()
    assert "Start the care" not in page.content.decode()
    relationship = nora.care.get()
    assert browser.get(path, {"end": str(relationship.pk)}).status_code == 403
    assert browser.post(path, {"end": str(relationship.pk)}).status_code == 403
    assert browser.post(path, {"clinician": str(ben.pk)}).status_code == 403
    assert nora.care.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("choice", ["", "nonsense", "eve", "pat", "ada"])
def test_unfitting_carer_is_refused(request, nora, pat, eve, signed_in, choice):
    value = choice
    if choice in ("eve", "pat", "ada"):
        value = str(request.getfixturevalue(choice).pk)
    page = signed_in(pat).post(f"/clients/{nora.pk}/care/", {"clinician": value})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["clinician"]
    assert CareRelationship.objects.count() == 1


def test_care_of_another_client_cannot_be_ended_here(nora, otto, pat, signed_in):
    other = otto.care.get()
    browser, path = signed_in(pat), f"/clients/{nora.pk}/care/"
    for value in (str(other.pk), "nonsense", ""):
        assert browser.post(path, {"end": value}).status_code == 404
    other.refresh_from_db()
    assert other.ended_at is None


def test_ending_care_twice_is_404(nora, pat, signed_in):
    browser, path, pk = signed_in(pat), f"/clients/{nora.pk}/care/", str(nora.care.get().pk)
    assert browser.post(path, {"end": pk}).status_code == 302
    assert browser.post(path, {"end": pk}).status_code == 404


# --- Closing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada", "pat"])
def test_record_is_closed_and_reopened(request, nora, signed_in, who):
    browser, path = signed_in(request.getfixturevalue(who)), f"/clients/{nora.pk}/close/"
    assert browser.get(path).status_code == 200
    assert fresh(nora).closed_at is None
    browser.post(path, {"do": "close"})
    assert fresh(nora).closed_at is not None
    browser.post(path, {"do": "reopen"})
    assert fresh(nora).closed_at is None
    assert nora.episodes.count() == 2


def test_stale_page_of_closing_says_what_happened(nora, ada, signed_in):
    browser, path = signed_in(ada), f"/clients/{nora.pk}/close/"
    browser.post(path, {"do": "close"})
    page = browser.post(path, {"do": "close"}, follow=True)
    assert "This record is closed already." in page.content.decode()
    assert AuditEvent.objects.filter(action="client.close").count() == 1


@pytest.mark.parametrize("who, status", [("sue", 403), ("ash", 403), ("ben", 404), ("eve", 404)])
def test_closing_is_refused_to_others(request, nora, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(f"/clients/{nora.pk}/close/").status_code == status
    assert browser.post(f"/clients/{nora.pk}/close/").status_code == status
    assert fresh(nora).closed_at is None


@pytest.mark.parametrize("page", ["close/", "care/?end={care}", "edit/", "care/"])
def test_every_page_that_names_the_client_leaves_one_event(nora, pat, signed_in, page):
    path = f"/clients/{nora.pk}/{page}".format(care=nora.care.get().pk)
    assert "Nora Lind" in signed_in(pat).get(path).content.decode()
    assert AuditEvent.objects.get(action="client.read").client_id == nora.pk


# --- History ------------------------------------------------------------------------------------


def test_history_tells_who_looked_and_what_changed(nora, ada, pat, signed_in):
    signed_in(ada).post(f"/clients/{nora.pk}/edit/", details(nora, phone="02079460111"))
    page = signed_in(pat).get(f"/clients/{nora.pk}/history/")
    newest = page.context["lines"][0]
    assert (newest.who, newest.role, newest.what) == (
        "Ada Holm",
        "Clinician",
        "changed contact details: telephone",
    )
    assert AuditEvent.objects.filter(action="client.history", client_id=nora.pk).count() == 1


def test_history_shows_this_client_only(nora, otto, zoe, pat, signed_in):
    page = signed_in(pat).get(f"/clients/{nora.pk}/history/")
    assert len(page.context["lines"]) == AuditEvent.objects.filter(client_id=nora.pk).count() - 1


@pytest.mark.parametrize("who, status", [("sue", 200), ("ash", 403), ("ben", 404), ("eve", 404)])
def test_history_is_open_to_those_who_may(request, nora, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(f"/clients/{nora.pk}/history/").status_code == status


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣", "1e3", "1; DROP"])
def test_nonsense_in_the_address_is_ignored(nora, pat, signed_in, before):
    page = signed_in(pat).get(f"/clients/{nora.pk}/history/", {"before": before})
    assert page.status_code == 200


def test_history_comes_in_pages(nora, pat, signed_in, monkeypatch):
    monkeypatch.setattr("clinic.views.clients.PAGE", 2)
    browser = signed_in(pat)
    for _look in range(3):
        browser.get(f"/clients/{nora.pk}/care/")
    page = browser.get(f"/clients/{nora.pk}/history/")
    assert len(page.context["lines"]) == 2
    older = browser.get(f"/clients/{nora.pk}/history/{page.context['next_url']}")
    assert {line.at for line in older.context["lines"]}.isdisjoint(
        {line.at for line in page.context["lines"]}
    )


@pytest.mark.parametrize("number", [1, 20])
def test_history_costs_the_same_for_few_and_many(
    harbour, nora, pat, signed_in, django_assert_num_queries, number
):
    for _look in range(number):
        member = make_member(harbour, "Kim Vale")
        make_care(nora, member)
        signed_in(member).get(f"/clients/{nora.pk}/care/")
    browser = signed_in(pat)
    browser.get("/team/")
    with django_assert_num_queries(7):
        browser.get(f"/clients/{nora.pk}/history/")


# --- The practice's own number ------------------------------------------------------------------


def test_client_number_is_kept_and_shown(pat, nora, signed_in):
    browser = signed_in(pat)
    answer = browser.post(f"/clients/{nora.pk}/edit/", details(nora, number=" N 7 "))
    assert answer.status_code == 302
    assert fresh(nora).number == "N 7"
    assert "N 7" in browser.get(f"/clients/{nora.pk}/").content.decode()


def test_number_of_another_client_is_refused_and_kept_on_the_page(pat, nora, otto, signed_in):
    browser = signed_in(pat)
    browser.post(f"/clients/{nora.pk}/edit/", details(nora, number="N-7"))
    answer = browser.post(f"/clients/{otto.pk}/edit/", details(otto, number="n-7"))
    assert answer.status_code == 400
    assert answer.context["form"].errors["number"] == [
        "Another client of the practice has this number already."
    ]
    assert 'value="n-7"' in answer.content.decode()
    assert fresh(otto).number is None


def test_two_practices_may_use_the_same_number(pat, nora, zoe, eve, signed_in):
    for member, client in ((pat, nora), (eve, zoe)):
        signed_in(member).post(f"/clients/{client.pk}/edit/", details(client, number="7"))
    assert (fresh(nora).number, fresh(zoe).number) == ("7", "7")


def test_number_can_be_taken_away(pat, nora, otto, signed_in):
    browser = signed_in(pat)
    browser.post(f"/clients/{nora.pk}/edit/", details(nora, number="7"))
    browser.post(f"/clients/{nora.pk}/edit/", details(fresh(nora), number=""))
    assert browser.post(f"/clients/{otto.pk}/edit/", details(otto, number="7")).status_code == 302
    assert fresh(nora).number_hash is None
