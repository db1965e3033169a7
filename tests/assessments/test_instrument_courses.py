"""Other questionnaires on the client page: points, error, and words by their rung."""

from __future__ import annotations

import re
from datetime import timedelta
from math import hypot

import pytest
from django.urls import reverse

from assessments import queries
from assessments.charts import series
from assessments.client_page import courses, instruments
from assessments.measurement import change
from assessments.measurement.movement import SCALES, Administration, follow
from assessments.wording import instruments as wording
from assessments.wording.ladder import faults
from clinic.models import Episode
from tests import factories_rungs as rungs
from tests.factories import NOW

WEEK = timedelta(days=7)
# A standard error of 20 * sqrt(1 - .89) POMP is 1.79 of 27 points; of a difference, 1.96 * 2.53.
ERROR = "5"


@pytest.fixture
def later(clock):
    clock.move_to(NOW + 8 * WEEK)
    return clock


def course_of(client):
    record = queries.record(client, NOW + 8 * WEEK)
    definitions = {pk: version.definition for pk, version in record.versions.items()}
    since = record.episode.started_at if record.episode else None
    (rows,) = courses.groups(record.scores, since, definitions).values()
    return courses.course(definitions, rows)


def said(client):
    found = course_of(client)
    return wording.course_reading(found), wording.course_facts(found), wording.course_details(found)


@pytest.mark.parametrize(
    "rung, reading",
    [
        (0, "Down 12 points since 2 Nov, to 8; error not known."),
        (1, "Down 12 points since 2 Nov, to 8: beyond the error of 5 (reliability .89 assumed)."),
        (
            2,
            "Reliably lower. Down 12 points since 2 Nov, to 8, error 5 (reliability .89, "
            "estimated in this practice from n = 132, 3 Nov 2026).",
        ),
    ],
)
def test_change_is_said_by_the_rung(nora, rung, reading):
    rungs.score(nora, rungs.published(rungs.tide(rung)), [20, 14, 8])
    assert said(nora)[0] == reading


def test_change_within_error_is_said_with_its_error(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [12, 9])
    assert said(nora)[0] == (
        "Down 3 points since 2 Nov, to 9: within the error of 5 (reliability .89 assumed)."
    )


def test_equal_scores_are_said_without_a_word_on_change(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [12, 12])
    assert said(nora)[0] == ("12, as on 2 Nov: within the error of 5 (reliability .89 assumed).")


def test_classes_and_the_range_are_named_on_the_last_rung(nora):
    rungs.score(nora, rungs.published(rungs.tide(3)), [20, 6])
    _reading, facts, _details = said(nora)
    assert facts[0] == "Recovered, by a cut-off of 8.9. Norms: Two made-up groups."
    assert facts[1] == "Now outside the clinical range of the norms (cut-off 8.9)."


def test_published_change_stands_beside_the_error_with_its_source(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [12, 7])
    _reading, facts, _details = said(nora)
    assert facts == (
        "The published reliable change is 6 points (Another made-up study): not reached.",
        "It reaches the 3 points that are published as important (Another made-up study).",
        "7 is called “swell” (A made-up study).",
    )


def test_nothing_published_is_said_of_a_change_where_nothing_is_known(nora):
    rungs.score(nora, rungs.published(rungs.tide(0)), [12, 7])
    _reading, facts, _details = said(nora)
    assert facts == ("7 is called “swell” (A made-up study).",)


def test_published_name_that_says_too_much_is_left_out(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [20])
    _reading, facts, details = said(nora)
    assert facts == ()
    assert "Published threshold: 10 (A made-up study)." in details


def test_first_score_alone_is_given_with_its_error(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [20])
    assert said(nora)[0] == "20, give or take 3.5 (reliability .89 assumed)."


def test_figures_are_those_the_publication_reports(nora):
    rungs.score(nora, rungs.published(rungs.tide(1, factor=2)), [10, 2])
    found = course_of(nora)
    assert (found.first, found.last) == (20, 4)
    assert wording.course_reading(found).startswith("Down 16 points since 2 Nov, to 4: beyond")
    zones = instruments.zones(found)
    assert [(zone.low, zone.high) for zone in zones] == [(0, 9), (9, 29), (29, 54)]


