"""The practice's settings. For those who run it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic import access
from clinic.actions import people
from clinic.audit import Actor
from clinic.forms import PracticeForm
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_TEAM)
def practice(request: HttpRequest) -> HttpResponse:
    here = access.membership(request.user).practice
    form = PracticeForm.of(here, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        people.change_practice(
            practice=here, by=Actor.of_request(request), now=timezone.now(), **form.settings()
        )
        messages.success(request, _("The settings are saved."))
        return redirect("practice")
    context = {"form": form, "practice": here}
    return render(request, "clinic/practice.html", context, status=400 if form.errors else 200)
