"""Reads of notes: threads beside the evidence, the comment matrix, and the memo's disclosures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.parameters import whole_number
from indicators.models import Narrative, Observation
from selection.models import (
    CLOSED,
    Adjudication,
    Candidate,
    Concurrence,
    ConsultationRequest,
    MatrixUpload,
    Note,
    NoteAnchor,
    NoteAttachment,
    NoteKind,
    NoteReply,
    NoteStatus,
    NoteVisibility,
    Outcome,
    SelectionRound,
)
from selection.models.notes import PRIVATE

OFFICE = "office"
TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Thread:
    """Note with its replies and files.

    `answer` is the current adjudication, `agrees` the newest concurrence.
    """

    note: Note
    label: str
    answer: Adjudication | None
    agrees: Concurrence | None
    replies: list[NoteReply]
    files: list[NoteAttachment]


def threads(notes: Iterable[Note] | QuerySet[Note], labels: Mapping[str, str]) -> list[Thread]:
    """Return the threads of notes from `with_threads`. `labels` are those of the criteria."""
    return [_thread(note, labels) for note in notes]


def with_threads(notes: QuerySet[Note]) -> QuerySet[Note]:
    """Prefetch all that a thread shows, in a fixed number of queries."""
    concurrences = Prefetch("concurrences", queryset=Concurrence.objects.select_related("by").order_by("pk"))
    answers = (
        Adjudication.objects.filter(superseded_at__isnull=True).select_related("by").prefetch_related(concurrences)
    )
    return notes.select_related(
        "candidate__country",
        "agency",
        "author__agency",
        "observation__indicator",
        "narrative__country",
        "superseded_by",
        "supersedes",
        "withdrawn_by",
        "round",
    ).prefetch_related(
        Prefetch("adjudications", queryset=answers, to_attr="answers"),
        Prefetch("replies", queryset=NoteReply.objects.select_related("author", "agency").order_by("pk")),
        Prefetch("attachments", queryset=NoteAttachment.objects.order_by("pk")),
    )


def _thread(note: Note, labels: Mapping[str, str]) -> Thread:
    answers: list[Adjudication] = note.answers  # type: ignore[attr-defined]  # filled by with_threads
    answer = answers[0] if answers else None
    concurrences = list(answer.concurrences.all()) if answer is not None else []
    return Thread(
        note=note,
        label=label_of(note, labels),
        answer=answer,
        agrees=concurrences[-1] if concurrences else None,
        replies=list(note.replies.all()),
        files=list(note.attachments.all()),
    )


def label_of(note: Note, labels: Mapping[str, str]) -> str:
    if note.anchor == NoteAnchor.CRITERION:
        return labels.get(note.criterion, note.criterion)
    if note.observation is not None:
        return f"{note.observation.indicator.name}, {note.observation.period}"
    if note.narrative is not None:
        return f"{note.narrative.report}, a sentence"
    return note.section or ("The candidate as a whole" if note.candidate_id else "The round as a whole")


def criterion_labels(selection_round: SelectionRound) -> dict[str, str]:
    return {row.key: row.label for row in selection_round.model.as_table.criteria}


def notes_on(candidate: Candidate, user: User) -> list[Thread]:
    """Load the current notes on a candidate that an account sees, oldest first, in a fixed number of queries."""
    notes = Note.objects.visible_to(user).live().filter(candidate=candidate).order_by("pk")
    return threads(with_threads(notes), criterion_labels(candidate.round))


def beside(threads_shown: Iterable[Thread]) -> dict[str, list[Note]]:
    """Group notes by subject, in the order of the notes.

    Keys are "criterion:KEY", "observation:ID", "narrative:ID", "candidate:", and "round:".
    """
    by_subject: dict[str, list[Note]] = {}
    for thread in threads_shown:
        note = thread.note
        key = {
            NoteAnchor.CRITERION: note.criterion,
            NoteAnchor.OBSERVATION: note.observation_id,
            NoteAnchor.SENTENCE: note.narrative_id,
        }.get(NoteAnchor(note.anchor), "")
        by_subject.setdefault(f"{note.anchor}:{key}", []).append(note)
    return by_subject


def find_thread(selection_round: int, reference: str, user: User) -> Thread | None:
    """Return a note by its reference, such as DOL-3, or None if the account does not see it."""
    called = Note.objects.visible_to(user).filter(called_by(reference), round=selection_round)
    pk = called.values_list("pk", flat=True).first()
    # Without the conditions of visibility, the query of all that a thread shows takes half the time.
    matching = with_threads(Note.objects.filter(pk=pk)) if pk else ()
    return next((_thread(note, criterion_labels(note.round)) for note in matching), None)


def called_by(reference: str) -> Q:
    """Return a filter for notes of this reference; it matches none if the reference is malformed."""
    series, _, digits = reference.rpartition("-")
    number = whole_number(digits)
    return Q(pk__in=()) if number is None else Q(series__iexact=series, number=number)


def reference_now(selection_round: int, reference: str, user: User) -> str:
    """Return the reference of a note that had this one while only the reader's agency saw it; "" if there is none."""
    series, _, digits = reference.rpartition("-")
    number = whole_number(digits)
    if number is None or not series.endswith(PRIVATE):
        return ""
    notes = Note.objects.filter(round=selection_round, agency__in=own_agencies(user), private_number=number)
    code = series.removesuffix(PRIVATE)
    return next((note.reference for note in notes if note.series == code), "")


