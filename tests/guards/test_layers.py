"""The import table of the design, as a test: arrows point down.

Every import statement of both apps is read from the syntax tree, those inside functions too.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("clinic", "assessments")

# The numbers flow in this order; each may use what stands before it.
NUMBERS = [
    "definition",
    "evidence",
    "scoring",
    "schedule",
    "quality",
    "change",
    "reliability",
    "movement",
    "charts",
]

# Which layer a module belongs to: the longest prefix counts.
LAYERS = {
    "assessments.measurement": 0,
    "assessments.charts": 0,
    "assessments.importing": 0,
    "assessments.calendars": 0,
    "clinic.keys": 0,
    "clinic.log": 0,
    "clinic.encryption": 0,
    "clinic.triggers": 0,
    "clinic.addresses": 0,
    "clinic.text": 0,
    "clinic.quiet": 0,
    "clinic.tokens": 0,
    "clinic.roles": 1,
    "clinic.models": 1,
    "clinic.migrations": 1,
    "clinic.access": 2,
    "clinic.audit": 2,
    "assessments.models": 3,
    "assessments.migrations": 3,
    "clinic.actions": 4,
    "assessments.actions": 4,
    "assessments.queries": 4,
    "clinic": 5,
    "assessments": 5,
    "clinic.settings": 6,
    "clinic.urls": 6,
    "clinic.celery": 6,
    "clinic.wsgi": 6,
    "clinic.asgi": 6,
    "clinic.gunicorn": 6,
}
# Django, and with it the database and the clock, stays out of the numbers.
PURE = ("assessments.measurement", "assessments.charts")
NOT_IN_NUMBERS = ("django", "rest_framework", "celery", "clinic", "datetime.datetime.now", "time")
WEB = ("django.forms", "django.shortcuts", "rest_framework", "celery", "gunicorn")


@dataclass(frozen=True)
class Import:
    module: str  # the module that imports
    target: str  # what it imports, with the name: "clinic.models.Client"
    line: int

    def __str__(self) -> str:
        return f"{self.module} line {self.line} imports {self.target}"


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(module: str, source: str, is_package: bool) -> Iterator[Import]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = module.split(".")
                up = node.level - 1 if is_package else node.level
                parent = parent[: len(parent) - up] if up else parent
                base = ".".join([*parent, *([base] if base else [])])
            for alias in node.names:
                yield Import(module, f"{base}.{alias.name}", node.lineno)


def all_imports() -> list[Import]:
    return [
        found
        for module, path in modules()
        for found in imports_of(module, path.read_text(), path.name == "__init__.py")
    ]


IMPORTS = all_imports()


def is_in(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def layer(name: str) -> int | None:
    found = [prefix for prefix in LAYERS if is_in(name, prefix)]
    return LAYERS[max(found, key=len)] if found else None


def part_of_numbers(name: str) -> int | None:
    """Where a module stands in the flow of the numbers."""
    parts = name.split(".")
    if parts[:2] == ["assessments", "charts"]:
        return NUMBERS.index("charts")
    if parts[:2] == ["assessments", "measurement"] and len(parts) > 2 and parts[2] in NUMBERS:
        return NUMBERS.index(parts[2])
    return None


def breaches(imports: list[Import]) -> dict[str, list[str]]:
    """Every rule of the table with the imports that break it."""
    found: dict[str, list[Import]] = {
        "clinic never imports assessments": [
            i for i in imports if is_in(i.module, "clinic") and is_in(i.target, "assessments")
        ],
        "nobody imports a higher layer": [
            i
            for i in imports
            if (own := layer(i.module)) is not None
            and (other := layer(i.target)) is not None
            and other > own
        ],
        "the numbers know no Django, no people and no clock": [
            i
            for i in imports
            if is_in(i.module, *PURE)
            and (
                is_in(i.target, *NOT_IN_NUMBERS)
                or (is_in(i.target, "assessments") and not is_in(i.target, *PURE))
            )
        ],
        "the numbers flow in one direction": [
            i
            for i in imports
            if (own := part_of_numbers(i.module)) is not None
            and (other := part_of_numbers(i.target)) is not None
            and other > own
        ],
        "people do not know the gate": [
            i
            for i in imports
            if is_in(i.module, "clinic.models", "clinic.roles")
            and is_in(i.target, "clinic.access", "clinic.audit")
        ],
        "stored measures know neither actions nor access": [
            i
            for i in imports
            if is_in(i.module, "assessments.models")
            and is_in(i.target, "clinic.access", "clinic.audit", "clinic.actions")
        ],
        "the verbs know no HTTP, forms, API or tasks": [
            i for i in imports if layer(i.module) == 4 and is_in(i.target, "django.http", *WEB)
        ],
        # It says who asks and how they are refused, so it knows requests and 404, and no more.
        "the gate knows no forms, API or tasks": [
            i for i in imports if layer(i.module) == 2 and is_in(i.target, *WEB)
        ],
        "views never import tasks": [
            i
            for i in imports
            if ".views" in i.module and (i.target.endswith(".tasks") or ".tasks." in i.target)
        ],
        "an app uses the other's views only for the base page": [
            i
            for i in imports
            if is_in(i.module, "assessments")
            and is_in(i.target, "clinic.views")
            and not is_in(i.target, "clinic.views.base")
        ],
        "forms, tasks and the API do not use views": [
            i
            for i in imports
            if any(f".{part}" in i.module for part in ("forms", "tasks", "api"))
            and ".views" in i.target
            and is_in(i.target, *APPS)
            and not is_in(i.target, "clinic.views.base")
        ],
    }
    return {rule: [str(i) for i in broken] for rule, broken in found.items()}


RULES = list(breaches([]))


@pytest.mark.parametrize("rule", RULES)
def test_layers_keep_the_rule(rule):
    assert breaches(IMPORTS)[rule] == []


@pytest.mark.parametrize(
    "rule, module, source",
    [
        (RULES[0], "clinic.views.base", "from assessments.models import Score"),
        (RULES[0], "clinic.tasks", "def sweep():\n    import assessments.queries"),
        (RULES[1], "clinic.models.people", "from clinic.actions import people"),
        (RULES[1], "assessments.models.score", "from ..queries import caseload"),
        (RULES[2], "assessments.measurement.scoring", "from django.utils import timezone"),
        (RULES[2], "assessments.charts.plane", "from assessments.models import Score"),
        (RULES[3], "assessments.measurement.scoring", "from .movement import smooth"),
        (RULES[4], "clinic.models.client", "from clinic import access"),
        (RULES[5], "assessments.models.score", "from clinic.audit import record"),
        (RULES[6], "clinic.actions.people", "from django.http import HttpRequest"),
        (RULES[7], "clinic.access", "from django import forms"),
        (RULES[8], "clinic.views.team", "from clinic import tasks"),
        (RULES[9], "assessments.views.client", "from clinic.views.team import members"),
        (RULES[10], "assessments.forms", "from assessments.views import client"),
    ],
)
def test_layers_notice_a_breach(rule, module, source):
    broken = breaches(list(imports_of(module, source, is_package=False)))[rule]
    assert len(broken) == 1


def test_layers_know_every_module():
    assert len(IMPORTS) > 100
    assert [module for module, _ in modules() if layer(module) is None] == []
