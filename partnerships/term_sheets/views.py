from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.parameters import whole_number
from cpc.web.parts import GroupTab
from cpc.web.sheets.actions import SheetAction, SheetForm
from cpc.web.sheets.blocks import UnreadableBlock
from cpc.web.sheets.kinds import Sheet
from cpc.web.sheets.rows import SheetRow, new_row
from cpc.web.sheets.saving import SheetErrors
from partnerships.models import PlanState
from partnerships.monitoring.forms import TargetsForm
from partnerships.monitoring.queries import plan_of
from partnerships.monitoring.services.plans import plan_for, take_plan_step
from partnerships.page_frame import PartnershipAction, get_partnership_or_404
from partnerships.term_sheets.composition import TITLES, sheet_of
from partnerships.term_sheets.copying import copied_rows
from partnerships.term_sheets.indicators import Indicators
from partnerships.term_sheets.starting import library_cells, offered, sources_of

SEND = "send"
FROM_LIBRARY = "library"
GIVE_A_TARGET = "Give a target. A 0 is allowed if nothing is expected that year."


class TermsSheet(SheetAction, PartnershipAction):
    """A sheet of the terms. Those with the monitoring plan can be saved and sent to the approver in one request."""

    permission = Permission.EDIT_PARTNERSHIPS
    form_class = SheetForm
    template_name = "partnerships/term_sheets/sheet.html"
    back = "partnership-terms"
    parameters = ("draft", "format", "copy")
    extends = (FROM_LIBRARY,)

    def load(self) -> None:
        self.key = self.kwargs["sheet"]
        if self.key not in TITLES:
            raise Http404
        super().load()
        self.heading = self.here = TITLES[self.key]
        plan = plan_of(self.partnership)
        is_draft = plan is None or plan.state == PlanState.DRAFT
        if is_draft and self.sheet.kind("indicator") is not None:
            self.saves = {SEND: "Save and send the monitoring plan to the approver"}

    def offers_saves(self) -> bool:
        """Offer to send the plan once there is an indicator, and somebody has confirmed why there is a partnership."""
        has_origin = self.partnership.decision_id is not None or hasattr(self.partnership, "origin_confirmation")
        return has_origin and any(True for _ in self.indicators())

    def indicators(self) -> Iterator[SheetRow]:
        rows = (row for row in self.rows if row.kind.key == "indicator")
        return (row for row in rows if not row.is_removed and not row.is_blank)

    def differing_targets(self) -> list[tuple[str, str]]:
        """Return title and difference of each indicator whose years don't make up the target of the whole term."""
        kind = self.sheet.kind("indicator")
        assert kind is None or isinstance(kind, Indicators)
        differences = [(row.text("title"), kind.difference(row)) for row in self.indicators()] if kind else []
        return [(title, difference) for title, difference in differences if difference]

    @property
    def offers_library(self) -> bool:
        kind = self.sheet.kind("indicator")
        return kind is not None and kind.adds

    def make_sheet(self) -> Sheet:
        return sheet_of(self.partnership, self.actor, self.key)

    def first_rows(self) -> list[SheetRow]:
        """Return the records, and with `?copy=` the rows of another partnership as unsaved ones."""
        rows = super().first_rows()
        wanted = self.request.GET.get("copy", "")
        if not wanted:
            return rows
        number = whole_number(wanted)
        if number is None:
            raise BadRequest(f"“{wanted}” is not the number of a partnership.")
        source = get_partnership_or_404(number)
        copied = copied_rows(self.sheet, rows, sheet_of(source, self.actor, self.key), source, self.partnership)
        self.notice = render_to_string("partnerships/term_sheets/_copied.html", {"copied": copied, "source": source})
        return [*rows, *copied.rows]

    def extend_by(self, step: str) -> None:
        """Add an indicator of the library under the first objective, or the one that is chosen."""
        kind, code = self.sheet.kind("indicator"), self.request.POST.get("library", "")
        cells = library_cells(code)
        if kind is None or not kind.adds or cells is None:
            raise UnreadableBlock("Choose an indicator of the library.")
        objectives = [row for row in self.rows if row.kind.key == "objective" and not row.is_removed]
        wanted = self.request.POST.get("library-objective", "")
        parent = next((row for row in objectives if str(row.number) == wanted), objectives[0] if objectives else None)
        self.rows = self.arranged([*self.rows, new_row(kind, {**kind.defaults, **cells}, parent)])
        self.notice = f"{cells['title']}: add its source and targets. Nothing is saved yet."

    def file_name(self) -> str:
        return self.partnership.country.name

    def after_save(self, step: str) -> None:
        """Submit the monitoring plan. A missing target is shown at its cell."""
        missing = 0
        for row in self.indicators():
            for name in map(TargetsForm.name_of, row.kind.years):  # type: ignore[attr-defined]  # Indicators has them
                if not row.cells.get(name) and name != TargetsForm.name_of(None):
                    row.refuse(name, GIVE_A_TARGET)
                    missing += 1
        if missing:
            raise SheetErrors(missing)
        plan = plan_for(partnership=self.partnership, actor=self.actor)
        take_plan_step(plan=plan, name="submit", actor=self.actor, on=self.today)
        self.done = "The sheet is saved, and the monitoring plan waits for the approver."

    def perform(self, values: Mapping[str, Any]) -> str | None:
        """Save the sheet, and warn of targets that don't fit together on the page that follows."""
        done = super().perform(values)
        if self.written.total:
            for title, difference in self.differing_targets():
                messages.warning(self.request, f"{title}: {difference}")
        return done

    def get_context(self) -> dict[str, Any]:
        plan = plan_of(self.partnership)
        returned = plan.steps.order_by("-pk").first() if plan is not None else None
        return super().get_context() | {
            "returned": returned if returned is not None and returned.name == "return" else None,
            "differing": self.differing_targets(),
            "is_locked": any(row.locked for row in self.rows),
            "plan_state": "" if plan is None or plan.state == PlanState.DRAFT else plan.get_state_display().lower(),
            "library": list(offered()) if self.offers_library else (),
            "objectives": [
                (row.number, row.cells.get("title") or row.locked.get("title", "New objective"))
                for row in self.rows
                if row.kind.key == "objective" and not row.is_blank
            ],
            "sources": sources_of(self.partnership) if not self.partnership.is_binding else (),
            "sheets": [
                GroupTab(title, reverse("partnership-terms-sheet", args=[self.partnership.pk, key]), key == self.key)
                for key, title in TITLES.items()
            ],
        }
