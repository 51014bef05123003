"""Counts of published values, stored by triggers in the transaction of each publication, so that no page counts rows.

Each table declares what it groups by and what it counts. The triggers of observations and confirmations add the rows
that a statement writes and subtract those that it replaces, whoever writes. `differences` compares the counts with the
rows, and `recount` makes them again.

They are the counts of now: `indicators.observations.coverage` reads them, and counts the rows as of an earlier
publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connections, models, transaction

from indicators.models.catalog import Indicator, Source
from indicators.models.countries import Country
from indicators.sources.base import Quality

WEAK = (Quality.INFERRED.value, Quality.UNCONFIRMED.value)

_WEAK = "r.quality IN ('" + "', '".join(WEAK) + "')"
_ROWS = {
    "insert": (pgtrigger.Insert, {"new": "new_rows"}, "(SELECT 1 AS n, w.* FROM new_rows w)"),
    "update": (
        pgtrigger.Update,
        {"new": "new_rows", "old": "old_rows"},
        "(SELECT 1 AS n, w.* FROM new_rows w UNION ALL SELECT -1, w.* FROM old_rows w)",
    ),
}
"""The changed rows of each kind of statement, with 1 for a row to add and -1 for one to subtract."""


class EditionCoverage(models.Model):
    """Count of what an edition of a source states about a country.

    `stated` counts all of its values, `live` those of today, `valued` those of them that are not missing, and `weak`
    those of these that are inferred or unconfirmed. The others count its statements that confirm a value of another.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    edition_rank = models.IntegerField()
    edition = models.CharField(max_length=40)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", db_index=False)
    stated = models.IntegerField(db_default=0)
    live = models.IntegerField(db_default=0)
    valued = models.IntegerField(db_default=0)
    weak = models.IntegerField(db_default=0)
    confirming = models.IntegerField(db_default=0)
    confirming_valued = models.IntegerField(db_default=0)
    confirming_weak = models.IntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="edition_coverage_once", fields=("source", "edition_rank", "edition", "country")
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.edition}, {self.country_id}: {self.live}"


class PeriodCoverage(models.Model):
    """Count of today's observations of an indicator for a period, and of those that are not missing."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.SmallIntegerField()
    period = models.CharField(max_length=12)
    live = models.IntegerField(db_default=0)
    valued = models.IntegerField(db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(name="period_coverage_once", fields=("indicator", "year", "period")),)

    def __str__(self) -> str:
        return f"{self.indicator_id}, {self.period}: {self.live}"


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """Counts that a table keeps of the rows of another.

    Both are columns with their SQL: an expression to group by, or the condition of a row that counts. `r` is the row,
    `i` its indicator.
    """

    model: type[models.Model]
    groups: Mapping[str, str]
    counts: Mapping[str, str]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def select(self, rows: str, columns: Iterable[str] = ()) -> str:
        """Return the query that counts rows, each with its `n`: 1 or -1. Of other `columns`, there are none."""
        groups = [f"{expression} AS {column}" for column, expression in self.groups.items()]
        counts = [
            f"coalesce(sum(r.n) FILTER (WHERE {self.counts[column]}), 0) AS {column}"
            if column in self.counts
            else f"0 AS {column}"
            for column in columns or self.counts
        ]
        return f"""SELECT {", ".join([*groups, *counts])}
            FROM {rows} r JOIN indicators_indicator i ON i.id = r.indicator_id
            GROUP BY {", ".join(self.groups.values())}"""  # noqa: S608  # names of our own tables and columns alone

    def add(self, rows: str) -> str:
        """Return the statement that adds the counts of rows, always in one order, so that no two wait in a ring.

        Materialized, the groups are made by hash and then sorted; otherwise the planner sorts the rows to group them.
        """
        sums = ", ".join(f"{column} = stored.{column} + EXCLUDED.{column}" for column in self.counts)
        groups = ", ".join(self.groups)
        return f"""
            WITH counted AS MATERIALIZED ({self.select(rows)})
            INSERT INTO {self.table} AS stored ({", ".join([*self.groups, *self.counts])})
            SELECT * FROM counted ORDER BY {groups}
            ON CONFLICT ({groups}) DO UPDATE SET {sums};"""  # noqa: S608  # as above


_EDITION = {
    "source_id": "i.source_id",
    "edition_rank": "r.edition_rank",
    "edition": "r.edition",
    "country_id": "r.country_id",
}
_LIVE = "r.valid_to IS NULL"
_VALUED = f"{_LIVE} AND r.missing = ''"

_OBSERVATIONS = (
    StoredCounts(
        EditionCoverage,
        _EDITION,
        {"stated": "true", "live": _LIVE, "valued": _VALUED, "weak": f"{_VALUED} AND {_WEAK}"},
    ),
    StoredCounts(
        PeriodCoverage,
        {"indicator_id": "r.indicator_id", "year": "r.year", "period": "r.period"},
        {"live": _LIVE, "valued": _VALUED},
    ),
)
# A confirming statement is never firmer than the one it confirms.
_CONFIRMATIONS = (
    StoredCounts(
        EditionCoverage,
        _EDITION,
        {"confirming": _LIVE, "confirming_valued": _VALUED, "confirming_weak": f"{_VALUED} AND {_WEAK}"},
    ),
)


def _confirming(rows: str) -> str:
    """Return the query of confirmations with what they confirm.

    Each observation is found by its key, also for a statement that joins whole tables.
    """
    return f"""(SELECT w.n, w.valid_to, w.edition_rank, w.edition, o.indicator_id, o.country_id, o.missing, o.quality
            FROM {rows} w CROSS JOIN LATERAL (
                SELECT * FROM indicators_observation o WHERE o.id = w.observation_id OFFSET 0) o)"""  # noqa: S608  # as above


_KINDS: Sequence[tuple[str, Sequence[StoredCounts], Callable[[str], str]]] = (
    ("indicators_observation", _OBSERVATIONS, lambda rows: rows),
    ("indicators_confirmation", _CONFIRMATIONS, _confirming),
)
"""The counted tables: what is stored of each, and the query of their rows with all that is counted."""


def counts_coverage(table: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that keep the counts of a table whose rows are only added and closed."""
    ((stored_counts, counted),) = ((stored_counts, counted) for name, stored_counts, counted in _KINDS if name == table)
    return [
        pgtrigger.Trigger(
            name=f"z_coverage_{kind}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**referencing),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
            func="".join(one.add(counted(rows)) for one in stored_counts) + "\nRETURN NULL;",
        )
        for kind, (operation, referencing, rows) in _ROWS.items()
    ]


