"""Factors of two to five countries side by side, widest gap first, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import charts, formats
from cpc.web.tables import Column
from selection.countries import published as published_presenters
from selection.countries.presenters import country as country_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.queries.country import Factor
from selection.countries.queries.screen import Screen
from selection.country_comparison.queries import Compared
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.runs import labels
from selection.scoring import COMBINED, OWN, PEERS, POOLED

FIRST = 6
"""Number of factors that are never collapsed."""

PUBLISHED = "published: "
"""Prefix of the note on a value that differs from the published one."""

OTHER = "from another series, "
"""Prefix of the note on a value estimated from another series."""


@dataclass(frozen=True, slots=True)
class FactorCell:
    """Value of a country that counts, with its year or other source.

    `is_changed` is True if it differs from the published value.
    """

    letter: str
    value: str
    note: str
    is_old: bool
    is_filled: bool
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor: lanes, one cell per country, and the points between the two farthest apart.

    `is_filled` is True if the value of one of these two comes from peers.
    """

    key: str
    label: str
    about: str
    lanes: charts.Svg
    cells: tuple[FactorCell, ...]
    gap: float
    between: str
    is_filled: bool

    @property
    def printed(self) -> str:
        return formats.number(self.gap, 1)


@dataclass(frozen=True, slots=True)
class FactorEvidence:
    """One factor of one country: the value that counts, its published values, and its derivation.

    `use` is None for a value that is neither published nor filled from other countries.
    """

    letter: charts.Svg
    name: str
    value: str
    sources: Sequence[value_use_presenters.Value]
    use: Mapping[str, Any] | None


def factors(found: Compared) -> list[FactorRow]:
    """Return the counted factors, those with the widest gap in points first."""
    table = found.ranking.table
    keys = [row.key for row in table.criteria if any(row.key in screen.lines for screen in found.screens)]
    rows = [_row(found, table.row(key)) for key in keys]
    return sorted(rows, key=lambda row: -row.gap)


def _row(found: Compared, row: CriterionRow) -> FactorRow:
    lines = [screen.lines.get(row.key) for screen in found.screens]
    weight = next(line["nominal_weight"] for line in lines if line)
    letters = {one.code: charts.LETTERS[index] for index, one in enumerate(found.rows)}
    gaps = [(pair.gaps.get(row.key, 0.0), pair) for pair in found.pairs]
    widest, pair = max(gaps, key=lambda item: abs(item[0]), default=(0.0, None))
    between, is_filled = "", False
    if pair is not None and abs(widest) >= 0.05:
        over, under = (pair.first, pair.second) if widest > 0 else (pair.second, pair.first)
        between = f"{letters[over]} ahead of {letters[under]}"
        is_filled = any(_is_filled(screen, row) for screen in found.screens if screen.country.code in (over, under))
    about = f"{_branch(found.ranking.table, row)}, {formats.number(100 * weight, 1)} of 100"
    unit = _unit(found.screens, row)
    return FactorRow(
        row.key,
        labels.short(row.label)[:1].upper() + labels.short(row.label)[1:],
        f"{about}; {unit}" if unit else about,
        charts.lanes([_lane(screen, row) for screen in found.screens], found.ranking.medians.get(row.key)),
        tuple(_cell(screen, row, charts.LETTERS[index]) for index, screen in enumerate(found.screens)),
        abs(widest),
        between,
        is_filled,
    )


def _branch(table: ModelTable, row: CriterionRow) -> str:
    nodes = {node.key: node for node in table.nodes}
    node = nodes[row.node]
    while node.parent:
        node = nodes[node.parent]
    return node.label


def _unit(screens: Sequence[Screen], row: CriterionRow) -> str:
    """Return the unit of a factor's values; "" for factors whose values are labels."""
    used = [statement.observation.indicator for screen in screens for statement in screen.used(row.key)]
    indicator = next((indicator for indicator in used if indicator.code == row.indicator), None)
    if indicator is None or indicator.is_categorical or indicator.unit in ("percent", "%"):
        return ""
    if indicator.unit == "points" and indicator.maximum:
        return f"of {indicator.maximum:g} points"
    return indicator.unit


def _is_filled(screen: Screen, row: CriterionRow) -> bool:
    line = screen.lines.get(row.key)
    return line is not None and bool(line["estimate"]["source"] == PEERS)


