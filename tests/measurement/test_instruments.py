"""The shipped questionnaires: what they promise, and the rules of their wording."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from assessments.measurement.definition import Instrument, Wording, parse
from tests.measurement.wording import OTHERS, broken_rules, listed, syllables, words

FOLDER = Path(__file__).parents[2] / "assessments" / "instruments"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.toml"))
LONG, WEEKLY, SAFETY = "causeway-long-1", "causeway-weekly-1", "safety-check-1"
OUR_FORMS = [LONG, WEEKLY]
OWN_WORDING = [LONG, WEEKLY, SAFETY]
LIBRARY = ["core-10-1", "dass-21-1", "gad-7-1", "k10-1", "phq-9-1", "rses-1", "who-5-1"]
# The words no page may use of a scale below the rung that earns them (MEASUREMENT 3.9), so that
# nothing of a definition brings them onto one.
EARNED = re.compile(r"\b(reliabl[ey]|clinical\w*|normal\w*|recover\w*|healthy|percentile)\b", re.I)
FROZEN = {
    LONG: "15d31f58461886918c855456f99e319a8feb464d8839428c5f3f2c0152f80ab7",
    WEEKLY: "c0951c207672f8d4b8f86d6d1241e89c12aaf63bb40d8fdce758ac8db644580b",
    SAFETY: "feb0d13fab47589ded80f0e6df39a9251d3ed333cbf20a7d17a1c3c74006acf4",
}

# --- the plan of the battery ----------------------------------------------------------------

# How many items of each facet are forward and how many reversed, in the long form.
FACETS = {
    "DEP": {
        "losing oneself in the other": (2, 1),
        "unease about own time": (2, 1),
        "over-responsibility": (2, 1),
        "approval and self-silencing": (1, 1),
        "fear of being left": (1, 0),
    },
    "CDP": {
        "fear or disdain of needing others": (2, 1),
        "pulling back from need or closeness": (2, 1),
        "strength as a front": (2, 1),
        "exit-ready relating": (1, 0),
        "refusing help": (1, 1),
    },
    "IND": {
        "authorship by own values": (2, 1),
        "own goals and ambition": (2, 0),
        "self-acceptance": (1, 1),
        "self-care free of guilt": (1, 1),
        "free of emotional entrapment": (1, 1),
        "asks for help and remains oneself": (1, 0),
    },
    "INT": {
        "own values kept inside the relationship": (1, 1),
        "the bond recognised, being vulnerable seen as worth it": (1, 1),
        "closeness and honesty sought with own values kept": (2, 0),
        "the real self shown to the other": (1, 1),
        "limits, clear speech and listening": (2, 0),
        "a safe place for the other to open up": (1, 1),
        "responsibility for own behaviour": (1, 1),
        "self-worth that stands on its own": (1, 1),
        "at ease with separate interests": (2, 0),
        "the same held for oneself and for the other": (1, 1),
    },
}
MARKER = "asks for help and remains oneself"
SIZES = {  # (forward, reversed, minimum answered)
    LONG: {"DEP": (8, 4, 10), "CDP": (8, 4, 10), "IND": (8, 4, 10), "INT": (13, 7, 16)},
    WEEKLY: {"DEP": (3, 1, 3), "CDP": (4, 2, 5), "IND": (4, 2, 5), "INT": (3, 1, 3)},
}
LONG_PAIRS = [
    "asking-for-help",
    "front-and-real-self",
    "need-of-the-other",
    "own-voice",
    "own-wants",
    "rest-and-guilt",
    "time-apart",
]
WEEKLY_PAIRS = ["asking-for-help", "front-and-real-self", "need-of-the-other", "own-wants"]
WORDS_BEYOND_THE_EVIDENCE = re.compile(
    r"\b(normal|healthy|unhealthy|recovered|clinical range|percentile|diagnos\w+|proven)\b", re.I
)


def keys_of(value: object) -> set[str]:
    """Every key in a table and in the tables it holds."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_readme_names_every_key_of_the_format():
    small = tomllib.loads(Path(__file__).with_name("small-form.toml").read_text())
    external = tomllib.loads((FOLDER / "gad-7-1.toml").read_text(encoding="utf-8"))
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert (keys_of(small) | keys_of(external)) - set(re.findall(r"\w+", readme)) == set()


def load(stem: str) -> Instrument:
    return parse((FOLDER / f"{stem}.toml").read_text(encoding="utf-8"))


