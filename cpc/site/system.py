"""Page of what runs behind the site: checks of readiness, and outcomes of background tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.audit import presenters as audit
from cpc.audit.seal import newest
from cpc.parameters import check_parameters
from cpc.recovery import presenters as recovery
from cpc.recovery import schedule as backup_schedule
from cpc.sessions import tables as signed_in
from cpc.site import background_tasks, failed_tasks, system_queue, system_tasks, task_queue
from cpc.site.models import BackgroundTask
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.markup import lines, small
from cpc.web.tables import Column, Table

ABOUT: Mapping[str, tuple[str, str]] = {
    "database": ("Database", "Everything on record is stored there."),
    "migrations": ("Tables", "They are those that this version of the code expects."),
    "role": ("Role in the database", "The site signs in with a role that can't turn off the rules of the database."),
    "guards": ("Rules in the database", "The triggers and constraints that protect the record are complete."),
    "changes": ("Changes for programs", "Programs can follow them from where they stopped."),
    "audit": ("Audit trail", "Every entry is sealed, and was as it was sealed when the trail was last verified."),
    "broker": ("Broker", "It passes tasks from the site and the scheduler to a worker."),
    "worker": ("Worker", "It runs the tasks: it sends mail and reminders, and reads received files."),
    "storage": ("Storage of files", "Received files can be stored."),
    "scanner": ("Scanner of uploads", "It looks at each uploaded file before a page gets it."),
    "backup": ("Backup", "The record can be restored after a loss. The site works without it."),
    "disk": ("Disk", "There is room for files being written."),
    "scheduler": ("Scheduler", "It starts reminders, daily emails, and what is due on a day."),
}
"""Name of each check of `readiness.problems`, and what it is about."""
NEEDS_BROKER = ("broker", "worker", "scheduler")


@dataclass(frozen=True, slots=True)
class Check:
    """One check of readiness with its problems; what it looks at may not be in use at all."""

    name: str
    problems: Sequence[str]
    is_used: bool = True

    @property
    def badge(self) -> SafeString:
        if self.problems:
            return status("bad", "Fails")
        return status("good", "Works") if self.is_used else status("none", "Not in use")


def _checks() -> Iterator[Check]:
    problems = system_queue.checks()
    for name in system_queue.CHECKS:
        if name in problems:
            yield Check(name, problems[name], _is_used(name))


def _is_used(name: str) -> bool:
    if name == "scanner":
        return settings.SCANNER is not None
    if name == "audit":  # without a scheduler, only an operator seals the trail
        return newest() is not None
    if name == "backup":
        return backup_schedule.is_set_up()
    return bool(settings.REDIS_URL) or name not in NEEDS_BROKER


CHECKS: Table[Check] = Table(
    "Checks",
    [
        Column("Check", lambda check: ABOUT[check.name][0]),
        Column("State", lambda check: check.badge),
        Column("What it is for", lambda check: lines(ABOUT[check.name][1], *check.problems)),
    ],
)


def _outcome(task: BackgroundTask) -> SafeString:
    if not task.failures:
        return status("good", "Works")
    failures = formats.count_of(task.failures, "failure")
    since = format_html("{} since {}", failures, formats.moment(task.failing_since))
    return lines(status("bad", "Fails"), small(since))


TASKS: Table[BackgroundTask] = Table(
    "Background tasks",
    [
        Column("Task", lambda task: task.name, css="u-break"),
        Column("State", _outcome),
        Column("Last success", lambda task: task.succeeded_at and formats.moment(task.succeeded_at)),
        Column("Last failure", lambda task: task.failed_at and formats.moment(task.failed_at)),
        Column("Error", lambda task: task.error and lines(task.error, small(f"task_id {task.run}")), css="u-break"),
    ],
    css="usa-table--hover",
)


def headline(checks: Sequence[Check], failed: int) -> str:
    """Return what an administrator must know first: what fails, else that everything is ready."""
    broken = [ABOUT[check.name][0].lower() for check in checks if check.problems]
    if broken:
        return f"Not everything is ready: {formats.listing(broken, most=3)}"
    if failed:
        return f"{formats.count_of(failed, 'task')} failed; everything else is ready"
    return "Everything is ready"


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def system(request: HttpRequest) -> HttpResponse:
    """Show what the queue of administrators finds about the system, and all that works."""
    check_parameters(request, TASKS.parameters)
    checks = list(_checks())
    failures = failed_tasks.unsettled().aggregate(count=Count("pk"), last=Max("failed_at"))
    backlog = task_queue.backlog()
    backups, seal, sessions = recovery.section(), audit.section(), signed_in.section(request)
    context: dict[str, Any] = {
        "figures": [
            system_tasks.backlog_figure(backlog),
            system_tasks.failed_figure(failures["count"], failures["last"]),
            *(figure for section in (backups, seal, sessions) for figure in section["figures"]),
        ],
        "check_table": CHECKS,
        "backups": backups,
        "seal": seal,
        "signed_in": sessions,
        "checks": checks,
        "runs_scheduled": bool(settings.REDIS_URL),
        "tasks": TASKS,
        "rows": list(background_tasks.known()),
        "failed": system_tasks.failed_rows(),
        "more_failed": max(failures["count"] - system_tasks.SHOWN, 0),
        "waiting": system_tasks.WAITING,
        "backlog": backlog,
        "headline": headline(checks, failures["count"]),
    }
    return render(request, "system.html", context)
