"""Giving a client a plan, from a battery or a single form, and ending an assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import queries, wording
from assessments.actions import assign as actions
from assessments.actions import links, plans
from assessments.forms.assigning import AssignForm, GiveBatteryForm, ToClientForm
from assessments.measurement import schedule
from assessments.models import Assignment, Battery, Cadence, InstrumentVersion, Plan, SendBy
from assessments.queries import Running, wordings
from assessments.views.batteries import battery_words
from assessments.wording import plans as words
from clinic import access
from clinic.audit import Actor
from clinic.models import Client
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose a battery, which has a page of its own, or a single form with how it goes out."""
    client = access.find_client(request.user, pk, needs=Permission.ASSIGN)
    versions = queries.newest_versions(client.practice_id)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        client=client,
        versions=versions,
        today=_today(client),
        **_as_before(_given_before(request, client), versions),
    )
    if form.is_bound and form.is_valid():
        made = _make(request, form, client, [form.part()])
        if made is not None:
            return _made(request, client, made)
    hindrances = wordings.hindrances(client.practice, versions)
    status = 400 if form.errors else 200
    context = {
        "client": client,
        "form": form,
        "batteries": [
            {"battery": row, "words": battery_words(row, queries.parts_to_give(row, versions))}
            for row in queries.batteries_of(client.practice)
        ],
        "cards": _cards(form, hindrances, queries.running(client, timezone.now())),
        "delivery": _delivery(form, [v for v in versions if v.pk not in hindrances]),
        "not_yet": _not_yet(versions, hindrances),
        "may_manage": access.may_in_practice(request.user, Permission.MANAGE_LIBRARY),
        "crumbs": crumbs(client, _("Assign a form")),
    }
    return render(request, "assessments/assign.html", context, status=status)


def _given_before(request: HttpRequest, client: Client) -> Plan | None:
    """The plan of this client that is to be given again, where the address names one."""
    try:
        return client.plans.filter(pk=UUID(request.GET.get("again", ""))).first()
    except ValueError:
        return None


def _as_before(plan: Plan | None, versions: Iterable[InstrumentVersion]) -> dict[str, Any]:
    """What an AssignForm proposes so that the one form of a plan is given as it was before."""
    row = (
        plan.assignments.select_related("version").order_by("-created_at").first() if plan else None
    )
    if plan is None or row is None:
        return {}
    same = [v for v in versions if v.instrument_id == row.version.instrument_id]
    initial = {"cadence": row.chosen, "times": queries.tallies_of(plan)[row.pk].times}
    if same:
        initial["instrument"] = str(same[0].pk)
    return {"settings": plans.Settings.of(plan), "initial": initial}


def _today(client: Client) -> date:
    return timezone.localdate(timezone=client.practice.zone)


def _make(
    request: HttpRequest,
    form: ToClientForm,
    client: Client,
    parts: list[plans.Part],
    battery: Battery | None = None,
) -> plans.Made | None:
    made: plans.Made | None = form.run(
        plans.make_plan,
        client=client,
        parts=parts,
        settings=form.settings(),
        battery=battery,
        by=Actor.of_request(request),
        now=timezone.now(),
    )
    return made


def _cards(
    form: AssignForm,
    hindrances: Mapping[UUID, wordings.Hindrance],
    running: Running,
) -> list[dict[str, Any]]:
    cadences, today = dict(Cadence.choices), _today(form.client)
    return [
        {
            "radio": radio,
            "definition": version.definition,
            "cadence": cadences[version.definition.default_cadence],
            "already": _already(version, running, today) or _beside([version], running, today),
        }
        for radio, version in zip(form["instrument"], form.versions.values(), strict=True)
        if version.pk not in hindrances
    ]


def _delivery(form: ToClientForm, versions: Iterable[InstrumentVersion]) -> str:
    """How the forms would go out, as the page stands."""
    given = [words.Form(version, version.definition.default_cadence) for version in versions]
    settings = form.as_it_stands()
    return words.delivery_words(given, settings, has_address=_reaches(form.client, settings))


