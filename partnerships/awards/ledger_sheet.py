"""The sheet of ledger entries: new rows over all awards of a partnership, checked in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cpc.accounts.models import User
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from partnerships.awards.forms import LedgerRowForm
from partnerships.awards.services import awards as services
from partnerships.closing import takes_none
from partnerships.models import Award, LedgerEntry, Partnership

TITLE = "Ledger of all awards"
NOTE = "Each row sees the rows above it. A recorded entry is never changed: another entry corrects it."


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


class Entries(RowKind):
    """New entries. Those on record are in the ledger of each award, and stay as they are."""

    key, noun, plural = "entry", "ledger entry", "ledger entries"
    refers: Mapping[str, str] = {"award": "award"}
    changes = removes = False
    slots = tuple(
        Slot(name) for name in ("on", "award", "kind", "fiscal_year", "amount", "reference", "note", "authority")
    )

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.adds = not takes_none("ledgerentry", partnership.status)

    def records(self) -> Iterable[LedgerEntry]:
        return ()

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return LedgerRowForm(data, partnership=self.partnership)

    def add(self, values: Mapping[str, Any]) -> LedgerEntry:
        return services.record_ledger_entry(actor=self.actor, **values)


def ledger_sheet(partnership: Partnership, actor: User) -> Sheet:
    section = SheetSection("New entries", [Entries(partnership, actor)], note=NOTE)
    return Sheet("ledger", f"partnership {partnership.pk}", TITLE, [section], also=[Awards(partnership)])
