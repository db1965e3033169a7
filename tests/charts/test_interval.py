"""The interval of an estimate on a line from 0 to 1."""

import pytest

from assessments.charts import interval
from assessments.charts.chart import Table
from tests.charts.reading import parse, strays

TABLE = Table("Figures", ("Figure", "Value"), (("Alpha", "0.80"),))


def drawn(low=0.7, value=0.8, high=0.9, **options):
    return interval.draw(
        low, value, high, prefix="interval-A", title="Alpha 0.80", table=TABLE, **options
    )


def at(chart, name, attribute):
    (found,) = [node for node in parse(chart.svg).iter() if node.get("class") == name]
    return float(found.get(attribute))


def test_bar_and_dot_stand_where_the_line_says():
    chart = drawn(declared=0.5, bound=0.75)
    unit = interval.WIDTH - 16
    assert at(chart, "chart-interval-bar", "x") == pytest.approx(8 + 0.7 * unit, abs=0.1)
    assert at(chart, "chart-interval-bar", "width") == pytest.approx(0.2 * unit, abs=0.1)
    assert at(chart, "chart-interval-value", "cx") == pytest.approx(8 + 0.8 * unit, abs=0.1)
    assert at(chart, "chart-interval-declared", "cx") == pytest.approx(8 + 0.5 * unit, abs=0.1)
    assert at(chart, "chart-interval-bound", "x1") == pytest.approx(8 + 0.75 * unit, abs=0.1)


def test_what_lies_outside_stands_at_the_end():
    chart = drawn(low=-3.0, value=-1.0, high=0.2)
    assert at(chart, "chart-interval-value", "cx") == 8
    assert strays(chart.svg) == []


def test_picture_has_a_name_and_a_table():
    chart = drawn()
    assert "<title" in chart.svg
    assert "Alpha 0.80" in chart.svg
    assert chart.table is TABLE
    assert "chart-interval-declared" not in chart.svg
    assert "chart-interval-bound" not in chart.svg


def test_estimate_outside_its_own_interval_is_a_mistake():
    with pytest.raises(ValueError):
        drawn(low=0.8, value=0.7)
