"""Dashboard: panels and tasks that the apps register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cpc.registry import Registry, permitted


@dataclass(frozen=True, slots=True)
class Panel:
    """One block of the dashboard.

    `context` returns the context of `template`, or None if there is nothing to show. The template renders a whole
    `<section class="c-panel">`; its `span` of twelve columns is `panel.span`.
    """

    key: str
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    permission: str | None = None
    order: int = 100
    span: int = 6


@dataclass(frozen=True, slots=True)
class Task:
    """A task for this account: a verb phrase that links, its reason, and its due date.

    `count` is more than 1 if one line represents several items, so that the page can count them all.
    """

    title: str
    url: str
    why: str
    icon: str = "flag"
    due: str = ""
    urgency: Literal["", "warn", "bad"] = ""
    count: int = 1


def at_most(number: int, found: Sequence[Task], rest: Callable[[int], Task]) -> list[Task]:
    """Return the first tasks, and one that represents the others; `rest` makes it from their number."""
    left = len(found) - number
    return [*found] if left <= 0 else [*found[:number], replace(rest(left), count=left)]


@dataclass(frozen=True, slots=True)
class TaskSource:
    """A source of tasks; `tasks` is called on each visit of the dashboard."""

    key: str
    tasks: Callable[[HttpRequest], Sequence[Task]]
    permission: str | None = None
    order: int = 100


panels: Registry[Panel] = Registry(key=lambda panel: panel.key)
task_sources: Registry[TaskSource] = Registry(key=lambda source: source.key)
register = panels.add
register_tasks = task_sources.add


def tasks(request: HttpRequest) -> list[Task]:
    """Return all tasks of this account: overdue and due ones first, then in the order of their sources."""
    all_tasks = [
        task
        for source in task_sources.sorted(lambda source: (source.order, source.key))
        if permitted(request, source)
        for task in source.tasks(request)
    ]
    weight = {"bad": 0, "warn": 1, "": 2}
    return sorted(all_tasks, key=lambda task: weight[task.urgency])


def render_panels(request: HttpRequest) -> list[SafeString]:
    result = []
    for panel in panels.sorted(lambda panel: (panel.order, panel.key)):
        context = panel.context(request) if permitted(request, panel) else None
        if context is not None:
            html = render_to_string(panel.template, {**context, "panel": panel}, request=request)
            result.append(mark_safe(html))  # noqa: S308  # rendered by the template just above
    return result
