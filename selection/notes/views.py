"""A note's page: its thread, the office's answer, whether the agency agrees, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.run_once import run_once
from cpc.web.forms import add_service_errors
from cpc.web.tables import check_parameters
from selection.models import Candidate, Note, NoteVisibility, SelectionRound
from selection.notes import queries
from selection.notes.forms import (
    ActForm,
    AdjudicationForm,
    ConcurrenceForm,
    NoteForm,
    ReplyForm,
    ShareForm,
    WithdrawForm,
)
from selection.notes.presenters import notes as notes_presenters
from selection.notes.queries import Thread
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import Anchor

METHODS = ("GET", "HEAD", "POST")
CLOSED = "The round is decided; its notes stay as they are."
ALREADY = "This was saved already; nothing was added."
LONGEST_SENTENCE = 2_000


def round_or_404(user: User, pk: int) -> SelectionRound:
    """A round whose notes an account may see some of."""
    found = queries.round_with_notes(pk, user)
    if found is None:
        raise Http404
    return found


def thread_or_404(user: User, pk: int, reference: str) -> Thread:
    """A note that an account sees."""
    round_or_404(user, pk)
    found = queries.find_thread(pk, reference, user)
    if found is None:
        raise Http404
    return found


def carried_out(request: HttpRequest, form: ActForm, work: Callable[[], str], done: str) -> HttpResponseBase | None:
    """Do it once and lead on; None where it was refused, and the form says why."""
    try:
        url, is_new = run_once(user_of(request), form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        return None
    messages.success(request, done) if is_new else messages.info(request, ALREADY)
    return redirect(url)


# ---- a new note ----------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@requires(Permission.VIEW_OBSERVATIONS)
def new(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write a note: `?candidate=GHA`, and `&on=criterion:KEY`, `observation:ID` or `narrative:ID&sentence=…`."""
    check_parameters(request, ("candidate", "on", "sentence", "locator"))
    user = user_of(request)
    found = round_or_404(user, pk)
    if not queries.writes_notes(user):
        raise PermissionDenied(f"{user} writes no notes.")
    if not found.is_open:
        messages.info(request, CLOSED)
        return redirect("round-matrix", pk)
    candidates = list(queries.candidates_to_note(found, user))
    asked = request.POST if request.method == "POST" else request.GET
    candidate = next((row for row in candidates if row.country.code == asked.get("candidate", "")), None)
    form = NoteForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        candidates=candidates,
        criteria=queries.criterion_labels(found),
        visibilities=notes_presenters.visibilities(of_agency=user.agency_id is not None),
        special=_special(candidate, asked),
        initial={
            "candidate": candidate.country.code if candidate else "",
            "visibility": NoteVisibility.OFFICE,
            **{name: asked.get(name, "")[:LONGEST_SENTENCE] for name in ("on", "sentence", "locator")},
        },
    )
    if request.method == "POST" and form.is_valid():

        def work() -> str:
            made = notes_services.write_note(
                selection_round=found,
                candidate=candidate,
                anchor=_anchor(candidate, form.cleaned_data),
                words=form.words,
                visibility=form.cleaned_data["visibility"],
                files=form.cleaned_data["file"],
                actor=user,
            )
            return reverse("note", args=[pk, made.reference])

        if (answer := carried_out(request, form, work, "The note is on record.")) is not None:
            return answer
    sentence = str(form["sentence"].value() or "")
    context = {"form": form, "round": found, "candidate": candidate, "sentence": sentence, **_around(user, found)}
    return render(request, "selection/notes/new.html", context, status=_status(form))


def _special(candidate: Candidate | None, asked: QueryDict) -> tuple[str, str] | None:
    """The value or sentence that the address names, as a choice of the form. `Http404` where it is none."""
    kind, _, key = asked.get("on", "").partition(":")
    if kind not in ("observation", "narrative"):
        return None
    if candidate is None or not key.isdecimal() or len(key) > 18:
        raise Http404
    if kind == "observation":
        observation = queries.observation_of(candidate, int(key))
        if observation is None:
            raise Http404
        return f"observation:{key}", f"{observation.indicator.name}, {observation.period}"
    narrative = queries.narrative_of(candidate, int(key))
    if narrative is None or not asked.get("sentence", "").strip():
        raise Http404
    return f"narrative:{key}", f"TIP Report {narrative.report_year}, the sentence below"