def reversed_codes(instrument: Instrument) -> set[str]:
    return {
        keyed.code for scale in instrument.scales for keyed in scale.keyed_items if keyed.reverse
    }


def scale_of(instrument: Instrument) -> dict[str, str]:
    return {k.code: scale.code for scale in instrument.scales for k in scale.keyed_items}


def forward_and_reversed(codes: list[str], reverse: set[str]) -> tuple[int, int]:
    backward = sum(code in reverse for code in codes)
    return len(codes) - backward, backward


def pairs_of(instrument: Instrument) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.pair:
            pairs.setdefault(item.pair, []).append(item.code)
    return pairs


# --- every shipped file ---------------------------------------------------------------------


def test_shipped_forms_are_these() -> None:
    assert sorted([*OWN_WORDING, *LIBRARY]) == SHIPPED


@pytest.mark.parametrize("stem", OWN_WORDING)
def test_published_form_stays_what_it_was(stem: str) -> None:
    instrument = load(stem)
    assert (instrument.checksum, instrument.wording, instrument.has_wording) == (
        FROZEN[stem],
        Wording.OWN,
        True,
    )
    assert {scale.factor for scale in instrument.scales} <= {1}


@pytest.mark.parametrize("stem", SHIPPED)
def test_shipped_file_parses_and_is_named_by_code_and_version(stem: str) -> None:
    instrument = load(stem)
    assert f"{instrument.code}-{instrument.version}" == stem


@pytest.mark.parametrize("stem", SHIPPED)
def test_shipped_form_claims_only_what_is_known(stem: str) -> None:
    instrument = load(stem)
    texts = [instrument.name, instrument.purpose, instrument.introduction]
    texts += [instrument.evidence_note, *(scale.reading for scale in instrument.scales)]
    assert WORDS_BEYOND_THE_EVIDENCE.findall(" ".join(texts)) == []


@pytest.mark.parametrize("stem", LIBRARY)
def test_nothing_a_page_may_show_of_a_definition_claims_more_than_its_rung(stem: str) -> None:
    instrument = load(stem)
    texts = [instrument.name, instrument.purpose, instrument.evidence_note]
    texts += [instrument.licence.name, instrument.licence.terms]
    texts += [rule.message for rule in instrument.risk_rules]
    for scale in instrument.scales:
        assert scale.evidence.rung == 1
        change, norms = scale.published_change, scale.norms
        texts += [scale.name, scale.reading, scale.evidence.source or ""]
        texts += [part for band in scale.bands for part in (band.label, band.source or "")]
        texts += [part for cutoff in scale.cutoffs for part in (cutoff.name, cutoff.source)]
        texts += [found.source for found in (change, norms) if found is not None]
    found = [
        text for text in texts if EARNED.search(text) or WORDS_BEYOND_THE_EVIDENCE.search(text)
    ]
    assert found == []


@pytest.mark.parametrize("stem", OWN_WORDING)
def test_shipped_items_keep_the_rules_of_wording(stem: str) -> None:
    broken = {item.code: broken_rules(item.text) for item in load(stem).items}
    assert {code: rules for code, rules in broken.items() if rules} == {}


@pytest.mark.parametrize("stem", OWN_WORDING)
def test_shipped_items_have_each_text_once(stem: str) -> None:
    times = Counter(" ".join(words(item.text)) for item in load(stem).items)
    assert [text for text, count in times.items() if count > 1] == []


# --- our battery ----------------------------------------------------------------------------


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_our_form_says_it_is_new_and_its_reliability_assumed(stem: str) -> None:
    note = load(stem).evidence_note
    said = ["new", "not yet been validated", "assumed", "own earlier answers"]
    assert [phrase for phrase in said if phrase not in note] == []


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_our_scales_have_their_items_keys_and_missing_rule(stem: str) -> None:
    found = {}
    for scale in load(stem).scales:
        backward = sum(keyed.reverse for keyed in scale.keyed_items)
        forward = len(scale.keyed_items) - backward
        found[scale.code] = (forward, backward, scale.minimum_answered)
    assert found == SIZES[stem]


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_our_reliability_is_spearman_brown_from_the_assumed_correlation(stem: str) -> None:
    assumed = 0.40
    for scale in load(stem).scales:
        k = len(scale.keyed_items)
        evidence = scale.evidence
        assert evidence.reliability == pytest.approx(
            k * assumed / (1 + (k - 1) * assumed), abs=5e-4
        )
        assert (evidence.rung, evidence.sd, scale.cut) == (1, 20.0, 50.0)
        assert evidence.source is not None
        assert evidence.source.startswith("assumed:")


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_our_options_are_six_frequencies_from_never_to_always(stem: str) -> None:
    instrument = load(stem)
    assert [[(o.value, o.label) for o in s.options] for s in instrument.option_sets] == [
        list(enumerate(["Never", "Rarely", "Sometimes", "Often", "Very often", "Always"]))
    ]


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_each_item_is_counted_once_by_the_scale_its_code_names(stem: str) -> None:
    instrument = load(stem)
    counted = [k.code for scale in instrument.scales for k in scale.keyed_items]
    assert sorted(counted) == sorted(item.code for item in instrument.items)
    assert [code for code, scale in scale_of(instrument).items() if code[:3] != scale] == []


