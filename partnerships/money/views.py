from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import model_to_dict
from django.shortcuts import get_object_or_404

from cpc.accounts.permissions import Permission
from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from cpc.web.lists import filter_error
from cpc.web.tables import export_format
from partnerships.funds.presenters import funds_table
from partnerships.funds.queries import fund_money
from partnerships.limit_exceptions.presenters import money_chart
from partnerships.limit_position import headroom, limit_positions, open_to_obligation
from partnerships.limit_presenters import limit_label
from partnerships.models import CongressionalNotification, Contribution
from partnerships.money import queries, services
from partnerships.money.due import money_due
from partnerships.money.forms import ContributionForm, ContributionsFilter, ExemptionForm, NotificationForm
from partnerships.money.presenters import lists as presenters
from partnerships.money.presenters import plan, spending
from partnerships.money.spending_queries import spending_position
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    Visit,
    partnership_page,
)
from partnerships.schedules import NOTIFICATION_DAYS
from partnerships.status.preconditions import cash_beside_the_limit


@partnership_page("money/money.html", "partnership-money", "Money", parameters=("format",))
def money(visit: Visit) -> Context:
    """Show how long the money lasts, what to do about it, and the plan against contributions.

    `?format=csv|xlsx` exports the plan against contributions, a row for each year.
    """
    partnership, user, today = visit.partnership, visit.user, visit.today
    contributions_table = presenters.contributions_table(records=user.allows(Permission.RECORD_MONEY))
    amounts = queries.money_of(partnership, today)
    spent = spending_position(partnership, amounts.awards, amounts.contributions, today)
    if kind := export_format(visit.request):
        notes = (("Partnership", partnership.title), ("Day", today.isoformat()))
        rows = plan.file_rows(spent, partnership)
        return plan.PLAN_FILE.export(kind, rows, f"plan and contributions {partnership.country.name}", notes=notes)
    (position,) = limit_positions([partnership])
    last_day, funds = partnership.term_last_day, fund_money([partnership])
    return {
        "title": spending.title(spent.outlook, last_day),
        "lede": spending.lede(partnership, spent),
        "chain": spending.chain(partnership, spent, may_obligate=amounts.may_obligate, limit=limit_label(partnership)),
        "spending_chart": spending.spending_figure(partnership, spent, today),
        "due": money_due(partnership, user, today),
        "plan": plan.plan_table(spent, partnership),
        "spending_table": spending.awards_table(partnership, spent.outlook),
        "spent": spent.awards,
        "budgets": spending.budget_texts(spent.awards),
        "fund_rows": funds,
        "funds_table": funds_table(funds, today),
        "may_plan": visit.may_add("plannedyear", Permission.RECORD_MONEY),
        "found": amounts,
        "totals_table": presenters.TOTALS,
        "totals": presenters.totals(partnership),
        "cautions": cash_beside_the_limit(partnership, today),
        "limit_chart": money_chart(position, today),
        "contributions_text": presenters.contributions_text(amounts.contributions, partnership),
        "contributions_table": contributions_table,
        "notifications": [
            (row, presenters.notification_badge(row, amounts.counts[row.pk], today)) for row in amounts.notifications
        ],
        "waiting": amounts.waiting,
        "room": open_to_obligation(amounts.may_obligate, partnership.obligated_total, last_day, today),
        "is_over": last_day is not None and today > last_day,
        "records": user.allows(Permission.RECORD_MONEY),
        "awards": visit.may_add("award", Permission.RECORD_MONEY),
        "notifies": visit.may_add("congressionalnotification", Permission.RECORD_MONEY),
        "contributes": visit.may_add("contribution", Permission.RECORD_MONEY),
        "exempts": visit.may_add("notificationexemption", Permission.APPROVE_PARTNERSHIPS),
    }


@partnership_page("money/awards.html", "partnership-money", "Awards", listed=presenters.AWARDS_LIST)
def awards(visit: Visit) -> Context:
    """List the awards of a partnership; `?format=csv|xlsx` exports the columns of the page."""
    partnership, shown = visit.partnership, visit.shown
    table, rows = shown.table(presenters.awards_list(partnership)), list(partnership.awards.select_related("program"))
    if kind := export_format(visit.request):
        notes = (("Partnership", partnership.title), ("Day", visit.today.isoformat()))
        return shown.export(kind, rows, f"awards {partnership.country.name}", notes=notes)
    shown.counted(len(rows))
    return {"table": table, "rows": rows, "awards": visit.may_add("award", Permission.RECORD_MONEY)}