def _reaches(client: Client, settings: words.Delivered) -> bool:
    by_hand = settings.send_by == SendBy.HAND
    return by_hand or queries.address_for(settings.send_by, client) is not None


@require_http_methods(["GET", "HEAD", "POST"])
def assign_battery(request: HttpRequest, pk: UUID, battery: UUID) -> HttpResponse:
    """A battery in words for this client, what of it can be given, and how it goes out."""
    client = access.find_client(request.user, pk, needs=Permission.ASSIGN)
    found = next((row for row in queries.batteries_of(client.practice) if row.pk == battery), None)
    if found is None:
        raise Http404
    parts = queries.parts_to_give(found, queries.newest_versions(client.practice_id))
    form = GiveBatteryForm(
        request.POST if request.method == "POST" else None,
        client=client,
        parts=parts,
        settings=plans.Settings.of(_given_before(request, client) or found),
        running=queries.running(client, timezone.now()),
        hindrances=wordings.hindrances(client.practice, [version for _part, version in parts]),
        today=_today(client),
    )
    if form.is_bound and form.is_valid() and request.POST.get("go") != "look":
        made = _make(request, form, client, form.chosen(), found)
        if made is not None:
            return _made(request, client, made)
    context = {"client": client, "battery": found, "form": form, **_offered(form)}
    context["crumbs"] = crumbs(client, found.name)
    status = 400 if form.errors else 200
    return render(request, "assessments/assign_battery.html", context, status=status)


def _offered(form: GiveBatteryForm) -> dict[str, Any]:
    """What of a battery can be given as the page stands, in words, and why the rest cannot."""
    offer, settings = form.offer_as_it_stands(), form.as_it_stands()
    given = [_in_words(part, plans.first_date(part, settings)) for part in offer.to_give]
    has_address = _reaches(form.client, settings)
    said = words.plan_words(given, settings, form.today, has_address=has_address)
    when = {one.name: one.when for one in said.forms}
    hindered = {version.pk: why for version, why in offer.hindered.items()}
    return {
        "choices": [
            {"box": box, "name": form.names[one], "when": when[form.names[one]]}
            for box, one in zip(form["forms"], form.names, strict=True)
            if one in offer.instruments
        ],
        "delivery": said.delivery,
        "running": [_running(version, row, form.today) for version, row in offer.running],
        "beside": _beside(
            [part.version for part in offer.to_give if part.cadence != Cadence.AT_END],
            form.running,
            form.today,
        ),
        "not_yet": _not_yet(offer.hindered, hindered),
    }


def _in_words(part: plans.Part, first_on: date) -> words.Form:
    return words.Form(part.version, part.cadence, first_on, times=part.times, ends_on=part.ends_on)


def _running(version: InstrumentVersion, row: Assignment, today: date) -> words.FormWords:
    """A form that the client has been given already, and how often it comes."""
    settings = row.plan or plans.Settings()
    given = words.Form(row.version, row.cadence, row.first_on, times=row.times, ends_on=row.ends_on)
    return words.plan_words([given], settings, today).forms[0]


def _already(version: InstrumentVersion, running: Running, today: date) -> list[str]:
    """That a client has this very form: it is not given twice for the same time."""
    return [
        _("Given already: %(when)s. To have it otherwise, change that plan or end it first.")
        % {"when": _running(row.version, row, today).when}
        for row in _on_days(running)
        if row.version.instrument_id == version.instrument_id
    ]


def _beside(versions: Iterable[InstrumentVersion], running: Running, today: date) -> list[str]:
    """Of what runs already and asks all that one of these does, or the other way round: that only
    in one plan the shorter gives way."""
    given = list(versions)
    found = [
        _(
            "%(other)s is given already (%(when)s): as two plans both go out, even on one day. "
            "To let the shorter give way, end that plan and give both as a battery."
        )
        % {"other": row.version.definition.name, "when": _running(row.version, row, today).when}
        for row in _on_days(running)
        if any(
            queries.covers(version, row.version) or queries.covers(row.version, version)
            for version in given
        )
    ]
    return list(dict.fromkeys(found))


