"""The page of figures: who sees it, what it shows and withholds, and adopting from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.actions import psychometrics
from assessments.models import InstrumentVersion, Psychometrics
from assessments.views import psychometrics as views
from tests import factories_assessments as asked
from tests import factories_psychometrics as many
from tests.assessments.test_instrument_versions import adopted
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)
PAGE = "/library/causeway-weekly/psychometrics/"
COMPUTE, ADOPT = f"{PAGE}compute/", f"{PAGE}adopt/"


@pytest.fixture
def version():
    return asked.instrument(asked.WEEKLY)


def estimated(practice, version, people=120, level=1.6):
    many.answered_by(practice, version, many.sheets(version.definition, people, level=level))
    return psychometrics.compute(practice=practice, version=version, now=LATER)


def shown(browser, path=PAGE):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


# --- What is shown ------------------------------------------------------------------------------


def test_page_before_anybody_answered(version, signed_in, ada):
    page = shown(signed_in(ada))
    assert "Nobody has answered this form here yet" in page
    assert "Alpha" not in page


def test_page_before_the_first_night(harbour, version, signed_in, ada):
    many.answered_by(harbour, version, many.sheets(version.definition, 3))
    assert "3 forms have been answered here. The figures are worked out at night." in shown(
        signed_in(ada)
    )


def test_page_shows_the_figures_of_enough_people(harbour, version, signed_in, ada):
    row = estimated(harbour, version, people=210)
    page = shown(signed_in(ada))
    figures = row.result["scales"]["CDP"]
    assert f"{figures['alpha']['value']:.7f}" in page
    assert f"{figures['omega']['value']:.7f}" in page
    assert f"95 % interval {figures['alpha']['low']:.2f} to {figures['alpha']['high']:.2f}" in page
    assert "one factor, maximum likelihood, from 210 people." in page
    assert "0.80, assumed" in page
    assert page.count("Not enough data") == 0
    assert page.count('class="chart chart--interval"') == 4
    assert "The correlation is" in page
    item = version.definition.items_by_code["CDP03"]
    assert item.text in page


@pytest.mark.parametrize(
    "people, alpha, items, omega",
    [
        (49, "49 of 50 people; 1 more", "49 of 50 people; 1 more", "49 of 200 people; 151 more"),
        (50, "", "50 of 100 people; 50 more", "50 of 200 people; 150 more"),
        (99, "", "99 of 100 people; 1 more", "99 of 200 people; 101 more"),
        (100, "", "", "100 of 200 people; 100 more"),
        (199, "", "", "199 of 200 people; 1 more"),
        (200, "", "", ""),
    ],
)
def test_page_says_how_many_are_missing(
    harbour, version, signed_in, ada, people, alpha, items, omega
):
    estimated(harbour, version, people=people)
    answer = signed_in(ada).get(PAGE)
    entry = answer.context["scales"][0]
    for words, sentence in zip(
        (*[figure.sentence for figure in entry["figures"]], entry["items_lack"]),
        (alpha, omega, items),
        strict=True,
    ):
        assert ("Not enough data" in words) == bool(sentence)
        assert sentence in words
        assert sentence in answer.content.decode()


def test_page_of_too_few_people_has_no_figure_of_a_question(harbour, version, signed_in, ada):
    estimated(harbour, version, people=49)
    answer = signed_in(ada).get(PAGE)
    assert all(entry["items"] == [] for entry in answer.context["scales"])
    assert "Alpha without it</th>" not in answer.content.decode()
    assert all(entry["spread"] is None for entry in answer.context["scales"])


def test_page_says_how_many_came_from_a_file_without_a_name(harbour, version, signed_in, ada, nora):
    asked.send(asked.open_occasion(nora))
    estimated(harbour, version, people=2)
    assert "2 of them came from a file, without names." in shown(signed_in(ada))


def test_page_of_named_people_speaks_of_no_file(harbour, version, signed_in, ada, nora):
    asked.send(asked.open_occasion(nora))
    psychometrics.compute(practice=harbour, version=version, now=LATER)
    assert "came from a file" not in shown(signed_in(ada))


def test_page_names_nobody(harbour, version, signed_in, ada, nora):
    asked.send(asked.open_occasion(nora))
    estimated(harbour, version, people=60)
    page = shown(signed_in(ada))
    for secret in ("Nora", str(nora.pk), "Ada Holm<td"):
        assert secret not in page


def test_page_shows_codes_where_the_wording_is_not_loaded(harbour, signed_in, ada):
    rosenberg = asked.instrument("rses")
    estimated(harbour, rosenberg, people=60)
    page = shown(signed_in(ada), "/library/rses/psychometrics/")
    assert "RSES03" in page
    assert "Is independence claimed as a defence?" not in page


def test_page_says_what_came_in_since(harbour, version, signed_in, ada):
    estimated(harbour, version, people=3)
    assert "come in since" not in shown(signed_in(ada))
    many.answered_by(harbour, version, many.sheets(version.definition, 2))
    assert "2 forms have come in since. They are counted at night." in shown(signed_in(ada))


def test_instrument_page_leads_to_the_figures(version, signed_in, ada):
    assert PAGE in shown(signed_in(ada), "/library/causeway-weekly/")


@pytest.mark.parametrize(
    "r, low, high, says",
    [
        (-0.4, -0.5, -0.3, "Of a single person it says nothing"),
        (0.16, 0.02, 0.29, "The interval reaches below that bound"),
        (-0.1, -0.25, 0.06, "zero is not ruled out yet"),
        (-0.004, -0.16, 0.15, "It should be negative and is not"),
        (0.05, -0.1, 0.2, "It should be negative and is not"),
        (0.10, -0.05, 0.25, "It should be negative and is not"),
        (0.11, -0.05, 0.27, "have to be rewritten"),
    ],
)
def test_sign_of_claimed_independence_in_plain_words(
    harbour, version, signed_in, ada, r, low, high, says
):
    row = estimated(harbour, version, people=100)
    row.result["sign_test"] = {"n": 150, "r": r, "low": low, "high": high}
    row.save()
    assert says in shown(signed_in(ada))


def test_page_asks_the_same_few_questions_however_many_answered(
    harbour, version, signed_in, ada, django_assert_num_queries
):
    estimated(harbour, version, people=100)
    browser = signed_in(ada)
    browser.get(PAGE)
    with django_assert_num_queries(8):
        browser.get(PAGE)


# --- Who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who, status", [("ada", 200), ("sue", 200), ("pat", 200), ("ash", 403)])
def test_page_is_for_those_who_work_with_forms(version, request, signed_in, who, status):
    assert signed_in(request.getfixturevalue(who)).get(PAGE).status_code == status


@pytest.mark.parametrize("who, status", [("ada", 403), ("sue", 403), ("pat", 302), ("solo", 302)])
def test_only_who_runs_the_practice_adopts(harbour, version, request, signed_in, who, status):
    row = estimated(harbour, version)
    browser = signed_in(request.getfixturevalue(who))
    sent = {"scale": ["CDP"], "computed_at": row.computed_at.isoformat()}
    assert browser.post(ADOPT, sent).status_code == status
    assert browser.post(COMPUTE).status_code == status
    assert InstrumentVersion.objects.filter(practice=harbour).exists() == (status == 302)


def test_page_shows_nothing_of_another_practice(harbour, elsewhere, version, signed_in, ada, eve):
    estimated(elsewhere, version)
    theirs = adopted(version, eve)
    assert "Nobody has answered this form here yet" in shown(signed_in(ada))
    for named in (str(theirs.pk), "2"):
        assert signed_in(ada).get(PAGE, {"version": named}).status_code == 404
        assert signed_in(eve).get(PAGE, {"version": named}).context["version"] == theirs


@pytest.mark.parametrize("named", ["3", "x", "٣", "0", "00000000-0000-0000-0000-000000000000"])
def test_version_that_never_was(version, signed_in, ada, named):
    assert signed_in(ada).get(PAGE, {"version": named}).status_code == 404


# --- Working it out now -------------------------------------------------------------------------


def test_who_runs_the_practice_need_not_wait_for_the_night(harbour, version, signed_in, pat, ada):
    many.answered_by(harbour, version, many.sheets(version.definition, 60))
    assert "Work it out now" not in shown(signed_in(ada))
    browser = signed_in(pat)
    assert "Work it out now" in shown(browser)
    answer = browser.post(COMPUTE, {"version": str(version.pk)}, follow=True)
    assert "Worked out from all answers up to now." in answer.content.decode()
    assert Psychometrics.objects.get().responses == 60
    assert "Work it out now" not in shown(browser)


def test_nobody_waits_for_very_many_answers(harbour, version, signed_in, pat, monkeypatch):
    many.answered_by(harbour, version, many.sheets(version.definition, 3))
    monkeypatch.setattr(views, "MOST_AT_ONCE", 2)
    browser = signed_in(pat)
    assert "Work it out now" not in shown(browser)
    assert "done at night" in browser.post(COMPUTE, follow=True).content.decode()
    assert not Psychometrics.objects.exists()


# --- Adopting -----------------------------------------------------------------------------------


def test_offer_speaks_of_an_estimate_and_of_no_knowledge(harbour, version, signed_in, pat):
    estimated(harbour, version, people=120)
    page = shown(signed_in(pat))
    assert "scales is estimated precisely enough to replace the declared one" in page


def test_adopting_asks_first_and_says_what_changes(harbour, version, signed_in, pat):
    row = estimated(harbour, version)
    browser = signed_in(pat)
    assert ADOPT in shown(browser)
    page = shown(browser, ADOPT)
    assert "no figure on an existing chart moves" in page
    assert "0.80, assumed" in page
    assert f"{row.result['scales']['CDP']['alpha']['value']:.2f} (alpha), estimated" in page
    assert InstrumentVersion.objects.count() == 1
    answer = browser.post(
        ADOPT, {"scale": ["CDP", "IND"], "computed_at": row.computed_at.isoformat()}, follow=True
    )
    page = answer.content.decode()
    assert "Version 2 is in use now, for new assignments." in page
    assert "This estimate is in use" in page
    assert "It asks the same questions as version 1" in page
    made = answer.context["version"]
    assert [scale.code for scale in made.definition.scales if scale.evidence.rung == 2] == [
        "CDP",
        "IND",
    ]


@pytest.mark.parametrize(
    "people, level, offered", [(99, 1.6, False), (120, 0.2, False), (120, 1.6, True)]
)
def test_only_what_suffices_is_offered(harbour, version, signed_in, pat, people, level, offered):
    estimated(harbour, version, people=people, level=level)
    browser = signed_in(pat)
    assert (ADOPT in shown(browser)) == offered
    assert browser.get(ADOPT).status_code == (200 if offered else 302)


def test_adopting_keeps_what_was_chosen_and_says_what_is_wrong(harbour, version, signed_in, pat):
    row = estimated(harbour, version)
    browser = signed_in(pat)
    seen = row.computed_at.isoformat()
    for sent, sentence in (
        ({"computed_at": seen}, "Please choose at least one scale."),
        ({"scale": ["NOPE"], "computed_at": seen}, "Please choose among the scales shown."),
        ({"scale": ["CDP"], "computed_at": "yesterday"}, "Please open this page again."),
        ({"scale": ["CDP"], "computed_at": "2026-01-01"}, "Please open this page again."),
        (
            {"scale": ["CDP"], "computed_at": "2026-01-01T00:00:00+00:00"},
            "The figures were worked out anew meanwhile.",
        ),
    ):
        answer = browser.post(ADOPT, sent)
        assert answer.status_code == 400
        assert sentence in answer.content.decode()
    assert answer.context["form"]["scale"].value() == ["CDP"]
    assert InstrumentVersion.objects.count() == 1
