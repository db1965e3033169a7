"""``manage.py import_responses FILE --instrument CODE --practice NAME``: answers from a file."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from assessments import queries
from assessments.actions import importing as actions
from assessments.importing import (
    DELIMITERS,
    ColumnMapping,
    FaultyFile,
    MappingError,
    Preview,
    Table,
    UnreadableFile,
    open_table,
    suggest,
)
from assessments.management.practices import find_practice
from assessments.models import InstrumentVersion
from clinic import text
from clinic.actions import Refused, practices
from clinic.audit import Actor
from clinic.models import Practice

BY_NAME = {name: delimiter for delimiter, name in DELIMITERS.items()}


class Command(BaseCommand):
    help = (
        "Import item answers from a CSV or TSV file (packed with gzip or not): all rows or none. "
        "Rows that are there already are passed over, so it may run twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--instrument", required=True, help="its code, or a part of its name that no other has"
        )
        parser.add_argument("--practice", required=True, help="the name of the practice")
        parser.add_argument(
            "--create-practice",
            action="store_true",
            help="make the practice where there is none of that name, without people",
        )
        parser.add_argument(
            "--time-zone", default="Europe/London", help="of a practice that is made"
        )
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument(
            "--anonymous", action="store_true", help="each row is somebody else, without a name"
        )
        whose.add_argument("--client-column", help="the column with your number for the client")
        parser.add_argument(
            "--map",
            nargs="+",
            action="extend",
            default=[],
            metavar="COLUMN=ITEM",
            help="which column holds which item; found by name where not given",
        )
        parser.add_argument(
            "--missing",
            nargs="+",
            action="extend",
            default=[],
            metavar="CODE",
            help="codes that mean “no answer”; an empty cell always does",
        )
        parser.add_argument("--date-column", help="the column that says when each was answered")
        parser.add_argument("--date", help="when all were answered, as 2020-01-31")
        parser.add_argument("--delimiter", choices=BY_NAME, help="found in the header if not")
        parser.add_argument("--preview", action="store_true", help="say what would be imported")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except FaultyFile as error:
            self._refuse(error)
        except (UnreadableFile, MappingError) as error:
            raise CommandError(f"{options['file'].name}: {error.sentence}") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from None
        except OperationalError as error:
            raise CommandError(
                f"The database was busy or away, and nothing was imported: {error}"
            ) from error

    def _run(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        table = open_table(lambda: path.open("rb"), BY_NAME.get(options["delimiter"] or ""))
        practice = self._practice(options)
        version = self._version(options["instrument"], practice)
        mapping = self._mapping(options, table, version)
        self._say_mapping(table, mapping)
        if options["preview"]:
            found = actions.preview_file(
                practice=practice, version=version, table=table, mapping=mapping, now=timezone.now()
            )
            self._say_preview(found, version)
            return
        started = time.perf_counter()
        report = actions.import_file(
            practice=practice,
            version=version,
            table=table,
            mapping=mapping,
            by=Actor.system("console", practice),
            now=timezone.now(),
            file_name=path.name,
        )
        seconds = time.perf_counter() - started
        self._say_report(report, practice, seconds)

    def _practice(self, options: dict[str, Any]) -> Practice:
        found = find_practice(options["practice"])
        if found is not None:
            return found
        try:
            name = text.clean_line(options["practice"], max_length=120)
        except ValidationError as error:
            raise CommandError(f"--practice: {' '.join(error.messages)}") from None
        if not options["create_practice"] or not name:
            raise CommandError(
                f"There is no practice named {name!r}. To make one without people, add "
                "--create-practice; to make one and the link for whoever runs it, use setup_link."
            )
        return practices.create_practice(
            name=name,
            time_zone=options["time_zone"],
            by=Actor.system("console"),
            now=timezone.now(),
        )

    def _version(self, wanted: str, practice: Practice) -> InstrumentVersion:
        newest = {version.instrument.code: version for version in queries.newest_versions(practice)}
        if wanted in newest:
            return newest[wanted]
        found = [
            version
            for code, version in newest.items()
            if wanted.casefold() in version.instrument.name.casefold()
            or wanted.casefold() in code.casefold()
        ]
        if len(found) != 1:
            codes = ", ".join(sorted(newest)) or "none: run load_instruments"
            raise CommandError(f"Name one instrument by its code. There are {codes}.")
        return found[0]

    def _mapping(
        self, options: dict[str, Any], table: Table, version: InstrumentVersion
    ) -> ColumnMapping:
        items = suggest(table.columns, version.definition)
        codes = {item.code.casefold(): item.code for item in version.definition.items}
        for pair in options["map"]:
            column, given, code = pair.rpartition("=")
            if not given or not column:
                raise CommandError(f"--map takes COLUMN=ITEM, such as Q1=RSES01, not {pair!r}.")
            code = codes.get(code.strip().casefold(), code.strip())
            items = {item: name for item, name in items.items() if name != column}
            items[code] = column
        return ColumnMapping(
            items=items,
            client_column=options["client_column"],
            date_column=options["date_column"],
            day=self._day(options["date"]),
            missing=frozenset(code.strip() for code in options["missing"]),
        )

    def _day(self, given: str | None) -> date | None:
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            raise CommandError("--date takes a day as 2020-01-31.") from None

    def _say_mapping(self, table: Table, mapping: ColumnMapping) -> None:
        for code, column in mapping.items.items():
            self.stdout.write(f"  column {column} -> {code}")
        used = {*mapping.items.values(), mapping.client_column, mapping.date_column}
        ignored = [column for column in table.columns if column not in used]
        if ignored:
            self.stdout.write(f"  not used: {', '.join(ignored)}")
        missing = ", ".join(sorted(mapping.missing)) or "an empty cell"
        self.stdout.write(f"  no answer: {missing}")

    def _say_preview(self, found: Preview, version: InstrumentVersion) -> None:
        codes = [item.code for item in version.definition.items]
        width = max(map(len, codes), default=4)
        self.stdout.write("\nThe first rows, as they are understood (- is no answer):\n")
        heads = [code.rjust(width) for code in codes]
        self.stdout.write("  ".join(["line".rjust(7), "answered".ljust(16), *heads]))
        for row in found.sample:
            cells = [str(row.answers.get(code, "-")).rjust(width) for code in codes]
            when = (row.when or "today")[:16].ljust(16)
            self.stdout.write("  ".join([str(row.line).rjust(7), when, *cells]))
        self.stdout.write(
            f"\n{found.rows} rows can be imported, {found.complete} of them complete, "
            f"{found.empty} without any answer."
        )
        if found.faults:
            raise FaultyFile(found.faults)
        self.stdout.write("Nothing has been imported.")

    def _say_report(self, report: actions.Report, practice: Practice, seconds: float) -> None:
        self.stdout.write(
            f"{report.created} rows imported into {practice.name}, {report.skipped} were there "
            f"already, in {seconds:.1f} seconds."
        )
        if report.alerts:
            self.stdout.write(f"{report.alerts} alerts were raised by answers of the last 30 days.")
        if report.past_risks:
            lines = ", ".join(map(str, report.past_risks[:50]))
            self.stdout.write(
                f"{len(report.past_risks)} older answers point to danger and raised no alert. "
                f"Somebody should look at them: lines {lines}"
            )

    def _refuse(self, error: FaultyFile) -> None:
        for sentence in error.faults.lines():
            self.stderr.write(sentence)
        raise CommandError(f"Nothing has been imported: {error.faults.count} faults.") from None
