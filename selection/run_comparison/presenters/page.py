"""Presentation of two rankings side by side: differences, movements, and their published values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from cpc.web import charts, formats
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters import sentences as sentences_presenters
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.run_comparison.queries.data_differences import DataBehind, Edition
from selection.run_comparison.queries.pool_differences import PoolBetween
from selection.runs import labels
from selection.runs.movements import ListedMove, Moves
from selection.runs.presenters import describe_report
from selection.runs.rows import RankingRow

CAUSES: Mapping[Cause, str] = {
    Cause.DATA: "Other data",
    Cause.AGE: "The same values, older",
    Cause.FITTED: "Values of other countries",
    Cause.PEERS: "Values of other countries",
    Cause.OTHERS: "Others moved",
    Cause.POOL: "Another pool",
    Cause.MODEL: "Another model",
}
STAGE = "Another stage"
NO_EFFECT = "Main cause of no movement"
OTHERS_MOVED = (
    "The change in its own score is too small to explain the movement: other countries passed it, or it passed them"
)
"""Movements that count as caused by other countries."""


def cause_label(cause: Cause | None, found: Comparison) -> str:
    """Describe a cause; "" for none.

    Between stages the criteria differ, whatever the model.
    """
    if cause is None:
        return ""
    return STAGE if cause is Cause.MODEL and not found.pair.is_one_stage else CAUSES[cause]


class Difference(NamedTuple):
    """One aspect in which two rankings can differ.

    It holds the text for each ranking (`is_whole`: for both), and the movements that it causes.
    """

    what: str
    before: str
    after: str
    effect: str
    is_same: bool = False
    is_whole: bool = False


def sides(found: Comparison) -> tuple[str, str]:
    """Return a short name of each side: its day, or its run if both have the same day."""
    if found.day:
        return formats.day(found.before.reference_date), formats.day(found.after.reference_date)
    return f"Run {found.before.pk}", f"Run {found.after.pk}"


def lists(found: Comparison) -> Moves:
    """Return both rankings side by side, with the reason for each gained or lost rank."""
    return Moves.of((_listed(move, found) for move in found.moves), found.first)


def _listed(move: RunMove, found: Comparison) -> ListedMove:
    ranks, why = move.ranks, ""
    if ranks.kind == "lost":
        why = _without_rank(move.after, found, now=True)
    elif ranks.kind == "gained":
        why = _without_rank(move.before, found)
    return ListedMove(move.row.code, ranks.before, ranks.after, move.row.name, href(move, found), why)


def href(move: RunMove, found: Comparison) -> str:
    return f"{reverse('country', args=[move.row.code])}?run={found.after.pk}"


def _without_rank(row: RankingRow | None, found: Comparison, *, now: bool = False) -> str:
    """Return the reason for a missing rank in one run, as a sentence that countries share."""
    verb = "Now" if now else "Was"
    if row is None:
        return "Not in that run." if found.pair.is_one_stage else "Only the round's candidates are scored."
    if row.status == CountryStatus.OUTSIDE_POOL:
        return f"{verb} outside the pool: {sentences_presenters.reason_title(row)}."
    if row.status == CountryStatus.PROVISIONAL:
        table = found.pair.after if now else found.pair.before
        return f"{verb} provisional. {sentences_presenters.why(row, table)}."
    label = CountryStatus(row.status).label
    return f"{verb} {label[:1].lower()}{label[1:]}."


# ---- the verdict ---------------------------------------------------------------------------------------------------


def verdict(found: Comparison, lists: Moves, pool: PoolBetween) -> dict[str, Any]:
    """Return the facts of the verdict on two rankings; `_verdict.html` has its sentences."""
    return {
        "main": _main_cause(found, lists),
        "same_first": lists.verdict("The two rankings are the same.")[0],
        "differing": differing(found, pool),
    }


def _main_cause(found: Comparison, lists: Moves) -> dict[str, Any] | None:
    """Return the cause of most entries into and exits from the first N, and the criterion behind most of those.

    None without any cause. A rating is no such criterion, because a rating can be hidden.
    """
    codes = {row.code for row in (*lists.entered, *lists.left)}
    moves = [move for move in found.moves if move.row.code in codes and move.cause is not None]
    if not moves:
        return None
    cause, count = Counter(move.cause for move in moves).most_common(1)[0]
    caused = [move for move in moves if move.cause is cause]
    keys = Counter(move.main.key for move in caused if move.main and cause is not Cause.OTHERS)
    key, times = keys.most_common(1)[0] if keys else ("", 0)
    row = found.pair.row(key) if 2 * times > len(caused) else None
    return {
        "label": labels.lowered(cause_label(cause, found)),
        "count": count,
        "total": len(codes),
        "criterion": row.label if row is not None and not row.is_rated else "",
        "times": times,
    }


def differing(found: Comparison, pool: PoolBetween) -> tuple[list[str], list[str]]:
    """Return which of data, pool, model, engine, and stage differ, and which of the first three are the same."""
    parts = {
        "the data": any(change.cause is Cause.DATA for move in found.moves for change in move.changes),
        "the decisions on the pool": pool.differs,
        "the model": bool(found.model),
        "the engine": found.engine,
        "the stage": not found.pair.is_one_stage,
    }
    same = [name for name in ("the data", "the decisions on the pool", "the model") if not parts[name]]
    return [name for name, is_other in parts.items() if is_other], same


# ---- differences ---------------------------------------------------------------------------------------------------


def differences(found: Comparison, data: DataBehind, pool: PoolBetween) -> list[Difference]:
    """Return every aspect in which rankings can differ, with the movements that it mainly causes or "The same"."""
    main = Counter(move.cause for move in found.moved)
    total = len(found.moved)

    def effect(*causes: Cause) -> str:
        count = sum(main[cause] for cause in causes)
        return f"Main cause of {count} of {formats.count_of(total, 'movement')}" if count else NO_EFFECT

    years = [run.reference_date.year for run in (found.before, found.after)]
    rows = [
        Difference(
            CAUSES[Cause.DATA],
            _data(found.before, found.pair.before),
            _data(found.after, found.pair.after),
            effect(Cause.DATA),
            not data.editions,
        ),
        Difference(
            CAUSES[Cause.AGE],
            f"Age counted up to {years[0]}",
            f"Age counted up to {years[1]}",
            effect(Cause.AGE),
            years[0] == years[1],
        ),
        Difference(
            CAUSES[Cause.FITTED],
            _filled(move.before for move in found.moves),
            _filled(move.after for move in found.moves),
            effect(Cause.FITTED, Cause.PEERS),
        ),
        Difference(CAUSES[Cause.OTHERS], OTHERS_MOVED, "", effect(Cause.OTHERS), is_whole=True),
        Difference(CAUSES[Cause.POOL], _pool(pool, 0), _pool(pool, 1), effect(Cause.POOL), not pool.differs),
        Difference(
            cause_label(Cause.MODEL, found),
            _model(found, found.before),
            _model(found, found.after),
            effect(Cause.MODEL),
            found.pair.is_one_model,
        ),
    ]
    return [row._replace(effect="The same") if row.is_same and row.effect == NO_EFFECT else row for row in rows]


def _data(run: ScoreRun, table: ModelTable) -> str:
    origin = f"Published by {formats.day(run.reference_date)}, loaded by publication no. {run.as_of}"
    report = describe_report(run, table)
    return f"{origin}. {report}" if report else origin


def _filled(rows: Iterable[RankingRow | None]) -> str:
    count = sum(len(row.weak.filled) for row in rows if row is not None and row.rank is not None)
    return f"{formats.number(count)} values of ranked countries filled from peers"


def _model(found: Comparison, run: ScoreRun) -> str:
    model = f"{run.model_key} {run.model_version}"
    return model if found.pair.is_one_stage else f"{model}, {run.get_stage_display().lower()}"


def _pool(pool: PoolBetween, side: int) -> str:
    parts = []
    if pool.members is not None:
        parts.append(f"{labels.countries(pool.members[side])} in the pool.")
    if names := pool.partners[side]:
        parts.append(f"Partnerships in force on this date but not on the other: {formats.listing(names)}.")
    if names := pool.admitted[side]:
        parts.append(f"Admitted here but not in the other ranking: {formats.listing(names)}.")
    parts += [f"Rule of this ranking only: {rule}" for rule in pool.rules[side]]
    return " ".join(parts) or "The same"


# ---- the chart -----------------------------------------------------------------------------------------------------


def picture(found: Comparison, lists: Moves) -> charts.Chart:
    stay = sum(row.stays(found.first) for row in lists.rows)
    return lists.chart(
        "two-runs",
        f"{stay or 'None'} of the first {found.first} {formats.agree(stay, 'is', 'are')} in it in both.",
        f"Blue enters the first {found.first}, dashed orange leaves it. Ranks are from each run.",
        sides(found),
    )


EDITIONS: Table[Edition] = Table(
    "Underlying data",
    [
        Column(
            "Edition",
            lambda row: link(reverse("import", args=[row.batch]), row.title),
            detail=lambda row: row.publisher,
        ),
        Column("File published", lambda row: when(row.published_on) if row.published_on else None),
        Column(
            "Loaded here",
            lambda row: f"{f'No. {row.number}' if row.number else formats.DASH}{', retracted' * row.is_taken_back}",
        ),
        Column("Values that now count", lambda row: row.values, "number"),
        Column("Values that no longer count", lambda row: row.gone, "number"),
        Column("Countries that moved", lambda row: row.moved, "number"),
    ],
    caption="Editions whose values differ between the two rankings, with the most values first",
    css="usa-table--hover",
)
