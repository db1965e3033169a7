"""A definition written anew with other evidence: what a practice adopts for itself."""

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .model import Evidence, Instrument
from .parser import parse
from .source import canonical, toml

BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


def with_evidence(
    text: str, *, version: int, evidence: Mapping[str, Evidence], evidence_note: str
) -> str:
    """The text of a definition with another number, note and evidence of some scales, by code.

    Everything else is read as before, and that is checked. Comments at the head are kept, others
    are not. Raises DefinitionError where the new evidence breaks a rule of the format, KeyError
    for a scale that is not there.
    """
    before = parse(text)
    data = toml(canonical(text))
    data["version"] = version
    data["evidence_note"] = evidence_note
    tables = {scale["code"]: scale for scale in data["scales"]}
    for code, found in evidence.items():
        tables[code]["evidence"] = _table_of(found)
    written = _head_of(text) + toml_text(data)
    if toml(canonical(written)) != data:
        raise AssertionError("a definition was written that does not read as it was meant")
    _require_same(before, parse(written), evidence)
    return written


def toml_text(data: Mapping[str, Any]) -> str:
    """Plain values as TOML, in their order; what is no table comes before the tables."""
    return "\n".join(_lines(data, ())).strip("\n") + "\n"


def _require_same(before: Instrument, after: Instrument, evidence: Mapping[str, Evidence]) -> None:
    scales = tuple(
        replace(scale, evidence=evidence.get(scale.code, scale.evidence)) for scale in before.scales
    )
    same = replace(
        before,
        version=after.version,
        evidence_note=after.evidence_note,
        checksum=after.checksum,
        scales=scales,
    )
    if same != after:
        raise AssertionError("more than the evidence of a definition was changed")


def _table_of(evidence: Evidence) -> dict[str, Any]:
    table = {
        "rung": evidence.rung,
        "reliability": evidence.reliability,
        "kind": None if evidence.kind is None else str(evidence.kind),
        "interval": None if evidence.interval is None else list(evidence.interval),
        "sd": evidence.sd,
        "n": evidence.n,
        "source": evidence.source,
        "date": evidence.date,
    }
    return {key: value for key, value in table.items() if value is not None}


def _head_of(text: str) -> str:
    """The comments before the first line of a definition: whose it is and where its facts are
    from."""
    head = []
    for line in canonical(text).splitlines():
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    return "\n".join(head).strip("\n") + "\n\n" if any(head) else ""


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    plain = [f"{_key(key)} = {_value(v)}" for key, v in table.items() if not _is_nested(v)]
    lines = plain
    for key, value in table.items():
        if not _is_nested(value):
            continue
        name = ".".join(_key(part) for part in (*path, key))
        several = isinstance(value, list)
        for one in value if several else [value]:
            lines += ["", f"[[{name}]]" if several else f"[{name}]", *_lines(one, (*path, key))]
    return lines


def _is_nested(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) for one in value)
    return isinstance(value, dict)


def _key(key: str) -> str:
    return key if BARE.match(key) else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return repr(value)


def _quoted(text: str) -> str:
    """A basic string: JSON escapes all that TOML wants escaped but one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
