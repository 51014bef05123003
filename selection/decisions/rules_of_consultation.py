"""Rules about answers of agencies: missing answers, objections, edits, older evidence, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse

from cpc.grouping import grouped
from cpc.web import formats
from selection.consultation.edits import edits_of, rejected
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell
from selection.decisions.round_facts import DECIDING, Obstacle, RoundFacts, Step, Weight
from selection.models import Candidate, Note, NoteKind, NoteStatus, Outcome

STATUTE = "22 U.S.C. 7103a(d)"
CONSULTED = DECIDING | {Step.DELIBERATE}
"""Steps that missing answers stop: the decision and the start of deliberation."""
ABOUT = "requests"


def statutory_asked(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require that each agency named by the statute is asked, or a reason why it is not."""
    key = facts.round.pk
    if not facts.consultees:
        yield Obstacle(
            "no_statutory_consultee", "no_statutory_consultee", Weight.PRINTS,
            "No agency is marked as named by the statute.", "An administrator can mark them.",
            reverse("agencies"), "Mark", citation=STATUTE,
        )  # fmt: skip
    for agency in facts.consultation.missing:
        yield Obstacle(
            f"statutory_not_asked:{agency.pk}", "statutory_not_asked", Weight.STOPS,
            f"{agency} is not asked for its position.",
            "The statute names it. Ask it, or record why asking it is not applicable.",
            reverse("round-request-new", args=[key]), "Ask", blocks=CONSULTED, citation=STATUTE, about=ABOUT,
        )  # fmt: skip
    for row in facts.consultation.not_asked:
        yield Obstacle(
            f"not_asked:{row.agency_id}", "not_asked", Weight.PRINTS,
            f"{row.agency} was not asked.", row.reason, citation=STATUTE, about=ABOUT,
        )  # fmt: skip


