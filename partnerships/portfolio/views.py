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
from cpc.parameters import check_parameters
from cpc.web import charts
from cpc.web.charts import bullet_legend
from cpc.web.lists import OpenList, filter_error, listing
from cpc.web.tables import export_format, paginate
from partnerships.agreements.queries import origin_of
from partnerships.closing import CANCELED
from partnerships.deadlines import queries as deadlines_queries
from partnerships.decidable import ORIGIN
from partnerships.dialogues.presenters import dialogue_mark, dialogue_note
from partnerships.documents.presenters import STATEMENTS, statement_lines
from partnerships.limit_exceptions import presenters as limits_presenters
from partnerships.limit_exceptions.presenters import exception_mark, exception_summary
from partnerships.limit_position import LimitPosition, limit_positions
from partnerships.limit_presenters import as_of, lapsed_mark, limits_mark, money_of, partnership_summary, top_of
from partnerships.lookups.late import late_counts
from partnerships.lookups.limit_policies import policy_in_force
from partnerships.lookups.partnerships import find
from partnerships.models import Status, StatusChange, TraffickingFormCode
from partnerships.page_frame import over_notice, record_keys_of
from partnerships.portfolio import overview as portfolio_overview
from partnerships.portfolio import queries
from partnerships.portfolio.due import due_of
from partnerships.portfolio.forms import PortfolioForm
from partnerships.portfolio.next_step import next_steps
from partnerships.portfolio.overview import Overview
from partnerships.portfolio.presenters import lists as portfolio_presenters
from partnerships.portfolio.presenters import overview as overview_presenters
from partnerships.portfolio.presenters.approvals import approvals
from partnerships.portfolio.presenters.money import money_rows
from partnerships.portfolio.presenters.results import results_of
from partnerships.states import BEFORE_SIGNATURE, IN_FORCE
from partnerships.status.preconditions import awards_to_read, cash_beside_the_limit
from partnerships.status.presenters import steps_together
from partnerships.tabs import partnership_tabs
from partnerships.term_position import Phase

