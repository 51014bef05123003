"""Processes of docker-compose.yml, started here by the commands written there.

No container engine is needed: the commands, the environment, and the health checks are read from the file; PostgreSQL
and Redis are real. Only the container's /tmp, its volume, and its port are replaced.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicators.models import Import, ImportState, Observation
from tests.support.services import database_environment, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|ACCESS_KEY|KEYS")
BEHIND = ("worker", "beat")
"""Services that need no static files; the image contains these, and the test collects them in the meantime."""

TIERS = "report_year,iso3,country,tier,source,flag\n2023,GHA,Ghana,2,the report,\n2023,XKX,Kosovo,2,the report,\n"
SEND_AN_IMPORT = """
import sys
from pathlib import Path
from cpc import request_context
from indicators.imports.receiving import receive_path
from indicators.tasks import read_import

receipt = receive_path(path=Path(sys.argv[1]), actor=None)
with request_context.acting("page", "0123456789abcdef0123456789abcdef"):
    read_import.delay(batch_id=receipt.batch.pk, publish_it=True)
print(receipt.batch.pk)
"""
METRICS_TOKEN = "token-of-the-monitoring"
REQUEST = "0123456789abcdef0123456789abcdef"
"""The number of the request that starts the import."""


class Stack:
    """The processes under test: their environment, commands, and health checks."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        chosen = {"ALLOWED_HOSTS": "cpc.example", "EMAIL_HOST": "mail.example", "TRUSTED_PROXY_COUNT": "1"}
        written = {
            name: re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda match: chosen.get(match[1], match[2]), value)
            for name, value in SERVICES["web"]["environment"].items()
        }
        mfa_keys = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        values = {"secret_key": secrets.token_urlsafe(50), "mfa_keys": mfa_keys, "metrics_token": METRICS_TOKEN}
        for name, value in written.items():
            if name.endswith("_FILE"):
                written[name] = str(folder / Path(value).name)
                (folder / Path(value).name).write_text(values.get(Path(value).name, ""))
        own = database_environment()
        self.owner = {"DATABASE_OWNER_URL": own["DATABASE_OWNER_URL"]}
        paths = {
            "DATABASE_URL": own["DATABASE_URL"],
            "REDIS_URL": redis_url,
            "PORT": str(self.port),
            "MEDIA_ROOT": str(folder / "files"),
            "STATIC_ROOT": str(folder / "static"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        assert paths.keys() - {"MEDIA_ROOT", "STATIC_ROOT", "PATH"} <= written.keys()
        self.environment = {k: v for k, v in os.environ.items() if k != "DATABASE_OWNER_URL"} | written | paths

    def here(self, words: list[str]) -> list[str]:
        """Return a command of the container with its /tmp in this test's folder."""
        return [word.replace("/tmp/cpc-", f"{self.folder}/cpc-") for word in words]

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with `more` in its environment."""
        environment = self.environment | more
        return subprocess.run(
            self.here(list(words)), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    @contextlib.contextmanager
    def started(self, name: str) -> Iterator[None]:
        """Start the process of a service, and stop it at the end as a container engine would."""
        with (self.folder / f"{name}.log").open("w") as log:
            command = self.here(shlex.split(SERVICES[name]["command"]))
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def is_healthy(self, name: str) -> bool:
        """Return whether the service's own health check succeeds."""
        kind, *words = SERVICES[name]["healthcheck"]["test"]
        if kind == "CMD-SHELL":
            words = ["sh", "-c", words[0].replace("$$", "$")]
        return self.run(*words).returncode == 0

    def log(self, name: str) -> str:
        """Return the output of a service's process."""
        return (self.folder / f"{name}.log").read_text()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log of a service as events: its lines that start with a brace, parsed as JSON."""
        return [json.loads(line) for line in self.log(name).splitlines() if line.startswith("{")]

    def get(self, path: str) -> tuple[int, str]:
        """Request a page as the proxy would, and return its status and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        proxy = {
            "Host": "cpc.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
            "User-Agent": "test",
            "Authorization": f"Bearer {METRICS_TOKEN}",
        }
        connection.request("GET", path, headers=proxy | {"User-Agent": "test"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.django_db(transaction=True)
def test_an_import_goes_through_the_worker_of_the_composed_processes(tmp_path: Path, redis_url: str) -> None:
    stack = Stack(tmp_path, redis_url)
    migrate = shlex.split(SERVICES["migrate"]["command"])
    refused = stack.run(*migrate)
    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL is not set" in refused.stderr
    migrated = stack.run(*migrate, **stack.owner)
    assert migrated.returncode == 0, migrated.stderr

    with contextlib.ExitStack() as running:
        for name in BEHIND:
            running.enter_context(stack.started(name))
        collected = stack.run("python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        assert collected.returncode == 0, collected.stderr
        running.enter_context(stack.started("web"))
        for name in ("web", *BEHIND):
            wait_until(partial(stack.is_healthy, name), f"{name} became healthy: {stack.log(name)}", seconds=60)

        status, page = stack.get("/account/sign-in/")
        assert status == 200
        stylesheet = re.search(r'href="(/static/uswds/css/uswds\.min\.[0-9a-f]+\.css)"', page)
        assert stylesheet, "the page names no stylesheet with its hash"
        assert stack.get(stylesheet[1])[0] == 200

        status, answer = stack.get("/readyz")
        assert (status, json.loads(answer)["status"]) == (200, "ready"), answer
        assert not json.loads(answer)["checks"]["scheduler"]

        form = tmp_path / "tiers.csv"
        form.write_text(TIERS)
        sent = stack.run("python", "manage.py", "shell", "--verbosity", "0", "-c", sent_program(form))
        assert sent.returncode == 0, sent.stderr
        batch = int(sent.stdout)
        wait_until(
            lambda: Import.objects.get(pk=batch).state not in (ImportState.RECEIVED, ImportState.READING),
            f"the worker took the import: {stack.log('worker')}",
        )
        wait_until(
            lambda: Import.objects.get(pk=batch).state == ImportState.PUBLISHED,
            f"the worker published the import: {stack.log('worker')}",
        )

        counted = stack.get("/metrics")[1]
        assert 'cpc_requests_total{method="GET",route="account_login",status="200"} 1.0' in counted
        assert 'cpc_task_runs_total{outcome="succeeded",task="indicators.read_import"} 1.0' in counted
        for name in ("cpc_queue_waiting", "cpc_scheduler_last_tick_timestamp_seconds", "cpc_database_connections_max"):
            assert f"\n{name} " in counted

        secret = secrets.token_urlsafe(32)
        assert stack.get(f"/account/invitation/{secret}/?token={secret}")[0] == 400
        assert stack.get("/account/people/")[0] == 302

    # A worker logs a request after it has answered, so the lines of two workers come in either order.
    accesses = {event["path"]: event for event in stack.events("web") if event["logger"] == "gunicorn.access"}
    opened = accesses["/account/people/"]
    assert (opened["method"], opened["status"]) == ("GET", 302)
    turned_away = accesses["/account/invitation/***/?token=***"]
    assert turned_away["message"] == "GET /account/invitation/***/?token=*** 400"
    assert (turned_away["client"], turned_away["agent"]) == ("192.0.2.1", "test")
    of_it = [event for event in stack.events("web") if event.get("request_id") == turned_away["request_id"]]
    assert [event["logger"] for event in of_it] == ["django.request", "gunicorn.access"]
    assert "exception" not in of_it[0]
    assert not any(secret in stack.log(name) for name in ("web", *BEHIND))
    taken = [event for event in stack.events("worker") if event.get("task") == "indicators.read_import"]
    assert {event["task_id"] for event in taken} == {taken[0]["task_id"]}
    assert {event["level"] for event in taken} == {"INFO"}
    assert REQUEST in {event.get("request_id") for event in taken}
    for name in ("web", *BEHIND):
        assert all({"timestamp", "level", "logger", "message"} <= event.keys() for event in stack.events(name))
    assert "indicators.read_import" in stack.log("worker")
    values = Observation.objects.filter(indicator__code="tip.tier", period="2023").values_list("country__code", "label")
    assert dict(values) == {"GHA": "Tier 2", "XKX": "Tier 2"}


def sent_program(form: Path) -> str:
    """Return the program that passes `form` to the worker and prints the import's number."""
    return SEND_AN_IMPORT.replace("sys.argv[1]", repr(str(form)))


def test_every_process_has_a_health_check_and_every_secret_comes_from_a_file() -> None:
    assert {"web", "worker", "beat", "db", "redis", "proxy"} <= SERVICES.keys()
    checked = {name for name, service in SERVICES.items() if "healthcheck" in service}
    assert checked == SERVICES.keys() - {"migrate"}
    for name in ("ALLOWED_HOSTS", "EMAIL_HOST"):
        assert SERVICES["web"]["environment"][name].startswith(f"${{{name}:?")
    for name, service in SERVICES.items():
        given = service.get("environment", {})
        secret = {key for key in given if SECRET.search(key)}
        assert all(key.endswith("_FILE") for key in secret), name
        mounted = {Path(given[key]).name for key in secret}
        assert mounted <= set(service.get("secrets", ())) <= COMPOSE["secrets"].keys(), name
        assert not re.search(r"://[^@/]*:[^@/]*@", str(service)), "an address has no password"


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "beat"])
def test_settings_that_are_not_listed_reach_every_process_of_the_application(name: str) -> None:
    """Limits of sessions, backups, and the audit trail would otherwise be set without any effect."""
    assert [file["path"] for file in SERVICES[name]["env_file"]] == [".env", "openid.env"]
    assert not {"SESSION_IDLE_MINUTES", "BACKUP_DIRECTORY", "AUDIT_FAILURE"} & SERVICES[name]["environment"].keys(), (
        "what is listed here comes first, and an empty default would hide that of the file"
    )


def test_only_the_migrating_service_has_the_owner_password() -> None:
    knowing = {name for name, service in SERVICES.items() if "postgres_password" in service.get("secrets", ())}
    assert knowing == {"migrate", "db"}
    assert {name for name, service in SERVICES.items() if "DATABASE_OWNER_URL" in str(service)} == {"migrate"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_writes_to_its_image_or_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    # The image of PostgreSQL gives its volume to its own user when it starts.
    needed = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"} if name == "db" else set()
    assert set(service.get("cap_add", ())) <= needed
    assert not service.get("privileged")
    assert "container_name" not in service
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()
    assert all(":size=" in folder or ",size=" in folder for folder in service["tmpfs"]), "each has a limit"


def test_every_service_of_the_application_can_be_started_more_than_once() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:${WEB_PORT:-8000}:8080"]}, "a second web server would want the same port"
    assert "server web:8000 resolve" in SERVICES["proxy"]["command"][2]
    assert "--schedule" not in SERVICES["beat"]["command"], "the scheduler keeps nothing on disk"


def test_redis_asks_for_a_password() -> None:
    assert "requirepass" in SERVICES["redis"]["command"][2]
    assert SERVICES["redis"]["user"] == "redis"
    assert SERVICES["web"]["environment"]["REDIS_PASSWORD_FILE"] == "/run/secrets/redis_password"
