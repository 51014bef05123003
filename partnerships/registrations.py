"""Registrations with the kernel: panels and tasks of the home page, and the search."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import dashboard, search
from cpc.site.dashboard import Panel, Task, TaskSource
from cpc.site.search import Hit, Provider
from cpc.web import charts, formats
from partnerships.deadlines import queries as deadlines_queries
from partnerships.limit_position import limit_positions
from partnerships.limit_presenters import money_of, partnership_summary, top_of
from partnerships.models import ReportingPeriod
from partnerships.portfolio import queries as portfolio_queries
from partnerships.portfolio.presenters.lists import in_force_table
from partnerships.portfolio.queries import find_by_name

SHOWN = 6
EVERY = 10_000
"""The most deadlines to read for the count. The page shows the first few."""


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    dashboard.register(Panel("partnerships", "partnerships/home/_home_money.html", _money_panel, see, order=12, span=8))
    dashboard.register(
        Panel("partnership-deadlines", "partnerships/home/_home_due.html", _due_panel, see, order=13, span=4)
    )
    dashboard.register_tasks(TaskSource("approvals", _approval_tasks, Permission.APPROVE_PARTNERSHIPS, order=14))
    dashboard.register_tasks(TaskSource("returned", _returned_tasks, Permission.EDIT_PARTNERSHIPS, order=17))
    dashboard.register_tasks(TaskSource("partnerships", _overdue_tasks, Permission.EDIT_PARTNERSHIPS, order=20))
    search.register(Provider("Partnerships", _find, see, order=20))


def _money_panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return the partnerships in force, earliest end first, or None if there are none."""
    today = timezone.now().date()
    positions = limit_positions(
        portfolio_queries.partnerships_in_force(portfolio_queries.partnerships(today), today, SHOWN)
    )
    if not positions:
        return None
    top = top_of(positions)
    return {
        "lines": [partnership_summary(position, today, top=top) for position in positions],
        "table": in_force_table(top),
        "summary": portfolio_queries.summary(today),
        "legend": charts.money_legend([money_of(position) for position in positions]),
    }


def _due_panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return overdue items and the next deadlines, or None if there are neither."""
    today = timezone.now().date()
    late, next_up = deadlines_queries.overdue(today, limit=4), deadlines_queries.upcoming(today, limit=4)
    return {"late": late, "next_up": next_up, "today": today} if late or next_up else None


def _overdue_tasks(_request: HttpRequest) -> list[Task]:
    today = timezone.now().date()
    late = deadlines_queries.overdue(today, limit=EVERY)
    managed = set(portfolio_queries.managed_keys(row.partnership_id for row in late))
    tasks = [
        Task(
            f"{row.country}: {row.text}",
            f"{reverse('partnership', args=[row.partnership_id])}#{row.anchor}",
            "It stays on this list until it is done, dropped, or amended.",
            "alarm",
            f"Due {formats.day(row.day)}",
            "warn",
        )
        for row in late
        if row.partnership_id in managed
    ]
    return dashboard.at_most(
        SHOWN,
        tasks,
        lambda left: Task(
            f"{left:,} more overdue",
            f"{reverse('partnerships')}?attention=overdue",
            "Each is listed on the page of its partnership.",
            "alarm",
            urgency="warn",
        ),
    )


def _approval_tasks(request: HttpRequest) -> list[Task]:
    """Return the decisions that an approver can make.

    Requests and submissions of this account are left out.
    """
    user, today = user_of(request), timezone.now().date()
    return [*_requests_to_decide(user), *_submissions_to_decide(user), *_steps_to_take(user, today)]


def _requests_to_decide(user: User) -> list[Task]:
    by_another = "The person who asked can't decide."
    return [
        *(
            Task(
                f"{row.partnership.country}: decide on amendment {row.number}",
                reverse("partnership-amendment", args=[row.partnership_id, row.number]),
                f"{row.title}. {by_another}",
                "edit",
            )
            for row in portfolio_queries.amendments_to_decide(user)
        ),
        *(
            Task(
                f"{row.partnership.country}: grant or refuse an exception",
                reverse("partnership-exception", args=[row.partnership_id, row.pk]),
                f"The request exceeds a limit. {by_another}",
                "lock",
            )
            for row in portfolio_queries.exceptions_to_decide(user)
        ),
        *(
            Task(
                f"Approve the limits from {formats.day(row.effective_from)}",
                reverse("limit-policy-approve", args=[row.pk]),
                f"They take effect once approved. {by_another}",
                "lock",
            )
            for row in portfolio_queries.policies_to_approve(user)
        ),
    ]


def _submissions_to_decide(user: User) -> list[Task]:
    return [
        *(
            Task(
                f"{row.partnership.country}: approve or return the monitoring plan",
                reverse("partnership-monitoring", args=[row.partnership_id]),
                "Results are measured against an approved plan.",
                "flag",
            )
            for row in portfolio_queries.plans_to_decide(user)
        ),
        *(
            Task(
                f"{row.partnership.country}: approve or return the report on {_days(row)}",
                reverse("partnership-period", args=[row.partnership_id, row.pk]),
                "It is locked once it is approved.",
                "flag",
            )
            for row in portfolio_queries.periods_to_decide(user)
        ),
    ]


def _steps_to_take(user: User, today: date) -> list[Task]:
    """Return partnerships whose origin awaits confirmation, or that are ready to sign."""
    return [
        *(
            Task(
                f"{row.country}: confirm the stated reason",
                reverse("partnership-origin-confirm", args=[row.pk]),
                "No decision of a round began this partnership. The person who opened it can't confirm it.",
                "check_circle",
            )
            for row in portfolio_queries.origins_to_confirm(user)
        ),
        *(
            Task(
                f"{row.country}: record the signature",
                reverse("partnership-step", args=[row.pk, "sign"]),
                "It is in clearance and meets every check.",
                "edit",
            )
            for row in portfolio_queries.ready_to_sign(user, today)
        ),
    ]


def _returned_tasks(_request: HttpRequest) -> list[Task]:
    """Return records that an approver returned, and approved amendments not in effect yet."""
    return [
        *(
            Task(
                f"{row.partnership.country}: revise amendment {row.number}",
                reverse("partnership-amendment", args=[row.partnership_id, row.number]),
                f"Returned: {row.decision_note[:120]}",
                "edit",
            )
            for row in portfolio_queries.amendments_returned()
        ),
        *(
            Task(
                f"{row.partnership.country}: put amendment {row.number} into effect",
                reverse("partnership-amendment", args=[row.partnership_id, row.number]),
                f"{row.title}. It is approved but not in effect yet.",
                "edit",
            )
            for row in portfolio_queries.amendments_to_apply()
        ),
        *(
            Task(
                f"{row.partnership.country}: revise the monitoring plan",
                reverse("partnership-monitoring", args=[row.partnership_id]),
                "It was returned. Its page shows the reason.",
                "flag",
            )
            for row in portfolio_queries.plans_returned()
        ),
        *(
            Task(
                f"{row.partnership.country}: revise the report on {_days(row)}",
                reverse("partnership-period", args=[row.partnership_id, row.pk]),
                "It was returned. Its page shows the reason.",
                "flag",
            )
            for row in portfolio_queries.periods_returned()
        ),
    ]


def _days(row: ReportingPeriod) -> str:
    return f"{formats.day(row.starts_on)} to {formats.day(row.ends_on)}"


def _find(query: str, _user: Any) -> list[Hit]:
    return [
        Hit(row.title, reverse("partnership", args=[row.pk]), f"{row.country.name}, {row.get_status_display()}")
        for row in find_by_name(query)
    ]
