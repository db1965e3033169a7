"""Loading the wording of an instrument from a file: what fits, and what is said of what does not.

All texts here are made up: no published questionnaire's wording stands in this project.
"""

import copy
import dataclasses
import json
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessments.measurement import scoring
from assessments.measurement.definition import (
    DefinitionError,
    Instrument,
    Wording,
    WordingTexts,
    parse,
    read_wording,
)
from tests.tea import LABELS, QUESTIONS, VALUES, definition

TEXT = definition(version=2)
PANEL = """
[[codes]]
system = "http://example.org/tea"
code = "tea-panel"
about = "panel"
display = "Tea panel"
"""
CODED = PANEL + "".join(
    f"""
[[codes]]
system = "http://example.org/tea"
code = "t-{number}"
about = "TEA0{number}"
"""
    for number in (1, 2, 3)
)
STRICT = definition(version=2, use="no_alteration")
FIRST = TEXT.replace('code = "cups"', 'code = "cups"\nfirst_label = "No cup"')

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"

OWN = """
format = 1
instrument = "tea-break"
version = 2
language = "en"
source = "The leaflet in our drawer"
introduction = "About tea."
[items]
TEA01 = "I had tea at home."
TEA02 = "I had tea at work."
TEA03 = "I burned my tongue."
[options.cups]
labels = ["No cup", "A cup", "Three cups"]
"""


def option(value, label: str) -> dict:
    return {
        "valueCoding": {"code": f"C{value}", "display": label},
        "extension": [{"url": ORDINAL, "valueDecimal": value}],
    }


def question(number: int, text: str, values=VALUES, labels=LABELS) -> dict:
    return {
        "linkId": f"q{number}",
        "text": text,
        "type": "choice",
        "answerOption": [option(*pair) for pair in zip(values, labels, strict=True)],
    }


def form(*items: dict, **more) -> dict:
    asked = items or tuple(question(n, text) for n, text in enumerate(QUESTIONS, start=1))
    return {"resourceType": "Questionnaire", "status": "active", "item": list(asked), **more}


def read(content, text: str = TEXT) -> WordingTexts:
    content = json.dumps(content) if isinstance(content, dict) else content
    return read_wording(content, parse(text))


def problems_of(content, text: str = TEXT) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read(content, text)
    return caught.value.problems


def expected(**changes) -> WordingTexts:
    items = dict(zip(["TEA01", "TEA02", "TEA03"], QUESTIONS, strict=True))
    return dataclasses.replace(
        WordingTexts(introduction=None, items=items, options={"cups": tuple(LABELS)}), **changes
    )


# --- the instrument before and after ----------------------------------------------------------


def test_external_instrument_has_no_wording_and_can_be_scored_all_the_same():
    instrument = parse(TEXT)
    assert (instrument.wording, instrument.has_wording) == (Wording.EXTERNAL, False)
    assert (instrument.introduction, instrument.items[0].text) == ("", "")
    score = scoring.score(instrument, {"TEA01": 3, "TEA02": 3, "TEA03": 3})["TEA"]
    assert score.value == 6
    assert [rule.code for rule in scoring.risks(instrument, {"TEA03": 3})] == ["scald"]


def test_wording_is_put_in_and_everything_else_stays():
    bare = parse(TEXT)
    worded = bare.with_wording(read(OWN))
    assert worded.has_wording
    assert [item.text for item in worded.items] == list(QUESTIONS)
    assert [option.label for option in worded.items[0].options] == list(LABELS)
    assert worded.introduction == "About tea."
    assert (worded.checksum, worded.scales, worded.risk_rules, worded.wording) == (
        bare.checksum,
        bare.scales,
        bare.risk_rules,
        Wording.EXTERNAL,
    )
    assert not bare.has_wording


def test_option_sets_of_items_and_instrument_are_the_same_after_wording():
    worded = parse(TEXT).with_wording(read(OWN))
    assert worded.option_sets == (worded.items[0].option_set,)


def test_wording_can_be_replaced_by_a_later_one():
    worded = parse(TEXT).with_wording(read(OWN))
    again = worded.with_wording(read(OWN.replace("at home", "in bed")))
    assert again.items[0].text == "I had tea in bed."


