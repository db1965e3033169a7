"""What has been estimated from a practice's own answers, and what may be adopted from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from assessments.measurement.definition import Evidence, Instrument, ReliabilityKind, Scale
from assessments.measurement.definition.evidence import (
    MINIMUM_LOWER_BOUND,
    MINIMUM_N_OF_AN_ESTIMATE,
)
from assessments.models import InstrumentVersion, Psychometrics, Response
from assessments.queries.first_answers import lineage
from clinic.models import Practice

# Decimals that an adopted reliability and its spread are kept with.
RELIABILITY_DECIMALS, SPREAD_DECIMALS = 4, 2
RUNG_OF_AN_ESTIMATE = 2
# Of a kept result: raise it when the figures are worked out in another way.
FORMAT = 2


@dataclass(frozen=True)
class Offer:
    """An estimate that may be adopted: the evidence it would be."""

    scale: Scale
    evidence: Evidence


def estimates(practice: Practice, version: InstrumentVersion) -> Psychometrics | None:
    """The kept figures of a version, or of the one it was adopted from."""
    return kept(practice, lineage(practice, version)[0])


def kept(practice: Practice, origin: InstrumentVersion) -> Psychometrics | None:
    """The kept figures of a version that was not adopted."""
    row = Psychometrics.objects.filter(practice=practice, version=origin).first()
    if row is not None:
        row.practice, row.version = practice, origin  # read already
    return row


def state(
    responses: int, erased: int, newest: datetime | None, corrected: int = 0
) -> dict[str, Any]:
    """What figures rest on; other answers make another one.

    A correction may leave as many answers as there were, and the newest of them.
    """
    rests_on: dict[str, Any] = {
        "responses": responses,
        "erased": erased,
        "newest": newest and newest.isoformat(),
    }
    return {**rests_on, "corrected": corrected} if corrected else rests_on


COUNTS = Q(voided_at=None)
# What a state is made of, for rows that were submitted.
STATE = {
    "responses": Count("pk", filter=COUNTS),
    "erased": Count("pk", filter=COUNTS & Q(client__data_key=None)),
    "newest": Max("submitted_at", filter=COUNTS),
    "corrected": Count("pk", filter=~COUNTS),
}


def state_now(practice: Practice, versions: list[InstrumentVersion]) -> dict[str, Any]:
    """The state of the answers that there are now: one statement."""
    rows = Response.objects.filter(client__practice=practice, version__in=versions)
    return state(**rows.filter(submitted_at__isnull=False).aggregate(**STATE))


def is_current(result: dict[str, Any] | None, now: dict[str, Any]) -> bool:
    """Whether a kept result rests on the answers that there are; with none, nothing is missing."""
    if result is None:
        return bool(now["responses"] == 0)
    return bool(result.get("format") == FORMAT and result.get("state") == now)


def offer(definition: Instrument, code: str, row: Psychometrics) -> Offer | None:
    """The evidence that the estimate of a scale would be; None where it does not suffice.

    From MEASUREMENT 3.9: 100 people at least, and an interval that begins at .70 or above.
    """
    scale, figures = definition.scale(code), row.result["scales"].get(code, {})
    alpha = figures.get("alpha", {})
    if scale is None or figures.get("n", 0) < MINIMUM_N_OF_AN_ESTIMATE or "value" not in alpha:
        return None
    reliability = round(alpha["value"], RELIABILITY_DECIMALS)
    spread = round(figures["sd"], SPREAD_DECIMALS)
    if alpha["low"] < MINIMUM_LOWER_BOUND or reliability >= 1 or spread <= 0:
        return None
    interval = (
        round(alpha["low"], RELIABILITY_DECIMALS),
        round(alpha["high"], RELIABILITY_DECIMALS),
    )
    return Offer(
        scale,
        Evidence(
            # Norms that are there stay there.
            rung=max(RUNG_OF_AN_ESTIMATE, scale.evidence.rung),
            reliability=reliability,
            sd=spread,
            source=_("Estimated from %(n)d first complete answers in this practice")
            % {"n": figures["n"]},
            n=figures["n"],
            date=_day_of(row),
            interval=interval,
            kind=ReliabilityKind.ALPHA,
        ),
    )


def offers(definition: Instrument, row: Psychometrics | None) -> list[Offer]:
    """Every estimate that may be adopted and is not in use already, in the order of the scales."""
    if row is None:
        return []
    found = [offer(definition, scale.code, row) for scale in definition.scales]
    return [one for one in found if one is not None and not in_use(one)]


def in_use(one: Offer) -> bool:
    """Whether the version has these very figures already, whenever they were worked out."""
    now, new = one.scale.evidence, one.evidence
    return (now.rung, now.reliability, now.interval, now.n, now.sd) == (
        new.rung,
        new.reliability,
        new.interval,
        new.n,
        new.sd,
    )


def _day_of(row: Psychometrics) -> date:
    return row.computed_at.astimezone(row.practice.zone).date()
