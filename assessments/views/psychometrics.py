"""What a practice's own answers say about a questionnaire, and adopting it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import queries
from assessments.actions import adopt as actions
from assessments.actions import psychometrics
from assessments.forms.estimates import AdoptForm
from assessments.measurement.definition import Instrument
from assessments.models import InstrumentVersion
from assessments.queries import estimates, wordings
from assessments.queries.first_answers import lineage
from assessments.views import psychometrics_facts as facts
from assessments.wording import psychometrics as words
from clinic import access
from clinic.audit import Actor
from clinic.roles import Permission

# Worked out while somebody waits, which takes about eight thousand forms a second.
MOST_AT_ONCE = 50_000


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of the version in use, or of the one that ``?version=`` names."""
    practice = access.membership(request.user).practice
    versions = queries.versions_of(practice, code)
    version = _named(versions, request.GET.get("version", ""))
    line = lineage(practice, version)
    row = estimates.kept(practice, line[0])
    state = estimates.state_now(practice, line)
    definition = version.worded(wordings.wording_in_force(practice, version))
    may_manage = access.may_in_practice(request.user, Permission.MANAGE_LIBRARY)
    is_current = estimates.is_current(row.result if row else None, state)
    is_in_use = version == versions[0]
    context = {
        "version": version,
        "definition": definition,
        "versions": [_choice(one, version) for one in versions] if len(versions) > 1 else [],
        "row": row,
        "state": state,
        "waiting": (
            "" if row is None or is_current else words.waiting(state["responses"] - row.responses)
        ),
        "may_compute": (may_manage and not is_current and 0 < state["responses"] <= MOST_AT_ONCE),
        "offers": (
            len(estimates.offers(version.definition, row)) if may_manage and is_in_use else 0
        ),
        "stands_for": line[0] if line[0] != version else None,
        "crumbs": _crumbs(definition, _("Figures")),
        **facts.of(definition, row, practice),
    }
    return render(request, "assessments/psychometrics.html", context)


@require_POST
@access.requires(Permission.MANAGE_LIBRARY)
def compute(request: HttpRequest, code: str) -> HttpResponse:
    """Work the figures out now, where that takes no more than some seconds."""
    practice = access.membership(request.user).practice
    version = _named(queries.versions_of(practice, code), request.POST.get("version", ""))
    state = estimates.state_now(practice, lineage(practice, version))
    if state["responses"] > MOST_AT_ONCE:
        messages.info(request, _("There are too many answers to wait for. It is done at night."))
    else:
        psychometrics.compute(practice=practice, version=version, now=timezone.now())
        messages.success(request, _("Worked out from all answers up to now."))
    return redirect(_address(code, version))


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_LIBRARY)
def adopt(request: HttpRequest, code: str) -> HttpResponse:
    """Ask which estimates a new version is to reckon with, and make it."""
    practice = access.membership(request.user).practice
    version = _named(queries.versions_of(practice, code), "")
    row = estimates.estimates(practice, version)
    offers = estimates.offers(version.definition, row)
    if request.method != "POST" and not offers:
        messages.info(request, _("There is no estimate to use at present."))
        return redirect("psychometrics", code)
    form = AdoptForm(
        request.POST if request.method == "POST" else None,
        offers=offers,
        chosen=request.GET.getlist("scale"),
        computed_at=row.computed_at if row else None,
    )
    if form.is_bound and form.is_valid():
        made = form.run(
            actions.adopt,
            practice=practice,
            version=version,
            by=Actor.of_request(request),
            now=timezone.now(),
            **form.arguments(),
        )
        if made is not None:
            sentence = _("Version %(number)d is in use now, for new assignments.")
            messages.success(request, sentence % {"number": made.version})
            return redirect("psychometrics", code)
    definition = version.definition
    context = {
        "definition": definition,
        "version": version,
        "form": form,
        "changes": [facts.change(one) for one in offers],
        "crumbs": _crumbs(definition, _("Use an estimate"), below=True),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/psychometrics_adopt.html", context, status=status)


# --- Versions -----------------------------------------------------------------------------------


def _named(versions: list[InstrumentVersion], named: str) -> InstrumentVersion:
    """The version that an address names by identifier or number; without a name the one in use.

    Http404 for one that this practice does not see, as for one that never was.
    """
    if not versions:
        raise Http404
    if not named:
        return versions[0]
    for version in versions:
        if named in (str(version.pk), str(version.version)):
            return version
    raise Http404


def _choice(version: InstrumentVersion, shown: InstrumentVersion) -> dict[str, Any]:
    return {
        "version": version,
        "url": _address(version.instrument.code, version),
        "is_shown": version == shown,
    }


def _address(code: str, version: InstrumentVersion) -> str:
    return f"{reverse('psychometrics', args=[code])}?{urlencode({'version': version.pk})}"


def _crumbs(definition: Instrument, here: str, *, below: bool = False) -> list[dict[str, Any]]:
    code = definition.code
    way: list[dict[str, Any]] = [
        {"label": _("Library"), "url": reverse("library")},
        {"label": definition.name, "url": reverse("library-instrument", args=[code])},
    ]
    if below:
        way.append({"label": _("Figures"), "url": reverse("psychometrics", args=[code])})
    return [*way, {"label": here}]
