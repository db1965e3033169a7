"""Naming a practice on the command line."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError

from clinic.models import Practice


def find_practice(named: str) -> Practice | None:
    """The practice of that name or identifier; CommandError where several have the name."""
    found = list(Practice.objects.filter(name=named)[:2]) or _by_identifier(named)
    if len(found) > 1:
        raise CommandError(f'Several practices are called "{named}"; give the identifier of one.')
    return found[0] if found else None


def practice_named(named: str | None) -> Practice:
    """The practice of that name or identifier; the only one there is where none is named."""
    if named is not None:
        found = find_practice(named)
        if found is None:
            raise CommandError(f'There is no practice "{named}".')
        return found
    some = list(Practice.objects.order_by("name")[:2])
    if not some:
        raise CommandError("There is no practice yet.")
    if len(some) > 1:
        raise CommandError("Say for which practice: --practice with its name.")
    return some[0]


def _by_identifier(named: str) -> list[Practice]:
    try:
        return list(Practice.objects.filter(pk=UUID(named)))
    except ValueError:
        return []
