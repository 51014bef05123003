"""Presentation of the rating grid: its cells, what is not saved, and the evidence of one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse

from cpc.web import formats
from cpc.web.charts import Chart, Series, line_chart
from indicators.models import Observation
from selection.countries.presenters.trends import trends
from selection.countries.published import counts_as, name_of, value
from selection.countries.queries.trends import series
from selection.evidence.evidence_options import VALUES, CandidateEvidence, OfferGroup
from selection.evidence.queries import estimates_of
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Candidate, Rating
from selection.ratings import presenters
from selection.ratings.grid.entries import CellKey, Entry, EntryFault, entry_of, fault_of, text_of
from selection.ratings.grid.queries import RaterGrid
from selection.ratings.grid.services import SavedGrid
from selection.ratings.queries import RatedCriterion
from selection.ratings.services import revision_of

_LEAD = re.compile(r"^(?:Political will: |Commitment to (?:work with )?|Related |National )", re.IGNORECASE)

SERIES: Mapping[str, Sequence[str]] = {
    "prosecution": ("tip.tier",),
    "protection": ("tip.tier",),
    "prevention": ("tip.tier",),
    "forms": ("glotip.child_victims",),
    "commit_civil": ("fh.total", "fh.political_rights", "fh.civil_liberties"),
    "commit_me": ("cpi.score",),
}
"""Series beside a criterion. Each is measured by one method over the years on record."""


SHORT: Mapping[str, str] = {
    "forms": "Forms of trafficking",
    "commit_us": "Partner with U.S.",
    "commit_civil": "Civil society",
    "commit_me": "Monitoring",
    "protection_strategy": "Child strategy",
}
"""Names of criteria of the shipped model whose labels are too long for the head of a column."""


def short_label(row: CriterionRow) -> str:
    """Return the label of a criterion for the head of a column: “Protection” of “Political will: protection”."""
    label = SHORT.get(row.key) or _LEAD.sub("", row.label)
    return label[:1].upper() + label[1:]


def cell_name(candidate: Candidate, row: CriterionRow) -> str:
    label = short_label(row)
    is_name = label.startswith("U.S.")
    return f"{candidate.country.name}, {label if is_name else label[:1].lower() + label[1:]}"


def others_text(cell: RatedCriterion) -> str:
    """Return how many others rated a cell, and from which step to which: “2 · 2 to 3”."""
    others = cell.others
    if not others:
        return ""
    steps = sorted(rating.step for rating in others if rating.step is not None)
    if not steps:
        return f"{len(others)} · n"
    return f"{len(others)} · {steps[0]}" + (f" to {steps[-1]}" if steps[-1] != steps[0] else "")


class GridCell(NamedTuple):
    """One cell of the grid, as text. `fault` is why it can't be saved as it is."""

    key: CellKey
    text: str
    saved: str
    seen: str
    name: str
    others: str
    locked: int
    is_unsaved: bool
    is_none: bool
    fault: EntryFault | None


def grid_cell(grid: RaterGrid, key: CellKey, entry: Entry | None) -> GridCell:
    cell = grid.cells[key]
    text = entry.text if entry else text_of(cell.own)
    return GridCell(
        key=key,
        text=text,
        saved=text_of(cell.own),
        seen=revision_of(cell.own),
        name=cell_name(grid.candidates[key.code], cell.row),
        others=others_text(cell),
        locked=len(cell.ratings) if cell.is_hidden else 0,
        is_unsaved=entry is not None,
        is_none=text == "n",
        fault=fault_of(entry, cell.own) if entry else None,
    )


@dataclass(frozen=True, slots=True)
class GridLine:
    candidate: Candidate
    cells: Sequence[GridCell]
    done: int


def lines(grid: RaterGrid, entries: Mapping[CellKey, Entry]) -> list[GridLine]:
    found = []
    for row in grid.rows:
        keys = [CellKey(row.candidate.country.code, cell.row.key) for cell in row.criteria]
        cells = [grid_cell(grid, key, entries.get(key)) for key in keys]
        found.append(GridLine(row.candidate, cells, sum(cell.own is not None for cell in row.criteria)))
    return found


class Unsaved(NamedTuple):
    """A cell that can't be saved as it is, with the name by which the page links to it."""

    key: CellKey
    name: str
    fault: EntryFault


def faults(grid: RaterGrid, entries: Mapping[CellKey, Entry]) -> list[Unsaved]:
    cells = [grid_cell(grid, key, entry) for key, entry in entries.items()]
    return [Unsaved(cell.key, cell.name, cell.fault) for cell in cells if cell.fault]


def first_cell(grid: RaterGrid, entries: Mapping[CellKey, Entry]) -> CellKey | None:
    """Return the cell that the page opens at: the first that can't be saved, else the first open one."""
    refused = (one.key for one in faults(grid, entries))
    unrated = (key for key, cell in grid.cells.items() if cell.own is None)
    return next(refused, None) or next(unrated, None) or next(iter(grid.cells), None)


def saved_sentence(outcome: SavedGrid, grid: RaterGrid) -> str:
    """Say what was saved, withdrawn, handed in, and refused."""
    parts = []
    if outcome.saved:
        saved = formats.count_of(outcome.saved, "rating")
        parts.append(f"{saved} {formats.agree(outcome.saved, 'is', 'are')} saved.")
    if outcome.withdrawn:
        gone = formats.count_of(outcome.withdrawn, "rating")
        parts.append(f"{gone} {formats.agree(outcome.withdrawn, 'is', 'are')} withdrawn.")
    if outcome.hand_in is not None:
        parts.append(f"You handed in {outcome.hand_in.rated} of {len(grid.cells)}.")
    if outcome.refused:
        refused = formats.spell_out(len(outcome.refused), "cell is", "cells are")
        parts.append(
            f"{refused} not saved; what {formats.agree(len(outcome.refused), 'it lacks', 'they lack')} is named below."
        )
    return " ".join(parts) or "Nothing was changed."


