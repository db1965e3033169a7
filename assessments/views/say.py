"""What a client may say about the forms themselves: not now, or no more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import links, plans
from assessments.actions.links import LinkState
from assessments.forms.saying import SayForm
from assessments.models import Plan
from assessments.views.holder import Holder, for_holder, refuse, see_other


@for_holder
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Pause or stop the forms; afterwards, what was asked for and how to take it back."""
    state = links.state_of(holder.link, holder.now)
    said = plans.what_client_said(holder.link)
    if state not in (LinkState.OPEN, LinkState.SENT) and said is None:
        return refuse(request, state, holder)
    if holder.must_say_who:
        return see_other("form-who")
    form = SayForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = form.run(
            plans.client_says, link=holder.link, by=holder.by, now=holder.now, **form.said()
        )
        if done is not None:
            return see_other("form-pause")
    context = {
        **holder.context(),
        "form": form,
        "said": said if not form.is_bound else None,
        "stopped": said is not None and said.client_said == Plan.ClientSaid.STOP,
        "open": state is LinkState.OPEN,
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/answer/pause.html", context, status=status)


@for_holder
@require_POST
def resume(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Take back a pause."""
    plans.client_resumes(link=holder.link, by=holder.by, now=holder.now)
    return see_other("form-pause")
