"""How fast a file of answers is imported: ``python -m bench.importing --rows 48000``.

Beside the rows that it left, written once more by plain INSERTs of ready values into tables
without keys, indexes and triggers: the least that the database could take.
"""

import io
import random
import tempfile
import time
from pathlib import Path

from bench.installation import arguments, installation


def main() -> None:
    wanted = arguments("Rows a second of an import.", rows=48_000)
    with installation(wanted.database_url) as database, tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        path = Path(folder) / "answers.csv"
        path.write_text(make_file(wanted.rows))
        started = time.perf_counter()
        call_command(
            "import_responses",
            str(path),
            "--instrument=rses",
            "--practice=Bench",
            "--create-practice",
            "--anonymous",
            "--missing=0",
            stdout=io.StringIO(),
        )
        seconds = time.perf_counter() - started
        bare = bare_inserts()
    print(f"database                       {database}")
    print(f"rows imported                  {wanted.rows}")
    print(f"seconds                        {seconds:.1f}")
    print(f"rows a second                  {wanted.rows / seconds:.0f}")
    print(f"the same by plain INSERTs      {bare:.1f} s")
    print(f"ratio                          {seconds / bare:.1f}")


def make_file(rows: int) -> str:
    draw = random.Random(1)
    lines = [",".join(f"Q{number}" for number in range(1, 11))]
    lines += [",".join(str(draw.randint(0, 4)) for _ in range(10)) for _ in range(rows)]
    return "\n".join(lines) + "\n"


def bare_inserts() -> float:
    """Seconds to write what was imported once more, into tables alike, triggers and keys aside."""
    from django.db import connection, transaction

    from assessments.models import Assignment, Occasion, Response, Score
    from clinic.models import Client, Episode

    seconds = 0.0
    for model in (Client, Episode, Assignment, Occasion, Response, Score):
        table = connection.ops.quote_name(model._meta.db_table)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            rows = cursor.fetchall()
            cursor.execute(f"CREATE TABLE bench_bare AS SELECT * FROM {table} WHERE 1 = 0")
            places = ", ".join(["%s"] * len(rows[0]))
            statement = f"INSERT INTO bench_bare VALUES ({places})"
            values = [tuple(map(_plain, row)) for row in rows]
            started = time.perf_counter()
            cursor.executemany(statement, values)
            seconds += time.perf_counter() - started
            cursor.execute("DROP TABLE bench_bare")
    return seconds


def _plain(value: object) -> object:
    """What a driver takes back as it gave it."""
    import json

    return json.dumps(value) if isinstance(value, dict | list) else value


if __name__ == "__main__":
    main()
