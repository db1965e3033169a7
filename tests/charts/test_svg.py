"""The writer: what goes in comes out escaped, and what may not go in is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.charts import svg
from tests.charts.reading import parse

HOSTILE = [
    '"><script>alert(1)</script>',
    "'/><image href=x onerror=alert(1)>",
    "</text></svg><h1>",
    "]]><!--",
    "&lt;&#0;&amp;",
    "a\x00b\x0bc\ud800d\ufffee",
    "{{7*7}}${x}",
    "line\nbreak\ttab\rend",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text(words):
    element = parse(svg.text(words, 1, 2, data_tip=words))
    assert len(element) == 0
    assert set(element.attrib) == {"x", "y", "data-tip"}


@given(st.text())
def test_attributes_come_back_as_they_went_in(words):
    kept = svg._NOT_IN_XML.sub("", words)
    assert parse(svg.tag("g", data_tip=words)).get("data-tip") == kept


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0, "0"), (-0.0, "0"), (-0.04, "0"), (1.25, "1.2"), (100.0, "100"), (7.06, "7.1"), (3, "3")],
)
def test_numbers_have_at_most_one_decimal(value, printed):
    assert svg.number(value) == printed


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="finite"):
        svg.number(value)


@pytest.mark.parametrize("name", ["style", "onclick", "ONLOAD", "a b", "x=1", ""])
def test_attributes_that_could_carry_code_or_style_are_refused(name):
    with pytest.raises(ValueError, match="not an attribute"):
        svg.tag("g", **{name: "x"})


@pytest.mark.parametrize("prefix", ["", "1a", 'a"b', "a b", "é"])
def test_prefix_that_is_no_identifier_is_refused(prefix):
    with pytest.raises(ValueError, match="cannot start an id"):
        svg.checked_prefix(prefix)


def test_none_leaves_an_attribute_out():
    assert svg.tag("g", fill=None, class_="a") == '<g class="a"/>'


def test_markup_is_not_escaped_a_second_time():
    assert svg.Markup("<g/>").__html__() == "<g/>"