def test_neutral_introduction_of_the_definition_stays_where_the_file_has_none():
    text = TEXT.replace("minutes = 1", 'introduction = "A few questions."\nminutes = 1')
    assert parse(text).with_wording(read(form(), text)).introduction == "A few questions."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"items": {}}, "item TEA01: its text is missing."),
        ({"items": {**expected().items, "X": "x"}}, "file: the questionnaire has no item X."),
        ({"options": {}}, "option set cups: it needs 3 labels, none of them empty."),
        (
            {"options": {"cups": ("a", "", "c")}},
            "option set cups: it needs 3 labels, none of them empty.",
        ),
        (
            {"options": {**expected().options, "mugs": ("a",)}},
            "file: the questionnaire has no option set mugs.",
        ),
    ],
)
def test_texts_that_do_not_fit_are_refused(changes, sentence):
    with pytest.raises(DefinitionError) as caught:
        parse(TEXT).with_wording(expected(**changes))
    assert caught.value.problems[0] == sentence


def test_own_wording_cannot_be_replaced(instrument):
    sentence = "file: this questionnaire has its own wording, which cannot be replaced."
    for attempt in (
        lambda: read_wording(OWN, instrument),
        lambda: instrument.with_wording(expected()),
    ):
        with pytest.raises(DefinitionError) as caught:
            attempt()
        assert caught.value.problems == [sentence]


def test_texts_survive_being_kept_as_json():
    texts = read(OWN)
    assert WordingTexts.from_data(json.loads(json.dumps(texts.as_data()))) == texts


# --- our own TOML -----------------------------------------------------------------------------


def test_own_format_is_read():
    assert read(OWN) == expected(
        introduction="About tea.", language="en", source="The leaflet in our drawer"
    )
    assert read(OWN.encode()) == read(OWN)
    assert read(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode()) == read(OWN)


def test_own_format_may_be_in_any_order_unless_the_licence_forbids_alteration():
    lines = OWN.replace('TEA01 = "I had tea at home."\n', "").replace(
        "[options.cups]", 'TEA01 = "I had tea at home."\n[options.cups]'
    )
    assert read(lines).items == read(OWN).items
    assert problems_of(lines, STRICT) == [
        "items: the items stand in another order than the questionnaire has, and its licence "
        "allows no alteration."
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format = 1", "format = 2", 'file: "format" must be from 1 to 1; it is 2.'),
        ('"tea-break"', '"coffee"', 'file: it is for "coffee", and this is "tea-break".'),
        ("version = 2", "version = 1", "file: it is for version 1, and this is version 2."),
        (
            'language = "en"',
            'language = "1"',
            'file: "language" must be a language code such as "en".',
        ),
        (
            'language = "en"',
            'language = "en-aaaaaaaa-bbbbbbbb-c1"',
            'file: "language" is too long: 20 characters are allowed.',
        ),
        ('source = "The leaflet in our drawer"\n', "", 'file: "source" is missing.'),
        (
            '"The leaflet in our drawer"',
            f'"{"x" * 301}"',
            'file: "source" is too long: 301 characters, 300 allowed.',
        ),
        ('TEA02 = "I had tea at work."\n', "", 'items: "TEA02" is missing.'),
        (
            'TEA02 = "I had',
            'TEA09 = "x"\nTEA02 = "I had',
            'items: the questionnaire has no item "TEA09".',
        ),
        ('"I had tea at work."', '""', 'items: "TEA02" must not be empty.'),
        ('"I had tea at work."', "5", 'items: "TEA02" must be text in quotation marks.'),
        (
            '"I had tea at work."',
            '"I had\\u202e tea."',
            'items: "TEA02" holds a character that cannot be seen (U+202E).',
        ),
        (', "Three cups"', "", "options, cups: it has 2 answers; the questionnaire has 3."),
        ('"Three cups"', '"A cup"', "options, cups: two of its answers read the same."),
        ('"Three cups"', '" "', "options, cups, answer 3: it has no text."),
        ("[options.cups]", "[options.mugs]", 'options: "cups" is missing.'),
        ("labels =", "label =", 'options, cups: "labels" is missing.'),
        ("[items]", "[item]", 'file: "items" is missing.'),
        ("[items]", "items = 5\n[other]", 'file: "items" must be a table.'),
    ],
)
def test_own_format_says_what_does_not_fit(old, new, sentence):
    assert old in OWN
    assert sentence in problems_of(OWN.replace(old, new))


