"""Batteries: what a practice gives together, kept so that it is chosen in one click.

A plan copies what a battery says; whatever happens to the battery later leaves the plan alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions.plans import Settings, require_sensible
from assessments.models import Battery, BatteryPart, Cadence
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Practice

NAME_LENGTH = 80
MOST_PARTS = 12
LATEST_START_DAYS = 366
# What the battery that is offered for a beginning consists of: code, cadence, starts after days.
STARTER = (
    ("causeway-long", Cadence.TWELVE_WEEKS, 0),
    ("causeway-weekly", Cadence.WEEKLY, 7),
    ("causeway-long", Cadence.AT_END, 0),
)
STARTER_SETTINGS = Settings(window_days=7, reminder_days=(2, 4))


@dataclass(frozen=True)
class BatteryForm:
    """One form of a battery, as it is asked for."""

    instrument: UUID
    cadence: str
    times: int | None = None
    starts_after_days: int = 0


@transaction.atomic
def make_battery(
    *,
    practice: Practice,
    name: str,
    forms: Sequence[BatteryForm],
    settings: Settings,
    by: Actor,
    now: datetime,
) -> Battery:
    """Keep several forms with their cadences under a name."""
    practice = _locked(practice)
    _require_sensible(practice, name, forms, settings)
    battery = Battery.objects.create(
        practice=practice, name=name, created_at=now, created_by=by.user, **settings.values()
    )
    _write_parts(battery, forms)
    audit.record("battery.create", by=by, now=now, about=battery, practice_id=practice.pk)
    return battery


@transaction.atomic
def change_battery(
    *,
    battery: Battery,
    name: str,
    forms: Sequence[BatteryForm],
    settings: Settings,
    by: Actor,
    now: datetime,
) -> Battery:
    """Change what a battery offers from now on. Plans made from it stay as they are."""
    practice = _locked(battery.practice)
    battery = Battery.objects.select_for_update().get(pk=battery.pk)
    if battery.retired_at is not None:
        raise Refused(_("This battery is no longer offered. Make a new one."))
    _require_sensible(practice, name, forms, settings, battery)
    battery.name = name
    for field, value in settings.values().items():
        setattr(battery, field, value)
    battery.save()
    battery.parts.all().delete()
    _write_parts(battery, forms)
    audit.record("battery.change", by=by, now=now, about=battery, practice_id=practice.pk)
    return battery


@transaction.atomic
def retire_battery(*, battery: Battery, by: Actor, now: datetime) -> Battery:
    """Offer a battery no longer. Plans made from it go on."""
    battery = Battery.objects.select_for_update().get(pk=battery.pk)
    if battery.retired_at is None:
        battery.retired_at = now
        battery.save(update_fields=["retired_at"])
        audit.record(
            "battery.retire", by=by, now=now, about=battery, practice_id=battery.practice_id
        )
    return battery


def starter_name() -> str:
    return _("Start, course and end")


def make_starter(*, practice: Practice, by: Actor, now: datetime) -> Battery:
    """The long form at the start, every twelve weeks and at the end; the weekly form between."""
    versions = {
        version.instrument.code: version for version in queries.newest_versions(practice.pk)
    }
    if any(code not in versions for code, _cadence, _days in STARTER):
        raise Refused(_("The long and the weekly form are not loaded here yet."))
    forms = [
        BatteryForm(versions[code].instrument_id, cadence, starts_after_days=days)
        for code, cadence, days in STARTER
    ]
    return make_battery(
        practice=practice,
        name=starter_name(),
        forms=forms,
        settings=STARTER_SETTINGS,
        by=by,
        now=now,
    )


def _locked(practice: Practice) -> Practice:
    """One change of a practice's batteries after the other, so that a name is taken once."""
    return Practice.objects.select_for_update().get(pk=practice.pk)


def _require_sensible(
    practice: Practice,
    name: str,
    forms: Sequence[BatteryForm],
    settings: Settings,
    battery: Battery | None = None,
) -> None:
    require_sensible(settings)
    others = Battery.objects.filter(practice=practice, retired_at=None, name=name)
    if battery is not None:
        others = others.exclude(pk=battery.pk)
    if others.exists():
        raise Refused(_("There is a battery of this name already."), "name")
    if not forms:
        raise Refused(_("Choose at least one form."), "forms")
    if len(forms) > MOST_PARTS:
        raise Refused(_("A battery holds twelve forms at most."), "forms")
    reach = {version.instrument_id for version in queries.newest_versions(practice.pk)}
    if any(form.instrument not in reach for form in forms):
        raise Refused(_("There is no such form."), "forms")
    _require_no_doubles(forms)


def _require_no_doubles(forms: Sequence[BatteryForm]) -> None:
    """A client is given a form in one way at a time, and once more when care ends."""
    given = [(form.instrument, form.cadence == Cadence.AT_END) for form in forms]
    if len(set(given)) < len(given):
        raise Refused(
            _(
                "One form stands here twice. It can come round in one way, and once more at the "
                "end of care."
            ),
            "forms",
        )


def _write_parts(battery: Battery, forms: Sequence[BatteryForm]) -> None:
    BatteryPart.objects.bulk_create(
        BatteryPart(
            battery=battery,
            instrument_id=form.instrument,
            cadence=form.cadence,
            times=form.times,
            starts_after_days=form.starts_after_days,
            position=position,
        )
        for position, form in enumerate(forms)
    )
