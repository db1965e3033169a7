"""Which signals apply to a client, since when, and why: from plain facts, without a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from assessments.measurement.movement import Movement, Prompt, PromptCode, Stage, Verdict
from assessments.models import Alert, Occasion, Plan, Signal
from assessments.queries import Sitting
from clinic.models import Notice

MISSED_FROM = 2
UNREVIEWED_AFTER = timedelta(days=14)
NEW_BELOW = 3

Reason = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """Everything a standing follows from."""

    movement: Movement
    sittings: list[Sitting]
    alerts: list[Alert]
    occasions: list[Occasion]
    responses: int
    last_response_at: datetime | None
    first_unreviewed_at: datetime | None
    unseen: int
    last_review_at: datetime | None
    created_at: datetime
    # Plans about which the client has said something that nobody has taken note of yet.
    said: list[Plan] = field(default_factory=list)
    # The newest message that could not be delivered, unless one was since.
    undelivered: Notice | None = None
    # Of the occasions, those that their plan's pause passes over.
    passed_over: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One signal that applies, since when, and why in data that a page can put into words."""

    signal: Signal
    since: datetime
    reason: Reason = field(default_factory=dict)


def find(facts: Facts, now: datetime) -> list[Finding]:
    """Every signal that applies, the most urgent first; always at least one."""
    findings = [
        finding
        for finding in (
            _risk(facts),
            _verdict_worse(facts),
            *_scales_worse(facts),
            _claims(facts),
            _stuck(facts),
            _client_said(facts),
            _undelivered(facts),
            _overdue(facts, now),
            _unreviewed(facts, now),
            _improved(facts),
        )
        if finding is not None
    ]
    # Stable: among equal signals the order above decides.
    findings.sort(key=lambda finding: finding.signal)
    return findings or [_nothing_to_say(facts)]


def _risk(facts: Facts) -> Finding | None:
    if not facts.alerts:
        return None
    unseen = next((a for a in facts.alerts if a.acknowledged_at is None), None)
    first = unseen or facts.alerts[0]
    return Finding(
        Signal.RISK if unseen else Signal.RISK_SEEN,
        first.raised_at,
        {
            "code": "alert",
            "alert": str(first.pk),
            "at": first.raised_at.isoformat(),
            "rule": first.rule,
            "count": len(facts.alerts),
            "acknowledged": unseen is None,
        },
    )


WORSE_VERDICTS = {
    Verdict.SWING_TO_DEPENDENCE,
    Verdict.SWING_TO_COUNTER_DEPENDENCE,
    Verdict.AWAY,
}


def _verdict_worse(facts: Facts) -> Finding | None:
    verdict = facts.movement.verdict
    if verdict not in WORSE_VERDICTS:
        return None
    return Finding(
        Signal.WORSE, _verdict_since(facts), {"code": str(verdict), **_differences(facts.movement)}
    )


def _scales_worse(facts: Facts) -> list[Finding]:
    movement = facts.movement
    if movement.verdict in WORSE_VERDICTS:
        return []
    findings = []
    for prompt in _prompts(facts, PromptCode.DETERIORATION):
        scale = str(prompt.figures["scale"])
        change = movement.changes[scale]
        findings.append(
            Finding(
                Signal.WORSE,
                facts.sittings[prompt.since].at,
                {
                    "code": "scale_worse",
                    "scale": scale,
                    "difference": round(change.difference, 2),
                    "margin": round(change.margin, 2),
                    "held": change.held,
                },
            )
        )
    return findings


def _claims(facts: Facts) -> Finding | None:
    movement = facts.movement
    if movement.verdict is Verdict.CLAIMS_ONLY:
        return Finding(
            Signal.CLAIMS,
            _verdict_since(facts),
            {
                "code": "claims_only",
                "mistaken": movement.mistaken_autonomy,
                **_differences(movement),
            },
        )
    prompt = _prompt(facts, PromptCode.MISTAKEN_AUTONOMY)
    if prompt is None:
        return None
    probability = round(float(prompt.figures["probability"]), 3)
    return Finding(
        Signal.CLAIMS,
        facts.sittings[prompt.since].at,
        {"code": "mistaken_autonomy", "probability": probability},
    )


# Who stands where care hopes to lead may well stay there: that prompts no question.
ARRIVED = {Stage.INDEPENDENT, Stage.INTERDEPENDENT}


