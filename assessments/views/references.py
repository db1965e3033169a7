"""Naming whom a client's answers are about."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import queries, wording
from assessments.actions import references
from assessments.forms.references import ReferenceForm
from assessments.views.assign import crumbs
from clinic import access
from clinic.audit import Actor
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def reference(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose the relationship, and whether the answers so far were about it too."""
    client = access.find_client(request.user, pk, needs=Permission.ASSIGN)
    current = queries.in_force(client)
    form = ReferenceForm(
        request.POST if request.method == "POST" else None,
        current=current,
        answered=queries.has_relational_answers(client),
    )
    if form.is_bound and form.is_valid():
        named = form.run(
            references.set_reference,
            client=client,
            kind=form.cleaned_data["kind"],
            label=form.cleaned_data["label"],
            same=form.cleaned_data.get("series") == ReferenceForm.SAME,
            by=Actor.of_request(request),
            now=timezone.now(),
        )
        if named is not None:
            messages.success(
                request,
                _("The answers are about: %(whom)s.") % {"whom": wording.reference_words(named)},
            )
            return redirect("client", client.pk)
    context = {
        "client": client,
        "form": form,
        "current": current,
        "words": wording.reference_words(current) if current else "",
        "crumbs": crumbs(client, _("Whom the answers are about"), below_forms=False),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/reference.html", context, status=status)
