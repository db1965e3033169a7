"""What holds for every chart, whatever is drawn: generated cases."""

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.charts import interval, plane, ribbon, series, sparkline
from assessments.charts.chart import Table, responsive
from assessments.charts.events import Event
from tests.charts.reading import collisions, crossings, parse, strays, walk, week

values = st.floats(-20, 120)
errors = st.floats(0, 30)
labels = st.text(max_size=40)
starts = st.dates(date(2000, 1, 1), date(2050, 1, 1))


@st.composite
def moments(draw, most=60):
    gaps = draw(st.lists(st.integers(0, 40), max_size=most))
    at, found = draw(starts), []
    for gap in gaps:
        at += timedelta(gap)
        found.append(at)
    return found


@st.composite
def maps(draw):
    points = [
        plane.PlanePoint(at, draw(values), draw(values), draw(errors), draw(errors), draw(labels))
        for at in draw(moments())
    ]
    cut = draw(st.floats(35, 65))
    return plane.draw(points, cut=cut, width=draw(st.sampled_from([320.0, 358.0, 560.0, 720.0])))


@st.composite
def ribbons(draw):
    at, segments = draw(starts), []
    codes = st.sampled_from([*sorted(ribbon.STAGES), "none", "?"])
    for _ in range(draw(st.integers(0, 25))):
        start = at + timedelta(draw(st.integers(0, 30)))
        at = start + timedelta(draw(st.integers(0, 90)))
        code, toward, certain = draw(codes), draw(codes), draw(st.booleans())
        segments.append(ribbon.RibbonSegment(start, at, code, draw(labels), certain, toward))
    return ribbon.draw(segments, width=draw(st.sampled_from([320.0, 358.0, 760.0, 1120.0])))


@st.composite
def scales(draw):
    at = draw(moments())
    optional = st.one_of(st.none(), values)
    points = [
        series.SeriesPoint(when, draw(optional), draw(errors), draw(optional), draw(errors))
        for when in at
    ]
    events = [Event(when, draw(labels), draw(st.booleans())) for when in at[::7]]
    return series.draw(
        points,
        scale=draw(st.sampled_from(["cdp", "ind", "dep", "int", ""])),
        baselines=[series.Baseline(draw(values), draw(errors))],
        events=events,
        missed=[when + timedelta(3) for when in at[::5]],
        width=draw(st.sampled_from([240.0, 280.0, 560.0])),
    )


@st.composite
def sparks(draw):
    line = draw(st.lists(st.one_of(st.none(), values), max_size=30))
    return sparkline.draw(line, [draw(errors)] * len(line), label=draw(labels))


@st.composite
def intervals(draw):
    low, value, high = sorted(draw(st.lists(st.floats(-5, 1), min_size=3, max_size=3)))
    declared = draw(st.one_of(st.none(), st.floats(0, 1)))
    title = draw(labels)
    table = Table(title, ("Figure",), ((title,),))
    return interval.draw(
        low, value, high, prefix="a", title=title, table=table, declared=declared, bound=0.7
    )


charts = st.one_of(maps(), ribbons(), scales(), sparks(), intervals())


@given(charts)
@settings(max_examples=120, deadline=None)
def test_picture_is_well_formed_and_carries_no_style_and_no_code(chart):
    for element in parse(chart.svg).iter():
        assert not [key for key in element.attrib if key == "style" or key.startswith("on")]
        assert element.tag.split("}")[1] not in {"script", "style", "image", "foreignObject"}


@given(charts)
@settings(max_examples=120, deadline=None)
def test_ids_are_unique_and_every_reference_is_found(chart):
    ids = [e.get("id") for e in parse(chart.svg).iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'url\(#([^)]*)\)|aria-[a-z]+by="([^"]*)"', chart.svg))
    assert {name for pair in named for name in pair if name} <= set(ids)


@given(charts)
@settings(max_examples=250, deadline=None)
def test_words_never_overlap_and_never_leave_the_picture(chart):
    assert collisions(chart.svg) == []
    assert strays(chart.svg) == []


@given(st.one_of(ribbons(), scales()))
@settings(max_examples=200, deadline=None)
def test_no_line_runs_through_a_name(chart):
    assert crossings(chart.svg) == []


@given(charts)
@settings(max_examples=60, deadline=None)
def test_table_has_a_cell_under_every_heading(chart):
    assert {len(row) for row in chart.table.rows} <= {len(chart.table.header)}


def test_same_input_gives_the_same_picture():
    assert plane.draw(walk(52)) == plane.draw(walk(52))


def test_image_is_named_and_described():
    words = plane.PlaneWords(title="Map", description="From guarded to open")
    root = parse(plane.draw(walk(), words, prefix="m").svg)
    texts = {e.get("id"): e.text for e in root if e.get("id")}
    assert root.get("role") == "img"
    assert texts[root.get("aria-labelledby")] == "Map"
    assert texts[root.get("aria-describedby")] == "From guarded to open"


def test_drawing_is_hidden_and_points_are_not():
    root = parse(plane.draw(walk()).svg)
    hidden = [e for e in root.iter() if e.get("aria-hidden") == "true"]
    assert [e.get("data-tip") for group in hidden for e in group.iter() if e.get("data-tip")] == []
    assert len([e for e in root.iter() if e.get("data-tip")]) == 26


def test_wide_and_compact_stand_together_with_ids_of_their_own():
    wide, compact = plane.draw(walk(), prefix="a"), plane.draw(walk(), prefix="b", width=358)
    both = parse(responsive(wide, compact))
    ids = [e.get("id") for e in both.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


CROWDED = [plane.PlanePoint(week(n), 60 + n % 5 / 5, 45 + n % 3 / 5, 4.5, 4.5) for n in range(52)]
SAMPLE = [series.SeriesPoint(week(n), 70 - n / 2, 8.9, 70 - n / 2, 4.5) for n in range(52)]


@pytest.mark.parametrize(
    ("draw", "budget"),
    [
        # The page holds both drawings; three marks in one place crowd their names.
        (
            lambda: [
                plane.draw(CROWDED, width=width, highlight=plane.Highlight(week(50), "Last review"))
                for width in (560.0, 340.0)
            ],
            3.0,
        ),
        (lambda: series.draw(SAMPLE, baselines=[series.Baseline(70, 20)]), 3.0),
        (
            lambda: ribbon.draw(
                [
                    ribbon.RibbonSegment(week(n), week(n + 1), "none", f"between {n % 9} and mixed")
                    for n in range(52)
                ]
            ),
            3.0,
        ),
        (
            lambda: [sparkline.draw([50.0] * 14, [4.5] * 14, label="Balance") for _ in range(50)],
            9.0,
        ),
    ],
    ids=["map", "scale", "ribbon", "fifty sparklines"],
)
def test_chart_is_drawn_within_its_budget(draw, budget):
    """Milliseconds of this process, best of 30: what else the machine does must not decide."""
    best = float("inf")
    for _ in range(30):
        begun = time.process_time()
        draw()
        best = min(best, time.process_time() - begun)
    assert best * 1000 < budget
