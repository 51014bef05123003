"""Tabs of a memo: the ranking, the consultation record, and the restrictions by exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.candidates.queries import RoundPage, ScoredCandidate
from selection.decisions.memo.agencies import answered, matrix_of, statements_of
from selection.decisions.memo.facts import MemoFacts, MemoLine
from selection.decisions.memo.findings import FOUND, ON_FORMS, name_in_text
from selection.decisions.memo.notes import is_printed, left_out, row_of
from selection.decisions.memo.wording import country_in_text, first_sentence, joined, line, sentence
from selection.model_definition.criteria_table import ModelTable
from selection.models import Action, CountryScore
from selection.pool_rules.pools import PoolRule
from selection.restrictions.checklist import RestrictionStatus, State
from selection.runs.labels import lowered

FILLED = ("peers", "range")
"""States of a criterion without a published value of the country."""
STATES = {State.NOT_REVIEWED: "Not reviewed", State.EXPIRED: "Not reviewed: the review expired"}
OTHERWISE = {
    Action.SHORTLIST: "stays on the shortlist",
    Action.DEFER: "is deferred",
    Action.NOT_SELECTED: "is not to be selected",
}
"""Verb phrases for what happens to a candidate that is not selected."""
CLEAR = ("clear", "not_applicable")
"""Statuses of a review that Tab 3 only lists."""

# ---- Tab 1 ---------------------------------------------------------------------------------------------------------


def ranking_tab(memo: MemoFacts) -> dict[str, Any]:
    """Return the ranking with its ranges, what is sure and what is not, and how score and pool were made."""
    rows = _ranking(memo.page)
    return {
        "ranking_lead": line(certainty(rows), joined([_overlaps(rows), INFORMS, *against_the_score(memo)])),
        "ranking": rows,
        "method": _method(memo.page),
        "pool": _pool(memo.page),
    }


def _ranking(page: RoundPage) -> list[dict[str, Any]]:
    raters, lines = _raters(page), _lines(page)
    return [
        {
            "country": scored.name,
            "rank": row.rank,
            "low": row.low,
            "high": row.high,
            "score": row.score,
            "lower": row.lower,
            "upper": row.upper,
            "need": row.need,
            "feasibility": row.feasibility,
            "coverage": row.coverage,
            "tier": row.tier,
            "tier_quality": row.tier_quality,
            "reason": row.reason,
            "rank_limits": rank_limits(scored, page),
            "draws": page.draws,
            "moves": _moves(lines.get(row.code, ()), page),
            "rated": len(raters.get(row.code, ())),
            "rated_by_one": sum(count == 1 for count in raters.get(row.code, ())),
        }
        for scored in page.candidates
        if (row := scored.row) is not None
    ]


def _lines(page: RoundPage) -> dict[str, Sequence[Mapping[str, Any]]]:
    if page.run is None:
        return {}
    codes = [scored.candidate.country.code for scored in page.candidates]
    rows = CountryScore.objects.filter(run=page.run.run_id, country__code__in=codes)
    return dict(rows.values_list("country__code", "lines"))


def _moves(lines: Iterable[Mapping[str, Any]], page: RoundPage) -> str:
    """Return the criterion on which a candidate is furthest from the median, by weight times distance."""
    if page.ranking is None:
        return ""
    apart = []
    for row in lines:
        median = page.ranking.medians.get(row["key"])
        if row["nominal_weight"] > 0 and median is not None:
            known = not row["missing"] and row["u"] is not None and row["state"] not in FILLED
            distance = row["u"] - median if known else 0.0
            apart.append((abs(distance) * row["nominal_weight"], row["key"], distance))
    if not apart or not max(apart)[0]:
        return formats.DASH
    _, key, distance = max(apart)
    label = page.ranking.table.row(key).label.rpartition(": ")[2]
    return f"{label[:1].upper()}{label[1:]} ({'above' if distance > 0 else 'below'} it)"


def rank_limits(scored: ScoredCandidate, page: RoundPage) -> str:
    """Return what the rank of a candidate does not say: why there is none, chances, criteria that are not rated."""
    doubt, row = scored.doubt, scored.row
    if row is None or doubt is None:
        return row.reason if row else ""
    sentences = []
    if scored.is_provisional:
        span = (
            f", {formats.span(str(doubt.low), str(doubt.high), prose=True)} in 90% of {page.draws}" if doubt.low else ""
        )
        position = f" It would stand at {doubt.place}{span}." if doubt.place else ""
        sentences.append(f"Provisional: {row.reason}{position}")
    elif row.rank is None:
        sentences.append(row.reason)
    elif page.first and doubt.first is not None:
        sentences.append(f"In the first {page.first} in {formats.chance(doubt.first)} of {page.draws}.")
    if doubt.apart:
        sentences.append(f"Outside the pool of the desk screen: {doubt.apart}")
    if doubt.unrated:
        sentences.append(f"{formats.spell_out(doubt.unrated, 'criterion is', 'criteria are')} not rated.")
    return " ".join(sentences)


def _raters(page: RoundPage) -> dict[str, list[int]]:
    """Count the raters of each criterion that the score counts, by country."""
    ratings = page.run.run.inputs.get("ratings", {}) if page.run else {}
    counts = [(code, len(keys)) for by_country in ratings.values() for code, keys in by_country.items()]
    return {code: [count for _, count in own] for code, own in grouped(counts, itemgetter(0)).items()}


def certainty(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return in one sentence which ranks hold in 90% of the draws."""
    ranked = [row for row in rows if row["rank"] is not None]
    if not ranked:
        return "No candidate has a rank."
    if len(ranked) == 1:
        return "One candidate is ranked, so there is no order."
    if all(row["high"] is None for row in ranked):
        return "No draws were made: whether the order holds is not known."
    firm = [row for row in ranked if row["low"] == row["high"] == row["rank"]]
    if len(firm) == len(ranked):
        return "No rank moves in 90% of the draws."
    if not firm:
        return "No rank is firm: each candidate takes several ranks in 90% of the draws."
    if [row["rank"] for row in firm] == [1]:
        return "Only the first rank is firm."
    names = formats.listing([country_in_text(row["country"]) for row in firm])
    return f"Only {formats.agree(len(firm), 'one rank is', f'{len(firm)} ranks are')} firm: {names}."


