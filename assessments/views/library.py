"""The library: what each form asks, how it is scored, and how far its figures may be trusted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import queries, wording
from assessments.measurement.definition import Wording as WordingKind
from assessments.models import InstrumentVersion
from assessments.queries import wordings
from assessments.views import library_facts as facts
from clinic import access
from clinic.models import Practice
from clinic.roles import Permission


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def library(request: HttpRequest) -> HttpResponse:
    """The newest version of every instrument, and whether this practice can assign it."""
    practice = access.membership(request.user).practice
    versions = queries.newest_versions(practice)
    hindrances = wordings.hindrances(practice, versions)
    context = {
        "instruments": [
            {
                "version": version,
                "definition": version.definition,
                "scales": wording.joined([scale.name for scale in version.definition.scales]),
                "rung": facts.rung_of(version.definition),
                "status": facts.status(hindrances.get(version.pk)),
                "mend": facts.mend(hindrances.get(version.pk), version.definition.code),
                "is_external": version.definition.wording is WordingKind.EXTERNAL,
                **facts.licence(version.definition),
            }
            for version in versions
        ],
        "may_manage": access.may_in_practice(request.user, Permission.MANAGE_LIBRARY),
    }
    return render(request, "assessments/library.html", context)


def version_here(practice: Practice, code: str) -> InstrumentVersion:
    """The newest version of an instrument in this practice; Http404 where there is none."""
    version = queries.newest_version(practice, code)
    if version is None:
        raise Http404
    return version


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def instrument(request: HttpRequest, code: str) -> HttpResponse:
    """One instrument, whole: items, keys, options, scales with their evidence, rules, licence."""
    practice = access.membership(request.user).practice
    version = version_here(practice, code)
    loaded = wordings.wording_in_force(practice, version)
    definition = version.worded(loaded)
    hindrance = wordings.hindrance(definition, practice, loaded)
    context = {
        "version": version,
        "definition": definition,
        "wording": loaded,
        "is_external": definition.wording is WordingKind.EXTERNAL,
        "status": facts.status(hindrance),
        "why_not": wordings.says(hindrance, definition.name) if hindrance else "",
        "mend": facts.mend(hindrance, code),
        "may_manage": access.may_in_practice(request.user, Permission.MANAGE_LIBRARY),
        "rung": facts.rung_of(definition),
        "scales": [facts.scale(definition, scale) for scale in definition.scales],
        "watched": facts.watched(definition),
        "unscored": facts.unscored(definition),
        "options": facts.options(definition),
        "codes": facts.codes(definition),
        **facts.licence(definition),
    }
    return render(request, "assessments/library_instrument.html", context)
