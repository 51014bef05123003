"""Findings below the list of a ranking, each with its reasons folded: the summary is the finding."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.web import formats
from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoreRun
from selection.ranking.presenters.sentences import whole_percent
from selection.ranking.presenters.verdict import (
    are,
    concentrated,
    doubt,
    group_limits,
    pool,
    pool_changed,
)
from selection.ranking.queries.findings import Concentration, PoolCounts, concentration, groups_of, median_widths
from selection.runs import labels
from selection.runs.queries.all_in import UNCONFIRMED, AllInFindings
from selection.runs.rows import Ranking

ELSEWHERE = 5
"""Number of countries outside the commonest region that are named."""

LEVEL = 0.6
"""Least share of draws in which the better of two countries must be ahead for their order to be clear."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Finding with its reasons: `title` in bold and `rest` are always shown, the paragraphs once it is open.

    `key` names the links that the page adds to the last paragraph.
    """

    key: str
    title: str
    rest: str
    paragraphs: tuple[str, ...] = ()


def folds(run: ScoreRun, ranking: Ranking, counts: PoolCounts | None, found: AllInFindings | None) -> list[Fold]:
    """Return the findings below the list of the ranked countries that hold for a run."""
    where = concentration(ranking)
    made = [
        dropping(ranking, where) if where else None,
        apart(ranking, found),
        unconfirmed(ranking),
        how_made(run, ranking, counts) if counts else None,
    ]
    return [fold for fold in made if fold]


def dropping(ranking: Ranking, where: Concentration) -> Fold:
    """Return what the figures on need leave out, and how the choice of facts favors a region."""
    rest = "The figures on need do not show every form of trafficking."
    leaves_out = (
        "They leave out online exploitation, sex tourism, and recruitment by armed groups. Rate these forms in a "
        "round before you drop a country, above all an open one."
    )
    outside = [row for row in ranking.ranked if row.region != where.region][:ELSEWHERE]
    listed = formats.listing([f"{row.name} ({row.rank})" for row in outside])
    beyond = f" The first outside it {are(len(outside))} {listed}." if outside else ""
    return Fold("drop", "Before you drop a country.", rest, (leaves_out, " ".join(concentrated(where)) + beyond))


def apart(ranking: Ranking, found: AllInFindings | None) -> Fold | None:
    """Return how far apart two ranks must be to mean something, and what most doubt comes from; None without draws."""
    shares = ranking.neighbors
    if 1 not in shares:
        return None
    can = "cannot" if shares[1] < LEVEL else "can"
    title, rest = (
        f"Neighbors in the list {can} be told apart.",
        f"The higher one comes out ahead in {formats.chance(shares[1], prose=True)} of draws.",
    )
    far = [f"{formats.chance(shares[n], prose=True)} for two that are {n} apart" for n in sorted(shares) if n > 1]
    compared = f"By rank, it is {formats.listing(far)}." if far else ""
    inner = " These draws vary data and weights, not the method." if ranking.is_all_in else ""
    return Fold("apart", title, rest, tuple(text for text in (compared + inner, most_doubt(ranking, found)) if text))


def most_doubt(ranking: Ranking, found: AllInFindings | None) -> str:
    """Return what most of the doubt about the ranks comes from; "" without draws."""
    if found is None:
        return doubt(median_widths(ranking))
    parts = found.decomposition.get("everyone", {})
    if not parts:
        return ""
    sources = {"data": "data", "weights": "weights", "designs": "method"}
    key = max(parts, key=lambda name: parts[name][0])
    alone, together = (formats.chance(share, prose=True) for share in parts[key])
    most = "Most" if parts[key][0] > 0.5 else "The largest part"
    return f"{most} of the doubt is {sources[key]}: {alone} of the variance of ranks, with interactions {together}."


def unconfirmed(ranking: Ranking) -> Fold | None:
    """Return how many tiers are not confirmed, a doubt in no interval; None if all are."""
    loose, among = (sum(row.tier_quality == UNCONFIRMED for row in rows) for rows in (ranking.ranked, ranking.first))
    if not loose:
        return None
    rest = f"the tiers of {among} of the first {len(ranking.first)}, and of {loose} of the {len(ranking.ranked)}."
    why = (
        "They are compiled from secondary sources and scored without change. The ranges of ranks do not count that a "
        "compiled tier may be wrong. Confirming one against the report removes a mark, not a doubt."
    )
    return Fold("tiers", "Not confirmed:", rest, (why,))


def how_made(run: ScoreRun, ranking: Ranking, counts: PoolCounts) -> Fold:
    """Return what the terms of the page mean, and the pool, model, and data of the run."""
    rest = (
        f"Model version {run.model_version}, {labels.countries(counts.inside)} in the pool, values as of "
        f"{formats.day(run.reference_date)}."
    )
    finding, context = pool(counts, ranking)
    inside = f"{finding} {context} {pool_changed(counts, ranking)}"
    return Fold("made", "How this list is made.", rest, (terms(ranking), inside))


def terms(ranking: Ranking) -> str:
    """Return the definitions of the list's columns and groups, as the run's model has them."""
    first = ranking.table.first
    axes = "Need and feasibility run from 0 to 100."
    if groups_of(ranking) is None:
        return axes
    if ranking.is_all_in:
        return " ".join((axes, _all_in_terms(ranking.table), _reliability(ranking))).strip()
    draw = "A draw computes the list again with other values and weights, within their doubt."
    methods = f" A method is another way to compute it ({ranking.designs} methods)." if ranking.designs else ""
    sure, never = group_limits(ranking.table)
    groups = f"Firmly in means in the first {first} {sure}, firmly out {never}, and open is everything between."
    return f"{axes} {draw}{methods} {groups}"


def _all_in_terms(table: ModelTable) -> str:
    limits = (table.method or {})["groups"]
    sure, never = whole_percent(limits["in_draws"]), whole_percent(limits["out"])
    return (
        "A draw computes the list again with values, weights, and method varied within their doubt. Firmly in means "
        f"in the first {table.first} in at least {sure} of draws, firmly out in under {never}, and open is everything "
        "between."
    )


def _reliability(ranking: Ranking) -> str:
    values = [row.all_in.reliability for row in ranking.ranked if row.all_in]
    if not values:
        return ""
    low, high = (formats.number(end, 1) for end in (min(values), max(values)))
    return (
        "Reliability, 0 to 10, is how much of what separates countries is fact rather than error; here it runs from "
        f"{low} to {high}. It changes no rank."
    )


def likeliest(ranking: Ranking) -> tuple[str, int] | None:
    """Return the country below the first N that is there most often, and how many of them it exceeds.

    None if it is there less often than each of them, or no draw was made.
    """
    first = {row.code for row in ranking.first}
    shares = [row.p20 for row in ranking.first if row.p20 is not None]
    below = [row for row in ranking.ranked if row.code not in first and row.p20 is not None]
    if not below or not shares:
        return None
    best = max(below, key=lambda row: (row.p20 or 0.0, -(row.rank or 0)))
    exceeded = sum(share < (best.p20 or 0.0) for share in shares)
    return (best.code, exceeded) if exceeded else None


def likeliest_sentence(ranking: Ranking, code: str, exceeded: int) -> str:
    """Return why the country below the line is shown there."""
    row = ranking.row(code)
    assert row is not None  # it is one of the ranked
    above = len(ranking.first)
    share = formats.chance(row.p20, prose=True)
    return (
        f"{row.name} is in the first {ranking.table.first} in {share} of draws, more often than {exceeded} of the "
        f"{above} above it."
    )


def note(run: ScoreRun, ranking: Ranking) -> str:
    more = " together" if ranking.is_all_in else "; the method is not in it"
    varied = f"{labels.varied(ranking.table)}{more}"
    return f"Line: 90% of {run.draws:,} draws of {varied}. Dot: rank. Shaded: the first {ranking.table.first}."


def drawn(ranking: Ranking) -> str:
    last = "vary the weights, and take one of the designs" if ranking.is_all_in else "and vary the weights"
    return f"Draws vary every figure within its error, fill missing values from similar countries, {last}."
