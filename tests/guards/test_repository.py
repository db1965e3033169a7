"""What the repository itself must keep: no foreign addresses, documents that match, templates
that translate and stay within the Content-Security-Policy."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_TIME = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]


def committed_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in committed_files():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text()))
        except UnicodeDecodeError:
            continue
    return found


TEXTS = texts()
TEMPLATES = [(name, text) for name, text in TEXTS if name.startswith("templates/")]
PAGES = [(name, text) for name, text in TEMPLATES if name.endswith(".html")]


def places(pattern: str, among: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name}: {match.group(0).strip()[:80]}"
        for name, text in among
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


# --- Addresses and secrets ----------------------------------------------------------------------


def test_repository_names_no_package_index():
    # Written apart, so that this file does not find itself.
    hosts = ["pypi" + ".org", "files." + "pythonhosted", "registry." + "npmjs", "deb." + "debian"]
    options = ["--index" + "-url", "--extra-" + "index", "--find" + "-links"]
    assert places("|".join(map(re.escape, hosts)), TEXTS) == []
    compiled = [(name, text) for name, text in TEXTS if name.startswith("requirements")]
    assert places("|".join(map(re.escape, options)) + "|https?:", compiled) == []


def test_repository_holds_no_path_of_a_machine():
    assert places(r"(?<![\w.])/(?:" + "work|root|home/[a-z]+" + r")/", TEXTS) == []


def test_repository_holds_no_key():
    kinds = "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"
    assert places(kinds, TEXTS) == []
    assert [name for name, _ in TEXTS if name.startswith(("var/", ".env"))] == []


# --- Requirements -------------------------------------------------------------------------------


def pins(name: str) -> dict[str, list[str]]:
    """Package -> the versions pinned for it (more than one where they differ by Python)."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line)
        if match:
            found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


def blocks(name: str) -> list[str]:
    """The compiled file cut into one text per package, with its hashes and who asks for it."""
    return re.split(r"\n(?=[A-Za-z0-9])", (ROOT / name).read_text())[1:]


@pytest.mark.parametrize(
    "compiled, wanted",
    [("requirements.txt", RUN_TIME), ("requirements-dev.txt", [*RUN_TIME, *DEVELOPMENT])],
)
def test_requirements_hold_what_the_project_asks_for(compiled, wanted):
    pinned = pins(compiled)
    missing = [
        text
        for text in wanted
        if not (versions := pinned.get(canonicalize_name(Requirement(text).name)))
        or not all(Requirement(text).specifier.contains(version) for version in versions)
    ]
    assert missing == [], "run `make requirements`"


def test_requirements_hold_nothing_that_nobody_asks_for():
    direct = {
        block.partition("==")[0]
        for block in blocks("requirements.txt")
        if re.search(r"^ +# .*causeway \(pyproject.toml\)$", block, re.MULTILINE)
    }
    assert direct == {canonicalize_name(Requirement(text).name) for text in RUN_TIME}


def test_requirements_of_both_sets_agree():
    run_time, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: development.get(name) for name in run_time} == run_time


def test_requirements_are_all_hashed():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert [block.split()[0] for block in blocks(name) if "--hash=sha256:" not in block] == []


# --- Documents ----------------------------------------------------------------------------------


def test_changelog_begins_with_the_version_of_the_project():
    headings = re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[:1] == [PROJECT["project"]["version"]]


def test_every_decision_is_linked_from_the_list_of_decisions():
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records
    assert [name for name in records if f"({name})" not in index] == []


def test_links_between_documents_lead_somewhere():
    broken = []
    for name, text in TEXTS:
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (ROOT / name).parent.joinpath(target).exists():
                broken.append(f"{name}: {target}")
    assert broken == []


# --- Database and static files ------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.sqlite
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_static_file_a_template_names_exists():
    names = {
        name
        for _, text in TEMPLATES
        for name in re.findall(r"{%\s*static\s+[\"']([^\"']+)[\"']", text)
    }
    assert [name for name in sorted(names) if not (ROOT / "static" / name).is_file()] == []


# --- Templates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, _ in TEMPLATES])
def test_template_loads(name):
    engines["django"].get_template(name.removeprefix("templates/"))


def test_templates_hold_no_inline_style():
    assert places(r"<style\b|\sstyle\s*=", PAGES) == []


def test_templates_hold_no_inline_script():
    assert places(r"<script\b(?![^>]*\ssrc=)[^>]*>", PAGES) == []
    assert places(r"\son[a-z]+\s*=\s*[\"']|javascript:", PAGES) == []


def test_templates_load_nothing_from_other_hosts():
    assert places(r"(?:src|href|action)=[\"'](?:https?:)?//|url\(|data:", PAGES) == []


def test_scripts_write_no_markup():
    scripts = [(name, text) for name, text in TEXTS if re.match(r"static/.*\.m?js$", name)]
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|\beval\(|new Function"
    )
    assert places(sinks, scripts) == []


TAG_OR_VALUE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<[^>]*>", re.DOTALL)
TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    r"|{%\s*verbatim\b.*?{%\s*endverbatim\s*%}",
    re.DOTALL,
)
SPOKEN_ATTRIBUTE = re.compile(
    r"\s(?:alt|aria-label|placeholder|title)=\"([^\"{]*[A-Za-z]{3}[^\"{]*)\""
)


def untranslated(text: str) -> list[str]:
    """Words that stand in a template outside of any translation."""
    text = TRANSLATED.sub("", text)
    attributes = SPOKEN_ATTRIBUTE.findall(text)
    # Our own name needs no translation; neither do a unit and the class names in a block.
    words = [
        line.strip()
        for line in TAG_OR_VALUE.sub("\n", text).splitlines()
        if not re.fullmatch(r"(?:[a-z0-9]+ )*[a-z0-9]+(?:[-_]+[a-z0-9]+)+", line.strip())
        and re.search(r"[A-Za-z]{3}", re.sub(r"&\w+;|Causeway|https?:\S+", "", line))
    ]
    return [*attributes, *words]


@pytest.mark.parametrize("name, text", TEMPLATES, ids=[name for name, _ in TEMPLATES])
def test_template_translates_its_words(name, text):
    assert untranslated(text) == []


def test_untranslated_words_are_noticed():
    assert untranslated("<h1>Clients</h1>{% translate 'Name' %}") == ["Clients"]
    assert untranslated('<img alt="A path">') == ["A path"]
    assert untranslated("{% blocktranslate %}Hello{% endblocktranslate %} {{ name }}") == []


# --- Operating ----------------------------------------------------------------------------------


def test_every_setting_from_the_environment_is_documented():
    code = "\n".join(
        (ROOT / "clinic" / name).read_text() for name in ("settings.py", "gunicorn.py")
    )
    read = set(re.findall(r"env(?:iron)?\.[a-z_]+\(\s*\"([A-Z_]+)\"", code))
    document = (ROOT / "docs" / "operating.md").read_text()
    rows = "".join(line.split("|")[1] for line in document.splitlines() if line.startswith("| `"))
    # What `up` tells gunicorn, and a part of a request, are no settings.
    assert set(re.findall(r"`([A-Z_]+)`", rows)) == read - {"CAUSEWAY_CHECKED", "PATH_INFO"}


def test_every_refusal_to_start_is_documented():
    code = (ROOT / "clinic" / "checks.py").read_text()
    numbers = {int(number) for number in re.findall(r"return refuse\(\s*(\d+)", code)}
    document = (ROOT / "docs" / "operating.md").read_text()
    assert {int(number) for number in re.findall(r"\bE(\d{3})\b", document)} == numbers
