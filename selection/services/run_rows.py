"""The rows of a run: one a country, with the observations behind every criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.models import Country
from indicators.queries import Known
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.scoring import POOLED, CountryResult, CriterionLine, Result
from selection.snapshots import Cell, Selection


def country_scores(run: ScoreRun, selection: Selection, result: Result) -> list[CountryScore]:
    """Make the rows of a run, unsaved: those left out of the scoring with their reason, then those scored."""
    ids = dict(Country.objects.values_list("code", "id"))
    rows = [
        CountryScore(run=run, country_id=ids[code], status=CountryStatus(status), reason=reason)
        for code, (status, reason) in selection.left_out.items()
    ]
    for code in result.countries:
        cells = {key: column[code] for key, column in selection.cells.items()}
        row = _row(run, ids[code], cells, result.country(code))
        if result.estimated is not None:
            _add_method(row, code, selection, result)
        rows.append(row)
    return rows


def _row(run: ScoreRun, country_id: int, cells: Mapping[str, Cell], result: CountryResult) -> CountryScore:
    nodes = {line.key: {"score": _points(line.score), "coverage": line.coverage} for line in result.nodes}
    interval = result.interval
    tier, income = cells.get("tier", Cell()), cells.get("income", Cell())
    tier_value = tier.used or tier.shown
    return CountryScore(
        run=run,
        country_id=country_id,
        status=CountryStatus(result.status.value),
        reason=result.reason,
        rank=result.rank,
        rank_low=interval.low if interval else None,
        rank_median=interval.median if interval else None,
        rank_high=interval.high if interval else None,
        equal_display=result.equal_display,
        score=_points(result.score),
        need=nodes.get("need", {}).get("score"),
        feasibility=nodes.get("feasibility", {}).get("score"),
        coverage=result.coverage,
        lower=_points(result.lower),
        upper=_points(result.upper),
        income=income.used.label if income.used else "",
        tier=tier_value.label if tier_value else "",
        tier_quality=tier_value.quality if tier_value else "",
        nodes=nodes,
        lines=[_line(cells[line.key], line) for line in result.criteria],
        hurdles=[
            {"key": h.key, "label": h.label, "verdict": h.verdict, "waived": h.waived, "probability": h.probability}
            for h in result.hurdles
        ],
    )


def _add_method(row: CountryScore, code: str, selection: Selection, result: Result) -> None:
    """Add what a model with a method says of a country: why it has no rank, its shares of draws and its doubt."""
    place = result.place(code)
    entry = selection.pool.entries.get(code) if selection.pool else None
    if row.status == CountryStatus.OUTSIDE_POOL and entry is not None:
        row.reason_code, row.reason = entry.reason_code, entry.sentence
    else:
        row.reason_code = ",".join(place.fails)
    row.place = place.place
    row.p10, row.p20 = place.short_share, place.first_share
    if place.interval is not None:
        row.rank_low, row.rank_median, row.rank_high = place.interval.low, place.interval.median, place.interval.high
    row.designs = place.designs
    row.group = place.group
    row.region, row.region_rank = place.region, place.region_rank
    row.detail = place.detail
    for line in row.lines:
        cell = selection.cells[line["key"]][code]
        estimate = place.estimates.get(line["key"])
        if estimate is not None:
            line["estimate"] = estimate
            line["observations"] = _observations(cell, estimate["source"])
            line["observation"] = next(iter(line["observations"]), None)
            line["missing"] = "" if line["observations"] or cell.rated else cell.missing


def _observations(cell: Cell, source: str) -> list[int]:
    """Return the ids of the observations that an estimate rests on, the newest first."""
    if not cell.series:
        return [cell.used.observation_id] if cell.used else []
    return [value.observation_id for value in _behind(cell, source)]


def _behind(cell: Cell, source: str) -> list[Known]:
    """Return the observations that an estimate rests on, the newest first."""
    if not cell.series:
        return [cell.used] if cell.used else []
    used = [value for key, value in cell.series.items() if source in (key, POOLED)]
    return sorted(used, key=lambda value: value.year, reverse=True)


def _line(cell: Cell, line: CriterionLine) -> dict[str, Any]:
    """One criterion of one country, with the observation behind it."""
    return {
        "key": line.key,
        "state": line.state,
        "u": line.u,
        "clipped": line.clipped,
        "nominal_weight": line.nominal_weight,
        "effective_weight": line.effective_weight,
        "points": line.points,
        "points_lost": line.points_lost,
        "points_owed": line.points_owed,
        "missing": "" if cell.used or cell.rated else cell.missing,
        "observation": cell.used.observation_id if cell.used else None,
        "shown": cell.shown.observation_id if cell.shown else None,
        **({"ratings": sorted(cell.rated.steps), "step": cell.rated.median} if cell.rated else {}),
    }


def _points(score: float | None) -> float | None:
    """From 0 to 1 as the engine counts, to 0 to 100 as it is shown."""
    return None if score is None else 100.0 * score
