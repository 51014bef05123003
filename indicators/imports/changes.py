"""Changes by an import, value by value, as text: of a preview, or of the publication that made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from cpc.web import formats
from indicators.curated import program_imports
from indicators.imports import comparison
from indicators.models import Import, Narrative, Observation, Publication, StagedNarrative, USGProgram

CHANGED = ("changed", "new")
"""Statuses that are listed, in this order: values that replace others come first."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that an import adds or replaces; `before` is "" if it is new, or the value that it replaces."""

    country: str
    code: str
    what: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """Return the change on one line: "Ghana, TIP Report tier 2024: Tier 2, was Tier 1"."""
        return f"{self.country}, {self.what}: {self.after}, {f'was {self.before}' if self.before else 'new'}"


@dataclass(frozen=True, slots=True)
class Changes:
    """The first changes of an import, and how many more there are."""

    shown: tuple[ValueChange, ...]
    more: int


def changes_of(batch: Import, publication: Publication | None, *, limit: int) -> Changes:
    """Return what a publication changed; without one, what publishing the import would change."""
    changes = _previewed(batch, limit) if publication is None else _published(batch, publication)
    shown = tuple(islice(changes, limit))
    total = sum(batch.counts.get(status, 0) for status in CHANGED) + batch.counts.get("narratives", 0)
    return Changes(shown, max(total - len(shown), 0))


def _previewed(batch: Import, limit: int) -> Iterator[ValueChange]:
    for status in CHANGED:
        for row in comparison.rows(batch, status=status, limit=limit):
            after, before = (
                _text(value, label, missing, quality, row.decimals)
                for value, label, missing, quality in (
                    (row.value, row.label, row.missing, row.quality),
                    (row.old_value, row.old_label, row.old_missing, row.old_quality),
                )
            )
            yield _change(row.country, row.country_code, row.indicator, row.period, row.series, before, after)
    for status in CHANGED:
        for program in program_imports.rows(batch, status=status):
            yield _program(program.program)
    for narrative in StagedNarrative.objects.filter(batch=batch).select_related("country").order_by("pk"):
        yield _narrative(narrative)


def _published(batch: Import, publication: Publication) -> Iterator[ValueChange]:
    """Yield what a publication made, read from what it stored and closed."""
    seq = publication.seq
    related = ("indicator", "country")
    closed = {_key(row): row for row in Observation.objects.filter(valid_to=seq).exclude(valid_from=seq)}
    made = Observation.objects.filter(batch=batch, valid_from=seq).exclude(valid_to=seq).select_related(*related)
    rows = list(made.order_by("country__name", "indicator__name", "year", "period", "series"))
    for row in chain((r for r in rows if _key(r) in closed), (r for r in rows if _key(r) not in closed)):
        old = closed.get(_key(row))
        before, after = ("" if value is None else _of(value, row.indicator.decimals) for value in (old, row))
        yield _change(row.country.name, row.country.code, row.indicator.name, row.period, row.series, before, after)
    for program in USGProgram.objects.filter(statements__batch=batch).select_related("country").order_by("pk"):
        yield _program(program)
    for narrative in Narrative.objects.filter(batch=batch, valid_from=seq).select_related("country").order_by("pk"):
        yield _narrative(narrative)


def _program(program: USGProgram) -> ValueChange:
    return ValueChange(program.country.name, program.country.code, f"program of {program.agency}", "", program.title)


def _narrative(narrative: Narrative | StagedNarrative) -> ValueChange:
    return ValueChange(narrative.country.name, narrative.country.code, "narrative", "", narrative.report)


def _key(row: Observation) -> tuple[int, int, str, str]:
    return (row.indicator_id, row.country_id, row.period, row.series)


def _of(row: Observation, decimals: int) -> str:
    return _text(row.value, row.label, row.missing, row.quality, decimals)


def _change(country: str, code: str, indicator: str, period: str, series: str, before: str, after: str) -> ValueChange:
    what = " ".join(filter(None, (indicator, period, f"({series})" if series else "")))
    return ValueChange(country, code, what, before, after)


def _text(value: float | None, label: str, missing: str, quality: str, decimals: int) -> str:
    """Return a value with its quality, unless it is stated: "Tier 2 (unconfirmed)"; "" for no row at all."""
    if value is None and not label and not missing:
        return ""
    text = formats.number(value, decimals) if value is not None else label or formats.missing(missing).lower()
    return text if quality in ("", "stated") else f"{text} ({quality})"
