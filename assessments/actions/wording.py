"""Loading the wording of an instrument from a file that the practice has."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.measurement.definition import Use, WordingTexts, read_wording
from assessments.measurement.definition import Wording as WordingKind
from assessments.models import InstrumentVersion, Wording
from assessments.queries import wordings
from clinic import audit
from clinic.actions import Refused, practices
from clinic.audit import Actor
from clinic.models import Practice

SOURCE_LENGTH = 300
LARGEST = 1_000_000


@transaction.atomic
def load_wording(
    *,
    practice: Practice,
    version: InstrumentVersion,
    content: str | bytes,
    source: str,
    by: Actor,
    now: datetime,
    file_name: str = "",
    unaltered: bool = False,
) -> tuple[Wording, bool]:
    """Keep the texts of a file as the practice's wording of a version; returns it, and whether
    it is new.

    The texts that are in force already change nothing. ``source`` says where the practice has the
    wording from; left empty, what the file says of itself counts. ``unaltered`` is the statement
    that the file holds the wording as it was published, which some licences need. Raises
    DefinitionError for a file that does not fit, Refused for what the licence or the practice
    does not allow.
    """
    practice = practices.locked(practice)
    texts = _read(practice, version, content)
    _require_unaltered(version, unaltered)
    source = _source(source, texts)
    language = texts.language or version.definition.language
    checksum = checksum_of(texts, language)
    newest = wordings.wording_in_force(practice, version)
    if newest is not None and newest.checksum == checksum:
        return newest, False
    wording = Wording.objects.create(
        practice=practice,
        version=version,
        language=language,
        source=source,
        texts=_kept(texts),
        checksum=checksum,
        loaded_at=_after(newest, now),
        loaded_by=by.user,
    )
    audit.record(
        "wording.load",
        by=by,
        now=now,
        about=wording,
        practice_id=practice.pk,
        details={
            "code": version.definition.code,
            "version": version.version,
            "language": language,
            "source": source,
            "checksum": checksum,
            **({"file": file_name} if file_name else {}),
        },
    )
    return wording, True


def _after(newest: Wording | None, now: datetime) -> datetime:
    """Now; a clock that was set back must not put the newest wording behind an older one."""
    return now if newest is None else max(now, newest.loaded_at + timedelta(microseconds=1))


def preview_wording(
    *,
    practice: Practice,
    version: InstrumentVersion,
    content: str | bytes,
    source: str,
    unaltered: bool = False,
) -> WordingTexts:
    """The texts that ``load_wording`` would keep. Writes nothing, and raises what that raises."""
    texts = _read(practice, version, content)
    _require_unaltered(version, unaltered)
    _source(source, texts)
    return texts


def is_same(wording: Wording, texts: WordingTexts, version: InstrumentVersion) -> bool:
    """Whether a wording holds exactly these texts."""
    return wording.checksum == checksum_of(texts, texts.language or version.definition.language)


def _read(practice: Practice, version: InstrumentVersion, content: str | bytes) -> WordingTexts:
    """The texts of a file, if this practice may use them and they fit the version."""
    _require_loadable(practice, version)
    return read_wording(content, version.definition)


def _require_loadable(practice: Practice, version: InstrumentVersion) -> None:
    """Refuse where no file whatever could be loaded."""
    instrument = version.definition
    if version.practice_id not in (None, practice.pk):
        raise Refused(_("This version belongs to another practice."))
    if instrument.wording is WordingKind.OWN:
        raise Refused(
            _("%(name)s has its own wording, so there is nothing to load.")
            % {"name": instrument.name}
        )
    hindrance = wordings.licence_hindrance(instrument, practice)
    if hindrance is not None:
        raise Refused(wordings.says(hindrance, instrument.name))


def checksum_of(texts: WordingTexts, language: str) -> str:
    """SHA-256 of what is asked, whatever file it came in."""
    data = {**_kept(texts), "language": language}
    normalised = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(normalised.encode()).hexdigest()


def _kept(texts: WordingTexts) -> dict[str, Any]:
    return {key: texts.as_data()[key] for key in ("introduction", "items", "options")}


def _require_unaltered(version: InstrumentVersion, unaltered: bool) -> None:
    if version.definition.licence.use is Use.NO_ALTERATION and not unaltered:
        raise Refused(
            _(
                "The licence of %(name)s allows no alteration. Please say that the file holds the "
                "wording as its holder published it."
            )
            % {"name": version.definition.name},
            "unaltered",
        )


def _source(typed: str, texts: WordingTexts) -> str:
    source = " ".join(typed.split()) or (texts.source or "")
    if not source:
        raise Refused(
            _("Please say where the practice has this wording from; the file does not say."),
            "source",
        )
    return source[:SOURCE_LENGTH]
