"""Numbers are pure: the standard library, numpy for reliability only, arrows in one direction."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assessments" / "measurement"
# A module may import those of a lower number.
ORDER = {
    "definition": 0,
    "evidence": 1,
    "scoring": 1,
    "schedule": 1,
    "quality": 2,
    "change": 2,
    "reliability": 2,
    "movement": 3,
}
MODULES = sorted(FOLDER.rglob("*.py"))


@pytest.mark.parametrize(
    "names, packages",
    [
        ("definition, scoring, schedule, quality, change, movement", ["assessments"]),
        ("reliability", ["assessments", "numpy"]),
    ],
)
def test_measurement_loads_without_django_and_the_pages_part_without_any_package(names, packages):
    code = (
        "import sys; before = set(sys.modules);"
        f"from assessments.measurement import {names};"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(name for name in new - set(sys.stdlib_module_names) if name[0] != '_'))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == str(packages)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_module_imports_only_earlier_ones(path):
    own = path.relative_to(FOLDER).parts[0].removesuffix(".py")
    depth = len(path.relative_to(FOLDER).parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or node.level != depth:
            continue
        assert node.module is not None
        imported = node.module.partition(".")[0]
        assert ORDER[imported] < ORDER[own]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_module_asks_no_clock(path):
    names = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert names.isdisjoint({"now", "utcnow", "today", "time_ns", "monotonic", "perf_counter"})
