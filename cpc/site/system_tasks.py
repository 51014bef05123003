"""Pages of failed tasks: try one again, or give it up with a reason."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.permissions import Permission
from cpc.queue import task_named
from cpc.site import failed_tasks, task_queue
from cpc.site.models import LONGEST_REASON, FailedTask
from cpc.web import formats
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from cpc.web.buttons import ButtonAction
from cpc.web.markup import lines, small
from cpc.web.pages import breadcrumb
from cpc.web.tables import Column, Table

SHOWN = 50
"""Failed tasks on the page."""


def purpose_of(name: str) -> str:
    """Return what a task does, in one sentence; its name if this code has no such task."""
    try:
        text = inspect.getdoc(task_named(name).run) or ""
    except KeyError:
        return name
    return re.split(r"[,;:.]|\band return\b", text)[0].replace("`", "").strip() or name


def _shown_text(task: FailedTask) -> SafeString:
    failed = f"{task.error}. Failed {formats.moment(task.failed_at)}, try {task.tries}."
    trace = format_html("Trace: <code>{}</code>", task.run)
    if task.state == "tried_again":
        again = f"Tried again by {task.decided_by}, {formats.moment(task.decided_at)}. It has not ended yet."
        return lines(format_html("<b>{}</b>", purpose_of(task.name)), small(task.name), small(again), small(trace))
    return lines(format_html("<b>{}</b>", purpose_of(task.name)), small(task.name), small(failed), small(trace))


def _can_be_tried(task: FailedTask) -> bool:
    return task.state == "failed" or failed_tasks.is_lost(task)


WAITING: Table[task_queue.Queued] = Table(
    "Waiting and running",
    [
        Column("Task", lambda task: lines(purpose_of(task.name), small(task.name)), css="u-break"),
        Column("State", lambda task: "With a worker" if task.is_taken else "Waits for a worker"),
        Column("Queued", lambda task: task.queued_at and formats.moment(task.queued_at)),
    ],
)


class FailedRow:
    """A failed task as the page shows it: text, and the buttons that can help."""

    def __init__(self, task: FailedTask) -> None:
        self.task, self.text = task, _shown_text(task)
        self.cause = failed_tasks.cause_of(task)
        self.can_be_tried = _can_be_tried(task) and self.cause is None
        self.can_be_given_up = task.state == "failed"


def failed_rows() -> list[FailedRow]:
    return [FailedRow(task) for task in failed_tasks.unsettled()[:SHOWN]]


def backlog_figure(backlog: task_queue.Backlog) -> tuple[str, str, str]:
    term = "Waiting or running"
    if not settings.REDIS_URL:
        return term, "None", "no broker: a task runs in the request that starts it"
    if not backlog.is_known:
        return term, "Not known", "the broker does not respond"
    oldest = f"one waits since {formats.moment(backlog.oldest)}" if backlog.oldest else ""
    return term, formats.count_of(backlog.waiting + backlog.taken, "task"), oldest


def failed_figure(count: int, last: dt.datetime | None) -> tuple[str, str, str]:
    return "Failed", formats.count_of(count, "task"), f"the last {formats.moment(last)}" if last else ""


class TaskAction:
    """The permission of both pages, and the failed task that the URL names."""

    permission = Permission.MANAGE_PEOPLE
    back = "system#h-failed"
    kwargs: Mapping[str, Any]
    task: FailedTask

    def load(self) -> None:
        found = FailedTask.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.task = found


class TryAgain(TaskAction, ButtonAction):
    """Run a failed task once more. A second press, and a second administrator, start nothing."""

    done = "It runs again. This page shows how it ends."

    def perform(self, values: Mapping[str, Any]) -> None:  # a button has no fields
        failed_tasks.try_again(task_id=self.task.pk, actor=self.actor)


class GiveUpForm(ActionForm):
    reason = forms.CharField(label="Reason", max_length=LONGEST_REASON, help_text="Why it is not tried again.")


class GiveUp(TaskAction, ActionView):
    """Take a failed task off the list."""

    form_class = GiveUpForm
    heading = "Give up a failed task"
    button = "Give it up"
    intro = "It is not tried again and leaves the list. A later failure of the same task is listed again."
    consequence = "The task is still on the list."
    done = "It is given up."

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), breadcrumb("system")]

    def facts(self) -> list[tuple[str, Any]]:
        return [("Task", purpose_of(self.task.name)), ("Name", self.task.name), ("Error", self.task.error)]

    def redirect_reason(self) -> str:
        waits = self.task.state == "failed" or self.request.method == "POST"  # the service answers with what was typed
        return "" if waits else "This task does not wait for a decision any more."

    def perform(self, values: Mapping[str, Any]) -> None:
        failed_tasks.give_up(task_id=self.task.pk, actor=self.actor, **values)
