"""Registrations with the kernel: panels of the home page, the queue, and the search."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import dashboard, queue, search
from cpc.site.dashboard import Panel
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
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
    queue.register(QueueSource("approvals", Permission.APPROVE_PARTNERSHIPS, _approvals, order=14))
    queue.register(QueueSource("returned", Permission.EDIT_PARTNERSHIPS, _returned, order=17))
    queue.register(QueueSource("partnerships", Permission.EDIT_PARTNERSHIPS, _overdue, order=20))
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


def _overdue(desk: Desk) -> list[Lane]:
    late = deadlines_queries.overdue(desk.today, limit=EVERY)
    run_here = set(portfolio_queries.keys_run_here(row.partnership_id for row in late))
    items = (
        Item(
            f"overdue:{row.partnership_id}:{row.day}:{row.text}",
            f"{row.country}: {row.text}",
            f"{reverse('partnership', args=[row.partnership_id])}#{row.anchor}",
            "It stays on this list until it is done, dropped, or amended.",
            "Open",
            "alarm",
            Category.REPORTS,
            due=row.day,
            partnership=row.partnership_id,
        )
        for row in late
        if row.partnership_id in run_here
    )
    return [queue.lane_of_items(desk, Category.REPORTS, items)]


def _approvals(desk: Desk) -> list[Lane]:
    """Return the decisions that an approver can make.

    Requests and submissions of this account are left out.
    """
    user = desk.user
    items = [*_requests_to_decide(user), *_submissions_to_decide(user), *_steps_to_take(user, desk.today)]
    return [queue.lane_of_items(desk, Category.APPROVALS, items)]


def _approval(key: str, title: str, url: str, why: str, icon: str, partnership: int | None = None) -> Item:
    return Item(key, title, url, why, "Review", icon, Category.APPROVALS, partnership=partnership)


def _requests_to_decide(user: User) -> list[Item]:
    by_another = "The person who asked can't decide."
    return [
        *(
            _approval(
                f"amendment-decide:{row.pk}",
                f"Approve or return amendment {row.number} to {row.partnership.country}",
                reverse("partnership-amendment", args=[row.partnership_id, row.number]),
                f"{row.title}. {by_another}",
                "edit",
                row.partnership_id,
            )
            for row in portfolio_queries.amendments_to_decide(user)
        ),
        *(
            _approval(
                f"exception-decide:{row.pk}",
                f"Grant or refuse an exception for {row.partnership.country}",
                reverse("partnership-exception", args=[row.partnership_id, row.pk]),
                f"The request exceeds a limit. {by_another}",
                "lock",
                row.partnership_id,
            )
            for row in portfolio_queries.exceptions_to_decide(user)
        ),
        *(
            _approval(
                f"policy-approve:{row.pk}",
                f"Approve the limits from {formats.day(row.effective_from)}",
                reverse("limit-policy-approve", args=[row.pk]),
                f"They take effect once approved. {by_another}",
                "lock",
            )
            for row in portfolio_queries.policies_to_approve(user)
        ),
    ]


def _submissions_to_decide(user: User) -> list[Item]:
    return [
        *(
            _approval(
                f"plan-decide:{row.pk}",
                f"Approve or return the monitoring plan of {row.partnership.country}",
                reverse("partnership-monitoring", args=[row.partnership_id]),
                "Results are measured against an approved plan.",
                "flag",
                row.partnership_id,
            )
            for row in portfolio_queries.plans_to_decide(user)
        ),
        *(
            _approval(
                f"period-decide:{row.pk}",
                f"Approve or return the report of {row.partnership.country} on {_days(row)}",
                reverse("partnership-period", args=[row.partnership_id, row.pk]),
                "It is locked once it is approved.",
                "flag",
                row.partnership_id,
            )
            for row in portfolio_queries.periods_to_decide(user)
        ),
    ]


def _steps_to_take(user: User, today: date) -> list[Item]:
    """Return partnerships whose origin awaits confirmation, or that are ready to sign."""
    return [
        *(
            _approval(
                f"origin-confirm:{row.pk}",
                f"Confirm the stated reason for {row.country}",
                reverse("partnership-origin-confirm", args=[row.pk]),
                "No decision of a round began this partnership. The person who opened it can't confirm it.",
                "check_circle",
                row.pk,
            )
            for row in portfolio_queries.origins_to_confirm(user)
        ),
        *(
            _approval(
                f"sign:{row.pk}",
                f"Record the signature of {row.country}",
                reverse("partnership-step", args=[row.pk, "sign"]),
                "It is in clearance and meets every check.",
                "edit",
                row.pk,
            )
            for row in portfolio_queries.ready_to_sign(user, today)
        ),
    ]


def _returned(desk: Desk) -> list[Lane]:
    """Return records that an approver returned, and approved amendments not in effect yet."""
    to_apply = (
        Item(
            f"amendment-apply:{row.pk}",
            f"Put amendment {row.number} to {row.partnership.country} into effect",
            reverse("partnership-amendment", args=[row.partnership_id, row.number]),
            f"{row.title}. It is approved but not in effect yet.",
            "Open",
            "edit",
            Category.FOLLOW_UP,
            partnership=row.partnership_id,
        )
        for row in portfolio_queries.amendments_to_apply()
    )
    return [
        queue.lane_of_items(desk, Category.RETURNED, _to_revise()),
        queue.lane_of_items(desk, Category.FOLLOW_UP, to_apply),
    ]


def _to_revise() -> list[Item]:
    def item(key: str, title: str, url: str, why: str, partnership: int) -> Item:
        return Item(key, title, url, why, "Revise", "undo", Category.RETURNED, partnership=partnership)

    shown = "It was returned. Its page shows the reason."
    return [
        *(
            item(
                f"amendment-revise:{row.pk}",
                f"Revise amendment {row.number} to {row.partnership.country}",
                reverse("partnership-amendment", args=[row.partnership_id, row.number]),
                f"Returned: {row.decision_note[:120]}",
                row.partnership_id,
            )
            for row in portfolio_queries.amendments_returned()
        ),
        *(
            item(
                f"plan-revise:{row.pk}",
                f"Revise the monitoring plan of {row.partnership.country}",
                reverse("partnership-monitoring", args=[row.partnership_id]),
                shown,
                row.partnership_id,
            )
            for row in portfolio_queries.plans_returned()
        ),
        *(
            item(
                f"period-revise:{row.pk}",
                f"Revise the report of {row.partnership.country} on {_days(row)}",
                reverse("partnership-period", args=[row.partnership_id, row.pk]),
                shown,
                row.partnership_id,
            )
            for row in portfolio_queries.periods_returned()
        ),
    ]


def _days(row: ReportingPeriod) -> str:
    return f"{formats.day(row.starts_on)} to {formats.day(row.ends_on)}"


def _find(query: str, _user: Any) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("partnership", args=[row.pk]),
            f"{row.country.name}, {row.get_status_display()}{'; sample, in no total' if row.is_sample else ''}",
        )
        for row in find_by_name(query)
    ]
