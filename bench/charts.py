"""Milliseconds of each chart of a client page with a year of weekly forms, and of a sparkline.

Processor time, so that whatever else the machine does is not counted.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.installation import arguments, installation

ROUNDS = 60


def timed(draw: Callable[..., Any], taken: list[float]) -> Callable[..., Any]:
    """The same function, noting the milliseconds of each call."""

    def wrapped(*given: Any, **named: Any) -> Any:
        started = time.process_time()
        drawn = draw(*given, **named)
        taken.append((time.process_time() - started) * 1000)
        return drawn

    return wrapped


def main() -> None:
    wanted = arguments("Milliseconds of server time of each chart.", clients=5, weeks=52)
    with installation(wanted.database_url):
        from django.utils import timezone

        from assessments import queries
        from assessments.charts import plane, ribbon, series, sparkline
        from assessments.client_page.pictures import page_of, pictures
        from assessments.demo import large
        from clinic.models import Client

        now = timezone.now()
        large.make(clients=wanted.clients, weeks=wanted.weeks, seed=1, now=now)
        found: dict[str, list[float]] = {}
        for module in (plane, ribbon, series, sparkline):
            name = module.__name__.rpartition(".")[2]
            module.draw = timed(module.draw, found.setdefault(name, []))
        whole: list[float] = []
        # As a request has it: one queryset row, with its practice.
        for client in Client.objects.select_related("practice"):
            record = queries.record(client, now)
            balances = [balance for balance in record.movement.balances if balance][-14:]
            for _ in range(ROUNDS // wanted.clients):
                timed(lambda r: pictures(page_of(r)), whole)(record)
                sparkline.draw(
                    [balance.value for balance in balances],
                    [balance.standard_error for balance in balances],
                    label="balance",
                )
    for name, taken in found.items():
        print(line(name, taken))
    print(line("all charts of the page, with words and tables", whole))


def line(name: str, taken: list[float]) -> str:
    slow = statistics.quantiles(taken, n=20)[-1]
    return f"{name:<48} p50 {statistics.median(taken):6.2f} ms   p95 {slow:6.2f} ms"


if __name__ == "__main__":
    main()
