"""The caseload: who needs a look, and why, most urgent first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from assessments import queries, wording
from assessments.charts import sparkline
from assessments.forms.reading import STATES, WHOSE, CaseloadFilterForm
from assessments.models import Alert, Signal, Standing
from assessments.queries import CaseloadFilter, CaseloadPage
from clinic import access, audit, search
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import Client, reach
from clinic.roles import RULES, Permission, Reach

# Signals that ask for something; the others are for information.
ASKING = [signal for signal in Signal if signal < Signal.IMPROVED]
# Signals that begin at some time, where what happened shortly before may matter.
TIMED = {Signal.WORSE, Signal.CLAIMS}
CALM = {Signal.EXPECTED, Signal.NEW}
# The same for everybody, and such that a turn shows: a balance beyond it takes two scales at
# their very ends.
SPARK_RANGE = (15.0, 85.0)
SPARK_HEIGHT = 44.0


@require_safe
@access.requires(Permission.SEE_CASELOAD)
def caseload(request: HttpRequest) -> HttpResponse:
    """One row per client within clinical reach."""
    now = timezone.now()
    chosen = CaseloadFilterForm(request.GET).chosen()
    supervises = may_supervise(request.user)
    if not supervises:
        chosen["whose"] = "all"
    page = queries.caseload(
        request.user,
        wanted(request.user, chosen),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    by = Actor.of_request(request)
    shown = [str(standing.client_id) for standing in page.standings]
    audit.record("caseload.read", by=by, now=now, details={"clients": shown})
    context = {
        "rows": rows_of(page.standings, now),
        "chosen": chosen,
        "whose": WHOSE if supervises else [],
        "states": STATES,
        "summary": summary(page, chosen),
        "chips": chips(page, chosen),
        "filtered": chosen["signal"] is not None or chosen["name"] or chosen["whose"] != "all",
        "previous_url": address(chosen, before=page.previous) if page.previous else "",
        "next_url": address(chosen, after=page.next) if page.next else "",
        "may_add": reach.has_general(request.user, Permission.ADD_CLIENT),
    }
    return render(request, "assessments/caseload.html", context)


@require_safe
@access.requires(Permission.SEE_CASELOAD)
def order(request: HttpRequest) -> HttpResponse:
    """How the order of the caseload is made: the rules in plain words."""
    context = {
        "signals": [
            {"code": words.code, "name": signal.label, "rule": words.rule}
            for signal, words in wording.SIGNALS.items()
        ]
    }
    return render(request, "assessments/caseload_order.html", context)


def may_supervise(user: Any) -> bool:
    membership = reach.membership_of(user)
    return membership is not None and any(
        Reach.SUPERVISED in RULES[role].by_reach for role in membership.roles
    )


def wanted(user: Any, chosen: dict[str, Any]) -> CaseloadFilter:
    """The filter for the query; a search decrypts names within reach only."""
    asked = CaseloadFilter(
        signal=chosen["signal"], whose=chosen["whose"], closed=chosen["state"] == "closed"
    )
    if not chosen["name"]:
        return asked
    clients = queries.caseload_clients(user, asked).only("id", "name", "number_hash", "data_key")
    readable = [client for client in clients if client.data_key is not None]
    found = search.matching(readable, chosen["name"], user.membership.practice)
    return CaseloadFilter(
        asked.signal, asked.whose, asked.closed, frozenset(client.pk for client in found)
    )


def name_of(client: Client) -> str:
    """The client's name; of an erased record, that it is one."""
    try:
        return str(client.name)
    except Unreadable:
        return _("Erased record")


# --- Rows ---------------------------------------------------------------------------------------


def rows_of(standings: list[Standing], now: Any) -> list[dict[str, Any]]:
    """What the template shows of each client, by three queries at most for all of them."""
    events = queries.events_before(standings)
    alerts = [Alert(pk=alert) for alert in filter(None, map(_alert_of, standings))]
    messages = {str(pk): message for pk, message in queries.rule_messages(alerts).items()}
    return [_row(standing, now, events.get(standing.client_id), messages) for standing in standings]


