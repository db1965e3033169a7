"""One scale over true time."""

import pytest

from assessments.charts import series
from assessments.charts.events import Event
from assessments.charts.series import Baseline, SeriesPoint, SeriesWords
from tests.charts.reading import by_class, collisions, numbers, parse, strays, week, written

OWN = [Baseline(70, 20)]


def form(n, value, mean=None, sd=4.0):
    return SeriesPoint(week(n), value, 8.9, value if mean is None else mean, sd)


def forms(count, start=70.0, step=-1.5):
    return [form(n, start + step * n) for n in range(count)]


def test_dot_is_hollow_within_the_error_of_the_start_and_filled_beyond():
    svg = series.draw([form(0, 70), form(1, 50), form(2, 49)], baselines=OWN).svg
    outside = ["outside" in point[0].get("class") for point in by_class(svg, "chart-point")]
    assert outside == [False, False, True]


def test_without_a_start_every_dot_is_hollow():
    svg = series.draw([form(0, 5), form(1, 95)]).svg
    assert by_class(svg, "chart-answer--outside") == []


def test_start_counts_only_in_its_own_segment():
    own = [Baseline(70, 20, end=week(2)), Baseline(30, 20, start=week(2))]
    svg = series.draw([form(0, 30), form(2, 30)], baselines=own).svg
    outside = ["outside" in point[0].get("class") for point in by_class(svg, "chart-point")]
    assert outside == [True, False]


def test_axis_is_always_0_to_100():
    svg = series.draw([form(0, 0), form(1, 50), form(2, 100)]).svg
    root = parse(svg)
    top, bottom = float(root.get("data-top")), float(root.get("data-bottom"))
    levels = [float(point.get("data-y")) for point in by_class(svg, "chart-point")]
    assert levels == [bottom, (top + bottom) / 2, top]


def test_four_scales_with_the_same_range_line_up():
    span = (week(0), week(26))
    a = series.draw(forms(3), span=span).svg
    b = series.draw(forms(20)[2:], span=span).svg
    third, first = by_class(a, "chart-point")[2], by_class(b, "chart-point")[0]
    assert third.get("data-x") == first.get("data-x")
    assert third.get("data-at") == first.get("data-at")


def test_line_and_band_stop_where_a_form_was_missed():
    points = [form(n, 60) for n in (0, 1, 2, 4, 5)]
    svg = series.draw(points, missed=[week(3)]).svg
    assert len(by_class(svg, "chart-line")) == 2
    assert len(by_class(svg, "chart-band")) == 2
    assert len(by_class(svg, "chart-missed")) == 1


def test_form_alone_between_gaps_shows_its_error():
    svg = series.draw([form(0, 60), form(2, 60)], missed=[week(1)]).svg
    assert by_class(svg, "chart-line") == []
    assert len(by_class(svg, "chart-whisker")) == 2


def test_break_ends_the_line_without_a_missed_form():
    svg = series.draw(forms(6), events=[Event(week(3), "new version", breaks=True)]).svg
    lines = [numbers(e.get("d")) for e in by_class(svg, "chart-line")]
    assert [len(line) for line in lines] == [3, 3]
    assert len(by_class(svg, "chart-break")) == 1


def test_event_is_a_named_line():
    svg = series.draw(forms(20), events=[Event(week(8), "moved in")]).svg
    assert len(by_class(svg, "chart-event")) == 1
    assert "moved in" in [w.words for w in written(svg)]


def test_band_is_95_percent_of_the_smoothed_error():
    svg = series.draw([form(0, 50, sd=5), form(1, 50, sd=5)]).svg
    corners = numbers(by_class(svg, "chart-band")[0].get("d"))
    high = max(y for _, y in corners) - min(y for _, y in corners)
    assert high == pytest.approx(2 * 1.96 * 5 * 1.5, abs=0.2)


