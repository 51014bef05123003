"""Pages of the list and the overview of partnerships."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.audit.queries import entries_of
from cpc.parameters import check_parameters
from cpc.web import charts
from cpc.web.charts import bullet_legend
from cpc.web.tables import export_format, paginate, sort_key
from partnerships.agreements.queries import origin_of
from partnerships.closing import CANCELED
from partnerships.deadlines import queries as deadlines_queries
from partnerships.decidable import ORIGIN
from partnerships.dialogues.presenters import dialogue_mark, dialogue_note
from partnerships.documents.presenters import STATEMENTS, statement_lines
from partnerships.limit_exceptions import presenters as limits_presenters
from partnerships.limit_exceptions.presenters import exception_mark, exception_summary
from partnerships.limit_position import limit_positions
from partnerships.limit_presenters import as_of, lapsed_mark, limits_mark, money_of, partnership_summary, top_of
from partnerships.lookups.partnerships import find
from partnerships.models import LimitPolicy, Status, TraffickingFormCode
from partnerships.money.presenters import awards_table, by_year
from partnerships.monitoring import presenters as results_presenters
from partnerships.page_frame import over_notice, record_keys_of
from partnerships.portfolio import overview as portfolio_overview
from partnerships.portfolio import queries
from partnerships.portfolio.forms import PortfolioForm, invalid_filters_message
from partnerships.portfolio.overview import Overview
from partnerships.portfolio.presenters import lists as portfolio_presenters
from partnerships.portfolio.presenters import overview as overview_presenters
from partnerships.states import BEFORE_SIGNATURE
from partnerships.status.preconditions import awards_to_read, cash_beside_the_limit
from partnerships.tabs import partnership_tabs
from partnerships.terms.presenters import activity_mark
from partnerships.valuation import stated_value

PARAMETERS = ("q", "group", "attention", "region", "kind", "sort", "page", "format")
PAGE_SIZE, CARDS = 25, 6


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def portfolio(request: HttpRequest) -> HttpResponseBase:
    """Show all partnerships, filtered and sorted.

    `?format=csv|xlsx` exports every row that matches the filters.
    """
    check_parameters(request, PARAMETERS)
    _without_empty(request)
    today = timezone.now().date()
    form = PortfolioForm(queries.regions(), request.GET)
    if not form.is_valid():
        raise BadRequest(invalid_filters_message(form))
    sort = sort_key(request, queries.SORTS, "start")
    everything = queries.partnerships(today)
    rows = queries.sort_partnerships(queries.filter_partnerships(everything, today, **form.cleaned_data), sort)
    if kind := export_format(request):
        positions = limit_positions(list(rows))
        top = top_of(positions)
        notes = (("Day", today.isoformat()), ("Filters", "; ".join(form.labels) or "None"))
        lines = [partnership_summary(position, today, top=top) for position in positions]
        return portfolio_presenters.portfolio_table(top).export(kind, lines, "partnerships", notes=notes)
    page = paginate(request, rows, PAGE_SIZE)
    listed = limit_positions(list(page.object_list))
    top = top_of(listed)
    summary = queries.summary(today)
    policy = LimitPolicy.objects.filter(approval__isnull=False, effective_from__lte=today).first()
    cards = limit_positions(queries.partnerships_in_force(everything, today, CARDS))
    context: dict[str, Any] = {
        "today": today,
        "form": form,
        "summary": summary,
        "policy": policy,
        "policy_months": f"{policy.term_months} months" if policy else "",
        "page": page,
        "lines": [partnership_summary(position, today, top=top) for position in listed],
        "table": portfolio_presenters.portfolio_table(top),
        "count": page.paginator.count,
        "filters": form.labels,
        "cards": [partnership_summary(position, today, top=top) for position in cards],
        "gantt": portfolio_presenters.gantt(listed, today) if listed else None,
        "legend": charts.money_legend([money_of(position) for position in listed]),
        "upcoming": deadlines_queries.upcoming(today),
        "overdue": deadlines_queries.overdue(today),
        "samples": queries.samples(),
        "general_events": queries.general_events(),
        "may_edit": user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/portfolio/portfolio.html", context)


def _without_empty(request: HttpRequest) -> None:
    """Drop empty parameters that a form sent, to keep the page's URLs short."""
    parameters = request.GET.copy()
    for name in [name for name in parameters if not parameters[name]]:
        del parameters[name]
    request.GET = QueryDict(parameters.urlencode())


SHOWN = 12
FILLED = {
    "A": (("", "partnership-terms", "objective"),),
    "B": (("", "partnership-terms", "responsibility"),),
    "C": (("", "partnership-terms", "program"),),
    "D": (("", "partnership-monitoring", ""),),
    "E": (("", "partnership-money", "contributions"), ("Mechanisms", "partnership-terms", "mechanism")),
    "F": (("", "partnership-outlook", ""),),
    "G": (("", "partnership-terms", "data-plan"),),
}
"""Pages where each element of the statute is filled in: label of a further link, page, panel."""


