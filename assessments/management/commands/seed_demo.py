"""Make the demonstration practice, or large invented practices for load."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.demo.build import AlreadyMade, build, newest_versions
from assessments.demo.story import LONG, SAFETY, WEEKLY


class Command(BaseCommand):
    help = "Make the demonstration practice with 24 invented clients (once, on the first start)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same answers")

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demonstration, and invented people must not mix with real ones. "
                "Use another DATA_DIR, and say CAUSEWAY_DEMO=1."
            )
        missing = {LONG, WEEKLY, SAFETY} - set(newest_versions())
        if missing:
            raise CommandError("Load the instruments first: python manage.py load_instruments")
        self.make_demo(seed)

    def make_demo(self, seed: int) -> None:
        begun = time.monotonic()
        try:
            build(seed=seed, now=timezone.now(), say=self.stdout.write)
        except AlreadyMade:
            raise CommandError(
                "The demonstration practice is there already; it is made once. "
                "For a fresh one, start with an empty DATA_DIR."
            ) from None
        self.stdout.write(f"    made in {time.monotonic() - begun:.1f} s")
