"""Forms about plans: how forms go out, and what a battery holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from assessments.actions.batteries import (
    LATEST_START_DAYS,
    MOST_PARTS,
    NAME_LENGTH,
    BatteryForm,
)
from assessments.actions.plans import Settings
from assessments.forms.asking import USUAL, choice_field
from assessments.models import Battery, Cadence, InstrumentVersion, SendBy
from assessments.models.plan import LONGEST_WINDOW_DAYS, MOST_REMINDERS, MOST_TIMES
from assessments.wording.plans import ADAPTS_RULE
from clinic.forms import ActionForm, CleanCharField, CleanTimeField

ROWS = 6
# So many lines more with each press of the button.
MORE_ROWS = 3


class ReminderDaysWidget(forms.MultiWidget):
    """Up to three small numbers side by side."""

    use_fieldset = True

    def __init__(self) -> None:
        labels = (_("First reminder"), _("Second reminder"), _("Third reminder"))
        super().__init__(
            [
                forms.NumberInput(
                    attrs={"class": "tiny", "min": 1, "max": LONGEST_WINDOW_DAYS, "aria-label": one}
                )
                for one in labels[:MOST_REMINDERS]
            ]
        )

    def decompress(self, value: Sequence[int] | None) -> list[int | None]:
        days = list(value or [])[:MOST_REMINDERS]
        return [*days, *[None] * (MOST_REMINDERS - len(days))]


class ReminderDaysField(forms.MultiValueField):
    """Days after the opening on which somebody who has not answered is reminded, rising."""

    widget = ReminderDaysWidget

    def __init__(self, **options: Any) -> None:
        days = [
            forms.IntegerField(required=False, min_value=1, max_value=LONGEST_WINDOW_DAYS)
            for _number in range(MOST_REMINDERS)
        ]
        super().__init__(days, required=False, require_all_fields=False, **options)

    def compress(self, data_list: Sequence[int | None]) -> tuple[int, ...]:
        return tuple(sorted({day for day in data_list if day is not None}))


def _weekday(value: str) -> int:
    return int(value)


class DeliveryForm(ActionForm):
    """How forms go out, the same for batteries and plans."""

    send_by = forms.ChoiceField(label=_("How does the client hear of a form?"))
    opens_at = CleanTimeField(
        label=_("At what time?"),
        help_text=_("On the clock of the practice. Messages wait for the end of quiet hours."),
    )
    weekday = forms.TypedChoiceField(
        label=_("On which day of the week?"),
        choices=[("", _("The day of the first date")), *WEEKDAYS.items()],
        coerce=_weekday,
        empty_value=None,
        required=False,
    )
    window_days = forms.IntegerField(
        label=_("For how many days does it stay open?"),
        required=False,
        min_value=1,
        max_value=LONGEST_WINDOW_DAYS,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
        help_text=_("Empty: until the next one opens, for 14 days at the most."),
    )
    reminder_days = ReminderDaysField(
        label=_("Remind after how many days?"),
        help_text=_("Up to three reminders, for whoever has not answered. Empty: none."),
    )
    adapts = forms.BooleanField(
        label=_("Ask less often while nothing changes"), required=False, help_text=ADAPTS_RULE
    )

    def __init__(
        self, data: Any = None, *, settings: Settings, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={**settings.values(), **(initial or {})})
        choice_field(self, "send_by").choices = SendBy.choices

    def settings(self) -> Settings:
        """What was chosen, once the form is valid."""
        return Settings(**{name: self.cleaned_data[name] for name in Settings().values()})


class BatterySettingsForm(DeliveryForm):
    """A battery without its forms."""

    name = CleanCharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("As therapists will choose it. Clients never see it."),
    )
    field_order = ["name"]


class BatteryPartForm(forms.Form):
    """One form of a battery. A line without a form is left out."""

    instrument = forms.ChoiceField(label=_("Form"), required=False)
    cadence = forms.ChoiceField(
        label=_("How often?"),
        choices=[(USUAL, _("As is usual for it")), *Cadence.choices],
        initial=USUAL,
        required=False,
    )
    starts_after_days = forms.IntegerField(
        label=_("Starts after how many days?"),
        required=False,
        min_value=0,
        max_value=LATEST_START_DAYS,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
    )
    times = forms.IntegerField(
        label=_("How many times?"),
        required=False,
        min_value=1,
        max_value=MOST_TIMES,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
    )

    def __init__(self, *args: Any, instruments: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "instrument").choices = [("", _("No form")), *instruments]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        said = cleaned.get("times") or cleaned.get("starts_after_days")
        if said and not cleaned.get("instrument") and "instrument" not in self.errors:
            self.add_error("instrument", _("Choose the form, or empty this line."))
        return cleaned


class _PartFormSet(forms.BaseFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        """No box for deleting and none for ordering: an emptied line is gone."""

    def clean(self) -> None:
        if not any(self.errors) and not any(
            form.cleaned_data.get("instrument") for form in self.forms
        ):
            raise forms.ValidationError(_("Choose at least one form."))


PartFormSet = forms.formset_factory(
    BatteryPartForm,
    formset=_PartFormSet,
    extra=0,
    max_num=MOST_PARTS,
    absolute_max=MOST_PARTS,
    validate_max=True,
)
PREFIX = "forms"


class BatteryForms:
    """The form of a battery with the lines for its forms: shown, checked, and read as one."""

    def __init__(
        self,
        data: Any = None,
        *,
        battery: Battery | None,
        versions: Iterable[InstrumentVersion],
        settings: Settings,
    ) -> None:
        self.versions = {str(version.instrument_id): version for version in versions}
        names = [(pk, version.definition.name) for pk, version in self.versions.items()]
        self.form_kwargs = {"instruments": names}
        self.settings = settings
        self.form = BatterySettingsForm(
            data, settings=settings, initial={"name": battery.name} if battery else {}
        )
        self.lines = self._lines(
            data, [_line_of(p) for p in battery.parts.all()] if battery else []
        )

    def _lines(self, data: Any, kept: list[dict[str, Any]], rows: int = ROWS) -> Any:
        rows = min(MOST_PARTS, max(rows, len(kept) + 1))
        initial = [*kept, *[{} for _row in range(rows - len(kept))]]
        return PartFormSet(data, prefix=PREFIX, form_kwargs=self.form_kwargs, initial=initial)

    def show_more(self) -> None:
        """Show what was typed again, unjudged, with some lines more."""
        kept = [typed(line) for line in self.lines.forms]
        self.form = BatterySettingsForm(settings=self.settings, initial=typed(self.form))
        self.lines = self._lines(None, kept, len(kept) + MORE_ROWS)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.lines.is_valid()])

    @property
    def has_room(self) -> bool:
        return len(self.lines.forms) < MOST_PARTS

    def battery_forms(self) -> list[BatteryForm]:
        """The lines that name a form."""
        return [
            self._one(line.cleaned_data)
            for line in self.lines.forms
            if line.cleaned_data.get("instrument")
        ]

    def _one(self, line: Mapping[str, Any]) -> BatteryForm:
        version = self.versions[line["instrument"]]
        usual = line["cadence"] in ("", USUAL)
        return BatteryForm(
            version.instrument_id,
            version.definition.default_cadence if usual else line["cadence"],
            line["times"],
            line["starts_after_days"] or 0,
        )


def _line_of(part: Any) -> dict[str, Any]:
    return {
        "instrument": str(part.instrument_id),
        "cadence": part.cadence,
        "times": part.times,
        "starts_after_days": part.starts_after_days or None,
    }


def typed(form: forms.BaseForm) -> dict[str, Any]:
    """What was typed into a form, as it stands, so that it can be shown again unjudged."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