def test_form_that_could_not_be_scored_says_why():
    points = [form(0, 60), SeriesPoint(week(1), None, why_missing="too few answers")]
    chart = series.draw(points)
    assert len(by_class(chart.svg, "chart-unscored")) == 1
    assert chart.table.rows[1] == ("1 Jun 2026", "too few answers", "", "", "", "")
    assert by_class(chart.svg, "chart-point")[1].get("data-tip").split("\n") == [
        "1 Jun 2026",
        "too few answers",
    ]


def test_latest_estimate_is_printed_at_the_end_of_the_line():
    svg = series.draw([form(0, 70), form(1, 40, mean=52.4)]).svg
    (last,) = by_class(svg, "chart-last")
    assert last.text == "52"


def test_every_answer_says_where_it_lies():
    words = SeriesWords(answer="Counter-dependence")
    svg = series.draw([form(0, 44, mean=52)], words, baselines=OWN).svg
    assert by_class(svg, "chart-point")[0].get("data-tip").split("\n") == [
        "25 May 2026",
        "Counter-dependence 44, give or take 17",
        "Smoothed 52, give or take 8",
        "beyond the error of the start",
    ]


def test_table_holds_answers_and_missed_forms_in_order():
    chart = series.draw([form(0, 70), form(2, 44)], baselines=OWN, missed=[week(1)])
    assert chart.table.rows == (
        ("25 May 2026", "70", "17", "70", "8", "within the error of the start"),
        ("1 Jun 2026", "no form", "", "", "", ""),
        ("8 Jun 2026", "44", "17", "44", "8", "beyond the error of the start"),
    )


def test_names_touch_nothing():
    events = [Event(week(n), label) for n, label in ((9, "separated"), (12, "new job"))]
    for count in (1, 2, 26, 260):
        svg = series.draw(forms(count, 99, 0), baselines=OWN, events=events).svg
        assert collisions(svg) == []
        assert strays(svg) == []


def test_unknown_scale_is_drawn_in_ink():
    svg = series.draw(forms(2), scale='x"><y').svg
    assert len(by_class(svg, "chart-scale--ink")) == 1


def test_no_answers_yet_is_said_calmly():
    assert [w.words for w in written(series.draw([]).svg)] == ["No answers yet."]


# --- Other units --------------------------------------------------------------------------------

RANGES = [
    series.Zone(0, 4.5, "ebb"),
    series.Zone(4.5, 14.5, "swell"),
    series.Zone(14.5, 27, "flood"),
]
POINTS = [series.SeriesPoint(week(n), value, 1.8) for n, value in enumerate((20.0, 14.0, 8.5))]


def other(**options):
    words = series.SeriesWords(cut="threshold 10", figure=lambda value: f"{value:.4g}")
    return series.draw(
        POINTS, words, bounds=(0, 27), zones=RANGES, cuts=[10.0], width=320.0, **options
    )


def test_axis_of_another_questionnaire_is_its_own():
    said = [entry.words for entry in written(other().svg)]
    assert {"0", "27", "10", "ebb", "swell", "flood", "threshold 10", "8.5"} <= set(said)
    assert "50" not in said


def test_every_second_range_is_shaded():
    (shaded,) = by_class(other().svg, "chart-range")
    top, height = float(shaded.get("y")), float(shaded.get("height"))
    assert (top, height) == pytest.approx((8 + 150 * 12.5 / 27, 150 * 10 / 27), abs=0.1)


def test_answer_without_a_course_carries_its_own_error():
    whiskers = by_class(other().svg, "chart-whisker--answer")
    assert len(whiskers) == 3
    length = float(whiskers[0].get("y2")) - float(whiskers[0].get("y1"))
    assert length == pytest.approx(2 * 1.96 * 1.8 * 150 / 27, abs=0.2)


def test_table_of_answers_without_a_course_has_no_empty_columns():
    table = other(baselines=[series.Baseline(20.0, 5.0)]).table
    assert table.header == ("Date", "Answers", "Error (95 %)", "Against the start")
    assert table.rows[-1][1:] == ("8.5", "3.528", "beyond the error of the start")


def test_names_of_ranges_touch_nothing():
    assert collisions(other().svg) == []
    assert strays(other().svg) == []
