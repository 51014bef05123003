"""The sheet of ledger entries and SF-425 reports: new rows over all awards of a partnership, checked in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from cpc.accounts.models import User
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from partnerships.awards.forms import FinancialReportRowForm, LedgerRowForm
from partnerships.awards.services import awards as services
from partnerships.awards.services.financial_reports import find_report, record_financial_report
from partnerships.closing import takes_none
from partnerships.lookups.financial_reports import reported_of
from partnerships.models import Award, FinancialReport, Fund, LedgerEntry, Partnership

TITLE = "Ledger and reports"
NOTE = "Each row sees the rows above it. A recorded entry is never changed: another entry corrects it."
REPORTS_NOTE = (
    "Lines as on the form, cumulative; 10c and 10h are computed. Interim reports end on March 31, June 30, September "
    "30, or December 31, and final ones with the award."
)
CASH_ON_HAND, UNOBLIGATED = "10c Cash on hand", "10h Unobligated balance"


class Awards(RowKind):
    """The awards that entries name. They aren't rows of the sheet."""

    key, noun, plural = "award", "award", "awards"
    adds = changes = removes = False

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership

    def records(self) -> Iterable[Award]:
        return self.partnership.awards.order_by("recipient", "pk")

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return ActionForm(data)

    def names(self, record: Award) -> Sequence[str]:
        """Return the recipient, the title, and the number of an award; the recipient alone if it has one award."""
        texts = [str(record), record.recipient, record.title, record.fain]
        return [text for text in dict.fromkeys(texts) if text]


class Funds(RowKind):
    """The funds that entries name. They aren't rows of the sheet."""

    key, noun, plural = "fund", "fund", "funds"
    adds = changes = removes = False

    def records(self) -> Iterable[Fund]:
        funds = list(Fund.objects.all())
        self.years = Counter(fund.years for fund in funds)
        return funds

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return ActionForm(data)

    def names(self, record: Fund) -> Sequence[str]:
        """Return account and years, also without the comma, and the years alone where they mean one fund."""
        years = [record.years, record.years.removeprefix("FY ")] if self.years[record.years] == 1 else []
        return [str(record), str(record).replace(",", ""), *years]


class Entries(RowKind):
    """New entries. Those on record are in the ledger of each award, and stay as they are."""

    key, noun, plural = "entry", "ledger entry", "ledger entries"
    refers: Mapping[str, str] = {"award": "award", "fund": "fund"}
    changes = removes = False
    slots = tuple(Slot(name) for name in ("on", "award", "kind", "fund", "amount", "reference"))

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.adds = not takes_none("ledgerentry", partnership.status)

    def records(self) -> Iterable[LedgerEntry]:
        return ()

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return LedgerRowForm(data, partnership=self.partnership)

    def add(self, values: Mapping[str, Any]) -> LedgerEntry:
        return services.record_ledger_entry(actor=self.actor, **values)


class Reports(RowKind):
    """New lines of SF-425 reports. The award and the end of the period name the scheduled report."""

    key, noun, plural = "report", "report", "SF-425 reports"
    refers: Mapping[str, str] = {"award": "award"}
    changes = removes = False
    slots = (
        *(Slot(name) for name in ("award", "period_end", "received_on", "cash_receipts", "cash_disbursements")),
        Slot(computed=CASH_ON_HAND),
        *(Slot(name) for name in ("authorized", "expended", "unliquidated")),
        Slot(computed=UNOBLIGATED),
    )

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor

    def records(self) -> Iterable[FinancialReport]:
        return ()

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return FinancialReportRowForm(data, partnership=self.partnership)

    def add(self, values: Mapping[str, Any]) -> FinancialReport:
        lines = dict(values)
        report = find_report(lines.pop("award"), lines.pop("period_end"))
        return record_financial_report(report=report, actor=self.actor, **lines)

    def differences(self, record: FinancialReport) -> Iterable[tuple[str, str]]:
        return [(each.field, each.message) for each in reported_of(record).unexplained]

    def computed(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        found = {}
        for heading, first, others in (
            (CASH_ON_HAND, "cash_receipts", ("cash_disbursements",)),
            (UNOBLIGATED, "authorized", ("expended", "unliquidated")),
        ):
            amounts = [_amount(cells.get(name, "")) for name in (first, *others)]
            if None not in amounts:
                left = sum((-amount for amount in amounts[1:] if amount is not None), amounts[0] or Decimal(0))
                found[heading] = f"{left:,.2f}"
        return found


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "").removeprefix("$"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def ledger_sheet(partnership: Partnership, actor: User) -> Sheet:
    entries = SheetSection("Ledger: new rows", [Entries(partnership, actor)], note=NOTE, shows_state=True)
    reports = SheetSection("Financial reports, SF-425: new rows", [Reports(partnership, actor)], note=REPORTS_NOTE)
    also: list[RowKind] = [Awards(partnership), Funds()]
    return Sheet("ledger", f"partnership {partnership.pk}", TITLE, [entries, reports], also=also)