# --- FHIR -------------------------------------------------------------------------------------


def test_questionnaire_is_read_by_the_order_of_its_questions():
    content = form(language="en-GB", url="http://example.org/Questionnaire/tea", title="Tea")
    assert read(content) == expected(
        language="en-GB", source="http://example.org/Questionnaire/tea"
    )


def test_language_or_source_that_is_none_is_passed_over():
    assert read(form(language="en" + "-aaaaaaaa" * 3, url="x" * 301, title="Tea")) == expected()
    assert read(form(language="English!", url=["x"], title="Tea")) == expected(source="Tea")


def test_questionnaire_may_have_groups_display_items_scores_and_notes():
    first, second, third = form()["item"]
    stem = {"linkId": "d", "type": "display", "text": "This week, at any time:"}
    inner = {"linkId": "g2", "type": "group", "item": [second]}
    group = {"linkId": "g", "type": "group", "item": [stem, first, inner, third]}
    total = {"linkId": "total", "type": "decimal", "text": "Total"}
    counted = {"linkId": "count", "type": "integer", "text": "Sum"}
    note = {"linkId": "note", "type": "text", "text": "Anything else?"}
    assert read(form(group, total, counted, note)) == expected(
        introduction="This week, at any time:"
    )


def test_questions_inside_a_question_come_after_it():
    first, second, third = form()["item"]
    assert read(form({**first, "item": [second]}, third)) == expected()


def as_codes(value, label):
    return {"valueCoding": {"code": str(value), "display": label}}


def as_integers(value, label):
    prefix = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix"
    return {"valueInteger": value, "extension": [{"url": prefix, "valueString": label}]}


def as_strings(value, label):
    return {"valueString": label, "extension": [{"url": ORDINAL, "valueInteger": value}]}


def as_weights(value, label):
    url = ORDINAL.replace("ordinalValue", "itemWeight")
    return {"valueCoding": {"display": label, "extension": [{"url": url, "valueDecimal": value}]}}


@pytest.mark.parametrize("make", [as_codes, as_integers, as_strings, as_weights])
def test_values_of_answers_are_found_wherever_the_standard_lets_them_stand(make):
    items = form()["item"]
    for item in items:
        item["answerOption"] = [make(*pair) for pair in zip(VALUES, LABELS, strict=True)]
    assert read(form(*items)) == expected()


@pytest.mark.parametrize("place", ["compose", "expansion"])
@pytest.mark.parametrize("name", ["#cups", "http://example.org/vs/cups"])
def test_answers_may_stand_in_a_contained_value_set(place, name):
    concepts = [
        {"code": f"C{v}", "display": label, "extension": [{"url": ORDINAL, "valueDecimal": v}]}
        for v, label in zip(VALUES, LABELS, strict=True)
    ]
    inside = {"include": [{"concept": concepts}]} if place == "compose" else {"contains": concepts}
    value_set = {
        "resourceType": "ValueSet",
        "id": "cups",
        "url": "http://example.org/vs/cups",
        place: inside,
    }
    items = [
        {"linkId": f"q{n}", "text": text, "type": "choice", "answerValueSet": name}
        for n, text in enumerate(QUESTIONS, start=1)
    ]
    assert read(form(*items, contained=[value_set])) == expected()


def test_answers_in_falling_order_are_turned_unless_the_licence_forbids_alteration():
    items = [question(n, text, VALUES[::-1], LABELS[::-1]) for n, text in enumerate(QUESTIONS, 1)]
    assert read(form(*items)) == expected()
    assert problems_of(form(*items), STRICT) == [
        f'question {n}, "q{n}": its answers do not stand in the order of rising values.'
        for n in (1, 2, 3)
    ]


