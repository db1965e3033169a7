"""Handing over a device: the page that asks, the name check, and the way to the next form."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import hand_over as actions
from assessments.actions import links
from assessments.actions.links import LinkState
from assessments.views.assign import crumbs
from assessments.views.holder import Holder, for_holder, give_cookie, refuse, see_other
from assessments.views.links import find_occasion
from clinic import handed
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def occasion_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign out here and leave this device to one form of one client."""
    occasion = find_occasion(request, pk, Permission.ENTER_ANSWERS)
    now, client = timezone.now(), occasion.client
    try:
        if request.method != "POST":
            links.require_fillable(occasion, now)
            context = {
                "client": client,
                "occasion": occasion,
                "crumbs": crumbs(client, _("Hand over the device")),
            }
            return render(request, "assessments/hand_over.html", context)
        by = Actor.of_request(request)
        link = actions.hand_over(occasion=occasion, by=by, now=now)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("client-forms", client.pk)
    logout(request)
    response = see_other("form-who")
    give_cookie(response, Holder(link=link, by=by, now=now))
    handed.lock(response)
    return response


@for_holder
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Ask the person who holds the device whether they are the one the form is for."""
    state = links.state_of(holder.link, holder.now)
    if state is not LinkState.OPEN or not holder.link.handed_over:
        return see_other("form") if state is LinkState.OPEN else refuse(request, state, holder)
    if request.method == "POST":
        if request.POST.get("go") == "yes":
            links.start_form(link=holder.link, by=holder.by, now=holder.now)
            return see_other("form")
        actions.give_back(link=holder.link, by=holder.by, now=holder.now)
        return render(request, "assessments/answer/give_back.html", {"wrong": True})
    context = {**holder.context(), "name": in_short(holder.link.occasion.client.name)}
    return render(request, "assessments/answer/who.html", context)


def in_short(name: str) -> str:
    """As much of a name as its owner needs to know it: "Nora L."."""
    first, *others = name.split()
    return f"{first} {others[-1][0]}." if others else first


@for_holder
@require_POST
def go_on(request: HttpRequest, holder: Holder) -> HttpResponse:
    """From a form that was sent to the one that was announced with it."""
    if links.state_of(holder.link, holder.now) is not LinkState.SENT:
        return see_other("form")
    try:
        link = actions.go_on(link=holder.link, by=holder.by, now=holder.now)
    except Refused:
        link = None
    if link is None:
        return see_other("form-done")
    response = see_other("form")
    give_cookie(response, Holder(link=link, by=holder.by, now=holder.now))
    return response
