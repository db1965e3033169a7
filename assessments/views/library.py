"""The library: what each form asks, how it is scored, and how far its figures may be trusted."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import queries, wording
from assessments.measurement.change import minimal_detectable_change
from assessments.measurement.definition import Direction, Instrument, Scale
from assessments.measurement.scoring import error_of
from clinic import access
from clinic.roles import Permission


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def library(request: HttpRequest) -> HttpResponse:
    """The newest version of every instrument."""
    context = {
        "instruments": [
            {
                "version": version,
                "definition": version.definition,
                "scales": wording.joined([scale.name for scale in version.definition.scales]),
                "rung": rung_of(version.definition),
            }
            for version in queries.newest_versions(access.membership(request.user).practice_id)
        ]
    }
    return render(request, "assessments/library.html", context)


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def instrument(request: HttpRequest, code: str) -> HttpResponse:
    """One instrument, whole: items, keys, options, scales with their evidence, rules, licence."""
    version = queries.newest_version(access.membership(request.user).practice_id, code)
    if version is None:
        raise Http404
    definition = version.definition
    context = {
        "version": version,
        "definition": definition,
        "rung": rung_of(definition),
        "scales": [_scale(definition, scale) for scale in definition.scales],
        "unscored": _unscored(definition),
        "options": [
            {"labels": [f"{option.value} {option.label}" for option in options.options]}
            for options in definition.option_sets
        ],
    }
    return render(request, "assessments/library_instrument.html", context)


def rung_of(definition: Instrument) -> str:
    """The lowest rung of the evidence ladder among the scales, in words."""
    rungs = [scale.evidence.rung for scale in definition.scales]
    return wording.rung_words(min(rungs)) if rungs else _("No score: a prompt for a conversation.")


DIRECTIONS = {
    Direction.LOWER: lambda: _("Hoped for: lower."),
    Direction.HIGHER: lambda: _("Hoped for: higher."),
    Direction.NONE: lambda: _("No direction is hoped for."),
}


def _scale(definition: Instrument, scale: Scale) -> dict[str, Any]:
    evidence = scale.evidence
    error = error_of(scale, len(scale.keyed_items))
    names = {element.number: element.name for element in definition.elements}
    return {
        "scale": scale,
        "direction": DIRECTIONS[scale.direction](),
        "rung": wording.rung_words(evidence.rung),
        "reliability": None if evidence.reliability is None else f"{evidence.reliability:.2f}",
        "source": evidence.source,
        "error": None if error is None else f"{1.96 * error:.0f}",
        "change": None if error is None else f"{minimal_detectable_change(error):.0f}",
        "items": [
            {
                "item": definition.items_by_code[keyed.code],
                "reverse": keyed.reverse,
                "element": names.get(definition.items_by_code[keyed.code].element or 0, ""),
            }
            for keyed in scale.keyed_items
        ],
    }


def _unscored(definition: Instrument) -> list[dict[str, Any]]:
    """Items that no scale counts, each with the rules that look at its answer."""
    scored = {keyed.code for scale in definition.scales for keyed in scale.keyed_items}
    return [
        {
            "item": item,
            "rules": [
                {
                    "message": rule.message,
                    "from": next(o.label for o in item.options if o.value >= rule.at_least),
                }
                for rule in definition.risk_rules
                if rule.item == item.code
            ],
        }
        for item in definition.items
        if item.code not in scored
    ]
