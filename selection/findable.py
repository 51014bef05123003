"""Rounds, candidates, notes, positions, recommendations, decisions, restrictions, and models, as search finds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.search.indexing import find
from cpc.search.registry import Description, Findable, Subject, subjects
from selection.models import (
    Candidate,
    CandidateDocument,
    ConsultationRequest,
    Decision,
    ModelState,
    Note,
    NoteReply,
    Position,
    Recommendation,
    RestrictionFinding,
    ScoringModel,
    SelectionRound,
)


def register() -> None:
    subjects.add(Subject("round", "Round", "Rounds", "event", _rounds, order=30))
    subjects.add(Subject("candidate", "Candidate", "Candidates", "flag", _candidates, order=40))
    subjects.add(
        Subject("candidate_file", "File of a candidate", "Files of candidates", "attach_file", _files, order=55)
    )
    subjects.add(Subject("note", "Note", "Notes you may see", "comment", _notes, order=60))
    subjects.add(Subject("model", "Model", "Models", "settings", _models, order=70))
    for findable in (*_OF_ROUNDS, *_OF_CANDIDATES, *_NOTES, *_OTHERS):
        find(findable)


# ---- subjects --------------------------------------------------------------------------------------------------------


def _rounds(keys: Collection[int], user: User) -> Mapping[int, Description]:
    opens = user.allows(Permission.VIEW_ROUNDS)
    return {
        row.pk: Description(
            str(row),
            reverse("round", args=[row.pk]) if opens else reverse("consultation"),
            f"Round, {row.state_phrase}",
        )
        for row in SelectionRound.objects.filter(pk__in=keys)
    }


def _candidates(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    return {
        row.pk: Description(
            row.country.name,
            reverse("dossier", args=[row.round_id, row.country.code]),
            f"Candidate, {row.round}",
        )
        for row in Candidate.objects.filter(pk__in=keys).select_related("country", "round")
    }


def _files(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = CandidateDocument.objects.filter(pk__in=keys).select_related("candidate__country", "candidate__round")
    return {
        row.pk: Description(
            row.title,
            reverse("dossier", args=[row.candidate.round_id, row.candidate.country.code]),
            f"File of {row.candidate.country.name}, {row.candidate.round}",
        )
        for row in rows
    }


def _notes(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = Note.objects.filter(pk__in=keys).select_related("round", "candidate__country", "agency")
    return {
        row.pk: Description(
            f"{row} on {row.subject}",
            reverse("note", args=[row.round_id, row.reference]),
            f"Note from {row.agency or 'the TIP Office'}, {row.round}, {row.get_status_display().lower()}",
        )
        for row in rows
    }


def _models(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    return {
        row.pk: Description(str(row), reverse("model", args=[row.pk]), f"Model, {row.get_state_display().lower()}")
        for row in ScoringModel.objects.filter(pk__in=keys)
    }


# ---- records ---------------------------------------------------------------------------------------------------------


def _year(column: str = "at") -> str:
    return f"extract(year FROM r.{column})::smallint"


_COUNTRY = "(SELECT c.country_id FROM selection_candidate c WHERE c.id = r.candidate_id)"


def _visible_positions(user: User) -> QuerySet[Position]:
    return Position.objects.visible_to(user).live()


def _restrictions(_user: User) -> QuerySet[RestrictionFinding]:
    """Return the newest review of each restriction on each country; the earlier ones are history."""
    later = RestrictionFinding.objects.filter(country=OuterRef("country"), code=OuterRef("code"), pk__gt=OuterRef("pk"))
    return RestrictionFinding.objects.filter(~Exists(later))


_OF_ROUNDS = (
    Findable(
        "round",
        SelectionRound,
        subject="round",
        about="r.id",
        title=("title",),
        more_title="'FY ' || r.fiscal_year",
        watch=("fiscal_year",),
        label="'Round'",
        many="rounds",
        year="r.fiscal_year",
        author="r.opened_by_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: SelectionRound.objects.visible_to(user),
    ),
    Findable(
        "question",
        ConsultationRequest,
        subject="round",
        about="r.round_id",
        text=("questions",),
        label="'Questions of the office'",
        detail="(SELECT 'to ' || a.name FROM accounts_agency a WHERE a.id = r.agency_id)",
        watch=("agency_id",),
        many="questions to agencies",
        year=_year(),
        author="r.drafted_by_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: ConsultationRequest.objects.visible_to(user).live(),
    ),
)

_OF_CANDIDATES = (
    Findable(
        "candidate",
        Candidate,
        subject="candidate",
        about="r.id",
        more_title="(SELECT c.name FROM indicators_country c WHERE c.id = r.country_id)",
        text=("reason",),
        label="'Dossier'",
        many="dossiers",
        country="r.country_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: Candidate.objects.visible_to(user).in_pool(),
    ),
    Findable(
        "candidate_file",
        CandidateDocument,
        subject="candidate_file",
        about="r.id",
        title=("title",),
        text=("source",),
        label="'File'",
        many="files of candidates",
        country=_COUNTRY,
        year=_year(),
        author="r.uploaded_by_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: CandidateDocument.objects.filter(
            candidate__in=Candidate.objects.visible_to(user).values("pk"), replaced_by__isnull=True
        ),
    ),
    Findable(
        "position",
        Position,
        subject="candidate",
        about="r.candidate_id",
        text=("text",),
        label="(SELECT 'Position of ' || a.name FROM accounts_agency a WHERE a.id = r.agency_id)",
        many="positions",
        country=_COUNTRY,
        year=_year(),
        author="r.given_by_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=_visible_positions,
    ),
    Findable(
        "selection_recommendation",
        Recommendation,
        subject="candidate",
        about="r.candidate_id",
        text=("rationale", "funding"),
        label="'Recommendation of the office'",
        many="recommendations of the office",
        country=_COUNTRY,
        year=_year(),
        author="r.drafted_by_id",
        permission=Permission.VIEW_ROUNDS,
        rows=lambda _user: Recommendation.objects.filter(superseded_at__isnull=True),
    ),
    Findable(
        "decision",
        Decision,
        subject="candidate",
        about="r.candidate_id",
        text=("remarks",),
        label="'Decision'",
        many="decisions",
        country=_COUNTRY,
        year=_year(),
        author="r.decided_by_id",
        permission=Permission.VIEW_ROUNDS,
        rows=lambda _user: Decision.objects.filter(superseded_at__isnull=True),
    ),
)

_NOTES = (
    Findable(
        "note",
        Note,
        subject="note",
        about="r.id",
        more_title="r.series || '-' || r.number",
        watch=("series", "number"),
        text=("text", "proposed_text", "rationale"),
        label="'Note'",
        many="notes",
        country=_COUNTRY,
        year=_year(),
        author="r.author_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: Note.objects.visible_to(user).live(),
    ),
    Findable(
        "note_reply",
        NoteReply,
        subject="note",
        about="r.note_id",
        text=("text",),
        label="'Reply'",
        many="replies to notes",
        country="(SELECT c.country_id FROM selection_candidate c JOIN selection_note n ON n.candidate_id = c.id "
        "WHERE n.id = r.note_id)",
        year=_year(),
        author="r.author_id",
        permission=None,  # a reviewer sees what their agency is asked about
        rows=lambda user: NoteReply.objects.filter(note__in=Note.objects.visible_to(user).live().values("pk")),
    ),
)

_OTHERS = (
    Findable(
        "restriction",
        RestrictionFinding,
        subject="country",
        about="r.country_id",
        text=("basis",),
        label="'Review of a restriction, ' || r.reviewer",
        many="reviews of restrictions",
        country="r.country_id",
        year=_year("reviewed_on"),
        author="r.recorded_by_id",
        permission=Permission.VIEW_ROUNDS,
        rows=_restrictions,
    ),
    Findable(
        "model",
        ScoringModel,
        subject="model",
        about="r.id",
        title=("title",),
        text=("note",),
        more_text="""(SELECT string_agg(concat_ws('. ', c ->> 'label', c ->> 'factor', c ->> 'reason'), E'\\n'
                ORDER BY n)
            FROM jsonb_array_elements(r."table" -> 'criteria') WITH ORDINALITY AS found(c, n))""",
        watch=("table",),
        label="'Note and criteria'",
        many="models",
        year=_year(),
        author="r.drafted_by_id",
        permission=Permission.VIEW_RANKINGS,
        rows=lambda _user: ScoringModel.objects.exclude(state=ModelState.WITHDRAWN),
    ),
)
