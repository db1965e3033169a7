"""What a file says of a scale's precision, change and norms, and what each rung has to show."""

from .model import (
    Cutoff,
    Direction,
    Evidence,
    Norms,
    PublishedChange,
    ReliabilityKind,
    Scale,
)
from .reader import PARAGRAPH, Table

# From MEASUREMENT 3.9: an estimate of reliability counts from 100 distinct clients on, and only
# where even the low end of its interval is usable.
MINIMUM_N_OF_AN_ESTIMATE = 100
MINIMUM_LOWER_BOUND = 0.70
# From MEASUREMENT 3.7: norms, and a cut-off between them, from 200 people in each group on.
MINIMUM_N_OF_A_NORM = 200
MAXIMUM_CUTOFFS = 20
MAXIMUM_PEOPLE = 1_000_000_000

Range = tuple[float, float] | None


def read_evidence(scale: Table) -> tuple[Table | None, Evidence]:
    """The evidence, with its table where there is a rung whose needs can be looked at."""
    table = scale.table("evidence")
    if table is None:
        return None, Evidence(rung=0)
    rung = table.integer("rung", 0, 3)
    kind = table.optional_choice("kind", list(ReliabilityKind))
    evidence = Evidence(
        rung=rung or 0,
        reliability=table.number("reliability", 0, 1, required=False),
        sd=table.number("sd", 0, 100, required=False),
        source=table.optional_text("source", limit=PARAGRAPH),
        n=table.integer("n", 0, MAXIMUM_PEOPLE, required=False),
        date=table.date("date"),
        interval=table.interval("interval", 0, 1),
        kind=ReliabilityKind(kind) if kind in list(ReliabilityKind) else None,
    )
    if evidence.reliability in (0, 1):
        table.note('"reliability" must lie between 0 and 1, without 0 and 1 themselves.')
    if evidence.sd == 0:
        table.note('"sd" must be greater than 0.')
    _note_unfit_interval(table, evidence)
    table.finish()
    return (table if rung is not None else None), evidence


def _note_unfit_interval(table: Table, evidence: Evidence) -> None:
    for key in ("interval", "kind"):
        if evidence.rung == 0 and key in table.data and "reliability" not in table.data:
            table.note(f'"{key}" says nothing without "reliability".')
    reliability = evidence.reliability
    if evidence.interval is None or reliability is None or reliability in (0, 1):
        return
    low, high = evidence.interval
    if not low <= reliability <= high:
        table.note('"reliability" lies outside its own "interval".')


def note_rung(table: Table, scale: Scale) -> None:
    """Note what the rung of a scale needs and its tables do not show."""
    evidence = scale.evidence
    rung = evidence.rung
    if rung == 0 and "reliability" in table.data:
        table.note('rung 0 means that no reliability is known; take "reliability" out or rise.')
    if rung >= 1:
        for key in ("reliability", "sd", "source"):
            if key not in table.data:
                table.note(f'rung {rung} needs "{key}".')
    if rung >= 2:
        if not _is_faulty(table, "n") and (evidence.n or 0) < MINIMUM_N_OF_AN_ESTIMATE:
            table.note(f'rung {rung} needs "n", and at least {MINIMUM_N_OF_AN_ESTIMATE} people.')
        if "interval" not in table.data:
            table.note(f'rung {rung} needs "interval", the 95 % interval of the reliability.')
        elif evidence.interval is not None and evidence.interval[0] < MINIMUM_LOWER_BOUND:
            lowest = f"{MINIMUM_LOWER_BOUND:.2f}"
            table.note(f'rung {rung} needs an "interval" that begins at {lowest} or above.')
    if rung == 3:
        _note_unfit_norms(table, scale)


def _is_faulty(table: Table, key: str) -> bool:
    """Whether the value is there but could not be read, so that its fault is noted already."""
    value = table.data.get(key)
    return value is not None and not (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAXIMUM_PEOPLE
    )


def _note_unfit_norms(table: Table, scale: Scale) -> None:
    norms = scale.norms
    if norms is None:
        table.note('rung 3 needs a table "norms" of the scale that can be read.')
        return
    if min(norms.clinical_n, norms.functional_n) < MINIMUM_N_OF_A_NORM:
        table.note(f"rung 3 needs norms from at least {MINIMUM_N_OF_A_NORM} people in each group.")
    better = {
        Direction.LOWER: norms.functional_mean < norms.clinical_mean,
        Direction.HIGHER: norms.functional_mean > norms.clinical_mean,
        Direction.NONE: False,
    }
    if not better[scale.direction]:
        table.note(
            "rung 3 needs a functional mean that lies where the scale is hoped to go from the "
            "clinical mean."
        )


def read_cutoffs(scale: Table, reported: Range) -> tuple[Cutoff, ...]:
    found = []
    for table in scale.tables("cutoffs", "cut-off", MAXIMUM_CUTOFFS, label=""):
        value = _within(table, "value", reported)
        name = table.text("name")
        source = table.text("source", limit=PARAGRAPH)
        table.finish()
        found.append(Cutoff(value or 0.0, name, source))
    return tuple(found)


def read_change(scale: Table, reported: Range) -> PublishedChange | None:
    table = scale.table("published_change", required=False)
    if table is None:
        return None
    width = reported[1] - reported[0] if reported else 1e9
    change = PublishedChange(
        reliable=table.number("reliable", 0, width, required=False),
        important=table.number("important", 0, width, required=False),
        source=table.text("source", limit=PARAGRAPH),
    )
    if "reliable" not in table.data and "important" not in table.data:
        table.note('it needs "reliable" or "important".')
    for key, value in (("reliable", change.reliable), ("important", change.important)):
        if value == 0:
            table.note(f'"{key}" must be greater than 0.')
    table.finish()
    return change


def read_norms(scale: Table, reported: Range) -> Norms | None:
    """The norms, or None where there are none or they have faults, which are noted."""
    table = scale.table("norms", required=False)
    if table is None:
        return None
    faults = len(table.problems)
    values = {
        f"{group}_{figure}": (
            _within(table, f"{group}_mean", reported)
            if figure == "mean"
            else table.number(f"{group}_sd", 0, 1e9)
        )
        for group in ("clinical", "functional")
        for figure in ("mean", "sd")
    }
    for key, value in values.items():
        if key.endswith("sd") and value == 0:
            table.note(f'"{key}" must be greater than 0.')
    counts = {
        f"{group}_n": table.integer(f"{group}_n", 2, MAXIMUM_PEOPLE)
        for group in ("clinical", "functional")
    }
    source = table.text("source", limit=PARAGRAPH)
    table.finish()
    if len(table.problems) > faults:
        return None
    return Norms(
        clinical_mean=values["clinical_mean"] or 0.0,
        clinical_sd=values["clinical_sd"] or 0.0,
        clinical_n=counts["clinical_n"] or 0,
        functional_mean=values["functional_mean"] or 0.0,
        functional_sd=values["functional_sd"] or 0.0,
        functional_n=counts["functional_n"] or 0,
        source=source,
    )


def _within(table: Table, key: str, reported: Range) -> float | None:
    """A number in reported units, within the range of the scale where that range is known."""
    low, high = reported or (-1e9, 1e9)
    return table.number(key, low, high)
