"""Forms of assigning: one form, or what a battery holds, and how it goes out to one client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings as installation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.actions import links
from assessments.actions.plans import Part, Settings, first_date
from assessments.forms.asking import USUAL, choice_field
from assessments.forms.plans import DeliveryForm
from assessments.models import Assignment, BatteryPart, Cadence, InstrumentVersion, SendBy
from assessments.models.plan import MOST_TIMES
from assessments.queries import Running
from assessments.queries.wordings import Hindrance
from clinic.forms import CleanDateField
from clinic.models import Client

# How a single form goes out, unless the therapist says otherwise.
USUAL_SETTINGS = Settings(reminder_days=(2, 4))


def ways_to(client: Client) -> list[tuple[str, str]]:
    """The ways to a client, each with the address it goes to, or that there is none."""
    mail = (
        gettext("By mail to %(address)s") % {"address": client.email}
        if client.email
        else gettext("By mail – no address on record, so you hand the link over")
    )
    if not client.phone:
        text = gettext("By text message – no telephone on record, so you hand the link over")
    elif installation.SMS_URL:
        text = gettext("By text message to %(number)s") % {"number": client.phone}
    else:
        text = gettext("By text message – no gateway is set up, so it reaches nobody")
    return [(SendBy.MAIL, mail), (SendBy.SMS, text), (SendBy.HAND, str(SendBy.HAND.label))]


class ToClientForm(DeliveryForm):
    """How the forms of one client go out; of each way it says whether it reaches them."""

    def __init__(
        self,
        data: Any = None,
        *,
        client: Client,
        settings: Settings,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.client = client
        self.proposed = replace(settings, send_by=links.way_to(client, settings.send_by))
        super().__init__(data, settings=self.proposed, initial=initial)
        choice_field(self, "send_by").choices = ways_to(client)
        self.fields["send_by"].help_text = _(
            "The message says that a form from your practice is waiting, and holds the link. It "
            "does not name the form, the client or you, and it never holds an answer."
        )

    def as_it_stands(self) -> Settings:
        """The settings chosen where all of them make sense, else those proposed."""
        names = self.proposed.values()
        if self.is_bound and all(name in self.cleaned_data for name in names):
            return self.settings()
        return self.proposed

    @property
    def delivery_is_wrong(self) -> bool:
        return any(name in self.errors for name in self.proposed.values())


class AssignForm(ToClientForm):
    """Which form, how often, from when to when, and how it goes out."""

    instrument = forms.ChoiceField(
        label=_("Which form?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a form.")},
    )
    cadence = forms.ChoiceField(
        label=_("How often?"),
        choices=[(USUAL, _("As is usual for this form")), *Cadence.choices],
        initial=USUAL,
    )
    first_on = CleanDateField(label=_("First date"))
    ends_on = CleanDateField(
        label=_("Last date"),
        required=False,
        help_text=_("Without one it goes on until you end it."),
    )
    times = forms.IntegerField(
        label=_("How many times?"),
        required=False,
        min_value=1,
        max_value=MOST_TIMES,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
        help_text=_("Empty: as often as it comes round."),
    )
    field_order = ("instrument", "cadence", "first_on", "ends_on", "times")

    def __init__(
        self,
        data: Any = None,
        *,
        client: Client,
        versions: Sequence[InstrumentVersion],
        today: date,
        settings: Settings = USUAL_SETTINGS,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {"first_on": today, **(initial or {})}
        super().__init__(data, client=client, settings=settings, initial=initial)
        self.versions = {str(version.pk): version for version in versions}
        choice_field(self, "instrument").choices = [
            (pk, version.instrument.name) for pk, version in self.versions.items()
        ]

    def part(self) -> Part:
        """The form that was chosen, once this is valid."""
        version = self.versions[self.cleaned_data["instrument"]]
        cadence = self.cleaned_data["cadence"]
        return Part(
            version,
            version.definition.default_cadence if cadence == USUAL else cadence,
            self.cleaned_data["first_on"],
            self.cleaned_data["ends_on"],
            self.cleaned_data["times"],
        )


@dataclass(frozen=True)
class Offer:
    """What becomes of each part of a battery for one client: given, running already, hindered."""

    to_give: list[Part] = field(default_factory=list)
    running: list[tuple[InstrumentVersion, Assignment]] = field(default_factory=list)
    hindered: dict[InstrumentVersion, Hindrance] = field(default_factory=dict)

    @property
    def instruments(self) -> list[str]:
        """The identifiers of what can be given, each once, in order."""
        return list(dict.fromkeys(str(part.version.instrument_id) for part in self.to_give))


class GiveBatteryForm(ToClientForm):
    """Which forms of a battery a client is given, from when, and how they go out."""

    forms = forms.MultipleChoiceField(
        label=_("What is given?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose at least one form."),
            "invalid_choice": _("The battery was changed meanwhile. Please look at it again."),
        },
    )
    first_on = CleanDateField(label=_("First date"))
    field_order = ("forms", "first_on")

    def __init__(
        self,
        data: Any = None,
        *,
        client: Client,
        parts: Sequence[tuple[BatteryPart, InstrumentVersion]],
        settings: Settings,
        running: Running,
        hindrances: Mapping[UUID, Hindrance],
        today: date,
    ) -> None:
        self.parts, self.today = parts, today
        self.running, self.hindrances = running, hindrances
        super().__init__(data, client=client, settings=settings, initial={"first_on": today})
        self.names = {str(v.instrument_id): v.definition.name for _part, v in parts}
        choice_field(self, "forms").choices = list(self.names.items())
        self.initial["forms"] = self.offer(today, self.proposed).instruments

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "forms" in cleaned and "first_on" in cleaned:
            can_be = self.offer_as_it_stands().instruments
            gone = [self.names[one] for one in cleaned["forms"] if one not in can_be]
            if gone:
                self.add_error(
                    "forms",
                    gettext("%(names)s: running already, or not available here. See below.")
                    % {"names": ", ".join(gone)},
                )
        return cleaned

    def offer_as_it_stands(self) -> Offer:
        """What could be given on the day and with the settings that stand in the form."""
        cleaned = self.cleaned_data if self.is_bound else {}
        return self.offer(cleaned.get("first_on") or self.today, self.as_it_stands())

    def offer(self, first_on: date, settings: Settings) -> Offer:
        """What could be given from this day on."""
        offer = Offer()
        for kept, version in self.parts:
            begins = min(first_on, date.max - timedelta(days=400))
            part = Part(
                version,
                kept.cadence,
                begins + timedelta(days=kept.starts_after_days),
                times=kept.times,
            )
            met = self.running.in_the_way(version, kept.cadence, first_date(part, settings))
            if version.pk in self.hindrances:
                offer.hindered[version] = self.hindrances[version.pk]
            elif met is not None:
                offer.running.append((version, met))
            else:
                offer.to_give.append(part)
        return offer

    def chosen(self) -> list[Part]:
        """The parts that were chosen and can be given, once this is valid."""
        return [
            part
            for part in self.offer_as_it_stands().to_give
            if str(part.version.instrument_id) in self.cleaned_data["forms"]
        ]
