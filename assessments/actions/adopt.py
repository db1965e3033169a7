"""Adopting an estimate: a practice makes a new version with evidence of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments import queries
from assessments.measurement.definition import DefinitionError, parse
from assessments.measurement.definition.writing import with_evidence
from assessments.models import InstrumentVersion, Psychometrics
from assessments.queries import estimates
from assessments.queries.first_answers import lineage
from clinic import audit
from clinic.actions import Refused, practices
from clinic.audit import Actor
from clinic.models import Practice


@transaction.atomic
def adopt(
    *,
    practice: Practice,
    version: InstrumentVersion,
    scales: Sequence[str],
    by: Actor,
    now: datetime,
    computed_at: datetime | None = None,
) -> InstrumentVersion:
    """Make a new version of the practice with the estimates of some scales, by code.

    ``version`` is the one in use; ``computed_at`` says which figures were looked at. New
    assignments take the new version; existing ones, answers and scores keep theirs. Raises
    Refused where the estimates do not suffice or something has changed meanwhile.
    """
    practice = practices.locked(practice)
    code = version.instrument.code
    if queries.newest_version(practice, code) != version:
        raise Refused(_("Another version is in use by now. Please look again."))
    row = estimates.estimates(practice, version)
    if row is None:
        raise Refused(_("Nothing has been estimated yet."))
    if computed_at is not None and row.computed_at != computed_at:
        raise Refused(_("The figures were worked out anew meanwhile. Please look again."))
    chosen = _chosen(version, scales, row)
    evidence = {one.scale.code: one.evidence for one in chosen}
    number = _next_number(practice, version)
    try:
        text = with_evidence(
            version.text,
            version=number,
            evidence=evidence,
            evidence_note=_note(practice, version, chosen),
        )
    except DefinitionError as error:
        raise Refused(
            _("These figures do not fit the definition: %(problem)s")
            % {"problem": " ".join(error.problems)}
        ) from error
    adopted = InstrumentVersion.objects.create(
        instrument=version.instrument,
        practice=practice,
        adopted_from=version,
        adopted_by=by.user,
        version=number,
        text=text,
        checksum=parse(text).checksum,
        # A clock that was set back must not put it behind the one it stands for.
        published_at=max(now, version.published_at),
    )
    audit.record(
        "instrument.adopt",
        by=by,
        now=now,
        about=adopted,
        practice_id=practice.pk,
        details={
            "code": code,
            "version": number,
            "from": version.version,
            "scales": sorted(evidence),
            "checksum": adopted.checksum,
        },
    )
    return adopted


def _chosen(
    version: InstrumentVersion, scales: Sequence[str], row: Psychometrics
) -> list[estimates.Offer]:
    if not scales:
        raise Refused(_("Please choose at least one scale."), "scale")
    chosen = []
    for code in dict.fromkeys(scales):
        one = estimates.offer(version.definition, code, row)
        if one is None:
            raise Refused(
                _(
                    "An estimate can be used from 100 people on, and where its interval begins at "
                    "0.70 or above. That is not so for each scale that was chosen."
                ),
                "scale",
            )
        chosen.append(one)
    if all(estimates.in_use(one) for one in chosen):
        raise Refused(_("These estimates are in use already."), "scale")
    return chosen


def _next_number(practice: Practice, version: InstrumentVersion) -> int:
    seen = InstrumentVersion.objects.of_practice(practice).filter(instrument=version.instrument)
    return int(seen.aggregate(last=Max("version"))["last"]) + 1


def _note(practice: Practice, version: InstrumentVersion, chosen: Sequence[estimates.Offer]) -> str:
    """What is said of the evidence as a whole, over what was said when it was published."""
    names = {one.scale.code for one in chosen}
    names |= {
        scale.code
        for scale in version.definition.scales
        if version.practice_id is not None and scale.evidence.rung >= estimates.RUNG_OF_AN_ESTIMATE
    }
    shown = [scale.name for scale in version.definition.scales if scale.code in names]
    return _(
        "In this practice the reliability of these scales was estimated from its own answers: "
        "%(names)s. There are no norms here. When it was published, this was said: %(published)s"
    ) % {
        "names": ", ".join(shown),
        "published": lineage(practice, version)[0].definition.evidence_note,
    }
