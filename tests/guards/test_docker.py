"""The container files, checked without an engine: two linters, and our own promises."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = ROOT / "docker" / "Dockerfile"
COMPOSE = ROOT / "docker" / "compose.yaml"
SERVICES = {"migrate", "web", "worker", "beat", "postgres", "redis", "proxy"}
CAPABILITIES = {
    "postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    "proxy": {"NET_BIND_SERVICE"},
}


def tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is part of requirements-dev.txt"
    return found


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(COMPOSE.read_text())


def test_dockerfile_passes_hadolint():
    run = subprocess.run([tool("hadolint"), str(DOCKERFILE)], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "")


def test_compose_file_passes_its_linter_but_for_what_we_chose():
    command = [tool("compose-lint"), "check", "--format", "json", "--fail-on", "critical"]
    run = subprocess.run([*command, str(COMPOSE)], capture_output=True, text=True)
    findings = json.loads(run.stdout)
    found = {(entry["rule_id"], entry["service"]) for entry in findings["findings"]}
    # Tags instead of digests, so that a rebuild brings security fixes; the proxy is the open door.
    chosen = {("CL-0019", service) for service in SERVICES} | {("CL-0005", "proxy")}
    assert found - chosen == set()


def test_compose_has_the_services_of_a_whole_installation(compose):
    assert set(compose["services"]) == SERVICES


def test_only_the_proxy_opens_a_port(compose):
    opened = [name for name, service in compose["services"].items() if "ports" in service]
    assert opened == ["proxy"]


def test_services_are_confined(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert set(service.get("cap_add", [])) == CAPABILITIES.get(name, set()), name
        assert "mem_limit" in service, name
        assert "pids_limit" in service, name
        assert "healthcheck" in service or name == "web", name  # web's stands in the Dockerfile


def test_database_and_redis_have_no_way_out(compose):
    networks = compose["networks"]
    for name in ("postgres", "redis", "web", "beat", "migrate"):
        assert all(
            networks[network]["internal"] for network in compose["services"][name]["networks"]
        )


def test_secrets_come_from_files_only(compose):
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            secret = any(word in key for word in ("SECRET", "PASSWORD", "KEYS", "_URL"))
            assert not secret or key == "PUBLIC_URL" or value.startswith("/run/secrets/"), (
                name,
                key,
            )
    for secret in compose["secrets"].values():
        assert secret["file"].startswith("secrets/")


def test_image_is_built_in_two_stages_and_runs_without_root():
    lines = DOCKERFILE.read_text().splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert not [line for line in lines if line.startswith("ARG ")]
    text = " ".join(lines)
    for promise in ("--require-hashes", "collectstatic", "HEALTHCHECK"):
        assert promise in text


def test_image_holds_what_the_program_needs_and_nothing_of_this_machine():
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    assert kept[0] == "*"
    sources = {
        word
        for line in DOCKERFILE.read_text().splitlines()
        if line.startswith("COPY ") and "--from=" not in line
        for word in line.split()[1:-1]
    }
    assert {line[1:] for line in kept if line.startswith("!")} == sources


def test_secrets_are_made_once_and_kept(tmp_path):
    script = tmp_path / "make-secrets.sh"
    shutil.copy(ROOT / "docker" / "make-secrets.sh", script)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "EMAIL_URL": "smtp://m:25",
    }
    subprocess.run(["sh", script], env=environment, check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    compose = yaml.safe_load(COMPOSE.read_text())
    assert set(first) == set(compose["secrets"])
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    subprocess.run(["sh", script], env=environment, check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first


def test_secrets_need_a_way_to_send_mail(tmp_path):
    script = tmp_path / "make-secrets.sh"
    shutil.copy(ROOT / "docker" / "make-secrets.sh", script)
    run = subprocess.run(
        ["sh", script],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "EMAIL_URL=" in run.stderr
