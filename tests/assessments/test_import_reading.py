"""Files of answers, as bytes: what can be read, how it is understood, and what is said if not."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from assessments.importing import (
    ColumnMapping,
    Faults,
    MappingError,
    UnreadableFile,
    open_table,
    preview,
    read_rows,
    suggest,
)
from assessments.management.commands.load_instruments import SHIPPED
from assessments.measurement import definition

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
# Four questions with answers from 0; the codes are SAFE01 to SAFE04.
INSTRUMENT = definition.parse((SHIPPED / "safety-check-1.toml").read_text(encoding="utf-8"))
CODES = [item.code for item in INSTRUMENT.items]
HEADER = ",".join(CODES)


def table(text: str | bytes, **options):
    content = text.encode() if isinstance(text, str) else text
    return open_table(lambda: io.BytesIO(content), **options)


def rows_of(text: str | bytes, faults: Faults | None = None, **given):
    opened = table(text)
    mapping = ColumnMapping(items=suggest(opened.columns, INSTRUMENT), **given)
    mapping.check(opened.columns, INSTRUMENT, NOW.date())
    faults = Faults() if faults is None else faults
    return list(read_rows(opened, mapping, INSTRUMENT, zone=ZONE, now=NOW, faults=faults))


def faults_of(text: str | bytes, **given) -> list[str]:
    faults = Faults()
    rows_of(text, faults, **given)
    return faults.lines()


def refusal(text: str | bytes, **options) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(table(text, **options).rows(Faults()))
    return caught.value.sentence


ANSWERS = dict(zip(CODES, (0, 1, 2, 0), strict=True))


# --- Formats ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n0,1,2,0\n",
        f"\ufeff{HEADER}\r\n0,1,2,0\r\n",
        f"{HEADER}\r0,1,2,0",
        f"{HEADER}\n 0 ,+1,2.0,00\n\n",
        f'{HEADER}\n"0","1","2","0"\n',
        HEADER.replace(",", "\t") + "\n0\t1\t2\t0\n",
        HEADER.replace(",", ";").lower() + "\n0;1;2;0\n",
        "q1,q2,q3,q4\n0,1,2,0\n",
        "Item_04,Item_03,Item_02,Item_01\n0,2,1,0\n",
        "1,2,3,4\n0,1,2,0\n",
        gzip.compress(f"{HEADER}\n0,1,2,0\n".encode(), mtime=0),
    ],
)
def test_same_answers_are_read_from_every_format(content):
    assert [row.answers for row in rows_of(content)] == [ANSWERS]


def test_what_is_missing_is_absent_and_never_a_zero():
    found = rows_of(f"{HEADER}\n-9,,NA,0\n,,,\n", missing=frozenset({"-9", "NA"}))
    assert [row.answers for row in found] == [{CODES[3]: 0}, {}]


def test_lines_are_those_of_the_file_where_a_cell_has_several():
    found = rows_of(f'note,{HEADER}\n"a\nb",0,0,0,0\n\nc,0,0,0,0\n')
    assert [(row.line, row.others) for row in found] == [(2, {"note": "a\nb"}), (5, {"note": "c"})]


@pytest.mark.parametrize(
    "text, at",
    [
        ("2026-03-31", "2026-03-31T12:00:00+02:00"),
        ("2026-11-02", "2026-11-02T10:00:00+01:00"),  # today, of which this much has passed
        ("2026-03-31T14:05", "2026-03-31T14:05:00+02:00"),
        ("2026-03-31 14:05:06Z", "2026-03-31T16:05:06+02:00"),
    ],
)
def test_days_and_times_are_those_of_the_practice(text, at):
    [row] = rows_of(f"when,{HEADER}\n{text},0,0,0,0\n", date_column="when")
    assert row.at.astimezone(ZONE).isoformat() == at


# --- Files that cannot be read ------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "The file is empty"),
        (b"\n1,2\n", "The file is empty"),
        (b"PK\x03\x04rest", "This is a spreadsheet"),
        (b"%PDF-1.7", "This is a spreadsheet"),
        ("a,b\n1,2\n".encode("utf-16"), "The file is in UTF-16"),
        (b"a,b\n1,2\n\xe9,2\n", "Line 3 is not in UTF-8"),
        (b"a,b\n1,\x00\n", "Line 2 holds a character that no text has"),
        (bytes(range(128, 256)), "Line 1 is not in UTF-8"),
        (b"a,A\n1,2\n", "Two columns are named a"),
        (b"a,\n1,2\n", "Column 2 has no name"),
        (b"3,1,4\n1,2,3\n", "The first line holds figures"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "Line 3: a quotation mark is opened"),
        (b'a,b\n1,2\n"3"x,4\n', "Line 3: a quotation mark is opened"),
        (b"a,b\n" + b"x" * 300_000, "Line 2 is longer than 200000 characters"),
        (b"a,b\n" + b"x" * 20_000 + b",1\n", "Line 2 has a cell of more than 10000"),
        (b",".join(b"c%d" % n for n in range(1_001)), "more than 1000 columns"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "packed with gzip, but damaged"),
        (b"\x1f\x8brubbish", "packed with gzip, but damaged"),
    ],
)
def test_file_that_is_no_table_is_refused_with_a_sentence(content, says):
    assert says in refusal(content)


def test_file_that_unpacks_without_end_is_stopped():
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 3_000_000)
    assert len(bomb) < 50_000
    assert "more than 2 MB" in refusal(bomb, limit=2_000_000)


def test_more_rows_than_allowed_are_refused():
    assert "more than 3 rows" in refusal("a\n" + "1\n" * 4, most_rows=3)


# --- Faults of rows -----------------------------------------------------------------------------


def test_faults_name_line_and_column():
    assert faults_of(f"{HEADER}\n0,0,0,0\n0,7,0,x\n0,0\n") == [
        f"line 3, column {CODES[1]}: 7 is not one of 0, 1, 2, 3.",
        f"line 3, column {CODES[3]}: x is not one of 0, 1, 2, 3.",
        "line 4: 2 cells where the header has 4.",
    ]


@pytest.mark.parametrize("given", ["1.5", "1e0", "٣", "0x1", "nan", "1_0", "9" * 5_000, "–1"])
def test_no_number_that_only_looks_like_an_answer_is_one(given):
    assert len(faults_of(f"{HEADER}\n{given},0,0,0\n")) == 1


def test_faults_are_counted_beyond_the_first_hundred():
    lines = faults_of(f"{HEADER}\n" + "9,0,0,0\n" * 412)
    assert (len(lines), lines[-1]) == (101, "and 312 more.")


@pytest.mark.parametrize(
    "given", ["", "31/03/2026", "2026-02-30", "2026-13-01", "20260331", "2026-11-03", "1899-12-31"]
)
def test_days_that_are_none_or_cannot_be_are_faults(given):
    text = f"when,{HEADER}\n{given},0,0,0,0\n"
    [sentence] = faults_of(text, date_column="when")
    assert sentence.startswith("line 2, column when: ")


def test_row_without_a_client_number_is_a_fault():
    text = f"who,{HEADER}\n ,0,0,0,0\n"
    assert faults_of(text, client_column="who", day=date(2026, 3, 1)) == [
        "line 2, column who: there is no client number."
    ]


# --- Mappings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, field",
    [
        ({"items": {}}, "items"),
        ({"items": {**dict.fromkeys(CODES, "q1")}}, "items"),
        ({"items": {"NOPE": "q1"}}, "items"),
        ({"items": dict(zip(CODES, ("q1", "q2", "q3", "q9"), strict=True))}, "items"),
        ({"client_column": "q1", "day": date(2026, 1, 1)}, "client_column"),
        ({"client_column": "other"}, "date"),
        ({"date_column": "nope"}, "date_column"),
        ({"date_column": "other", "day": date(2026, 1, 1)}, "date"),
        ({"day": date(2026, 11, 3)}, "date"),
        ({"missing": frozenset({"0"})}, "missing"),
        ({"missing": frozenset({"x" * 21})}, "missing"),
    ],
)
def test_mapping_that_does_not_fit_is_refused_where_it_is_wrong(change, field):
    columns = ("q1", "q2", "q3", "q4", "other")
    given = {"items": suggest(columns, INSTRUMENT), **change}
    with pytest.raises(MappingError) as caught:
        ColumnMapping(**given).check(columns, INSTRUMENT, NOW.date())
    assert caught.value.field == field


def test_two_runs_of_columns_are_not_guessed_between():
    columns = [f"{stem}{number}" for stem in ("pre", "post") for number in range(1, 5)]
    assert suggest(columns, INSTRUMENT) == {}


# --- Preview ------------------------------------------------------------------------------------


def test_preview_counts_and_shows_the_first_rows():
    opened = table(f"{HEADER}\n" + "0,1,2,0\n" * 6 + ",1,,\n,,,\n")
    mapping = ColumnMapping(items=suggest(opened.columns, INSTRUMENT))
    found = preview(opened, mapping, INSTRUMENT, zone=ZONE, now=NOW)
    assert (found.rows, found.complete, found.empty, len(found.sample)) == (8, 6, 1, 5)