def _anchor(candidate: Candidate | None, data: Mapping[str, Any]) -> Anchor:
    kind, _, key = data["on"].partition(":")
    if kind == "criterion":
        return Anchor(criterion=key)
    if kind == "observation" and candidate is not None:
        return Anchor(observation=queries.observation_of(candidate, int(key)))
    if kind == "narrative" and candidate is not None:
        narrative = queries.narrative_of(candidate, int(key))
        return Anchor(narrative=narrative, sentence=data["sentence"], locator=data["locator"])
    return Anchor()


def _status(form: ActForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK


def _around(user: User, found: SelectionRound) -> dict[str, Any]:
    """The way to the pages around: the office's rounds, a reviewer's own."""
    return {"sees_rounds": user.allows(Permission.VIEW_ROUNDS), "is_open": found.is_open}


# ---- one note ------------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def note(request: HttpRequest, pk: int, reference: str) -> HttpResponse:
    """One note with its thread."""
    check_parameters(request, ())
    return _page(request, thread_or_404(user_of(request), pk, reference))


@require_http_methods(METHODS)
@requires(Permission.VIEW_OBSERVATIONS)
def act(request: HttpRequest, pk: int, reference: str, name: str) -> HttpResponseBase:
    """Do something about a note: what was refused stands at its fields on the note's page, and the draft is kept."""
    check_parameters(request, ())
    user = user_of(request)
    thread = thread_or_404(user, pk, reference)
    if name not in ACTS:
        raise Http404
    if not _may(thread, user)[name]:
        raise PermissionDenied(f"{user} may not do this about {thread.note}.")
    if request.method != "POST":
        return redirect("note", pk, reference)
    make, work, done = ACTS[name]
    form = make(thread, user, request)
    if form.is_valid():

        def once() -> str:
            left = work(thread, user, form)
            return reverse("note", args=[pk, left or reference])

        if (answer := carried_out(request, form, once, done)) is not None:
            return answer
        form.look_again(queries.standing_of(thread.note))
        thread = thread_or_404(user, pk, reference)  # as it stands now, whoever was quicker
    return _page(request, thread, name, form)


def _sent(request: HttpRequest | None) -> dict[str, Any]:
    return {"data": request.POST, "files": request.FILES} if request is not None else {}


Make = Callable[[Thread, User, "HttpRequest | None"], ActForm]
Work = Callable[[Thread, User, ActForm], "str | None"]


def _seen(thread: Thread) -> dict[str, Any]:
    return {"seen": queries.standing_of(thread.note)}


def _reply(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    return ReplyForm(**_sent(request), auto_id="reply-%s", initial=_seen(thread))


def _do_reply(thread: Thread, user: User, form: ActForm) -> None:
    data = form.cleaned_data
    notes_services.reply_to_note(note=thread.note, text=data["text"], files=data["file"], actor=user)


def _adjudicate(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    answer = thread.answer
    initial = _seen(thread) | ({"outcome": answer.outcome, "rationale": answer.rationale} if answer else {})
    return AdjudicationForm(**_sent(request), auto_id="adjudicate-%s", initial=initial)


def _do_adjudicate(thread: Thread, user: User, form: ActForm) -> None:
    data = form.cleaned_data
    adjudications_services.adjudicate(
        note=thread.note, outcome=data["outcome"], rationale=data["rationale"], actor=user, seen=data["seen"]
    )


def _concur(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    return ConcurrenceForm(**_sent(request), auto_id="concur-%s", initial=_seen(thread))


def _do_concur(thread: Thread, user: User, form: ActForm) -> None:
    data = form.cleaned_data
    adjudications_services.concur(
        note=thread.note, concurs=data["concurs"] == "yes", text=data["text"], actor=user, seen=data["seen"]
    )


def _share(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    wider = notes_presenters.visibilities(of_agency=thread.note.agency_id is not None, from_=thread.note.visibility)[1:]
    return ShareForm(**_sent(request), auto_id="share-%s", visibilities=wider, initial=_seen(thread))


def _do_share(thread: Thread, user: User, form: ActForm) -> None:
    data = form.cleaned_data
    notes_services.share_note(note=thread.note, visibility=data["visibility"], actor=user, seen=data["seen"])


def _withdraw(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    return WithdrawForm(**_sent(request), auto_id="withdraw-%s", initial=_seen(thread))


def _do_withdraw(thread: Thread, user: User, form: ActForm) -> None:
    notes_services.withdraw_note(
        note=thread.note, reason=form.cleaned_data["reason"], actor=user, seen=form.cleaned_data["seen"]
    )


def _supersede(thread: Thread, _user: User, request: HttpRequest | None) -> ActForm:
    kept = notes_presenters.visibilities(of_agency=thread.note.agency_id is not None, from_=thread.note.visibility)
    return NoteForm.in_place_of(
        thread.note, **_sent(request), visibilities=kept, auto_id="supersede-%s", initial=_seen(thread)
    )


def _do_supersede(thread: Thread, user: User, form: ActForm) -> str:
    assert isinstance(form, NoteForm)
    data = form.cleaned_data
    return notes_services.supersede_note(
        note=thread.note,
        words=form.words,
        visibility=data["visibility"],
        files=data["file"],
        actor=user,
        seen=data["seen"],
    ).reference


ACTS: Mapping[str, tuple[Make, Work, str]] = {
    "reply": (_reply, _do_reply, "The reply is on record."),
    "adjudicate": (_adjudicate, _do_adjudicate, "The answer is on record."),
    "concur": (_concur, _do_concur, "It is on record whether your agency agrees."),
    "share": (_share, _do_share, "More people see the note now."),
    "withdraw": (_withdraw, _do_withdraw, "The note is withdrawn. It stays on record."),
    "supersede": (_supersede, _do_supersede, "This note stands in the place of the other one."),
}


def _may(thread: Thread, user: User) -> dict[str, bool]:
    """What an account may do about a note as long as it stands and its round is open. The services ask again."""
    note = thread.note
    behind = queries.stands_behind(note, user)
    return {
        "adjudicate": user.allows(Permission.RUN_ROUNDS),
        "concur": queries.speaks_on(note, user),
        "reply": queries.writes_notes(user),
        "share": behind,
        "supersede": behind,
        "withdraw": behind,
    }


def _offered(thread: Thread, user: User) -> list[str]:
    """What the page offers now: what may be done, and makes sense."""
    note = thread.note
    if not (note.is_live and note.round.is_open):
        return []
    senseless = {
        "adjudicate": note.agency_id is None and note.author_id == user.pk,
        "concur": thread.answer is None,
        "share": note.visibility == NoteVisibility.ALL,
    }
    return [name for name, may in _may(thread, user).items() if may and not senseless.get(name, False)]


def _page(request: HttpRequest, thread: Thread, acting: str = "", refused: ActForm | None = None) -> HttpResponse:
    user = user_of(request)
    offered = _offered(thread, user)
    forms = {name: ACTS[name][0](thread, user, None) for name in offered}
    if refused is not None:
        forms[acting] = refused
    context = {
        "line": notes_presenters.line(thread),
        "thread": thread,
        "note": thread.note,
        "newer": _beyond(getattr(thread.note, "superseded_by", None), user),
        "older": _beyond(thread.note.supersedes, user),
        "evidence_url": _evidence(thread),
        "round": thread.note.round,
        "forms": forms,
        "acting": acting,
        "refused": refused,
        "earlier": queries.earlier_answers(thread.note),
        **_around(user, thread.note.round),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused is not None else HTTPStatus.OK
    return render(request, "selection/notes/note.html", context, status=status)


def _beyond(other: Note | None, user: User) -> Note | None:
    """The note in the place of this one, or before it, where the account sees that one, too."""
    return other if other is not None and queries.find_thread(other.round_id, other.reference, user) else None


def _evidence(thread: Thread) -> str:
    candidate = thread.note.candidate
    return "" if candidate is None else reverse("dossier", args=[candidate.round_id, candidate.country.code])


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def file(request: HttpRequest, pk: int, reference: str, attachment: int) -> FileResponse:
    """A file of a note, for whoever sees the note: always a download, never opened by the browser as what it claims."""
    check_parameters(request, ())
    user = user_of(request)
    found = queries.find_file(thread_or_404(user, pk, reference), attachment)
    if found is None:
        raise Http404
    content = notes_services.open_attachment(attachment=found, actor=user)
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response
