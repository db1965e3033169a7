"""Who a client is, how to reach them, who cares for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import (
    ActionForm,
    CleanCharField,
    CleanDateField,
    CleanEmailField,
    CleanPhoneField,
    CleanTextField,
    ColleagueForm,
    MemberChoiceField,
    not_in_the_future,
)
from clinic.models import Client, Membership


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
    phone = CleanPhoneField(
        label=_("Telephone"),
        required=False,
        help_text=_("Text messages go here, if you send any, such as +44 20 7946 0018."),
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
