"""What a FHIR R4 Questionnaire asks: its questions in order, with their codes and answers.

Written after https://hl7.org/fhir/R4/questionnaire.html. Nothing in the file is trusted: whatever
is not of the expected kind is noted or passed over, and never raises another error.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DefinitionError
from .reader import MAXIMUM_ITEMS, plain

MAXIMUM_OPTIONS = 100
VALUE_EXTENSIONS = frozenset(
    {
        "http://hl7.org/fhir/StructureDefinition/ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/itemWeight",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    }
)
PREFIX_EXTENSION = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix"
# Kinds of items that are filled in or worked out, not answered by choosing: notes, dates, scores.
UNASKED = frozenset({"display", "decimal", "quantity", "string", "text", "url", "attachment"})
UNASKED |= {"reference", "date", "dateTime", "time"}


@dataclass(frozen=True)
class Answer:
    """One answer of a question; `value` is None where the file states none."""

    value: float | None
    label: str


@dataclass(frozen=True)
class Question:
    link: str
    codes: frozenset[tuple[str, str]]  # (system, code)
    text: str
    answers: tuple[Answer, ...]
    place: str


@dataclass(frozen=True)
class Questionnaire:
    questions: tuple[Question, ...]
    codes: frozenset[tuple[str, str]]
    introduction: str | None
    language: str | None
    source: str | None


def read_questionnaire(text: str) -> Questionnaire:
    """Read the questions of a FHIR Questionnaire from its JSON.

    Raises DefinitionError where the text is no such resource or holds no questions; what does not
    fit an instrument is for the caller to say.
    """
    data = _resource(text)
    value_sets = _value_sets(data)
    questions: list[Question] = []
    before: list[str] = []
    for item in _items_in_order(data):
        kind = _line(item.get("type"))
        options = _options(item, value_sets)
        if kind == "group" or kind in UNASKED or (kind == "integer" and not options):
            if not questions and kind in ("group", "display"):
                before.append(_line(item.get("text")))
            continue
        questions.append(_question(item, options, len(questions) + 1))
        if len(questions) > MAXIMUM_ITEMS:
            raise DefinitionError([f"file: more than {MAXIMUM_ITEMS} questions."])
    if not questions:
        raise DefinitionError(["file: the Questionnaire has no questions with answers to choose."])
    return Questionnaire(
        questions=tuple(questions),
        codes=_codings(data.get("code")),
        introduction="\n".join(filter(None, before)) or None,
        language=_line(data.get("language")) or None,
        source=_line(data.get("url")) or _line(data.get("title")) or None,
    )


def _resource(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        sentence = f"not valid JSON at character {error.colno}; {error.msg}."
        raise DefinitionError([f"line {error.lineno}: {sentence}"]) from None
    except DefinitionError:  # of the two hooks; it is a ValueError too
        raise
    except (ValueError, RecursionError):
        # A number of thousands of digits, brackets without end.
        raise DefinitionError(["file: a value in it is not valid JSON or far too large."]) from None
    if not isinstance(data, dict) or data.get("resourceType") != "Questionnaire":
        raise DefinitionError(
            ['file: it is no FHIR Questionnaire; its "resourceType" must be "Questionnaire".']
        )
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; two values under one key would leave open which is meant."""
    found = {}
    for key, value in pairs:
        if key in found:
            raise DefinitionError([f'file: the key "{plain(key)}" stands twice in one object.'])
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise DefinitionError([f"file: {name} is not a number that JSON knows."])


def _items_in_order(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All items with those inside them, as a reader meets them; by a stack, since a file can
    nest deeper than calls may."""
    stack = [iter(_objects(data.get("item")))]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        yield item
        stack.append(iter(_objects(item.get("item"))))


def _question(item: Mapping[str, Any], options: list[Answer], number: int) -> Question:
    link = _line(item.get("linkId"))
    return Question(
        link=link,
        codes=_codings(item.get("code")),
        text=_line(item.get("text")),
        answers=tuple(options),
        place=f'question {number}, "{plain(link)}"' if link else f"question {number}",
    )


def _options(item: Mapping[str, Any], value_sets: Mapping[str, list[Answer]]) -> list[Answer]:
    offered = [_answer(option) for option in _objects(item.get("answerOption"))]
    named = item.get("answerValueSet")
    if not offered and isinstance(named, str):
        offered = value_sets.get(named.removeprefix("#"), [])
    return offered[:MAXIMUM_OPTIONS]


def _answer(option: Mapping[str, Any]) -> Answer:
    """An `answerOption`: a coding, a text or a number, with its value beside or inside it."""
    coding = option.get("valueCoding")
    if isinstance(coding, dict):
        inside = _coded(coding)
        beside = _extension_value(option)
        return Answer(inside.value if beside is None else beside, inside.label)
    stated = _extension_value(option)
    number = option.get("valueInteger")
    if isinstance(number, int) and not isinstance(number, bool):
        return Answer(_finite(number) if stated is None else stated, _prefix(option))
    return Answer(stated, _line(option.get("valueString")))


def _coded(coding: Mapping[str, Any]) -> Answer:
    """A coding or a concept of a value set: a stated value, or a code that is a number."""
    value = _extension_value(coding)
    code = coding.get("code")
    if value is None and isinstance(code, str) and code.isascii() and len(code) <= 6:
        value = float(code) if code.removeprefix("-").isdigit() else None
    return Answer(value, _line(coding.get("display")))


def _prefix(option: Mapping[str, Any]) -> str:
    """What is printed before an answer: the only text of one that is a bare number."""
    for extension in _objects(option.get("extension")):
        if extension.get("url") == PREFIX_EXTENSION:
            return _line(extension.get("valueString"))
    return ""


def _extension_value(data: Mapping[str, Any]) -> float | None:
    for extension in _objects(data.get("extension")):
        url = extension.get("url")
        if isinstance(url, str) and url in VALUE_EXTENSIONS:
            for key in ("valueDecimal", "valueInteger"):
                number = extension.get(key)
                if isinstance(number, int | float) and not isinstance(number, bool):
                    return _finite(number)
    return None


def _finite(number: float) -> float | None:
    """The number as a float; None where it is beyond anything an answer is worth."""
    return float(number) if -1e6 <= number <= 1e6 else None


def _value_sets(data: Mapping[str, Any]) -> dict[str, list[Answer]]:
    """The value sets inside the resource, by their id and by their address."""
    found: dict[str, list[Answer]] = {}
    for resource in _objects(data.get("contained")):
        if resource.get("resourceType") != "ValueSet":
            continue
        compose, expansion = resource.get("compose"), resource.get("expansion")
        concepts: list[dict[str, Any]] = []
        if isinstance(compose, dict):
            for included in _objects(compose.get("include")):
                concepts += _objects(included.get("concept"))
        if not concepts and isinstance(expansion, dict):
            concepts = _objects(expansion.get("contains"))
        answers = [_coded(concept) for concept in concepts[: MAXIMUM_OPTIONS + 1]]
        for name in (resource.get("id"), resource.get("url")):
            if isinstance(name, str):
                found[name] = answers
    return found


def _codings(value: object) -> frozenset[tuple[str, str]]:
    pairs = ((coding.get("system"), coding.get("code")) for coding in _objects(value))
    return frozenset(
        (system, code)
        for system, code in pairs
        if isinstance(system, str) and isinstance(code, str)
    )


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; nothing where the value is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _line(value: object) -> str:
    """A text on one line; empty where the value is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""
