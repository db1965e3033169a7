"""The published questionnaires as scoring definitions: facts only, and each of them worked by hand.

No text of an item stands here either: whatever is loaded in these tests is made up.
"""

import csv
import gzip
import json
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from assessments.measurement import scoring
from assessments.measurement.definition import (
    DefinitionError,
    Direction,
    Instrument,
    Use,
    Wording,
    parse,
    read_wording,
)
from tests.shared_data import shared

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assessments" / "instruments"
LIBRARY = ["core-10", "dass-21", "gad-7", "k10", "phq-9", "rses", "who-5"]


@cache
def load(code: str) -> Instrument:
    return parse((FOLDER / f"{code}-1.toml").read_text(encoding="utf-8"))


def answers(code: str, values: list[int | None]) -> dict[str, int | None]:
    """Answers in the order of the items."""
    return dict(zip([item.code for item in load(code).items], values, strict=True))


def score(code: str, values: list[int | None], scale: str | None = None) -> scoring.ScaleScore:
    scores = scoring.score(load(code), answers(code, values))
    return scores[scale] if scale else next(iter(scores.values()))


def risks(code: str, given: dict[str, int]) -> list[str]:
    return [rule.item for rule in scoring.risks(load(code), given)]


# --- facts only -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LIBRARY)
def test_definition_holds_facts_only(code: str) -> None:
    data = tomllib.loads((FOLDER / f"{code}-1.toml").read_text(encoding="utf-8"))
    assert data["wording"] == "external"
    assert {key for item in data["items"] for key in item} == {"code", "options"}
    options = [option for one in data["option_sets"] for option in one["options"]]
    assert {key for option in options for key in option} == {"value"}
    assert "introduction" not in data
    about_items = [one for one in data.get("codes", []) if one["about"] in load(code).items_by_code]
    assert [one for one in about_items if "display" in one] == []


@pytest.mark.parametrize("code", LIBRARY)
def test_definition_has_no_wording_until_a_practice_loads_it(code: str) -> None:
    instrument = load(code)
    assert (instrument.wording, instrument.has_wording) == (Wording.EXTERNAL, False)
    assert {item.text for item in instrument.items} == {""}


@pytest.mark.parametrize("code", LIBRARY)
def test_every_figure_names_its_source(code: str) -> None:
    for scale in load(code).scales:
        assert scale.evidence.source
        assert [band.label for band in scale.bands if not band.source] == []
        assert [cutoff.name for cutoff in scale.cutoffs if not cutoff.source] == []


@pytest.mark.parametrize("code", LIBRARY)
def test_bands_cover_the_whole_range_without_a_gap(code: str) -> None:
    for scale in load(code).scales:
        if not scale.bands:
            continue
        assert (scale.bands[0].low, scale.bands[-1].high) == (scale.minimum, scale.maximum)
        assert [b.low - a.high for a, b in pairwise(scale.bands)] == [1] * (len(scale.bands) - 1)
        tenths = range(10 * scale.minimum, 10 * scale.maximum + 1)
        assert [raw for raw in tenths if scale.band(raw / 10) is None] == []


@pytest.mark.parametrize("code", LIBRARY)
def test_every_item_counts_in_exactly_one_scale(code: str) -> None:
    instrument = load(code)
    counted = [keyed.code for scale in instrument.scales for keyed in scale.keyed_items]
    assert sorted(counted) == sorted(instrument.items_by_code)


def test_licences_are_those_of_the_holders() -> None:
    assert {code: load(code).licence.use for code in LIBRARY} == {
        "core-10": Use.NO_ALTERATION,
        "dass-21": Use.NO_ALTERATION,
        "gad-7": Use.FREE,
        "k10": Use.FREE,
        "phq-9": Use.FREE,
        "rses": Use.FREE,
        "who-5": Use.NON_COMMERCIAL,
    }


def test_only_well_being_and_self_esteem_are_hoped_to_rise() -> None:
    rising = [
        code
        for code in LIBRARY
        if {scale.direction for scale in load(code).scales} == {Direction.HIGHER}
    ]
    assert rising == ["rses", "who-5"]


def luhn(code: str) -> int:
    """The check digit of a LOINC code: mod 10 over its digits, every other doubled."""
    digits = [int(digit) for digit in reversed(code)]
    doubled = [2 * digit if place % 2 == 0 else digit for place, digit in enumerate(digits)]
    return -sum(sum(divmod(number, 10)) for number in doubled) % 10


