"""Batteries: what the practice gives together. Who runs the practice keeps them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import queries
from assessments.actions import batteries as actions
from assessments.actions.plans import Settings
from assessments.forms.plans import BatteryForms
from assessments.models import Battery, BatteryPart, InstrumentVersion
from assessments.queries import wordings
from assessments.wording import plans as words
from clinic import access
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission

Parts = list[tuple[BatteryPart, InstrumentVersion]]


@require_safe
@access.requires(Permission.SEE_LIBRARY)
def batteries(request: HttpRequest) -> HttpResponse:
    """What is offered, each in words."""
    practice = access.membership(request.user).practice
    versions = queries.newest_versions(practice)
    found = queries.batteries_of(practice)
    context = {
        "batteries": [
            {"battery": row, "words": battery_words(row, queries.parts_to_give(row, versions))}
            for row in found
        ],
        "may_manage": access.may_in_practice(request.user, Permission.MANAGE_LIBRARY),
        "starter": _starter_words(versions)
        if all(row.name != actions.starter_name() for row in found)
        else None,
    }
    return render(request, "assessments/batteries.html", context)


def battery_words(battery: Battery, parts: Parts) -> words.PlanWords:
    """A battery in words, counted from the first date of whoever is given it."""
    forms = [
        words.Form(version, part.cadence, after_days=part.starts_after_days, times=part.times)
        for part, version in parts
    ]
    return words.plan_words(forms, battery, timezone.localdate())


def _starter_words(versions: list[InstrumentVersion]) -> words.PlanWords | None:
    by_code = {version.instrument.code: version for version in versions}
    forms = [
        words.Form(by_code[code], cadence, after_days=days)
        for code, cadence, days in actions.STARTER
        if code in by_code
    ]
    if len(forms) < len(actions.STARTER):
        return None
    return words.plan_words(forms, actions.STARTER_SETTINGS, timezone.localdate())


@require_POST
@access.requires(Permission.MANAGE_LIBRARY)
def battery_starter(request: HttpRequest) -> HttpResponse:
    """Make the battery that is offered for a beginning."""
    try:
        made = actions.make_starter(
            practice=access.membership(request.user).practice,
            by=Actor.of_request(request),
            now=timezone.now(),
        )
        messages.success(request, _("“%(name)s” can be given now.") % {"name": made.name})
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("batteries")


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_LIBRARY)
def battery_new(request: HttpRequest) -> HttpResponse:
    """Make a battery."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_LIBRARY)
def battery(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a battery."""
    return _edit(request, _find(request, pk))


def _find(request: HttpRequest, pk: UUID) -> Battery:
    rows = Battery.objects.visible_to(request.user).select_related("practice")
    found: Battery | None = rows.filter(pk=pk, retired_at=None).first()
    if found is None:
        raise Http404
    return found


def _edit(request: HttpRequest, kept: Battery | None) -> HttpResponse:
    practice = access.membership(request.user).practice
    forms = BatteryForms(
        request.POST if request.method == "POST" else None,
        battery=kept,
        versions=_choosable(practice, kept),
        settings=Settings.of(kept) if kept else actions.STARTER_SETTINGS,
    )
    if request.method != "POST":
        return _page(request, forms, kept)
    if request.POST.get("go") == "more":
        forms.show_more()
        return _page(request, forms, kept)
    if forms.is_valid() and _save(request, forms, kept, practice):
        messages.success(request, _("Saved. Plans made from it before stay as they are."))
        return redirect("batteries")
    return _page(request, forms, kept, status=400)


def _save(request: HttpRequest, forms: BatteryForms, kept: Battery | None, practice: Any) -> Any:
    target = {"battery": kept} if kept else {"practice": practice}
    return forms.form.run(
        actions.change_battery if kept else actions.make_battery,
        name=forms.form.cleaned_data["name"],
        forms=forms.battery_forms(),
        settings=forms.form.settings(),
        by=Actor.of_request(request),
        now=timezone.now(),
        **target,
    )


def _choosable(practice: Any, kept: Battery | None) -> list[InstrumentVersion]:
    """What can be given here, and what the battery holds already."""
    versions = queries.newest_versions(practice)
    hindered = wordings.hindrances(practice, versions)
    held = {part.instrument_id for part in kept.parts.all()} if kept else set()
    return [v for v in versions if v.pk not in hindered or v.instrument_id in held]


def _page(
    request: HttpRequest, forms: BatteryForms, kept: Battery | None, status: int = 200
) -> HttpResponse:
    here = kept.name if kept else _("A new battery")
    context = {
        "form": forms.form,
        "lines": forms.lines,
        "has_room": forms.has_room,
        "battery": kept,
        "crumbs": _crumbs(here),
    }
    return render(request, "assessments/battery.html", context, status=status)


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Library"), "url": reverse("library")},
        {"label": _("Batteries"), "url": reverse("batteries")},
        {"label": here},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_LIBRARY)
def battery_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then offer a battery no longer."""
    found = _find(request, pk)
    if request.method == "POST":
        actions.retire_battery(battery=found, by=Actor.of_request(request), now=timezone.now())
        messages.success(request, _("It is no longer offered. Plans made from it go on."))
        return redirect("batteries")
    context = {"battery": found, "crumbs": _crumbs(found.name)}
    return render(request, "assessments/battery_retire.html", context)
