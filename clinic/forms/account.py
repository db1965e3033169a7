"""One's own account."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinic.actions.tokens import SCOPES
from clinic.forms.fields import ActionForm, CleanCharField


class NameForm(ActionForm):
    name = CleanCharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As colleagues see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class DigestForm(ActionForm):
    """On which day the weekly digest comes, if at all."""

    weekday = forms.TypedChoiceField(
        label=_("Weekly digest"),
        choices=[("", _("None")), *WEEKDAYS.items()],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"data-short": ""}),
        help_text=_(
            "A mail at seven in the morning with numbers and links: how many clients ask for a "
            "look, what waits in the inbox. It names nobody."
        ),
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
