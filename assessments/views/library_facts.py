"""What the library shows of an instrument: its facts, put together for the templates."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import wording
from assessments.measurement.change import minimal_detectable_change
from assessments.measurement.definition import Direction, Instrument, Item, Scale, Use
from assessments.measurement.evidence import footing
from assessments.measurement.scoring import error_of
from assessments.queries.wordings import Hindrance
from assessments.wording import ladder, published

STATUS = {
    None: lambda: (_("Can be assigned"), "good"),
    Hindrance.NO_WORDING: lambda: (
        _("Wording not loaded: scored from imported answers, not assigned"),
        "warn",
    ),
    Hindrance.NON_COMMERCIAL: lambda: (_("For non-commercial practices only"), "warn"),
    Hindrance.RESTRICTED: lambda: (_("Cannot be assigned: the holder does not allow it"), "danger"),
}
DIRECTIONS = {
    Direction.LOWER: lambda: _("Hoped for: lower."),
    Direction.HIGHER: lambda: _("Hoped for: higher."),
    Direction.NONE: lambda: _("No direction is hoped for."),
}
# What a system of codes is called by those who use it.
SYSTEMS = {"http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT"}


def status(hindrance: Hindrance | None) -> dict[str, str]:
    """Whether an instrument can be assigned here, for a badge."""
    text, kind = STATUS[hindrance]()
    return {"text": text, "kind": kind}


def mend(hindrance: Hindrance | None, code: str) -> dict[str, str] | None:
    """Where whoever runs the practice can do something about it, with the words of the link."""
    if hindrance is Hindrance.NO_WORDING:
        return {"url": reverse("library-wording", args=[code]), "label": _("Load the wording")}
    if hindrance is Hindrance.NON_COMMERCIAL:
        return {"url": reverse("practice"), "label": _("Practice settings")}
    return None


def rung_of(definition: Instrument) -> str:
    """The lowest rung of the evidence ladder among the scales, in words."""
    rungs = [scale.evidence.rung for scale in definition.scales]
    return wording.rung_words(min(rungs)) if rungs else _("No score: a prompt for a conversation.")


def licence(definition: Instrument) -> dict[str, Any]:
    """Whose it is and what they allow. An own form is free, and its terms say all there is."""
    held = definition.licence
    use = "" if held.use is Use.FREE else published.use_words(held.use)
    whose = f"{held.name}, {held.holder}".rstrip(".")
    return {"licence": held, "whose": f"{whose}.", "use": use}


def options(definition: Instrument) -> list[str]:
    """The answers of each set with their values; the values alone where the wording is not here."""
    return [
        ", ".join(f"{option.value} {option.label}".strip() for option in one.options)
        for one in definition.option_sets
    ]


def scale(definition: Instrument, one: Scale) -> dict[str, Any]:
    evidence = one.evidence
    error = error_of(one, len(one.keyed_items))
    return {
        "scale": one,
        "score": published.score_words(one),
        "direction": DIRECTIONS[one.direction](),
        "rung": wording.rung_words(evidence.rung),
        "reliability": ladder.of_one_scale(footing([one]), published.evidence_words(evidence)),
        "error": None if error is None else f"{1.96 * error:.0f}",
        "change": None if error is None else f"{minimal_detectable_change(error):.0f}",
        "bands": published.bands(one),
        "band_sources": published.band_sources(one),
        "facts": _facts(one),
        "needed": one.minimum_answered,
        "all": len(one.keyed_items),
        **_items(definition, one),
    }


def _facts(one: Scale) -> list[dict[str, Any]]:
    """What publications say of a scale; nothing for what they do not say."""
    found = [
        {"title": _("Thresholds"), "facts": published.cutoffs(one), "note": ""},
        {
            "title": _("Changes, as published"),
            "facts": published.changes(one.published_change),
            "note": "",
        },
        {
            "title": _("Groups, as published"),
            "facts": published.groups(one.norms),
            "note": ""
            if one.evidence.rung >= 3
            else _("For reading only: no figure of a client is held against them here."),
        },
    ]
    return [row for row in found if row["facts"]]


def _items(definition: Instrument, one: Scale) -> dict[str, Any]:
    """The items of a scale: with their texts, or where those are not here by their codes."""
    if not definition.has_wording:
        turned = [keyed.code for keyed in one.keyed_items if keyed.reverse]
        return {
            "items": [],
            "codes": ", ".join(keyed.code for keyed in one.keyed_items),
            "turned": wording.joined(turned),
        }
    names = {element.number: element.name for element in definition.elements}
    rows = []
    for keyed in one.keyed_items:
        item = definition.items_by_code[keyed.code]
        about = names.get(item.element or 0) or item.facet or ""
        notes = [about[:1].upper() + about[1:]] if about else []
        if keyed.reverse:
            notes.append(_("counts the other way"))
        rows.append({"text": item.text, "note": "; ".join(notes)})
    return {"items": rows, "codes": "", "turned": ""}


def name_of(definition: Instrument, item: Item) -> str:
    """An item in a list: its text, or its place and code where the wording is not here."""
    number = definition.items.index(item) + 1
    return item.text or _("Item %(number)d (%(code)s)") % {"number": number, "code": item.code}


def rules(definition: Instrument, item: Item) -> list[dict[str, str]]:
    """The rules that look at an answer, each with the answer from which it holds."""
    return [
        {
            "message": rule.message,
            "from": next(o.label or str(o.value) for o in item.options if o.value >= rule.at_least),
        }
        for rule in definition.risk_rules
        if rule.item == item.code
    ]


def watched(definition: Instrument) -> list[dict[str, Any]]:
    """Items of a scale whose answer also raises an alert."""
    scored = _scored(definition)
    watching = {rule.item for rule in definition.risk_rules}
    return [
        {"name": name_of(definition, item), "rules": rules(definition, item)}
        for item in definition.items
        if item.code in scored and item.code in watching
    ]


def unscored(definition: Instrument) -> list[dict[str, Any]]:
    """Items that no scale counts, each with the rules that look at its answer."""
    scored = _scored(definition)
    return [
        {"name": name_of(definition, item), "rules": rules(definition, item)}
        for item in definition.items
        if item.code not in scored
    ]


def _scored(definition: Instrument) -> set[str]:
    return {keyed.code for one in definition.scales for keyed in one.keyed_items}


def codes(definition: Instrument) -> list[dict[str, str]]:
    """The codes of terminologies, with what each stands for."""
    return [
        {
            "system": SYSTEMS.get(code.system, code.system),
            "code": code.code,
            "about": _about(definition, code.about),
            "display": code.display or "",
        }
        for code in definition.codes
    ]


def _about(definition: Instrument, about: str) -> str:
    if about == "panel":
        return _("The whole questionnaire")
    found = definition.scale(about)
    if found is not None:
        return found.name
    item = definition.item(about)
    number = definition.items.index(item) + 1 if item is not None else 0
    return _("Item %(number)d (%(code)s)") % {"number": number, "code": about}
