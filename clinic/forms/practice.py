"""The settings of a practice."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinic.actions.practices import QuietTimes
from clinic.forms.fields import ActionForm, CleanCharField, CleanTextField
from clinic.models import Practice


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


class ClockField(forms.TimeField):
    """A time of day, in hours and minutes."""

    widget = forms.TimeInput(attrs={"type": "time", "data-short": ""}, format="%H:%M")
    default_error_messages = {"invalid": _("Please write the time as 21:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


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
    quiet_from = ClockField(
        label=_("No messages from"),
        required=False,
        help_text=_(
            "Messages that go out by themselves, such as reminders, wait for the end of these "
            "hours. A link that you send by hand goes at once."
        ),
    )
    quiet_until = ClockField(
        label=_("They go out again at"),
        required=False,
        help_text=_("On the clocks of your time zone. Leave both empty for no quiet hours."),
    )
    quiet_weekdays = forms.TypedMultipleChoiceField(
        label=_("Days without messages"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--short"}),
    )

    @classmethod
    def of(cls, practice: Practice, data: Any = None) -> PracticeForm:
        """The form filled with a practice's present settings."""
        return cls(data, initial={name: getattr(practice, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if since and not until and "quiet_until" not in self.errors:
            self.add_error("quiet_until", _("Say until when, or leave both empty."))
        if until and not since and "quiet_from" not in self.errors:
            self.add_error("quiet_from", _("Say from when, or leave both empty."))
        if since and since == until:
            self.add_error("quiet_until", _("Both are the same. Leave both empty for none."))
        if len(cleaned.get("quiet_weekdays", [])) == len(WEEKDAYS):
            sentence = _("Leave at least one day on which messages may go out.")
            self.add_error("quiet_weekdays", sentence)
        return cleaned

    def settings(self) -> dict[str, Any]:
        """What was typed, as ``change_practice`` takes it."""
        typed = dict(self.cleaned_data)
        quiet = QuietTimes(
            typed.pop("quiet_from"), typed.pop("quiet_until"), tuple(typed.pop("quiet_weekdays"))
        )
        return {**typed, "quiet": quiet}
