"""The movement map."""

from dataclasses import replace
from itertools import pairwise

import pytest

from assessments.charts import plane
from assessments.charts.labels import Box
from assessments.charts.plane import Highlight, PlanePoint, PlaneWords
from tests.charts.reading import (
    by_class,
    collisions,
    numbers,
    parse,
    strays,
    walk,
    week,
    written,
)

WIDTHS = [358.0, 560.0]


def at(cdp, ind, sd=4.0, n=0):
    return PlanePoint(week(n), cdp, ind, sd, sd)


def frame(svg):
    root = parse(svg)
    left, top, right, bottom = (
        float(root.get(f"data-{side}")) for side in ("left", "top", "right", "bottom")
    )
    return Box(left, top, right, bottom)


def share(svg, element):
    """Where a point stands, as a share of the frame: (0, 0) is left top."""
    box = frame(svg)
    x = (float(element.get("data-x")) - box.left) / (box.right - box.left)
    y = (float(element.get("data-y")) - box.top) / (box.bottom - box.top)
    return round(x, 3), round(y, 3)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("cdp", "ind", "place"),
    [
        (70, 45, (0.3, 0.55)),
        (100, 0, (0.0, 1.0)),
        (0, 100, (1.0, 0.0)),
        (50, 50, (0.5, 0.5)),
        (100, 100, (0.0, 0.0)),
    ],
)
def test_movement_toward_independence_reads_to_the_right_and_up(cdp, ind, place, width):
    svg = plane.draw([at(cdp, ind)], width=width).svg
    assert share(svg, by_class(svg, "chart-point")[0]) == pytest.approx(place, abs=0.001)


def test_both_axes_have_the_same_unit():
    box = frame(plane.draw(walk()).svg)
    assert box.right - box.left == box.bottom - box.top


def test_ellipse_is_the_joint_region_of_two_errors():
    svg = plane.draw([replace(at(50, 50), sd_cdp=4, sd_ind=6)]).svg
    (ellipse,) = by_class(svg, "chart-region")
    unit = (frame(svg).right - frame(svg).left) / 100
    assert float(ellipse.get("rx")) == pytest.approx(2.4477 * 4 * unit, abs=0.06)
    assert float(ellipse.get("ry")) == pytest.approx(2.4477 * 6 * unit, abs=0.06)


def test_start_is_a_ring_and_now_is_a_diamond():
    points = by_class(plane.draw(walk(5)).svg, "chart-point")
    assert [points[0][0].get("class"), points[-1][0].get("class")] == ["chart-start", "chart-now"]


def test_single_position_is_the_first_answers():
    svg = plane.draw([at(60, 40)]).svg
    words = [w.words for w in written(svg)]
    assert "First answers, 25 May" in words
    assert by_class(svg, "chart-start") == []
    assert by_class(svg, "chart-path") == []


def test_two_equal_positions_show_both_marks_and_both_names():
    svg = plane.draw([at(60, 50), at(60, 50, n=1)]).svg
    ring, diamond = by_class(svg, "chart-start")[0], by_class(svg, "chart-now")[0]
    half = max(abs(x - float(ring.get("cx"))) for x, _ in numbers(diamond.get("d")))
    assert float(ring.get("r")) > half + 2
    assert collisions(svg) == []


def test_path_ages_from_pale_to_dark_without_a_gap():
    parts = by_class(plane.draw(walk(52)).svg, "chart-path")
    ages = [part.get("class").split()[-1] for part in parts]
    assert ages == [f"chart-age-{n}" for n in range(1, 7)]
    lines = [numbers(part.get("d")) for part in parts]
    joints = [(a[-1], b[0]) for a, b in pairwise(lines)]
    assert all(end == begin for end, begin in joints)


def test_years_are_named_only_where_they_differ():
    inside = [w.words for w in written(plane.draw(walk(10)).svg)]
    across = [w.words for w in written(plane.draw(walk(52)).svg)]
    assert "Start, 25 May" in inside
    assert {"Start, 25 May 2026", "Now, 17 May 2027"} <= set(across)


def test_crowded_dots_are_thinned_but_every_position_is_kept():
    svg = plane.draw(walk(260)).svg
    assert len(by_class(svg, "chart-point")) == 260
    assert len(by_class(svg, "chart-dot")) < 40


def test_arrowheads_are_few():
    assert 1 <= len(by_class(plane.draw(walk(260)).svg, "chart-arrow")) <= 4


def test_arrowhead_points_the_way_of_the_path():
    head = by_class(plane.draw(walk(52)).svg, "chart-arrow")[0]
    left, tip, right = numbers(head.get("d"))
    assert tip[0] > max(left[0], right[0])
    assert tip[1] < (left[1] + right[1]) / 2


def test_what_leaves_the_frame_is_clipped_not_moved():
    svg = plane.draw([at(104, 102, sd=20), at(-8, 50, sd=20, n=1)]).svg
    box = frame(svg)
    first, last = by_class(svg, "chart-point")
    assert float(first.get("data-x")) < box.left
    assert float(last.get("data-x")) > box.right
    clipped = [e for e in parse(svg).iter() if e.get("clip-path") == "url(#plane-frame)"]
    assert sum("chart-region" in e.get("class", "") for e in clipped[0]) == 2


