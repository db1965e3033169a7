"""Single answers: what changed most, the table of items by form, the element profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments import wording
from assessments.charts.svg import Markup, escape, tag
from assessments.client_page import markup
from assessments.measurement import scoring
from assessments.measurement.definition import Instrument, Item
from assessments.models import Response
from assessments.queries import LONG_FORM, Record

CHANGED_SHOWN = 2
FORMS_SHOWN = 12
SHADES = 5


@dataclass(frozen=True)
class ChangedItem:
    text: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedItems:
    """The answers that differ most between the latest form and the one it is compared with."""

    since: str
    items: list[ChangedItem]


def changed_items(record: Record, *, from_start: bool) -> ChangedItems | None:
    """The two items that changed most, against the start or against the form before.

    Single answers have no error of their own, so this says what to talk about and no more.
    """
    sittings = record.sittings
    if len(sittings) < 2:
        return None
    start = record.movement.baseline
    index = start if from_start and start is not None else len(sittings) - 2
    if index >= len(sittings) - 1 or sittings[index].series != sittings[-1].series:
        return None  # nothing before it, or nothing about the same relationship
    latest = record.answered.get(sittings[-1].response_id)
    other = record.answered.get(sittings[index].response_id)
    if latest is None or other is None:
        return None
    since = (
        _("Changed most since the start")
        if index == start
        else _("Changed most since %(day)s") % {"day": wording.day(sittings[index].at)}
    )
    return ChangedItems(since, _most_changed(latest.instrument, other, latest))


def _most_changed(instrument: Instrument, before: Response, after: Response) -> list[ChangedItem]:
    """Largest difference first; items of the form's own order decide among equals."""
    found = []
    earlier, later = before.answers, after.answers
    for item in instrument.items:
        first, last = earlier.get(item.code), later.get(item.code)
        if first is not None and last is not None and first != last:
            found.append((-abs(last - first), item, first, last))
    found.sort(key=lambda entry: entry[0])
    return [
        ChangedItem(text_of(item), _label(item, first), _label(item, last))
        for _size, item, first, last in found[:CHANGED_SHOWN]
    ]


def _label(item: Item, value: int) -> str:
    """The answer in words; its value where the wording is not here."""
    return next((o.label for o in item.options if o.value == value), "") or str(value)


def text_of(item: Item) -> str:
    """The question; its code where the wording is not here."""
    return item.text or item.code


# --- Items by forms -----------------------------------------------------------------------------


def heat_table(record: Record) -> Markup:
    """Each item's answers on the latest forms; the figure is in the cell, the shade repeats it."""
    shown = [
        (sitting, record.answered[sitting.response_id])
        for sitting in record.sittings[-FORMS_SHOWN:]
        if sitting.response_id in record.answered
    ]
    if not shown:
        return Markup("")
    instrument = shown[-1][1].instrument
    caption = _("Answers to each question of the %(form)s on the last forms") % {
        "form": instrument.name
    }
    head = tag("th", escape(_("Question")), scope="col") + "".join(
        tag("th", escape(wording.day(sitting.at)), scope="col", class_="number")
        for sitting, _response in shown
    )
    answers = [response.answers for _sitting, response in shown]
    body = "".join(_group(instrument, scale, answers) for scale in instrument.scales)
    inner = (
        tag("caption", escape(caption), class_="visually-hidden")
        + f"<thead><tr>{head}</tr></thead>{body}"
    )
    return markup.scrolling(tag("table", inner, class_="table heat"), caption)


def _group(instrument: Instrument, scale: Any, answers: list[dict[str, int | None]]) -> str:
    name = tag("th", escape(scale.name), scope="rowgroup", colspan=len(answers) + 1)
    rows = [f'<tr class="heat__scale">{name}</tr>']
    for keyed in scale.keyed_items:
        item = instrument.items_by_code[keyed.code]
        cells = "".join(_cell(item, given) for given in answers)
        text = escape(text_of(item))
        if keyed.reverse:
            text += tag("span", escape(_("counts the other way")), class_="heat__note")
        rows.append(f"<tr>{tag('th', text, scope='row')}{cells}</tr>")
    return f"<tbody>{''.join(rows)}</tbody>"


def _cell(item: Item, given: dict[str, int | None]) -> str:
    if item.code not in given:
        return '<td class="heat__none">–</td>'
    value = given[item.code]
    if value is None:
        return tag("td", "×", class_="heat__none")
    low, high = item.option_set.minimum, item.option_set.maximum
    shade = round(SHADES * (value - low) / (high - low))
    return tag("td", str(value), class_=f"heat__{shade}")


def heat_legend(record: Record) -> str:
    """What the figures in the table stand for."""
    if not record.sittings:
        return ""
    response = record.answered.get(record.sittings[-1].response_id)
    if response is None:
        return ""
    options = response.instrument.items[0].options
    figures = ", ".join(f"{option.value} {option.label.lower()}".strip() for option in options)
    return _("%(figures)s; × does not apply, – not answered or not asked") % {"figures": figures}


# --- The ten elements ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ElementProfile:
    form: str
    day: str
    rows: list[dict[str, Any]]


def element_profile(record: Record) -> ElementProfile | None:
    """The elements of interdependence on the latest long form, else on the latest form at all."""
    answered = [
        record.answered[sitting.response_id]
        for sitting in reversed(record.sittings)
        if sitting.response_id in record.answered
    ]
    long = [r for r in answered if r.instrument.code == LONG_FORM]
    for response in [*long, *answered][:1]:
        instrument = response.instrument
        readings = scoring.element_profile(instrument, response.answers)
        rows = [
            {
                "number": reading.number,
                "name": reading.name or "",
                "value": None if reading.pomp is None else wording.whole(reading.pomp),
                "bar": "" if reading.pomp is None else markup.bar(reading.pomp),
                "answered": reading.answered,
                "items": reading.items,
            }
            for reading in readings.values()
        ]
        if rows and response.submitted_at:
            return ElementProfile(instrument.name, wording.day(response.submitted_at), rows)
    return None
