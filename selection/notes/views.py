"""Pages of a note: its thread, the office's answer, the agency's concurrence, and other actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import RevisionForm
from selection.models import Candidate, Note, NoteVisibility, SelectionRound
from selection.notes import queries
from selection.notes.anchors import anchor_of, special_anchor
from selection.notes.forms import (
    AdjudicationForm,
    ConcurrenceForm,
    NoteForm,
    ReplyForm,
    ShareForm,
    SupersedeForm,
    WithdrawForm,
)
from selection.notes.presenters import notes as notes_presenters
from selection.notes.queries import Thread
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.page_frame import SelectionAction, or_404

ALREADY_SAVED = "This was already saved. Nothing was added."
LONGEST_SENTENCE = 2_000


def round_or_404(user: User, pk: int) -> SelectionRound:
    return or_404(queries.round_with_notes(pk, user))


def closed_reason(selection_round: SelectionRound) -> str:
    return f"The round is {selection_round.state_phrase}, so its notes can't change."


def thread_or_404(user: User, pk: int, reference: str) -> Thread:
    round_or_404(user, pk)
    return or_404(queries.find_thread(pk, reference, user))


# ---- a new note ----------------------------------------------------------------------------------------------------


class WriteNote(SelectionAction):
    permission = Permission.VIEW_OBSERVATIONS
    parameters = ("candidate", "on", "sentence", "locator")
    form_class = NoteForm
    template_name = "selection/notes/new.html"
    done = "Note saved."
    already_done = ALREADY_SAVED
    back = "round-matrix"
    form: NoteForm
    round: SelectionRound
    candidate: Candidate | None

    def load(self) -> None:
        self.round = round_or_404(self.actor, self.kwargs["pk"])
        if not queries.writes_notes(self.actor):
            raise PermissionDenied(f"{self.actor} can't write notes.")
        self.asked = self.request.POST if self.request.method == "POST" else self.request.GET
        self.candidates = list(queries.candidates_to_note(self.round, self.actor))
        code = self.asked.get("candidate", "")
        self.candidate = next((row for row in self.candidates if row.country.code == code), None)

    def redirect_reason(self) -> str:
        return "" if self.round.is_open else closed_reason(self.round)

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk]

    def form_arguments(self) -> dict[str, Any]:
        return {
            "candidates": self.candidates,
            "criteria": queries.criterion_labels(self.round),
            "visibilities": notes_presenters.visibilities(of_agency=self.actor.agency_id is not None),
            "special": special_anchor(self.candidate, self.asked),
        }

    def get_initial(self) -> dict[str, Any]:
        return {
            "candidate": self.candidate.country.code if self.candidate else "",
            "visibility": NoteVisibility.OFFICE,
            **{name: self.asked.get(name, "")[:LONGEST_SENTENCE] for name in ("on", "sentence", "locator")},
        }

    def perform(self, values: Mapping[str, Any]) -> str:
        written = notes_services.write_note(
            selection_round=self.round,
            candidate=self.candidate,
            anchor=anchor_of(self.candidate, values),
            content=self.form.content,
            visibility=values["visibility"],
            files=values["file"],
            actor=self.actor,
        )
        return reverse("note", args=[self.round.pk, written.reference])

    def get_context(self) -> dict[str, Any]:
        own = {"round": self.round, "candidate": self.candidate, "sentence": self.form["sentence"].value() or ""}
        return super().get_context() | own | _link_context(self.actor, self.round)


def _link_context(user: User, selection_round: SelectionRound) -> dict[str, Any]:
    return {"sees_rounds": user.allows(Permission.VIEW_ROUNDS), "is_open": selection_round.is_open}


# ---- one note ------------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def note(request: HttpRequest, pk: int, reference: str) -> HttpResponse:
    check_parameters(request, ())
    round_or_404(user_of(request), pk)
    if now := queries.reference_now(pk, reference, user_of(request)):
        return redirect("note", pk, now)
    context = _note_context(request, thread_or_404(user_of(request), pk, reference))
    return render(request, "selection/notes/note.html", context)


class NoteAction(SelectionAction):
    """Action on a note. The note's page holds the forms of all available actions."""

    permission = Permission.VIEW_OBSERVATIONS
    template_name = "selection/notes/note.html"
    already_done = ALREADY_SAVED
    back = "note"
    name: ClassVar[str]
    form: RevisionForm
    thread: Thread

    @classmethod
    def about(cls, request: HttpRequest, thread: Thread) -> Self:
        action = cls()
        action.setup(request)
        action.thread = thread
        return action

    def is_allowed(self) -> bool:
        """Return True if the account may change a current note of an open round.

        The service checks again.
        """
        return queries.may_answer_for(self.thread.note, self.actor)

    def is_useful(self) -> bool:
        """Return True if the action makes sense in the note's current state."""
        return True

    def load(self) -> None:
        self.thread = thread_or_404(self.actor, self.kwargs["pk"], self.kwargs["reference"])
        if not self.is_allowed():
            raise PermissionDenied(f"{self.actor} can't do this with {self.thread.note}.")

    def back_arguments(self) -> Sequence[Any]:
        return [self.thread.note.round_id, self.thread.note.reference]

    def get_initial(self) -> dict[str, Any]:
        return {"revision": queries.revision_of(self.thread.note)}

    def form_arguments(self) -> dict[str, Any]:
        return {"auto_id": f"{self.name}-%s"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.back_url)

    def get_context(self) -> dict[str, Any]:
        return _note_context(self.request, self.thread, self)


