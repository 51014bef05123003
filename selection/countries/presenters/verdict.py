"""Verdict on a country in three sentences: its place on both axes, its rank and certainty, and its gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from selection.countries.presenters import all_in as all_in_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.queries.screen import Axis, Screen
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import Reason
from selection.ranking.presenters import sentences as sentences_presenters
from selection.runs import labels
from selection.runs.verdicts import Fact

BEST = 0.1
"""The share of the ranked countries that are among the best on an axis."""

TELLS = 0.02
"""Least value of a datum at which the verdict names a figure as one that matters."""

FEW = 2
"""Most gaps in the evidence for which a sentence also names the publishers of the missing data."""

GROUPS = {
    "in": ("Firmly in", "in the first {first} {sure}"),
    "open": ("Open", "neither in the first {first} {sure}, nor {never}"),
    "out": ("Firmly out", "in the first {first} {never}"),
}


@dataclass(frozen=True, slots=True)
class CountryVerdict:
    """Three sentences; the first is printed bold.

    Of a country outside the pool, `outside` is the code of the reason, and `_admission.html` has the third sentence.
    """

    first: str
    second: str
    third: str = ""
    outside: str | None = None


def verdict(screen: Screen) -> CountryVerdict:
    status = screen.score.status
    if status == CountryStatus.RANKED:
        return CountryVerdict(_position(screen), _ranks(screen), _missing(screen))
    if status == CountryStatus.PROVISIONAL:
        return _provisional(screen)
    if status == CountryStatus.NOT_RANKABLE:
        return _not_rankable(screen)
    return _outside(screen)


# ---- ranked --------------------------------------------------------------------------------------------------------


def _position(screen: Screen) -> str:
    name, need, able = screen.country.name, _side(screen.need), _side(screen.feasibility)
    best_need, best_able = (_is_best(axis, screen.ranked) for axis in (screen.need, screen.feasibility))
    middle = f"the median of the {screen.ranked} ranked countries"
    top = "among the top tenth"
    if need and able:
        best = formats.listing([axis for axis, is_best in (("need", best_need), ("feasibility", best_able)) if is_best])
        return f"{name} is above {middle} on both need and feasibility{f', and {top} on {best}' if best else ''}."
    if need:
        where = f"{top} of the {screen.ranked} ranked countries on need" if best_need else f"above {middle} on need"
        return f"{name} is {where} and below {'their median' if best_need else 'it'} on feasibility."
    if able:
        where = f"{top} of the {screen.ranked} ranked countries on feasibility"
        where = where if best_able else f"above {middle} on feasibility"
        return f"{name} is {where} and below {'their median' if best_able else 'it'} on need."
    return f"{name} is below {middle} on both need and feasibility."


def _side(axis: Axis) -> bool:
    return axis.value is not None and axis.median is not None and axis.value >= axis.median


def _is_best(axis: Axis, ranked: int) -> bool:
    return axis.rank is not None and axis.rank <= BEST * ranked


def _ranks(screen: Screen) -> str:
    score, first = screen.score, screen.first
    rank = f"It ranks {score.rank} of {screen.ranked}"
    if score.rank_low is None or score.p20 is None:
        return f"{rank}; this run has no draws, so the certainty of the rank is unknown."
    interval = labels.interval(score.rank_low, score.rank_high)
    chance = sentences_presenters.chance(score.p20, screen.table, prose=True)
    drawn = f"{rank}, {interval}, and is in the first {first} in {chance} of draws"
    if screen.table.is_all_in:
        return f"{drawn}{_if_holds(screen)}."
    methods = "" if score.designs is None else f" and {of_methods(score.designs, screen.table)}"
    return f"{drawn}{methods}."


def _if_holds(screen: Screen) -> str:
    """Return the share of draws if the own tier holds, as the end of a sentence: "; in 68% if its tier holds"."""
    share = all_in_presenters.holds(screen)
    return f"; in {share}" if share else ""


def of_methods(share: float, table: ModelTable) -> str:
    """Return a share of the methods, all of which are tried: "82% of methods", "every method", "no method"."""
    if share in (0.0, 1.0):
        return "every method" if share else "no method"
    limits = sentences_presenters.limits_of(table, "in_designs")
    return f"{formats.chance(share, prose=True, limits=limits)} of methods"


def _missing(screen: Screen) -> str:
    gaps = [value_use_presenters.named(row) for row in screen.filled]
    filled = f"{_subject(gaps)} missing and filled from peers"
    bridged = [value_use_presenters.named(row) for row in screen.bridged]
    bridged_text = f"{_subject(bridged)} estimated from another series"
    nothing = (bridged_text, "and") if bridged else ("Nothing is missing", "but")
    missing, link = (filled, "and") if gaps else nothing
    asked = screen.what_if.ends if screen.what_if else {}
    key = most_telling(screen, asked)
    ends = asked.get(key or "")
    if key is None or ends is None:
        hardly = (
            f", and better data on any one figure would hardly change its chance of being in the first {screen.first}"
        )
        return f"{missing}{hardly if asked and screen.score.p20 is not None else ''}."
    row, estimate = screen.table.row(key), screen.lines[key]["estimate"]
    used = [one.observation for one in screen.statements.get(key, ()) if one.is_used]
    ranks = formats.span(str(min(ends)), str(max(ends)), prose=True)
    alone = f"which alone could put {screen.country.name} anywhere from rank {ranks}"
    if row.due and estimate.get("moves"):
        moved = f"another level of its own could put {screen.country.name} anywhere from rank {ranks}"
        return f"{missing}, {link} a newer {value_use_presenters.named(row)} is due and not loaded: {moved}."
    between = value_use_presenters.span(row, estimate, used[0].indicator if used else None)
    doubt = f"{between} is possible today" if between else "it may have changed since"
    what = "level" if row.is_ordinal else "figure"
    dated = (
        f"the {value_use_presenters.named(row)} {what} dates from {value_use_presenters.dated(used)}" if used else ""
    )
    return f"{missing}, {link} {dated or value_use_presenters.named(row)}: {doubt}, {alone}."


def _subject(names: Sequence[str]) -> str:
    """Return criteria with their verb, to begin a sentence: "Prevalence and child labor are"."""
    return f"{labels.raised(formats.listing(names))} {formats.agree(len(names), 'is', 'are')}"


def most_telling(screen: Screen, ends: Mapping[str, tuple[int, int]]) -> str | None:
    """Return the key of the published value that, if known exactly, would change the chance of the first N most.

    Return None if there is none. For a run without draws, which has no chances, it is the value whose range moves the
    rank most.
    """
    known = {key: line["estimate"] for key, line in screen.lines.items() if line["estimate"]["age"] is not None}
    if screen.score.p20 is None:
        return max(
            [key for key in known if key in ends], key=lambda key: abs(ends[key][0] - ends[key][1]), default=None
        )
    key = max(known, key=lambda key: known[key].get("datum") or 0.0, default=None)
    return key if key is not None and (known[key].get("datum") or 0.0) >= TELLS else None


# ---- without a rank ------------------------------------------------------------------------------------------------


def _provisional(screen: Screen) -> CountryVerdict:
    score, name = screen.score, screen.country.name
    rank_text = f"On what is known, it would rank {score.place} among the {screen.ranked} ranked countries"
    if score.rank_low is None or score.p20 is None:
        second = f"{rank_text}; this run has no draws, so there are no bounds."
    else:
        bounds = labels.interval(score.rank_low, score.rank_high)
        chance = sentences_presenters.chance(score.p20, screen.table, prose=True)
        drawn = f"{rank_text}, {bounds}, and in the first {screen.first} in {chance} of draws"
        second = f"{drawn}{_if_holds(screen)}."
    return CountryVerdict(
        f"{name} is provisional and has no rank: {lacking(screen)}.", second, _wanted(screen, "a rank")
    )


def _not_rankable(screen: Screen) -> CountryVerdict:
    axis, name = screen.feasibility, screen.country.name
    second = "Its feasibility is not known either."
    if axis.value is not None and axis.median is not None:
        side = "above" if axis.value > axis.median else "below"
        own, middle = formats.number(axis.value, 1), formats.number(axis.median, 1)
        second = f"Its feasibility, as far as known, is {own} of 100, {side} the median of {middle}."
    facts = [value_use_presenters.named(screen.table.row(key)) for key in screen.table.method.get("facts", ())]
    one = f"A value for {formats.listing(facts, 'or')} would make it provisional"
    wanted = _wanted(screen, "a rank")
    return CountryVerdict(
        f"{name} cannot be ranked: no fact of need is published.", second, f"{one}; {labels.lowered(wanted)}"
    )


def _outside(screen: Screen) -> CountryVerdict:
    score, name = screen.score, screen.country.name
    rank_text = f"{score.place} among the {screen.ranked} ranked countries"
    if score.place is not None and score.place > screen.ranked:
        rank_text = f"after all {screen.ranked} ranked countries"
    if would := all_in_presenters.would_rank(screen):
        rank_text += f", {would}"
    second = f"By its own figures, it would rank {rank_text}, and those below would move down one."
    if score.place is None:
        second = "It would have no rank among the ranked countries because its figures give no score."
    elif screen.lacks:
        second = (
            f"By its own figures, it would rank {rank_text}, but even in the pool it would have no rank: "
            f"{lacking(screen)}."
        )
    elif score.place > screen.ranked:
        second = f"By its own figures, it would rank {rank_text}."
    first = f"{name} is outside the pool: {_why_outside(screen)}."
    return CountryVerdict(first, second, outside=score.reason_code)


def _why_outside(screen: Screen) -> str:
    if screen.score.reason_code == Reason.PARTNERSHIP:
        term = next((one for one in reversed(screen.terms) if one.holds(screen.run.reference_date)), None)
        if term is not None:
            until = f" until {formats.day(term.end)}" if term.end else ""
            return f"a partnership is in force{until}"
    reason = screen.score.reason.split(". ")[0].rstrip(".")
    # The labels of the TIP Report keep their capitals.
    return reason if screen.score.reason_code in (Reason.TIER3, Reason.SPECIAL_CASE) else labels.lowered(reason)


def lacking(screen: Screen) -> str:
    """Return the missing evidence in the model's sentences: "child labor is not measured, and ..."."""
    reasons = [
        labels.lowered(str(screen.rules[key]["lacking"]).rstrip(".")) for key in screen.lacks if key in screen.rules
    ]
    return ", and ".join(reasons) or "it lacks evidence"


