"""REST interface to notes and what was answered to them, as far as the account may see them. Read-only."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from selection.models import Adjudication, Concurrence, Note, NoteReply

TAG = "notes"
VIEW = Permission.VIEW_NOTES

NOTES = Resource(
    name="notes",
    noun="note",
    model=Note,
    title="Notes",
    description=(
        "Notes of agencies and of the office on a round or a candidate. A note that only its agency sees is not among "
        "them, and nothing tells that it exists."
    ),
    fields=(
        "id round series number candidate country=candidate.country.code anchor criterion observation narrative "
        "locator agency=agency.code author=author.name reviewer kind text proposed_text rationale section "
        "document_version visibility status supersedes superseded_at withdrawn_at withdrawn_because at"
    ),
    notes={
        "round": "The number of the round.",
        "series": "The series of its number, such as DOL.",
        "number": "The number within its series.",
        "candidate": "The number of the candidate; null for a note on the round as a whole.",
        "country": "Code of the candidate's country.",
        "anchor": "What it is about.",
        "criterion": "The key of the criterion, for a note on one.",
        "observation": "The number of the observation, for a note on a value.",
        "narrative": "The number of the narrative, for a note on a sentence.",
        "locator": "The position of the sentence in its file.",
        "agency": "Code of the agency; null for the office.",
        "author": "The person who wrote it.",
        "reviewer": "The author, if another person entered it.",
        "kind": "How grave it is.",
        "text": "The note.",
        "proposed_text": "The text that it proposes.",
        "rationale": "The reason for the proposal.",
        "section": "The section or paragraph that it is about.",
        "document_version": "The version of the document that it is about.",
        "visibility": "Who may see it.",
        "status": "Whether it is open, and else how it was answered.",
        "supersedes": "The number of the note that it replaces.",
        "superseded_at": "When a later one replaced it.",
        "withdrawn_at": "When it was withdrawn.",
        "withdrawn_because": "Why it was withdrawn.",
    },
    reasons=dict.fromkeys(
        (
            "candidate",
            "country",
            "observation",
            "narrative",
            "agency",
            "supersedes",
            "superseded_at",
            "withdrawn_at",
        ),
        "not_applicable",
    ),
    order=("-round_id", "pk"),
    filters="round candidate kind status",
    rows=lambda user: Note.objects.visible_to(user),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
REPLIES = Resource(
    name="note-replies",
    noun="note reply",
    model=NoteReply,
    title="Replies to notes",
    description="Each reply to a note that the account may see, in order.",
    fields="id note round=note.round author=author.name agency=agency.code text at",
    notes={
        "note": "The number of the note.",
        "round": "The number of the round.",
        "author": "The person who wrote it.",
        "agency": "Code of the agency; null for the office.",
        "text": "The reply.",
    },
    reasons={"agency": "not_applicable"},
    filters="note round",
    rows=lambda user: NoteReply.objects.filter(note__in=Note.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
ADJUDICATIONS = Resource(
    name="adjudications",
    noun="adjudication",
    model=Adjudication,
    title="Adjudications of notes",
    description="Each answer of the office to a note, earlier ones included.",
    fields="id note round=note.round outcome rationale by=by.name at superseded_at",
    notes={
        "note": "The number of the note.",
        "round": "The number of the round.",
        "outcome": "The answer.",
        "rationale": "The reason.",
        "by": "The person who answered.",
        "superseded_at": "When a later one replaced it; null while it counts.",
    },
    reasons={"superseded_at": "not_applicable"},
    filters="note round outcome",
    rows=lambda user: Adjudication.objects.filter(note__in=Note.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
CONCURRENCES = Resource(
    name="concurrences",
    noun="concurrence",
    model=Concurrence,
    title="Concurrences with adjudications",
    description="Whether the agency agrees with the answer to its note; the newest of an adjudication counts.",
    fields="id adjudication note=adjudication.note round=adjudication.note.round concurs text by=by.name at",
    notes={
        "adjudication": "The number of the adjudication.",
        "note": "The number of the note.",
        "round": "The number of the round.",
        "concurs": "Whether it agrees.",
        "text": "The reason.",
        "by": "The person who answered for the agency.",
    },
    filters="adjudication note round",
    rows=lambda user: Concurrence.objects.filter(adjudication__note__in=Note.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (NOTES, REPLIES, ADJUDICATIONS, CONCURRENCES)
