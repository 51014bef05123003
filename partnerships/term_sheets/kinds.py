"""Rows of terms on a sheet, written by the services of their rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cpc.accounts.models import User
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind
from partnerships.closing import takes_no_new
from partnerships.form_parts.base import display_value, names_of_governments
from partnerships.models import Milestone, Objective, Partnership, SustainabilityStrategy
from partnerships.sustainability.services import add_entry, edit_entry
from partnerships.sustainability.views import KINDS as OUTLOOK_KINDS
from partnerships.terms import queries, services
from partnerships.terms.forms import KINDS, TermKind


class TermRows(RowKind):
    """Rows of one kind of terms of a partnership. After signature, only what may be recorded can change."""

    term: TermKind

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.term = KINDS[self.key]
        self.noun = self.term.noun
        self.plural = self.plural or f"{self.noun}s"
        is_open = not partnership.is_binding
        self.removes = is_open
        self.adds = is_open and not takes_no_new(self.term.model._meta.model_name or "", partnership.status)

    def records(self) -> Iterable[Any]:
        rows = self.term.model._default_manager.filter(**{self.term.owner: self.partnership})
        has_mark = any(field.name == "withdrawn" for field in self.term.model._meta.fields)
        return rows.filter(withdrawn=False) if has_mark else rows

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return self.term.form(data, partnership=self.partnership, instance=record, editable=self.editable(record))

    def editable(self, record: Any | None) -> frozenset[str] | None:
        return self.term.recorded if record is not None and self.partnership.is_binding else None

    def locked(self, record: Any) -> Mapping[str, str]:
        editable = self.editable(record)
        if editable is None:
            return {}
        names = [column.name for column in self.columns if column.name not in editable]
        return {name: display_value(record, name) for name in names}

    def synonyms(self, name: str) -> Mapping[str, str]:
        return names_of_governments(self.partnership, name)

    def add(self, values: Mapping[str, Any]) -> Any:
        owner = {"partnership": self.partnership} if self.term.owner == "partnership" else {}
        row: Any = self.term.model(**owner, **values)
        return services.add_term(term=row, actor=self.actor)

    def change(self, record: Any, values: Mapping[str, Any], expected_revision: str) -> Any:
        return services.edit_term(term=record, actor=self.actor, values=values, expected_revision=expected_revision)

    def remove(self, record: Any) -> None:
        services.remove_term(term=record, actor=self.actor)


class Participants(TermRows):
    key = "participant"
    title_column = "name"


class Objectives(TermRows):
    key = "objective"
    title_column = "title"

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        form = super().make_form(record, data)
        if "number" in form.fields:
            form.fields["number"].required = False
        return form

    def names(self, record: Objective) -> Sequence[str]:
        return (record.title, str(record), str(record.number), f"Objective {record.number}")

    def new_names(self, cells: Mapping[str, str]) -> Sequence[str]:
        number, title = cells.get("number", ""), cells.get("title", "")
        return (title, *((number, f"{number}. {title}", f"Objective {number}") if number else ()))

    def add(self, values: Mapping[str, Any]) -> Any:
        number = values["number"] or queries.next_number(self.partnership)
        return super().add({**values, "number": number})

    def change(self, record: Objective, values: Mapping[str, Any], expected_revision: str) -> Any:
        values = {**values, "number": values.get("number") or record.number} if "number" in values else values
        return super().change(record, values, expected_revision)


class Responsibilities(TermRows):
    key = "responsibility"
    plural = "responsibilities"
    refers = {"participant": "participant", "objective": "objective"}
    defaults = {"status": "Planned"}


class Activities(TermRows):
    key = "activity"
    plural = "activities"
    refers = {"objective": "objective", "program": "program"}
    within = "objective"
    title_column = "title"
    defaults = {"status": "Planned"}

    def names(self, record: Any) -> Sequence[str]:
        return (record.title,)


class Milestones(TermRows):
    key = "milestone"
    refers = {"activity": "activity"}
    within = "activity"

    def records(self) -> Iterable[Milestone]:
        return Milestone.objects.filter(activity__partnership=self.partnership, activity__withdrawn=False)


class Mechanisms(TermRows):
    key = "mechanism"


class DataPlans(TermRows):
    key = "data-plan"


class Strategies(RowKind):
    key = "strategy"
    noun, plural = "sustainability strategy", "sustainability strategies"
    removes = False

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.adds = not partnership.is_binding
        self.form_class = OUTLOOK_KINDS["strategy"].form

    def records(self) -> Iterable[SustainabilityStrategy]:
        return self.partnership.strategies.filter(withdrawn=False)

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        editable = () if record is not None and self.partnership.is_binding else None
        return self.form_class(data, partnership=self.partnership, instance=record, editable=editable)

    def locked(self, record: Any) -> Mapping[str, str]:
        is_locked = self.partnership.is_binding
        return {column.name: display_value(record, column.name) for column in self.columns if is_locked}

    def add(self, values: Mapping[str, Any]) -> Any:
        entry = SustainabilityStrategy(partnership=self.partnership, **values)
        return add_entry(entry=entry, actor=self.actor)

    def change(self, record: Any, values: Mapping[str, Any], expected_revision: str) -> Any:
        return edit_entry(entry=record, values=values, actor=self.actor, expected_revision=expected_revision)
