"""Programs with both governments' amounts, and contributions by fiscal year, on a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import model_to_dict

from cpc.accounts.models import User
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind, Slot
from cpc.web.sheets.saving import RefusedCells
from partnerships.closing import takes_no_new
from partnerships.form_parts.base import dollars, names_of_governments
from partnerships.models import Contribution, Government, Partnership, Program, ProgramAmount
from partnerships.money import services as money_services
from partnerships.money.forms import ContributionForm
from partnerships.term_sheets.kinds import TermRows
from partnerships.terms import services

AMOUNTS = {Government.UNITED_STATES: "us_amount", Government.PARTNER: "partner_amount"}
NEVER_DELETED = "You can't delete an amount. For nothing, enter 0."


class ProgramRows(TermRows):
    """Programs with their amounts. The amounts of a sheet are set together, so that only their sum meets the limit."""

    key = "program"
    title_column = "title"

    def __init__(self, partnership: Partnership, actor: User) -> None:
        super().__init__(partnership, actor)
        self.pending: list[tuple[Program, Government, Decimal]] = []

    def amounts(self, record: Program) -> Mapping[str, Decimal]:
        rows = ProgramAmount.objects.filter(program=record).order_by("government", "-id").distinct("government")
        return {row.government: row.amount for row in rows}

    def revision(self, record: Program) -> str:
        newest = ProgramAmount.objects.filter(program=record).order_by("-id").values_list("id", flat=True).first()
        return f"{record.current_revision()}.{newest or 0}"

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        form = super().make_form(record, data)
        if record is not None and self.partnership.is_binding:
            return form
        amounts = self.amounts(record) if record is not None else {}
        for side, name in AMOUNTS.items():
            form.fields[name] = dollars(f"{side.label}, U.S. dollars", required=False)
            form.initial[name] = amounts.get(side)
        return form

    def locked(self, record: Program) -> Mapping[str, str]:
        if not self.partnership.is_binding:
            return {}
        amounts = self.amounts(record)
        texts = {name: f"{amounts[side]:,.2f}" for side, name in AMOUNTS.items() if side in amounts}
        nothing = dict.fromkeys(AMOUNTS.values(), "")
        return {"title": record.title, "description": record.description} | nothing | texts

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name not in AMOUNTS.values()}

    def add(self, values: Mapping[str, Any]) -> Program:
        program: Program = super().add(self._own(values))
        self._put(program, values, {})
        return program

    def change(self, record: Program, values: Mapping[str, Any], expected_revision: str) -> Program:
        amounts = self.amounts(record)
        gone = [name for side, name in AMOUNTS.items() if side in amounts and values.get(name) is None]
        if gone:
            raise ValidationError(dict.fromkeys(gone, NEVER_DELETED))
        changed: Program = super().change(record, self._own(values), expected_revision.partition(".")[0])
        self._put(record, values, amounts)
        return changed

    def _put(self, program: Program, values: Mapping[str, Any], before: Mapping[str, Decimal]) -> None:
        for side, name in AMOUNTS.items():
            amount = values.get(name)
            if amount is not None and amount != before.get(side):
                self.pending.append((program, side, amount))

    def finish(self) -> None:
        """Set all amounts together. An error of the sum is shown at the first amount of the United States."""
        amounts, self.pending = self.pending, []
        if not amounts:
            return
        try:
            services.set_amounts(partnership=self.partnership, amounts=amounts, actor=self.actor)
        except ValidationError as error:
            program, side, _ = next((one for one in amounts if one[1] == Government.UNITED_STATES), amounts[0])
            raise RefusedCells([(program, AMOUNTS[side], message) for message in error.messages]) from error


class ContributionRows(RowKind):
    """Contributions. They are never edited: a changed row replaces the one on record, and both stay on file."""

    key = "contribution"
    noun, plural = "contribution", "contributions"
    refers = {"program": "program"}
    removes = False
    slots = tuple(
        Slot(name) for name in ("government", "fiscal_year", "kind", "stage", "description", "amount_usd", "source")
    )

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.adds = not takes_no_new("contribution", partnership.status)
        self.defaults = {"stage": "Pledged"}

    def records(self) -> Iterable[Contribution]:
        rows = self.partnership.contributions.filter(replaced_by__isnull=True)
        return rows.order_by("fiscal_year", "government", "id")

    def revision(self, record: Contribution) -> str:
        return str(record.pk)

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return ContributionForm(
            data, partnership=self.partnership, initial=model_to_dict(record) if record is not None else None
        )

    def synonyms(self, name: str) -> Mapping[str, str]:
        return names_of_governments(self.partnership, name)

    def add(self, values: Mapping[str, Any]) -> Contribution:
        row = Contribution(partnership=self.partnership, **values)
        return money_services.record_contribution(contribution=row, actor=self.actor)

    def change(self, record: Contribution, values: Mapping[str, Any], expected_revision: str) -> Contribution:
        row = Contribution(partnership=self.partnership, replaces=record, **values)
        return money_services.record_contribution(contribution=row, actor=self.actor)


__all__: Sequence[str] = ("ContributionRows", "ProgramRows")
