"""The sentences of the ranking: what is weak in a row, why a country has no rank, and the verdict over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cpc.web import formats
from selection import words
from selection.model_table import ModelTable
from selection.models import CountryStatus
from selection.pool_policy import REASONS, Reason
from selection.queries.ranking import Ranking, RankingRow
from selection.queries.ranking_findings import Concentration, Groups, PoolCounts
from selection.queries.ranking_list import NOT_RANKABLE, OUTSIDE, PROVISIONAL, Tab

SHOWN = 2
"""How many weak spots a row names; the page of the country has all."""

OUTSIDE_WORDS: Mapping[str, tuple[str, str]] = {
    Reason.UNITED_STATES: ("the United States", "the United States"),
    Reason.PARTNERSHIP: ("with a partnership in force", "with a partnership in force"),
    Reason.SPECIAL_CASE: ("Special Case", "Special Cases"),
    Reason.TIER3: ("by its tier", "by their tier"),
    Reason.NO_INCOME_CLASS: ("without an income class", "without an income class"),
    Reason.HIGH_INCOME: ("by its income class", "by their income class"),
    CountryStatus.NOT_LISTED: ("not in the TIP Report", "not in the TIP Report"),
    CountryStatus.NOT_CANDIDATE: ("no state", "no states"),
}
"""Why countries are outside the pool, of one and of several."""

AS_SHIPPED: Mapping[str, tuple[tuple[str, ...], str]] = {
    Reason.TIER3: (("Tier 3",), "on Tier 3"),
    Reason.HIGH_INCOME: (("H",), "with high income"),
}
"""Plainer words where a rule has the value that it came with."""

REGIONS: Mapping[str, str] = {
    "Western Hemisphere": "the Western Hemisphere",
    "Near East": "the Near East",
    "East Asia and Pacific": "East Asia and the Pacific",
}

DOUBTS: Mapping[str, tuple[str, str]] = {
    "age": ("Age of the figures", "the age of the figures"),
    "measurement": ("How they were measured", "how the figures were measured"),
    "bridge": ("Series that stand in for another", "series that stand in for another"),
    "missing": ("Values filled from peers", "values filled from peers"),
    "weights": ("Weights", "the weights"),
}
"""Sources of doubt that are drawn one at a time: in a table, and in a sentence."""
TOGETHER: Mapping[str, str] = {
    "data": "All data together",
    "total": "Data and weights: the interval of each row",
    "designs": "Other methods, apart from it",
}


def whole_percent(share: float | None) -> str:
    """A share that was counted, not drawn, as a whole percentage."""
    return formats.DASH if share is None else f"{round(100 * share)}%"


def regions(name: str) -> str:
    """Return the name of a region inside a sentence."""
    return REGIONS.get(name, name)


# ---- a row ---------------------------------------------------------------------------------------------------------


def weak(row: RankingRow, table: ModelTable, shown: int | None = SHOWN) -> str:
    """Return what is missing or old of a country.

    `shown` limits how much, and leaves out what is old and no fact of need: a sheet names all with None.
    """
    facts = set((table.method or {}).get("facts", ()))

    def label(key: str) -> str:
        return words.short(table.row(key).label)

    parts = []
    if row.weak.filled:
        parts.append(f"Filled from peers: {words.joined([label(key) for key in row.weak.filled])}")
    parts += [f"{label(key).capitalize()} by another series" for key in row.weak.bridged]
    surveys: dict[int, list[str]] = {}
    for key, year in row.weak.old:
        if key in facts:
            surveys.setdefault(year, []).append(label(key))
    parts += [f"Survey of {year}: {words.joined(names)}" for year, names in sorted(surveys.items())]
    if shown is not None:
        more = f"; {len(parts) - shown} more" if len(parts) > shown else ""
        return "; ".join(parts[:shown]) + more
    parts += [f"{label(key).capitalize()} of {year}" for key, year in row.weak.old if key not in facts]
    return "; ".join(parts)


def why(row: RankingRow, table: ModelTable) -> str:
    """Return the evidence that a provisional country lacks, in a few words: "No recent value: child labor"."""
    rules = {rule["key"]: rule for rule in (table.method or {}).get("rules", ())}
    keys = [key for code in row.reason_code.split(",") if code in rules for key in rules[code]["criteria"]]
    lacking = [key for key in keys if key in row.weak.filled] or keys
    names = [words.short(table.row(key).label) for key in dict.fromkeys(lacking)]
    return f"No recent value: {', '.join(names)}" if names else row.reason


def full_why(row: RankingRow, table: ModelTable) -> str:
    """Return why a country has no rank, as sentences."""
    return words.why_not_ranked(row, table)


def former(row: RankingRow) -> list[str]:
    """Return the years of each partnership that is over: "2015 to 2020"."""
    return [
        formats.span(str(term.start.year), str(term.end.year), prose=True)
        for term in row.former
        if term.end is not None
    ]


def place_words(row: RankingRow) -> str:
    """Return the place that a country without a rank would take, as a sentence; "" where nothing is known of it."""
    if row.status == CountryStatus.PROVISIONAL and row.low is not None and row.high is not None:
        return f"It would take a place between {row.low} and {row.high}, middle {row.median}."
    if row.place is not None and row.rank is None:
        return f"It would take place {row.place}."
    return ""


def one_row(row: RankingRow, ranking: Ranking) -> str:
    """Return the sentence for the only country that fits the filters."""
    if row.rank is None:
        said = full_why(row, ranking.table).rstrip(".")
        return f"One country matches: {row.name}. {said}. {place_words(row)}".strip()
    interval = "" if row.low is None else f", {row.low} to {row.high} in 90% of draws"
    return f"One country matches: {row.name}, rank {row.rank} of {len(ranking.ranked)}{interval}."


def reason_title(row: RankingRow) -> str:
    """Return the reason that a country is outside the pool, as the title of all that share it."""
    if row.status == CountryStatus.OUTSIDE_POOL:
        return REASONS[Reason(row.reason_code)].label
    return {
        CountryStatus.NOT_LISTED.value: "Not in the TIP Report",
        CountryStatus.NOT_CANDIDATE.value: "No state, or no candidate",
    }[row.status]


def intro(tab: Tab, ranking: Ranking) -> str:
    """Return what the countries of a list have in common; "" for the ranked."""
    count = len(tab.of(ranking))
    if tab is PROVISIONAL:
        return (
            "These countries have no rank: evidence that a rank needs is not published or too old. Gaps are filled "
            "from similar countries. The hatched bar runs from the best case to the worst; the line covers 90% of "
            "draws. None of them moves the rank of another."
        )
    if tab is OUTSIDE:
        return (
            "The pool leaves these countries outside; nothing here is a judgment of them. Need and feasibility are "
            "their own numbers. The place is where their score would come among the ranked; it moves no other country."
        )
    if tab is NOT_RANKABLE:
        one = "this country is" if count == 1 else "these countries are"
        return f"Of the four facts of need none is published, so {one} in the pool without a rank and without bounds."
    return ""


def group_meanings(limits: Mapping[str, float], groups: Groups, first: int) -> dict[str, tuple[str, str]]:
    """Return the label and the meaning of each group."""
    draws, designs, out = (whole_percent(limits.get(key)) for key in ("in_draws", "in_designs", "out"))
    return {
        "in": (f"In the first {first} on every reading", f"in at least {draws} of draws and {designs} of methods"),
        "open": ("Open", f"{groups.near} of them in the first {first} now, {len(groups.open) - groups.near} below"),
        "out": ("Outside on every reading", f"in it in under {out} of draws and of methods"),
    }


# ---- the verdict ---------------------------------------------------------------------------------------------------


def names(rows: Sequence[RankingRow]) -> str:
    """Return the names of countries as a list in a sentence."""
    return words.joined([row.name for row in rows])


def verdict(ranking: Ranking, groups: Groups) -> tuple[str, str]:
    """Return the sentence that could be false, and what it leaves open."""
    first = ranking.table.first
    inside, outside, unsure = len(groups.inside), len(groups.outside), len(groups.open)
    if inside:
        finding = (
            f"On every reading, {words.countries(inside)} {are(inside)} in the first {first}: {names(groups.inside)}."
        )
    else:
        finding = f"No country is in the first {first} on every reading."
    left = []
    if outside:
        left.append(f"{outside} {are(outside)} outside it on every reading.")
    if unsure:
        turn = "it belongs there turns" if unsure == 1 else "they belong there turns"
        turns = f"whether {turn} on old or missing data, on the weights or on the method"
        left.append(f"{unsure} {are(unsure)} open: {turns}.")
    return finding, " ".join(left)


def are(count: int) -> str:
    """Return the verb for so many."""
    return "is" if count == 1 else "are"


def concentrated(found: Concentration) -> tuple[str, str]:
    """Return how many of the first countries are in one region, and what that means."""
    where = regions(found.region)
    finding = f"{found.first} of the first {found.of_first} {are(found.first)} in {where}."
    context = f"So are {found.ranked} of all {found.of_ranked} that are ranked."
    if found.uneven:
        context += " The rest follows from the facts of need that were chosen; read the rank within the region too."
    return finding, context


def apart(neighbors: Mapping[int, float]) -> tuple[str, str] | None:
    """Return how far apart two ranks must be to mean something; None without draws."""
    if 1 not in neighbors:
        return None
    level = neighbors[1] < 0.6
    finding = f"Neighbors {'cannot' if level else 'can'} be told apart."
    far = [f"of two that are {n} places apart in {formats.chance(neighbors[n])}" for n in sorted(neighbors) if n > 1]
    above = formats.chance(neighbors[1])
    context = f"Of two countries next to each other, the one with the better rank is above in {above} of draws"
    return finding, f"{context}; {words.joined(far)}." if far else f"{context}."


def pool(counts: PoolCounts, ranking: Ranking) -> tuple[str, str]:
    """Return how many countries the pool holds, and for which reasons the others are outside it."""
    admitted = f", {counts.admitted} of them by a decision" if counts.admitted else ""
    finding = f"{words.countries(counts.inside)} {are(counts.inside)} in the pool{admitted}."
    if not counts.outside:
        return finding, "None is outside."
    assert ranking.pool is not None
    values = {row.reason: row.values for row in ranking.pool.policies}
    parts = [_outside(reason, count, values.get(reason, ())) for reason, count in counts.outside.items()]
    return finding, f"{counts.left_out} {are(counts.left_out)} outside: {words.joined(parts)}."


def _outside(reason: str, count: int, values: Sequence[str]) -> str:
    if reason == Reason.UNITED_STATES:
        return "the United States"
    shipped, plainer = AS_SHIPPED.get(reason, ((), ""))
    said = plainer if plainer and tuple(values) == shipped else OUTSIDE_WORDS[reason][count != 1]
    return f"{count} {said}"


def pool_changed(counts: PoolCounts) -> str:
    """Return who last decided about the pool and when."""
    row = counts.changed
    if row is None:
        return "Its rules are those that came with the project; nobody has changed one."
    return f"Last changed {formats.day(row.since)}: proposed by {row.decided_by}."


# ---- how sure ------------------------------------------------------------------------------------------------------


def doubt(widths: Mapping[str, int]) -> tuple[str, list[tuple[str, int]]] | None:
    """Return which source of doubt moves the ranks most, and the width of each; None without draws."""
    known = sorted(((widths[key], key) for key in DOUBTS if key in widths), key=lambda pair: -pair[0])
    if not known:
        return None
    width, most = known[0]
    finding = f"Most of the doubt is {DOUBTS[most][1]}: {width} places for half of the countries or more."
    rows = [(DOUBTS[key][0], width) for width, key in known]
    return finding, rows + [(label, widths[key]) for key, label in TOGETHER.items() if key in widths]
