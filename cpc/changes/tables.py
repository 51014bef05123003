"""A table in the feed: its columns, its kinds of events, and the operations that its triggers allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.changes.models import Change

STATES = ("status", "state", "decision")
"""Columns of a state, in the order of preference; they have choices."""
SUPERSEDED = "superseded_at"
TECHNICAL = frozenset({"revision", "version", "updated_at"})
"""Columns that count writes. They are in no event."""
CODES: dict[str, str] = {Agency._meta.db_table: "code"}
"""Tables whose rows an event names by a code, and the column of the code."""
PLAIN = (
    models.BooleanField,
    models.DateField,
    models.DecimalField,
    models.FloatField,
    models.IntegerField,
    models.SlugField,
    models.ForeignKey,
)
Url = Callable[[Change], str | None]


def no_url(_change: Change) -> None:
    return None


@dataclass(frozen=True)
class Feed:
    """One table in the feed.

    `also` are columns of text that every reader with the permission may see. `private` columns are named but never
    shown, `hidden` ones not even named. `record` is SQL for the version of the record that the row belongs to and
    whether it is a sample, with `{partnership}` as the key of the partnership. `moments` are further kinds of updates,
    each with its condition on the rows `o` and `n`. `permission_sql` overrides the permission row by row.
    """

    model: type[models.Model]
    permission: Permission
    subject: str
    url: Url = no_url
    partnership: str = "NULL::bigint"
    round: str = "NULL::bigint"
    agency: str = "NULL::bigint"
    record: str = ""
    permission_sql: str = ""
    only_if: str = "TRUE"
    also: Collection[str] = ()
    private: Collection[str] = ()
    hidden: Collection[str] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        pk = self.model._meta.pk
        assert pk is not None
        return str(pk.column)

    @property
    def columns(self) -> list[models.Field[Any, Any]]:
        """Return the columns whose changes are in events."""
        left_out = TECHNICAL | set(self.hidden)
        return [one for one in self.model._meta.concrete_fields if not one.primary_key and one.name not in left_out]

    @property
    def shown(self) -> list[models.Field[Any, Any]]:
        """Return the columns whose values are in events."""
        return [one for one in self.columns if one.name not in self.private and (one.name in self.also or plain(one))]

    @property
    def state(self) -> str:
        """Return the name of the column of the state, or ""."""
        names = {one.name for one in self.columns if one.choices}
        return next((name for name in STATES if name in names), "")

    @property
    def kinds(self) -> list[str]:
        """Return every kind of event of this table."""
        operations = self.operations
        found = ["added"] if "insert" in operations else []
        if "update" in operations:
            found += [*self.moments, *([f"{self.state}_changed"] if self.state else [])]
            found += ["superseded"] if self._is_superseded else []
            found += ["changed"]
        found += ["removed"] if "delete" in operations else []
        return [f"{self.subject}.{what}" for what in found]

    @property
    def _is_superseded(self) -> bool:
        return any(one.name == SUPERSEDED for one in self.columns)

    @property
    def operations(self) -> tuple[str, ...]:
        """Return the operations that the triggers of the table allow."""
        guards = {str(trigger.name) for trigger in getattr(self.model._meta, "triggers", ())}
        if "append_only" in guards:
            return ("insert",)
        return ("insert", "update") if "never_deleted" in guards else ("insert", "update", "delete")

    def update_kind(self) -> str:
        """Return the SQL of the kind of an update, from the row `o` before it to `n`."""
        cases = [f"WHEN {condition} THEN '{self.subject}.{what}'" for what, condition in self.moments.items()]
        if self.state:
            column = f'"{self.model._meta.get_field(self.state).column}"'  # type: ignore[union-attr]  # a column
            cases.append(f"WHEN o.{column} IS DISTINCT FROM n.{column} THEN '{self.subject}.{self.state}_changed'")
        if self._is_superseded:
            cases.append(f"WHEN o.{SUPERSEDED} IS NULL AND n.{SUPERSEDED} IS NOT NULL THEN '{self.subject}.superseded'")
        otherwise = f"'{self.subject}.changed'"
        return f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else otherwise


def plain(column: models.Field[Any, Any]) -> bool:
    """Return whether a column can hold no free text and names no account."""
    if isinstance(column, models.ForeignKey) and column.related_model is User:
        return False
    return isinstance(column, PLAIN) or bool(isinstance(column, models.CharField) and column.choices)


OF_RECORDS: list[Callable[[Feed, Change], str | None]] = []
"""Functions that give the URL of the record of a change, if they know one. The REST interface adds its own."""
