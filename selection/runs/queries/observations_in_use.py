"""Observations that the newest desk screen scores, summed up by source for the catalog of sources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from indicators.models import Confirmation, Observation
from indicators.queries import WEAK, InUse
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import CountryScore, ScoreRun
from selection.runs.queries.stored_runs import shown_first
from selection.runs.rows import MEASURED


def in_use(as_of: int | None) -> Mapping[int, InUse]:
    """Return the observations that the default desk screen takes from each source; nothing without one.

    For `as_of`, it is the default one of the screens on the data known then. A ranking of the data known on a past day
    takes older editions, so it is not evidence of what is in use.
    """
    rows = shown_first()
    if as_of is not None:
        rows = rows.filter(as_of__lte=as_of)
    newest = rows.values_list("pk", flat=True).first()
    return {} if newest is None else _of_run(newest)


@lru_cache(maxsize=8)
def _of_run(run_id: int) -> Mapping[int, InUse]:
    # A run and the observations it names never change, so they are cached in this process.
    plain_table, as_of = ScoreRun.objects.values_list("table", "as_of").get(pk=run_id)
    counted = _counted(ModelTable.from_dict(plain_table))
    rows = CountryScore.objects.filter(run=run_id).values_list("country", "lines")
    scored = [(country, lines) for country, lines in rows if lines]
    used = {
        line["observation"]: country
        for country, lines in scored
        for line in lines
        if line["observation"] and line["key"] in counted and line["state"] in MEASURED
    }
    found = list(
        Observation.objects.filter(pk__in=used).values_list(
            "pk", "indicator__source", "year", "quality", "edition_rank", "edition"
        )
    )
    # A later edition that confirms a value is also in use.
    newest = {pk: (rank, edition) for pk, _, _, _, rank, edition in found}
    confirming = Confirmation.objects.as_of(as_of).filter(observation__in=used)
    for pk, rank, edition in confirming.values_list("observation", "edition_rank", "edition"):
        newest[pk] = max(newest[pk], (rank, edition))
    by_source: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for pk, source, year, quality, _, _ in found:
        by_source[source].append((pk, year, quality))
    return {
        source: InUse(
            candidates=len(scored),
            countries=len({used[pk] for pk, _, _ in taken}),
            values=len(taken),
            weak=sum(quality in WEAK for _, _, quality in taken),
            first_year=min(year for _, year, _ in taken),
            last_year=max(year for _, year, _ in taken),
            editions=_editions(newest[pk] for pk, _, _ in taken),
        )
        for source, taken in by_source.items()
    }


def _counted(table: ModelTable) -> frozenset[str]:
    """Return the desk screen's criteria with a weight, and those of its hurdles."""
    weigh = {row.key for row in table.rows(Stage.SCREEN) if row.weight > 0}
    return frozenset(weigh.union(*(_named(hurdle["expression"]) for hurdle in table.hurdles)))


def _named(rule: Mapping[str, Any]) -> frozenset[str]:
    """Return the criteria that a rule refers to, directly or through the rules that it combines."""
    inner = [*rule.get("items", ()), *([rule["item"]] if rule.get("item") else [])]
    return frozenset({str(rule.get("criterion", ""))}.union(*map(_named, inner)))


def _editions(newest: Iterable[tuple[int, str]]) -> tuple[tuple[str, int], ...]:
    counted = Counter(newest)
    return tuple((label, counted[rank, label]) for rank, label in sorted(counted, reverse=True))
