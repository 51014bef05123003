"""Editions that a publisher had not published by a day, as analysts have recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db.models import F, Max, Q, QuerySet

from indicators.models import PeriodCoverage, Source, UnpublishedEdition
from indicators.observations.published import dating_of


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Statement that an edition was not published by `as_of`; `who` looked, and `evidence` is where.

    `key` is the number of the statement.
    """

    edition: str
    as_of: date
    evidence: str
    who: str
    key: int


def unpublished_editions(source: str) -> tuple[Unpublished, ...]:
    """Return the live statements on the editions of a source, by its key, the earliest edition first.

    An edition may be loaded by now: its statement then has no effect.
    """
    return _live(Q(source__key=source))


def unpublished_editions_of(indicator: str) -> tuple[Unpublished, ...]:
    """Return the result of `unpublished_editions` for the source of an indicator, by its code."""
    return _live(Q(source__indicators__code=indicator))


def withdrawn_statements_of(indicator: str) -> tuple[int, ...]:
    """Return the keys of the withdrawn statements on the source of an indicator, the earliest first."""
    rows = UnpublishedEdition.objects.filter(superseded_at__isnull=False, source__indicators__code=indicator)
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def _live(which: Q) -> tuple[Unpublished, ...]:
    return _read(UnpublishedEdition.objects.live().filter(which))


def statements_with(keys: Collection[int]) -> tuple[Unpublished, ...]:
    """Return the statements with these numbers, withdrawn ones too, the earliest edition first."""
    return _read(UnpublishedEdition.objects.filter(pk__in=keys)) if keys else ()


def _read(rows: QuerySet[UnpublishedEdition]) -> tuple[Unpublished, ...]:
    statements = rows.select_related("recorded_by").order_by("edition", "pk")
    return tuple(Unpublished(row.edition, row.as_of, row.evidence, str(row.recorded_by), row.pk) for row in statements)


@dataclass(frozen=True, slots=True)
class Statement:
    """Statement on a source, live or withdrawn; without effect if its edition is loaded by now."""

    row: UnpublishedEdition
    is_loaded: bool


def statements_on(source: Source) -> list[Statement]:
    """Return every statement on a source, the live ones first, then the newest."""
    rows = UnpublishedEdition.objects.filter(source=source).select_related("source", "recorded_by", "superseded_by")
    statements = list(rows.order_by(F("superseded_at").desc(nulls_first=True), "-edition"))
    periods = {row.edition for row in statements}
    loaded = set(_loaded(source).filter(period__in=periods).values_list("period", flat=True)) if periods else set()
    return [Statement(row, row.edition in loaded) for row in statements]


def is_loaded(source: Source, edition: str) -> bool:
    return _loaded(source).filter(period=edition).exists()


def _loaded(source: Source) -> QuerySet[PeriodCoverage]:
    return PeriodCoverage.objects.filter(indicator__source=source, live__gt=0)


def newest_year(source: Source) -> int | None:
    """Return the newest year that a loaded value of the source describes, or None."""
    newest: int | None = _loaded(source).aggregate(new=Max("year"))["new"]
    return newest


def first_unpublished(source: Source, today: date) -> str:
    """Return the earliest edition after the newest loaded one that is due and without a live statement, or "".

    Only sources have one that give each year an edition of its name, by a rule for the day.
    """
    rule = dating_of(source.key)
    is_yearly = source.cadence_months == 12 and rule.years_after == rule.edition_years_after is not None
    newest = newest_year(source) if is_yearly else None
    if newest is None:
        return ""
    stated = set(UnpublishedEdition.objects.live().filter(source=source).values_list("edition", flat=True))
    year = next(year for year in count(newest + 1) if str(year) not in stated)
    due = rule.value_day(year)
    return str(year) if due is not None and due <= today else ""
