"""From the text of a file to an `Instrument`, or to the full list of what is wrong with it."""

import hashlib
from itertools import pairwise

from .errors import DefinitionError
from .model import (
    Code,
    Element,
    Instrument,
    Item,
    Licence,
    Option,
    OptionSet,
    RiskRule,
    Scale,
    Use,
    Wording,
)
from .reader import LANGUAGE, LINE, MAXIMUM_ITEMS, PARAGRAPH, SLUG, Table, plain, quoted
from .scales import note_incomplete_pairs, read_bands, read_scales
from .source import canonical, toml

FORMAT = 1
CADENCES = ("once", "weekly", "two_weeks", "four_weeks", "six_weeks", "eight_weeks", "twelve_weeks")
MAXIMUM_ENTRIES = 100
MAXIMUM_CODES = 1000
PANEL = "panel"
# Stands in for an option set that could not be read, so that the rest can still be checked.
UNKNOWN_OPTIONS = OptionSet("", (Option(0, ""), Option(1, "")))


def parse(text: str) -> Instrument:
    """Read one instrument from the text of its TOML file.

    Raises DefinitionError with one sentence for every fault found, each opening with its place:
    "item CDP03: ...", "scale IND: ...", "line 14: ...".
    """
    normalised = canonical(text)
    problems: list[str] = []
    root = Table(toml(normalised), "file", problems)
    checksum = hashlib.sha256(normalised.encode()).hexdigest()
    instrument = _instrument(root, checksum)
    if problems:
        raise DefinitionError(problems)
    return instrument


def _instrument(root: Table, checksum: str) -> Instrument:
    root.integer("format", FORMAT, FORMAT)
    wording = _wording(root)
    option_sets = _option_sets(root, wording)
    elements = _elements(root)
    not_applicable = _not_applicable(root)
    items = _items(root, option_sets, elements, not_applicable, wording)
    by_code = {item.code: item for item in items}
    bands = read_bands(root, MAXIMUM_ENTRIES)
    scales = read_scales(root, by_code, bands, MAXIMUM_ENTRIES)
    risk_rules = _risk_rules(root, by_code)
    if not scales and not risk_rules:
        root.note("it has neither scales nor risk rules, so its answers would say nothing.")
    instrument = Instrument(
        code=root.code("code", SLUG),
        version=root.integer("version", 1, 100_000) or 0,
        language=root.code("language", LANGUAGE),
        name=root.text("name"),
        purpose=root.text("purpose", limit=PARAGRAPH, lines=True),
        window=root.text("window"),
        introduction=_introduction(root, wording),
        minutes=root.integer("minutes", 1, 240) or 0,
        evidence_note=root.text("evidence_note", limit=PARAGRAPH, lines=True),
        default_cadence=root.choice("default_cadence", CADENCES),
        licence=_licence(root),
        option_sets=tuple(option_sets.values()),
        items=items,
        scales=scales,
        risk_rules=risk_rules,
        elements=elements,
        not_applicable=not_applicable,
        checksum=checksum,
        wording=wording,
        codes=_codes(root, by_code, scales, wording),
    )
    root.finish()
    return instrument


def _wording(root: Table) -> Wording:
    value = root.optional_choice("wording", list(Wording))
    return Wording(value) if value in list(Wording) else Wording.OWN


def _introduction(root: Table, wording: Wording) -> str:
    if wording is Wording.OWN:
        return root.text("introduction", limit=PARAGRAPH, lines=True)
    return root.optional_text("introduction", limit=PARAGRAPH, lines=True) or ""


def _codes(
    root: Table, items: dict[str, Item], scales: tuple[Scale, ...], wording: Wording
) -> tuple[Code, ...]:
    found: dict[tuple[str, str], Code] = {}
    names = {scale.code for scale in scales}
    for table in root.tables("codes", "code", MAXIMUM_CODES):
        system = table.web_address("system", required=True) or ""
        code = Code(
            system=system,
            code=table.code("code"),
            about=table.text("about"),
            display=table.optional_text("display"),
        )
        table.finish()
        if code.about.strip() and code.about not in {PANEL, *items, *names}:
            table.note(f"there is no item or scale {quoted(code.about)}.")
        elif sum(code.about in known for known in ({PANEL}, items, names)) > 1:
            table.note(f"{quoted(code.about)} is the name of more than one thing it can be about.")
        if wording is Wording.EXTERNAL and code.about in items and code.display is not None:
            table.note("the name of an item is its wording, which is loaded; take it out.")
        if (code.system, code.code) in found:
            table.note("the same code is given twice.")
        found.setdefault((code.system, code.code), code)
    return tuple(found.values())


def _licence(root: Table) -> Licence:
    table = root.table("licence")
    if table is None:
        return Licence("", "", "")
    licence = Licence(
        name=table.text("name"),
        holder=table.text("holder"),
        terms=table.text("terms", limit=PARAGRAPH, lines=True),
        use=_use(table),
        url=table.web_address("url"),
    )
    table.finish()
    return licence


def _use(table: Table) -> Use:
    value = table.optional_choice("use", list(Use))
    if value == Use.RESTRICTED:
        table.note(
            "a restricted questionnaire, such as the ORS, the SRS or the OQ-45, needs its holder's "
            "permission for everyone who uses it, so it cannot be published here."
        )
    return Use(value) if value in list(Use) else Use.FREE


