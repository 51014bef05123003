"""Reads of the workbench: the candidates of a request, what to answer next, and what can be noted on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from cpc.accounts.models import User
from indicators.models import Narrative, Recommendation
from indicators.queries import SECTION_NAMES, recommendations_of, sentences_of
from selection.consultation.queries import PositionCell, position_cells, queue_of
from selection.countries.queries.country import newest_narrative
from selection.models import Candidate, ConsultationRequest, EvidenceOpening
from selection.notes.services.notes import Anchor

WHOLE = "notes"
"""Key of the row for notes on the candidate as a whole."""


@dataclass(frozen=True)
class Workbench:
    """Candidates of a request in the order of the list."""

    cells: tuple[PositionCell, ...]

    @property
    def waiting(self) -> list[PositionCell]:
        return [cell for cell in self.cells if cell.is_waited_for]

    @property
    def answered(self) -> int:
        return len(self.cells) - len(self.waiting)

    def _around(self, candidate: Candidate) -> list[PositionCell]:
        """Return the other candidates from the one after this to the one before it, over the end of the list."""
        at = next((index for index, cell in enumerate(self.cells) if cell.candidate == candidate), -1)
        return [*self.cells[at + 1 :], *self.cells[: max(at, 0)]]

    def next_waiting(self, candidate: Candidate) -> PositionCell | None:
        return next((cell for cell in self._around(candidate) if cell.is_waited_for), None)

    def neighbors(self, candidate: Candidate) -> tuple[PositionCell | None, PositionCell | None]:
        """Return the candidates before and after this one in the list; the ends have none."""
        at = next((index for index, cell in enumerate(self.cells) if cell.candidate == candidate), None)
        if at is None:
            return None, None
        before = self.cells[at - 1] if at else None
        return before, self.cells[at + 1] if at + 1 < len(self.cells) else None


def bench_of(request: ConsultationRequest, today: dt.date) -> Workbench:
    """Load the candidates of a request with the agency's drafts, in a fixed number of queries."""
    _, cells = position_cells(ConsultationRequest.objects.filter(pk=request.pk), today, drafts=True)
    return Workbench(tuple(cells))


def next_to_answer(bench: Workbench, candidate: Candidate, user: User, today: dt.date) -> PositionCell | None:
    """Return the next candidate that waits: in this request after this one, else the first of another request."""
    here = bench.next_waiting(candidate)
    if here is not None:
        return here
    waiting = queue_of(user, today).waiting
    return next((cell for cell in waiting if cell.candidate != candidate), None)


def openings_of(request: ConsultationRequest, candidates: Sequence[Candidate]) -> dict[int, EvidenceOpening]:
    """Return the newest opening by a member of the agency, by the key of the candidate."""
    by_agency = Q(request=request) | Q(agency=request.agency_id)
    rows = EvidenceOpening.objects.filter(by_agency, evidence__candidate__in=candidates)
    rows = rows.select_related("evidence", "opened_by").defer("evidence__cells", "evidence__changes")
    return {row.evidence.candidate_id: row for row in rows.order_by("evidence__number", "-pk")}


# ---- rows that a note can be about -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A row of the workbench that a note can be about. `key` is its id on the page."""

    key: str
    label: str
    anchor: Anchor


def criterion_row(key: str, label: str) -> NoteRow:
    return NoteRow(f"e-{key}", label, Anchor(criterion=key))


def whole_row(candidate: Candidate) -> NoteRow:
    return NoteRow(WHOLE, f"{candidate.country.name} as a whole", Anchor())


@dataclass(frozen=True, slots=True)
class SectionRows:
    """Section of a narrative with a row for each sentence."""

    key: str
    name: str
    rows: tuple[NoteRow, ...]


def section_rows(narrative: Narrative) -> Iterator[SectionRows]:
    """Yield the sections of a narrative, without its recommendations."""
    for section in narrative.sections.all():
        if section.kind == "recommendations":
            continue
        name = SECTION_NAMES.get(section.kind, section.kind)
        rows = tuple(
            sentence_row(f"s-{section.pk}-{number}", narrative, sentence, section.locator)
            for number, sentence in enumerate(sentences_of(section.text), start=1)
        )
        yield SectionRows(f"s-{section.pk}", name, rows)


def sentence_row(key: str, narrative: Narrative, sentence: str, locator: str) -> NoteRow:
    return NoteRow(key, sentence, Anchor(narrative=narrative, sentence=sentence, locator=locator))


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """Recommendation of the newest edition, or one that it dropped, which has no row.

    `kind` is what became of it since the edition before, empty if no other edition is loaded; `state` tells whether an
    analyst confirmed that.
    """

    text: str
    row: NoteRow | None
    kind: str = ""
    state: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class ReadNarrative:
    """Newest narrative with its sections, and its recommendations compared with those of the edition before."""

    narrative: Narrative
    older_year: int | None
    sections: tuple[SectionRows, ...]
    recommendations: tuple[RecommendationRow, ...]

    @property
    def rows(self) -> list[NoteRow]:
        sentences = [row for section in self.sections for row in section.rows]
        return [*sentences, *(one.row for one in self.recommendations if one.row is not None)]


def narrative_of(candidate: Candidate) -> ReadNarrative | None:
    narrative = newest_narrative(candidate.country)
    if narrative is None:
        return None
    comparison = next(iter(recommendations_of(candidate.country)), None)
    sections = tuple(section_rows(narrative))
    if comparison is None or comparison.newer.pk != narrative.pk:
        listed = tuple(
            RecommendationRow(one.text, _recommended(narrative, one), is_cut=one.cut)
            for one in narrative.recommendations.all()
        )
        return ReadNarrative(narrative, None, sections, listed)
    compared = tuple(
        RecommendationRow(
            text=row.newer.text if row.newer else row.older.text if row.older else "",
            row=_recommended(narrative, row.newer) if row.newer else None,
            kind=row.kind,
            state=row.state,
            is_cut=row.newer.cut if row.newer else False,
        )
        for row in comparison.rows
    )
    return ReadNarrative(narrative, comparison.older.report_year, sections, compared)


def _recommended(narrative: Narrative, one: Recommendation) -> NoteRow:
    return sentence_row(f"r-{one.pk}", narrative, one.text, one.locator)
