"""Publish the instruments of this installation. Safe to run at every start."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.actions.instruments import publish
from assessments.measurement.definition import DefinitionError
from clinic.actions import Refused
from clinic.audit import Actor

SHIPPED = Path(__file__).resolve().parents[2] / "instruments"
LARGEST = 1_000_000


class Command(BaseCommand):
    help = "Publish instrument definitions (TOML files); those published before are left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="files to publish; those that ship, if none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = options["files"] or sorted(SHIPPED.glob("*.toml"))
        for path in files:
            try:
                if path.stat().st_size > LARGEST:
                    raise CommandError(f"{path.name}: larger than a definition can be.")
                version, new = publish(
                    text=path.read_text(encoding="utf-8"),
                    by=Actor.system("console"),
                    now=timezone.now(),
                )
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{path.name} cannot be read: {error}") from error
            except DefinitionError as error:
                raise CommandError(f"{path.name}:\n{error}") from error
            except Refused as refusal:
                raise CommandError(f"{path.name}: {refusal.sentence}") from refusal
            if new:
                self.stdout.write(f"Published {version.instrument.name}, version {version.version}")