def test_highlight_names_an_earlier_moment():
    svg = plane.draw(walk(20), highlight=Highlight(week(9), "Last review")).svg
    assert "Last review, 27 Jul" in [w.words for w in written(svg)]
    assert len(by_class(svg, "chart-then")) == 1


def test_highlight_of_an_unknown_moment_is_left_out():
    svg = plane.draw(walk(20), highlight=Highlight(week(99), "Last review")).svg
    assert by_class(svg, "chart-then") == []


def test_zone_name_makes_room_for_the_path():
    svg = plane.draw([at(92, 90), at(95, 96, n=1)]).svg
    name = next(w for w in written(svg) if w.words == "Claims independence")
    box = frame(svg)
    assert name.box.left > box.left + 30 or name.box.top > box.top + 60


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("corner", [(0, 0), (0, 100), (100, 0), (100, 100), (50, 50)])
def test_names_in_the_corners_touch_nothing(corner, width):
    svg = plane.draw([at(*corner), at(*corner, n=1)], width=width).svg
    assert collisions(svg) == []
    assert strays(svg) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_names_of_marks_do_not_cover_marks(width):
    points = [at(55, 50), at(48, 52, n=1), at(52, 55, n=2)]
    svg = plane.draw(points, width=width).svg
    marks = [
        Box.around(float(p.get("data-x")), float(p.get("data-y")), 14, 14)
        for p in (by_class(svg, "chart-point")[0], by_class(svg, "chart-point")[-1])
    ]
    for name in (w for w in written(svg) if "chart-label" in w.classes):
        assert not any(name.box.overlaps(mark) for mark in marks)


@pytest.mark.parametrize("width", WIDTHS)
def test_name_of_an_earlier_moment_leaves_a_crowded_way_free(width):
    ends = [(45, 66), (44, 68), (44.5, 67), (43, 66), (42, 67)]
    points = [*walk(20), *(at(*end, sd=5.5, n=20 + n) for n, end in enumerate(ends))]
    svg = plane.draw(points, width=width, highlight=Highlight(week(23), "Last review")).svg
    name = next(w for w in written(svg) if w.words.startswith("Last review"))
    way = [(float(p.get("data-x")), float(p.get("data-y"))) for p in by_class(svg, "chart-point")]
    assert not [place for place in way if name.box.grown(2).contains(*place)]


def test_long_words_of_another_language_stay_apart():
    words = PlaneWords(
        x_axis="Gegenabhängigkeit im Beziehungsalltag",
        x_more="← stärker auf Abstand bedacht",
        x_less="weniger auf Abstand bedacht →",
        claims="Behauptet Unabhängigkeit und Selbstständigkeit",
        independent_note="die tragfähige Grundlage für gegenseitige Verbundenheit",
    )
    for width in WIDTHS:
        svg = plane.draw(walk(), words, width=width).svg
        assert collisions(svg) == []
        assert strays(svg) == []


def test_every_point_says_its_values_with_their_error():
    point = by_class(plane.draw([replace(at(70, 45), label="long form")]).svg, "chart-point")[0]
    assert point.get("data-tip").split("\n") == [
        "25 May 2026",
        "Counter-dependence 70, give or take 8",
        "Independence 45, give or take 8",
        "long form",
    ]


def test_table_holds_the_same_numbers():
    table = plane.draw([at(70, 45), at(64.4, 51.2, n=1)]).table
    assert table.header == (
        "Date",
        "Counter-dependence",
        "Error (95 %)",
        "Independence",
        "Error (95 %)",
    )
    assert table.rows == (
        ("25 May 2026", "70", "8", "45", "8"),
        ("1 Jun 2026", "64", "8", "51", "8"),
    )


def test_no_answers_yet_is_said_calmly():
    chart = plane.draw([])
    assert [w.words for w in written(chart.svg)] == [
        "No answers yet. The map begins with the first form."
    ]
    assert chart.table.rows == ()


def test_figures_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        plane.draw([at(float("nan"), 50)])


# --- Another person in mind ---------------------------------------------------------------------


def broken(at_form=6):
    return [replace(p, begins=n == at_form) for n, p in enumerate(walk(12))]


def joined(svg):
    paths = [numbers(path.get("d")) for path in by_class(svg, "chart-path")]
    return {pair for path in paths for pair in pairwise(path)}


def test_no_line_joins_what_is_about_another_person():
    whole, cut = (joined(plane.draw(points).svg) for points in (walk(12), broken()))
    assert (len(whole), len(whole - cut)) == (11, 1)
    assert cut < whole


def test_start_is_that_of_the_latest_stretch():
    points = broken()
    (start,) = by_class(plane.draw(points).svg, "chart-start")
    layout = plane.Layout.of(560.0)
    assert float(start.get("cx")) == pytest.approx(layout.x(points[6].cdp), abs=0.1)


def test_first_form_about_another_person_stands_alone():
    svg = plane.draw(broken(11)).svg
    assert by_class(svg, "chart-start") == []
    assert any(entry.words.startswith("First answers") for entry in written(svg))


def test_turning_point_is_ringed_and_named():
    points = [replace(p, note="turned here" if n == 5 else "") for n, p in enumerate(walk(12))]
    svg = plane.draw(points).svg
    assert len(by_class(svg, "chart-turn")) == 1
    assert svg.count("turned here") == 1
