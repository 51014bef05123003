"""The certainty of a country's rank, the sources of doubt, and the effect of withdrawing a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import charts, formats
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.queries.screen import Axis, Neighbor, Screen
from selection.countries.queries.withdrawn import Withdrawal, WithdrawalOutcome
from selection.models import CountryStatus
from selection.ranking.presenters.sentences import group_limits
from selection.runs import labels as runs_labels
from selection.scoring import COMBINED, PEERS, POOLED

SOURCES = {
    "total": "All together",
    "data_weights": "Data and weights",
    "data": "All data",
    "measurement": "Measurement",
    "age": "Age of the figures",
    "overdue": "Overdue report alone",
    "bridge": "Other series used",
    "missing": "Missing values",
    "weights": "Weights",
    "designs": "Other methods",
}
"""Sources of doubt by the key of their width in a run, in the order of the page."""

NOUNS = {
    "measurement": "measurement",
    "age": "the age of the figures",
    "bridge": "the use of another series",
    "missing": "missing values",
    "weights": "the weights",
}
"""Single sources, one of which a sentence names as the largest."""

BAR = 150.0


@dataclass(frozen=True, slots=True)
class CountryDoubt:
    """Certainty of a rank: a finding, the sources of doubt, and the share of draws in each band of ranks.

    Each source has its label, the number of ranks in 90% of draws if every other source were certain, and a bar.
    `picture` draws the interval of each source; runs that stored only widths have none. `limits` are the shares of
    draws that put a country firmly in or out.
    """

    finding: str
    limits: tuple[str, str]
    sources: Sequence[tuple[str, int, charts.Svg]]
    bands: Sequence[tuple[str, str]]
    picture: charts.Chart | None = None


def doubt(screen: Screen) -> CountryDoubt | None:
    """Return how sure the rank of a country is; None if it has no rank or the run has no draws."""
    score, widths = screen.score, screen.score.detail.get("widths")
    if score.rank is None or not widths:
        return None
    largest = max(NOUNS, key=lambda name: int(widths.get(name, 0)))
    finding = f"Most of the doubt comes from {NOUNS[largest]} ({formats.count_of(widths[largest], 'place')})."
    if not widths["total"]:
        finding = "The rank is the same in every draw."
    sources = [(label, widths[key]) for key, label in SOURCES.items() if widths.get(key) is not None]
    return CountryDoubt(
        finding,
        group_limits(screen.table),
        [(label, width, charts.profile(width / max(screen.ranked - 1, 1), width=BAR)) for label, width in sources],
        _bands(screen),
        _picture(screen, finding),
    )


def _picture(screen: Screen, finding: str) -> charts.Chart | None:
    """Draw the rank's interval by source of doubt; None for a run that did not store intervals."""
    score, ranges = screen.score, screen.score.detail.get("ranges")
    if not ranges:
        return None
    intervals = {**ranges, "total": (score.rank_low, score.rank_high)}
    context = f"Ranks in 90% of draws if only one source of doubt varies; dot: rank {score.rank}."
    if designs := score.detail.get("designs_interval"):
        intervals["designs"] = designs
    if screen.figures:
        inner = screen.figures.data_weights
        intervals["data_weights"] = (inner.low, inner.high)
        # A source that moves nothing needs no row of its own.
        intervals = {key: (low, high) for key, (low, high) in intervals.items() if key == "total" or low != high}
        context += " Widths don\N{RIGHT SINGLE QUOTATION MARK}t add up."
    names = SOURCES | ({"designs": "Method"} if screen.table.is_all_in else {})
    doubts = [
        charts.Doubt(label, intervals[key][0], intervals[key][1], key == "total")
        for key, label in names.items()
        if key in intervals
    ]
    return charts.drivers("doubts", finding, context, score.rank, screen.ranked, doubts, first=screen.first)