def _wanted(screen: Screen, what: str) -> str:
    """Return a sentence on the data that a country lacks to be ranked, with their publishers."""
    with_sources = len(screen.lacks) <= FEW
    asked = [_one_wanted(screen, key, with_sources) for key in screen.lacks if key in screen.rules]
    return (
        f"For {what} it needs {formats.listing(asked)}." if asked else f"It has all the published evidence for {what}."
    )


def _one_wanted(screen: Screen, key: str, with_sources: bool) -> str:
    rule = screen.rules[key]
    rows = [screen.table.row(name) for name in rule["criteria"]]
    link = "and" if rule.get("least", 1) >= len(rows) else "or"
    publishers = formats.listing(list(dict.fromkeys(name for row in rows for name in sources(screen, row))), "or")
    named = formats.listing([value_use_presenters.named(row) for row in rows], link)
    return f"{named} ({publishers})" if with_sources else named


def sources(screen: Screen, row: CriterionRow) -> list[str]:
    """Return the publishers of a criterion's indicators, each name cut at its first comma."""
    return [screen.publishers[code].split(",")[0] for code in sorted(row.indicators) if code in screen.publishers]


# ---- facts ---------------------------------------------------------------------------------------------------------


def facts(screen: Screen) -> list[Fact]:
    score, first = screen.score, screen.first
    gaps = screen.filled
    known = Fact(
        "Missing values",
        f"{len(gaps)} of {len(screen.lines)}" if gaps else "None",
        _completed(screen),
    )
    if score.status == CountryStatus.RANKED:
        interval = labels.interval(score.rank_low, score.rank_high)
        region = [Fact("In its region", str(score.region_rank), score.region)] if score.region_rank else []
        return [
            Fact("Rank in the pool", f"{score.rank} of {screen.ranked}", interval),
            Fact(f"In the first {first}", sentences_presenters.chance(score.p20, screen.table), _methods(screen)),
            *region,
            *_income_class(screen),
            *(_reliability(screen) or [known]),
        ]
    if score.status == CountryStatus.PROVISIONAL:
        return [
            Fact("Would rank", str(score.place), labels.interval(score.rank_low, score.rank_high)),
            Fact(
                f"In the first {first}",
                sentences_presenters.chance(score.p20, screen.table),
                f"of draws; {all_in_presenters.holds(screen) or 'it has no rank'}",
            ),
            Fact("Best and worst case", _cases(screen), "if every uncertain value were so"),
            *_reliability(screen),
            known,
        ]
    among = "; ".join(filter(None, (f"among {screen.ranked}", all_in_presenters.would_rank(screen))))
    would_rank = [Fact("Would rank", str(score.place), among)] if score.place else []
    if screen.figures and screen.figures.outside and score.status == CountryStatus.OUTSIDE_POOL:
        share = sentences_presenters.chance(screen.figures.outside.p20, screen.table)
        would_rank.append(Fact(f"In the first {first}", share, "of draws; it has no rank"))
    return [Fact("Rank", "None", "not compared"), *would_rank, *_reliability(screen), known]