def _stuck(facts: Facts) -> Finding | None:
    movement, prompt = facts.movement, _prompt(facts, PromptCode.STUCK)
    if prompt is None or movement.baseline is None:
        return None
    if movement.stage is not None and movement.stage.stage in ARRIVED:
        return None
    weeks, forms = int(prompt.figures["weeks"]), prompt.figures["forms"]
    start = facts.sittings[movement.baseline].at
    return Finding(Signal.STUCK, start, {"code": "stuck", "weeks": weeks, "forms": forms})


def _client_said(facts: Facts) -> Finding | None:
    """A client's own pause or stop is a forerunner of forms left out, and ranks with them."""
    if not facts.said:
        return None
    plan = facts.said[0]
    at = plan.client_said_at or facts.created_at
    return Finding(
        Signal.OVERDUE,
        at,
        {
            "code": f"client_{plan.client_said}",
            "at": at.isoformat(),
            "until": plan.paused_until.isoformat() if plan.paused_until else None,
        },
    )


def _undelivered(facts: Facts) -> Finding | None:
    notice = facts.undelivered
    if notice is None or notice.failed_at is None:
        return None
    return Finding(
        Signal.OVERDUE,
        notice.failed_at,
        {"code": "undelivered", "at": notice.failed_at.isoformat(), "channel": notice.channel},
    )


def _overdue(facts: Facts, now: datetime) -> Finding | None:
    left_out = missed(facts.occasions, now)
    if len(left_out) < MISSED_FROM:
        return None
    return Finding(
        Signal.OVERDUE,
        left_out[-1].opens_at,
        {
            "code": "missed",
            "count": len(left_out),
            "last": facts.last_response_at.isoformat() if facts.last_response_at else None,
        },
    )


def _unreviewed(facts: Facts, now: datetime) -> Finding | None:
    first = facts.first_unreviewed_at
    if first is None or now - first < UNREVIEWED_AFTER:
        return None
    return Finding(
        Signal.UNREVIEWED,
        first,
        {"code": "unreviewed", "since": first.isoformat(), "never": facts.last_review_at is None},
    )


def _improved(facts: Facts) -> Finding | None:
    if facts.movement.verdict is not Verdict.TOWARD_INDEPENDENCE:
        return None
    return Finding(
        Signal.IMPROVED,
        _verdict_since(facts),
        {"code": "toward_independence", **_differences(facts.movement)},
    )


def _nothing_to_say(facts: Facts) -> Finding:
    since = facts.last_response_at or facts.created_at
    if len(facts.sittings) < NEW_BELOW:
        reason = {"code": "new", "forms": len(facts.sittings), "responses": facts.responses}
        return Finding(Signal.NEW, since, reason)
    return Finding(Signal.EXPECTED, since, {"code": "expected", "forms": len(facts.sittings)})


def _differences(movement: Movement) -> Reason:
    return {
        scale: {"difference": round(change.difference, 2), "margin": round(change.margin, 2)}
        for scale, change in movement.changes.items()
    }


def _verdict_since(facts: Facts) -> datetime:
    """When the present verdict was first held without a break, about the present relationship."""
    verdicts = facts.movement.verdicts
    index, start = len(verdicts) - 1, facts.movement.segments[-1].start
    while index > start and verdicts[index - 1] == verdicts[-1]:
        index -= 1
    return facts.sittings[index].at


def _prompts(facts: Facts, code: PromptCode) -> list[Prompt]:
    return [prompt for prompt in facts.movement.prompts if prompt.code is code]


def _prompt(facts: Facts, code: PromptCode) -> Prompt | None:
    return next(iter(_prompts(facts, code)), None)


def missed(occasions: list[Occasion], now: datetime) -> list[Occasion]:
    """The longest run of latest closed occasions of one form without an answer, newest first.

    Each form is counted by itself: two forms left out in one week are one miss each, and a form
    that was answered does not excuse another.
    """
    runs: dict[UUID, list[Occasion]] = {}
    ended: set[UUID] = set()
    for occasion in occasions:
        form = occasion.assignment_id
        if form in ended or occasion.closes_at > now:
            continue
        if occasion.answered_at is not None:
            ended.add(form)
        else:
            runs.setdefault(form, []).append(occasion)
    return max(runs.values(), key=len, default=[])
