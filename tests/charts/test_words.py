"""Widths of words, wrapping, and where labels go."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.charts import labels, text
from assessments.charts.events import Event, layout
from assessments.charts.labels import Box, Ellipse, Scene
from assessments.charts.scale import TimeAxis
from tests.charts.reading import week

FRAME = Box(0, 0, 300, 300)


def test_bold_is_wider_and_size_counts():
    assert text.width("Now", 12) < text.width("Now", 12, bold=True) < text.width("Now", 24)


def test_width_knows_wide_scripts():
    assert text.width("境界", 10) > text.width("ab", 10)


def test_words_are_wrapped_within_the_limit():
    lines = text.wrap("the platform for interdependence", 12, 110)
    assert lines == ["the platform for", "interdependence"]


def test_too_long_a_word_is_cut_with_an_ellipsis():
    assert text.wrap("Counterdependentindependent", 12, 80) == ["Counterdep…"]


@given(st.text(max_size=60), st.floats(0, 200))
def test_shortened_words_fit(words, limit):
    assert text.width(text.shorten(words, 12, limit), 12) <= limit


def test_label_stands_beside_its_mark_when_nothing_is_in_the_way():
    box = labels.place((60, 16), (150, 150), [(10, 10)], Scene(FRAME))
    assert (box.left, box.centre[1]) == (160, 150)


def test_label_at_the_edge_stays_inside_the_frame():
    box = labels.place((60, 16), (298, 2), [(10, 10)], Scene(FRAME))
    assert FRAME.contains(box.left, box.top)
    assert FRAME.contains(box.right, box.bottom)


def test_label_avoids_what_must_stay_readable():
    wall = Box(150, 0, 300, 300)
    box = labels.place((60, 16), (140, 150), [(10, 10)], Scene(FRAME, hard=(wall,)))
    assert not box.overlaps(wall)


def test_label_goes_elsewhere_when_nothing_beside_the_mark_is_free():
    around = Box(50, 50, 250, 250)
    box = labels.place((60, 16), (150, 150), [(10, 10)], Scene(FRAME, hard=(around,)))
    assert not box.overlaps(around)
    assert labels.leader((150, 150), 8, box) is not None


def test_label_prefers_not_to_cross_an_outline():
    ellipse = Ellipse(150, 150, 40, 40)
    box = labels.place(
        (60, 16), (150, 150), [(10, 10), (44, 44)], Scene(FRAME, outlines=(ellipse,))
    )
    assert not ellipse.crosses(box)


def test_close_events_are_all_named():
    axis = TimeAxis.between(week(0), week(52), 30, 260)
    events = [Event(week(17), "separated"), Event(week(30), "new job")]
    events += [Event(week(32), "back together")]
    placed = layout(events, axis, 11.5, (30, 262), rows=3)
    assert [p.label for p in placed] == [event.label for event in events]


@given(
    st.lists(st.integers(0, 52), min_size=2, max_size=8),
    st.sampled_from(["job", "new job", "back together", "changed reference person"]),
    st.integers(1, 3),
)
@settings(max_examples=200, deadline=None)
def test_event_names_touch_no_name_and_no_line(weeks, label, rows):
    axis = TimeAxis.between(week(0), week(52), 30, 500)
    placed = layout([Event(week(n), label) for n in weeks], axis, 11.5, (30, 502), rows)
    named = [p for p in placed if p.row is not None]
    for p, other in permutations(named, 2):
        assert not (p.row == other.row and p.left < other.right and other.left < p.right)
        assert not (other.row >= p.row and p.left < other.x < p.right)


def test_event_without_room_keeps_its_line():
    axis = TimeAxis.between(week(0), week(52), 30, 260)
    events = [Event(week(20), f"event number {n}") for n in range(9)]
    placed = layout(events, axis, 11.5, (30, 262), rows=2)
    assert len(placed) == 9
    assert sum(p.row is None for p in placed) >= 5


def test_event_outside_the_range_is_left_out():
    axis = TimeAxis.between(week(0), week(4), 30, 260)
    assert layout([Event(week(9), "later")], axis, 11.5, (30, 262), rows=2) == []


def test_break_in_a_series_keeps_its_name_where_there_is_room_for_one():
    events = [
        Event(week(20), "Sabbatical begins and goes on"),
        Event(week(18), "about Lena", breaks=True),
        Event(week(19), "Moved house last week"),
    ]
    axis = TimeAxis.between(week(0), week(52), 30, 260)
    placed = layout(events, axis, 11.5, (30, 262), rows=1)
    assert [p.label for p in placed if p.row is not None and p.event.breaks] == ["about Lena"]
    assert [p.event.at for p in placed] == sorted(p.event.at for p in placed)
