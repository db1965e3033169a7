"""An installation of its own for one measurement: a temporary folder, a database, invented people.

``--database-url`` names another database than the embedded one; it must be empty.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO


def arguments(description: str, **numbers: int) -> argparse.Namespace:
    """The options of a benchmark: its numbers with their defaults, and the database."""
    parser = argparse.ArgumentParser(description=description)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"({default})")
    parser.add_argument(
        "--database-url",
        default=os.environ.get("BENCH_DATABASE_URL", ""),
        help="an empty database; the embedded one in a temporary folder, if none",
    )
    return parser.parse_args()


@contextmanager
def installation(database_url: str = "") -> Iterator[str]:
    """A demonstration's settings and database, without people; gives the name of the database.

    Django is set up inside, so whatever imports models has to be imported inside too.
    """
    with tempfile.TemporaryDirectory(prefix="causeway-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
        os.environ["CAUSEWAY_DEMO"] = "1"
        if database_url:
            os.environ["DATABASE_URL"] = database_url
            os.environ["SECRET_KEY"] = "only-for-this-measurement " + os.urandom(32).hex()
            make_keyring(folder)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, connections

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_instruments", stdout=StringIO())
        yield {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
        connections.close_all()


def make_keyring(folder: str) -> None:
    """Only the embedded database gets its keys by itself."""
    from pathlib import Path

    from clinic.keys import ensure_keys

    ensure_keys(Path(folder) / "keys", data_exists=False)
