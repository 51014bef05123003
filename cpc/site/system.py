"""Page of what runs behind the site: checks of readiness, and outcomes of background tasks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.site import background_tasks, system_queue
from cpc.site.models import BackgroundTask
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.markup import lines, small
from cpc.web.tables import Column, Table


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


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def system(request: HttpRequest) -> HttpResponse:
    """Show what the queue of administrators finds about the system, and all that works."""
    check_parameters(request, TASKS.parameters)
    problems = system_queue.checks()
    context: dict[str, Any] = {
        "checks": [(name, problems[name]) for name in system_queue.CHECKS if name in problems],
        "tasks": TASKS,
        "rows": list(background_tasks.known()),
    }
    return render(request, "system.html", context)
