"""The lead sentence and the facts below it; the prose is in `_lead.html`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from partnerships.outcomes.checks import LEAVE_ONE_OUT, PRETENDED
from partnerships.outcomes.measures import CORRUPTION, TIER, OutcomeMeasure
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.results import MeasureResult, OutcomeResults
from partnerships.outcomes.verdict import Case, Verdict


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A pooled difference in a sentence. `direction` is "more", "less", or "" for one that rounds to zero."""

    name: str
    pronoun: str
    amount: str
    direction: str
    low: str
    high: str
    detectable: str
    p: str
    partners: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A measure told from chance that fails a check: the sentences on the checks, as the end of "but ..."."""

    name: str
    verb: str
    failed: str


@dataclass(frozen=True, slots=True)
class Lead:
    """LeadFacts of the lead sentence by its case."""

    case: Case
    about: LeadLine | None
    rose: Sequence[LeadLine]
    fell: Sequence[LeadLine]
    doubtful: Sequence[Doubtful]


def lead_of(verdict: Verdict) -> Lead:
    return Lead(
        verdict.case,
        line_of(verdict.about) if verdict.about else None,
        [line for one in verdict.rose if (line := line_of(one))],
        [line for one in verdict.fell if (line := line_of(one))],
        [
            Doubtful(name_in_sentence(one.measure), "differs" if _is_one(one.measure) else "differ", _failed(one))
            for one in verdict.doubtful
        ],
    )


def line_of(result: MeasureResult) -> LeadLine | None:
    line, measure = result.pooled, result.measure
    if line is None:
        return None
    zero = numbers.is_zero(measure, line.difference)
    return LeadLine(
        name_in_sentence(measure),
        "it" if _is_one(measure) else "they",
        numbers.amount(measure, line.difference),
        "" if zero else "more" if line.difference > 0 else "less",
        numbers.size(measure, line.low),
        numbers.size(measure, line.high),
        numbers.size(measure, line.detectable),
        numbers.chance(result.adjusted),
        line.partners,
    )


def name_in_sentence(measure: OutcomeMeasure) -> str:
    """Return the name of a measure inside a sentence: "the TIP tier", "political rights"."""
    return f"the {measure.title}" if _is_one(measure) else measure.title.lower()


def _is_one(measure: OutcomeMeasure) -> bool:
    return measure in (TIER, CORRUPTION)


def _failed(result: MeasureResult) -> str:
    sizes = [key.removeprefix("group_") for key in result.failed if key.startswith("group_")]
    parts = []
    if LEAVE_ONE_OUT in result.failed:
        parts.append("not when one partner is left out")
    if sizes:
        parts.append(f"not with {formats.listing(sizes, 'or')} countries in each group")
    if PRETENDED in result.failed:
        parts.append(f"also at a signature pretended {result.measure.pretended} years earlier")
    return formats.listing(parts)


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """The four facts below the lead sentence."""

    partnerships: int
    first: int
    last: int
    after: int
    waiting: str
    pools: str
    detectable: str
    as_if: str


def facts_of(results: OutcomeResults, verdict: Verdict, names: Mapping[str, str]) -> LeadFacts:
    """Return the facts of the measure that the lead sentence is about, the tier unless it has no line."""
    about = verdict.about or results.measures.get(TIER.key) or next(iter(results.measures.values()))
    years, line = [one.day.year for one in results.signatures], about.pooled
    pools = [len(one.pool) for one in about.compared]
    waiting = [names.get(one.country, one.country) for one in about.waiting]
    as_if = ""
    if line is not None and about.measure.is_tier:
        moved = round(line.detectable * line.partners)
        counts = f"{formats.spell_out(moved).lower()} of {formats.spell_out(line.partners).lower()}"
        as_if = f"as if {counts} had risen one tier"
    return LeadFacts(
        len(results.signatures),
        min(years),
        max(years),
        len(about.compared),
        formats.listing(waiting, most=2),
        formats.span(str(min(pools)), str(max(pools)), prose=True) if pools else formats.DASH,
        numbers.amount(about.measure, line.detectable) if line else formats.DASH,
        as_if,
    )
