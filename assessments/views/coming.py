"""The calendar of what goes out when: four weeks of everybody's, a year of one client's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import queries
from assessments.models import Cadence
from assessments.queries import Kind, Moment
from assessments.views.assign import crumbs
from assessments.wording import calendar as words
from clinic import access, audit, text
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import Client, Membership
from clinic.roles import Permission

WEEKS_SHOWN = 4
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
# A day with more shows how many there are of each kind, and the rest on demand.
CROWDED = 6


@dataclass(frozen=True)
class Line:
    """One moment as a page shows it."""

    moment: Moment
    name: str
    form: str
    says: str
    url: str


@dataclass(frozen=True)
class Day:
    on: date
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        return self.lines if len(self.lines) <= CROWDED else []

    @property
    def counts(self) -> list[tuple[Kind, str]]:
        """How many there are of each kind, where there are too many to show."""
        if self.shown:
            return []
        tally = Counter(line.moment.kind for line in self.lines)
        return [(kind, words.counted(kind, tally[kind])) for kind in Kind if kind in tally]


@require_safe
@access.requires(Permission.SEE_CASELOAD)
def calendar(request: HttpRequest) -> HttpResponse:
    """Four weeks of what goes out to the clients whose forms this person may see."""
    now = timezone.now()
    zone = access.membership(request.user).practice.zone
    today = timezone.localdate(now, timezone=zone)
    this_monday = today - timedelta(days=today.weekday())
    monday = monday_of(request.GET.get("from", ""), today)
    client = _client(request)
    within = Client.objects.in_clinical_reach_of(request.user).filter(closed_at=None)
    carers = list(
        Membership.objects.filter(care__client__in=within, care__ended_at=None)
        .select_related("user")
        .order_by("user__name", "pk")
        .distinct()
    )
    chosen = next((one for one in carers if str(one.pk) == request.GET.get("clinician")), None)
    if client is not None:
        within = within.filter(pk=client.pk)
    elif chosen is not None:
        within = within.filter(care__clinician=chosen, care__ended_at=None)
    days = _days(within, monday, monday + WEEKS_SHOWN * WEEK, zone, now)
    audit.record(
        "occasion.list", by=Actor.of_request(request), now=now, details={"clients": _who(days)}
    )
    kept = {
        "clinician": str(chosen.pk) if chosen else "",
        "client": str(client.pk) if client else "",
    }
    context = {
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "is_empty": not any(day.lines for day in days),
        "today": today,
        "first": monday,
        "last": monday + WEEKS_SHOWN * WEEK - DAY,
        "before": _address(kept, monday - WEEKS_SHOWN * WEEK),
        "after": _address(kept, monday + WEEKS_SHOWN * WEEK),
        "now": _address(kept) if monday != this_monday else "",
        "everybody": _address({}, monday),
        "carers": carers if len(carers) > 1 else [],
        "chosen": chosen,
        "only": name_of(client) if client else "",
        "only_url": reverse("client-calendar", args=[client.pk]) if client else "",
        "asked_from": request.GET.get("from", ""),
        "tabs": tabs(here="calendar"),
    }
    return render(request, "assessments/calendar.html", context)


@require_safe
def client_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A year of what goes out to one client, from the first of this month."""
    client = access.find_client(request.user, pk, needs=Permission.SEE_CLINICAL)
    now = timezone.now()
    audit.record_reading("calendar", client=client, by=Actor.of_request(request), now=now)
    zone = client.practice.zone
    today = timezone.localdate(now, timezone=zone)
    first = today.replace(day=1)
    until = first.replace(year=first.year + 1)
    since, end = _midnight(first, zone), _midnight(until, zone)
    found = queries.coming(Client.objects.filter(pk=client.pk), since=since, until=end, now=now)
    rows = queries.moments(found, since=since, until=end, now=now)
    # A year has room for what opens and what became of it: it says until when it is open.
    rows = [row for row in rows if row.kind not in (Kind.CLOSES, Kind.REMINDER)]
    days = _by_day(rows, zone)
    months = groupby(days, key=lambda day: day.on.replace(day=1))
    context = {
        "client": client,
        "today": today,
        "until": until - DAY,
        "months": [(month, list(of_month)) for month, of_month in months],
        "next": _next_of_each(rows),
        "at_end": [
            row.version.definition.name for row in found.running if row.cadence == Cadence.AT_END
        ],
        "adapts": any(row.plan and row.plan.adapts for row in found.running),
        "crumbs": crumbs(client, _("Calendar"), below_forms=False),
    }
    return render(request, "assessments/client_calendar.html", context)


def tabs(here: str) -> list[dict[str, Any]]:
    """The two pages of what is to come: forms, and appointments by themselves."""
    return [
        {"label": label, "url": reverse(name), "current": name == here}
        for label, name in [(_("What goes out"), "calendar"), (_("Appointments"), "appointments")]
    ]


def name_of(client: Client) -> str:
    """The client's name; of an erased record, that it is one."""
    try:
        return str(client.name)
    except Unreadable:
        return _("Erased record")


# --- What was asked for ---------------------------------------------------------------------------


def monday_of(given: str, today: date) -> date:
    """The Monday of the week that holds a day; of this week where none is given."""
    try:
        day = text.clean_day(
            text.parse_date(given) if given else today,
            earliest=text.years_from(today, -10),
            latest=text.years_from(today, 10),
        )
    except ValidationError:
        day = today
    return day - timedelta(days=day.weekday())


def _client(request: HttpRequest) -> Client | None:
    """The one client asked for; what names nobody at all counts as not asked."""
    try:
        pk = UUID(request.GET.get("client", ""))
    except ValueError:
        return None
    return access.find_client(request.user, pk, needs=Permission.SEE_CLINICAL)


def _address(kept: dict[str, str], monday: date | None = None) -> str:
    asked = {key: value for key, value in kept.items() if value}
    if monday is not None:
        asked["from"] = monday.isoformat()
    return f"{reverse('calendar')}?{urlencode(asked)}" if asked else reverse("calendar")


# --- Days -----------------------------------------------------------------------------------------


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def _days(clients: Any, first: date, end: date, zone: ZoneInfo, now: datetime) -> list[Day]:
    """Every day of a range, also those on which nothing happens."""
    since, until = _midnight(first, zone), _midnight(end, zone)
    found = queries.coming(clients, since=since, until=until, now=now)
    rows = queries.moments(found, since=since, until=until, now=now)
    by_day = {day.on: day for day in _by_day(rows, zone)}
    every = (first + timedelta(days=n) for n in range((end - first).days))
    return [by_day.get(day) or Day(day, []) for day in every]


def _by_day(rows: Iterable[Moment], zone: ZoneInfo) -> list[Day]:
    days = groupby(rows, key=lambda row: timezone.localtime(row.at, zone).date())
    return [Day(day, [_line(row) for row in of_day]) for day, of_day in days]


def _line(row: Moment) -> Line:
    return Line(
        row,
        name_of(row.client),
        row.due.assignment.version.definition.name if row.due else "",
        words.happens(row),
        reverse("client-forms" if row.due else "client-appointments", args=[row.client.pk]),
    )


def _who(days: Iterable[Day]) -> list[str]:
    return sorted({str(line.moment.client.pk) for day in days for line in day.lines})


def _next_of_each(rows: Iterable[Moment]) -> list[Line]:
    """When each form comes next."""
    found: dict[str, Line] = {}
    for row in rows:
        if row.kind is Kind.OPENS:
            line = _line(row)
            found.setdefault(line.form, line)
    return list(found.values())