def _overlaps(rows: Sequence[Mapping[str, Any]]) -> str:
    moving = [row for row in rows if row["rank"] is not None and row["high"] is not None and row["low"] != row["high"]]
    spans = [
        f"{country_in_text(row['country'])} {formats.span(str(row['low']), str(row['high']), prose=True)}"
        for row in moving
    ]
    text = formats.listing(spans)
    return f"Ranks in 90% of the draws: {text}." if text else ""


INFORMS = "The score informs the recommendation and does not make it."


def against_the_score(memo: MemoFacts) -> list[str]:
    """Return a sentence on each country that ranks above one to be selected and is not itself selected."""
    sentences = []
    chosen = [row.scored.row.rank for row in memo.selected if row.scored.row and row.scored.row.rank]
    last = max(chosen, default=0)
    for row in memo.lines:
        rank = row.scored.row.rank if row.scored.row else None
        if rank is None or rank >= last or row.action is Action.SELECT:
            continue
        lacking = [name_in_text(key) for key, word in row.answers.items() if word not in (FOUND, ON_FORMS)]
        name, below = country_in_text(row.name), _named_below(rank, memo)
        does = f"{name[:1].upper()}{name[1:]} has rank {rank}{below} and {OTHERWISE[row.action]}"
        if lacking:
            verb = formats.agree(len(lacking), "is", "are")
            sentences.append(f"{does}, because {formats.listing(lacking)} {verb} not found.")
        else:
            sentences.append(f"{does}: {sentence(first_sentence(row.recommendation.rationale))}")
    return sentences


def _named_below(rank: int, memo: MemoFacts) -> str:
    """Return the countries to be selected below a rank: ", above Peru"."""
    below = [row for row in memo.selected if row.scored.row and (row.scored.row.rank or 0) > rank]
    return f", above {formats.listing([country_in_text(row.name) for row in below], most=3)}," if below else ""


