"""Sentences of the ranking: shares and limits, the region of the first countries, and evidence in a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cpc.web import formats
from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import REASONS, Reason
from selection.ranking.queries.findings import Concentration, reason_of
from selection.runs import labels
from selection.runs.rows import RankingRow

SHOWN = 2
"""Most weak points that a row names; the country's page has all."""

NAMED = 9
"""The most countries that a sentence names."""

REGIONS: Mapping[str, str] = {
    "Western Hemisphere": "the Western Hemisphere",
    "Near East": "the Near East",
    "East Asia and Pacific": "East Asia and the Pacific",
}


def whole_percent(share: float | None) -> str:
    """Write a share that was counted, not drawn, as a whole percentage."""
    return formats.DASH if share is None else f"{round(100 * share)}%"


def counted_share(share: float, limits: Collection[float]) -> str:
    """Write a share that was counted, not drawn, with a decimal if rounding would move it across a limit."""
    whole = round(100 * share) / 100
    if any((share >= limit) != (whole >= limit) for limit in limits):
        return f"{formats.number(100 * share, 1)}%"
    return whole_percent(share)


def limits_of(table: ModelTable, name: str) -> tuple[float, ...]:
    """Return the shares of draws or designs, `name`, at which a country changes its group."""
    groups = table.method.get("groups", {})
    return tuple(groups[key] for key in (name, "out") if key in groups)


def chance(share: float | None, table: ModelTable, *, prose: bool = False) -> str:
    """Write the share of draws in which a country is among the first N, by one rule on every page."""
    return formats.chance(share, prose=prose, limits=limits_of(table, "in_draws"))


def share_in_first(row: RankingRow, table: ModelTable) -> str:
    """Write the same for a row of a list; without a group there is no limit that rounding could cross."""
    return formats.chance(row.p20, limits=limits_of(table, "in_draws") if row.group else ())


def group_limits(table: ModelTable) -> tuple[str, str]:
    """Return the shares that put a country in or out: "in at least 80% of draws and 90% of methods", "in under 5%".

    All-in draws vary the method, too, and then decide alone.
    """
    limits = table.method.get("groups", {})
    draws, designs, out = (whole_percent(limits.get(key)) for key in ("in_draws", "in_designs", "out"))
    if table.is_all_in:
        return f"in at least {draws} of draws", f"in under {out}"
    return f"in at least {draws} of draws and {designs} of methods", f"in under {out} of draws and of methods"


def names(rows: Sequence[RankingRow]) -> str:
    return formats.listing([row.name for row in rows])


def region_finding(found: Concentration) -> str:
    """Return how many of the first countries are in the commonest region."""
    where = REGIONS.get(found.region, found.region)
    count = found.count_in_first
    return f"{count} of the first {found.of_first} {formats.agree(count, 'is', 'are')} in {where}."


# ---- a row ---------------------------------------------------------------------------------------------------------


def weak(row: RankingRow, table: ModelTable, shown: int | None = SHOWN) -> str:
    """Return a country's missing or old evidence.

    `shown` limits how much is listed, and omits old values that are not facts of need; None lists all, for a sheet.
    """
    facts = set(table.method.get("facts", ()))

    def label(key: str) -> str:
        return labels.short(table.row(key).label)

    parts = []
    if row.weak.filled:
        parts.append(f"Filled from peers: {formats.listing([label(key) for key in row.weak.filled])}")
    parts += [f"{label(key).capitalize()} from another series" for key in row.weak.bridged]
    surveys: dict[int, list[str]] = {}
    for key, year in row.weak.old:
        if key in facts:
            surveys.setdefault(year, []).append(label(key))
    parts += [f"Survey of {year}: {formats.listing(names)}" for year, names in sorted(surveys.items())]
    if shown is not None:
        more = f"; {len(parts) - shown} more" if len(parts) > shown else ""
        return "; ".join(parts[:shown]) + more
    parts += [f"{label(key).capitalize()} of {year}" for key, year in row.weak.old if key not in facts]
    return "; ".join(parts)


def why(row: RankingRow, table: ModelTable) -> str:
    """Return the evidence that a provisional country lacks, in short: "No recent value: child labor"."""
    rules = {rule["key"]: rule for rule in table.method.get("rules", ())}
    keys = [key for code in row.reason_code.split(",") if code in rules for key in rules[code]["criteria"]]
    lacking = [key for key in keys if key in row.weak.filled] or keys
    names = [labels.short(table.row(key).label) for key in dict.fromkeys(lacking)]
    return f"No recent value: {', '.join(names)}" if names else row.reason


def former(row: RankingRow) -> list[str]:
    """Return the years of each partnership that is over: "2015 to 2020"."""
    return [
        formats.span(str(term.start.year), str(term.end.year), prose=True)
        for term in row.former
        if term.end  # always: it is over
    ]


def reason_title(row: RankingRow) -> str:
    """Return the reason that a country is outside the pool, as the title of all that share it."""
    reason = reason_of(row)
    if reason in (CountryStatus.NOT_LISTED, CountryStatus.NOT_CANDIDATE):
        return "Not in the TIP Report" if reason == CountryStatus.NOT_LISTED else "Not a state"
    return REASONS[Reason(reason)].label