def _alert_of(standing: Standing) -> str | None:
    first = standing.reasons[0] if standing.reasons else {}
    return first.get("alert")


def _row(standing: Standing, now: Any, event: Any, messages: dict[str, str]) -> dict[str, Any]:
    alert = _alert_of(standing)
    words = wording.reason_words(
        standing.reasons,
        since=standing.signal_since,
        event=event if standing.signal in TIMED else None,
        message=messages.get(alert or "", ""),
    )
    waits = alert is not None and standing.signal == Signal.RISK
    return {
        "standing": standing,
        "name": name_of(standing.client),
        "signal": wording.SIGNALS[Signal(standing.signal)].code,
        "signal_name": standing.get_signal_display(),
        "waits": waits,
        "calm": standing.signal in CALM,
        "stage": wording.stage_code(standing.stage),
        "stage_words": wording.stage_words(standing.stage, standing.between),
        "stage_extra": _("provisional") if standing.stage_provisional else "",
        "spark": spark(standing),
        "reason": words.headline,
        "detail": words.detail,
        "next": wording.next_form(standing, now),
        "reviewed": wording.days_ago(standing.last_review_at, now),
        "acknowledge_url": reverse("alert-acknowledge", args=[alert]) if waits else "",
        "url": reverse("client", args=[standing.client_id]),
    }


def spark(standing: Standing) -> str:
    """The sparkline of the balance with its own error band; nothing before the first form."""
    if not standing.trace:
        return ""
    values = [value for _days, value, _error in standing.trace]
    errors = [error for _days, _value, error in standing.trace]
    low, high = SPARK_RANGE
    drawn = sparkline.draw(
        [min(high, max(low, value)) for value in values],
        errors,
        label=wording.spark_label(values, errors),
        low=low,
        high=high,
        cut=50.0,
        height=SPARK_HEIGHT,
    )
    return drawn.svg


# --- What stands above the rows -----------------------------------------------------------------


def summary(page: CaseloadPage, chosen: dict[str, Any]) -> str:
    """How many are shown, and how many of them ask for a look."""
    asking = sum(page.counts.get(signal, 0) for signal in ASKING)
    if chosen["name"]:
        return ngettext(
            "%(count)d client matches “%(name)s”.",
            "%(count)d clients match “%(name)s”.",
            page.total,
        ) % {"count": page.total, "name": chosen["name"]}
    if chosen["state"] == "closed":
        return ngettext("%(count)d closed record.", "%(count)d closed records.", page.total) % {
            "count": page.total
        }
    return ngettext(
        "%(asking)d of %(count)d client asks for a look.",
        "%(asking)d of %(count)d clients ask for a look.",
        page.total,
    ) % {"asking": asking, "count": page.total}


def chips(page: CaseloadPage, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """The signals there are, each with its count and the address that filters by it."""
    everyone = {
        "label": _("Everyone"),
        "url": address({**chosen, "signal": None}),
        "current": chosen["signal"] is None,
        "count": page.total,
    }
    return [
        everyone,
        *(
            {
                "label": signal.label,
                "signal": words.code,
                "url": address({**chosen, "signal": int(signal)}),
                "current": chosen["signal"] == signal,
                "count": page.counts.get(signal, 0),
            }
            for signal, words in wording.SIGNALS.items()
            if signal in page.counts or chosen["signal"] == signal
        ),
    ]


def address(chosen: dict[str, Any], **more: str) -> str:
    """The caseload with these filters; what is at its default stays out of the address."""
    defaults = {"name": "", "whose": "all", "state": "open", "signal": None}
    asked = {key: value for key, value in chosen.items() if value != defaults[key]}
    query = urlencode({**asked, **more})
    return f"{reverse('caseload')}?{query}" if query else reverse("caseload")