def _method(page: RoundPage) -> list[str]:
    selection_round = page.round
    published = f", {formats.day(selection_round.as_of_at.date())}" if selection_round.as_of_at else ""
    table = selection_round.model.as_table
    counted = [row for row in table.criteria if row.weight > 0]
    rated = sum(row.is_rated for row in counted)
    raters = [count for own in _raters(page).values() for count in own]
    by_one = sum(count == 1 for count in raters)
    draws = f"{page.run.run.draws:,} {page.draws}" if page.run else "No score was computed"
    return [
        f"{selection_round.model}. {joining(table)}",
        "The thresholds for (A) and (B) are the model's, not the statute's.",
        f"{rated} of {len(counted)} criteria are rated by staff from 0 to 4; the rest come from publishers.",
        f"{by_one} of {len(raters)} ratings in the score come from one rater alone." if raters else "Nothing is rated.",
        f"{draws}: each scores all countries again with values, weights, and choices that the evidence allows.",
        f"Evidence: publication {selection_round.as_of}{published}; ages are counted to "
        f"{formats.day(selection_round.reference_date)}.",
    ]


def joining(table: ModelTable) -> str:
    """Return how the axes make the score, so that a score below both of them does not look like an error."""
    axes = [node for node in table.nodes if not node.parent]
    names = formats.listing([node.label.lower() for node in axes])
    ends = [(node.label.lower(), *(f"{end * 100:g}" for end in node.span)) for node in axes if node.span]
    spans = formats.listing([f"{name} from {low} to {high}" for name, low, high in ends])
    mean = (
        "geometric mean, which a low value of one pulls down" if table.aggregation == "geometric" else "weighted mean"
    )
    return joined(
        [
            f"{names[:1].upper()}{names[1:]} are scored apart.",
            f"Stretched to 0 to 100: {spans}." if spans else "",
            f"The score is their {mean}.",
        ]
    )


def _pool(page: RoundPage) -> list[str]:
    pool_rule = PoolRule.from_dict(page.round.pool_rule)
    rule = " ".join(pool_rule.descriptions)
    reasons = "; ".join(f"{lowered(label)}: {count}" for label, count in page.left_out)
    counted = formats.count_of(len(page.candidates), "candidate")
    whose = "The office named them; its rule" if pool_rule.only else "The rule of the pool"
    return [
        f"{counted}. {whose}: {rule}",
        f"Left out: {reasons}." if reasons else "No country was left out.",
    ]


# ---- Tab 2 ---------------------------------------------------------------------------------------------------------


def consultation_tab(memo: MemoFacts) -> dict[str, Any]:
    came, asked = answered(memo.consultation)
    against = sum(len(row.objections) for row in memo.lines)
    all_against = sum(cell.status.value == "does_not_clear" for cell in memo.consultation.cells)
    against = max(against, all_against)
    lead = f"{came} of {asked} answers are in" if asked else "No agency was asked for a position"
    objections = f"; {formats.spell_out(against, 'does', 'do').lower()} not clear" if against else ""
    matrix = matrix_of(memo.consultation, [row.key for row in memo.lines])
    return {
        "consultation_lead": line(f"{lead}{objections}.", f"{matrix['key']}." if matrix["key"] else ""),
        "matrix": matrix,
        "statements": statements_of(memo.consultation),
        "notes": [row_of(thread) for thread in memo.notes if is_printed(thread)],
        "notes_left": left_out(memo.notes),
    }


# ---- Tab 3 ---------------------------------------------------------------------------------------------------------


def restrictions_tab(memo: MemoFacts) -> dict[str, Any]:
    """Return the restrictions that are not clear, one row for countries and restrictions of the same review."""
    found = [(row, status) for row in memo.lines for status in row.restrictions.statuses]
    exceptions = [(row, status) for row, status in found if not _is_clear(status)]
    each = max((len(row.restrictions.statuses) for row in memo.lines), default=0)
    counted = formats.count_of(len(memo.lines), "country", "countries")
    lead = (
        f"{each} restrictions apply to each of {counted}. {_clear_by_country(memo.lines, each)}"
        if found
        else "No country is recommended on."
    )
    return {
        "restrictions_lead": line(lead, _reviewed_by(found)),
        "restrictions": _exceptions(exceptions, each),
        "restrictions_clear": _clear(memo.lines),
        "restrictions_again": _again(found),
    }


