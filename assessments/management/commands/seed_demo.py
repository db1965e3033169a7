"""Make the demonstration practice, or large invented practices for load."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.demo import build, large
from assessments.demo.files import MOOD
from assessments.demo.story import LONG, SAFETY, WEEKLY

DEFAULT_SEED = 1


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


class Command(BaseCommand):
    help = (
        "Make the demonstration practice with its invented clients (once, on the first start). "
        "With --clients and --weeks: make further large practices, for load."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clients", type=positive, help="make so many clients, for load")
        parser.add_argument("--weeks", type=positive, help="weeks of history of each (52)")
        parser.add_argument("--practices", type=positive, help="spread them over so many (1)")
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="the same seed, the same answers (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demonstration, and invented people must not mix with real ones. "
                "Use another DATA_DIR, and say CAUSEWAY_DEMO=1."
            )
        if {LONG, WEEKLY, SAFETY, MOOD} - set(build.shipped_versions()):
            raise CommandError("Load the instruments first: python manage.py load_instruments")
        clients, weeks, practices = options["clients"], options["weeks"], options["practices"]
        if clients is None and (weeks or practices):
            raise CommandError("Say how many clients: --clients 100")
        if clients is None:
            self.make_demonstration(options["seed"])
        else:
            self.make_large(clients, weeks or 52, practices or 1, options["seed"])

    def make_demonstration(self, seed: int) -> None:
        try:
            build.build(seed=seed, now=timezone.now(), say=self.say)
        except build.AlreadyMade:
            raise CommandError(
                "The demonstration practice is there already; it is made once. "
                "For a fresh one, start with an empty DATA_DIR."
            ) from None

    def make_large(self, clients: int, weeks: int, practices: int, seed: int) -> None:
        if practices > clients:
            raise CommandError("There cannot be more practices than clients.")
        begun = time.monotonic()
        made = large.make(
            clients=clients,
            weeks=weeks,
            practices=practices,
            seed=seed,
            now=timezone.now(),
            say=self.say,
        )
        taken = time.monotonic() - begun
        self.stdout.write(
            f"{made.clients} clients in {made.practices} practices with {made.responses} responses "
            f"in {taken:.1f} s ({made.responses / taken:.0f} a second). "
            f"Their clinicians sign in as clinician-1@practice-N.example.org, {large.PASSWORD}"
        )

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
