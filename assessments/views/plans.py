"""Changing a plan: how it goes out, pausing and resuming it, ending it, leaving one form out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import queries
from assessments.actions import occasions
from assessments.actions import plans as actions
from assessments.forms.changing import ChangePlanForm, EndPlanForm, PausePlanForm
from assessments.models import Assignment, Cadence, Plan
from assessments.views.assign import crumbs
from assessments.views.client_forms import plan_title, words_of
from assessments.views.links import find_occasion
from clinic import access
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def plan_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change how the forms of a plan go out, how often they come and for how long, from now on."""
    plan, running = _find(request, pk)
    now, tallies = timezone.now(), queries.tallies_of(plan)
    form = ChangePlanForm(
        request.POST if request.method == "POST" else None,
        plan=plan,
        running=running,
        tallies=tallies,
        now=now,
    )
    if form.is_bound and form.is_valid():
        changed = form.run(
            actions.change_plan,
            plan=plan,
            settings=form.settings(),
            cadences=form.cadences(),
            limits=form.limits(),
            by=Actor.of_request(request),
            now=now,
        )
        if changed is not None:
            messages.success(request, _changed(changed))
            return redirect("client-forms", plan.client_id)
    return _page(
        request,
        "assessments/plan_change.html",
        plan,
        running,
        form,
        words=words_of(plan, running, tallies),
    )


def _changed(plan: Plan) -> str:
    words = words_of(plan, _running(plan), queries.tallies_of(plan))
    if words is None:
        return _("Nothing more comes. What is open stays open.")
    return _("From now on: %(plan)s") % {"plan": words.sentence}


@require_http_methods(["GET", "HEAD", "POST"])
def plan_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a plan rest until a day, or until somebody resumes it."""
    plan, running = _find(request, pk)
    others = plan.client.plans.running().filter(paused_at=None).exclude(pk=plan.pk)
    now = timezone.now()
    form = PausePlanForm(
        request.POST if request.method == "POST" else None,
        has_others=others.exists(),
        today=now.astimezone(plan.client.practice.zone).date(),
    )
    if form.is_bound and form.is_valid():
        everything = form.cleaned_data.get("others")
        paused = form.run(
            actions.pause_all_plans if everything else actions.pause_plan,
            **({"client": plan.client} if everything else {"plan": plan}),
            until=form.cleaned_data["until"],
            by=Actor.of_request(request),
            now=now,
        )
        if paused is not None:
            messages.success(request, _paused(form.cleaned_data["until"]))
            return redirect("client-forms", plan.client_id)
    return _page(request, "assessments/plan_pause.html", plan, running, form)


def _paused(until: Any) -> str:
    if until is None:
        return _("Paused. Nothing opens and nothing is sent until somebody resumes it.")
    return _("Paused until %(day)s. Nothing opens and nothing is sent before.") % {
        "day": date_format(until, "l j F Y")
    }


@require_POST
def plan_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on with a paused plan."""
    plan, _running_rows = _find(request, pk)
    try:
        actions.resume_plan(plan=plan, by=Actor.of_request(request), now=timezone.now())
        messages.success(request, _("It goes on. What fell due meanwhile stays left out."))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("client-forms", plan.client_id)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then end a plan, with its closing forms where it has any."""
    plan, running = _find(request, pk)
    if plan.ended_at is not None:
        messages.info(request, _("This plan has ended."))
        return redirect("client-forms", plan.client_id)
    now = timezone.now()
    closing = [row for row in running if row.cadence == Cadence.AT_END]
    form = EndPlanForm(
        request.POST if request.method == "POST" else None,
        closing=closing,
        today=now.astimezone(plan.client.practice.zone).date(),
    )
    if form.is_bound and form.is_valid():
        ended = form.run(
            actions.end_plan,
            plan=plan,
            closing_on=form.closes_on(),
            by=Actor.of_request(request),
            now=now,
        )
        if ended is not None:
            messages.success(request, _ended(ended))
            return redirect("client-forms", plan.client_id)
    names = list(dict.fromkeys(row.version.instrument.name for row in closing))
    return _page(request, "assessments/plan_end.html", plan, running, form, closing=names)


def _ended(plan: Plan) -> str:
    if plan.ended_at is None:
        return _("The plan ends with its last form. What is answered stays.")
    return _("The plan was ended. Its answers stay.")


@require_POST
def plan_noted(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take note of what the client said about the forms."""
    plan, _running_rows = _find(request, pk)
    actions.note_what_client_said(plan=plan, by=Actor.of_request(request), now=timezone.now())
    messages.success(request, _("Noted. The caseload no longer shows it."))
    return redirect("client-forms", plan.client_id)


@require_http_methods(["GET", "HEAD", "POST"])
def occasion_skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then leave one form out; those after it stay."""
    occasion = find_occasion(request, pk, Permission.ASSIGN)
    if request.method == "POST":
        try:
            occasions.skip_occasion(
                occasion=occasion, by=Actor.of_request(request), now=timezone.now()
            )
            messages.success(request, _("Left out. The forms after it come as planned."))
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        return redirect("client-forms", occasion.client_id)
    if occasion.cancelled_at is not None or occasion.closes_at <= timezone.now():
        messages.info(request, _("There is nothing left to leave out of this form."))
        return redirect("client-forms", occasion.client_id)
    context = {
        "client": occasion.client,
        "occasion": occasion,
        "name": occasion.assignment.version.instrument.name,
        "crumbs": crumbs(occasion.client, _("Leave a form out")),
    }
    return render(request, "assessments/occasion_skip.html", context)


def _find(request: HttpRequest, pk: UUID) -> tuple[Plan, list[Assignment]]:
    """The plan, through the gate, with the assignments that go on."""
    rows = Plan.objects.select_related("client__practice", "battery")
    plan: Plan = access.find(request.user, rows, pk, needs=Permission.ASSIGN)
    return plan, _running(plan)


def _running(plan: Plan) -> list[Assignment]:
    rows = plan.assignments.filter(ended_at=None).select_related("version__instrument")
    return list(rows.order_by("created_at", "pk"))


def _page(
    request: HttpRequest,
    template: str,
    plan: Plan,
    running: list[Assignment],
    form: Any,
    **context: Any,
) -> HttpResponse:
    names = list(dict.fromkeys(row.version.instrument.name for row in running))
    title = plan_title(plan, names)
    context = {
        "client": plan.client,
        "plan": plan,
        "running": running,
        "title": title,
        "form": form,
        "crumbs": crumbs(plan.client, title),
        **context,
    }
    return render(request, template, context, status=400 if form.errors else 200)