def filled_at(letter: str, pk: int) -> list[tuple[str, str]]:
    """Return links to the pages where an element is filled in: label and URL.

    The label of the first is empty.
    """
    pages = [(label, reverse(name, args=[pk]), panel) for label, name, panel in FILLED[letter]]
    return [(label, f"{url}#{panel}" if panel else url) for label, url, panel in pages]


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def overview(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ())
    today, user = timezone.now().date(), user_of(request)
    partnership = find(pk, overdue_on=today)
    if partnership is None:
        raise Http404
    page = portfolio_overview.overview(partnership, today)
    context: dict[str, Any] = {
        "today": today,
        "page": page,
        "partnership": partnership,
        "record_keys": record_keys_of(partnership),
        "documented": page.is_documented,
        "tabs": partnership_tabs(user, partnership),
        "over": over_notice(partnership, user),
        "origin": origin_of(partnership),
        **_progress(page, today),
        **_suspension(page, today, user),
        **_of_country(page, today),
        **_limits(page, today),
        **_elements(page, today),
        **_objectives_and_dialogues(page, today),
        **_awards_and_money(page),
        **_rights(page, user),
    }
    return render(request, "partnerships/portfolio/overview.html", context)


def _progress(page: Overview, today: date) -> dict[str, Any]:
    was_terminated = any(step.transition == "terminate" for step in page.steps)
    canceled_from = next((step.from_status for step in page.steps if step.transition == "cancel"), Status.SELECTED)
    steps, current = overview_presenters.road(
        page.partnership.status, was_terminated=was_terminated, canceled_from=canceled_from
    )
    events = overview_presenters.timeline(page, today)
    return {"steps": steps, "current": current, "events": events[:SHOWN], "older": events[SHOWN:]}


def _suspension(page: Overview, today: date, user: User) -> dict[str, Any]:
    may_approve = user.allows(Permission.APPROVE_PARTNERSHIPS)
    return {
        "suspension": overview_presenters.suspension(page, today),
        "may_open": user.allows(Permission.EDIT_PARTNERSHIPS),
        "may_close": may_approve,
        "may_determine": may_approve,
    }


def _of_country(page: Overview, today: date) -> dict[str, Any]:
    """Return the table of all partnerships with the country; nothing if this is the only one."""
    positions = page.of_country
    if len(positions) < 2:
        return {}
    return {
        "country_rows": positions,
        "country_table": portfolio_presenters.country_table(positions, page.partnership, today),
        "country_money": portfolio_presenters.money_of_all(positions),
    }


def _limits(page: Overview, today: date) -> dict[str, Any]:
    position, partnership = page.position, page.partnership
    return {
        "as_of": as_of(position),
        "limits": limits_mark(position, today),
        "lapsed": lapsed_mark(position, today),
        "term": limits_presenters.term_chart(position, today),
        "money": limits_presenters.money_chart(position, today),
        "facts": limits_presenters.limit_facts(position, today, partnership.other_us_cash()),
        "cautions": [] if page.is_documented else cash_beside_the_limit(partnership, today),
        "exceptions": [
            (row, exception_mark(row, position, today), exception_summary(row, position)) for row in page.requests
        ],
        "statements_table": STATEMENTS,
        "statements": statement_lines(position.statements),
        "concerns": page.concerns,
    }


def _elements(page: Overview, today: date) -> dict[str, Any]:
    partnership = page.partnership
    is_fillable = not page.is_documented and partnership.status not in CANCELED
    return {
        "elements": [
            (
                *overview_presenters.element_line(row, partnership),
                filled_at(row.letter, partnership.pk) if is_fillable else [],
            )
            for row in page.elements
        ],
        "complete": sum(row.lacks is None for row in page.elements),
        "elements_note": overview_presenters.elements_note(page, today),
    }


def _objectives_and_dialogues(page: Overview, today: date) -> dict[str, Any]:
    documented = page.is_documented
    return {
        "participants": overview_presenters.offices_by_government(page),
        "objectives": [
            (
                objective,
                [(row, activity_mark(row, today)) for row in activities],
                [results_presenters.result_line(row) for row in measured],
            )
            for objective, activities, measured in page.objectives
        ],
        "bullet_legend": bullet_legend(),
        "responsibilities_table": overview_presenters.responsibilities_table(today),
        "dialogues": [
            (
                row,
                dialogue_mark(row, today, documented=documented),
                dialogue_note(row, documented=documented),
            )
            for row in page.dialogues
        ],
        "forms": [TraffickingFormCode(key).label for key in page.partnership.forms],
    }


def _awards_and_money(page: Overview) -> dict[str, Any]:
    partnership = page.partnership
    return {
        "programs_table": overview_presenters.programs_table(partnership),
        "awards_table": awards_table(partnership, compact=True),
        "awards_to_read": [
            (award, warnings, {**record_keys_of(partnership), "award": award.pk})
            for award, warnings in awards_to_read(partnership)
        ],
        "years_table": overview_presenters.years_table(partnership),
        "years": by_year(page.contributions),
        "contributions": [(row, stated_value(row)) for row in page.contributions],
    }


def _rights(page: Overview, user: User) -> dict[str, Any]:
    partnership, documented = page.partnership, page.is_documented
    return {
        "may_confirm": partnership.status in BEFORE_SIGNATURE
        and user.allows(Permission.APPROVE_PARTNERSHIPS)
        and not why_not_decide(partnership, user, name=ORIGIN.name),
        "sees_memo": user.allows(Permission.VIEW_NOTES),
        "entries": entries_of(partnership)[:5] if user.allows(Permission.VIEW_AUDIT) else None,
        "may_edit": not documented and not partnership.is_binding and user.allows(Permission.EDIT_PARTNERSHIPS),
        "next_steps": [] if documented else overview_presenters.next_steps(partnership.status, user.allows),
    }