def test_loinc_codes_are_the_verified_ones_and_have_their_check_digit() -> None:
    codes = [one for code in LIBRARY for one in load(code).codes]
    assert {one.system for one in codes} == {"http://loinc.org"}
    for one in codes:
        number, digit = one.code.split("-")
        assert (one.code, int(digit)) == (one.code, luhn(number))
    found = {one.about: one.code for one in load("phq-9").codes}
    assert (found["panel"], found["PHQ9"], found["PHQ09"]) == ("44249-1", "44261-6", "44260-8")
    found = {one.about: one.code for one in load("gad-7").codes}
    assert (found["panel"], found["GAD7"]) == ("69737-5", "70274-6")
    assert {code for code in LIBRARY if load(code).codes} == {"gad-7", "phq-9"}


# --- worked by hand ---------------------------------------------------------------------------

WORKED = [  # code, scale, answers, raw, reported, POMP
    ("phq-9", "PHQ9", [2, 2, 2, 2, 2, 1, 1, 1, 1], 14, 14, 51.8519),
    ("gad-7", "GAD7", [3, 2, 1, 0, 1, 2, 1], 10, 10, 47.6190),
    ("who-5", "WHO5", [3, 2, 3, 2, 3], 13, 52, 52.0),
    ("k10", "K10", [3, 2, 2, 2, 2, 2, 2, 2, 2, 3], 22, 22, 30.0),
    # Items 2 and 3 turned round: 1 + (4 - 3) + (4 - 4) + 2 + 0 + 0 + 3 + 2 + 2 + 0.
    ("core-10", "CORE10", [1, 3, 4, 2, 0, 0, 3, 2, 2, 0], 11, 11, 27.5),
    # 3, 5, 8, 9 and 10 turned round: 3 + 3 + 3 + 3 + 2 + 3 + 3 + 2 + 2 + 2.
    ("rses", "RSES", [3, 3, 2, 3, 3, 3, 3, 3, 3, 3], 26, 26, 53.3333),
]
ONE_BY_ONE = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0]
WORKED += [
    # 3, 5, 10, 13, 16, 17 and 21: 2 + 0 + 1 + 0 + 3 + 0 + 0.
    ("dass-21", "DASSD", ONE_BY_ONE, 6, 12, 28.5714),
    # 2, 4, 7, 9, 15, 19 and 20: 1 + 3 + 2 + 0 + 2 + 2 + 3.
    ("dass-21", "DASSA", ONE_BY_ONE, 13, 26, 61.9048),
    # 1, 6, 8, 11, 12, 14 and 18: 0 + 1 + 3 + 2 + 3 + 1 + 1.
    ("dass-21", "DASSS", ONE_BY_ONE, 11, 22, 52.3810),
]


@pytest.mark.parametrize(("code", "scale", "values", "raw", "reported", "pomp"), WORKED)
def test_score_worked_by_hand(
    code: str, scale: str, values: list[int | None], raw: float, reported: float, pomp: float
) -> None:
    found = score(code, values, scale)
    assert (found.value, found.reported) == (raw, reported)
    assert found.pomp == pytest.approx(pomp, abs=1e-4)
    assert found.sem is not None


EXTREMES = [  # code, scale, lowest and highest reported score
    ("core-10", "CORE10", 0, 40),
    ("dass-21", "DASSD", 0, 42),
    ("dass-21", "DASSA", 0, 42),
    ("dass-21", "DASSS", 0, 42),
    ("gad-7", "GAD7", 0, 21),
    ("k10", "K10", 10, 50),
    ("phq-9", "PHQ9", 0, 27),
    ("rses", "RSES", 10, 40),
    ("who-5", "WHO5", 0, 100),
]


@pytest.mark.parametrize(("code", "name", "low", "high"), EXTREMES)
def test_lowest_and_highest_score(code: str, name: str, low: float, high: float) -> None:
    instrument = load(code)
    scale = instrument.scales_by_code[name]

    def reach(top: bool) -> float | None:
        given = {}
        for keyed in scale.keyed_items:
            options = instrument.items_by_code[keyed.code].option_set
            given[keyed.code] = options.maximum if top != keyed.reverse else options.minimum
        return scoring.score(instrument, given)[name].reported

    assert (reach(False), reach(True)) == (low, high)


