"""``manage.py load_wording FILE --instrument phq-9``: take in the wording of a questionnaire."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments import queries
from assessments.actions.wording import LARGEST, SOURCE_LENGTH, load_wording
from assessments.management.practices import practice_named
from assessments.measurement.definition import DefinitionError
from assessments.models import InstrumentVersion
from clinic import text
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Practice


class Command(BaseCommand):
    help = (
        "Load the wording of a questionnaire from a file that the practice has: a FHIR R4 "
        "Questionnaire (JSON), or the TOML that the library offers to fill in. It is checked "
        "against the definition, and all that does not fit is listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--instrument", required=True, help="its code, such as phq-9")
        parser.add_argument(
            "--practice", help="name or identifier; may be left out where there is only one"
        )
        parser.add_argument(
            "--source", default="", help="where the practice has it from; else what the file says"
        )
        parser.add_argument(
            "--unaltered",
            action="store_true",
            help="you state that the file holds the wording as its holder published it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        practice = practice_named(options["practice"])
        version = version_of(practice, options["instrument"])
        path: Path = options["file"]
        try:
            source = text.clean_line(options["source"], max_length=SOURCE_LENGTH)
        except ValidationError as error:
            raise CommandError(f"--source: {' '.join(error.messages)}") from None
        try:
            wording, new = load_wording(
                practice=practice,
                version=version,
                content=read(path),
                source=source,
                file_name=path.name[:SOURCE_LENGTH],
                unaltered=options["unaltered"],
                by=Actor.system("console", practice=practice),
                now=timezone.now(),
            )
        except DefinitionError as error:
            raise CommandError(
                f"{path.name} does not fit {version.definition.name}:\n{error}"
            ) from None
        except Refused as refusal:
            option = f" (--{refusal.field})" if refusal.field else ""
            raise CommandError(f"{refusal.sentence}{option}") from None
        name = f"{version.definition.name}, version {version.version}"
        if new:
            self.stdout.write(
                f"Loaded the wording of {name} for {practice.name} "
                f"({wording.language}; {wording.source}). It can be assigned now."
            )
        else:
            self.stdout.write(
                f"These texts are in force already for {name} at {practice.name}, since "
                f"{timezone.localtime(wording.loaded_at, practice.zone):%d %B %Y}. "
                "Nothing was changed."
            )


def read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise CommandError(f"{path.name}: larger than a wording can be (1 MB).")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def version_of(practice: Practice, code: str) -> InstrumentVersion:
    version = queries.newest_version(practice, code)
    if version is None:
        raise CommandError(
            f'There is no instrument "{code}" here. load_instruments publishes those that ship.'
        )
    return version
