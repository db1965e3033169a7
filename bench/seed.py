"""How fast whole histories are written: ``python -m bench.seed --clients 500 --weeks 52``."""

import time

from bench.installation import arguments, installation


def main() -> None:
    wanted = arguments("Responses a second of the bulk path.", clients=200, weeks=52, practices=1)
    with installation(wanted.database_url) as database:
        from django.utils import timezone

        from assessments.demo import large

        started = time.perf_counter()
        made = large.make(
            clients=wanted.clients,
            weeks=wanted.weeks,
            practices=wanted.practices,
            seed=1,
            now=timezone.now(),
        )
        seconds = time.perf_counter() - started
    rate = made.responses / seconds
    print(f"database                    {database}")
    print(f"responses written           {made.responses}")
    print(f"seconds                     {seconds:.1f}")
    print(f"responses a second          {rate:.0f}")
    print(f"100,000 responses would take {100_000 / rate:.0f} s")


if __name__ == "__main__":
    main()
