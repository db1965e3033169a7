"""``manage.py compute_psychometrics``: what a practice's answers say about its questionnaires."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.actions import psychometrics
from assessments.management.practices import practice_named
from assessments.models import InstrumentVersion
from clinic.models import Practice


class Command(BaseCommand):
    help = (
        "Work out reliability and item figures from the practices' own first complete answers, "
        "as the nightly task does. Without options: all that has changed since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", help="of this practice alone: name or identifier")
        parser.add_argument("--instrument", help="of this instrument alone: its code")

    def handle(self, *args: Any, **options: Any) -> None:
        practice, code = options["practice"], options["instrument"]
        if practice is None and code is None:
            wanted = psychometrics.changed()
        else:
            wanted = self.answered(practice and practice_named(practice), code)
        for each, version in wanted:
            row = psychometrics.compute(practice=each, version=version, now=timezone.now())
            people = row.result["basis"]["people"]
            self.stdout.write(
                f"{version.instrument.name}, version {row.version.version}, at {each.name}: "
                f"{row.responses} forms of {people} people"
            )
        if not wanted:
            self.stdout.write("Nothing has changed.")

    def answered(
        self, practice: Practice | None, code: str | None
    ) -> list[tuple[Practice, InstrumentVersion]]:
        """What was answered there, changed since or not."""
        found = [
            (each, version)
            for each, version in psychometrics.answered()
            if practice in (None, each) and code in (None, version.instrument.code)
        ]
        if not found:
            raise CommandError("Nobody has answered that yet.")
        return found