def test_link_ids_that_are_item_codes_tell_the_item():
    items = form()["item"]
    for number, item in enumerate(items, start=1):
        item["linkId"] = f"TEA0{number}"
    assert read(form(*items[::-1])) == expected(items=dict(reversed(expected().items.items())))
    assert problems_of(form(*items[::-1]), STRICT) == [
        "file: the questions stand in another order than the questionnaire has, and its licence "
        "allows no alteration."
    ]
    assert problems_of(form(*items[:2])) == ["file: it has no question for item TEA03."]
    assert problems_of(form(*items, question(4, "More?"))) == [
        'question 4, "q4": the questionnaire has no such item.'
    ]
    assert problems_of(form(*items, items[0])) == [
        'question 4, "TEA01": it is item TEA01 once more.'
    ]


def coded(items: list[dict]) -> list[dict]:
    return [
        {**item, "code": [{"system": "http://example.org/tea", "code": f"t-{n}"}]}
        for n, item in enumerate(items, start=1)
    ]


def test_codes_of_a_terminology_tell_the_item_before_its_place_does():
    items = coded(form()["item"])
    text = TEXT + CODED
    assert read(form(items[2], items[0], items[1]), text).items == expected().items
    by_link = [{**item, "linkId": f"/t-{n}"} for n, item in enumerate(form()["item"], start=1)]
    assert read(form(*by_link[::-1]), text).items == expected().items


def test_question_with_a_foreign_code_is_left_out_and_named():
    extra = {**question(4, "How hard was it?"), "code": [{"system": "x", "code": "hard"}]}
    texts = read(form(*coded(form()["item"]), extra), TEXT + CODED)
    assert texts.items == expected().items
    assert texts.left_out == ('question 4, "q4"',)
    assert problems_of(form(*coded(form()["item"]), extra), STRICT + CODED) == [
        'question 4, "q4": the questionnaire has no such item.'
    ]


def test_questions_with_other_codes_of_the_terminology_are_not_taken_by_their_order():
    items = [
        {**item, "code": [{"system": "http://example.org/tea", "code": f"z-{n}"}]}
        for n, item in enumerate(form()["item"])
    ]
    assert problems_of(form(*items), TEXT + CODED) == [
        "file: it has no question for item TEA01, TEA02, TEA03."
    ]


def test_form_that_says_it_is_another_panel_is_refused():
    other = form(code=[{"system": "http://example.org/tea", "code": "coffee-panel"}])
    assert problems_of(other, TEXT + PANEL) == [
        "file: it says that it is coffee-panel, and this questionnaire has the code tea-panel."
    ]
    same = form(code=[{"system": "http://example.org/tea", "code": "tea-panel"}])
    assert read(same, TEXT + PANEL) == expected()


def test_link_ids_that_number_the_questions_must_rise():
    first, second, third = form()["item"]
    assert problems_of(form(first, third, second)) == [
        "file: the link ids number the questions in another order than they stand in."
    ]


def changed(change) -> dict:
    content = copy.deepcopy(form())
    change(content)
    return content


def set_labels(content, labels):
    for item in content["item"]:
        for answer, label in zip(item["answerOption"], labels, strict=True):
            answer["valueCoding"]["display"] = label


MISFITS = [
    (
        lambda c: c["item"].pop(),
        ["file: it has 2 questions; the questionnaire has 3 items."],
    ),
    (
        lambda c: c["item"].append(question(4, "More?")),
        ["file: it has 4 questions; the questionnaire has 3 items."],
    ),
    (
        lambda c: c["item"][1]["answerOption"].pop(),
        ['question 2, "q2": it has 2 answers; the questionnaire has 3.'],
    ),
    (
        lambda c: c["item"][1].update(answerOption=[option(v, f"{v}") for v in (0, 1, 2)]),
        ['question 2, "q2": its answers have the values 0, 1, 2; the questionnaire has 0, 1, 3.'],
    ),
    (
        lambda c: (
            c["item"][1]["answerOption"].reverse()
            or c["item"][1]["answerOption"].insert(0, c["item"][1]["answerOption"].pop())
        ),
        ['question 2, "q2": its answers do not stand in the order of rising values.'],
    ),
    (
        lambda c: [answer.pop("extension") for answer in c["item"][1]["answerOption"]],
        ['question 2, "q2": its answers do not all state their values.'],
    ),
    (
        lambda c: c["item"][0]["answerOption"][2]["valueCoding"].update(display="Much"),
        [
            'question 2, "q2": its answers read otherwise, value by value, than those of '
            'question 1, "q1"; both must offer the same, with the values as they are answered.',
            'question 3, "q3": its answers read otherwise, value by value, than those of '
            'question 1, "q1"; both must offer the same, with the values as they are answered.',
        ],
    ),
    (
        lambda c: c["item"][1].pop("text"),
        ['question 2, "q2": it has no text.'],
    ),
    (
        lambda c: c["item"][1].update(text="a\u202eb"),
        ['question 2, "q2": its text holds a character that cannot be seen (U+202E).'],
    ),
    (
        lambda c: c["item"][1].update(text="x" * 1001),
        ['question 2, "q2": its text is too long: 1001 characters, 1000 allowed.'],
    ),
    (
        lambda c: set_labels(c, ["a", "a", "b"]),
        [f'question {n}, "q{n}": two of its answers read the same.' for n in (1, 2, 3)],
    ),
    (
        lambda c: c.update(item=[]),
        ["file: the Questionnaire has no questions with answers to choose."],
    ),
    (
        lambda c: c.update(resourceType="Patient"),
        ['file: it is no FHIR Questionnaire; its "resourceType" must be "Questionnaire".'],
    ),
]