def earlier_answers(note: Note) -> list[Adjudication]:
    """Return the superseded answers, newest first, with the agency's concurrences."""
    rows = note.adjudications.filter(superseded_at__isnull=False).select_related("by").order_by("-pk")
    return list(rows.prefetch_related(Prefetch("concurrences", queryset=Concurrence.objects.select_related("by"))))


def revision_of(note: Note) -> str:
    """Return the revision of a note: its state, and the keys of its newest answer and concurrence."""
    answer = note.adjudications.order_by("-pk").values_list("pk", flat=True).first()
    agrees = Concurrence.objects.filter(adjudication__note=note).order_by("-pk").values_list("pk", flat=True).first()
    now = Note.objects.values_list("visibility", "withdrawn_at", "superseded_at").get(pk=note.pk)
    return f"{answer or 0}.{agrees or 0}.{now[0]}.{int(now[1] is not None)}{int(now[2] is not None)}"


def may_answer_for(note: Note, user: User) -> bool:
    """Return True if an account may share, withdraw, or supersede a note.

    That is its author, the agency's point of contact, or the person of the office who entered the note for an agency.
    """
    mine = note.agency_id in own_agencies(user)
    if note.author_id != user.pk:
        return user.is_contact and mine
    return note.agency_id is None or mine or user.allows(Permission.RUN_ROUNDS)


def speaks_on(note: Note, user: User) -> bool:
    """Return True if an account may concur for the agency of a note.

    That is the note's author or the agency's point of contact.
    """
    return note.agency_id in own_agencies(user) and (user.is_contact or note.author_id == user.pk)


def writes_notes(user: User) -> bool:
    office = user.allows(Permission.RUN_ROUNDS) or user.allows(Permission.APPROVE_SELECTION)
    return office or bool(own_agencies(user))


# ---- the matrix ----------------------------------------------------------------------------------------------------


def matrix(
    selection_round: SelectionRound,
    user: User,
    *,
    q: str = "",
    agency: str = "",
    candidate: str = "",
    kind: str = "",
    status: str = "",
) -> QuerySet[Note]:
    """Return the notes of a round that an account sees: all current ones, or those that fit the filters.

    `agency` is a code or `OFFICE`, `candidate` the code of a country, and `status` may be `TAKEN_BACK`. Notes that
    block the decision come first, then open ones, heaviest first.
    """
    rows = Note.objects.visible_to(user).filter(round=selection_round)
    rows = rows.exclude(pk__in=rows.live().values("pk")) if status == TAKEN_BACK else rows.live()
    if agency == OFFICE:
        rows = rows.filter(agency__isnull=True)
    filters = {
        "status": "" if status == TAKEN_BACK else status,
        "kind": kind,
        "agency__code": "" if agency == OFFICE else agency,
        "candidate__country__code": candidate,
    }
    text_filter = Q(text__icontains=q) | Q(proposed_text__icontains=q) | Q(rationale__icontains=q) if q else Q()
    rows = rows.filter(text_filter, **{lookup: value for lookup, value in filters.items() if value})
    return rows.order_by(_rank("status", NoteStatus.values), _rank("kind", NoteKind.values), "pk")


def _rank(name: str, order: list[str]) -> Case:
    whens = [When(**{name: value}, then=Value(index)) for index, value in enumerate(order)]
    return Case(*whens, default=Value(len(order)), output_field=IntegerField())


