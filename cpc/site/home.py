"""Home and the page of the whole queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.parameters import check_parameters, whole_number
from cpc.site import dashboard, queue
from cpc.site.done import done_lately
from cpc.site.mailed_queue import whom
from cpc.site.queue import Category, Desk, DueGroup, Queue, Section
from cpc.web.tables import PAGE, paginate

SHOWN = 8
"""The most rows of a group that home shows."""
BESIDE = 5
"""The most rows of a panel beside the queue."""
PAGE_SIZE = 50
MOST_PAGES = 1000
"""The last page that the whole queue reads rows for."""
WHOLE = 500
"""The most rows that wait on others on the page of the whole queue."""
FIRST_DAYS = dt.timedelta(days=7)
"""How long home shows a new account what the site is."""


class QueueFilter(forms.Form):
    kind = forms.ChoiceField(required=False, choices=[("", "Everything"), *((one.key, one.label) for one in Category)])
    due = forms.ChoiceField(required=False, choices=[("", "Any day"), *((one.key, one.label) for one in DueGroup)])

    @property
    def category(self) -> Category | None:
        return next((one for one in Category if one.key == self.cleaned_data["kind"]), None)

    @property
    def group(self) -> DueGroup | None:
        return next((one for one in DueGroup if one.key == self.cleaned_data["due"]), None)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this account; lead an account of a program to its documentation."""
    if user_of(request).is_for_programs:
        return redirect("api-documentation")
    return _home(request)


home.required_permission = Permission.USE_PAGES  # type: ignore[attr-defined]  # read by the navigation and the tests


@requires(Permission.USE_PAGES)
def _home(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ("kind",))
    user, form = user_of(request), _filter(request)
    answers = user.allows(Permission.CONSULT)
    found = queue.queue_of(replace(_desk(user, PAGE_SIZE if answers else SHOWN), category=form.category))
    sections = found.sections(category=form.category)
    if answers:
        sections = [one for section in sections for one in section.by_day()]
    context = _beside(request, found) | {
        "sections": [section.first(SHOWN) for section in sections],
        "answers": answers,
        "rail_url": reverse("home"),
        "kind": form.cleaned_data["kind"],
        "has_queue": bool(found.total) or user.role != Role.VIEWER,
        "decides": user.allows(Permission.APPROVE_PARTNERSHIPS) or user.allows(Permission.APPROVE_SELECTION),
        "is_new": timezone.now() - user.date_joined < FIRST_DAYS,
        "done": done_lately(user, BESIDE),
        "sees_audit": user.allows(Permission.VIEW_AUDIT),
        "sees": _sees(user),
        "office": settings.OFFICE_EMAIL,
    }
    return render(request, "home.html", context)


@require_safe
@requires(Permission.USE_PAGES)
def whole_queue(request: HttpRequest) -> HttpResponse:
    """Show all that waits for this account, of one kind and due day if asked, page by page."""
    check_parameters(request, (*QueueFilter.base_fields, PAGE))
    user, form = user_of(request), _filter(request)
    pages = min(whole_number(request.GET.get(PAGE, "")) or 1, MOST_PAGES)
    desk = _desk(user, PAGE_SIZE * pages)
    found = queue.queue_of(replace(desk, category=form.category, group=form.group, is_whole=True))
    sections = found.sections(category=form.category, group=form.group)
    rows = _Rows([item for section in sections for item in section.items], sum(section.count for section in sections))
    page = paginate(request, rows, PAGE_SIZE)
    shown = set(page.object_list)
    narrowed = [choice.label for choice in (form.category, form.group) if choice is not None]
    context = _beside(request, found, sent=WHOLE) | {
        "page": page,
        "shown": len(rows),
        "sections": [
            Section(section.group, section.count, items)
            for section in sections
            if (items := [item for item in section.items if item in shown])
        ],
        "narrowed": ", ".join(narrowed),
        "rail_url": reverse("queue"),
        "rail_query": f"?due={form.group.key}" if form.group else "",
        "rail_more": f"&due={form.group.key}" if form.group else "",
        "kind": form.cleaned_data["kind"],
    }
    return render(request, "queue/queue.html", context)


class _Rows(Sequence[queue.Item]):
    """The first rows of a list whose whole length is known."""

    def __init__(self, first: list[queue.Item], total: int) -> None:
        # A row that represents several makes the list shorter than its count.
        self._first, self._total = first, total - sum(item.count - 1 for item in first)

    def __len__(self) -> int:
        return self._total

    def __getitem__(self, index: Any) -> Any:
        return self._first[index]


def _filter(request: HttpRequest) -> QueueFilter:
    form = QueueFilter(request.GET)
    if not form.is_valid():
        raise BadRequest("The queue has no such kind or due day. Use the links beside it.")
    return form


def _desk(user: User, limit: int) -> Desk:
    return Desk(user, timezone.now().date(), limit)


def _beside(request: HttpRequest, found: Queue, *, sent: int = BESIDE) -> dict[str, Any]:
    """Return the context that home and the whole queue share, with the first `sent` rows that wait on others."""
    user = user_of(request)
    desk = _desk(user, BESIDE)
    return {
        "today": found.today,
        "monday": queue.next_monday(found.today),
        "counts": found.counts,
        "everything": found.total,
        "whom": whom(user, found),
        "rail": [
            {"key": one.key, "label": one.label, "count": counts.total} for one, counts in found.by_category.items()
        ],
        "waiting": queue.waiting_on_others(_desk(user, sent)),
        "coming": queue.coming_up(desk),
        "panels": dashboard.render_panels(request),
    }


def _sees(user: User) -> dict[str, bool]:
    return {
        "rankings": user.allows(Permission.VIEW_RANKINGS),
        "partnerships": user.allows(Permission.VIEW_PARTNERSHIPS),
        "notes": user.allows(Permission.VIEW_NOTES),
        "consults": user.allows(Permission.CONSULT),
        "people": user.allows(Permission.MANAGE_PEOPLE),
    }
