"""A questionnaire whose wording is not ours, and files with wordings for it. All is made up."""

from __future__ import annotations

import json
from typing import Any

from assessments.actions.instruments import publish
from assessments.actions.wording import load_wording
from assessments.measurement.definition import Use
from assessments.models import InstrumentVersion, Wording
from clinic.audit import Actor
from clinic.models import Membership
from tests.factories import NOW, actor
from tests.tea import CODE, ITEMS, LABELS, QUESTIONS, VALUES, definition


def tea(use: Use = Use.FREE, *, code: str = CODE, version: int = 1) -> InstrumentVersion:
    """The made-up questionnaire, published."""
    text = definition(code=code, version=version, use=use)
    return publish(text=text, by=Actor.system("console"), now=NOW)[0]


def file_of(questions: Any = QUESTIONS, labels: Any = LABELS, **keys: Any) -> str:
    """A wording in our own TOML; a key set to None is left out."""
    head = {
        "format": 1,
        "instrument": CODE,
        "version": 1,
        "language": "en",
        "source": "The leaflet in our drawer",
        **keys,
    }
    items = dict(zip(ITEMS, questions, strict=False))
    lines = [f"{key} = {json.dumps(value)}" for key, value in head.items() if value is not None]
    lines += ["[items]", *(f"{code} = {json.dumps(text)}" for code, text in items.items())]
    lines += ["[options.cups]", f"labels = {json.dumps(list(labels))}"]
    return "\n".join(lines)


def questionnaire(order: tuple[int, ...] = (0, 1, 2)) -> str:
    """The same as a FHIR Questionnaire, its questions in the order given."""
    options = [
        {"valueCoding": {"code": str(value), "display": label}}
        for value, label in zip(VALUES, LABELS, strict=True)
    ]
    items = [
        {
            "linkId": ITEMS[index],
            "type": "choice",
            "text": QUESTIONS[index],
            "answerOption": options,
        }
        for index in order
    ]
    return json.dumps({"resourceType": "Questionnaire", "language": "en", "item": items})


def load(
    member: Membership, version: InstrumentVersion, content: str = "", **options: Any
) -> Wording:
    """Load a wording in a member's practice."""
    given: dict[str, Any] = {"source": "The leaflet in our drawer", "now": NOW, **options}
    return load_wording(
        practice=member.practice,
        version=version,
        content=content or file_of(),
        by=actor(member),
        **given,
    )[0]


def words(text: str) -> tuple[str, ...]:
    """Three questions that carry a word of their own."""
    return tuple(f"{text}, question {number}." for number in (1, 2, 3))
