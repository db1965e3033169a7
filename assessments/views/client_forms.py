"""A client's forms: each plan in words, what waits, what is to come and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import queries, wording
from assessments.models import Assignment, Plan
from assessments.queries import Entry, Given, Tally
from assessments.views.assign import crumbs
from assessments.views.outgoing import undelivered_note
from assessments.wording import plans as plan_wording
from clinic import access, audit
from clinic.audit import Actor
from clinic.models import Client
from clinic.roles import Permission

RECENT = 8
NEXT = 3


@dataclass(frozen=True)
class Card:
    """A plan as the page shows it. ``adapted`` says what its own rule made of how often it asks."""

    given: Given
    title: str
    words: plan_wording.PlanWords | None
    adapted: list[str] = field(default_factory=list)

    @property
    def plan(self) -> Plan | None:
        return self.given.plan

    @property
    def is_named(self) -> bool:
        """Whether the title names its one form, so that its words need not."""
        return self.words is not None and [form.name for form in self.words.forms] == [self.title]

    @property
    def again(self) -> str:
        """Where it can be given once more with the same settings; empty where one page cannot."""
        plan = self.plan
        if plan is None:
            return ""
        if plan.battery is not None and plan.battery.retired_at is None:
            page = reverse("assign-battery", args=[plan.client_id, plan.battery_id])
        elif not self.given.has_several:
            page = reverse("assign", args=[plan.client_id])
        else:
            return ""
        return f"{page}?again={plan.pk}"

    @property
    def next(self) -> list[Entry]:
        return self.given.coming[:NEXT]

    @property
    def later(self) -> list[Entry]:
        return self.given.coming[NEXT:]

    @property
    def recent(self) -> list[Entry]:
        return self.given.past[:RECENT]

    @property
    def older(self) -> list[Entry]:
        return self.given.past[RECENT:]


@require_safe
def client_forms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plans and occasions of one client: the same number of queries, however many there are."""
    client = access.find_client(request.user, pk, needs=Permission.SEE_CLINICAL)
    now = timezone.now()
    audit.record_reading("forms", client=client, by=Actor.of_request(request), now=now)
    cards = [_card(client, given) for given in queries.given_to(client, now)]
    is_open = client.closed_at is None
    context = {
        "client": client,
        "running": [card for card in cards if card.given.runs],
        "finished": [card for card in cards if card.plan and not card.given.runs],
        # What nobody planned: from paper, a file or a correction.
        "unplanned": [card for card in cards if not card.plan and not card.given.runs],
        "said": _said(cards),
        # Of a closed record nothing can be asked: no button that would only refuse.
        "may_assign": is_open and access.may(request.user, Permission.ASSIGN, client),
        "may_enter": is_open and access.may(request.user, Permission.ENTER_ANSWERS, client),
        "has_email": bool(client.email),
        "next_appointment": client.appointments.coming(now).first(),
        "undelivered": undelivered_note(request.user, client, now),
        "crumbs": crumbs(client, _("Forms"), below_forms=False),
    }
    return render(request, "assessments/forms.html", context)


def _said(cards: Sequence[Card]) -> list[Plan]:
    """What the client said of the forms and nobody has noted: one plan for each time."""
    plans = [card.plan for card in cards if card.plan and card.plan.client_said]
    return list({plan.client_said_at: plan for plan in plans if not plan.noted_at}.values())


def _card(client: Client, given: Given) -> Card:
    for entry in given.past:
        if entry.response is not None:
            entry.marks = wording.mark_note(entry.response.marks)
    if given.plan is None:
        return Card(given, _("From paper, a file or a correction"), None)
    adapted = [plan_wording.adapted_words(row) for row in given.running]
    return Card(
        given,
        plan_title(given.plan, given.names),
        words_of(given.plan, given.running, given.tallies),
        [words for words in adapted if words],
    )


def plan_title(plan: Plan, names: Sequence[str]) -> str:
    """What a plan is called: by its battery, or by the forms it gives."""
    return plan.battery.name if plan.battery else wording.joined(list(names))


def words_of(
    plan: Plan, running: Sequence[Assignment], tallies: Mapping[UUID, Tally]
) -> plan_wording.PlanWords | None:
    """A plan as it goes on, in words; nothing where none of its forms does."""
    if not running:
        return None
    forms = [
        plan_wording.Form(
            row.version,
            row.cadence,
            first_on=row.first_on,
            times=tallies[row.pk].times,
            given=tallies[row.pk].given,
            ends_on=row.ends_on,
        )
        for row in running
    ]
    today = timezone.localdate(timezone=plan.client.practice.zone)
    reached = queries.address_for(plan.send_by, plan.client)
    return plan_wording.plan_words(forms, plan, today, has_address=bool(reached))
