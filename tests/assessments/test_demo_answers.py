"""The simulated answers behave as the definitions assume: alpha, correlations, keying, gaps."""

from __future__ import annotations

from random import Random
from statistics import mean, pvariance

import pytest

from assessments.demo import answers
from assessments.demo.paths import path, walk
from assessments.management.commands.load_instruments import SHIPPED
from assessments.measurement import scoring
from assessments.measurement.definition import Instrument, parse

PEOPLE = 1500
TRUE_SD = 17.9  # with an error of 8.9 this gives the spread of 20 points that is assumed


def shipped(code: str) -> Instrument:
    return parse((SHIPPED / f"{code}-1.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def weekly() -> Instrument:
    return shipped("causeway-weekly")


@pytest.fixture(scope="module")
def sheets(weekly: Instrument) -> list[tuple[dict[str, float], dict[str, int | None]]]:
    """Many people's levels and their answers to one weekly form."""
    random = Random(7)
    found = []
    for _ in range(PEOPLE):
        levels = {s.code: min(98.0, max(2.0, random.gauss(50, TRUE_SD))) for s in weekly.scales}
        manner = answers.style([weekly], random)
        found.append((levels, answers.fill_in(weekly, levels, manner, random)))
    return found


def keyed_columns(weekly: Instrument, sheets, scale_code: str) -> list[list[float]]:
    """One column for each item of a scale, keyed, of the people who answered all of them."""
    scale = weekly.scales_by_code[scale_code]
    rows = [
        [5 - given[k.code] if k.reverse else given[k.code] for k in scale.keyed_items]
        for _levels, given in sheets
        if all(given.get(k.code) is not None for k in scale.keyed_items)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def alpha(columns: list[list[float]]) -> float:
    totals = [sum(row) for row in zip(*columns, strict=True)]
    k = len(columns)
    return k / (k - 1) * (1 - sum(pvariance(c) for c in columns) / pvariance(totals))


@pytest.mark.parametrize("scale", ["CDP", "IND"])
def test_six_items_have_an_alpha_of_about_eighty(weekly, sheets, scale):
    columns = keyed_columns(weekly, sheets, scale)
    found = alpha(columns)
    # Spearman-Brown backwards: the mean correlation that this alpha stands for.
    correlation = found / (6 - 5 * found)
    assert found == pytest.approx(0.80, abs=0.03)
    assert correlation == pytest.approx(0.40, abs=0.05)


def test_scores_scatter_about_the_level_as_much_as_is_declared(weekly, sheets):
    errors = []
    for levels, given in sheets:
        score = scoring.score(weekly, given)["CDP"]
        if score.pomp is not None:
            errors.append(score.pomp - levels["CDP"])
    declared = scoring.error_of(weekly.scales_by_code["CDP"], 6)
    assert mean(errors) == pytest.approx(0, abs=1.5)
    assert pvariance(errors) ** 0.5 == pytest.approx(declared, abs=1.0)


def test_does_not_apply_is_given_only_where_the_item_has_it(weekly, sheets):
    declined = {c for _levels, given in sheets for c, value in given.items() if value is None}
    assert declined == {item.code for item in weekly.items if item.may_not_apply}


def test_a_few_answers_are_left_open(weekly, sheets):
    asked = len(sheets) * len(weekly.items)
    given = sum(len(sheet) for _levels, sheet in sheets)
    assert 0.985 < given / asked < 0.995


def test_whoever_agrees_readily_ticks_higher_on_both_keys(weekly):
    levels = dict.fromkeys(("DEP", "CDP", "IND", "INT"), 50.0)
    even, agreeing = answers.Style(0.0, {}), answers.Style(1.0, {})
    lower = answers.fill_in(weekly, levels, even, Random(3))
    higher = answers.fill_in(weekly, levels, agreeing, Random(3))
    raised = [higher[c] - lower[c] for c in lower if lower[c] is not None]
    assert set(raised) <= {0, 1}
    assert mean(raised) > 0.8


def test_same_chance_gives_the_same_answers(weekly):
    levels = dict.fromkeys(("DEP", "CDP", "IND", "INT"), 50.0)
    first, second = (
        answers.fill_in(weekly, levels, answers.style([weekly], random), random)
        for random in (Random(11), Random(11))
    )
    assert first == second


def test_path_eases_from_point_to_point_and_stays_at_the_ends():
    course = path(CDP=((4, 70), (14, 30)), DEP=40)
    weeks = (0, 4, 9, 14, 30)
    assert [course.level("CDP", week) for week in weeks] == pytest.approx([70, 70, 50, 30, 30])
    assert [course.level("DEP", week) for week in weeks] == [40] * 5


def test_stretched_path_takes_longer_over_the_same_course():
    course = path(CDP=((0, 70), (10, 30))).stretched(2)
    assert course.level("CDP", 10) == pytest.approx(50)


def test_walk_stays_near_its_path():
    levels = walk(path(CDP=50), [float(week) for week in range(2000)], Random(5))
    found = [level["CDP"] for level in levels]
    assert mean(found) == pytest.approx(50, abs=1)
    assert 2.0 < pvariance(found) ** 0.5 < 4.0
