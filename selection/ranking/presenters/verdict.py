"""Findings above the lists of a ranking, as sentences that could be false, and their limits."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from cpc.web import formats
from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import REASONS, PolicyRow, Reason
from selection.ranking.presenters.sentences import whole_percent
from selection.ranking.queries.findings import (
    Concentration,
    PoolCounts,
    RankingGroups,
    groups_of,
)
from selection.ranking.queries.listing import (
    NOT_RANKABLE,
    OUTSIDE,
    PROVISIONAL,
    ListTab,
)
from selection.runs import labels as runs_labels
from selection.runs.rows import Ranking, RankingRow
from selection.runs.verdicts import Fact, PageVerdict

NAMED = 9
"""The most countries that a sentence names."""

OUTSIDE_LABELS: Mapping[str, tuple[str, str]] = {
    Reason.UNITED_STATES: ("the United States", "the United States"),
    Reason.PARTNERSHIP: ("with a partnership in force", "with a partnership in force"),
    Reason.SPECIAL_CASE: ("Special Case", "Special Cases"),
    Reason.TIER3: ("by its tier", "by their tier"),
    Reason.NO_INCOME_CLASS: ("without an income class", "without an income class"),
    Reason.HIGH_INCOME: ("by its income class", "by their income class"),
    CountryStatus.NOT_LISTED: ("not in the TIP Report", "not in the TIP Report"),
    CountryStatus.NOT_CANDIDATE: ("territory that is not a state", "territories that are not states"),
}
"""Texts of the reasons outside the pool, for one country and for several."""

UNLISTED = (CountryStatus.NOT_LISTED, CountryStatus.NOT_CANDIDATE)
"""Reasons of countries that the pool never includes: not listed in the report, or not a state."""

AS_SHIPPED: Mapping[str, tuple[tuple[str, ...], str]] = {
    Reason.TIER3: (("Tier 3",), "on Tier 3"),
    Reason.HIGH_INCOME: (("H",), "with high income"),
}
"""Clearer texts for rules that have their shipped value."""

REGIONS: Mapping[str, str] = {
    "Western Hemisphere": "the Western Hemisphere",
    "Near East": "the Near East",
    "East Asia and Pacific": "East Asia and the Pacific",
}

DOUBTS: Mapping[str, tuple[str, str]] = {
    "age": ("Age of the figures", "the age of the figures"),
    "measurement": ("Measurement of the figures", "the measurement of the figures"),
    "bridge": ("Values from another series", "values from another series"),
    "missing": ("Values filled from peers", "values filled from peers"),
    "weights": ("Weights", "the weights"),
}
"""Sources of doubt that are drawn one at a time: in a table, and in a sentence."""
TOGETHER: Mapping[str, str] = {
    "data": "All data together",
    "total": "Data and weights (the range in each row)",
    "designs": "Other methods (not in the range)",
}
ALL_IN: Mapping[str, str] = {
    "overdue": "Tiers alone, while an edition is overdue",
    "data": "All data together",
    "designs": "Other methods",
    "data_weights": "Data and weights",
    "total": "Data, weights, and method (the range in each row)",
}
"""The same for draws of data, weights, and method together. Those of overdue editions are a part of age."""


def regions(name: str) -> str:
    return REGIONS.get(name, name)


def names(rows: Sequence[RankingRow]) -> str:
    return formats.listing([row.name for row in rows])


def verdict_of(tab: ListTab, ranking: Ranking) -> PageVerdict:
    rows = tab.of(ranking)
    if tab is PROVISIONAL and rows:
        return _provisional(rows, ranking)
    if tab is OUTSIDE and rows:
        return _outside(rows, ranking)
    if tab is NOT_RANKABLE and rows:
        return _not_rankable(rows)
    return ranked_verdict(ranking)


def ranked_verdict(ranking: Ranking) -> PageVerdict:
    """Return which countries are among the first in most draws and methods, in few or in between, before any rank."""
    groups = groups_of(ranking)
    if not ranking.ranked:
        missing = "Either the pool is empty, or no country in it has the evidence that a rank needs."
        return PageVerdict("No country is ranked.", f"{missing} The lists below give the reason for each country.")
    if groups is None:
        count = len(ranking.ranked)
        sure = (
            f"Without draws, the certainty of the order is unknown, so no country is called in or out of the "
            f"first {ranking.table.first}."
        )
        return PageVerdict(
            f"{formats.count_of(count, 'country is', 'countries are')} ranked, and no draw was made.", sure
        )
    return PageVerdict(*group_finding(ranking, groups), _group_facts(groups))


def group_limits(table: ModelTable) -> tuple[str, str]:
    """Return the shares that put a country in or out: "in at least 80% of draws and 90% of methods", "in under 5%".

    All-in draws vary the method, too, and then decide alone.
    """
    limits = table.method.get("groups", {})
    draws, designs, out = (whole_percent(limits.get(key)) for key in ("in_draws", "in_designs", "out"))
    if table.is_all_in:
        return f"in at least {draws} of draws", f"in under {out}"
    return f"in at least {draws} of draws and {designs} of methods", f"in under {out} of draws and of methods"


def group_finding(ranking: Ranking, groups: RankingGroups) -> tuple[str, str]:
    """Return which countries are in the first N by the limits of the model, and how many are out or open."""
    first, (sure, never) = ranking.table.first, group_limits(ranking.table)
    inside, outside, unsure = len(groups.inside), len(groups.outside), len(groups.open)
    finding = f"No country is firmly in the first {first}, which means there {sure}."
    if inside:
        named = f": {names(groups.inside)}" if inside <= NAMED else ""
        finding = f"{formats.count_of(inside, 'country is', 'countries are')} firmly in the first {first}{named}."
    left = [f"{'It is' if inside == 1 else 'They are'} there {sure}."] if inside else []
    if outside:
        left.append(f"{formats.count_of(outside, 'is', 'are')} firmly out: in the first {first} {never}.")
    if unsure:
        turn = "it belongs there turns" if unsure == 1 else "they belong there turns"
        turns = f"whether {turn} on old or missing data, on the weights, or on the method"
        left.append(f"{formats.count_of(unsure, 'is', 'are')} open: {turns}.")
    return finding, " ".join(left)


def _group_facts(groups: RankingGroups) -> tuple[Fact, ...]:
    counts = {"in": len(groups.inside), "open": len(groups.open), "out": len(groups.outside)}
    return tuple(Fact(label, str(counts[key]), group=key) for key, label in runs_labels.SCREEN_GROUPS.items())


def _provisional(rows: Sequence[RankingRow], ranking: Ranking) -> PageVerdict:
    """Return how many provisional countries may belong among the first, and which evidence they lack."""
    first, count = ranking.table.first, len(rows)
    reach = [row for row in rows if row.low is not None and row.low <= first]
    finding = (
        f"{formats.count_of(count, 'country is', 'countries are')} provisional: "
        "evidence that a rank needs is missing or too old."
    )
    context, facts = "", []
    if any(row.low is not None for row in rows):
        verb, they = ("reaches", "it belongs") if len(reach) == 1 else ("reach", "they belong")
        may = f"{verb} the first {first} in at least 5% of draws; only more data can show whether {they} there."
        finding = f"{len(reach)} of {count} provisional countries {may}"
        best = sorted(reach, key=lambda row: row.median or 0)[:2]
        between = [f"{row.name} would rank between {row.low} and {row.high}" for row in best]
        context = f"In 90% of draws, {formats.listing(between)}." if between else ""
        widths = [row.high - row.low for row in rows if row.high is not None and row.low is not None]
        facts = [
            Fact("Width of the range in places", str(round(statistics.median(widths))), f"median of the {len(widths)}")
        ]
    rules = {rule["key"]: rule for rule in ranking.table.method.get("rules", ())}
    lacking = Counter(key for row in rows for key in row.reason_code.split(",") if key in rules)
    labels = [
        Fact(_short_rule(rules[key], ranking), str(number), rules[key]["lacking"])
        for key, number in lacking.most_common(2)
    ]
    return PageVerdict(finding, context, (*labels, *facts))


def _short_rule(rule: Mapping[str, object], ranking: Ranking) -> str:
    criteria = rule["criteria"]
    assert isinstance(criteria, list)
    named = formats.listing([runs_labels.short(ranking.table.row(key).label) for key in criteria], "or")
    return f"{named[:1].upper()}{named[1:]}"


def _outside(rows: Sequence[RankingRow], ranking: Ranking) -> PageVerdict:
    """Return how many countries outside the pool would come among the first, and which."""
    first = ranking.table.first
    scored = [row for row in rows if row.place is not None and row.reason_code != Reason.UNITED_STATES]
    proven = [row for row in scored if not row.fails]
    near = sorted((row for row in proven if (row.place or 0) <= first), key=lambda row: (row.place or 0, row.name))
    whole = f"Of {runs_labels.countries(len(rows))} outside the pool"
    lacking = len(scored) - len(proven)
    lacks, they = ("lacks", "it") if lacking == 1 else ("lack", "they")
    more = f"{lacking} more {lacks} evidence that a rank needs; if admitted, {they} would be provisional."
    context = more if lacking else ""
    if not near:
        return PageVerdict(
            f"{whole}, no country with the evidence for a rank would be among the first {first}.", context
        )
    named = [f"{row.name} at rank {row.place}" for row in near[:NAMED]]
    named += [f"{len(near) - NAMED} more"] if len(near) > NAMED else []
    return PageVerdict(f"{whole}, {len(near)} would be among the first {first}: {formats.listing(named)}.", context)


def _not_rankable(rows: Sequence[RankingRow]) -> PageVerdict:
    named = f": {names(rows)}" if len(rows) <= NAMED else ""
    why = "No fact of need is published, so bounds cannot be computed."
    return PageVerdict(f"{runs_labels.countries(len(rows))} cannot be ranked{named}.", why)


def are(count: int) -> str:
    return "is" if count == 1 else "are"


def has(count: int) -> str:
    return "has" if count == 1 else "have"


def region_finding(found: Concentration) -> tuple[str, str]:
    """Return how many of the first countries are in one region, and what that means."""
    where = regions(found.region)
    finding = f"{found.first} of the first {found.of_first} {formats.agree(found.first, 'is', 'are')} in {where}."
    context = f"Of all {found.of_ranked} ranked countries, {formats.count_of(found.ranked, 'is', 'are')}."
    if found.uneven:
        context += " The difference follows from the choice of facts of need, so read the rank in the region too."
    return finding, context


def pool(counts: PoolCounts, ranking: Ranking) -> tuple[str, str]:
    """Return how many countries are in the pool, and the reasons that the others are outside it."""
    admitted = f", {counts.admitted} of them by decision" if counts.admitted else ""
    finding = f"{formats.count_of(counts.inside, 'country is', 'countries are')} in the pool{admitted}."
    if not counts.outside:
        return finding, "No country is outside."
    values = {row.reason: row.values for row in ranking.pool.policies}
    listed = {reason: count for reason, count in counts.outside.items() if reason not in UNLISTED}
    parts = [_why_outside(reason, count, values.get(reason, ())) for reason, count in listed.items()]
    sentences = [f"{formats.count_of(counts.left_out, 'is', 'are')} outside."]
    if listed:
        number = sum(listed.values())
        sentences.append(
            f"{number} of them {formats.agree(number, 'is', 'are')} in the TIP Report: {formats.listing(parts)}."
        )
    rest = [
        f"{formats.count_of(count, 'is', 'are')} {_unlisted(reason, count)}"
        for reason in UNLISTED
        if (count := counts.outside.get(reason))
    ]
    if rest:
        sentences.append(f"{formats.listing(rest)}.")
    return finding, " ".join(sentences)


def _unlisted(reason: str, count: int) -> str:
    label = OUTSIDE_LABELS[reason][count != 1]
    return f"a {label}" if reason == CountryStatus.NOT_CANDIDATE and count == 1 else label


def _why_outside(reason: str, count: int, values: Sequence[str]) -> str:
    if reason == Reason.UNITED_STATES:
        return "the United States"
    shipped, plainer = AS_SHIPPED.get(reason, ((), ""))
    label = plainer if plainer and tuple(values) == shipped else OUTSIDE_LABELS[reason][count != 1]
    return f"{count} {label}"


def pool_changed(counts: PoolCounts, ranking: Ranking) -> str:
    """Return the last decision about the pool: who made it, what, and when."""
    row = counts.changed
    if row is None:
        return "The rules are the defaults; no one has changed them."
    if isinstance(row, PolicyRow):
        what = f"the rule “{REASONS[Reason(row.reason)].label}”"
    else:
        admitted = ranking.row(row.country)
        what = f"{admitted.name if admitted else row.country} admitted"
    return f"Last changed {formats.day(row.since)}: {what}, proposed by {row.decided_by}."
