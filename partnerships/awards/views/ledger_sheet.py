"""The sheet of ledger entries and SF-425 reports of all awards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cpc.web import formats
from cpc.web.sheets.actions import SheetAction
from cpc.web.sheets.kinds import Sheet
from partnerships.awards import presenters
from partnerships.awards.ledger_sheet import TITLE, ledger_sheet
from partnerships.limit_position import headroom
from partnerships.money.views import MoneyAction


class LedgerSheet(SheetAction, MoneyAction):
    """Record ledger entries of all awards, and the lines of recipients' reports, on one sheet."""

    plans = "ledgerentry"
    heading = here = TITLE
    button = "Check and save all rows"
    template_name = "partnerships/shared/sheet.html"
    done = "The rows are recorded."
    back = "partnership-money#awards"

    def load(self) -> None:
        super().load()
        notified = self.partnership.may_obligate(self.today) - self.partnership.obligated_total
        self.intro = (
            "Paste or type the rows in their order. All rows are recorded, or none. "
            f"{formats.dollars(headroom(self.partnership).awarded)} can still be awarded, and "
            f"{formats.dollars(max(notified, Decimal(0)))} is notified to Congress and not obligated."
        )

    def make_sheet(self) -> Sheet:
        return ledger_sheet(self.partnership, self.actor)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | presenters.sheet_title(self.rows)

    def file_name(self) -> str:
        return self.partnership.country.name
