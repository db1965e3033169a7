"""A definition written anew: other evidence, and not one thing else."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.definition import DefinitionError, Evidence, ReliabilityKind, parse
from assessments.measurement.definition.writing import toml_text, with_evidence

FOLDER = Path(__file__).parents[2] / "assessments" / "instruments"
SHIPPED = [path for path in sorted(FOLDER.glob("*.toml")) if parse(path.read_text()).scales]
NEW = Evidence(
    rung=2,
    reliability=0.9012,
    sd=21.37,
    source="Estimated from 123 first complete answers in this practice",
    n=123,
    date=datetime.date(2026, 12, 1),
    interval=(0.8711, 0.9263),
    kind=ReliabilityKind.ALPHA,
)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_definition_can_be_written_anew(path):
    text = path.read_text()
    before = parse(text)
    code = before.scales[0].code
    written = with_evidence(text, version=7, evidence={code: NEW}, evidence_note="A new note.")
    after = parse(written)
    assert (after.version, after.evidence_note) == (7, "A new note.")
    assert after.scale(code).evidence == NEW
    same = replace(
        before,
        version=7,
        evidence_note="A new note.",
        checksum=after.checksum,
        scales=tuple(
            replace(scale, evidence=NEW) if scale.code == code else scale for scale in before.scales
        ),
    )
    assert after == same
    head = [line for line in text.splitlines() if line.startswith("#")][:3]
    assert written.splitlines()[: len(head)] == head


def test_a_second_time_too(text):
    once = with_evidence(text, version=4, evidence={}, evidence_note="One.")
    assert parse(with_evidence(once, version=5, evidence={}, evidence_note="Two.")).version == 5


def test_evidence_that_breaks_a_rule_is_refused(text):
    code = parse(text).scales[0].code
    for wrong in (replace(NEW, n=99), replace(NEW, interval=(0.69, 0.93))):
        with pytest.raises(DefinitionError):
            with_evidence(text, version=4, evidence={code: wrong}, evidence_note="A note.")


def test_scale_that_is_not_there_is_an_error(text):
    with pytest.raises(KeyError):
        with_evidence(text, version=4, evidence={"NOPE": NEW}, evidence_note="A note.")


plain = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), values, max_size=4))
def test_any_tables_read_as_they_were_written(data):
    assert tomllib.loads(toml_text(data)) == data
