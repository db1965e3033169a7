"""How long the nightly figures of a questionnaire take: ``python -m bench.psychometrics``.

As many people as asked for, each with one submitted long form of 56 items under a key of their
own. The figures are worked out in a process of its own, so that its memory is that of nothing
else. Ends with code 1 where a limit is broken.
"""

import multiprocessing
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.installation import arguments, installation

PEOPLE = 100_000
SECONDS, MEGABYTES = 60, 500
AT_A_TIME = 2_000
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def main() -> None:
    wanted = arguments("The nightly figures of a questionnaire.", people=PEOPLE)
    with installation(wanted.database_url) as database:
        started = time.perf_counter()
        write(wanted.people)
        print(f"database                {database}")
        print(f"rows written in         {time.perf_counter() - started:.0f} s")
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, before, peak, found = pool.apply(measure)
    print(f"people and forms        {found['people']} of 56 items")
    print(f"seconds                 {seconds:.1f} (limit {SECONDS})")
    print(f"memory before, peak     {before:.0f} MB, {peak:.0f} MB (limit {MEGABYTES})")
    for code, scale in found["scales"].items():
        alpha, omega = scale.get("alpha", {}), scale.get("omega", {})
        print(f"{code:<24}n {scale['n']}, alpha {alpha}, omega {omega.get('value')}")
    if seconds > SECONDS or peak > MEGABYTES or found["people"] != wanted.people:
        raise SystemExit(1)


def measure() -> tuple[float, float, float, dict]:
    """Seconds, megabytes before and at the peak, and the figures."""
    import django

    django.setup()
    from assessments.actions import psychometrics

    before = memory()
    ((practice, version),) = psychometrics.changed()
    started = time.perf_counter()
    row = psychometrics.compute(practice=practice, version=version, now=NOW)
    seconds = time.perf_counter() - started
    if list(psychometrics.changed()):
        raise SystemExit("The figures do not rest on the answers there are.")
    return seconds, before, memory(), {**row.result, **row.result["basis"]}


def memory() -> float:
    """The most this process has held so far, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def write(people: int) -> None:
    """Rows as an import leaves them, without audit trail, standing and scores."""
    from django.db import transaction

    from assessments import queries
    from clinic.models import Practice

    version = queries.newest_version(None, "causeway-long")
    if version is None:
        raise SystemExit("The long form is not published.")
    practice = Practice.objects.create(name="Research", time_zone="UTC", created_at=NOW)
    chance = random.Random(1)
    for start in range(0, people, AT_A_TIME):
        with transaction.atomic():
            write_some(practice, version, chance, min(AT_A_TIME, people - start))


def write_some(practice, version, chance: random.Random, people: int) -> None:
    from assessments.models import Assignment, Occasion, Response
    from clinic.models import Client, Episode

    at = NOW - timedelta(days=30)
    rows = []
    for _number in range(people):
        client = Client(practice=practice, name="", anonymous=True, created_at=at)
        client.make_data_key()
        episode = Episode(client=client, started_at=at)
        assignment = Assignment(
            client=client,
            episode=episode,
            version=version,
            cadence="once",
            first_on=at.date(),
            created_at=at,
        )
        occasion = Occasion(
            assignment=assignment,
            client=client,
            number=0,
            opens_at=at,
            closes_at=NOW,
            opened_at=at,
        )
        response = Response(
            client=client,
            occasion=occasion,
            version=version,
            source=Response.Source.DEMO,
            answers=answers(version.definition, chance),
            started_at=at,
            submitted_at=at,
            fingerprint=b"0" * 32,
        )
        rows.append((client, episode, assignment, occasion, response))
    for model, made in zip(
        (Client, Episode, Assignment, Occasion, Response), zip(*rows, strict=True), strict=True
    ):
        model.objects.bulk_create(made, batch_size=500)


def answers(instrument, chance: random.Random) -> dict[str, int]:
    """One level for each scale, and noise of each item about it."""
    given = {}
    for scale in instrument.scales:
        level = chance.gauss(2.5, 1)
        for keyed in scale.keyed_items:
            value = min(5, max(0, round(chance.gauss(level, 1.2))))
            given[keyed.code] = 5 - value if keyed.reverse else value
    return given


if __name__ == "__main__":
    main()