def answered(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require every answer, or consent to go on without it. No response never counts as clear."""
    waited_for = [cell for cell in facts.cells if cell.is_waited_for]
    owed = grouped(facts.cells, lambda cell: cell.request.pk)
    for key, cells in grouped(waited_for, lambda cell: cell.request.pk).items():
        request = cells[0].request
        yield Obstacle(
            f"no_response:{key}", "no_response", Weight.STOPS,
            f"{request.agency.short} has not answered on {_of(cells, owed[key])}.", _why_missing(facts, cells),
            reverse("round-request", args=[facts.round.pk, key]), "Open the request", _keys(cells),
            CONSULTED, about=ABOUT,
        )  # fmt: skip
    gone_on = [cell for cell in facts.cells if cell.status is PositionStatus.PROCEEDED and cell.proceeded]
    for key, cells in grouped(gone_on, lambda cell: cell.request.pk).items():
        consent = cells[0].proceeded
        assert consent is not None
        before = ", before its due date" if consent.before_due else ""
        who = f"It agreed itself ({consent.approved_by})" if consent.by_agency else f"{consent.approved_by} agreed"
        yield Obstacle(
            f"gone_on:{key}", "gone_on", Weight.PRINTS,
            f"The round goes on without {cells[0].request.agency.short} on {_of(cells, owed[key])}.",
            f"{who}{before}: {consent.reason}",
            reverse("round-request", args=[facts.round.pk, key]), "Open the request", _keys(cells), about=ABOUT,
        )  # fmt: skip
    if facts.cells and not waited_for and not gone_on:
        yield Obstacle("answered", "answered", Weight.FINE, f"Answers: all {len(facts.cells)} are in.", about=ABOUT)


def objections_disposed(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require what the office did about each objection; an objection prints in any case."""
    for cell in facts.cells:
        if cell.status is not PositionStatus.DOES_NOT_CLEAR:
            continue
        about = f"{cell.request.agency.short} does not clear {cell.candidate.country.name}"
        if cell.disposition is None:
            yield _position(
                cell, "no_disposition", Weight.STOPS, f"{about}; no answer from us yet.",
                _text(cell), "Answer", DECIDING,
            )  # fmt: skip
        else:
            yield _position(
                cell, "objection", Weight.PRINTS, f"{about}.", f"What we did: {cell.disposition.text}", "Open"
            )


def edits_settled(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require that each edit on which a clearance depends is accepted or rejected; a rejected one prints."""
    for cell in facts.cells:
        if cell.status is not PositionStatus.CLEAR_WITH_EDITS or cell.position is None:
            continue
        count = len(edits_of(cell.position))
        asks = f"{cell.request.agency.short} clears {cell.candidate.country.name} with"
        edits = formats.count_of(count, "edit")
        if cell.disposition is None:
            settle = formats.agree(count, "Accept or reject it.", "Accept or reject each.")
            yield _position(
                cell, "edits_open", Weight.STOPS, f"{asks} {edits}, not settled.", settle, "Settle", DECIDING
            )
        elif refused := rejected(cell.disposition.outcomes):
            reasons = " ".join(f"“{outcome['edit']}”: {outcome['reason']}" for outcome in refused)
            yield _position(
                cell,
                "edits_rejected",
                Weight.PRINTS,
                f"{asks} {edits}, {len(refused)} rejected.",
                reasons,
                "Open",
            )


def positions_fresh(facts: RoundFacts) -> Iterator[Obstacle]:
    """Print positions on older evidence, and those given without opening the evidence."""
    stale = [cell for cell in facts.cells if cell.is_stale]
    for key, cells in grouped(stale, lambda cell: cell.candidate.pk).items():
        agencies = formats.listing([cell.request.agency.short for cell in cells])
        yield Obstacle(
            f"position_stale:{key}", "position_stale", Weight.PRINTS,
            f"{cells[0].candidate.country.name} changed after {agencies} answered.",
            formats.agree(len(cells), "It is asked to confirm.", "They are asked to confirm."),
            reverse("round-request", args=[facts.round.pk, cells[0].request.pk]), "Open the request",
            (key,), about=ABOUT,
        )  # fmt: skip
    unread = [
        cell for cell in facts.cells
        if cell.status.is_answer and cell.position is not None and cell.position.opened_number is None
    ]  # fmt: skip
    for key, cells in grouped(unread, lambda cell: cell.request.pk).items():
        names = formats.listing([cell.candidate.country.name for cell in cells])
        yield Obstacle(
            f"unopened:{key}", "unopened", Weight.PRINTS,
            f"{cells[0].request.agency.short} answered on {formats.count_of(len(cells), 'candidate')} without opening "
            "the evidence.", f"{names}.", reverse("round-request", args=[facts.round.pk, key]),
            "Open the request", _keys(cells), about=ABOUT,
        )  # fmt: skip


def notes_settled(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require that no critical note is open, or rejected against its agency; open and rejected major notes print.

    A rejected critical note no longer stops once its agency agrees, or the office answers it in another way.
    """
    for note in facts.notes:
        found = _note(facts, note)
        if found is not None:
            yield found
    if not any(note.kind == NoteKind.CRITICAL and note.status != NoteStatus.CLOSED for note in facts.notes):
        yield Obstacle("critical", "critical", Weight.FINE, "Critical notes: none is open.", about="notes")


def _note(facts: RoundFacts, note: Note) -> Obstacle | None:
    answers = getattr(note, "live_adjudications")  # noqa: B009  # set by the prefetch
    is_rejected = bool(answers) and answers[0].outcome == Outcome.REJECTED
    kind = note.get_kind_display().lower()
    whose = note.agency.short if note.agency else "the office"
    title = f"{note} on {note.subject} ({whose}, {kind})"
    url = reverse("note", args=[facts.round.pk, note.reference])
    concerned = (note.candidate_id,) if note.candidate_id else ()

    def about(code: str, weight: Weight, text: str, detail: str, verb: str) -> Obstacle:
        blocks = DECIDING if weight is Weight.STOPS else frozenset()
        return Obstacle(f"{code}:{note.pk}", code, weight, text, detail, url, verb, concerned, blocks, about="notes")

    if note.kind == NoteKind.CRITICAL:
        if note.status == NoteStatus.OPEN:
            return about("critical_open", Weight.STOPS, f"{title} is open.", "Adjudicate it.", "Adjudicate")
        if is_rejected and note.status != NoteStatus.CLOSED:
            detail = "Answer it in another way, or win the agreement of the agency."
            return about(
                "critical_rejected",
                Weight.STOPS,
                f"{title} is rejected, and {whose} does not agree.",
                detail,
                "Open",
            )
        if is_rejected:
            return about("note_rejected", Weight.PRINTS, f"{title} is rejected.", answers[0].rationale, "Open")
        return None
    if note.status == NoteStatus.OPEN:
        return about(
            "major_open",
            Weight.PRINTS,
            f"{title} is open.",
            "Only a critical note would stop the memo.",
            "Adjudicate",
        )
    if is_rejected:
        return about("note_rejected", Weight.PRINTS, f"{title} is rejected.", answers[0].rationale, "Open")
    return None


def _position(
    cell: PositionCell, code: str, weight: Weight, title: str, detail: str, verb: str,
    blocks: frozenset[Step] = frozenset(),
) -> Obstacle:  # fmt: skip
    assert cell.position is not None
    url = reverse("position-disposition", args=[cell.request.round_id, cell.position.pk])
    return Obstacle(
        f"{code}:{cell.request.pk}:{cell.candidate.pk}", code, weight, title, detail, url, verb,
        (cell.candidate.pk,), blocks, about=ABOUT,
    )  # fmt: skip


def _keys(cells: Sequence[PositionCell]) -> tuple[int, ...]:
    return tuple(cell.candidate.pk for cell in cells)


def _of(cells: Sequence[PositionCell], owed: Sequence[PositionCell]) -> str:
    """Return how many of the candidates asked about these are; one alone is named."""
    if len(cells) == 1:
        candidate: Candidate = cells[0].candidate
        return candidate.country.name
    return f"any of {len(owed)}" if len(cells) == len(owed) else f"{len(cells)} of {len(owed)}"


def _text(cell: PositionCell) -> str:
    return f"“{cell.position.text}”" if cell.position else ""


def _why_missing(facts: RoundFacts, cells: Sequence[PositionCell]) -> str:
    request = cells[0].request
    parts = []
    if request.due_on is not None:
        late = request.due_on < facts.on
        when = formats.relative_day(request.due_on, facts.on)
        parts.append(f"It was due {when}." if late else f"It is due {when}.")
    if request.agency_id in facts.consultation.statutory:
        parts.append("The statute names it.")
    if wishes := [cell.candidate.country.name for cell in cells if cell.status is PositionStatus.EXTENSION]:
        parts.append(f"It asks for more time on {formats.listing(wishes)}.")
    if taken_back := [cell.candidate.country.name for cell in cells if cell.withdrawn is not None]:
        parts.append(f"It withdrew its position on {formats.listing(taken_back)}.")
    return " ".join(parts)