def _bands(screen: Screen) -> list[tuple[str, str]]:
    shares = screen.score.detail.get("bins", ())
    first, short = screen.first, screen.short
    ends = sorted({max(1, short // 2), short, first, 2 * first})
    starts = [1, *(end + 1 for end in ends)]
    names = [formats.span(str(low), str(high)) for low, high in zip(starts, ends, strict=False)] + [f"{starts[-1]}+"]
    return [(name, formats.chance(share)) for name, share in zip(names, shares, strict=False)]


# ---- both axes -----------------------------------------------------------------------------------------------------


def axes(screen: Screen) -> list[charts.Chart]:
    return [
        _axis(screen, "need", "Need", screen.need),
        _axis(screen, "feasibility", "Feasibility", screen.feasibility),
    ]


def _axis(screen: Screen, key: str, label: str, axis: Axis) -> charts.Chart:
    unknown = key == "need" and screen.score.status == CountryStatus.NOT_RANKABLE
    value = None if unknown else axis.value
    finding = f"{label}: anywhere from 0 to 100" if value is None else f"{label} {formats.number(value, 1)}"
    if value is not None and screen.score.status == CountryStatus.RANKED:
        finding += f", rank {axis.rank} of {screen.ranked}"
    position = charts.Position(screen.country.name, value, axis.peers, axis.median, axis.interval)
    return charts.position(f"axis-{key}", finding, "", position, axis=label)


def neighbors(screen: Screen) -> list[tuple[str, Neighbor]]:
    """Return the countries right above and below in the list, each with its label."""
    found = (("Next above in the list", screen.above), ("Next below", screen.below))
    return [(label, neighbor) for label, neighbor in found if neighbor is not None]


# ---- what would change it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankChange:
    """Row for one withdrawn value: the value that would replace it, and the country's resulting rank."""

    label: str
    what: str
    position: str
    move: str
    then: str


@dataclass(frozen=True, slots=True)
class Range:
    """Row for one criterion: the country's rank at both ends of the criterion's range."""

    label: str
    between: str
    places: str
    width: int


def changes(screen: Screen) -> list[RankChange]:
    return [_change(screen, one) for one in (screen.what_if.withdrawals if screen.what_if else ())]


def _change(screen: Screen, one: Withdrawal) -> RankChange:
    row = screen.table.row(one.criterion)
    whole = one.is_whole and len(one.published) > 1
    what = f"all {len(one.published)} values" if whole else _dated(screen, one)
    return RankChange(row.label, what, _rank_then(one.outcome), _move(screen, one.outcome), _then(screen, one))


def _dated(screen: Screen, one: Withdrawal) -> str:
    """Name a withdrawal's values by year: "value of 2018", "survey of 2010", "values of 2022 and 2012", "GSI 2023"."""
    rows = {statement.observation.pk: statement for statement in screen.statements.get(one.criterion, ())}
    editions = [rows[p.observation].observation.series for p in one.published if p.observation in rows]
    if named := [edition for edition in editions if edition]:
        return formats.listing(named)
    years = sorted({published.year for published in one.published}, reverse=True)
    kind = "value" if len(one.published) == 1 else "survey" if len(years) == 1 else "values"
    return f"{kind} of {formats.listing([str(year) for year in years])}"


def _rank_then(outcome: WithdrawalOutcome) -> str:
    then = outcome.place
    if then is None:
        return "None"
    return f"{then}" if outcome.rank is not None else f"({then})"


def _move(screen: Screen, outcome: WithdrawalOutcome) -> str:
    """Compare the place with today's, as text: "gains 3", "loses 2", "no change", "loses its rank", "no place"."""
    if outcome.status != screen.score.status:
        return "loses its rank" if screen.score.rank is not None else "no place"
    now, then = screen.score.place, outcome.place
    if then is None or now is None or then == now:
        return "no change"
    return f"gains {now - then}" if then < now else f"loses {then - now}"


def _then(screen: Screen, one: Withdrawal) -> str:
    """Return the value that would replace the withdrawn one, and the evidence that would then be missing."""
    row, outcome = screen.table.row(one.criterion), one.outcome
    used = screen.lines[one.criterion]["estimate"]["source"]
    labels = {part["key"]: part["label"] for part in row.series_rows}
    surveys = list(labels)[:2]
    if used == COMBINED and not {published.series for published in one.published} & set(surveys):
        return "Not used today; the two surveys still count"
    if used in labels and used not in {published.series for published in one.published}:
        return f"Not used today; {labels[used]} still counts"
    if outcome.source == PEERS:
        then = f"The mean of {outcome.peers} peers"
    elif outcome.source == POOLED:
        then = "Only the other edition" if len(labels) > 1 else "An earlier value"
    elif outcome.source == COMBINED:
        then = "Both surveys, one with an earlier value"
    else:
        then = labels.get(outcome.source, outcome.source)
    if outcome.status == CountryStatus.NOT_RANKABLE:
        return f"{then}; no fact of need would remain"
    added = [str(screen.rules[key]["lacking"]) for key in outcome.fails if key not in screen.lacks]
    if not added:
        return then
    reasons = formats.listing([runs_labels.lowered(reason.rstrip(".")) for reason in added])
    return f"{then}; {'also missing' if screen.lacks else 'provisional'}: {reasons}"


def ranges(screen: Screen) -> list[Range]:
    """Return the criteria by how far the ends of their range would move the country, the farthest first."""
    found = []
    for key, ends in (screen.what_if.ends if screen.what_if else {}).items():
        row, estimate = screen.table.row(key), screen.lines[key]["estimate"]
        between = value_use_presenters.span(row, estimate, screen.indicator_used(key))
        if not between:
            count = len(estimate.get("peers", ()))
            between = f"not known; any value of its {count} peers" if count else "if its level has changed since"
        places = formats.span(str(min(ends)), str(max(ends)))
        found.append(Range(row.label, between, places, abs(ends[0] - ends[1])))
    return sorted(found, key=lambda one: -one.width)
