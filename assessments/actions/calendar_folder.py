"""Calendars that a program of the practice puts into a folder, read again each hour."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import Path

from django.core.cache import cache
from django.db import OperationalError

from assessments.actions import calendars
from assessments.calendars import LARGEST
from assessments.importing import FaultyFile, UnreadableFile
from clinic.actions import Refused, care
from clinic.audit import Actor
from clinic.models import Membership

logger = logging.getLogger(__name__)

# An unchanged file is read again after a day, since what is a year ahead has moved on.
UNCHANGED_SECONDS = 24 * 60 * 60


def clinician_of(address: str) -> Membership | None:
    """The clinician who signs in with this address, if they have clients of their own."""
    found = (
        Membership.objects.filter(user__email__iexact=address, user__is_active=True, ended_at=None)
        .select_related("practice", "user")
        .first()
    )
    return found if found is not None and care.can_care(found) else None


def read_folder(*, folder: Path, now: datetime) -> int:
    """Read ``<address of a clinician>.ics`` for every clinician; returns how many were read.

    A file that cannot be read changes nothing and keeps no other from being read; the log says
    which and why, without a word of what is in it.
    """
    if not folder.is_dir():
        logger.warning("The folder of calendars is not there")
        return 0
    files = (path for path in sorted(folder.glob("*.ics")) if path.is_file())
    return sum(_read_one(path, now) for path in files)


def _read_one(path: Path, now: datetime) -> bool:
    clinician = clinician_of(path.stem)
    if clinician is None:
        logger.warning("A file in the folder of calendars bears no address of a clinician")
        return False
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        name = f"calendar|{clinician.pk}"
        digest = hashlib.sha256(content).hexdigest()
        if cache.get(name) == digest:
            return False
        reading = calendars.read(clinician=clinician, content=content, now=now)
        by = Actor.system(practice=clinician.practice)
        calendars.take_in(clinician=clinician, reading=reading, by=by, now=now)
    except OSError as error:
        _say(clinician, f"it cannot be opened ({error.strerror})")
    except UnreadableFile:
        _say(clinician, "it is no calendar that can be read")
    except FaultyFile as error:
        _say(clinician, f"it has {error.faults.count} faults")
    except Refused:
        _say(clinician, "most of the sessions to come are missing from it")
    except OperationalError:
        _say(clinician, "the database was busy or away")
    else:
        cache.set(name, digest, UNCHANGED_SECONDS)
        return True
    return False


def _say(clinician: Membership, why: str) -> None:
    logger.warning("The calendar of member %s was not taken in: %s", clinician.pk, why)