PAGE_SIZE, CARDS = 25, 6


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
@listing(portfolio_presenters.PARTNERSHIPS)
def portfolio(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show all partnerships, filtered and sorted; `?format=csv|xlsx` exports every row that matches the filters."""
    today = timezone.now().date()
    regions = queries.regions()
    form = shown.form(lambda given: PortfolioForm(regions, given))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    sort = shown.sort(queries.SORTS, "start")
    everything = queries.partnerships(today)
    rows = queries.sort_partnerships(queries.filter_partnerships(everything, today, **form.cleaned_data), sort)
    rows = queries.with_counts(rows, shown.request.GET.get("columns", ""))
    if kind := export_format(request):
        return _export(shown, kind, limit_positions(list(rows)), today, "; ".join(form.labels))
    page = paginate(request, rows, PAGE_SIZE)
    listed = limit_positions(list(page.object_list))
    top = top_of(listed)
    summary = queries.summary(today)

    def matching(given: QueryDict) -> int:
        wanted = PortfolioForm(regions, given)
        filters = wanted.cleaned_data if wanted.is_valid() else {}
        return queries.filter_partnerships(everything, today, **filters).count()

    shown.counted(page.paginator.count, summary["total"], matching)
    cards = limit_positions(queries.partnerships_in_force(everything, today, CARDS))
    policy = policy_in_force(today)
    context: dict[str, Any] = {
        "shown": shown,
        "today": today,
        "form": form,
        "summary": summary,
        "policy": policy,
        "policy_months": f"{policy.term_months} months" if policy else "",
        "page": page,
        "lines": [partnership_summary(position, today, top=top) for position in listed],
        "table": shown.table(portfolio_presenters.portfolio_table(top)),
        "count": page.paginator.count,
        "filters": form.labels,
        "cards": [partnership_summary(position, today, top=top) for position in cards],
        "gantt": portfolio_presenters.gantt(listed, today) if listed else None,
        "legend": charts.money_legend([money_of(position) for position in listed]),
        "upcoming": deadlines_queries.upcoming(today),
        "overdue": deadlines_queries.overdue(today),
        "late": late_counts(today),
        "samples": queries.samples(),
        "general_events": queries.general_events(),
        "may_edit": user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/portfolio/portfolio.html", context)


def _export(shown: OpenList, kind: str, positions: list[LimitPosition], today: date, filters: str) -> HttpResponseBase:
    top = top_of(positions)
    notes = (("Day", today.isoformat()), ("Filters", filters or "None"))
    lines = [partnership_summary(position, today, top=top) for position in positions]
    shown.table(portfolio_presenters.portfolio_table(top))
    return shown.export(kind, lines, "partnerships", notes=notes)


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
    due = due_of(partnership, user, today)
    context: dict[str, Any] = {
        "today": today,
        "page": page,
        "partnership": partnership,
        "record_keys": record_keys_of(partnership),
        "documented": page.is_documented,
        "tabs": partnership_tabs(user, partnership),
        "over": over_notice(partnership, user),
        "origin": origin_of(partnership),
        "concerns": page.concerns,
        "due": due,
        "approvals": [] if page.is_documented else approvals(page, due.mine, due.sent, today),
        **_progress(page, today, user),
        **_suspension(page, today, user),
        **_of_country(page, today),
        **_limits(page, today),
        **_elements(page, today),
        **_results_and_money(page),
        **(_documented(page, today) if page.is_documented else {}),
        **_rights(page, user),
    }
    return render(request, "partnerships/portfolio/overview.html", context)


def _progress(page: Overview, today: date, user: User) -> dict[str, Any]:
    was_terminated = any(step.transition == "terminate" for step in page.steps)
    canceled_from = next((step.from_status for step in page.steps if step.transition == "cancel"), Status.SELECTED)
    steps, current = overview_presenters.road(
        page.partnership.status,
        was_terminated=was_terminated,
        canceled_from=canceled_from,
        is_lapsed=page.is_documented and page.position.term(today).phase is Phase.LAPSED,
    )
    return {
        "steps": steps,
        "current": current,
        "term_position": page.position.term(today),
        "last_step": next(iter(page.steps), None),
        "ended_by": next((step for step in page.steps if _led_to(step, page.partnership.status)), None),
        **_next_steps(page, today, user),
    }


def _led_to(step: StatusChange, status: str) -> bool:
    """Return whether a step led to a status, other than by taking back a later one."""
    return step.to_status == status and step.transition != "reopen"


def _next_steps(page: Overview, today: date, user: User) -> dict[str, Any]:
    """Return the next step with what it needs, and its form if all is there and the account may take it."""
    partnership = page.partnership
    ahead = next_steps(page, today)
    names = {step.transition.name for step in ahead[:1]}
    others = [] if page.is_documented else overview_presenters.next_steps(partnership.status, user.allows)
    # A step that has to wait for the last day of the term is not offered beside the next one.
    is_early = partnership.ends_on is None or today < partnership.ends_on
    names |= {"complete"} if is_early else set()
    context: dict[str, Any] = {"ahead": ahead, "other_steps": [step for step in others if step.name not in names]}
    if not ahead or not ahead[0].is_ready:
        return context
    step = ahead[0].transition
    if not user.allows(Permission(step.permission)):
        return context | {"is_approvers": Permission(step.permission) is Permission.APPROVE_PARTNERSHIPS}
    if step.by_another and (reason := why_not_decide(partnership, user)):
        return context | {"why_another": reason}
    together = steps_together(partnership.status, user) if user.allows(Permission.EDIT_PARTNERSHIPS) else []
    return context | {
        "step_url": overview_presenters.step_url(partnership, step),
        "has_several": len(together) > 1,
    }


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


def _results_and_money(page: Overview) -> dict[str, Any]:
    partnership = page.partnership
    return {
        "participants": overview_presenters.offices_by_government(page),
        "forms": [TraffickingFormCode(key).label for key in partnership.forms],
        "recipients": list(dict.fromkeys(row.recipient for row in page.awards)),
        "results": results_of(page.results),
        "bullet_legend": bullet_legend(),
        "money_rows": [] if page.is_documented else money_rows(page),
        "awards_to_read": [
            (award, warnings, {**record_keys_of(partnership), "award": award.pk})
            for award, warnings in awards_to_read(partnership)
        ],
    }


def _documented(page: Overview, today: date) -> dict[str, Any]:
    """Return what only the overview of a documented partnership shows: it has no other pages for it."""
    position = page.position
    return {
        "known": overview_presenters.known_facts(page),
        "exceptions": [
            (row, exception_mark(row, position, today), exception_summary(row, position)) for row in page.requests
        ],
        "statements_table": STATEMENTS,
        "statements": statement_lines(position.statements),
        "dialogues": [
            (row, dialogue_mark(row, today, documented=True), dialogue_note(row, documented=True))
            for row in page.dialogues
        ],
    }


def _rights(page: Overview, user: User) -> dict[str, Any]:
    partnership, documented = page.partnership, page.is_documented
    edits = user.allows(Permission.EDIT_PARTNERSHIPS)
    in_force = not documented and partnership.status in IN_FORCE
    return {
        "may_confirm": partnership.status in BEFORE_SIGNATURE
        and user.allows(Permission.APPROVE_PARTNERSHIPS)
        and not why_not_decide(partnership, user, name=ORIGIN.name),
        "sees_memo": user.allows(Permission.VIEW_NOTES),
        "may_edit": not documented and not partnership.is_binding and edits,
        "may_record_money": not documented and user.allows(Permission.RECORD_MONEY),
        "is_in_force": in_force,
        "may_amend": in_force and edits,
    }
