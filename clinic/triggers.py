"""Rules that a column constraint cannot say, as database triggers on SQLite and PostgreSQL.

Two kinds: rows that may never change (the audit trail, published instruments, submitted answers),
and rows that must agree with the rows they point at (a client and their clinician belong to one
practice). The migrations install them; ``tests/guards/test_triggers.py`` checks that all of them
are in place after the last migration, since SQLite loses a table's triggers when it is rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """Refuse an ``event`` (INSERT, UPDATE, DELETE, TRUNCATE) on ``table`` while ``when`` holds.

    SQLite has no TRUNCATE: there DELETE covers it.

    ``when`` is SQL over NEW and OLD that both databases read; "DIFFERS" stands for the null-safe
    "is not equal", which they spell differently.
    """

    name: str
    table: str
    event: str
    message: str
    when: str = "1 = 1"

    def stands_on(self, vendor: str) -> bool:
        return vendor != "sqlite" or self.event != "TRUNCATE"

    def create(self, vendor: str) -> list[str]:
        if not self.stands_on(vendor):
            return []
        if vendor == "sqlite":
            when = self.when.replace("DIFFERS", "IS NOT")
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            ]
        when = self.when.replace("DIFFERS", "IS DISTINCT FROM")
        kept = "NEW" if self.event in ("INSERT", "UPDATE") else "OLD"
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {when} THEN RAISE EXCEPTION '{self.message}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {kept}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {each} EXECUTE FUNCTION {self.name}()",
        ]

    def drop(self, vendor: str) -> list[str]:
        if not self.stands_on(vendor):
            return []
        on = "" if vendor == "sqlite" else f" ON {self.table}"
        return [f"DROP TRIGGER IF EXISTS {self.name}{on}"]


def same_practice(name: str, table: str, first: str, second: str, message: str) -> list[Refusal]:
    """Refuse a row of ``table`` whose two sides (SQL giving a practice id) differ."""
    return [
        Refusal(f"{name}_{event.lower()}", table, event, message, f"({first}) DIFFERS ({second})")
        for event in ("INSERT", "UPDATE")
    ]


AUDIT = [
    Refusal(
        f"audit_event_no_{event.lower()}",
        "clinic_auditevent",
        event,
        "The audit trail is only ever added to.",
    )
    for event in ("UPDATE", "DELETE")
]

# PostgreSQL empties a whole table without asking the triggers of its rows.
AUDIT_WHOLE = [
    Refusal(
        "audit_event_no_truncate",
        "clinic_auditevent",
        "TRUNCATE",
        "The audit trail is only ever added to.",
    )
]

PEOPLE = [
    *same_practice(
        "care_same_practice",
        "clinic_carerelationship",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "SELECT practice_id FROM clinic_membership WHERE id = NEW.clinician_id",
        "A client and their clinician belong to one practice.",
    ),
    *same_practice(
        "supervision_same_practice",
        "clinic_supervision",
        "SELECT practice_id FROM clinic_membership WHERE id = NEW.supervisor_id",
        "SELECT practice_id FROM clinic_membership WHERE id = NEW.clinician_id",
        "A supervisor and their clinician belong to one practice.",
    ),
]

APPOINTMENTS = same_practice(
    "appointment_same_practice",
    "clinic_appointment",
    "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
    "COALESCE((SELECT practice_id FROM clinic_membership WHERE id = NEW.clinician_id), "
    "(SELECT practice_id FROM clinic_client WHERE id = NEW.client_id))",
    "A client and whom they come to see belong to one practice.",
)


def response_locked(columns: tuple[str, ...]) -> Refusal:
    changed = " OR ".join(f"NEW.{column} DIFFERS OLD.{column}" for column in columns)
    return Refusal(
        "response_locked",
        "assessments_response",
        "UPDATE",
        "A submitted response is locked.",
        f"OLD.submitted_at IS NOT NULL AND ({changed})",
    )


LOCKED_AT_FIRST = (
    "answers",
    "comment",
    "client_id",
    "occasion_id",
    "version_id",
    "source",
    "started_at",
    "submitted_at",
    "fingerprint",
)
LOCKED_IN_0004 = (*LOCKED_AT_FIRST, "reference_id", "seconds", "imported_id", "import_key")
LOCKED = (*LOCKED_IN_0004, "item_comments", "unusual", "saved_at", "received_at", "partial")

_RECORDS = [
    *[
        Refusal(
            f"instrument_version_no_{event.lower()}",
            "assessments_instrumentversion",
            event,
            "A published version never changes.",
        )
        for event in ("UPDATE", "DELETE")
    ],
    *same_practice(
        "occasion_same_client",
        "assessments_occasion",
        "NEW.client_id",
        "SELECT client_id FROM assessments_assignment WHERE id = NEW.assignment_id",
        "An occasion belongs to the client of its assignment.",
    ),
    *same_practice(
        "response_same_client",
        "assessments_response",
        "NEW.client_id",
        "SELECT client_id FROM assessments_occasion WHERE id = NEW.occasion_id",
        "A response belongs to the client of its occasion.",
    ),
    *same_practice(
        "score_same_client",
        "assessments_score",
        "NEW.client_id",
        "SELECT client_id FROM assessments_response WHERE id = NEW.response_id",
        "A score belongs to the client of its response.",
    ),
    *same_practice(
        "standing_same_practice",
        "assessments_standing",
        "NEW.practice_id",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "A standing belongs to the practice of its client.",
    ),
]

# As the first release installed them.
RECORDS_AT_FIRST = [*_RECORDS, response_locked(LOCKED_AT_FIRST)]

_EVIDENCE = [
    *[
        Refusal(
            f"wording_no_{event.lower()}",
            "assessments_wording",
            event,
            "A wording that was loaded never changes; load another.",
        )
        for event in ("UPDATE", "DELETE")
    ],
    *same_practice(
        "response_reference_same_client",
        "assessments_response",
        "COALESCE((SELECT client_id FROM assessments_referencerelationship "
        "WHERE id = NEW.reference_id), NEW.client_id)",
        "NEW.client_id",
        "A response is about a relationship of its own client.",
    ),
    *same_practice(
        "response_import_same_practice",
        "assessments_response",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "COALESCE((SELECT practice_id FROM assessments_import WHERE id = NEW.imported_id), "
        "(SELECT practice_id FROM clinic_client WHERE id = NEW.client_id))",
        "An imported response belongs to the practice of its import.",
    ),
    *same_practice(
        "assignment_version_same_practice",
        "assessments_assignment",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "COALESCE((SELECT practice_id FROM assessments_instrumentversion "
        "WHERE id = NEW.version_id), (SELECT practice_id FROM clinic_client "
        "WHERE id = NEW.client_id))",
        "An adopted version is given in its own practice only.",
    ),
    *same_practice(
        "assignment_wording_same_practice",
        "assessments_assignment",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "COALESCE((SELECT practice_id FROM assessments_wording WHERE id = NEW.wording_id), "
        "(SELECT practice_id FROM clinic_client WHERE id = NEW.client_id))",
        "A wording is used in the practice that loaded it.",
    ),
]

# As 0004_evidence installed them.
RECORDS_IN_0004 = [*_RECORDS, response_locked(LOCKED_IN_0004), *_EVIDENCE]

RECORDS = [
    *_RECORDS,
    response_locked(LOCKED),
    *_EVIDENCE,
    Refusal(
        "response_voided_for_good",
        "assessments_response",
        "UPDATE",
        "A response that was taken out stays out.",
        "OLD.voided_at IS NOT NULL AND NEW.voided_at DIFFERS OLD.voided_at",
    ),
    *[
        Refusal(
            f"correction_no_{event.lower()}",
            "assessments_correction",
            event,
            "A correction never changes.",
        )
        for event in ("UPDATE", "DELETE")
    ],
    *same_practice(
        "plan_same_client",
        "assessments_assignment",
        "COALESCE((SELECT client_id FROM assessments_plan WHERE id = NEW.plan_id), NEW.client_id)",
        "NEW.client_id",
        "An assignment belongs to the client of its plan.",
    ),
    *same_practice(
        "battery_same_practice",
        "assessments_plan",
        "COALESCE((SELECT practice_id FROM assessments_battery WHERE id = NEW.battery_id), "
        "(SELECT practice_id FROM clinic_client WHERE id = NEW.client_id))",
        "SELECT practice_id FROM clinic_client WHERE id = NEW.client_id",
        "A plan is made from a battery of its own practice.",
    ),
    *same_practice(
        "occasion_appointment_same_client",
        "assessments_occasion",
        "COALESCE((SELECT client_id FROM clinic_appointment WHERE id = NEW.appointment_id), "
        "NEW.client_id)",
        "NEW.client_id",
        "An occasion is given for an appointment of its own client.",
    ),
    *same_practice(
        "correction_same_client",
        "assessments_correction",
        "NEW.client_id",
        "SELECT client_id FROM assessments_response WHERE id = NEW.response_id",
        "A correction belongs to the client of the response it takes out.",
    ),
]

ALL = [*AUDIT, *AUDIT_WHOLE, *PEOPLE, *APPOINTMENTS, *RECORDS]


def install(cursor: Any, vendor: str, refusals: Iterable[Refusal]) -> None:
    for refusal in refusals:
        for statement in refusal.create(vendor):
            cursor.execute(statement)


def remove(cursor: Any, vendor: str, refusals: Iterable[Refusal]) -> None:
    for refusal in refusals:
        for statement in refusal.drop(vendor):
            cursor.execute(statement)


def in_migration(refusals: Iterable[Refusal]) -> tuple[Any, Any]:
    """The forward and backward functions of a ``RunPython`` operation."""

    def forward(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            install(cursor, schema_editor.connection.vendor, refusals)

    def backward(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            remove(cursor, schema_editor.connection.vendor, refusals)

    return forward, backward
