"""The settings of a practice."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import ActionForm, CleanCharField, CleanTextField


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
