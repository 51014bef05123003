"""The money of a partnership: totals against their limits, contributions of both governments, notifications."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.tables import check_parameters, export_format
from partnerships.limit_exceptions.presenters.limits import money_chart
from partnerships.limit_position import standings
from partnerships.models import CongressionalNotification, Contribution, Partnership
from partnerships.money import presenters, queries, services
from partnerships.money.forms import ContributionForm, ExemptionForm, NotificationForm
from partnerships.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.schedules import NOTIFICATION_DAYS
from partnerships.status.preconditions import cash_beside_the_limit


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def money(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Totals, contributions, notifications and awards; `?format=csv|xlsx` exports every contribution."""
    check_parameters(request, ("format",))
    partnership, today = managed_or_404(pk), timezone.now().date()
    user = user_of(request)
    contributions_table = presenters.contributions_table(records=user.allows(Permission.RECORD_MONEY))
    if kind := export_format(request):
        notes = (("Partnership", partnership.title), ("Day", today.isoformat()))
        rows = queries.contributions_of(partnership)
        return contributions_table.export(kind, rows, f"contributions {partnership.country.name}", notes=notes)
    found = queries.money_of(partnership, today)
    (standing,) = standings([partnership])
    return page(
        request,
        "partnerships/money.html",
        partnership,
        "partnership-money",
        here="Money",
        found=found,
        totals_table=presenters.TOTALS,
        totals=presenters.totals(partnership),
        cautions=cash_beside_the_limit(partnership, today),
        limit_chart=money_chart(standing),
        year_chart=presenters.year_chart(found.contributions, partnership),
        contributions_table=contributions_table,
        notifications=[(row, presenters.wait_mark(row, today)) for row in found.notifications],
        waiting=queries.waiting(found.notifications, today, NOTIFICATION_DAYS),
        room=found.may_obligate - partnership.obligated_total,
        awards_table=presenters.awards_table(partnership),
        records=user.allows(Permission.RECORD_MONEY),
        exempts=user.allows(Permission.APPROVE_PARTNERSHIPS),
    )


def money_url(partnership: Partnership, place: str = "") -> str:
    """The page of money, at one of its panels."""
    url = reverse("partnership-money", args=[partnership.pk])
    return f"{url}#{place}" if place else url


def money_trail(partnership: Partnership, *above: tuple[str, str]) -> Trail:
    """The way to a page under the page of money."""
    return trail_of(partnership, ("Money", money_url(partnership)), *above)


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def contribution(request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
    """Record a contribution, or a later statement that takes the place of one."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    before = _contribution(partnership, row) if row is not None else None
    today = timezone.now().date()
    initial: dict[str, Any] = {"fiscal_year": today.year + (today.month >= 10)}
    if before is not None:
        initial = {name: getattr(before, name) for name in ContributionForm.base_fields if hasattr(before, name)}
    form = ContributionForm(partnership, sent(request), initial=initial)

    def work() -> None:
        made = Contribution(partnership=partnership, replaces=before, **form.values)
        services.record_contribution(contribution=made, actor=user_of(request))

    act = Act(
        heading="Replace a contribution" if before else "Record a contribution",
        button="Record in its place" if before else "Record the contribution",
        back=money_url(partnership, "contributions"),
        trail=money_trail(partnership),
        lede="A statement is never edited: a later one takes its place, and both are kept. None counts against the "
        "limit.",
        facts=[("In the place of", before.description)] if before else (),
    )
    return answer(request, partnership, form, act, work, "The contribution is on record.")


def _contribution(partnership: Partnership, pk: int) -> Contribution:
    found = partnership.contributions.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def notification(request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
    """Record what Congress was told, or what takes the place of an earlier notification."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    before = _notification(partnership, row) if row is not None else None
    initial = {name: getattr(before, name) for name in ("sent_on", "amount", "reference", "document")} if before else {}
    form = NotificationForm(partnership, sent(request), initial=initial)

    def work() -> None:
        services.record_notification(partnership=partnership, actor=user_of(request), replaces=before, **form.values)

    room = partnership.funding_limit - partnership.notified_total
    act = Act(
        heading="Replace a notification" if before else "Record a notification",
        button="Record in its place" if before else "Record the notification",
        back=money_url(partnership, "notifications"),
        trail=money_trail(partnership),
        lede=f"Nothing is obligated before day {NOTIFICATION_DAYS} after it was sent, nor above its amount "
        "(22 U.S.C. 2394-1).",
        facts=[
            ("Notified so far", formats.dollars(partnership.notified_total)),
            ("Left under the limit", formats.dollars(room)),
            *([("In the place of", str(before))] if before else []),
        ],
    )
    return answer(request, partnership, form, act, work, "The notification is on record.")


def _notification(partnership: Partnership, pk: int) -> CongressionalNotification:
    found = partnership.notifications.select_related("document").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def exemption(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that an amount may be obligated without waiting for a notification."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = ExemptionForm(sent(request))

    def work() -> None:
        services.exempt_from_notification(partnership=partnership, actor=user_of(request), **form.values)

    act = Act(
        heading="Record an exemption from notification",
        button="Record the exemption",
        back=money_url(partnership, "notifications"),
        trail=money_trail(partnership),
        lede="It is kept with its authority and reason, and is never edited.",
    )
    return answer(request, partnership, form, act, work, "The exemption is on record.")
