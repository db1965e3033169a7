"""The session card: what a therapist reads in the five minutes before the hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import queries, wording
from assessments.client_page.footing import changed_at, of_movement
from assessments.client_page.items import ChangedItems, changed_items
from assessments.measurement.evidence import Claim
from assessments.measurement.movement import Verdict
from assessments.models import Response
from assessments.queries import Record


@dataclass(frozen=True)
class ToLookAt:
    """One question with every reason that raises it."""

    code: str
    question: str
    whys: list[str]


@dataclass(frozen=True)
class SessionCard:
    """One sentence, the answers behind it, what is new, and one question to ask."""

    sentence: SafeString
    changed: ChangedItems | None
    facts: list[dict[str, Any]]
    question: str
    review: str
    prompts: list[ToLookAt] = field(default_factory=list)
    since_change: str = ""
    also: list[str] = field(default_factory=list)


def session_card(record: Record) -> SessionCard:
    movement, footing = record.movement, of_movement(record)
    moved = movement.verdict is not Verdict.NOT_YET_RELIABLE or any(
        change.held >= 2 for change in movement.changes.values()
    )
    return SessionCard(
        sentence=wording.session_sentence(movement, footing, other_forms=bool(record.responses)),
        changed=changed_items(record, from_start=moved),
        facts=[fact for fact in (_new(record), _comment(record), _events(record)) if fact],
        question=wording.question(record.standing.reasons, len(record.sittings)),
        review=review_words(record),
        prompts=_to_look_at(record) if footing.allows(Claim.MOVEMENT) else [],
        since_change=wording.since_change(changed_at(record)) if movement.changes else "",
        also=_also(record),
    )


def _to_look_at(record: Record) -> list[ToLookAt]:
    found: dict[str, ToLookAt] = {}
    for words in wording.prompt_words(record.movement, [s.at for s in record.sittings]):
        asked = found.setdefault(words.code, ToLookAt(words.code, words.question, []))
        asked.whys.append(words.why)
    return list(found.values())


def review_words(record: Record) -> str:
    """When and by whom: "Last review 2 days ago by Ada Holm, discussed"."""
    last = record.last_review
    if last is None:
        return _("Not reviewed yet.")
    words = _("Last review %(ago)s, by %(name)s.") % {
        "ago": wording.days_ago(last.at, record.now),
        "name": last.by.name,
    }
    return f"{words} {_('Discussed.')}" if last.discussed else words


def _also(record: Record) -> list[str]:
    """What the caseload says besides movement; open alerts have a place of their own."""
    found = [wording.reason_words([r]) for r in record.standing.reasons if r["code"] == "missed"]
    return [f"{words.headline}. {words.detail}" for words in found]


def _new(record: Record) -> dict[str, Any] | None:
    """What came in or changed since the last review."""
    last = record.last_review
    if last is None:
        return None
    texts = []
    sent = [response.submitted_at for response in record.responses if response.submitted_at]
    fresh = [at for at in sent if at > last.at]
    if fresh:
        count = ngettext("%(count)s form", "%(count)s forms", len(fresh)) % {
            "count": wording.number(len(fresh)).capitalize()
        }
        texts.append(
            _("%(count)s, the latest on %(day)s") % {"count": count, "day": wording.day(fresh[0])}
        )
    if of_movement(record).allows(Claim.MOVEMENT):
        texts += _changed_readings(record)
    if not texts:
        texts.append(_("Nothing has come in"))
    label = _("New since %(day)s") % {"day": wording.day(last.at)}
    return {"label": label, "texts": texts}


def _changed_readings(record: Record) -> list[str]:
    """Stage and verdict where they differ from those at the last review."""
    last, movement = record.last_review, record.movement
    if last is None:
        return []
    then = sum(1 for sitting in record.sittings if sitting.at <= last.at) - 1
    if then < 0 or then >= len(record.sittings) - 1:
        return []
    texts = []
    before, now = (_stage(record, index) for index in (then, len(record.sittings) - 1))
    if before != now:
        texts.append(_("Stage: %(now)s; then: %(before)s") % {"now": now, "before": before})
    if movement.verdicts[then] is not movement.verdict:
        texts.append(
            _("Verdict: %(now)s; then: %(before)s")
            % {
                "now": str(wording.VERDICTS[movement.verdict]).lower(),
                "before": str(wording.VERDICTS[movement.verdicts[then]]).lower(),
            }
        )
    return texts


def _stage(record: Record, index: int) -> str:
    reading = record.movement.stages[index]
    stage = reading.stage if reading and reading.stage else ""
    between = queries.between(record.movement, index) or ()
    return wording.stage_words(stage, between).lower()


def _comment(record: Record) -> dict[str, Any] | None:
    """The client's own words, of the latest form that has any."""
    response = record.commented
    if response is None or response.submitted_at is None:
        return None
    label = _("Wrote on %(day)s") % {"day": wording.day(response.submitted_at)}
    return {"label": label, "quote": response.comment or "", "notes": _notes(response)}


def _notes(response: Response) -> list[dict[str, str]]:
    """What the client wrote about single answers, each under its question."""
    items = response.instrument.items_by_code
    notes = response.item_comments or {}
    return [{"about": items[code].text or code, "quote": note} for code, note in notes.items()]


def _events(record: Record) -> dict[str, Any] | None:
    """Dated notes since the last review, by the days of the practice."""
    last = record.last_review
    today = timezone.localtime(record.now).date()
    past = [event for event in record.events if event.on <= today]
    fresh = past
    if last is not None:
        reviewed = timezone.localtime(last.at).date()
        fresh = [e for e in past if e.created_at > last.at or e.on > reviewed]
    if not fresh:
        return None
    texts = [
        _("%(event)s, %(day)s") % {"event": event.text, "day": wording.day(event.on)}
        for event in fresh[-3:]
    ]
    return {"label": _("Happened"), "texts": texts}