@partnership_page(
    "money/contributions.html", "partnership-money", "Contributions", listed=presenters.CONTRIBUTIONS_LIST
)
def contributions(visit: Visit) -> Context:
    """List the contributions in effect, or with `?show=all` also those that were replaced.

    `?format=csv|xlsx` exports the columns of the page.
    """
    partnership, shown = visit.partnership, visit.shown
    form = shown.form(lambda given: ContributionsFilter(given, partnership=partnership))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    every = queries.contributions_of(partnership)
    rows = [row for row in every if form.fits(row)]
    table = shown.table(presenters.contributions_table(records=visit.user.allows(Permission.RECORD_MONEY)))
    if kind := export_format(visit.request):
        notes = (("Partnership", partnership.title), ("Day", visit.today.isoformat()))
        return shown.export(kind, rows, f"contributions {partnership.country.name}", notes=notes)
    shown.counted(len(rows), len(every))
    return {
        "table": table,
        "rows": rows,
        "form": form,
        "total": len(every),
        "contributes": visit.may_add("contribution", Permission.RECORD_MONEY),
    }


class MoneyAction(PartnershipAction):
    permission = Permission.RECORD_MONEY


class RecordContribution(MoneyAction):
    plans = "contribution"
    form_class = ContributionForm
    heading = "Record a contribution"
    button = "Record the contribution"
    done = "The contribution is recorded."
    intro = (
        "You can't edit a contribution. To correct one, record a replacement; both stay on file. Contributions "
        "don't count toward the funding limit."
    )
    back = "partnership-money#contributions"
    replaces: Contribution | None = None

    def get_initial(self) -> dict[str, Any]:
        # The U.S. fiscal year begins on October 1 of the year before.
        return {"fiscal_year": fiscal_year(self.today)}

    def perform(self, values: Mapping[str, Any]) -> None:
        contribution = Contribution(partnership=self.partnership, replaces=self.replaces, **values)
        services.record_contribution(contribution=contribution, actor=self.actor)


class ReplaceContribution(RecordContribution):
    heading = "Replace a contribution"
    button = "Replace the contribution"
    replaces: Contribution

    def load(self) -> None:
        super().load()
        self.replaces = get_object_or_404(self.partnership.contributions, pk=self.kwargs["row"])

    def get_initial(self) -> dict[str, Any]:
        return model_to_dict(self.replaces)

    def facts(self) -> list[tuple[str, Any]]:
        return [("Replaces", self.replaces.description)]


class RecordNotification(MoneyAction):
    plans = "congressionalnotification"
    form_class = NotificationForm
    heading = "Record a notification"
    button = "Record the notification"
    done = "The notification is recorded."
    intro = (
        f"Nothing can be obligated before day {NOTIFICATION_DAYS} after it is sent, or above its amount (22 "
        "U.S.C. 2394-1)."
    )
    back = "partnership-money#notifications"
    replaces: CongressionalNotification | None = None

    def facts(self) -> list[tuple[str, Any]]:
        return [
            ("Notified so far", formats.dollars(self.partnership.notified_total)),
            ("Remaining under the limit", formats.dollars(headroom(self.partnership).notified)),
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.record_notification(partnership=self.partnership, actor=self.actor, replaces=self.replaces, **values)


class ReplaceNotification(RecordNotification):
    heading = "Replace a notification"
    button = "Replace the notification"
    replaces: CongressionalNotification

    def load(self) -> None:
        super().load()
        self.replaces = get_object_or_404(
            self.partnership.notifications.select_related("document"), pk=self.kwargs["row"]
        )

    def get_initial(self) -> dict[str, Any]:
        return model_to_dict(self.replaces)

    def facts(self) -> list[tuple[str, Any]]:
        return [*super().facts(), ("Replaces", str(self.replaces))]


class ExemptFromNotification(MoneyAction):
    plans = "notificationexemption"
    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = ExemptionForm
    heading = "Record an exemption from notification"
    button = "Record the exemption"
    done = "The exemption is recorded."
    intro = "The exemption is recorded with its authority and reason. You can't edit it."
    back = "partnership-money#notifications"

    def perform(self, values: Mapping[str, Any]) -> None:
        services.exempt_from_notification(partnership=self.partnership, actor=self.actor, **values)
