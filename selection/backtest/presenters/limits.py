"""Limits of a backtest: the questions it cannot answer, and why no model is tuned to it."""

from __future__ import annotations

from cpc.web import formats
from selection.backtest import Case, Findings, Spot
from selection.backtest.presenters.findings import Names
from selection.ranking.presenters.sentences import whole_percent


def limits(findings: Findings, names: Names) -> list[tuple[str, str]]:
    """Return the questions that the backtest cannot answer: bold text, and the rest of each."""
    count = len(findings.cases)
    return [
        (
            "Being chosen is not success.",
            "This tests which countries were chosen. It does not test whether a partnership worked, or would have "
            "worked better elsewhere. So it shows neither that the choices were right nor that the list is right.",
        ),
        *_one_place(findings, names),
        (
            f"{formats.spell_out(count)} {'case is' if count == 1 else 'cases are'} few, and not independent.",
            f"One more or one fewer case would change every figure here. {_together(findings, names)}"
            "One office made all the choices, so chance could explain more than the range above shows.",
        ),
        (
            "Declined offers and negotiations are not known.",
            "A country that was asked and declined, or whose talks failed, counts here as not chosen.",
        ),
        (
            "The date of each choice is not known.",
            "The end of the year before the signature is used instead. Talks could have begun well before.",
        ),
        (
            "Some files are current ones.",
            "UNICEF and the World Bank report past years as known now, with later revisions and surveys.",
        ),
        (
            "The method is the current one.",
            "Weights, goalposts, the error of the Global Slavery Index and the bridges between series were set or "
            "fitted with later data. No one could have computed these lists at the time.",
        ),
        *_unranked(findings, names),
        *_not_tuned(findings),
    ]


def example(findings: Findings) -> tuple[Case, Spot] | None:
    """Return the median partner of those in the pool of their year, whose place the page explains."""
    inside = sorted(
        ((case, spot) for case, spot in findings.placed if not case.outside), key=lambda item: item[1].percentile
    )
    return inside[(len(inside) - 1) // 2] if inside else None


def _one_place(findings: Findings, names: Names) -> list[tuple[str, str]]:
    """Return how to read one place."""
    found = example(findings)
    if found is None:
        return []
    case, spot = found
    by_chance = whole_percent(min(findings.first / spot.of, 1.0))
    return [
        (
            "A single place proves little.",
            f"On what was published by the end of {case.cutoff.year}, {names[case.country]} would have ranked "
            f"{spot.rank} of {spot.of}, and between {spot.low} and {spot.high} in 90% of draws. It was in the "
            f"first {findings.first} in {formats.chance(spot.within, prose=True)} of draws; by chance alone it "
            f"would be "
            f"{by_chance}. That is its place based on these figures. It does not show whether the choice was right.",
        )
    ]


def _together(findings: Findings, names: Names) -> str:
    by_cutoff: dict[object, list[str]] = {}
    for case in findings.cases:
        by_cutoff.setdefault(case.cutoff, []).append(names[case.country])
    pairs = [formats.listing(group) for group in by_cutoff.values() if len(group) > 1]
    return f"Some were placed in the same list: {'; '.join(pairs)}. " if pairs else ""


def _unranked(findings: Findings, names: Names) -> list[tuple[str, str]]:
    without = [
        names[case.country]
        for case, _ in findings.placed
        if any(known.key == "prevalence" and known.how == "dropped" for known in case.known)
    ]
    if not without:
        return []
    return [
        (
            "Before prevalence was published, no country could have been ranked.",
            f"For {formats.listing(without)}, no prevalence estimate loaded here had been published yet, and a rank "
            f"requires one (rule E1 of the method). Here, every country in the pool is placed regardless of "
            f"evidence, and the weight of prevalence goes to the other facts of need.",
        )
    ]


def _not_tuned(findings: Findings) -> list[tuple[str, str]]:
    rows = findings.today.by_share if findings.today else ()
    if not rows:
        return []
    best, area = max(rows, key=lambda row: (row[1], -row[0]))
    least = rows[0]
    text = (
        f"With the run's data, partners rank above most other countries ({whole_percent(area)}) if need gets "
        f"{whole_percent(best)} of the weight. "
    )
    if best == least[0] == 0.0:
        text += "A list without need would “win” but would leave out what 22 U.S.C. 7103a(d)(5)(A) requires. "
    return [
        (
            "Nothing is tuned to this result.",
            f"{text}No weight was chosen to put past partners first, and none should be.",
        )
    ]
