"""The scales of a file with their keys and bands, and what must fit together in them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .evidence import note_rung, read_change, read_cutoffs, read_evidence, read_norms
from .model import Band, Direction, Item, KeyedItem, OptionSet, Scale
from .reader import MAXIMUM_ITEMS, PARAGRAPH, Table, plain, quoted


def read_scales(
    root: Table,
    items: Mapping[str, Item],
    bands: Sequence[tuple[Table, Band]],
    limit: int,
) -> tuple[Scale, ...]:
    scales: dict[str, Scale] = {}
    for table in root.tables("scales", "scale", limit):
        scale = _scale(table, items, tuple(band for _, band in bands))
        if scale.code in scales:
            table.note("the same code is used by another scale.")
        scales.setdefault(scale.code, scale)
        table.finish()
    _note_faulty_bands(scales, bands)
    return tuple(scales.values())


def _scale(table: Table, items: Mapping[str, Item], bands: Sequence[Band]) -> Scale:
    code = table.code("code")
    name = table.text("name")
    reading = table.text("reading")
    direction = table.choice("direction", [direction.value for direction in Direction])
    keyed_items = _keyed_items(table, items)
    minimum_answered = table.integer("minimum_answered", 1, len(keyed_items) or MAXIMUM_ITEMS)
    option_sets = _option_sets(keyed_items, items)
    minimum = sum(options.minimum for options in option_sets)
    maximum = sum(options.maximum for options in option_sets)
    factor = _factor(table)
    # Unknown where its items or its factor have faults of their own.
    reported = (factor * minimum, factor * maximum) if factor and minimum < maximum else None
    evidence_table, evidence = read_evidence(table)
    norms = read_norms(table, reported)
    scale = Scale(
        code=code,
        name=name,
        reading=reading,
        direction=Direction(direction) if direction in list(Direction) else Direction.NONE,
        keyed_items=keyed_items,
        minimum_answered=minimum_answered or 1,
        minimum=minimum,
        maximum=maximum,
        evidence=evidence,
        cut=table.number("cut", 0, 100, required=False),
        bands=tuple(sorted((b for b in bands if b.scale == code), key=lambda band: band.low)),
        factor=factor or 1.0,
        cutoffs=read_cutoffs(table, reported),
        published_change=read_change(table, reported),
        norms=norms,
    )
    if evidence_table is not None:
        note_rung(evidence_table, scale)
    return scale


def _factor(table: Table) -> float | None:
    """The factor of reported scores, 1 where none is given; None where it has a fault."""
    factor = table.number("factor", 0, 1000, required=False)
    if factor == 0:
        table.note('"factor" must be greater than 0.')
        return None
    return factor if "factor" in table.data else 1.0


def _option_sets(
    keyed_items: Sequence[KeyedItem], items: Mapping[str, Item]
) -> Sequence[OptionSet]:
    """Those of the items, in order; none where one of them is unknown, so that no fault of an
    item is reported once more as one of the scale's range."""
    found = [items[keyed.code].option_set for keyed in keyed_items if keyed.code in items]
    complete = len(found) == len(keyed_items) and all(options.code for options in found)
    return found if complete else []


def _keyed_items(table: Table, items: Mapping[str, Item]) -> tuple[KeyedItem, ...]:
    names = table.texts("items", MAXIMUM_ITEMS)
    keyed = tuple(KeyedItem(name.removeprefix("-"), name.startswith("-")) for name in names)
    if "items" in table.data and table.data["items"] == []:
        table.note("it has no items.")
    for code, count in Counter(item.code for item in keyed).items():
        if code not in items:
            table.note(f"there is no item {quoted(code)}.")
        elif count > 1:
            table.note(f"item {plain(code)} is listed {count} times.")
    return keyed


def read_bands(root: Table, limit: int) -> list[tuple[Table, Band]]:
    found = []
    for table in root.tables("bands", "band", limit, label="label"):
        scale = table.text("scale")
        low = table.number("low", -1e6, 1e6)
        high = table.number("high", -1e6, 1e6)
        label = table.text("label")
        source = table.optional_text("source", limit=PARAGRAPH)
        table.finish()
        if low is None or high is None:
            continue
        found.append((table, Band(scale, low, high, label, source)))
    return found


def _note_faulty_bands(scales: Mapping[str, Scale], bands: Sequence[tuple[Table, Band]]) -> None:
    by_scale: dict[str, list[tuple[Table, Band]]] = defaultdict(list)
    for table, band in bands:
        scale = scales.get(band.scale)
        if scale is None:
            table.note(f"there is no scale {quoted(band.scale)}.")
        elif band.low > band.high:
            table.note(f"its low end {band.low:g} lies above its high end {band.high:g}.")
        elif scale.minimum == scale.maximum:
            continue  # its items have faults of their own
        elif band.low < scale.minimum or band.high > scale.maximum:
            table.note(f"it leaves the range of the scale, {scale.minimum} to {scale.maximum}.")
        else:
            by_scale[band.scale].append((table, band))
    for entries in by_scale.values():
        entries.sort(key=lambda entry: entry[1].low)
        for (_, lower), (table, upper) in pairwise(entries):
            if upper.low <= lower.high:
                table.note(f"it overlaps with the band {quoted(lower.label)}.")


def note_incomplete_pairs(root: Table, items: Sequence[Item]) -> None:
    """A pair is two matched opposite items: one alone or three would skew the acquiescence mark."""
    members: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.pair is not None:
            members[item.pair].append(item.code)
    for pair, codes in members.items():
        if len(codes) != 2:
            sentence = f"the pair {quoted(pair)} needs two items; it has {len(codes)}."
            root.problems.append(f"item {plain(codes[0])}: {sentence}")
