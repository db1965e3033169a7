"""The team: who works here, and inviting a colleague."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import access
from clinic.actions import Refused, people
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.forms import InvitationForm, role_descriptions
from clinic.models import Invitation, Membership, Notice, Practice, Supervision
from clinic.roles import Permission


@require_safe
@access.requires(Permission.SEE_TEAM)
def team(request: HttpRequest) -> HttpResponse:
    """Everybody who works at the practice; for those who run it, who is invited as well."""
    practice = access.membership(request.user).practice
    runs_practice = access.may_in_practice(request.user, Permission.MANAGE_TEAM)
    members = Membership.objects.filter(practice=practice, ended_at=None).select_related("user")
    context = {
        "members": _with_supervision(list(members.order_by("user__name", "pk")), practice),
        "runs_practice": runs_practice,
        "invitations": _waiting_invitations(practice) if runs_practice else [],
        "roles": role_descriptions(),
    }
    return render(request, "clinic/team.html", context)


def _with_supervision(members: list[Membership], practice: Practice) -> list[Membership]:
    """Give each member the names of whom they supervise, in one query."""
    supervised: dict[UUID, list[str]] = {member.pk: [] for member in members}
    rows = Supervision.objects.filter(supervisor__practice=practice, ended_at=None)
    for supervisor, name in rows.order_by("clinician__user__name").values_list(
        "supervisor", "clinician__user__name"
    ):
        supervised.get(supervisor, []).append(name)
    for member in members:
        member.supervised_names = supervised[member.pk]  # type: ignore[attr-defined]
    return members


def _waiting_invitations(practice: Practice) -> list[Invitation]:
    """Open invitations, each with what became of its mail."""
    invitations = list(people.open_invitations(practice, timezone.now()))
    about = [invitation.pk for invitation in invitations]
    notices = {notice.about: notice for notice in Notice.objects.filter(about__in=about)}
    for invitation in invitations:
        invitation.notice = notices.get(invitation.pk)  # type: ignore[attr-defined]
    return invitations


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_TEAM)
def team_invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague. The link is shown this once, for where mail does not arrive."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    context = {
        "form": form,
        "roles": role_descriptions(),
        "crumbs": [
            {"label": _("Team"), "url": reverse("team")},
            {"label": _("Invite a colleague"), "url": ""},
        ],
    }
    if request.method != "POST":
        return render(request, "clinic/team_invite.html", context)
    made = form.is_valid() and form.run(
        people.invite,
        practice=access.membership(request.user).practice,
        email=form.cleaned_data["email"],
        **form.role_arguments(),
        by=Actor.of_request(request),
        now=timezone.now(),
    )
    if not made:
        return render(request, "clinic/team_invite.html", context, status=400)
    invitation, token = made
    context |= {"invitation": invitation, "link": absolute("join", token)}
    return render(request, "clinic/team_invited.html", context)


@require_POST
@access.requires(Permission.MANAGE_TEAM)
def invitation_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = Invitation.objects.filter(
        pk=pk, practice=access.membership(request.user).practice_id
    ).first()
    if invitation is None:
        raise Http404
    by, now = Actor.of_request(request), timezone.now()
    try:
        people.revoke_invitation(invitation=invitation, by=by, now=now)
        messages.success(request, _("The invitation is taken back; its link no longer works."))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("team")