def _income_class(screen: Screen) -> list[Fact]:
    """Return the rank among the ranked countries of the income class."""
    rank = screen.figures.income_rank if screen.figures else None
    return [Fact("In its income class", str(rank), labels.income(screen.score.income))] if rank else []


def _reliability(screen: Screen) -> list[Fact]:
    if screen.figures is None:
        return []
    note = "of the figures; 10 is exact"
    if screen.reliable is not None:
        low, high = (formats.number(end, 1) for end in screen.reliable)
        note = f"of 10; ranked: {low} to {high}"
    return [Fact("Reliability", formats.number(screen.figures.reliability, 1), note)]


def _completed(screen: Screen) -> str:
    """Return how many values are filled from peers, or estimated from another series."""
    gaps, bridged = len(screen.filled), len(screen.bridged)
    note = "filled from peers" if gaps else f"of {len(screen.lines)}"
    return f"{note}; {bridged} estimated from another series" if bridged else note


def _methods(screen: Screen) -> str:
    if screen.score.p10 is None or screen.score.designs is None:
        return "this run has no draws"
    if screen.table.is_all_in:
        return "; ".join(filter(None, ("of draws", all_in_presenters.holds(screen))))
    methods, short = of_methods(screen.score.designs, screen.table), formats.chance(screen.score.p10)
    return f"of draws, {methods}; first {screen.short}: {short} of draws"


def _cases(screen: Screen) -> str:
    best, worst = screen.score.detail.get("best"), screen.score.detail.get("worst")
    return formats.DASH if best is None else formats.span(str(best), str(worst), prose=True)