def test_long_form_covers_each_facet_in_both_keys_as_planned() -> None:
    instrument = load(LONG)
    reverse, scales = reversed_codes(instrument), scale_of(instrument)
    codes: dict[tuple[str, str], list[str]] = {}
    for item in instrument.items:
        codes.setdefault((scales[item.code], item.facet or ""), []).append(item.code)
    found: dict[str, dict[str, tuple[int, int]]] = {scale: {} for scale in FACETS}
    for (scale, facet), members in codes.items():
        found[scale][facet] = forward_and_reversed(members, reverse)
    assert found == FACETS


def test_long_form_gives_two_interdependence_items_to_each_element() -> None:
    instrument = load(LONG)
    elements = Counter(item.element for item in instrument.items if item.code.startswith("INT"))
    assert elements == dict.fromkeys(range(1, 11), 2)
    assert [element.number for element in instrument.elements] == list(range(1, 11))
    names = {element.number: element.name for element in instrument.elements}
    named = [(item.facet, names[item.element]) for item in instrument.items if item.element]
    assert [pair for pair in named if pair[0] != pair[1]] == []


def test_weekly_form_asks_long_form_items_in_the_same_words_and_key() -> None:
    long, weekly = load(LONG), load(WEEKLY)
    keys = {k.code: k.reverse for scale in long.scales for k in scale.keyed_items}

    def described(instrument: Instrument, code: str) -> tuple[object, ...] | None:
        item = instrument.item(code)
        return item and (item.text, item.facet, item.element, item.may_not_apply)

    for scale in weekly.scales:
        for keyed in scale.keyed_items:
            assert described(weekly, keyed.code) == described(long, keyed.code)
            assert keyed.reverse == keys[keyed.code]


def test_weekly_independence_covers_every_facet_with_the_help_asking_marker() -> None:
    weekly = load(WEEKLY)
    facets = [item.facet for item in weekly.items if item.code.startswith("IND")]
    assert sorted(filter(None, facets)) == sorted(FACETS["IND"])
    marker = [item.code for item in weekly.items if item.facet == MARKER]
    assert [code in reversed_codes(weekly) for code in marker] == [False]


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_independence_items_praise_no_toughness(stem: str) -> None:
    # "own" stays allowed: own goals and own reasons are what independence is made of.
    tough = listed("alone only strong tough hard rely relied depend need needed")
    texts = [item.text for item in load(stem).items if item.code.startswith("IND")]
    assert [text for text in texts if tough.intersection(words(text))] == []


@pytest.mark.parametrize(("stem", "names"), [(LONG, LONG_PAIRS), (WEEKLY, WEEKLY_PAIRS)])
def test_matched_pairs_join_two_scales_with_opposite_content(stem: str, names: list[str]) -> None:
    instrument = load(stem)
    reverse, pairs = reversed_codes(instrument), pairs_of(instrument)
    assert sorted(pairs) == names
    for codes in pairs.values():
        assert len(codes) == 2
        guarded = [code for code in codes if code[:3] in {"DEP", "CDP"}]
        # One problem scale with one strength scale, both forward: saying yes to both is assent.
        assert (len(guarded), reverse.intersection(codes)) == (1, set())


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_pairs_stand_apart_so_that_one_answer_does_not_call_the_other(stem: str) -> None:
    instrument = load(stem)
    place = {item.code: number for number, item in enumerate(instrument.items)}
    close = [c for c in pairs_of(instrument).values() if abs(place[c[0]] - place[c[1]]) < 4]
    assert close == []


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_no_more_than_two_items_of_a_scale_follow_each_other(stem: str) -> None:
    order = [item.code[:3] for item in load(stem).items]
    runs = [trio for trio in zip(order, order[1:], order[2:], strict=False) if len(set(trio)) == 1]
    assert runs == []


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_form_opens_and_closes_with_strengths(stem: str) -> None:
    instrument = load(stem)
    ends = [*instrument.items[:2], *instrument.items[-2:]]
    assert [item.code for item in ends if item.code[:3] not in {"IND", "INT"}] == []
    assert reversed_codes(instrument).intersection(item.code for item in ends) == set()