def test_reversed_items_are_those_and_no_others() -> None:
    found = {
        code: [k.code[-2:] for scale in load(code).scales for k in scale.keyed_items if k.reverse]
        for code in LIBRARY
    }
    assert {code: numbers for code, numbers in found.items() if numbers} == {
        "core-10": ["02", "03"],
        "rses": ["03", "05", "08", "09", "10"],
    }


# --- missing answers --------------------------------------------------------------------------

MISSING = [  # code, scale, an answer to every item, how many may be missing, the score then
    ("phq-9", "PHQ9", 2, 2, 18),
    ("gad-7", "GAD7", 2, 2, 14),
    ("who-5", "WHO5", 3, 0, 15),
    ("k10", "K10", 3, 1, 30),
    ("rses", "RSES", 2, 2, 25),
    ("dass-21", "DASSD", 2, 1, 14),
    ("dass-21", "DASSA", 2, 1, 14),
    ("dass-21", "DASSS", 2, 1, 14),
]


@pytest.mark.parametrize(("code", "name", "value", "allowed", "raw"), MISSING)
def test_missing_rule_at_its_edge(
    code: str, name: str, value: int, allowed: int, raw: float
) -> None:
    scale = load(code).scales_by_code[name]
    codes = [keyed.code for keyed in scale.keyed_items if not keyed.reverse]
    codes += [keyed.code for keyed in scale.keyed_items if keyed.reverse]
    if code == "rses":  # one forward and one reversed left open: 4 x 2 and 4 x 3, times 10 / 8
        codes = [codes[0], codes[-1], *codes[1:-1]]

    def with_missing(count: int) -> scoring.ScaleScore:
        given = dict.fromkeys(codes[count:], value)
        return scoring.score(load(code), given)[name]

    assert with_missing(allowed).value == raw
    short = with_missing(allowed + 1)
    answered, needed = len(codes) - allowed - 1, len(codes) - allowed
    assert (short.value, short.reported, short.pomp) == (None, None, None)
    assert short.why_missing == f"{answered} of {len(codes)} answered, {needed} needed"


def test_core_10_with_one_missing_is_ten_times_the_mean_answer() -> None:
    # 2 + (4 - 1) + (4 - 0) + 2 + 1 + 0 + 3 + 2 + 1 over nine answers is 18: 10 x 18 / 9.
    assert score("core-10", [2, 1, 0, 2, 1, 0, 3, 2, 1, None]).value == 20.0
    assert score("core-10", [2, 1, 0, 2, 1, 0, 3, 2, None, None]).value is None


# --- bands ------------------------------------------------------------------------------------

BANDS = [
    ("phq-9", "PHQ9", "minimal 4 mild 9 moderate 14 moderately severe 19 severe 27"),
    ("gad-7", "GAD7", "minimal 4 mild 9 moderate 14 severe 21"),
    ("who-5", "WHO5", "low well-being 12 not low 25"),
    ("k10", "K10", "low 15 moderate 21 high 29 very high 50"),
    ("core-10", "CORE10", "low 10 mild 14 moderate 19 moderate to severe 24 severe 40"),
    ("dass-21", "DASSD", "below mild 4 mild 6 moderate 10 severe 13 extremely severe 21"),
    ("dass-21", "DASSA", "below mild 3 mild 5 moderate 7 severe 9 extremely severe 21"),
    ("dass-21", "DASSS", "below mild 7 mild 9 moderate 12 severe 16 extremely severe 21"),
]


def ends(said: str) -> Iterator[tuple[str, int]]:
    """Names of bands with the highest raw score of each."""
    name: list[str] = []
    for word in said.split():
        if word.isdigit():
            yield " ".join(name), int(word)
            name = []
        else:
            name.append(word)


@pytest.mark.parametrize(("code", "name", "said"), BANDS)
def test_bands_change_at_their_edges(code: str, name: str, said: str) -> None:
    scale = load(code).scales_by_code[name]
    found = [(band.label, int(band.high)) for band in scale.bands]
    assert found == list(ends(said))
    for lower, upper in pairwise(scale.bands):
        edge = lower.high
        assert [scale.band(raw) for raw in (edge, edge + 0.9, edge + 1)] == [lower, lower, upper]


def test_self_esteem_has_no_bands() -> None:
    assert load("rses").scales[0].bands == ()


# --- thresholds, change and risk --------------------------------------------------------------


