"""The stage ribbon."""

from assessments.charts import ribbon
from assessments.charts.ribbon import RibbonSegment
from tests.charts.reading import by_class, collisions, parse, strays, week, written

COUNTER = RibbonSegment(week(0), week(10), "counter-dependent", "Counter-dependent")
BETWEEN = RibbonSegment(
    week(10),
    week(12),
    "counter-dependent",
    "between counter-dependent and independent",
    certain=False,
    toward="independent",
)
UNCLEAR = RibbonSegment(week(12), week(16), "none", "no clear stage")
INDEPENDENT = RibbonSegment(week(18), week(30), "independent", "Independent")
STORY = [COUNTER, BETWEEN, UNCLEAR, INDEPENDENT]


def bars(svg):
    return [point[0] for point in by_class(svg, "chart-point")]


def test_named_stage_is_solid_and_between_is_striped():
    svg = ribbon.draw(STORY).svg
    assert [bar.get("class") for bar in bars(svg)] == [
        "chart-stage chart-stage--counter-dependent",
        "chart-stage chart-between",
        "chart-stage chart-stage--none",
        "chart-stage chart-stage--independent",
    ]
    assert bars(svg)[1].get("fill") == "url(#ribbon-between-0)"
    assert [e.get("id") for e in parse(svg).iter() if e.tag.endswith("pattern")] == [
        "ribbon-between-0"
    ]


def test_length_is_true_time():
    first, *_, last = bars(ribbon.draw(STORY).svg)
    assert abs(float(last.get("width")) / float(first.get("width")) - 1.2) < 0.01


def test_every_stage_is_named_and_no_name_touches_another():
    for width in (358.0, 700.0, 1120.0):
        svg = ribbon.draw(STORY, width=width).svg
        named = {w.words for w in written(svg)}
        assert {segment.label for segment in STORY} <= named
        assert collisions(svg) == []
        assert strays(svg) == []


def test_name_that_does_not_fit_is_tied_by_a_leader():
    svg = ribbon.draw(STORY).svg
    assert len(by_class(svg, "chart-leader")) == 1


def test_narrow_ribbon_has_a_key_instead_of_leaders():
    svg = ribbon.draw(STORY, width=358).svg
    assert by_class(svg, "chart-leader") == []
    assert len(by_class(svg, "chart-stage")) > len(STORY)


def test_weeks_without_forms_are_a_thread_with_words():
    svg = ribbon.draw([COUNTER, INDEPENDENT]).svg
    assert len(by_class(svg, "chart-thread")) == 1
    assert "no forms" in [w.words for w in written(svg)]


def test_unknown_stage_is_drawn_as_no_clear_stage():
    svg = ribbon.draw([RibbonSegment(week(0), week(4), '"><x', "?")]).svg
    assert bars(svg)[0].get("class") == "chart-stage chart-stage--none"


def test_shared_range_leaves_room_on_both_sides():
    svg = ribbon.draw([UNCLEAR], span=(week(0), week(28))).svg
    bar = bars(svg)[0]
    assert float(bar.get("x")) > 400
    assert float(bar.get("x")) + float(bar.get("width")) < 700


def test_stretch_of_no_length_is_still_seen():
    flash = RibbonSegment(week(3), week(3), "independent", "Independent")
    bar = bars(ribbon.draw([flash], span=(week(0), week(52))).svg)[0]
    assert float(bar.get("width")) >= 1


def test_table_names_gaps_too():
    assert ribbon.draw([COUNTER, INDEPENDENT]).table.rows == (
        ("Counter-dependent", "25 May 2026", "3 Aug 2026"),
        ("no forms", "3 Aug 2026", "28 Sep 2026"),
        ("Independent", "28 Sep 2026", "21 Dec 2026"),
    )


def test_no_stage_yet_is_said_calmly():
    assert [w.words for w in written(ribbon.draw([]).svg)] == [
        "No stage yet. It needs at least two forms."
    ]
