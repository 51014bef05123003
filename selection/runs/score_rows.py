"""Rows of a run: one per country, with the observations behind every criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.models import Country
from indicators.queries import Known
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.scoring import COMBINED, POOLED, CountryResult, CriterionLine, Result
from selection.scoring_inputs.cells import Cell, Selection


def country_scores(run: ScoreRun, selection: Selection, result: Result) -> list[CountryScore]:
    """Build the unsaved rows of a run: countries excluded from the scoring with the reason, then scored ones.

    The full score of a round has rows for its candidates only; other countries of the pool are only their peers.
    """
    candidates = run.inputs.get("candidates")
    ids = dict(Country.objects.values_list("code", "id"))
    rows = [
        CountryScore(run=run, country_id=ids[code], status=CountryStatus(status), reason=reason)
        for code, (status, reason) in selection.left_out.items()
    ]
    for code in result.countries if candidates is None else [c for c in result.countries if c in candidates]:
        cells = {key: column[code] for key, column in selection.cells.items()}
        row = _row(run, ids[code], cells, result.country(code))
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
    """Add the fields of a model with a method: missing evidence, shares of draws, and estimates.

    A candidate of a round outside the default pool, and a country admitted to it, store the reason in `detail`.
    """
    placed = result.place(code)
    entry = selection.pool.entries.get(code) if selection.pool else None
    if row.status == CountryStatus.OUTSIDE_POOL and entry is not None:
        row.reason_code, row.reason = entry.reason_code, entry.sentence
    else:
        row.reason_code = ",".join(placed.fails)
    row.place = placed.place
    row.p10, row.p20 = placed.short_share, placed.first_share
    if placed.interval is not None:
        row.rank_low, row.rank_median, row.rank_high = placed.interval.low, placed.interval.median, placed.interval.high
    row.designs = placed.designs
    row.group = placed.group
    row.region, row.region_rank = placed.region, placed.region_rank
    row.detail = dict(placed.detail)
    if placed.income_rank is not None:
        row.detail["income_rank"] = placed.income_rank
    if "axes" in row.detail:
        row.detail["axes"] = {key: [_points(end) for end in ends] for key, ends in row.detail["axes"].items()}
    if entry is not None and row.status != CountryStatus.OUTSIDE_POOL and (entry.reason_code or entry.admitted):
        row.detail["pool"] = {"reason": entry.reason_code or entry.overridden, "sentence": entry.sentence}
    for line in row.lines:
        cell = selection.cells[line["key"]][code]
        estimate = placed.estimates.get(line["key"])
        if estimate is not None:
            behind = _behind(cell, estimate["source"])
            line["estimate"] = {**estimate, "published": [_published(cell, value) for value in behind]}
            line["observations"] = [value.observation_id for value in behind]
            line["observation"] = next(iter(line["observations"]), None)
            line["missing"] = "" if line["observations"] or cell.rated else cell.missing


def _published(cell: Cell, value: Known) -> dict[str, Any]:
    series = next((key for key, held in cell.series.items() if held == value), "")
    return {"value": value.value, "label": value.label, "year": value.year, "series": series}


def _behind(cell: Cell, source: str) -> list[Known]:
    """Return the observations behind an estimate, the newest first."""
    if not cell.series:
        return [cell.used] if cell.used else []
    used = [value for key, value in cell.series.items() if source in (key, POOLED)]
    if source == COMBINED:
        used = list(cell.series.values())[:2]  # the two surveys come first in the model's order
    return sorted(used, key=lambda value: value.year, reverse=True)


def _line(cell: Cell, line: CriterionLine) -> dict[str, Any]:
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
    """Convert 0 to 1, as the engine counts, to 0 to 100, as pages show it."""
    return None if score is None else 100.0 * score