def test_thresholds_and_changes_are_the_published_ones() -> None:
    cutoffs = {code: [c.value for c in load(code).scales[0].cutoffs] for code in LIBRARY}
    assert {code: values for code, values in cutoffs.items() if values} == {
        "core-10": [11, 13],
        "gad-7": [8, 10],
        "phq-9": [10, 10],
        "who-5": [50, 28],
    }
    changes = {code: load(code).scales[0].published_change for code in LIBRARY}
    assert {code: (c.reliable, c.important) for code, c in changes.items() if c} == {
        "core-10": (6, None),
        "gad-7": (4, 4),
        "k10": (7, None),
        "phq-9": (6, None),
        "who-5": (None, 10),
    }


def test_norms_of_core_10_put_the_cut_off_where_it_was_published() -> None:
    norms = load("core-10").scales[0].norms
    assert norms is not None
    spread = norms.clinical_sd + norms.functional_sd
    halfway = norms.clinical_sd * norms.functional_mean + norms.functional_sd * norms.clinical_mean
    assert halfway / spread == pytest.approx(10.46, abs=0.005)  # scores of 11 and more lie beyond


@pytest.mark.parametrize(
    ("code", "item"), [("phq-9", "PHQ09"), ("core-10", "CORE06"), ("dass-21", "DASS21")]
)
def test_risk_item_calls_from_the_first_answer_above_the_lowest(code: str, item: str) -> None:
    assert risks(code, {item: 0}) == []
    assert [risks(code, {item: value}) for value in (1, 2, 3)] == [[item]] * 3
    others = {one.code: 3 for one in load(code).items if one.code != item}
    assert risks(code, others) == []


def test_other_questionnaires_have_no_risk_item() -> None:
    quiet = [code for code in LIBRARY if not load(code).risk_rules]
    assert quiet == ["gad-7", "k10", "rses", "who-5"]


def test_evidence_of_self_esteem_is_that_of_the_open_answers() -> None:
    with gzip.open(shared("rosenberg-answers.csv.gz"), "rt", encoding="utf-8") as file:
        rows = [
            [int(row[f"Q{number}"]) for number in range(1, 11)]
            for row in csv.DictReader(file, delimiter="\t")
        ]
    turned = {int(k.code[-2:]) - 1 for k in load("rses").scales[0].keyed_items if k.reverse}
    complete = [
        [5 - value if place in turned else value for place, value in enumerate(row)]
        for row in rows
        if min(row) > 0
    ]
    totals = [sum(row) for row in complete]
    within = sum(statistics.variance(column) for column in zip(*complete, strict=True))
    alpha = 10 / 9 * (1 - within / statistics.variance(totals))
    evidence = load("rses").scales[0].evidence
    assert evidence.n == len(complete)
    assert evidence.reliability == pytest.approx(alpha, abs=5e-4)
    assert evidence.sd == pytest.approx(100 * statistics.stdev(totals) / 30, abs=0.05)


# --- loading a wording ------------------------------------------------------------------------


def made_up(code: str, **changed: str) -> str:
    """A questionnaire of that shape whose texts are made up."""
    instrument = load(code)
    labels = [changed.get("first", "Not at all"), "b", "c", "d", "e", "f"]
    url = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    items = [
        {
            "linkId": item.code,
            "type": "choice",
            "text": f"Made-up text {number}",
            "answerOption": [
                {
                    "valueCoding": {"display": label},
                    "extension": [{"url": url, "valueDecimal": option.value}],
                }
                for option, label in zip(item.options, labels, strict=False)
            ],
        }
        for number, item in enumerate(instrument.items, start=1)
    ]
    return json.dumps({"resourceType": "Questionnaire", "language": "en", "item": items})


@pytest.mark.parametrize("code", LIBRARY)
def test_wording_can_be_loaded_for_each(code: str) -> None:
    worded = load(code).with_wording(read_wording(made_up(code), load(code)))
    assert worded.has_wording
    assert worded.items[-1].text == f"Made-up text {len(worded.items)}"
    assert worded.checksum == load(code).checksum


@pytest.mark.parametrize("code", ["gad-7", "phq-9"])
def test_wrong_lowest_answer_that_goes_round_is_refused(code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_wording(made_up(code, first="Not at all, more or less"), load(code))
    assert caught.value.problems == [
        'option set days: its lowest answer must read "Not at all"; a file in another language '
        "must say which."
    ]
