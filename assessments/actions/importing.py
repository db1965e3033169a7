"""Taking in a file of answers: all of it or nothing, and never the same row twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.actions.importing_rows import AnonymousRows, KnownRows, Numbers
from assessments.importing import (
    ColumnMapping,
    Faults,
    FaultyFile,
    Preview,
    Row,
    Table,
    preview,
    read_rows,
)
from assessments.models import Import, InstrumentVersion
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Practice

CHUNK = 500
LONGEST_END = "5min"
FILE_NAME_LENGTH = 200


@dataclass
class Report:
    """What an import did. ``imported`` is its row, None where every row was there already.

    ``past_risks`` are the lines of known clients with a safety answer that is too old to raise an
    alert; somebody has to look at them all the same.
    """

    imported: Import | None = None
    rows: int = 0
    created: int = 0
    skipped: int = 0
    clients: int = 0
    alerts: int = 0
    past_risks: list[int] = field(default_factory=list)


def preview_file(
    *,
    practice: Practice,
    version: InstrumentVersion,
    table: Table,
    mapping: ColumnMapping,
    now: datetime,
    reach: Q | None = None,
) -> Preview:
    """Look through a whole file as an import would, and write nothing.

    Raises MappingError for a mapping that does not fit, UnreadableFile for a file that cannot be
    read; what is wrong with single rows is in the preview. ``reach`` as for import_responses.
    """
    instrument, zone = version.definition, practice.zone
    mapping.check(table.columns, instrument, now.astimezone(zone).date())
    found = preview(table, mapping, instrument, zone=zone, now=now)
    if mapping.client_column is not None:
        numbers = Numbers(practice, mapping.client_column, reach, found.faults)
        rows = read_rows(table, mapping, instrument, zone=zone, now=now, faults=Faults())
        while chunk := list(islice(rows, CHUNK)):
            numbers.find(chunk)
    return found


def import_file(
    *,
    practice: Practice,
    version: InstrumentVersion,
    table: Table,
    mapping: ColumnMapping,
    by: Actor,
    now: datetime,
    file_name: str,
    reach: Q | None = None,
) -> Report:
    """Import a file, or raise FaultyFile with every fault and import nothing of it.

    The file is looked through before the transaction begins, so that one with faults keeps nobody
    waiting: on SQLite nothing else is written meanwhile. Also raises what preview_file raises,
    and Refused where another import is under way.
    """
    found = preview_file(
        practice=practice, version=version, table=table, mapping=mapping, now=now, reach=reach
    )
    if found.faults:
        raise FaultyFile(found.faults)
    faults = Faults()
    rows = read_rows(table, mapping, version.definition, zone=practice.zone, now=now, faults=faults)
    return import_responses(
        practice=practice,
        version=version,
        rows=rows,
        mapping=mapping,
        by=by,
        now=now,
        file_name=file_name,
        digest=found.digest,
        reach=reach,
        faults=faults,
    )


@transaction.atomic
def import_responses(
    *,
    practice: Practice,
    version: InstrumentVersion,
    rows: Iterable[Row],
    mapping: ColumnMapping,
    by: Actor,
    now: datetime,
    file_name: str,
    digest: str,
    reach: Q | None = None,
    faults: Faults | None = None,
) -> Report:
    """Write the rows that are new: each a submitted response with its scores.

    Anonymous rows make a client without a name each, whom nobody cares for and no list shows.
    Rows of known clients go to whoever has that client number and lies in ``reach`` (a condition
    on clients; None for all of the practice). ``faults`` are those that reading the rows finds;
    with any, or any found here, FaultyFile is raised and nothing is written. A row without any
    answer is a response too: "0 of 10 answered" is a fact about how the form was answered.

    A second run recognises what is there. Where everything is, no Import is kept.
    """
    _alone(practice)
    _unhurried()
    faults = Faults() if faults is None else faults
    imported = Import.objects.create(
        practice=practice,
        version=version,
        file_name=file_name[:FILE_NAME_LENGTH],
        digest=digest,
        mapping=mapping.as_json(),
        rows=0,
        created_rows=0,
        skipped_rows=0,
        at=now,
        by=by.user,
    )
    writer: AnonymousRows | KnownRows = (
        AnonymousRows(imported, now)
        if mapping.client_column is None
        else KnownRows(imported, now, Numbers(practice, mapping.client_column, reach, faults), by)
    )
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        if not faults:
            writer.add(chunk)
    if faults:
        raise FaultyFile(faults)
    writer.finish()
    return _finish(imported, writer, by, now)


def _finish(
    imported: Import, writer: AnonymousRows | KnownRows, by: Actor, now: datetime
) -> Report:
    """Keep the counts, and the event of the whole."""
    report = Report(
        rows=writer.rows,
        created=writer.created,
        skipped=writer.rows - writer.created,
        clients=writer.clients,
        alerts=writer.alerts,
        past_risks=writer.past_risks,
    )
    if report.created:
        imported.rows, imported.created_rows = report.rows, report.created
        imported.skipped_rows = report.skipped
        if writer.past_responses:
            imported.mapping = {**imported.mapping, "past_risks": writer.past_responses}
        imported.save(update_fields=["rows", "created_rows", "skipped_rows", "mapping"])
        report.imported = imported
    audit.record(
        "import.finish",
        by=by,
        now=now,
        about=imported,
        practice_id=imported.practice_id,
        details={
            "version": str(imported.version_id),
            "digest": imported.digest,
            "rows": report.rows,
            "created": report.created,
            "skipped": report.skipped,
            "anonymous": isinstance(writer, AnonymousRows),
        },
    )
    if not report.created:
        imported.delete()
    return report


def _alone(practice: Practice) -> None:
    """One import of a practice at a time; the second is told so at once.

    On SQLite the transaction holds the only right to write already.
    """
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(practice.pk.bytes[-8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Refused(
                _("Another import of this practice is under way. Please try again in a minute.")
            )


def _unhurried() -> None:
    """Let the end of the transaction take its time.

    PostgreSQL looks then, in one statement, whether what each row refers to is there: on a busy
    machine longer for a large file than a request's statement may take. Looked at any earlier, the
    clients would stay locked until the end.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_END])
