"""Causeway's pages beside a bare Django view: ``make bench``.

Prints requests per second and the median and 95th percentile of the time to answer, and how many
times slower each page is than a view that only reads one row by its key (for pages) or only
commits one row (for submitting). Same server settings, same database, one after the other.

The database is the embedded one, in a temporary folder; ``--database-url`` names another, which
must be empty. It holds one clinician's fifty clients, each with a year of weekly forms.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.installation import arguments, installation
from bench.load import Request, Result, load
from bench.serve import serve


@dataclass(frozen=True)
class Page:
    """One page to measure: how its requests are made, and what it is compared with."""

    name: str
    request: Callable[[int], Request]
    yardstick: str  # "select" or "insert"
    count: int = 200


def measure_yardsticks() -> dict[str, Result]:
    with serve("bench.bare:application") as port:
        return {
            "select": load(
                "bare: one SELECT", port, lambda number: Request("/select/"), count=1000
            ),
            "insert": load(
                "bare: one INSERT", port, lambda number: Request("/insert/"), count=1000
            ),
        }


def measure_pages(pages: list[Page]) -> list[tuple[Page, Result]]:
    with serve("clinic.wsgi:application") as port:
        return [(page, load(page.name, port, page.request, count=page.count)) for page in pages]


def main() -> None:
    wanted = arguments("Causeway's pages beside a bare Django view.", clients=50, weeks=52)
    with installation(wanted.database_url) as database:
        from bench.prepare import prepare

        pages = prepare(wanted.clients, wanted.weeks)
        yardsticks = measure_yardsticks()
        results = measure_pages(pages)
    print(f"{database}, {wanted.clients} clients with {wanted.weeks} weeks each")
    for result in yardsticks.values():
        print(result.line())
    for page, result in results:
        print(result.line(yardsticks[page.yardstick]))


if __name__ == "__main__":
    main()
