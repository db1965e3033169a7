"""No sentence says more than its rung: the words of the evidence ladder stand in one file.

Read here are the sources: every template, script and string, and the guide. What the sentences say
on each rung is held in tests/assessments/test_ladder.py, and what whole pages say in
test_ladder_pages.py.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.wording import ladder

ROOT = Path(__file__).resolve().parent.parent.parent
LADDER = "assessments/wording/ladder.py"
WORDS = re.compile("|".join([*ladder.STEMS, ladder.NEVER]), re.I)

# Texts that hold such a word and may: the file, how the text begins, and why.
ALLOWED = {
    ("assessments/models/standing.py", "No reliable movement yet"): "as in the ladder, from rung 1",
    ("assessments/actions/adopt.py", "In this practice the"): "the note of a version on rung 2",
    ("clinic/actions/message_wording.py", "depress, anxi"): "words that no message may hold",
    ("assessments/demo/team.py", "Practice admin, no clinical data"): "a role, not a score",
    ("assessments/demo/people.py", "relapse and recovery"): "the name of a made-up story",
    ("assessments/demo/stories/forward.py", "relapse and recovery"): "the same",
}
# Whoever writes a definition or calls a function is told what is wrong with it, and no client's
# score is spoken of; migrations hold what models held.
NOT_ABOUT_SCORES = ("assessments/measurement/", "assessments/migrations/")
# The page on the figures of a form, and what computes them, name the coefficient they are about.
COEFFICIENT = re.compile(r"\breliabilit(y|ies)\b", re.I)
# What the guide says of such a word to explain it, and not of anybody's score.
EXPLAINED = (
    "never name the form or say anything clinical",
    "It is not a percentile",
)

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
# The table of sentences holds those of every rung; test_sentences.py reads it.
GUIDE = sorted(set((ROOT / "docs" / "guide").glob("*.md")) - {ROOT / "docs/guide/sentences.md"})
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
MODULES = [
    path
    for app in ("assessments", "clinic")
    for path in sorted((ROOT / app).rglob("*.py"))
    if relative(path) != LADDER and not relative(path).startswith(NOT_ABOUT_SCORES)
]


def texts_of(source: str) -> Iterator[str]:
    """The strings of a module that could be read by people: with a space, and no docstring."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings and " " in node.value.strip():
                yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in GETTEXT:
            given = [a.value for a in node.args if isinstance(a, ast.Constant)]
            yield from (value for value in given if isinstance(value, str) and " " not in value)


def is_allowed(name: str, text: str) -> bool:
    return any(name == file and text.startswith(start) for file, start in ALLOWED)


def without_coefficient(name: str, text: str) -> str:
    return COEFFICIENT.sub(" ", text) if "psychometrics" in name else text


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=relative)
def test_no_template_and_no_script_holds_a_word_of_the_ladder(path):
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", " ", path.read_text(), flags=re.S)
    text = re.sub(r"/\*.*?\*/|^\s*//.*?$", " ", text, flags=re.S | re.M)
    text = re.sub(r"\{\{.*?\}\}|normalize\(", " ", text)
    text = re.sub(r"\{% (el)?if .*?%\}|\b\w+=[\w.]+", " ", text)
    assert WORDS.findall(without_coefficient(relative(path), text)) == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_module_but_the_ladder_holds_a_word_of_it(path):
    name, found = relative(path), []
    for text in texts_of(path.read_text()):
        if WORDS.search(without_coefficient(name, text)) and not is_allowed(name, text):
            found.append(text)
    assert found == []


@pytest.mark.parametrize("path", GUIDE, ids=relative)
def test_guide_keeps_to_assumptions(path):
    """Whoever reads it may stand on rung 1, as all of our own forms do."""
    text = " ".join(path.read_text().split())
    for phrase in EXPLAINED:
        text = text.replace(phrase, " ")
    assert ladder.faults(text, 1) == []


def test_every_exception_is_needed():
    said = " ".join(" ".join(path.read_text().split()) for path in GUIDE)
    assert [phrase for phrase in EXPLAINED if phrase not in said] == []
    for name, text in ALLOWED:
        source = (ROOT / name).read_text()
        held = [found for found in texts_of(source) if WORDS.search(found)]
        assert any(found.startswith(text) for found in held), (name, text)


@pytest.mark.parametrize(
    "source",
    [
        '_("Reliably lower")',
        'label = "in the clinical range"',
        'gettext_lazy("Recovered")',
        'help_text = ("back to " "normal again")',
    ],
)
def test_reader_finds_what_it_looks_for(source):
    assert any(WORDS.search(text) for text in texts_of(source))


def test_reader_passes_over_codes_and_docstrings():
    source = 'def f():\n    """Reliable change, in points."""\n    return "not_yet_reliable"'
    assert [text for text in texts_of(source) if WORDS.search(text)] == []
