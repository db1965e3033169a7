"""The clean fields that every form of the product uses, and forms that run an action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import text
from clinic.actions import Refused


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


class CleanPhoneField(CleanCharField):
    """A telephone number that can be dialled."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "data-short": ""})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=text.LONGEST_PHONE, **kwargs)

    def to_python(self, value: Any) -> str:
        return text.clean_phone(forms.CharField.to_python(self, value) or "")


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


class CleanTimeField(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(attrs={"type": "time", "data-short": ""}, format="%H:%M")
    default_error_messages = {"invalid": _("Please write the time as 14:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_python(self, value: Any) -> time | None:
        clock = super().to_python(value)
        return clock and clock.replace(second=0, microsecond=0)


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
