"""Reading an instrument: what comes out of a good file, and what is said about a bad one."""

import dataclasses
import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessments.measurement.definition import (
    Band,
    Code,
    Cutoff,
    DefinitionError,
    Direction,
    KeyedItem,
    Licence,
    Norms,
    PublishedChange,
    ReliabilityKind,
    Use,
    Wording,
    parse,
)
from assessments.measurement.definition.parser import CADENCES
from assessments.measurement.schedule import Cadence

TEXT = Path(__file__).with_name("small-form.toml").read_text()


def problems_of(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    return caught.value.problems


def test_parse_reads_the_head_of_the_file(instrument):
    assert (instrument.code, instrument.version, instrument.language) == ("small-form", 3, "en")
    assert instrument.minutes == 3
    assert instrument.default_cadence == "weekly"
    assert instrument.licence.holder == "The Causeway authors"
    assert instrument.not_applicable == "Does not apply this week"
    assert [element.name for element in instrument.elements] == ["Own values kept", "The bond seen"]


def test_parse_keeps_the_order_and_the_options_of_items(instrument):
    codes = [item.code for item in instrument.items]
    assert codes == ["A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2", "SAFE"]
    assert [option.value for option in instrument.item("B2").options] == [1, 3, 4]
    assert instrument.item("A1").may_not_apply is True
    assert instrument.item("A2").may_not_apply is False
    assert (instrument.item("A1").facet, instrument.item("A1").pair) == ("refusing help", "help")


def test_parse_reads_keys_range_and_evidence_of_a_scale(instrument):
    scale = instrument.scale("CDP")
    assert scale.keyed_items[:2] == (KeyedItem("A1", False), KeyedItem("A2", True))
    assert (scale.minimum, scale.maximum, scale.minimum_answered) == (0, 30, 5)
    assert (scale.direction, scale.cut) == (Direction.LOWER, 50.0)
    assert (scale.evidence.rung, scale.evidence.reliability, scale.evidence.sd) == (1, 0.8, 20.0)
    assert scale.evidence.date == date(2026, 11, 24)
    assert [(band.low, band.high) for band in scale.bands] == [(0, 14), (15, 30)]
    assert instrument.scale("INT").cut is None
    assert (instrument.scale("INT").minimum, instrument.scale("INT").maximum) == (1, 9)


def test_parse_reads_what_is_published_about_a_scale(instrument):
    scale = instrument.scale("INT")
    assert scale.factor == 2
    assert scale.cutoffs == (Cutoff(12.0, "12 or more", "Made up for tests"),)
    assert scale.published_change == PublishedChange(6.0, 4.5, "Made up for tests")
    assert scale.norms == Norms(7.0, 3.5, 240, 13.0, 3.0, 310, "Made up for tests")
    evidence = instrument.scale("CDP").evidence
    assert (evidence.kind, evidence.interval) == (ReliabilityKind.ALPHA, (0.75, 0.85))
    assert [band.source for band in instrument.scale("CDP").bands] == ["Halves of the range", None]


def test_parse_reads_licence_and_codes(instrument):
    assert instrument.licence == Licence(
        "CC BY 4.0",
        "The Causeway authors",
        "Free to use with attribution.",
        Use.FREE,
        "https://creativecommons.org/licenses/by/4.0/",
    )
    assert instrument.codes == (
        Code("http://example.org/codes", "panel-1", "panel", "Small form"),
        Code("http://example.org/codes", "item-1", "A1", None),
    )


def test_what_a_file_does_not_say_is_as_if_it_were_free_and_published_nowhere(text):
    plain = text.replace('wording = "own"\n', "").replace('use = "free"\n', "")
    plain = re.sub(r"url = .*\n|factor = 2\n", "", plain).partition("[[codes]]")[0]
    instrument = parse(re.sub(r"(?s)\[\[scales\.cutoffs.*?(?=\[\[bands)", "", plain, count=1))
    assert (instrument.licence.use, instrument.licence.url) == (Use.FREE, None)
    assert (instrument.wording, instrument.has_wording, instrument.codes) == (Wording.OWN, True, ())
    scale = instrument.scale("INT")
    assert (scale.factor, scale.cutoffs, scale.published_change, scale.norms) == (1, (), None, None)
    assert (scale.evidence.kind, scale.evidence.interval) == (None, None)


def test_reported_score_is_the_factor_times_the_raw_one(instrument):
    assert instrument.scale("INT").reported(7.5) == 15.0
    assert instrument.scale("CDP").reported(7.5) == 7.5


@pytest.mark.parametrize(
    ("raw", "low"), [(0, 0), (14, 0), (14.6, 0), (15, 15), (30, 30), (15.0, 15), (30.5, None)]
)
def test_band_of_a_raw_score(instrument, raw, low):
    bands = (Band("CDP", 0, 14, "a"), Band("CDP", 15, 29, "b"), Band("CDP", 30, 30, "c"))
    scale = dataclasses.replace(instrument.scale("CDP"), bands=bands[: 2 if low is None else 3])
    found = scale.band(raw)
    assert (found and found.low) == low


def test_external_wording_leaves_texts_and_labels_empty(text):
    instrument = parse(without_texts(text))
    assert (instrument.wording, instrument.has_wording) == (Wording.EXTERNAL, False)
    assert {item.text for item in instrument.items} == {""}
    assert {option.label for item in instrument.items for option in item.options} == {""}
    assert instrument.introduction == "Please answer for the person named above."
    assert [rule.item for rule in instrument.risk_rules] == ["SAFE"]


def without_texts(text: str) -> str:
    external = text.replace('wording = "own"', 'wording = "external"')
    external = re.sub(r"^text = .*\n", "", external, flags=re.MULTILINE)
    return re.sub(r', label = "[^"]*" }', " }", external)


def test_file_with_external_wording_may_not_hold_a_text(text):
    external = without_texts(text).replace('code = "A3"', 'code = "A3"\ntext = "Kept."')
    external = external.replace("{ value = 2 }", '{ value = 2, label = "Sometimes" }')
    why = "the wording is external: a practice loads it from a file that it has."
    assert problems_of(external) == [
        f'option set frequency, option number 3: take "label" out; {why}',
        f'item A3: take "text" out; {why}',
    ]


def test_name_of_a_code_of_an_item_is_its_wording_and_may_not_stand_in_an_external_file(text):
    external = without_texts(text).replace('about = "A1"', 'about = "A1"\ndisplay = "Kept."')
    assert problems_of(external) == [
        "code item-1: the name of an item is its wording, which is loaded; take it out."
    ]


def with_rung(text: str, rung: int, **evidence: object) -> str:
    """The small form with its scale INT on that rung."""
    lines = {"reliability": 0.8, "sd": 20.0, "source": '"x"', "n": 250, "interval": [0.75, 0.85]}
    lines |= evidence
    said = "".join(f"{key} = {value}\n" for key, value in lines.items() if value is not None)
    return text.replace(
        "[scales.evidence]\nrung = 0\n", f"[scales.evidence]\nrung = {rung}\n{said}"
    )


def test_rung_two_shows_how_sure_it_is(text):
    assert parse(with_rung(text, 2, n=100, interval=[0.7, 0.85])).scale("INT").evidence.rung == 2
    place = "scale INT, evidence: rung 2 needs"
    for evidence, sentence in (
        ({"n": 99}, f'{place} "n", and at least 100 people.'),
        ({"interval": None}, f'{place} "interval", the 95 % interval of the reliability.'),
        ({"interval": [0.699, 0.85]}, f'{place} an "interval" that begins at 0.70 or above.'),
    ):
        assert problems_of(with_rung(text, 2, **evidence)) == [sentence]


def test_rung_three_needs_norms_of_two_groups_that_lie_the_hoped_way(text):
    high = with_rung(text, 3)
    assert parse(high).scale("INT").evidence.rung == 3
    place = "scale INT, evidence: rung 3 needs"
    beyond = f"{place} a functional mean that lies where the scale is hoped to go from the "
    beyond += "clinical mean."
    for old, new, sentence in (
        (
            "clinical_n = 240",
            "clinical_n = 199",
            f"{place} norms from at least 200 people in each group.",
        ),
        ("functional_mean = 13", "functional_mean = 7", beyond),
        ('direction = "higher"', 'direction = "lower"', beyond),
        ('direction = "higher"', 'direction = "none"', beyond),
    ):
        assert problems_of(high.replace(old, new)) == [sentence]
    without = re.sub(r"(?s)\[scales\.norms.*?(?=\[\[bands)", "", high, count=1)
    assert problems_of(without) == [f'{place} a table "norms" of the scale that can be read.']


def test_lookup_of_an_unknown_code_gives_none(instrument):
    assert instrument.item("A99") is None
    assert instrument.scale("XYZ") is None


def test_instrument_cannot_be_changed(instrument):
    with pytest.raises(dataclasses.FrozenInstanceError):
        instrument.version = 4


def test_checksum_is_that_of_the_text_whatever_the_line_ends(text, instrument):
    assert instrument.checksum == hashlib.sha256(text.encode()).hexdigest()
    assert parse("\ufeff" + text.replace("\n", "\r\n")).checksum == instrument.checksum
    assert parse(text.replace("I left early.", "I left.")).checksum != instrument.checksum


def test_cadences_of_files_are_those_of_the_schedule_that_need_no_session_and_no_end():
    left_out = {"before_session", "after_session", "at_end"}
    assert list(CADENCES) == [cadence.value for cadence in Cadence if cadence not in left_out]


def test_risk_rules_alone_make_an_instrument(text):
    head, _, rest = text.partition("[[scales]]")
    only_risks = parse(head + "[[risk_rules]]" + rest.partition("[[risk_rules]]")[2])
    assert only_risks.scales == ()
    assert [rule.item for rule in only_risks.risk_rules] == ["SAFE"]


def test_element_without_a_list_of_elements_is_allowed(text):
    assert parse(text.partition("[[elements]]")[0]).item("B1").element == 1


# Each: what is replaced, by what, and the one sentence that must come of it.
FAULTS = [
    (
        'code = "A3"',
        'code = "A3"\ncolour = 1',
        (
            "item A3: unknown key 'colour'; known here are "
            "code, text, options, may_not_apply, facet, element, pair."
        ),
    ),
    (
        "minutes = 3",
        "minutes = 3\nmood = 1",
        (
            "file: unknown key 'mood'; known here are format, wording, "
            "option_sets, elements, not_applicable, items, bands, scales, risk_rules, "
            "code, version, language, name, purpose, window, introduction, minutes, "
            "evidence_note, default_cadence, licence, codes."
        ),
    ),
    (
        'holder = "The',
        'owner = 1\nholder = "The',
        "licence: unknown key 'owner'; known here are name, holder, terms, use, url.",
    ),
    ("format = 1", "format = 2", 'file: "format" must be from 1 to 1; it is 2.'),
    ("format = 1\n", "", 'file: "format" is missing.'),
    (
        'code = "small-form"',
        'code = "Small Form"',
        'file: "code" must be up to 64 small letters, digits and single hyphens.',
    ),
    (
        'language = "en"',
        'language = "English"',
        'file: "language" must be a language code such as "en".',
    ),
    ("version = 3", "version = true", 'file: "version" must be a whole number.'),
    ("version = 3", "version = 1.0", 'file: "version" must be a whole number.'),
    ("version = 3", "version = 0", 'file: "version" must be from 1 to 100000; it is 0.'),
    (
        "version = 3",
        "version = 0x" + "f" * 5000,
        'file: "version" must be from 1 to 100000; it is far too large.',
    ),
    (
        'default_cadence = "weekly"',
        'default_cadence = "daily"',
        (
            'file: "default_cadence" must be '
            "one of once, weekly, two_weeks, four_weeks, six_weeks, eight_weeks, twelve_weeks; "
            "it is 'daily'."
        ),
    ),
    (
        (
            '[licence]\nname = "CC BY 4.0"\nholder = "The Causeway authors"\n'
            'terms = "Free to use with attribution."\nuse = "free"\n'
            'url = "https://creativecommons.org/licenses/by/4.0/"\n'
        ),
        "",
        'file: "licence" is missing.',
    ),
    ('"Free to use with attribution."', '" "', 'licence: "terms" must not be empty.'),
    ('name = "Small form"', "name = 5", 'file: "name" must be text in quotation marks.'),
    ('"I hid a feeling."', '""', 'item A3: "text" must not be empty.'),
    (
        '"I hid a feeling."',
        '"I hid\\u0000 it."',
        'item A3: "text" holds a character that cannot be seen (U+0000).',
    ),
    (
        '"I hid a feeling."',
        '"I hid\\n it."',
        'item A3: "text" holds a character that cannot be seen (U+000A).',
    ),
    (
        '"I hid a feeling."',
        '"I \\u202Ehid it."',
        'item A3: "text" holds a character that cannot be seen (U+202E).',
    ),
    (
        '"I hid a feeling."',
        '"I \\u200bhid it."',
        'item A3: "text" holds a character that cannot be seen (U+200B).',
    ),
    (
        '"I hid a feeling."',
        f'"{"x" * 1001}"',
        'item A3: "text" is too long: 1001 characters, 1000 allowed.',
    ),
    (
        'code = "A3"',
        'code = "A 3"',
        (
            'item number 3: "code" must be up to 40 letters, digits, '
            'hyphens or underscores, not first a hyphen.\nscale CDP: there is no item "A3".'
        ),
    ),
    (
        'code = "B1"',
        'code = "A6"',
        ('item A6: the same code is used by another item.\nscale INT: there is no item "B1".'),
    ),
    (
        'text = "I hid a feeling."\noptions = "frequency"',
        'text = "I hid a feeling."\noptions = "often"',
        'item A3: there is no option set "often".',
    ),
    (
        "may_not_apply = true",
        "may_not_apply = 1",
        'item A1: "may_not_apply" must be true or false.',
    ),
    (
        '[not_applicable]\nlabel = "Does not apply this week"\n',
        "",
        'item A1: it may not apply, so the file needs a table "not_applicable" with a label.',
    ),
    (
        'text = "I let someone help me."\noptions = "frequency"\npair = "help"',
        'text = "I let someone help me."\noptions = "frequency"',
        'item A1: the pair "help" needs two items; it has 1.',
    ),
    ("element = 2", "element = 3", "item A5: element 3 is not among the elements of this file."),
    ("element = 2", "element = 11", 'item A5: "element" must be from 1 to 10; it is 11.'),
    (
        "number = 2",
        "number = 1",
        (
            "element number 2: number 1 is given twice.\n"
            "item A5: element 2 is not among the elements of this file."
        ),
    ),
    (
        '{ value = 1, label = "Rarely" }',
        '{ value = 2, label = "Rarely" }',
        "option set frequency: the values of its options must rise from each option to the next.",
    ),
    (
        '{ value = 1, label = "Rarely" }',
        '{ value = "1", label = "Rarely" }',
        'option set frequency, option number 2: "value" must be a whole number.',
    ),
    (
        '{ value = 1, label = "Rarely" }',
        '{ value = 1, label = "Never" }',
        "option set frequency: two of its options have the same label.",
    ),
    (
        (
            'options = [{ value = 1, label = "No" }, { value = 3, label = "Partly" }, '
            '{ value = 4, label = "Yes" }]'
        ),
        'options = [{ value = 1, label = "No" }]',
        "option set agreement: it needs at least two options.",
    ),
    (
        'code = "agreement"',
        'code = "frequency"',
        (
            "option set frequency: the same code is used by "
            'another option set.\nitem B2: there is no option set "agreement".\n'
            'item SAFE: there is no option set "agreement".'
        ),
    ),
    ('items = ["A1", "-A2"', 'items = ["A1", "-A9"', 'scale CDP: there is no item "A9".'),
    ('items = ["A1", "-A2"', 'items = ["A1", "A3"', "scale CDP: item A3 is listed 2 times."),
    ('items = ["A1", "-A2"', 'items = ["A1", "A2", "-A2"', "scale CDP: item A2 is listed 2 times."),
    ('items = ["B1", "-B2"]', "items = []", "scale INT: it has no items."),
    (
        'items = ["B1", "-B2"]',
        "items = [1, 2]",
        'scale INT: "items" must be a list of texts in quotation marks.',
    ),
    (
        "minimum_answered = 5",
        "minimum_answered = 7",
        'scale CDP: "minimum_answered" must be from 1 to 6; it is 7.',
    ),
    (
        "minimum_answered = 5",
        "minimum_answered = 0",
        'scale CDP: "minimum_answered" must be from 1 to 6; it is 0.',
    ),
    (
        'direction = "higher"',
        'direction = "up"',
        "scale INT: \"direction\" must be one of lower, higher, none; it is 'up'.",
    ),
    ('code = "INT"', 'code = "CDP"', "scale CDP: the same code is used by another scale."),
    ("cut = 50.0", "cut = nan", 'scale CDP: "cut" must be from 0 to 100; it is nan.'),
    ("cut = 50.0", "cut = inf", 'scale CDP: "cut" must be from 0 to 100; it is inf.'),
    ("cut = 50.0", "cut = false", 'scale CDP: "cut" must be a number.'),
    (
        "reliability = 0.80",
        "reliability = 1.0",
        (
            'scale CDP, evidence: "reliability" must lie '
            "between 0 and 1, without 0 and 1 themselves."
        ),
    ),
    (
        "reliability = 0.80",
        "reliability = -0.1",
        'scale CDP, evidence: "reliability" must be from 0 to 1; it is -0.1.',
    ),
    ("reliability = 0.80\n", "", 'scale CDP, evidence: rung 1 needs "reliability".'),
    ("sd = 20.0\n", "", 'scale CDP, evidence: rung 1 needs "sd".'),
    ("sd = 20.0", "sd = 0", 'scale CDP, evidence: "sd" must be greater than 0.'),
    (
        "rung = 0",
        "rung = 0\nreliability = 0.5",
        (
            "scale INT, evidence: rung 0 means that no "
            'reliability is known; take "reliability" out or rise.'
        ),
    ),
    (
        "rung = 1",
        "rung = 2",
        'scale CDP, evidence: rung 2 needs "n", and at least 100 people.',
    ),
    ("rung = 1", "rung = 4", 'scale CDP, evidence: "rung" must be from 0 to 3; it is 4.'),
    (
        "date = 2026-11-24",
        "date = 2026-11-24T10:00:00Z",
        ('scale CDP, evidence: "date" must be a date such as 2026-11-24, without quotation marks.'),
    ),
    ("[scales.evidence]\nrung = 0\n", "", 'scale INT: "evidence" is missing.'),
    (
        'wording = "own"',
        'wording = "mine"',
        """file: "wording" must be one of own, external; it is 'mine'.""",
    ),
    (
        'use = "free"',
        'use = "restricted"',
        (
            "licence: a restricted questionnaire, such as the ORS, the SRS or the OQ-45, needs its "
            "holder's permission for everyone who uses it, so it cannot be published here."
        ),
    ),
    (
        'use = "free"',
        'use = "mine"',
        (
            'licence: "use" must be one of free, non_commercial, no_alteration, restricted; '
            "it is 'mine'."
        ),
    ),
    (
        "https://creativecommons.org/licenses/by/4.0/",
        "javascript:alert(1)",
        'licence: "url" must be a web address that begins with https:// or http://.',
    ),
    ("factor = 2", "factor = 0", 'scale INT: "factor" must be greater than 0.'),
    ("factor = 2", "factor = true", 'scale INT: "factor" must be a number.'),
    (
        "value = 12",
        "value = 18.5",
        'scale INT, cut-off number 1: "value" must be from 2 to 18; it is 18.5.',
    ),
    (
        'name = "12 or more"\nsource = "Made up for tests"\n',
        'name = "12 or more"\n',
        'scale INT, cut-off number 1: "source" is missing.',
    ),
    (
        "reliable = 6\nimportant = 4.5\n",
        "",
        'scale INT, published_change: it needs "reliable" or "important".',
    ),
    (
        "reliable = 6",
        "reliable = 0",
        'scale INT, published_change: "reliable" must be greater than 0.',
    ),
    (
        "reliable = 6",
        "reliable = 17",
        'scale INT, published_change: "reliable" must be from 0 to 16; it is 17.',
    ),
    ("clinical_sd = 3.5\n", "", 'scale INT, norms: "clinical_sd" is missing.'),
    (
        "clinical_sd = 3.5",
        "clinical_sd = 0",
        'scale INT, norms: "clinical_sd" must be greater than 0.',
    ),
    (
        "functional_mean = 13",
        "functional_mean = 19",
        'scale INT, norms: "functional_mean" must be from 2 to 18; it is 19.',
    ),
    (
        "interval = [0.75, 0.85]",
        "interval = [0.85, 0.75]",
        (
            'scale CDP, evidence: "interval" must rise from its first number to its second, '
            "within 0 to 1."
        ),
    ),
    (
        "interval = [0.75, 0.85]",
        "interval = [0.75]",
        'scale CDP, evidence: "interval" must be two numbers in brackets, such as [0.78, 0.85].',
    ),
    (
        "interval = [0.75, 0.85]",
        "interval = [nan, 0.85]",
        (
            'scale CDP, evidence: "interval" must rise from its first number to its second, '
            "within 0 to 1."
        ),
    ),
    (
        "interval = [0.75, 0.85]",
        "interval = [0.81, 0.85]",
        'scale CDP, evidence: "reliability" lies outside its own "interval".',
    ),
    (
        "rung = 0",
        "rung = 0\ninterval = [0.7, 0.8]",
        'scale INT, evidence: "interval" says nothing without "reliability".',
    ),
    (
        'kind = "alpha"',
        'kind = "beta"',
        "scale CDP, evidence: \"kind\" must be one of alpha, omega, retest; it is 'beta'.",
    ),
    ('about = "A1"', 'about = "A9"', 'code item-1: there is no item or scale "A9".'),
    (
        'system = "http://example.org/codes"\ncode = "item-1"',
        'system = "codes"\ncode = "item-1"',
        'code item-1: "system" must be a web address that begins with https:// or http://.',
    ),
    ('code = "item-1"', 'code = "panel-1"', "code panel-1: the same code is given twice."),
    (
        'code = "SAFE"',
        'code = "panel"',
        (
            'risk rule unsafe: there is no item "SAFE".\n'
            'code panel-1: "panel" is the name of more than one thing it can be about.'
        ),
    ),
    (
        "low = 15",
        "low = 14",
        'band number 2: it overlaps with the band "fewer than half of the points".',
    ),
    ("low = 15", "low = 31", "band number 2: its low end 31 lies above its high end 30."),
    ("high = 30", "high = 31", "band number 2: it leaves the range of the scale, 0 to 30."),
    (
        '[[bands]]\nscale = "CDP"\nlow = 0',
        '[[bands]]\nscale = "DEP"\nlow = 0',
        'band number 1: there is no scale "DEP".',
    ),
    ('item = "SAFE"', 'item = "SAFE9"', 'risk rule unsafe: there is no item "SAFE9".'),
    (
        'item = "SAFE"',
        'item = "\\u001b[2J\\nA\\u202E1"',
        (
            'risk rule unsafe: "item" holds a character that cannot be seen (U+001B).\n'
            'risk rule unsafe: there is no item "?[2J?A?1".'
        ),
    ),
    ("at_least = 3", "at_least = 2", "risk rule unsafe: no option of item SAFE has the value 2."),
]


@pytest.mark.parametrize("old, new, sentence", FAULTS, ids=range(len(FAULTS)))
def test_parse_says_what_is_wrong_and_where(text, old, new, sentence):
    assert old in text
    found = problems_of(text.replace(old, new, 1))
    assert found == sentence.split("\n")


def test_parse_names_the_line_of_a_syntax_error(text):
    broken = text.replace('language = "en"', "language en")
    (sentence,) = problems_of(broken)
    assert sentence.startswith("line 4: not valid TOML at character 10; ")


def test_parse_says_that_a_file_breaks_off():
    assert problems_of('code = """abc')[0].startswith("end of the file: the file breaks off; ")


def test_parse_collects_all_faults_in_one_run(text):
    broken = text.replace("version = 3", "version = 0").replace("number = 2", "number = 20")
    broken = broken.replace("at_least = 3", 'at_least = "3"').replace("cut = 50.0", "cut = 500")
    assert problems_of(broken) == [
        'element number 2: "number" must be from 1 to 10; it is 20.',
        "item A5: element 2 is not among the elements of this file.",
        'scale CDP: "cut" must be from 0 to 100; it is 500.',
        'risk rule unsafe: "at_least" must be a whole number.',
        'file: "version" must be from 1 to 100000; it is 0.',
    ]


def test_definition_error_reads_as_its_sentences(text):
    with pytest.raises(DefinitionError) as caught:
        parse(text.replace("version = 3", "version = 0").replace("cut = 50.0", "cut = 500"))
    assert str(caught.value) == "\n".join(caught.value.problems)


def test_parse_refuses_a_file_without_items_or_meaning(text):
    head = text.partition("[[items]]")[0]
    assert problems_of(head) == [
        'file: "items" is missing.',
        "file: it has neither scales nor risk rules, so its answers would say nothing.",
    ]
    assert problems_of("items = []\n" + head)[0] == "file: it has no items."


def test_parse_refuses_absurd_sizes(text):
    assert problems_of("#" * 1_000_001) == ["file: too large; 1,000,000 bytes are allowed."]
    extra = "".join(
        f'\n[[items]]\ncode = "X{i}"\ntext = "x"\noptions = "frequency"' for i in range(492)
    )
    assert problems_of(text + extra)[0] == 'file: "items" has 501 entries; 500 are allowed.'


def test_parse_names_a_list_that_is_too_long_instead_of_its_entries(text):
    codes = ", ".join(f'"Z{number}"' for number in range(501))
    assert problems_of(text.replace('items = ["A1"', f"items = [{codes}")) == [
        'scale CDP: "items" has 506 entries; 500 are allowed.'
    ]


def test_fault_in_the_items_of_a_scale_is_not_reported_once_more(text):
    assert problems_of(text.replace('items = ["A1"', "items = [1")) == [
        'scale CDP: "items" must be a list of texts in quotation marks.'
    ]


def test_parse_withstands_brackets_without_end():
    assert problems_of("a = " + "[" * 100_000) == [
        "file: a value in it is not valid TOML or far too large."
    ]


def test_parse_withstands_keys_of_very_many_parts(text):
    assert problems_of(text + "a" + ".a" * 100_000 + " = 1")[0].endswith(
        ": more than 100 full stops in one line; break it up."
    )


def test_parse_names_only_the_first_of_very_many_unknown_keys(text):
    extra = "".join(f"\nkey{number} = 1" for number in range(1000))
    found = problems_of(text + extra)
    assert len(found) == 21
    assert found[-1] == "code item-1: 980 more unknown keys."


@pytest.mark.parametrize("junk", [b"format = 1", None, 5, "\ud800"])
def test_parse_refuses_what_is_not_text(junk):
    assert len(problems_of(junk)) == 1


@given(st.text())
@example("format = 1")
@example("items = 5\nscales = [1]\nlicence = []\nrisk_rules = {a = 1}")
@example("[items]\n[option_sets]\n[scales]\n[elements]\n[bands]")
def test_parse_raises_nothing_but_definition_errors(junk):
    with pytest.raises(DefinitionError):
        parse(junk)


LINES = TEXT.split("\n")
VALUES = ["1", "-1", "true", "nan", '""', '"A1"', "[]", "[[]]", "{}", "{ a = 1 }", "07:00:00"]


@given(st.integers(0, len(LINES) - 1), st.sampled_from(VALUES))
def test_parse_of_an_altered_file_gives_an_instrument_or_its_faults(number, value):
    key = LINES[number].partition("=")[0]
    lines = [*LINES[:number], f"{key} = {value}", *LINES[number + 1 :]]
    try:
        problems = [] if parse("\n".join(lines)).items else ["an instrument without items"]
    except DefinitionError as error:
        problems = [sentence for sentence in error.problems if not sentence.endswith(".")]
    assert problems == []


@pytest.mark.parametrize(
    "window, week",
    [
        ("In the past 7 days", True),
        ("Over the last week:", True),
        ("This week", True),
        ("In the past 4 weeks", False),
        ("In the past 17 days", False),
        ("In general", False),
        ("In den letzten 7 Tagen", False),
    ],
)
def test_window_says_in_english_whether_it_is_one_week(instrument, window, week):
    assert dataclasses.replace(instrument, window=window).asks_about_a_week == week
