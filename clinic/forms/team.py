"""Colleagues: roles, invitations, supervision, joining and leaving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import (
    ActionForm,
    CleanCharField,
    CleanEmailField,
    ColleagueForm,
    MemberChoiceField,
    new_password_field,
)
from clinic.models import Membership, Practice, User
from clinic.roles import RULES, Role

# What a person may be, as one choice: a role, and "also runs the practice" where that is possible.
ALSO_ADMIN = "+admin"
ROLE_CHOICES = [
    (Role.CLINICIAN.value, _("Clinician")),
    (Role.CLINICIAN.value + ALSO_ADMIN, _("Clinician, who also runs the practice")),
    (Role.SUPERVISOR.value, _("Supervisor")),
    (Role.SUPERVISOR.value + ALSO_ADMIN, _("Supervisor, who also runs the practice")),
    (Role.PRACTICE_ADMIN.value, _("Practice admin")),
    (Role.ASSISTANT.value, _("Assistant")),
]


def role_choice(role: str, also_practice_admin: bool) -> str:
    """The choice that stands for a role as it is stored."""
    return f"{role}{ALSO_ADMIN}" if also_practice_admin else role


def role_of(choice: str) -> dict[str, Any]:
    """The arguments ``role`` and ``also_practice_admin`` of an action, from a choice."""
    return {
        "role": Role(choice.removesuffix(ALSO_ADMIN)),
        "also_practice_admin": choice.endswith(ALSO_ADMIN),
    }


class RoleForm(ActionForm):
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect)

    def role_arguments(self) -> dict[str, Any]:
        return role_of(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    email = CleanEmailField(label=_("Email address"))
    field_order = ["email", "role"]


class SupervisionForm(ColleagueForm):
    clinician = MemberChoiceField(
        label=_("Reads along with"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
    )


class EndMembershipForm(ColleagueForm):
    hand_over_to = MemberChoiceField(
        label=_("Who takes over the clients?"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody yet: they stay with the practice"),
    )


class JoinForm(ActionForm):
    """Accepting an invitation: a name and a password."""

    name = CleanCharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As colleagues know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = new_password_field()

    def __init__(self, *args: Any, email: str, practice: Practice, **kwargs: Any) -> None:
        self.invited_email, self.practice = email, practice
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            email = self.invited_email or cleaned.get("email", "")
            person = User(email=email, name=cleaned.get("name", ""))
            # The check of the password looks for the name of the practice in it.
            person.membership = Membership(user=person, practice=self.practice)
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class FirstAdminForm(JoinForm):
    """The same for the first person of a practice, who is known by the set-up link alone."""

    email = CleanEmailField(label=_("Email address"), help_text=_("You sign in with it."))
    sees_clients = forms.TypedChoiceField(
        label=_("Do you see clients yourself?"),
        choices=[
            ("yes", _("Yes, I care for clients and run the practice")),
            ("no", _("No, I run the practice and see no answers")),
        ],
        coerce=lambda choice: choice == "yes",
        widget=forms.RadioSelect,
    )
    field_order = ["name", "email", "password", "sees_clients"]


def role_descriptions() -> list[tuple[str, Any]]:
    """Each role with what it may do, for the pages where one is chosen."""
    return [(str(role.label), RULES[role].description) for role in Role]
