"""Presentation of two rankings side by side: differences, movements, and their published values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
from selection.runs.movements import FAR, ListedMove, Moves
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
    rows = (_listed(move, found) for move in found.moves)
    return Moves.of(rows, found.first)


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
        return "Only the round's candidates are scored." if _is_one_stage_short(found) else "Not in that run."
    if row.status == CountryStatus.OUTSIDE_POOL:
        return f"{verb} outside the pool: {sentences_presenters.reason_title(row)}."
    if row.status == CountryStatus.PROVISIONAL:
        table = found.pair.after if now else found.pair.before
        return f"{verb} provisional. {sentences_presenters.why(row, table)}."
    label = CountryStatus(row.status).label
    return f"{verb} {label[:1].lower()}{label[1:]}."


def _is_one_stage_short(found: Comparison) -> bool:
    return not found.pair.is_one_stage


# ---- sentences -----------------------------------------------------------------------------------------------------


def verdict(found: Comparison, lists: Moves, pool: PoolBetween) -> tuple[str, str]:
    if lists.entered or lists.left:
        bold, more = _crossed(found, lists), lists.crossing
    else:
        bold, more = lists.verdict("The two rankings are the same.")[0], ""
    return bold, " ".join(filter(None, (more, movement_counts(found), differs(found, pool))))


def _crossed(found: Comparison, lists: Moves) -> str:
    """Count the entries into and exits from the first N, with the cause of most of them."""
    enter, leave, top = len(lists.entered), len(lists.left), f"the first {found.first}"
    parts = [f"{formats.count_of(enter, 'country enters', 'countries enter')} {top}"] if enter else []
    if leave and enter:
        parts.append(f"{formats.count_of(leave, 'leaves', 'leave')} it")
    elif leave:
        parts.append(f"{formats.count_of(leave, 'country leaves', 'countries leave')} {top}")
    text = f"{formats.listing(parts)}."
    codes = {row.code for row in (*lists.entered, *lists.left)}
    moves = [move for move in found.moves if move.row.code in codes and move.cause is not None]
    if not moves:
        return text
    cause, count = Counter(move.cause for move in moves).most_common(1)[0]
    which = f"{count} of these {formats.count_of(len(codes), 'movement')}"
    if len(codes) == 1:
        which = "the movement"
    elif count == len(codes):
        which = "both movements" if count == 2 else f"all {count} movements"
    most = _main_criterion(found, [move for move in moves if move.cause is cause])
    return f"{text} Main cause of {which}: {labels.lowered(cause_label(cause, found))}{most}."


def _main_criterion(found: Comparison, moves: Sequence[RunMove]) -> str:
    """Name the criterion that moves most of some countries.

    Returns "" for none, or for a rating, because a rating can be hidden.
    """
    keys = Counter(move.main.key for move in moves if move.main and move.cause is not Cause.OTHERS)
    key, times = keys.most_common(1)[0] if keys else ("", 0)
    if 2 * times <= len(moves) or (row := found.pair.row(key)).is_rated:
        return ""
    return f", mostly {row.label} (in {times})"


def movement_counts(found: Comparison) -> str:
    """Describe how many countries move.

    Changes of rank, lost ranks, and gained ranks add up to the total.
    """
    both, total = len(found.both), len(found.moved)
    if not total:
        return "" if both else "No country is ranked by both runs."
    lost, gained = len(found.lost), len(found.gained)
    among = (
        f"place among the {both} ranked by both, {len(found.far)} of them by {formats.spell_out(FAR).lower()} places"
    )
    counts = (
        (total - lost - gained, "changes", "change", f"{among} or more"),
        (lost, "loses", "lose", "a rank"),
        (gained, "gains", "gain", "a rank"),
    )
    parts = [f"{formats.count_of(count, one, several)} {what}" for count, one, several, what in counts if count]
    return f"{formats.count_of(total, 'movement')} in all: {'; '.join(parts)}."


def differs(found: Comparison, pool: PoolBetween) -> str:
    """Return a sentence on which of data, pool, model, and day differ."""
    parts = {
        "the data": any(change.cause is Cause.DATA for move in found.moves for change in move.changes),
        "the decisions on the pool": pool.differs,
        "the model": bool(found.model),
        "the engine": found.engine,
        "the stage": not found.pair.is_one_stage,
    }
    other = [name for name, is_other in parts.items() if is_other]
    same = [name for name in ("the data", "the decisions on the pool", "the model") if not parts[name]]
    if not other:
        return (
            "Only time passed: the data, the model, and the decisions on the pool are the same."
            if found.day
            else "The data, model, pool, and date are the same."
        )
    is_one = len(other) == 1 and other[0] in ("the model", "the engine", "the stage")
    text = f"{labels.raised(formats.listing(other))} {'differs' if is_one else 'differ'}"
    if same:
        text += f"; {formats.listing(same)} {'is' if same == ['the model'] else 'are'} the same"
    return f"{text}.{_years(found)}"


def _years(found: Comparison) -> str:
    before, after = found.before.reference_date.year, found.after.reference_date.year
    if before == after:
        return ""
    return f" The age of a value is counted up to {after} in the later ranking, up to {before} in the earlier one."


def _model(run: ScoreRun) -> str:
    return f"{run.model_key} {run.model_version}"


# ---- differences ---------------------------------------------------------------------------------------------------


def differences(found: Comparison, data: DataBehind, pool: PoolBetween) -> list[Difference]:
    """Return every aspect in which rankings can differ, with the movements that it mainly causes or "The same"."""
    main = Counter(move.cause for move in found.moved)
    total = len(found.moved)

    def effect(*causes: Cause) -> str:
        count = sum(main[cause] for cause in causes)
        return f"Main cause of {count} of {formats.count_of(total, 'movement')}" if count else NO_EFFECT

    rows = [
        Difference(
            CAUSES[Cause.DATA],
            _data(found.before, found.pair.before),
            _data(found.after, found.pair.after),
            effect(Cause.DATA),
            not data.editions,
        ),
        Difference(CAUSES[Cause.AGE], *_ages(found), effect(Cause.AGE), not _years(found)),
        Difference(CAUSES[Cause.FITTED], *_filled(found), effect(Cause.FITTED, Cause.PEERS)),
        Difference(CAUSES[Cause.OTHERS], OTHERS_MOVED, "", effect(Cause.OTHERS), is_whole=True),
        Difference(CAUSES[Cause.POOL], *_pool(pool), effect(Cause.POOL), not pool.differs),
        Difference(
            cause_label(Cause.MODEL, found),
            _counts(found, found.before),
            _counts(found, found.after),
            effect(Cause.MODEL),
            found.pair.is_one_model,
        ),
    ]
    return [row._replace(effect="The same") if row.is_same and row.effect == NO_EFFECT else row for row in rows]


def _data(run: ScoreRun, table: ModelTable) -> str:
    origin = f"Published by {formats.day(run.reference_date)}, loaded by publication no. {run.as_of}"
    report = describe_report(run, table)
    return f"{origin}. {report}" if report else origin


def _counts(found: Comparison, run: ScoreRun) -> str:
    return _model(run) if found.pair.is_one_stage else f"{_model(run)}, {run.get_stage_display().lower()}"


def _ages(found: Comparison) -> tuple[str, str]:
    before, after = (f"Age counted up to {run.reference_date.year}" for run in (found.before, found.after))
    return before, after


def _filled(found: Comparison) -> tuple[str, str]:
    counts = [0, 0]
    for move in found.moves:
        for index, row in enumerate((move.before, move.after)):
            counts[index] += len(row.weak.filled) if row is not None and row.rank is not None else 0
    one, other = (f"{formats.number(count)} values of ranked countries filled from peers" for count in counts)
    return one, other


def _pool(pool: PoolBetween) -> tuple[str, str]:
    one, other = (" ".join(_decisions(pool, index)) or "The same" for index in (0, 1))
    return one, other


def _decisions(pool: PoolBetween, side: int) -> Iterator[str]:
    if pool.members is not None:
        yield f"{labels.countries(pool.members[side])} in the pool."
    if names := pool.partners[side]:
        yield f"Partnerships in force on this date but not on the other: {formats.listing(names)}."
    if names := pool.admitted[side]:
        yield f"Admitted here but not in the other ranking: {formats.listing(names)}."
    for rule in pool.rules[side]:
        yield f"Rule of this ranking only: {rule}"


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
        Column("Loaded here", lambda row: _loaded(row)),
        Column("Values that now count", lambda row: row.values, "number"),
        Column("Values that no longer count", lambda row: row.gone, "number"),
        Column("Countries that moved", lambda row: row.moved, "number"),
    ],
    caption="Editions whose values differ between the two rankings, with the most values first",
    css="usa-table--hover",
)


def _loaded(row: Edition) -> str:
    number = f"No. {row.number}" if row.number else formats.DASH
    return f"{number}, retracted" if row.is_taken_back else number
