"""docs/guide/sentences.md lists every sentence about a score, with the rung that it needs.

A new sentence is read against the evidence ladder before it is written into the table; one that is
gone leaves it. Read here are the texts for people that stand where scores are spoken of: all of the
modules that hold nothing else, and elsewhere those with a word that such a sentence has.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.wording import ladder

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "docs" / "guide" / "sentences.md"
SPOKEN = [
    *(f"assessments/{part}" for part in ("api", "charts", "client_page", "models", "queries")),
    *(f"assessments/{part}" for part in ("views", "wording", "actions/adopt.py")),
    *(f"templates/{part}" for part in ("assessments", "components")),
]
NOTHING_ELSE = [
    f"wording/{name}.py" for name in ("instruments", "marks", "prompts", "questions", "readings")
]
ABOUT = re.compile(
    r"\b(score[ds]?|points?|errors?|balance|elevation|stages?|verdicts?|\w*reliab\w*"
    r"|[\w-]*dependen\w*|movement|moved|pendulum|swing|slope|norms?|cut-off|thresholds?|ranges?"
    r"|clinical|recover\w*|improv\w*|deteriorat\w*|worse|higher|lower|midpoint|smoothed|ellipses?"
    r"|estimate[ds]?|alpha|omega|correlation|negative|interval|\w*precise|autonomy|elements?"
    r"|validated|safety|clearly|called|compare[sd]?|give or take|signal|prompt|sum|transitional"
    r"|mixed|provisional|stands out|up|down|trusted|guarded|changed most|since the change)\b",
    re.I,
)
# A function for plurals takes two texts, the others one.
GETTEXT = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}
IN_TEMPLATE = re.compile(
    r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')"""
    r"|\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}",
    re.S,
)
PLACE = re.compile(r"%\((\w+)\)[.\d]*[a-z]|\{\{ *([\w.]+)[^}]*\}\}|\{(\w+)\}")
ROW = re.compile(r"^\| (`.+`) \| `([^`]+)` \| ([0-3–]) \| (.+) \|$", re.M)


def pattern(text: str) -> str:
    """A text as the table has it: on one line, each place as {name}."""
    named = PLACE.sub(lambda found: "{" + next(filter(None, found.groups())) + "}", text)
    return " ".join(named.replace("%%", "%").split())


def of_module(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            given = node.args[: GETTEXT.get(ast.unparse(node.func), 0)]
            yield from (
                text.value
                for text in given
                if isinstance(text, ast.Constant) and isinstance(text.value, str)
            )


def of_template(source: str) -> Iterator[str]:
    for found in IN_TEMPLATE.finditer(source):
        yield from re.split(r"\{%\s*plural\s*%\}", next(filter(None, found.groups()), ""))


def is_about_a_score(name: str, text: str) -> bool:
    said = re.sub(r"\{.*?\}", " ", text)
    words = re.findall(r"[A-Za-z’'-]{2,}", said)
    if name in NOTHING_ELSE:
        return any(len(word) > 3 for word in words)
    return (len(words) > 1 or name.startswith("wording/")) and bool(ABOUT.search(said))


def spoken() -> set[tuple[str, str]]:
    """Every sentence about a score, with the file that it stands in."""
    found = set()
    for part in SPOKEN:
        base = ROOT / part
        for path in [base] if base.is_file() else base.rglob("*.*"):
            if path.suffix in (".py", ".html"):
                name = path.relative_to(ROOT / part.partition("/")[0]).as_posix()
                read = of_module if path.suffix == ".py" else of_template
                for text in map(pattern, read(path.read_text())):
                    if is_about_a_score(name, text):
                        found.add((name, text))
    return found


def rows() -> list[tuple[list[str], str, str]]:
    """The sentences of each row, the file they stand in, the lowest rung they may appear on."""
    return [
        (re.findall(r"`([^`]+)`", sentences), name, rung)
        for sentences, name, rung, _why in ROW.findall(TABLE.read_text())
    ]


def listed() -> set[tuple[str, str]]:
    return {(name, sentence) for sentences, name, _rung in rows() for sentence in sentences}


def test_every_sentence_about_a_score_is_in_the_table():
    assert sorted(spoken() - listed()) == []


def test_table_lists_no_sentence_that_is_gone():
    assert sorted(listed() - spoken()) == []


@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_no_sentence_of_the_table_says_more_than_its_rung(rung):
    said = [
        sentence.replace("{spread}", ".80")
        for sentences, _name, lowest in rows()
        if lowest == str(rung)
        for sentence in sentences
    ]
    assert said
    assert [text for text in said if ladder.faults(text, rung)] == []


@pytest.mark.parametrize(
    "name, text, about",
    [
        ("wording/ladder.py", "Recovered", True),
        ("views/caseload.py", "Balance is up by %(size)s", True),
        ("wording/marks.py", "answered very fast", True),
        ("wording/terms.py", "yesterday", False),
        ("assessments/response.html", "Error", False),
    ],
)
def test_reader_knows_what_is_about_a_score(name, text, about):
    assert is_about_a_score(name, pattern(text)) is about


def test_reader_takes_both_forms_of_a_plural():
    source = "{% blocktranslate count n=n %}{{ n }} point up{% plural %}{{ n }} points up"
    assert [pattern(text) for text in of_template(source + "{% endblocktranslate %}")] == [
        "{n} point up",
        "{n} points up",
    ]
    assert list(of_module('ngettext("%(n)d point", "%(n)d points", n)')) == [
        "%(n)d point",
        "%(n)d points",
    ]
