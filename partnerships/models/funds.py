"""Funds: the appropriation accounts from which the office obligates, with the days that documents state."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.days import DayField
from cpc.fiscal_years import fiscal_years_text
from partnerships.database.funds import days_cover_entries
from partnerships.models.choices import FundAccount

ACCOUNTS = [choice for choice in FundAccount.choices if choice[0] != FundAccount.UNKNOWN]


class Fund(RevisionedModel):
    """Money of one account that is available for the same fiscal years. The audit trail has its earlier values.

    After `expires_on` it takes no new obligation, but pays and adjusts earlier ones (31 U.S.C. 1502, 1553). On
    `canceled_on` the account is closed, and nothing is left to pay from (31 U.S.C. 1552). Both days are entered as the
    document in `days_from` states them. They are never computed: a law can extend the availability of an account.
    """

    account = models.CharField(max_length=10, choices=ACCOUNTS)
    account_name = models.CharField("name of the account", max_length=80, blank=True)
    first_fiscal_year = models.PositiveSmallIntegerField()
    last_fiscal_year = models.PositiveSmallIntegerField()
    expires_on = DayField("last day for new obligations", null=True, blank=True)
    canceled_on = DayField("day of cancellation", null=True, blank=True)
    days_from = models.CharField("document that states the days", max_length=200, blank=True)

    class Meta:
        ordering = ("first_fiscal_year", "last_fiscal_year", "account", "account_name", "id")
        constraints = (
            models.UniqueConstraint(
                name="fund_once",
                fields=("account", "account_name", "first_fiscal_year", "last_fiscal_year"),
                violation_error_code="fund_once",
                violation_error_message="This fund is on the list already. Change that one.",
            ),
            models.CheckConstraint(
                name="fund_account_named",
                condition=Q(account__in=(FundAccount.INCLE, FundAccount.ESF), account_name="")
                | Q(account=FundAccount.OTHER, account_name__regex=r"\S"),
                violation_error_code="account_name",
                violation_error_message="Name the account if it is another one. The others have their names already.",
            ),
            models.CheckConstraint(
                name="fund_years",
                condition=Q(
                    first_fiscal_year__gte=2000,
                    last_fiscal_year__gte=F("first_fiscal_year"),
                    last_fiscal_year__lte=2100,
                ),
                violation_error_code="last_fiscal_year",
                violation_error_message=(
                    "Enter fiscal years with four digits, from 2000 to 2100. The last one can't be before the first."
                ),
            ),
            models.CheckConstraint(
                name="fund_days_ordered",
                condition=Q(expires_on__isnull=True) | Q(canceled_on__isnull=True) | Q(canceled_on__gt=F("expires_on")),
                violation_error_code="canceled_on",
                violation_error_message="A fund is canceled after its last day for new obligations.",
            ),
            models.CheckConstraint(
                name="fund_days_documented",
                condition=Q(expires_on__isnull=True, canceled_on__isnull=True) | Q(days_from__regex=r"\S"),
                violation_error_code="days_from",
                violation_error_message="Name the document that states the days. They are not computed.",
            ),
        )
        triggers = [days_cover_entries(), counts_revisions()]

    def __str__(self) -> str:
        return f"{self.account_label}, {self.years}"

    @property
    def account_label(self) -> str:
        """Return the short name of the account: INCLE, ESF, or the name of another one."""
        return self.account_name or self.account.upper()

    @property
    def years(self) -> str:
        return fiscal_years_text(self.first_fiscal_year, self.last_fiscal_year)