def _is_unknown(screen: Screen, row: CriterionRow) -> bool:
    """Return True if a value is unknown and not filled from other countries.

    That is the case for a country without any fact of need.
    """
    return _is_filled(screen, row) and screen.score.status == CountryStatus.NOT_RANKABLE


def _lane(screen: Screen, row: CriterionRow) -> charts.Strip:
    line = screen.lines.get(row.key)
    if line is None or not line["estimate"]["source"]:
        return charts.Strip(None, applies=False)
    if _is_unknown(screen, row):
        return charts.Strip(None)
    return charts.Strip(line["u"], line["estimate"]["source"] == PEERS)


def _cell(screen: Screen, row: CriterionRow, letter: str) -> FactorCell:
    line = screen.lines.get(row.key)
    if line is None:
        return FactorCell(letter, formats.DASH, "", is_old=False, is_filled=False)
    estimate = line["estimate"]
    note = _note(screen, row)
    return FactorCell(
        letter,
        value_use_presenters.used_value(row, estimate, screen, screen.used(row.key)).removesuffix(" Advancement"),
        note,
        is_old=(estimate["age"] or 0) > value_use_presenters.OLD,
        is_filled=estimate["source"] == PEERS,
        is_changed=note.startswith((PUBLISHED, OTHER)),
    )


def _note(screen: Screen, row: CriterionRow) -> str:
    """Describe the source of a value in short: its year, its published form, or what fills it."""
    estimate = screen.lines[row.key]["estimate"]
    source = estimate["source"]
    used = screen.used(row.key)
    if source == PEERS:
        return "" if _is_unknown(screen, row) else f"filled from {len(estimate['peers'])} peers"
    if not used:
        return ""
    indicator = used[0].observation.indicator
    # A cell is narrow: the name is there only where the criterion counts the opposite of what is published.
    name = f"{labels.lowered(indicator.name)} " if row.is_complement else ""
    published = [f"{name}{published_presenters.amount(row, one.value, indicator)}" for one in used]
    if source in (POOLED, COMBINED):
        return f"{PUBLISHED}{formats.listing(published)}"
    when = used[0].observation.period
    if used[0].observation.label:
        return when
    if source not in (OWN, str(row.series_rows[0]["key"]) if row.series_rows else OWN):
        return f"{OTHER}{when}"
    if published[0] != published_presenters.amount(row, estimate["best"], indicator):
        return f"{PUBLISHED}{published[0]} in {when}"
    return when


# ---- evidence ------------------------------------------------------------------------------------------------------


def evidence(found: Compared, rows: Sequence[FactorRow]) -> list[tuple[FactorRow, str, list[FactorEvidence]]]:
    """Return each factor with its publishers and the evidence of each country, in the order of these rows."""
    sections = []
    for row in rows:
        items = list(_evidence(found, found.ranking.table.row(row.key)))
        publishers = [source.seen.indicator.stated_publisher.split(",")[0] for item in items for source in item.sources]
        sections.append((row, ", ".join(dict.fromkeys(publishers)), items))
    return sections


def _evidence(found: Compared, row: CriterionRow) -> Iterator[FactorEvidence]:
    for index, screen in enumerate(found.screens):
        if row.key not in screen.lines:
            continue
        estimate, used = screen.lines[row.key]["estimate"], screen.used(row.key)
        yield FactorEvidence(
            charts.letter_mark(index),
            screen.country.name,
            value_use_presenters.used_value(row, estimate, screen, used),
            value_use_presenters.published_values(row, estimate, used),
            None if _is_unknown(screen, row) else value_use_presenters.use_of(row, estimate, screen, used),
        )


# ---- export --------------------------------------------------------------------------------------------------------

Exported = tuple[str, str, Factor]
"""Name and code of a country, and one of its factors."""


def fields() -> tuple[Column[Exported], ...]:
    def of_factor(field: Column[Factor]) -> Column[Exported]:
        return Column(field.label, lambda row: field.value(row[2]), width=field.width)

    return (
        Column("Country", lambda row: row[0], width=24),
        Column("Code", lambda row: row[1], width=8),
        *map(of_factor, country_presenters.fields(scored=True)),
    )
