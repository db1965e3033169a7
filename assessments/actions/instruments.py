"""Publishing instruments."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.measurement import definition
from assessments.models import Instrument, InstrumentVersion
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor


@transaction.atomic
def publish(*, text: str, by: Actor, now: datetime) -> tuple[InstrumentVersion, bool]:
    """Publish a definition to every practice, as a frozen version; and whether it is new.

    What a practice adopted for itself counts for nothing here: it has numbers of its own.

    The same text again changes nothing. Another text under a published code and version is
    refused: a version never changes. Raises DefinitionError for a definition with mistakes.
    """
    parsed = definition.parse(text)
    found = InstrumentVersion.objects.filter(practice=None, checksum=parsed.checksum).first()
    if found is not None:
        return found, False
    instrument, _created = Instrument.objects.get_or_create(
        code=parsed.code, defaults={"name": parsed.name}
    )
    shipped = instrument.versions.filter(practice=None)
    newest = shipped.order_by("-version").values_list("version", flat=True).first()
    if newest is not None and parsed.version <= newest:
        raise Refused(
            _(
                "%(name)s has version %(newest)d already, and a published version never changes. "
                "Give the new text a higher version."
            )
            % {"name": parsed.name, "newest": newest}
        )
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        version=parsed.version,
        text=text,
        checksum=parsed.checksum,
        published_at=now,
    )
    if instrument.name != parsed.name:
        instrument.name = parsed.name
        instrument.save(update_fields=["name"])
    audit.record(
        "instrument.publish",
        by=by,
        now=now,
        about=version,
        details={"code": parsed.code, "version": parsed.version, "checksum": parsed.checksum},
    )
    return version, True
