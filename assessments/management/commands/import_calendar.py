"""``manage.py import_calendar FILE --clinician ADDRESS``: sessions from a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.actions import calendars
from assessments.actions.calendar_folder import clinician_of
from assessments.calendars import LARGEST
from assessments.importing import FaultyFile, UnreadableFile
from clinic.actions.calendars import Changes
from clinic.audit import Actor


class Command(BaseCommand):
    help = (
        "Read the sessions of one clinician from an iCalendar file: those of their clients whose "
        "number an event names. It may run again and again: what moved is moved, what vanished is "
        "called off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--clinician", required=True, help="the address they sign in with")
        parser.add_argument("--preview", action="store_true", help="say what would change")
        parser.add_argument(
            "--call-off",
            action="store_true",
            help="call off what is missing from the file, even where that is most of it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        clinician = clinician_of(options["clinician"])
        if clinician is None:
            raise CommandError(f"No clinician signs in with {options['clinician']}.")
        now = timezone.now()
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
            reading = calendars.read(clinician=clinician, content=content, now=now)
            if options["preview"]:
                found = calendars.changes_of(clinician=clinician, reading=reading, now=now)
            else:
                found = calendars.take_in(
                    clinician=clinician,
                    reading=reading,
                    call_off=True if options["call_off"] else None,
                    by=Actor.system("console", clinician.practice),
                    now=now,
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from None
        except UnreadableFile as error:
            raise CommandError(f"{path.name}: {error.sentence}") from None
        except FaultyFile as error:
            for sentence in error.faults.lines():
                self.stderr.write(sentence)
            raise CommandError(f"Nothing was changed: {error.faults.count} faults.") from None
        except calendars.LacksMany as refusal:
            raise CommandError(f"{refusal} Add --call-off if that is meant.") from None
        self._say(reading, found, options["preview"])

    def _say(self, reading: calendars.Reading, found: Changes, preview: bool) -> None:
        left_out = len(reading.calendar.sessions) - len(reading.sessions())
        self.stdout.write(
            f"{len(found.added)} sessions entered, {len(found.moved)} moved, "
            f"{len(found.called_off)} called off, "
            f"{found.kept + len(found.adopted)} as they were."
        )
        if left_out:
            self.stdout.write(f"{left_out} entries name no client and are left out.")
        if preview:
            self.stdout.write("This was a preview: nothing was changed.")