def test_form_that_could_not_be_scored_is_no_start_and_no_end(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [None, 12, 9, None])
    assert said(nora)[0].startswith("Down 3 points since 9 Nov, to 9")
    rungs_only = course_of(nora)
    assert (rungs_only.first, rungs_only.last) == (12, 9)


def test_form_never_scored_says_so(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [None])
    assert said(nora)[0] == "Not scored yet."


def test_start_is_the_first_score_of_the_episode(nora):
    rungs.score(nora, rungs.published(rungs.tide(1)), [27, 20, 14, 8])
    Episode.objects.filter(client=nora).update(started_at=NOW + WEEK)
    assert said(nora)[0].startswith("Down 12 points since 9 Nov, to 8")


def test_slope_needs_four_scores_over_three_weeks(nora):
    version = rungs.published(rungs.tide(1))
    rungs.score(nora, version, [20, 14, 8])
    assert "No slope: it needs four scores over at least three weeks." in said(nora)[2]
    rungs.score(nora, version, [6], NOW + 3 * WEEK)
    assert said(nora)[2][0] == (
        "Slope −5.3 points a week, the median of all pairs of scores; its interval at roughly 95 % "
        "is −6.0 to −2.0 (Kendall’s tau −1.00)."
    )


def test_range_without_a_source_is_said_to_have_none(nora):
    text = rungs.tide(1).replace('label = "ebb"\nsource = "A made-up study"', 'label = "ebb"')
    rungs.score(nora, rungs.published(text), [3])
    assert said(nora)[1][-1] == "3 is called “ebb” by the form, which names no source."


def test_no_slope_is_said_of_a_form_without_reliability(nora):
    rungs.score(nora, rungs.published(rungs.tide(0)), [20, 14, 8, 6])
    assert course_of(nora).trend is None
    assert not any("lope" in sentence for sentence in said(nora)[2])


def test_two_versions_stand_on_the_lower_rung(nora):
    first = rungs.published(rungs.tide(2))
    text = rungs.tide(2, version=2).replace(rungs.EVIDENCE[2], rungs.EVIDENCE[1])
    rungs.score(nora, first, [20])
    rungs.score(nora, rungs.published(text), [8], NOW + WEEK)
    assert said(nora)[0].endswith("(reliability .89 assumed).")


def test_version_that_counts_otherwise_begins_anew(nora):
    first = rungs.published(rungs.tide(1))
    doubled = rungs.published(rungs.tide(1, factor=2, version=2))
    rungs.score(nora, first, [20])
    rungs.score(nora, doubled, [8], NOW + WEEK)
    found = course_of(nora)
    assert (found.first, found.last) == (None, 16)


@pytest.mark.parametrize("sem", [1.0, 2.5, 3.3, 1.7889])
@pytest.mark.parametrize("sign", [-1, 1])
def test_exactly_the_error_is_within_it_in_sentence_dot_and_movement(sem, sign):
    margin = 1.96 * hypot(sem, sem)
    after = 50 + sign * margin
    assert not change.reliable_change(50, after, sem).reliable
    points = [series.SeriesPoint(NOW, 50.0, sem), series.SeriesPoint(NOW + WEEK, after, sem)]
    drawn = series.draw(points, baselines=[series.Baseline(50.0, margin)])
    assert drawn.table.rows[1][-1] == "within the error of the start"
    assert "answer--outside" not in drawn.svg
    forms = [
        Administration(week, dict.fromkeys(SCALES, value), dict.fromkeys(SCALES, sem))
        for week, value in ((0, 50.0), (1, after))
    ]
    assert abs(follow(forms).changes["CDP"].z) == pytest.approx(1.96, abs=1e-9)
    assert not follow(forms).changes["CDP"].beyond_error


@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_page_shows_chart_table_and_sentence_and_no_word_above_the_rung(
    later, signed_in, ada, nora, rung
):
    rungs.score(nora, rungs.published(rungs.tide(rung)), [20, 14, 13, None, 8])
    page = signed_in(ada).get(reverse("client", args=[nora.pk]))
    content = page.content.decode()
    section = re.search(
        r'<section class="section" aria-labelledby="others">.*?</section>', content, re.S
    )
    assert section
    assert content.count('id="other-0-title"') == 1
    assert "Down 12 points since 2 Nov, to 8" in section[0]
    assert "2 of 9 answered" in section[0]
    words = re.sub(r"<[^>]+>", " ", section[0])
    assert faults(words, rung) == []