class ReplyToNote(NoteAction):
    name = "reply"
    form_class = ReplyForm
    done = "Reply saved."

    def is_allowed(self) -> bool:
        return queries.writes_notes(self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        notes_services.reply_to_note(note=self.thread.note, text=values["text"], files=values["file"], actor=self.actor)


class AdjudicateNote(NoteAction):
    name = "adjudicate"
    form_class = AdjudicationForm
    done = "Answer recorded."

    def is_allowed(self) -> bool:
        return self.actor.allows(Permission.RUN_ROUNDS)

    def is_useful(self) -> bool:
        return self.thread.note.agency_id is not None or self.thread.note.author_id != self.actor.pk

    def get_initial(self) -> dict[str, Any]:
        answer = self.thread.answer
        held = {"outcome": answer.outcome, "rationale": answer.rationale} if answer else {}
        return super().get_initial() | held

    def perform(self, values: Mapping[str, Any]) -> None:
        adjudications_services.adjudicate(
            note=self.thread.note, actor=self.actor, expected_revision=self.form.expected_revision, **values
        )


class ConcurWithAnswer(NoteAction):
    name = "concur"
    form_class = ConcurrenceForm
    done = "Your agency's response is recorded."

    def is_allowed(self) -> bool:
        return queries.speaks_on(self.thread.note, self.actor)

    def is_useful(self) -> bool:
        return self.thread.answer is not None

    def perform(self, values: Mapping[str, Any]) -> None:
        adjudications_services.concur(
            note=self.thread.note,
            concurs=values["concurs"] == "yes",
            text=values["text"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class ShareNote(NoteAction):
    name = "share"
    form_class = ShareForm
    done = "More people can see the note now."

    def is_useful(self) -> bool:
        return self.thread.note.visibility != NoteVisibility.ALL

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"visibilities": _visibilities(self.thread.note)[1:]}

    def perform(self, values: Mapping[str, Any]) -> str:
        shared = notes_services.share_note(
            note=self.thread.note, actor=self.actor, expected_revision=self.form.expected_revision, **values
        )
        return reverse("note", args=[shared.round_id, shared.reference])


class WithdrawNote(NoteAction):
    name = "withdraw"
    form_class = WithdrawForm
    done = "Note withdrawn. It stays on file."

    def perform(self, values: Mapping[str, Any]) -> None:
        notes_services.withdraw_note(
            note=self.thread.note, actor=self.actor, expected_revision=self.form.expected_revision, **values
        )


class SupersedeNote(NoteAction):
    name = "supersede"
    form_class = SupersedeForm
    done = "This note replaces the earlier one."
    form: SupersedeForm

    def form_arguments(self) -> dict[str, Any]:
        superseded = self.thread.note
        return super().form_arguments() | {"note": superseded, "visibilities": _visibilities(superseded)}

    def perform(self, values: Mapping[str, Any]) -> str:
        successor = notes_services.supersede_note(
            note=self.thread.note,
            content=self.form.content,
            visibility=values["visibility"],
            files=values["file"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
        return reverse("note", args=[successor.round_id, successor.reference])


NOTE_ACTIONS: Mapping[str, type[NoteAction]] = {
    action.name: action
    for action in (ReplyToNote, AdjudicateNote, ConcurWithAnswer, ShareNote, WithdrawNote, SupersedeNote)
}


@require_http_methods(("GET", "HEAD", "POST"))
@requires(Permission.VIEW_OBSERVATIONS)
def note_action(request: HttpRequest, pk: int, reference: str, name: str) -> HttpResponseBase:
    if name not in NOTE_ACTIONS:
        raise Http404
    return NOTE_ACTIONS[name].as_view()(request, pk=pk, reference=reference)


def _visibilities(note: Note) -> list[tuple[str, str]]:
    return notes_presenters.visibilities(of_agency=note.agency_id is not None, from_=note.visibility)


def _note_context(request: HttpRequest, thread: Thread, sent: NoteAction | None = None) -> dict[str, Any]:
    """Return the context of a note's page; the submitted form replaces its empty one."""
    user, shown_note = user_of(request), thread.note
    candidate = shown_note.candidate
    forms: dict[str, ActionForm] = {}
    if shown_note.is_live and shown_note.round.is_open:
        actions = [action.about(request, thread) for action in NOTE_ACTIONS.values()]
        forms = {
            action.name: action.form_class(initial=action.get_initial(), **action.form_arguments())
            for action in actions
            if action.is_allowed() and action.is_useful()
        }
    if sent is not None:
        forms[sent.name] = sent.form
    return {
        "line": notes_presenters.line(thread),
        "thread": thread,
        "note": shown_note,
        "newer": _visible_or_none(getattr(shown_note, "superseded_by", None), user),
        "older": _visible_or_none(shown_note.supersedes, user),
        "evidence_url": reverse("dossier", args=[candidate.round_id, candidate.country.code]) if candidate else "",
        "round": shown_note.round,
        "forms": forms,
        "acting": sent.name if sent is not None else "",
        "earlier": queries.earlier_answers(shown_note),
        **_link_context(user, shown_note.round),
    }


def _visible_or_none(other: Note | None, user: User) -> Note | None:
    return other if other is not None and queries.find_thread(other.round_id, other.reference, user) else None


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def file(request: HttpRequest, pk: int, reference: str, attachment: int) -> FileResponse:
    """Download a file of a note.

    It is always an attachment, so the browser never opens it by its claimed type.
    """
    check_parameters(request, ())
    user = user_of(request)
    files = thread_or_404(user, pk, reference).files
    stored = or_404(next((row for row in files if row.pk == attachment), None))
    content = notes_services.open_attachment(attachment=stored, actor=user)
    response = FileResponse(content, as_attachment=True, filename=stored.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response