def _clear_by_country(lines: Sequence[MemoLine], each: int) -> str:
    """Return how many are clear: "All are clear for Ghana and Peru. Nepal is not reviewed." """
    seen = [row for row in lines if _is_reviewed(row)]
    by_count = grouped(seen, lambda row: sum(_is_clear(status) for status in row.restrictions.statuses))
    parts: list[str] = []
    for count, rows in sorted(by_count.items(), key=lambda item: -item[0]):
        word = {each: "all", 0: "none"}.get(count, f"{count} of {each}")
        verb = "" if parts else f" {formats.agree(count, 'is', 'are')} clear"
        parts.append(f"{word}{verb} for {formats.listing([country_in_text(row.name) for row in rows])}")
    unseen = [country_in_text(row.name) for row in lines if row not in seen]
    lacking = f"{formats.listing(unseen)} {formats.agree(len(unseen), 'is', 'are')} not reviewed" if unseen else ""
    return joined([sentence(", ".join(parts)), sentence(lacking)])


def _is_reviewed(row: MemoLine) -> bool:
    return any(status.review for status in row.restrictions.statuses)


def _is_clear(status: RestrictionStatus) -> bool:
    return status.state is State.PASSES and status.review is not None and status.review.status in CLEAR


def _reviewed_by(found: Sequence[tuple[MemoLine, RestrictionStatus]]) -> str:
    reviews = [status.review for _, status in found if status.review is not None]
    if not reviews:
        return ""
    who = formats.listing(sorted({review.reviewer for review in reviews}))
    days = sorted({review.reviewed_on for review in reviews})
    when = formats.span(formats.day(days[0]), formats.day(days[-1]), prose=True)
    first = formats.day(min(review.expires_on for review in reviews))
    return f"Reviewed by {who}, {when}; the first review expires {first}."


def _exceptions(found: Sequence[tuple[MemoLine, RestrictionStatus]], each: int) -> list[dict[str, str]]:
    rows = []
    for country, own in grouped(found, lambda pair: pair[0].name).items():
        for (status, basis, reviewer), equal in grouped((status for _, status in own), _shown).items():
            named = f"All {each}" if len(equal) == each > 1 else "; ".join(one.name for one in equal)
            ends = min((one.review.expires_on for one in equal if one.review), default=None)
            rows.append(
                {
                    "country": country,
                    "code": named,
                    "status": status,
                    "basis": basis or "There is no review in force; a selection needs one.",
                    "reviewer": reviewer,
                    "expires_on": ends.isoformat() if ends else "",
                }
            )
    return rows


def _shown(found: RestrictionStatus) -> tuple[str, str, str]:
    if (review := found.review) is None:
        return STATES[found.state], "", ""
    return STATES.get(found.state) or review.get_status_display(), review.basis, review.reviewer


def _clear(lines: Sequence[MemoLine]) -> str:
    """Return the restrictions that are clear for every country that was reviewed."""
    seen = [row for row in lines if _is_reviewed(row)]
    names = [{status.name for status in row.restrictions.statuses if _is_clear(status)} for row in seen]
    common = set.intersection(*names) if names else set()
    ordered = [status.name for status in seen[0].restrictions.statuses if status.name in common] if seen else []
    if not ordered:
        return "None is clear for all."
    of = "" if len(seen) == len(lines) else f"For {formats.listing([country_in_text(row.name) for row in seen])}: "
    return f"{of}{sentence('; '.join(ordered))}"


def _again(found: Sequence[tuple[MemoLine, RestrictionStatus]]) -> str:
    annual = {status.review.fiscal_year for _, status in found if status.review and status.restriction.annual}
    years = formats.listing([f"FY {year}" for year in sorted(year for year in annual if year)])
    text = "Before signature, before each obligation, and each fiscal year."
    return f"{text} Reviews of sections of an annual law are of {years}." if years else text
