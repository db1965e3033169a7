"""One colleague: role, supervision, and leaving. For those who run the practice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic import access
from clinic.actions import care, people
from clinic.audit import Actor
from clinic.forms import (
    EndMembershipForm,
    RoleForm,
    SupervisionForm,
    role_choice,
    role_descriptions,
)
from clinic.models import Client, Membership, Supervision
from clinic.roles import Permission, Role


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_TEAM)
def team_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A colleague's page. Its forms post here; the field ``do`` says which one."""
    member = (
        Membership.objects.filter(pk=pk, practice=access.membership(request.user).practice_id)
        .select_related("user", "practice")
        .first()
    )
    if member is None:
        raise Http404
    if request.method == "POST":
        handlers = {
            "role": _change_role,
            "supervise": _start_supervision,
            "stop-supervising": _end_supervision,
            "end": _end_membership,
        }
        handle = handlers.get(request.POST.get("do", ""))
        if handle is None:
            raise Http404
        return handle(request, member)
    if "end" in request.GET and _may_change(request, member):
        return _end_page(request, member, _end_form(member))
    return _member_page(request, member)


def _may_change(request: HttpRequest, member: Membership) -> bool:
    return member.ended_at is None and member.user_id != request.user.pk


def _crumbs(member: Membership) -> list[dict[str, str]]:
    return [
        {"label": _("Team"), "url": reverse("team")},
        {"label": member.user.name, "url": reverse("team-member", args=[member.pk])},
    ]


def _member_page(
    request: HttpRequest, member: Membership, status: int = 200, **forms: Any
) -> HttpResponse:
    chosen = role_choice(member.role, member.also_practice_admin)
    supervises = member.supervises.filter(ended_at=None).select_related("clinician__user")
    supervised_by = member.supervised_by.filter(ended_at=None).select_related("supervisor__user")
    context = {
        "member": member,
        "may_change": _may_change(request, member),
        "is_self": member.user_id == request.user.pk,
        "roles": role_descriptions(),
        "role_form": RoleForm(initial={"role": chosen}),
        "supervision_form": _supervision_form(member) if member.role == Role.SUPERVISOR else None,
        "supervises": list(supervises.order_by("clinician__user__name")),
        "supervised_by": list(supervised_by.order_by("supervisor__user__name")),
        "clients": member.care.filter(ended_at=None).count(),
        "crumbs": _crumbs(member),
        **forms,
    }
    return render(request, "clinic/team_member.html", context, status=status)


# --- Role ---------------------------------------------------------------------------------------


def _change_role(request: HttpRequest, member: Membership) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid() or not form.run(
        people.change_role,
        membership=member,
        **form.role_arguments(),
        by=Actor.of_request(request),
        now=timezone.now(),
    ):
        return _member_page(request, member, status=400, role_form=form)
    messages.success(request, _("The role of %(name)s is changed.") % {"name": member.user.name})
    return redirect("team-member", pk=member.pk)


# --- Supervision --------------------------------------------------------------------------------


def _supervision_form(member: Membership, data: Any = None) -> SupervisionForm:
    already = member.supervises.filter(ended_at=None).values("clinician")
    colleagues = care.carers_of(member.practice).exclude(pk=member.pk).exclude(pk__in=already)
    return SupervisionForm(data, clinicians=colleagues)


def _start_supervision(request: HttpRequest, member: Membership) -> HttpResponse:
    form = _supervision_form(member, request.POST)
    if not form.is_valid() or not form.run(
        people.start_supervision,
        supervisor=member,
        clinician=form.cleaned_data["clinician"],
        by=Actor.of_request(request),
        now=timezone.now(),
    ):
        return _member_page(request, member, status=400, supervision_form=form)
    messages.success(
        request,
        _("%(supervisor)s now reads along with %(clinician)s.")
        % {"supervisor": member.user.name, "clinician": form.cleaned_data["clinician"].user.name},
    )
    return redirect("team-member", pk=member.pk)


def _end_supervision(request: HttpRequest, member: Membership) -> HttpResponse:
    try:
        pk = UUID(request.POST.get("supervision", ""))
    except ValueError:
        raise Http404 from None
    supervision = Supervision.objects.filter(pk=pk, supervisor=member, ended_at=None).first()
    if supervision is None:
        raise Http404
    people.end_supervision(
        supervision=supervision, by=Actor.of_request(request), now=timezone.now()
    )
    messages.success(request, _("The reading along has ended."))
    return redirect("team-member", pk=member.pk)


# --- Leaving ------------------------------------------------------------------------------------


def _end_form(member: Membership, data: Any = None) -> EndMembershipForm:
    others = care.carers_of(member.practice).exclude(pk=member.pk)
    return EndMembershipForm(data, clinicians=others)


def _end_page(
    request: HttpRequest, member: Membership, form: EndMembershipForm, status: int = 200
) -> HttpResponse:
    cared_for = Client.objects.filter(care__clinician=member, care__ended_at=None)
    open_care = Count("care", filter=Q(care__ended_at=None))
    nobody_else = (
        Client.objects.filter(pk__in=cared_for.values("pk"))
        .annotate(carers=open_care)
        .filter(carers=1)
    )
    context = {
        "member": member,
        "form": form,
        "clients": cared_for.count(),
        "nobody_else": nobody_else.count(),
        "crumbs": [*_crumbs(member), {"label": _("End"), "url": ""}],
    }
    return render(request, "clinic/team_member_end.html", context, status=status)


def _end_membership(request: HttpRequest, member: Membership) -> HttpResponse:
    form = _end_form(member, request.POST)
    if not form.is_valid() or not form.run(
        people.end_membership,
        membership=member,
        hand_over_to=form.cleaned_data["hand_over_to"],
        by=Actor.of_request(request),
        now=timezone.now(),
    ):
        return _end_page(request, member, form, status=400)
    messages.success(
        request,
        _("%(name)s has left the practice and can no longer sign in.") % {"name": member.user.name},
    )
    return redirect("team")
