"""Readiness checks: the database and its guards, the broker and its workers, and the storage of files."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from celery import Celery
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from cpc.audit.seal import seal_problems
from cpc.changes import restored
from cpc.database.guards import guard_problems
from cpc.files.scanner import Scanner, ScannerDown
from cpc.files.storage import files
from cpc.recovery.schedule import backup_problems
from cpc.remedies import remedy
from cpc.site import disk
from cpc.site.models import SchedulerLease

BROKER_SECONDS = 2
SCANNER_SECONDS = 3
WORKER_SECONDS = 15
"""Seconds for which the answer of the workers counts."""
KNOWN_FOR = 10
"""Seconds for which strangers get the same answer."""
SCHEDULER_SILENT_FOR = dt.timedelta(minutes=2)
ADVISORY = frozenset({"backup", "disk", "scheduler"})
"""Checks whose problems an administrator must see, and with which a process can still do its work."""
OWNS_A_TABLE = """
SELECT EXISTS (
    SELECT 1 FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_has_role({}, c.relowner, 'MEMBER')
)
"""


def problems() -> dict[str, list[str]]:
    """Return the problems of each check as sentences; all lists are empty if the process is ready."""
    checks: dict[str, Callable[[], list[str]]] = {
        "broker": broker_problems,
        "worker": worker_problems,
        "storage": storage_problems,
        "scanner": scanner_problems,
        "disk": disk.problems,
    }
    by_check = {"database": database_problems()}
    if not by_check["database"]:
        checks = {"migrations": migration_problems, "role": role_problems, "guards": guard_problems} | checks
        checks["changes"] = restored.problems
        checks["scheduler"] = scheduler_problems
        checks["audit"] = seal_problems
        checks["backup"] = backup_problems
    return by_check | {name: check() for name, check in checks.items()}


def database_problems() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return [f"The database does not respond. {remedy(str(error))}".strip()]
    return []


def migration_problems() -> list[str]:
    """Compare the migrations of this code with those applied to the database."""
    ours, applied = migrations_of_this_code(), MigrationRecorder(connection).applied_migrations().keys()
    apps = {app for app, _ in ours}
    return [
        *(f"The migration {app}.{name} is not applied." for app, name in sorted(ours - applied)),
        *(
            f"The database has the migration {app}.{name}, which this code doesn't have."
            for app, name in sorted(applied - ours)
            if app in apps
        ),
    ]


@cache
def migrations_of_this_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def role_problems() -> list[str]:
    """Return a problem if the application's role owns a table, or can act as an owner, and could disable guards."""
    # Outside production the role may be assumed after signing in, as in tests.
    role = "session_user" if settings.PRODUCTION else "current_user"
    with connection.cursor() as cursor:
        cursor.execute(OWNS_A_TABLE.format(role))
        if not cursor.fetchone()[0]:
            return []
    return [
        "The application connects as the owner of the tables and could disable every guard. Set DATABASE_URL to a "
        "separate role, and DATABASE_OWNER_URL to the owner, for migrations."
    ]


def broker_problems() -> list[str]:
    """Check that the broker answers; without a broker, tasks run in the process that starts them."""
    if not settings.REDIS_URL:
        return []
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_SECONDS,
            socket_connect_timeout=BROKER_SECONDS,
            **settings.REDIS_TLS,
        ) as broker:
            broker.ping()
    except RedisError as error:
        problem = "The broker does not respond: tasks wait, and each process counts the limits on requests by itself."
        return [f"{problem} {remedy(str(error))}".strip()]
    return []


def worker_problems() -> list[str]:
    """Check that a worker answers; without a broker, tasks run in the process that starts them."""
    if not settings.REDIS_URL or broker_problems():
        return []
    if _worker_answered(settings.REDIS_URL, int(time.monotonic() / WORKER_SECONDS)):
        return []
    return ["No worker responds: received files are not read, and invitations and daily emails are not sent."]


@lru_cache(maxsize=1)
def _worker_answered(broker: str, _period: int) -> bool:
    """Ask the workers once in a period, since the proxy asks for readiness every few seconds."""
    try:
        with Celery("readiness", broker=broker, set_as_current=False) as app:
            app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
            app.conf.broker_use_ssl = settings.CELERY_BROKER_USE_SSL
            return bool(app.control.ping(timeout=BROKER_SECONDS, limit=1))
    except (OperationalError, RedisError, OSError):
        return False


def scanner_problems() -> list[str]:
    """Check that the scanner of uploads answers, if there is one."""
    scanner: Scanner | None = settings.SCANNER
    if scanner is None:
        return []
    try:
        replace(scanner, seconds=SCANNER_SECONDS).ping()
    except ScannerDown:
        return [
            "The scanner of uploads does not respond: "
            + ("files are accepted unscanned." if settings.SCANNER_MAY_FAIL else "no file is accepted.")
        ]
    return []


def scheduler_problems() -> list[str]:
    """Check that a scheduler runs; without a broker there is none."""
    if not settings.REDIS_URL:
        return []
    ticked = SchedulerLease.objects.values_list("ticked_at", flat=True).first()
    if ticked and timezone.now() - ticked < SCHEDULER_SILENT_FOR:
        return []
    since = f" since {ticked:%H:%M} UTC on {ticked:%B} {ticked.day}" if ticked else ""
    return [f"No scheduler has run{since}: no reminder and no daily email goes out, and nothing begins on its day."]


@lru_cache(maxsize=1)
def recent_problems(_period: int) -> dict[str, list[str]]:
    return problems()


def known_problems() -> dict[str, list[str]]:
    """Return the problems as found in the last seconds, so that a stranger who asks often asks for nothing more."""
    return recent_problems(int(time.monotonic() / KNOWN_FOR))


def is_ready(found: Mapping[str, list[str]]) -> bool:
    return not any(problems for name, problems in found.items() if name not in ADVISORY)


def storage_problems() -> list[str]:
    return files().problems()
