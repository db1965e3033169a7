"""How often what is said of a movement is right, beside the tables of MEASUREMENT 4.3 and 4.4.

Percentages of simulated clients (bench/simulated.py). Ends with code 1 where a limit is broken.
"""

import argparse
import os
import time
from collections.abc import Mapping

from assessments.measurement.movement import Verdict
from bench.simulated import (
    CLIENTS,
    MOVED,
    SWINGING,
    THRESHOLDS,
    UNCHANGING,
    VERDICT_ROWS,
    WEEKS,
    Counts,
    simulated,
)

CLAIMS = "IND +40 only"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS, help="clients in each row")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    started = time.perf_counter()
    found = simulated(wanted.clients, wanted.processes)
    taken = time.perf_counter() - started
    print(f"{wanted.clients} clients a row, {taken:.0f} s\n")
    print_verdicts(found, wanted.clients)
    print_stages(found[f"stages {UNCHANGING.name}"], wanted.clients)
    print_prompts(found, wanted.clients)
    kept = [print_limit(*limit) for limit in limits(found, wanted.clients)]
    if not all(kept):
        raise SystemExit(1)


def percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def print_verdicts(found: Mapping[str, Counts], clients: int) -> None:
    shown = list(Verdict)[:5]
    print("Verdict held at weeks 11 and 12, window of 4 (here / document 4.3)")
    heads = ("1 swing to D", "2 swing to C", "3 toward I", "4 claims", "5 away")
    print(f"{'true change by week 12':<24}" + "".join(f"{head:>15}" for head in heads))
    for row in VERDICT_ROWS:
        counts = found[f"verdicts {row.name}"]
        cells = [
            f"{percent(counts[member], clients):6.1f} /{document:5.1f}"
            for member, document in zip(shown, row.document, strict=True)
        ]
        print(f"{row.name:<24}" + "".join(f"{cell:>15}" for cell in cells))
    print()


def print_stages(counts: Counts, clients: int) -> None:
    print("Stage of unchanging clients over 12 weeks (document 4.4)")
    heads = ("relabelled", "vanished", "named at 12", "named", "right if named")
    print(f"{'':<30}" + "".join(f"{head:>15}" for head in heads) + "   document")
    rules: dict[str, tuple[float | None, ...]] = {
        "raw hard": (85.6, None, 67.0),
        "filtered hard": (45.8, None, None),
    }
    for threshold, document in THRESHOLDS.items():
        rules |= {f"{threshold} anew": (None, None, None), f"{threshold} kept": document}
    rules |= {"as shown": (None, None, None), "kept while likely": (None, None, None)}
    for rule, document in rules.items():
        figures = stage_figures(counts, rule, clients)
        given = " / ".join("-" if figure is None else f"{figure:.1f}" for figure in document)
        print(f"{rule:<30}" + "".join(f"{figure:>15.1f}" for figure in figures) + f"   {given}")
    print("The document gives: relabelled / named / right. Its rule keeps a name once reached.\n")
    both = percent(counts["mistaken"], clients)
    print(f"Mistaken autonomy, true of {both:.1f} (document 4.5: .80 97/62, .70 95/71)")
    for bound in (0.8, 0.7):
        right = counts[f"{bound} mistaken right"]
        precision = percent(right, counts[f"{bound} mistaken found"])
        sensitivity = percent(right, counts["mistaken"])
        print(f"  from {bound:.2f}: right {precision:.1f}, found {sensitivity:.1f}")
    print()


def stage_figures(counts: Counts, rule: str, clients: int) -> tuple[float, ...]:
    readings = counts[f"{rule} named"]
    return (
        percent(counts[f"{rule} relabelled"], clients),
        percent(counts[f"{rule} vanished"], clients),
        percent(counts[f"{rule} last named"], clients),
        percent(readings, clients * WEEKS),
        percent(counts[f"{rule} right"], readings),
    )


def print_prompts(found: Mapping[str, Counts], clients: int) -> None:
    print("Pendulum: two reversals within 52 weekly forms")
    print_rate("unchanging, extremes 1.96 apart and nothing else", found["bare"], clients)
    print_rate("unchanging", found["year"], clients)
    for points, leg in SWINGING:
        name = f"true swings of {points} on both scales, {leg} weeks each"
        print_rate(name, found[f"swing {points} {leg}"], clients)
    print("\nUnchanging clients after a year of weekly forms")
    for name, count in sorted(found["year"].items()):
        print(f"  {name:<62}{percent(count, clients):6.1f}")
    print("\nStuck at week 12, MEASUREMENT 3.8 (ii)")
    for row in (UNCHANGING, MOVED):
        stuck = found[f"stages {row.name}"]["stuck"]
        print(f"  true change {row.name:<50}{percent(stuck, clients):6.1f}")
    print()


def print_rate(name: str, counts: Counts, clients: int) -> None:
    print(f"  {name:<62}{percent(counts['reversals'], clients):6.1f}")


Limit = tuple[str, float, str, float]


def limits(found: Mapping[str, Counts], clients: int) -> list[Limit]:
    """What is limited, its figure, and the bound it must be at most or at least."""

    def toward(row: str) -> float:
        return percent(found[f"verdicts {row}"][Verdict.TOWARD_INDEPENDENCE], clients)

    shown = stage_figures(found[f"stages {UNCHANGING.name}"], "as shown", clients)
    reversals = percent(found["year"]["reversals"], clients)
    return [
        ("unchanging clients called toward independence", toward(UNCHANGING.name), "most", 1.5),
        ("a claim of 40 alone called toward independence", toward(CLAIMS), "most", 8),
        ("true change of 20/20 called toward independence", toward(MOVED.name), "least", 50),
        ("unchanging clients relabelled within 12 weeks", shown[0], "most", 8),
        ("stage right where it is named", shown[4], "least", 90),
        ("unchanging clients with two reversals in a year", reversals, "most", 3),
    ]


def print_limit(name: str, figure: float, side: str, bound: float) -> bool:
    kept = figure <= bound if side == "most" else figure >= bound
    print(f"{'held  ' if kept else 'BROKEN'}  {name:<52}{figure:6.1f}   at {side} {bound}")
    return kept


if __name__ == "__main__":
    main()
