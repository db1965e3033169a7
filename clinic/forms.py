"""Forms of the clinic pages, and the clean fields that every form of the product uses."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import text
from clinic.actions import Refused
from clinic.actions.tokens import SCOPES
from clinic.models import Client, Membership, Practice, User
from clinic.roles import RULES, Role

# --- Fields -------------------------------------------------------------------------------------


class CleanCharField(forms.CharField):
    """One line of text; invisible characters do not count, a line break is refused."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        self.limit = max_length
        super().__init__(strip=False, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The browser's own limit counts before normalisation: generous, so that ours decides.
        return {**super().widget_attrs(widget), "maxlength": str(self.limit * 2)}

    def to_python(self, value: Any) -> str:
        return text.clean_line(super().to_python(value) or "", max_length=self.limit)


class CleanTextField(CleanCharField):
    """Several lines of text."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> str:
        typed = forms.CharField.to_python(self, value) or ""
        return text.clean_paragraphs(typed, max_length=self.limit)


class CleanEmailField(forms.CharField):
    """An email address in one spelling; no IP address for a domain."""

    widget = forms.EmailInput(
        attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return text.clean_email(super().to_python(value) or "")


class CleanDateField(forms.Field):
    """A day, in plain digits. ``check`` refuses days that make no sense for what it is about."""

    widget = forms.DateInput(attrs={"type": "date", "data-short": ""}, format="%Y-%m-%d")

    def __init__(self, *, check: Callable[[date], date] | None = None, **kwargs: Any) -> None:
        self.check = check
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            day = value or None
        else:
            day = text.parse_date(str(value))
        return self.check(day) if day and self.check else day


def not_in_the_future(day: date) -> date:
    return text.clean_birth_date(day, timezone.localdate())


class MemberChoiceField(forms.ModelChoiceField):
    """Colleagues, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.user.name


# --- Shared -------------------------------------------------------------------------------------


class ActionForm(forms.Form):
    """A form whose ``run`` turns what an action refuses into an error beside the field."""

    def run(self, action: Callable[..., Any], **kwargs: Any) -> Any:
        """The action's result, or None after adding its refusal to the form."""
        try:
            return action(**kwargs)
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
            return None


class ColleagueForm(ActionForm):
    """A form that offers colleagues: ``clinicians`` are those who can be chosen."""

    def __init__(self, *args: Any, clinicians: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MemberChoiceField):
                field.queryset = clinicians


def new_password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 15 characters. Four or five unrelated words are easy to remember and hard "
            "to guess."
        ),
    )


# --- Clients ------------------------------------------------------------------------------------


class ClientForm(ActionForm):
    """Who a client is and how to reach them. Its cleaned data fit add_client and edit_client."""

    name = CleanCharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    date_of_birth = CleanDateField(
        label=_("Date of birth"), required=False, check=not_in_the_future
    )
    email = CleanEmailField(
        label=_("Email address"),
        required=False,
        help_text=_("Links to forms go here. Make sure that only the client reads it."),
    )
    phone = CleanCharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "data-short": ""}),
    )
    number = CleanCharField(
        label=_("Client number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-short": ""}),
        help_text=_("Your own, if you keep one. Files of answers are matched by it."),
    )
    note = CleanTextField(
        label=_("Contact note"),
        max_length=1000,
        required=False,
        help_text=_(
            "For reaching the client, such as when to ring. The front desk can read it: "
            "nothing from the sessions belongs here."
        ),
    )

    @classmethod
    def of(cls, client: Client, data: Any = None) -> ClientForm:
        """The form filled with a client's present details."""
        present = {name: getattr(client, name) for name in ClientForm.base_fields}
        return cls(data, initial=present)


class EditClientForm(ClientForm):
    """The same, remembering which state of the details the person was shown."""

    seen_version = forms.CharField(widget=forms.HiddenInput, max_length=24)


class StartCareForm(ColleagueForm):
    clinician = MemberChoiceField(
        label=_("Clinician"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
    )


# --- Team ---------------------------------------------------------------------------------------

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


# --- Practice and account -----------------------------------------------------------------------


class TimeZoneField(forms.ChoiceField):
    """The time zones a practice can lie in, by continent and city."""

    def __init__(self, **kwargs: Any) -> None:
        names = sorted(
            name
            for name in zoneinfo.available_timezones()
            if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix", "right"))
        )
        choices = [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]
        super().__init__(choices=choices, **kwargs)


class PracticeForm(ActionForm):
    name = CleanCharField(
        label=_("Name of the practice"),
        max_length=120,
        help_text=_("Clients see it on their forms and as the sender of mails."),
    )
    time_zone = TimeZoneField(
        label=_("Time zone"), help_text=_("Days and times are shown in it; forms open by it.")
    )
    crisis_text = CleanTextField(
        label=_("What a client should do in a crisis"),
        max_length=1000,
        required=False,
        help_text=_(
            "Shown under every form, and at once after an answer that points to danger. "
            "Name a telephone number that is answered day and night."
        ),
    )
    non_commercial = forms.BooleanField(
        label=_("This practice works without commercial purpose"),
        required=False,
        help_text=_(
            "Some questionnaires, such as the WHO-5, are free for such use only, and are given to "
            "clients only where this is ticked. Untick it when it no longer holds: what was given "
            "before goes on until it is ended."
        ),
    )


class NameForm(ActionForm):
    name = CleanCharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As colleagues see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


SCOPE_LABELS = {
    "read": _("Look things up"),
    "write": _("Add and change"),
    "export": _("Take whole records out"),
}
LIFETIMES = [(30, _("30 days")), (90, _("90 days")), (365, _("One year"))]


class TokenForm(ActionForm):
    name = CleanCharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("The program that will use it, so that you can tell your tokens apart."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=[(scope, SCOPE_LABELS[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.TypedChoiceField(
        label=_("How long does it live?"),
        choices=LIFETIMES,
        coerce=lambda days: timedelta(days=int(days)),
        initial=90,
    )


def role_descriptions() -> list[tuple[str, Any]]:
    """Each role with what it may do, for the pages where one is chosen."""
    return [(str(role.label), RULES[role].description) for role in Role]