@pytest.mark.parametrize(("change", "sentences"), MISFITS, ids=range(len(MISFITS)))
def test_questionnaire_that_does_not_fit_is_refused_with_every_reason(change, sentences):
    assert problems_of(changed(change)) == sentences


def test_answers_scored_the_other_way_round_in_the_file_are_found_out():
    # Some forms reverse the values of reversed items; taken as they are, they would count twice.
    items = form()["item"]
    items[1] = question(2, QUESTIONS[1], VALUES, LABELS[::-1])
    (sentence,) = problems_of(form(*items))
    assert sentence.startswith('question 2, "q2": its answers read otherwise')


# --- the lowest answer ------------------------------------------------------------------------


def test_lowest_answer_must_read_as_declared():
    wrong = OWN.replace('"No cup"', '"No cup for sure"')
    sentence = (
        'option set cups: its lowest answer must read "No cup"; a file in another language must '
        "say which."
    )
    assert problems_of(wrong, FIRST) == [sentence]
    assert problems_of(changed(lambda c: set_labels(c, ["Zero", "b", "c"])), FIRST) == [sentence]
    assert read(OWN.replace('"No cup"', '"no CUP"'), FIRST).options["cups"][0] == "no CUP"
    assert read(wrong.replace('language = "en"', 'language = "de"'), FIRST).language == "de"


def test_answers_without_values_are_taken_by_their_order_where_the_lowest_is_known():
    def bare(content):
        for item in content["item"]:
            for answer in item["answerOption"]:
                del answer["extension"]

    assert read(changed(bare), FIRST) == expected()
    turned = changed(bare)
    for item in turned["item"]:
        item["answerOption"].reverse()
    assert problems_of(turned, FIRST)[0].startswith("option set cups: its lowest answer")
    german = {**changed(bare), "language": "de"}
    assert problems_of(german, FIRST)[0].endswith("its answers do not all state their values.")


def test_lowest_answer_is_not_declared_where_the_labels_stand_in_the_file(text):
    own = text.replace('code = "frequency"', 'code = "frequency"\nfirst_label = "Never"', 1)
    with pytest.raises(DefinitionError) as caught:
        parse(own)
    assert caught.value.problems == [
        'option set frequency: take "first_label" out; the label of its first option stands there.'
    ]


# --- files that mean harm, or are broken ------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe{}", "file: it is not UTF-8 text: byte 1 cannot be read."),
        ("{" + "x" * 1_000_001, "file: too large; 1,000,000 bytes are allowed."),
        ('{"item": ' + "[" * 200_000, "file: a value in it is not valid JSON or far too large."),
        ('{"a": ' + "9" * 50_000 + "}", "file: a value in it is not valid JSON or far too large."),
        ('{"a": NaN}', "file: NaN is not a number that JSON knows."),
        ('{"a": -Infinity}', "file: -Infinity is not a number that JSON knows."),
        ('{"item": [], "item": []}', 'file: the key "item" stands twice in one object.'),
        ('{"a\\u202e": 1, "a\\u202e": 2}', 'file: the key "a?" stands twice in one object.'),
        ('{"resourceType": "Quest', "line 1: not valid JSON at character 18; "),
        ("{}", 'file: it is no FHIR Questionnaire; its "resourceType" must be "Questionnaire".'),
        ("\ud800", "file: the text holds characters that are not Unicode."),
        ("a = " + "[" * 100_000, "file: a value in it is not valid TOML or far too large."),
        ("", 'file: "format" is missing.'),
    ],
)
def test_hostile_file_gets_a_sentence(content, sentence):
    assert problems_of(content)[0].startswith(sentence)