def _not_applicable(root: Table) -> str | None:
    table = root.table("not_applicable", required=False)
    if table is None:
        return None
    label = table.text("label")
    table.finish()
    return label


def _option_sets(root: Table, wording: Wording) -> dict[str, OptionSet]:
    sets: dict[str, OptionSet] = {}
    for table in root.tables("option_sets", "option set", MAXIMUM_ENTRIES, required=True):
        code = table.code("code")
        options = _options(table, wording)
        if code in sets:
            table.note("the same code is used by another option set.")
        first_label = table.optional_text("first_label")
        if first_label is not None and wording is Wording.OWN:
            table.note('take "first_label" out; the label of its first option stands there.')
        read = OptionSet(code, options, first_label) if options else UNKNOWN_OPTIONS
        sets.setdefault(code, read)
        table.finish()
    return sets


def _options(table: Table, wording: Wording) -> tuple[Option, ...]:
    options: list[Option] = []
    faults = len(table.problems)
    entries = table.tables("options", "option", MAXIMUM_ENTRIES, label="", required=True)
    for entry in entries:
        value = entry.integer("value", -1000, 1000)
        label = _wording_text(entry, "label", wording)
        options.append(Option(value if value is not None else 0, label))
        entry.finish()
    if len(table.problems) > faults:
        return ()
    if len(options) < 2:
        table.note("it needs at least two options.")
        return ()
    values = [option.value for option in options]
    if any(later <= earlier for earlier, later in pairwise(values)):
        table.note("the values of its options must rise from each option to the next.")
        return ()
    if wording is Wording.OWN and len({option.label for option in options}) < len(options):
        table.note("two of its options have the same label.")
    return tuple(options)


def _wording_text(table: Table, key: str, wording: Wording, *, limit: int = LINE) -> str:
    """A text of the questionnaire itself, which a file with external wording must not hold."""
    if wording is Wording.OWN:
        return table.text(key, limit=limit)
    if key in table.data:
        table.refuse(key, "the wording is external: a practice loads it from a file that it has.")
    return ""


def _elements(root: Table) -> tuple[Element, ...]:
    elements: list[Element] = []
    for table in root.tables("elements", "element", MAXIMUM_ENTRIES):
        number = table.integer("number", 1, 10)
        name = table.text("name")
        if number is not None and number in {element.number for element in elements}:
            table.note(f"number {number} is given twice.")
        elements.append(Element(number or 0, name))
        table.finish()
    return tuple(elements)


def _items(
    root: Table,
    option_sets: dict[str, OptionSet],
    elements: tuple[Element, ...],
    not_applicable: str | None,
    wording: Wording,
) -> tuple[Item, ...]:
    items: dict[str, Item] = {}
    numbers = {element.number for element in elements}
    tables = root.tables("items", "item", MAXIMUM_ITEMS, required=True)
    for table in tables:
        item = _item(table, option_sets, wording)
        if item.code in items:
            table.note("the same code is used by another item.")
        if item.element is not None and numbers and item.element not in numbers:
            table.note(f"element {item.element} is not among the elements of this file.")
        if item.may_not_apply and not_applicable is None:
            table.note('it may not apply, so the file needs a table "not_applicable" with a label.')
        items.setdefault(item.code, item)
        table.finish()
    if "items" in root.data and not root.data["items"]:
        root.note("it has no items.")
    note_incomplete_pairs(root, tuple(items.values()))
    return tuple(items.values())


def _item(table: Table, option_sets: dict[str, OptionSet], wording: Wording) -> Item:
    code = table.code("code")
    text = _wording_text(table, "text", wording, limit=1000)
    wanted = table.text("options")
    if wanted.strip() and wanted not in option_sets:
        table.note(f"there is no option set {quoted(wanted)}.")
    return Item(
        code=code,
        text=text,
        option_set=option_sets.get(wanted, UNKNOWN_OPTIONS),
        may_not_apply=table.boolean("may_not_apply"),
        facet=table.optional_text("facet"),
        element=table.integer("element", 1, 10, required=False),
        pair=table.optional_text("pair"),
    )


def _risk_rules(root: Table, items: dict[str, Item]) -> tuple[RiskRule, ...]:
    rules: list[RiskRule] = []
    for table in root.tables("risk_rules", "risk rule", MAXIMUM_ENTRIES):
        code = table.code("code")
        item_code = table.text("item")
        at_least = table.integer("at_least", -1000, 1000)
        if code in {rule.code for rule in rules}:
            table.note("the same code is used by another risk rule.")
        item = items.get(item_code)
        if item is None and item_code.strip():
            table.note(f"there is no item {quoted(item_code)}.")
        elif item is not None and at_least is not None:
            _note_unknown_value(table, item, at_least)
        message = table.text("message", limit=1000)
        rules.append(RiskRule(code, item_code, at_least or 0, message))
        table.finish()
    return tuple(rules)


def _note_unknown_value(table: Table, item: Item, value: int) -> None:
    if item.option_set is not UNKNOWN_OPTIONS and value not in item.option_set.values:
        table.note(f"no option of item {plain(item.code)} has the value {value}.")