@pytest.mark.parametrize("stem", OUR_FORMS)
def test_does_not_apply_is_offered_only_where_another_person_is_in_the_question(stem: str) -> None:
    instrument = load(stem)
    offered = [item for item in instrument.items if item.may_not_apply]
    assert instrument.not_applicable is not None
    assert [item.code for item in offered if not OTHERS.intersection(words(item.text))] == []
    close = [item for item in instrument.items if "close to me" in item.text]
    assert [item.code for item in close if not item.may_not_apply] == []


@pytest.mark.parametrize("code", ["CDP", "IND"])
def test_weekly_headline_scale_survives_a_week_without_contact(code: str) -> None:
    weekly = load(WEEKLY)
    scale = weekly.scale(code)
    assert scale is not None
    always_asked = [
        keyed.code
        for keyed in scale.keyed_items
        if (item := weekly.item(keyed.code)) and not item.may_not_apply
    ]
    assert len(always_asked) >= scale.minimum_answered


# --- the safety check -----------------------------------------------------------------------


def test_safety_check_is_a_prompt_without_a_score() -> None:
    safety = load(SAFETY)
    assert safety.scales == ()
    for phrase in ["prompt for a conversation", "not a measure", "not a risk assessment"]:
        assert phrase in safety.evidence_note
        assert phrase in safety.purpose


def test_safety_check_calls_for_a_look_at_the_first_sign() -> None:
    safety = load(SAFETY)
    assert {rule.item: rule.at_least for rule in safety.risk_rules} == {
        "SAFE01": 1,
        "SAFE02": 1,
        "SAFE03": 1,
    }
    assert [item.code for item in safety.items] == ["SAFE01", "SAFE02", "SAFE03", "SAFE04"]


def test_safety_check_lets_every_question_be_left_open() -> None:
    safety = load(SAFETY)
    assert safety.not_applicable == "I would rather not say"
    assert [item.code for item in safety.items if not item.may_not_apply] == []


def test_safety_check_says_it_is_not_watched_and_whom_to_call() -> None:
    introduction = load(SAFETY).introduction
    assert "may not see them straight away" in introduction
    assert "emergency number" in introduction


# --- the rules can fail ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("I asked for help with something I had chosen to do.", []),
        ("I listened and spoke clearly.", ["one idea"]),
        ("I stayed calm because someone asked me.", ["one idea"]),
        ("I told someone yes/maybe.", ["one idea"]),
        ("I did not ask for help.", ["no denial"]),
        ("I felt that I couldn't ask.", ["no denial"]),
        ("I managed without help.", ["no denial"]),
        ("I often asked for help.", ["no frequency word"]),
        ("I kept my boundaries.", ["plain words"]),
        ("I told my husband how I felt.", ["open to everyone"]),
        ("I am a person who kept going.", ["behaviour"]),
        ("Someone helped.", ["first person"]),
        ("I ask for help.", ["past tense"]),
        ("I had a day at home with a cup of tea in the sun by my door.", ["short"]),
        ("I demonstrated considerable determination.", ["easy"]),
        ("I asked. I listened.", ["one sentence"]),
    ],
)
def test_rule_of_wording_catches_its_breach(text: str, broken: list[str]) -> None:
    assert broken_rules(text) == broken


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("I", 1), ("someone", 2), ("closed", 1), ("wanted", 2), ("close", 1), ("people", 2),
        ("something", 2), ("being", 2), ("different", 3), ("relied", 2), ("welcomed", 2),
        ("disapproval", 4), ("times", 1), ("changed", 1), ("table", 2), ("easily", 3), ("more", 1),
        ("criticised", 3), ("while", 1), ("some", 1), ("interests", 3), ("tired", 1), ("values", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllables(word) == count