def _all(table: str) -> str:
    return f"(SELECT 1 AS n, w.* FROM {table} w)"  # noqa: S608  # as above


def recount(using: str = "default") -> None:
    """Make all counts again. Only the owner of the tables may. Writers wait, so that none of their rows is missed."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for model in (EditionCoverage, PeriodCoverage):
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  # as above
        for table, stored_counts, counted in _KINDS:
            for one in stored_counts:
                cursor.execute(one.add(counted(_all(table))))


def differences(using: str = "default") -> list[str]:
    """Return each count that is not that of the rows: its table, its group, and what is stored or counted."""
    found = []
    with connections[using].cursor() as cursor:
        for model in (EditionCoverage, PeriodCoverage):
            stored, counted = _stored_and_counted(model)
            for one, other, name in ((stored, counted, "stored"), (counted, stored, "counted")):
                cursor.execute(f"{one} EXCEPT {other}")
                found += [f"{model._meta.db_table}, {name}: {row}" for row in cursor.fetchall()]
    return sorted(found)


def _stored_and_counted(model: type[models.Model]) -> tuple[str, str]:
    """Return the query of the counts that a table keeps, and that of the same counts of the rows."""
    parts = [(one, counted(_all(table))) for table, of, counted in _KINDS for one in of if one.model is model]
    groups = list(parts[0][0].groups)
    counts = list(dict.fromkeys(column for one, _ in parts for column in one.counts))
    sums = ", ".join([*groups, *(f"sum({column}) AS {column}" for column in counts)])
    union = " UNION ALL ".join(f"({one.select(rows, counts)})" for one, rows in parts)
    some = " OR ".join(f"{column} <> 0" for column in counts)
    rows = f"(SELECT {sums} FROM ({union}) u GROUP BY {', '.join(groups)})"  # noqa: S608  # as above
    query = f"SELECT {', '.join([*groups, *counts])} FROM %s t WHERE {some}"  # noqa: S608  # as above
    return query % model._meta.db_table, query % rows


def recount_if_different(*, using: str, **_: Any) -> None:
    """Make the counts again where they are not those of the rows, after each migration."""
    if differences(using):
        recount(using)
