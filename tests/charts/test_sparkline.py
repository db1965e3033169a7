"""The sparkline."""

import pytest

from assessments.charts import sparkline
from tests.charts.reading import by_class, numbers, parse


def draw(values, error=5.0, **options):
    return sparkline.draw(values, [error] * len(values), label="Balance from 40 to 60", **options)


def test_it_is_one_image_with_a_name():
    root = parse(draw([40, 50, 60]).svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Balance from 40 to 60"


def test_last_form_is_marked():
    svg = draw([40, 50, 60]).svg
    (last,) = by_class(svg, "chart-spark-last")
    (line,) = by_class(svg, "chart-spark-line")
    assert numbers(line.get("d"))[-1] == (float(last.get("cx")), float(last.get("cy")))


def test_higher_is_higher():
    (line,) = by_class(draw([0, 100]).svg, "chart-spark-line")
    assert numbers(line.get("d")) == [(3.5, 28.5), (116.5, 3.5)]


def test_band_is_the_own_error():
    (band,) = by_class(draw([50, 50], error=10).svg, "chart-spark-band")
    levels = {y for _, y in numbers(band.get("d"))}
    assert max(levels) - min(levels) == pytest.approx(2 * 1.96 * 10 * 0.25, abs=0.2)


def test_form_without_a_score_is_a_gap():
    svg = draw([40, 42, None, 50, 52]).svg
    assert len(by_class(svg, "chart-spark-line")) == 2


def test_form_alone_is_a_dot_with_its_error():
    svg = draw([40, None, 52]).svg
    assert len(by_class(svg, "chart-spark-whisker")) == 2


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_nothing_to_show_is_an_empty_picture(values):
    assert by_class(draw(values).svg, "chart-spark-last") == []


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        sparkline.draw([1, 2], [1], label="x")