def test_what_is_neither_text_nor_bytes_gets_a_sentence():
    assert len(problems_of(None)) == len(problems_of(5)) == 1


def test_very_deep_nesting_is_read_without_running_out_of_calls():
    nested = form()["item"][0]
    for _ in range(200):
        nested = {"linkId": "g", "type": "group", "item": [nested]}
    assert read(form(nested, *form()["item"][1:])) == expected()


def test_very_many_questions_are_refused_shortly():
    many = form(*(question(n, "More?") for n in range(501)))
    assert problems_of(many) == ["file: more than 500 questions."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["item", "linkId", "text", "type", "answerOption", "valueCoding", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = ["item", "code", "contained", "language", "url", "title"]
ITEM_KEYS = ["linkId", "text", "type", "answerOption", "answerValueSet", "code", "item"]
OPTION_KEYS = ["valueCoding", "valueInteger", "valueString", "extension"]


def sentences_or_texts(content, text: str) -> None:
    """The one thing that must hold for any file: texts that fit, or sentences."""
    instrument = parse(text)
    try:
        worded = instrument.with_wording(read_wording(content, instrument))
        problems = [] if worded.has_wording else ["texts that are no wording"]
    except DefinitionError as error:
        problems = [p for p in error.problems if not p.endswith(".") or "\n" in p]
        problems += [] if error.problems else ["an error without a sentence"]
    assert problems == []


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from([TEXT, STRICT, TEXT + CODED]))
@example({"contained": [{"resourceType": "ValueSet", "id": [], "compose": []}]}, TEXT)
@example({"item": [{"answerValueSet": "#x"}]}, TEXT)
def test_any_questionnaire_gives_texts_or_sentences(data, text):
    sentences_or_texts(json.dumps({"resourceType": "Questionnaire", **data}), text)


@given(
    st.integers(0, 2),
    st.sampled_from(ITEM_KEYS),
    JSON,
    st.sampled_from([TEXT, STRICT, FIRST, TEXT + CODED]),
)
def test_good_questionnaire_with_one_wrong_part_gives_texts_or_sentences(place, key, value, text):
    items = coded(form()["item"])
    items[place][key] = value
    sentences_or_texts(json.dumps(form(*items)), text)


@given(st.integers(0, 2), st.sampled_from(OPTION_KEYS), JSON)
@example(0, "extension", [{"url": ORDINAL, "valueDecimal": 1e400}])
@example(0, "extension", [{"url": ORDINAL, "valueDecimal": True}])
@example(0, "extension", [{"url": [], "valueDecimal": 1}])
def test_good_answers_with_one_wrong_part_give_texts_or_sentences(place, key, value):
    items = form()["item"]
    items[0]["answerOption"][place][key] = value
    sentences_or_texts(json.dumps(form(*items)), TEXT)


@given(st.text() | st.binary() | st.text(alphabet=string.printable).map(lambda t: "{" + t))
def test_any_content_gives_texts_or_sentences(content):
    sentences_or_texts(content, TEXT)


LINES = OWN.strip().split("\n")
TOML_VALUES = ["1", "true", "nan", '""', '"x"', "[]", "[[]]", "{}", "{ a = 1 }", "07:00:00"]


@given(st.integers(0, len(LINES) - 1), st.sampled_from(TOML_VALUES))
def test_own_format_with_one_wrong_line_gives_texts_or_sentences(number, value):
    key = LINES[number].partition("=")[0]
    lines = [*LINES[:number], f"{key} = {value}", *LINES[number + 1 :]]
    sentences_or_texts("\n".join(lines), TEXT)


def test_instrument_type_is_what_with_wording_gives():
    assert type(parse(TEXT).with_wording(read(form()))) is Instrument
