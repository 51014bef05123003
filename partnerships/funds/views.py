from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.pages import breadcrumb
from partnerships.funds import presenters
from partnerships.funds.forms import FundForm
from partnerships.funds.queries import fund_money
from partnerships.funds.services import add_fund, change_fund
from partnerships.models import Fund, Partnership
from partnerships.page_frame import STYLESHEET


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def funds(request: HttpRequest) -> HttpResponseBase:
    """Show every fund with its days and the money of all partnerships but samples."""
    check_parameters(request, ())
    today = timezone.now().date()
    rows = presenters.of_office(list(Fund.objects.all()), fund_money(Partnership.objects.counted()))
    context = {
        "rows": rows,
        "table": presenters.funds_table(rows, today),
        "records": user_of(request).allows(Permission.RECORD_MONEY),
    }
    return render(request, "partnerships/funds/funds.html", context)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def fund(request: HttpRequest, fund: int) -> HttpResponseBase:
    """Show one fund with its days and its money by partnership."""
    check_parameters(request, ())
    record = get_object_or_404(Fund, pk=fund)
    of_fund = [row for row in fund_money() if row.fund == record]
    named = {row.pk: row for row in Partnership.objects.select_related("country")}
    rows = [presenters.FundOfPartnership(row, named[row.partnership]) for row in of_fund]
    context = {
        "fund": record,
        "facts": presenters.facts(record),
        "rows": sorted(rows, key=lambda row: (row.partnership.is_sample, row.partnership.country.name)),
        "table": presenters.partnerships_table(),
        "records": user_of(request).allows(Permission.RECORD_MONEY),
    }
    return render(request, "partnerships/funds/fund.html", context)


class FundAction(ActionView):
    permission = Permission.RECORD_MONEY
    stylesheet = STYLESHEET
    form_class = FundForm
    form: FundForm
    back = "funds"
    intro = (
        "Nothing here is computed: enter the days that a document states. Until then, pages show “Not entered”, and no "
        "rule looks at them."
    )

    def breadcrumbs(self) -> Breadcrumbs:
        return [breadcrumb("home"), breadcrumb("partnerships"), breadcrumb("funds")]


class AddFund(FundAction):
    heading = "Add a fund"
    button = "Add the fund"
    done = "The fund is on the list."

    def perform(self, values: Mapping[str, Any]) -> str:
        return reverse("fund", args=[add_fund(fund=Fund(**values), actor=self.actor).pk])


class EditFund(FundAction):
    button = "Save the fund"
    done = "Saved."
    fund: Fund

    def load(self) -> None:
        super().load()
        self.fund = get_object_or_404(Fund, pk=self.kwargs["fund"])
        self.heading = f"Edit {self.fund}"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.fund}

    def perform(self, values: Mapping[str, Any]) -> str:
        expected = self.form.expected_revision
        change_fund(fund=self.fund, values=values, actor=self.actor, expected_revision=expected)
        return reverse("fund", args=[self.fund.pk])