def _on_days(running: Running) -> list[Assignment]:
    """What comes, or waits, on days of its own: not what is given when care ends."""
    passed_by = (Cadence.AT_END, Cadence.ONCE)
    return [
        row for row in running.rows if row.cadence not in passed_by or row.pk in running.waiting
    ]


def _not_yet(
    versions: Iterable[InstrumentVersion], hindrances: Mapping[UUID, wordings.Hindrance]
) -> list[str]:
    """What cannot be assigned here, in a sentence for each reason."""
    names: dict[wordings.Hindrance, list[str]] = {}
    for version in versions:
        if version.pk in hindrances:
            names.setdefault(hindrances[version.pk], []).append(version.definition.name)
    return [wordings.says(why, wording.joined(sorted(found))) for why, found in names.items()]


def _made(request: HttpRequest, client: Client, made: plans.Made) -> HttpResponse:
    """Say what was given; show the link where it is handed over by hand, this once."""
    plan, rows = made.plan, [given.assignment for given in made.assigned]
    said = words.plan_words(
        [
            _in_words(plans.Part(r.version, r.cadence, r.first_on, r.ends_on, r.times), r.first_on)
            for r in rows
        ],
        plan,
        _today(client),
        has_address=_reaches(client, plan),
    )
    messages.success(request, " ".join([said.sentence, *_about_the_first(client, made)]))
    for given in made.assigned:
        if given.token is not None and given.first is not None and not given.mailed:
            return show_link_once(request, client, given.first, given.token, mailed=False)
    return redirect("client-forms", client.pk)


def _about_the_first(client: Client, made: plans.Made) -> Iterable[str]:
    """What happens now, where the plan in words does not say it."""
    if any(given.mailed for given in made.assigned):
        address = queries.address_for(made.plan.send_by, client)
        yield _("The first message is on its way to %(address)s.") % {"address": address}
    if any(
        given.first is None and schedule.Cadence(given.assignment.cadence).by_appointment
        for given in made.assigned
    ):
        yield _("The form opens with the next session entered.")


def show_link_once(
    request: HttpRequest, client: Client, occasion: Any, token: str, *, mailed: bool
) -> HttpResponse:
    """The page with a new link. It is the answer to a POST: no address and no session keeps it."""
    context = {
        "client": client,
        "name": occasion.assignment.version.definition.name,
        "address": links.address_of(token),
        "mailed": mailed,
        "closes_at": occasion.closes_at,
        "occasion": occasion,
        "crumbs": crumbs(client, _("Link")),
    }
    return render(request, "assessments/link_once.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then end an assignment."""
    assignment = access.find(
        request.user,
        Assignment.objects.select_related("client__practice", "version__instrument"),
        pk,
        needs=Permission.ASSIGN,
    )
    if request.method == "POST":
        actions.end_assignment(
            assignment=assignment, by=Actor.of_request(request), now=timezone.now()
        )
        messages.success(request, _("The assignment was ended. Its answers stay."))
        return redirect("client-forms", assignment.client_id)
    if assignment.ended_at is not None:
        return redirect("client-forms", assignment.client_id)
    context = {
        "assignment": assignment,
        "client": assignment.client,
        "crumbs": crumbs(assignment.client, _("End an assignment")),
    }
    return render(request, "assessments/assignment_end.html", context)


def crumbs(client: Client, here: str, *, below_forms: bool = True) -> list[dict[str, Any]]:
    """The way back from a page about a client's forms."""
    way = [{"label": client.name, "url": reverse("client", args=[client.pk])}]
    if below_forms:
        way.append({"label": _("Forms"), "url": reverse("client-forms", args=[client.pk])})
    return [*way, {"label": here}]