# --- the cell in focus ------------------------------------------------------------------------------------------


class Citable(NamedTuple):
    """A sentence, value, plan, program, or document to tick."""

    key: str
    label: str
    source: str
    is_ticked: bool


class FactLine(NamedTuple):
    """A published value to tick, with what the score uses instead."""

    key: str
    label: str
    source: str
    value: str
    used: str
    is_ticked: bool


class CitableGroup(NamedTuple):
    label: str
    citables: Sequence[Citable]
    ticked: int


@dataclass(frozen=True)
class Focus:
    """Everything that the page shows of one cell."""

    key: CellKey
    cell: GridCell
    candidate: Candidate
    row: CriterionRow
    entry: Entry
    heading: str
    weight: float
    statute: Sequence[str]
    anchors: Sequence[tuple[int, str]]
    near: Sequence[CitableGroup]
    more: Sequence[CitableGroup]
    facts: Sequence[FactLine]
    more_facts: Sequence[FactLine]
    draws: bool
    chart: Chart | None
    own: Rating | None
    others: Sequence[dict[str, Any]]

    @property
    def cited(self) -> int:
        return len(self.entry.evidence) + bool(self.entry.document)

    @property
    def cites_more(self) -> bool:
        """Return whether the rating rests on something that is folded away."""
        folded = [one.is_ticked for group in self.more for one in group.citables]
        folded += [] if self.draws else [one.is_ticked for one in self.facts]
        return any(folded)

    @property
    def has_more(self) -> bool:
        return bool(self.more or self.more_facts or (self.facts and not self.draws))

    @property
    def step(self) -> int | None:
        return self.entry.step

    @property
    def history_url(self) -> str:
        return f"{reverse('ratings-of', args=[self.candidate.round_id, self.key.code])}#{self.row.key}"


def focus(
    grid: RaterGrid, key: CellKey, entry: Entry | None, evidence: CandidateEvidence, *, draws: bool = True
) -> Focus:
    """Return the evidence, rubric, and others' ratings of a cell. Without `draws`, it has no chart."""
    cell, candidate = grid.cells[key], grid.candidates[key.code]
    shown = entry or entry_of(key, cell.own)
    groups = evidence.groups(key.criterion, cell.own)
    quoted = [_group(group, candidate, shown) for group in groups if group.label != VALUES]
    is_near = {group.label: group.near for group in groups}
    facts = list(_facts(evidence, cell.row, shown))
    near = [fact for fact, is_own in facts if is_own]
    table = grid.round.model.as_table
    return Focus(
        key=key,
        cell=grid_cell(grid, key, entry),
        candidate=candidate,
        row=cell.row,
        entry=shown,
        heading=f"{candidate.country.name} · {short_label(cell.row)}",
        weight=100 * table.weights()[key.criterion],
        statute=presenters.asked_by_statute(table, cell.row),
        anchors=list(enumerate(cell.row.anchors))[::-1],
        near=[group for group in quoted if is_near[group.label]],
        more=[group for group in quoted if not is_near[group.label]],
        facts=near,
        more_facts=[fact for fact, is_own in facts if not is_own],
        draws=draws,
        chart=chart_of(candidate, key.criterion) if draws else None,
        own=cell.own,
        others=[presenters.rating_line(rating, candidate) for rating in cell.others],
    )


def _group(group: OfferGroup, candidate: Candidate, entry: Entry) -> CitableGroup:
    found = []
    for offer in group.offers:
        line = presenters.evidence(offer.evidence, candidate)
        found.append(Citable(offer.key, line.label.strip("“”"), line.source, offer.key in entry.evidence))
    return CitableGroup(group.label, found, sum(one.is_ticked for one in found))


def _facts(evidence: CandidateEvidence, row: CriterionRow, entry: Entry) -> Iterable[tuple[FactLine, bool]]:
    """Yield the published values, each with whether it is near the criterion: of the same node of the model."""
    used, seen = estimates_of(evidence.candidate), set()
    for factor in evidence.page.factors:
        observation = factor.observation
        if observation is None or observation.pk in seen:
            continue
        seen.add(observation.pk)
        key = f"observation:{observation.pk}"
        line = FactLine(
            key=key,
            label=name_of(observation.indicator),
            source=f"{observation.indicator.source.publisher}, {observation.period}",
            value=value(observation),
            used=counts_as(factor.row, observation, used.get((factor.row.key, observation.pk))),
            is_ticked=key in entry.evidence,
        )
        yield line, factor.row.node == row.node or line.is_ticked


def chart_of(candidate: Candidate, criterion: str) -> Chart | None:
    """Return the trend beside a criterion, or None if no series on record goes with it."""
    codes = SERIES.get(criterion)
    if codes is None:
        return None
    found = series(candidate.country, codes)
    if drawn := trends(found, {}):
        return drawn[0]
    rows: Sequence[Observation] = found.get(codes[0], ())
    known = {row.year: row.value for row in rows}
    given = [year for year, number in known.items() if number is not None]
    if len(given) < 2:
        return None
    indicator = rows[0].indicator
    name, last = name_of(indicator), known[max(given)]
    finding = f"{name}: {formats.number(last, indicator.decimals)} in {max(given)}"
    return line_chart(Series(f"trend-{criterion}", name, finding, indicator.source.publisher, known))