def summary(selection_round: SelectionRound, user: User) -> dict[str, Any]:
    """Return the figures above a matrix, over all current notes that the reader sees.

    `answered` counts the answers by outcome, and `blocking` has the first three notes that block the decision.
    """
    rows = Note.objects.visible_to(user).live().filter(round=selection_round)
    answers = Adjudication.objects.filter(superseded_at__isnull=True, note__in=rows.values("pk"))
    rejected = answers.filter(outcome=Outcome.REJECTED, note__kind=NoteKind.CRITICAL)
    is_open = Q(status=NoteStatus.OPEN)
    figures = rows.aggregate(
        total=Count("pk"),
        agencies=Count("agency", distinct=True),
        open=Count("pk", filter=is_open),
        closed=Count("pk", filter=Q(status=NoteStatus.CLOSED)),
        escalated=Count("pk", filter=Q(status=NoteStatus.ESCALATED)),
        open_critical=Count("pk", filter=is_open & Q(kind=NoteKind.CRITICAL)),
        open_major=Count("pk", filter=is_open & Q(kind=NoteKind.MAJOR)),
        disclosed=Count("pk", filter=Q(status=NoteStatus.ESCALATED) | Q(pk__in=rejected.values("note"))),
        agreed=Count("pk", filter=Q(agency__isnull=False, status=NoteStatus.CLOSED)),
    )
    return figures | {
        "answered": dict(answers.values_list("outcome").annotate(count=Count("pk")).order_by()),
        "blocking": list(rows.blocking().select_related("candidate__country", "agency").order_by("pk")[:3]),
    }


def agencies_in(selection_round: SelectionRound, user: User) -> list[tuple[str, str]]:
    rows = Note.objects.visible_to(user).filter(round=selection_round).values("agency")
    return list(Agency.objects.filter(pk__in=rows).values_list("code", "name"))


def candidates_in(selection_round: SelectionRound, user: User) -> list[tuple[str, str]]:
    rows = Note.objects.visible_to(user).filter(round=selection_round).values("candidate")
    candidates = Candidate.objects.filter(pk__in=rows).order_by("country__name")
    return list(candidates.values_list("country__code", "country__name"))


def disclosed_notes(selection_round: SelectionRound) -> list[Thread]:
    """Return the notes that the memo discloses.

    These are critical notes that were rejected, and answers that the agency does not agree with. A note that only its
    agency sees is never one of them; the office could not have answered it.
    """
    live = Note.objects.live().filter(round=selection_round).exclude(visibility=NoteVisibility.AGENCY)
    rejected = Adjudication.objects.filter(superseded_at__isnull=True, outcome=Outcome.REJECTED)
    disclosed = Q(status=NoteStatus.ESCALATED) | Q(kind=NoteKind.CRITICAL, pk__in=rejected.values("note"))
    return threads(with_threads(live.filter(disclosed).order_by("pk")), criterion_labels(selection_round))


def notes_by_status(selection_round: SelectionRound) -> dict[tuple[str, str], int]:
    """Count the notes before the office by status and kind."""
    live = Note.objects.live().filter(round=selection_round).exclude(visibility=NoteVisibility.AGENCY)
    return Counter(live.values_list("status", "kind"))


# ---- subjects and readers of notes ---------------------------------------------------------------------------------


def candidates_to_note(selection_round: SelectionRound, user: User) -> QuerySet[Candidate]:
    """Return the candidates that an account may write notes on.

    The office may write on all in the pool, an agency on those it is asked about now.
    """
    candidates = (
        selection_round.candidates.in_pool().visible_to(user).select_related("country").order_by("country__name")
    )
    if not own_agencies(user):
        return candidates
    asked = ConsultationRequest.objects.sent().filter(agency=user.agency_id)
    return candidates.filter(requests__request__in=asked).distinct()


def round_with_notes(pk: int, user: User) -> SelectionRound | None:
    """Return a round whose notes the account may see, or None.

    The office sees every round, a reviewer only those in which their agency is asked.
    """
    if not (user.allows(Permission.VIEW_NOTES) or user.allows(Permission.CONSULT)):
        return None
    return SelectionRound.objects.visible_to(user).select_related("model").filter(pk=pk).first()


def observation_of(candidate: Candidate, pk: int) -> Observation | None:
    rows = Observation.objects.filter(pk=pk, country=candidate.country_id)
    return rows.select_related("indicator").first()


def narrative_of(candidate: Candidate, pk: int) -> Narrative | None:
    return Narrative.objects.filter(pk=pk, country=candidate.country_id).first()


# ---- notes as tasks ---------------------------------------------------------------------------------------------


def open_notes_about(codes: Iterable[str], user: User) -> list[Note]:
    rows = Note.objects.visible_to(user).live().filter(status=NoteStatus.OPEN, candidate__country__code__in=list(codes))
    rows = rows.exclude(round__state__in=CLOSED)
    return list(rows.select_related("round", "candidate__country", "agency").order_by("-pk"))


def find_upload(selection_round: SelectionRound, pk: int, user: User) -> MatrixUpload | None:
    rows = MatrixUpload.objects.visible_to(user).filter(round=selection_round, pk=pk)
    return rows.select_related("round__model", "agency", "uploaded_by", "applied_by").first()


def agencies_asked(selection_round: SelectionRound) -> QuerySet[Agency]:
    sent = selection_round.requests.filter(sent_at__isnull=False, dropped_at__isnull=True)
    return Agency.objects.filter(pk__in=sent.values("agency"))
