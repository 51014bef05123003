"""Labels and texts for the data of a run: income classes, tiers, hurdles, and reasons. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cpc.web import formats
from indicators.models import Direction, Indicator
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.runs.rows import Chance, RankingRow

LEVEL = 0.60
"""Below this share of draws two countries are too close to call."""

DIRECTIONS: Mapping[int, str] = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NEITHER: "",
}
INCOME: Mapping[str, str] = {"L": "Low", "LM": "Lower middle", "UM": "Upper middle", "H": "High"}
QUALITY: Mapping[str, str] = {
    "stated": "",
    "unconfirmed": "Unconfirmed",
    "inferred": "Inferred",
    "estimated": "Estimate",
    "computed": "Computed",
}
CHANCES: Mapping[str, str] = {
    "pass": "Likely pass",
    "open": "Too close to call",
    "fail": "Likely fail",
    "unknown": "Not known",
}
CHANCE_MARKS: Mapping[str, str] = {"pass": "good", "open": "unknown", "fail": "bad", "unknown": "unknown"}

SCREEN_GROUPS: Mapping[str, str] = {"in": "Firmly in", "open": "Open", "out": "Firmly out"}
"""The groups of ranked countries by whether they are among the first N, as every page names them."""

POLICIES: Mapping[str, str] = {
    "reweight": "Left out; siblings share its weight",
    "floor": "Counts as 0",
    "fixed": "A fixed value",
    "peer_median": "The median of its peers",
    "carry": "An older value is used",
    "required": "Not ranked without it",
    "not_applicable": "Left out of score and coverage",
}
STAGES: Mapping[str, str] = {"screen": "Screen and full", "full": "Full score only", "shown": "Shown, not counted"}
HURDLE_KINDS: Mapping[str, str] = {
    "legal_bar": "Legal bar: only a recorded waiver lifts it",
    "mandatory_gate": "Mandatory: never lifted",
    "policy_hurdle": "Policy: only a recorded waiver lifts it",
    "advisory": "Advisory: shown, but not binding",
}

GROUPS: Mapping[str, tuple[str, str]] = {
    CountryStatus.PROVISIONAL: (
        "Provisional",
        "Evidence that a rank needs is not published, so it has bounds but no rank.",
    ),
    CountryStatus.OUTSIDE_POOL: ("Outside the pool", "A pool rule puts it outside."),
    CountryStatus.NOT_RANKABLE: ("Not rankable", "No fact of need is published."),
    CountryStatus.UNRANKED_COVERAGE: ("Too little is known", "Too little of the weight is known for a score."),
    CountryStatus.UNRANKED_REQUIRED: ("A required part is not known", "Need and feasibility must both have a score."),
    CountryStatus.UNDETERMINED: ("A hurdle is not known", "The data do not show whether it passes a binding hurdle."),
    CountryStatus.SCREENED_OUT: ("Screened out", "It fails a binding hurdle that is not waived."),
    CountryStatus.NOT_LISTED: ("Not listed", "The TIP Report has no tier for the country."),
    CountryStatus.NOT_CANDIDATE: ("Not a candidate", "No partnership is possible with it."),
}


def income(label: str) -> str:
    return f"{INCOME[label]} income" if label else "Not classed"


def value_label(label: str) -> str:
    """Return an observation's label as text. Only income classes are codes; other labels are text already."""
    return f"{INCOME[label]} income" if label in INCOME else label


def varied(table: ModelTable) -> str:
    """Return what the draws behind the interval of a run vary: "data, weights, and method"."""
    return "data, weights, and method" if table.is_all_in else "data and weights"


def chance(found: Chance) -> str:
    """Return a country's result on a hurdle: "Likely pass", "69% to pass", "Pass", "Not known"."""
    if found.kind == "open":
        return f"{formats.share(found.probability)} to pass"
    if found.probability is None and found.verdict in ("pass", "fail"):
        return found.verdict.capitalize()
    return CHANCES[found.kind]


def edition(text: str) -> str:
    """Return an edition as text: "2025 edition"; "FY2026" and "June 2025 edition" are unchanged."""
    return f"{text} edition" if text[:4].isdecimal() else text


def gaps(row: RankingRow, table: ModelTable) -> list[str]:
    """Return the criteria that a country lacks, such as "Child labor: No estimate"."""
    return [f"{table.row(key).label}: {formats.missing(reason)}" for key, reason in row.gaps]


def why_not_ranked(row: RankingRow, table: ModelTable) -> str:
    if row.status not in (CountryStatus.UNRANKED_COVERAGE, CountryStatus.UNRANKED_REQUIRED):
        return row.reason
    need = [table.row(key).label for key, _ in row.gaps if table.row(key).node == "need"]
    special = any(reason == "special_case" for _, reason in row.gaps)
    if row.need is None and need:
        return f"Need is not known because there is no value for {formats.listing([short(label) for label in need])}."
    if row.feasibility is None and special:
        return "Feasibility is not known because a Special Case in the TIP Report has no tier to score."
    known = formats.share(row.coverage)
    needed = formats.share(table.root_tau)
    return f"{known} of the weight is known, and {needed} is required; {len(row.gaps)} criteria have no value."


def lowered(label: str) -> str:
    """Return a label for use inside a sentence: its first letter small unless it begins with an acronym or is a name.

    A label whose second word has a capital is a name: "Corruption Perceptions Index".
    """
    follows = label.partition(" ")[2]
    return label if label[:2].isupper() or follows[:1].isupper() else label[:1].lower() + label[1:]


def raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def short(label: str) -> str:
    """Return the start of a label, for a cell: "Child labor, activity or chores" is "child labor"."""
    return lowered(label.split(",")[0].split(" of ")[0])


def unknown(lacking: Sequence[CriterionRow]) -> str:
    """Return the criteria without a value: "child labor not measured", "child labor and 2 more not known"; "" for none.

    Never "no child labor": that would claim a finding where none was made.
    """
    if not lacking:
        return ""
    first = short(lacking[0].label)
    if len(lacking) > 1:
        return f"{first} and {len(lacking) - 1} more not known"
    return f"{first} not {'rated' if lacking[0].is_rated else 'measured'}"


def likelihood(probability: float) -> str:
    """Return a probability without false precision at its ends: "over 99%", "under 1%", "69%"."""
    if probability > 0.99:
        return "over 99%"
    return "under 1%" if probability < 0.01 else formats.share(probability)


def interval(low: int | None, high: int | None) -> str:
    """Return the ranks in 90 percent of draws: "3 to 9 in 90% of draws"; "" without draws."""
    return "" if low is None else f"{formats.span(str(low), str(high), prose=True)} in 90% of draws"


def countries(count: int) -> str:
    """Return a count of countries: "1 country", "163 countries"."""
    return formats.count_of(count, "country", "countries")


def name_of(indicator: Indicator) -> str:
    """Return what the publisher measures, with its better end: "Birth registration (higher is better)"."""
    return title(indicator.name, DIRECTIONS[indicator.direction])


def title(name: str, direction: str) -> str:
    return f"{name} ({direction})" if direction else name
