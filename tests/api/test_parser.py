"""The parser by itself, over whatever a machine can think of."""

import json
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import APIException

from clinic.api.parsers import DEEPEST, LARGEST, charset_of, read

NUMBERS = st.integers(-(10**16), 10**16) | st.floats(
    allow_nan=False, allow_infinity=False, width=16
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=5)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


def outcome(body):
    """What becomes of a body: "object", or the status of a refusal that has a sentence."""
    try:
        return "object" if isinstance(read(body), dict) else "no object"
    except APIException as refusal:
        return refusal.status_code if str(refusal.detail) else "no sentence"


@given(OBJECTS, st.booleans())
def test_parser_reads_what_json_writes(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth(value) <= DEEPEST:
        assert read(body) == value


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_parser_answers_any_bytes_with_an_object_or_a_sentence(body):
    assert outcome(body) in ("object", 400)


@settings(max_examples=500)
@given(st.lists(st.sampled_from([*'[]{}":,\\ 019eE.-+naNu', "\\u", "d800", "NaN"]), max_size=60))
def test_parser_answers_anything_that_looks_like_json(parts):
    assert outcome("".join(parts).encode()) in ("object", 400)


@given(OBJECTS, st.data())
def test_parser_takes_a_broken_body_for_broken(value, data):
    body = json.dumps(value).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(APIException):
        read(body[:cut])


@given(st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE00F), min_size=1, max_size=9))
def test_parser_refuses_half_a_pair_wherever_it_stands(text):
    for value in ({"a": text}, {text: 1}, {"a": [{"b": text}]}):
        written = json.dumps(value)
        # Two halves beside each other make a whole, which is right.
        whole = json.loads(written)
        try:
            json.dumps(whole, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            with pytest.raises(APIException):
                read(written.encode())
        else:
            assert read(written.encode()) == whole


@pytest.mark.parametrize(
    "body",
    [
        b"[" * LARGEST,
        b"[]," * (LARGEST // 3),
        b'"' + b'\\"' * (LARGEST // 2),
        b"\\" * LARGEST,
        b'{"a":' * (LARGEST // 5),
        b"9" * LARGEST,
        b'"' * LARGEST,
        b'{"\\ud800":' + b"[" * 20 + b" " * (LARGEST - 100),
    ],
    ids=["open", "pairs", "escapes", "backslashes", "objects", "digits", "quotes", "spaces"],
)
def test_parser_is_quick_to_refuse_the_worst(body):
    started = perf_counter()
    with pytest.raises(APIException):
        read(body)
    assert perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "media_type, charset",
    [
        ("application/json", "utf-8"),
        ("application/json; charset=UTF-8", "utf-8"),
        ('application/json; x=1; charset="utf8"', "utf8"),
        ("application/json; charset=latin-1", "latin-1"),
        ("application/json;charset", ""),
    ],
)
def test_charset_is_the_one_named(media_type, charset):
    assert charset_of(media_type) == charset
