"""`compose.yaml` and the images, as far as they can be tried without Docker: names meet, doors are shut.

The file also passes the Compose specification's own schema (compose-spec.json), which is not kept here.
"""

import ast
import fnmatch
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from inbox.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BOT_READS = set(
    re.findall(r"PARLEY_[A-Z_]+", "".join(f.read_text() for f in (ROOT / "bot").glob("[!.]*.py")))
)
BOT_READS |= set(
    re.findall(r"PARLEY_[A-Z_]+", "".join(f.read_text() for f in (ROOT / "bot/actions").glob("*.py")))
)


def test_only_nginx_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["nginx"]
    assert all(service.get("network_mode") is None for service in SERVICES.values())
    inner = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")}
    for name in ("bot", "actions", "redis", "mongo1", "mongo2", "mongo3"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert "inside" in inner
    assert not set(SERVICES["nginx"]["networks"]) & {"inside", "out"}, "nginx meets the application alone"
    for name in ("inbox", "workshop"):
        shared = set(SERVICES["nginx"]["networks"]) & set(SERVICES[name]["networks"])
        assert shared == {"front"}, "so the application sees nginx under an address that it trusts"
    (front,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert SERVICES["inbox"]["environment"]["PARLEY_TRUSTED_PROXIES"] == front["subnet"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    for other, on in service.get("depends_on", {}).items():
        condition = on["condition"]
        if condition == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert (condition, SERVICES[other]["restart"]) == ("service_completed_successfully", "no")
    assert set(service.get("networks", ())) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    for volume in service.get("volumes", ()):
        source = volume.split(":")[0]
        assert (ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", ["inbox", "workshop", "prepare", "bot", "actions"])
def test_a_service_is_given_settings_that_exist_and_secrets_by_file(name: str) -> None:
    service = SERVICES[name]
    known = BOT_READS if name in ("bot", "actions") else {variable(field) for field in Settings.model_fields}
    mounted = {f"/run/secrets/{secret}" for secret in service["secrets"]} | {"/run/parley/api_token"}
    for key, value in service["environment"].items():
        assert key.removesuffix("_FILE") in known, key
        assert value in mounted if key.endswith("_FILE") else not re.search("KEY|TOKEN|PASSWORD", key), key
    hosts = re.findall(r"(?:://|,)([a-z]\w+)", " ".join(map(str, service["environment"].values())))
    assert set(hosts) - {"localhost", "mongo1", "mongo2", "mongo3"} <= {*SERVICES, "parley"}, hosts


def test_the_inbox_starts_with_these_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("PARLEY_", "MONGODB_", "REDIS_")):
            monkeypatch.delenv(name)
    for key, value in SERVICES["inbox"]["environment"].items():
        if not key.endswith("_FILE"):
            monkeypatch.setenv(key, re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)))
    settings = Settings(_env_file=None, home=tmp_path)
    assert settings.public_url == "http://localhost:8080"
    assert settings.rehearsal is False
    assert settings.trusted_proxies


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text('it\'s $(a) "secret"\n')
    run = [ROOT / "deploy" / "entrypoint", "sh", "-c", 'printf %s "$A_KEY${A_KEY_FILE:-}"']
    environment = {"PATH": os.environ["PATH"], "A_KEY_FILE": str(tmp_path / "key")}
    done = subprocess.run(run, env=environment, capture_output=True, text=True)
    assert done.stdout == 'it\'s $(a) "secret"'
    environment["A_KEY_FILE"] = str(tmp_path / "nothing")
    done = subprocess.run(run, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (78, "")
    assert "A_KEY_FILE" in done.stderr


def test_health_checks_are_programs() -> None:
    for service in SERVICES.values():
        command = service.get("healthcheck", {}).get("test", [])
        if "python" in command:
            ast.parse(command[-1])


def test_what_the_studio_edits_is_what_the_workshop_trains() -> None:
    """In one volume, which begins as the data that came along; the bot's environment is in one image only."""
    stages = dict(
        re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM|\Z)", (ROOT / "Dockerfile").read_text(), re.M | re.S)
    )
    data = re.search(r"PARLEY_NLU_DATA=(\S+)", stages["app"])
    assert data and f"COPY --chown=parley:parley nlu_data {data[1]}\n" in stages["app"]
    for name in ("inbox", "workshop"):
        assert f"assistant:{data[1]}" in SERVICES[name]["volumes"]
        assert SERVICES[name]["environment"].items() >= {"PARLEY_BOT_URL": "http://bot:5005"}.items()
    assert {n: SERVICES[n]["build"]["target"] for n in ("inbox", "workshop")} == {
        "inbox": "app",
        "workshop": "workshop",
    }
    home = re.search(r"PARLEY_BOT_HOME=(\S+)", stages["workshop"])
    assert home and f"WORKDIR {home[1]}\n" in stages["workshop"] and "PARLEY_BOT_HOME" not in stages["app"]


@pytest.mark.parametrize("file", ["Dockerfile", "bot/Dockerfile"])
def test_an_image_copies_what_is_there_and_nothing_secret(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored.index("*") < min(i for i, line in enumerate(ignored) if line.startswith("!"))
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            *sources, _ = (word for word in shlex.split(line)[1:] if not word.startswith("--"))
            for source in sources:
                assert (ROOT / source).exists(), line
                assert any(fnmatch.fnmatch(source, f"{each}*") for each in let_in), line
    assert any(line.startswith("USER parley") for line in lines), "not as root"
    assert any(line.startswith("CMD") for line in lines)


def test_nginx_finds_as_many_processes_as_there_are() -> None:
    mounts = dict(v.split(":")[:2] for v in SERVICES["nginx"]["volumes"])
    names = ("nginx", "listen", "processes", "workshop")
    assert set(mounts.values()) == {f"/etc/nginx/{n}.conf" for n in names}
    for file, service in (("processes", "inbox"), ("workshop", "workshop")):
        source = next(ours for ours, theirs in mounts.items() if theirs == f"/etc/nginx/{file}.conf")
        line = (ROOT / source).read_text().split("server ")[-1]
        host, port = line.split()[0].split(":")
        assert host == service, "models are tried where the bot's environment is, and nothing else goes there"
        assert set(SERVICES[host]["networks"]) & set(SERVICES["nginx"]["networks"])
        assert f":{port}/readyz" in SERVICES[host]["healthcheck"]["test"][-1]
        assert "resolve" in line, "else nginx goes on asking addresses that are gone"


def test_the_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text())
    rounds = []
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True)
        rounds.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})
    made, again = rounds
    assert made == again
    assert len(set(made.values())) == 3
    assert made.keys() == {Path(each["file"]).name for each in COMPOSE["secrets"].values()}
    assert min(map(len, made.values())) >= 32
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().split()
