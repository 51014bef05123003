"""Records of the small world for URLs of rounds, models, and the pool, and for the tests of two writers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from indicators.models import Update
from selection.comment_matrix import services as comment_matrix_services
from selection.consultation.services import cut_short
from selection.consultation.services import requests as requests_services
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE
from selection.lookups.adoptions import adoption_of
from selection.model_versions.services import adoptions as adoptions_services
from selection.models import (
    Candidate,
    ConsultationRequest,
    CutShort,
    MemoTemplate,
    Note,
    Recommendation,
    ResponseUpload,
    ScoringModel,
    SelectionRound,
)
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.pool_rules.pools import PoolRule
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.rounds import services as rounds_services
from selection.signing import services as signing_services
from tests.indicators.records import update
from tests.support import deciding, pool
from tests.support.accounts import make_account
from tests.support.consulting import Consulted, asked, in_consultation, says
from tests.support.deliberated import in_deliberation
from tests.support.models import lighter, shipped
from tests.support.noting import sample_upload, workbook
from tests.support.rankings import pool as pool_values
from tests.support.rankings import publish_values
from tests.support.restrictions import review_all
from tests.support.scenarios import stored_scenario
from tests.support.updates import with_effect
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]
Kwargs = dict[str, Any]


def consultation(_world: World) -> Consulted:
    """Open a consultation in which Labor is asked about Ghana and objects.

    Labor is the agency of the reviewer in the table of expected answers.
    """
    found = SelectionRound.objects.filter(title="Consulted").first()
    if found is None:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        agency, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
        contact = make_account(Role.REVIEWER, username="contact", agency=agency)
        User.objects.filter(pk=contact.pk).update(is_contact=True)
        found = in_consultation(analyst, "Consulted", ("GHA", "XKX"))
        ghana = found.candidates.in_pool().get(country__code="GHA")
        request = asked(found, agency, analyst, about=[ghana])
        says(request, ghana, "does_not_clear", "A third partner would overlap.")
    request = found.requests.get()
    return Consulted(found, {"labor": request}, {"objection": request.positions.get()})


def consulted_round(world: World) -> Mapping[str, Any]:
    return {"pk": consultation(world).round.pk}


def consulted_request(world: World) -> Mapping[str, Any]:
    there = consultation(world)
    return {"pk": there.round.pk, "asked": there.requests["labor"].pk}


def consulted_position(world: World) -> Mapping[str, Any]:
    there = consultation(world)
    return {"pk": there.round.pk, "position": there.positions["objection"].pk}


def consulted_by_labor(world: World) -> Mapping[str, Any]:
    return {"pk": consultation(world).requests["labor"].pk}


def responses(world: World) -> Mapping[str, Any]:
    """Upload a workbook of Labor without rows."""
    labor = consultation(world).requests["labor"]
    upload = labor.uploads.first()
    if upload is None:
        reviewer = User.objects.filter(role=Role.REVIEWER, agency__code="dol", is_active=True).earliest("pk")
        upload = ResponseUpload.objects.create(
            request=labor, name="positions.xlsx", sha256="0" * 64, positions=[], notes=[], uploaded_by=reviewer
        )
    return {"pk": labor.pk, "upload": upload.pk}


def proposed_in(found: SelectionRound) -> Mapping[str, Any]:
    """Propose to go on with a round without the answers that are missing, once."""
    proposal = found.cut_short.filter(decision="").first()
    if proposal is None:
        reasons = dict.fromkeys(found.requests.values_list("pk", flat=True), "The year ends.")
        proposal = cut_short.propose_going_on(selection_round=found, reasons=reasons, actor=somebody(Role.ANALYST))
    return {"pk": found.pk, "proposal": proposal.pk}


def proposed(world: World) -> Mapping[str, Any]:
    return proposed_without(consultation(world).requests["labor"].agency)


def proposed_without(labor: Agency) -> Mapping[str, Any]:
    """Ask Labor in a round of its own, and propose to go on without its answer."""
    found = SelectionRound.objects.filter(title="Cut short").first()
    if found is None:
        analyst = an_analyst()
        found = in_consultation(analyst, "Cut short", ("GHA", "XKX"))
        asked(found, labor, analyst, about=[found.candidates.in_pool().get(country__code="GHA")])
    return proposed_in(found)


def consent_line(world: World) -> Mapping[str, Any]:
    found = proposed(world)
    return {"line": CutShort.objects.get(pk=found["proposal"]).lines.get().pk}


def reviewed(world: World) -> Mapping[str, Any]:
    return {"pk": consultation(world).requests["labor"].pk, "code": "GHA"}


def noted(world: World) -> Note:
    """Write a note of Labor with a file in that round, visible to the office and to Labor."""
    there = consultation(world)
    found = there.round.notes.first()
    if found is None:
        reviewer = User.objects.filter(role=Role.REVIEWER, agency__code="dol", is_active=True).earliest("pk")
        found = notes_services.write_note(
            selection_round=there.round,
            candidate=there.round.candidates.in_pool().get(country__code="GHA"),
            content=NoteContent(kind="major", text="Show the later figure."),
            visibility="office",
            actor=reviewer,
            files=[sample_upload()],
        )
    return found


def note(world: World) -> Mapping[str, Any]:
    found = noted(world)
    return {"pk": found.round_id, "reference": found.reference}


def dossier(world: World) -> Mapping[str, Any]:
    return {**consulted_round(world), "code": "GHA"}


def rated(world: World) -> Mapping[str, Any]:
    return {**dossier(world), "criterion": "prosecution"}


def document(world: World) -> Mapping[str, Any]:
    """Add a document on the candidate about which Labor is asked."""
    candidate = consultation(world).round.candidates.in_pool().get(country__code="GHA")
    found = candidate.documents.first() or candidate_documents_services.add_document(
        candidate=candidate,
        title="Sample law",
        kind="law",
        source="A sample",
        file=sample_upload(),
        actor=User.objects.filter(role=Role.ANALYST, is_active=True).earliest("pk"),
    )
    return {**dossier(world), "document": found.pk}


def matrix_upload(world: World) -> Mapping[str, Any]:
    note = noted(world)
    assert note.agency is not None
    found = note.round.matrix_uploads.first() or comment_matrix_services.receive_matrix(
        selection_round=note.round, agency=note.agency, file=workbook(), visibility="office", actor=note.author
    )
    return {"pk": note.round_id, "upload": found.pk}


def memo(_world: World) -> Mapping[str, Any]:
    """Issue a memo of a round in deliberation in which Ghana is recommended."""
    found = SelectionRound.objects.filter(title="Deliberated").first() or _with_memo("Deliberated")
    return {"pk": found.pk, "number": found.memos.earliest("number").number}


def memo_with_picture(_world: World) -> Mapping[str, Any]:
    """Issue a memo of a round whose candidate is ranked, with the picture of the ranking, once.

    The small world's values are too few for a rank, so those of a pool of countries are published first.
    """
    found = SelectionRound.objects.filter(title="Ranked").first()
    if found is None:
        with TemporaryDirectory() as folder:
            publish_values(Path(folder), pool_values(12))
        found = _with_memo("Ranked")
    return {"pk": found.pk, "number": 1, "place": 0}


def _with_memo(title: str) -> SelectionRound:
    analyst = somebody(Role.ANALYST)
    found = in_deliberation(analyst, title, ("GHA",))
    ghana = found.candidates.in_pool().select_related("country", "round").get()
    deciding.recommend(candidate=ghana, action="select", rationale="The courts are ready.", actor=analyst)
    review_all(ghana.country, analyst)
    memo_services.issue_memo(selection_round=found, actor=analyst)
    return found


def asked_by_approver(world: World) -> Mapping[str, Any]:
    """Record the approver's question about the recommendation on Ghana."""
    kwargs = {"pk": memo(world)["pk"], "code": "GHA"}
    row = Recommendation.objects.get(candidate__round=kwargs["pk"], superseded_at=None)
    if not row.discussions.exists():
        issued = deciding.memo_for(row.candidate.round, row.drafted_by)
        line = signing_services.Line(row, "discuss", "Why five years?")
        signing_services.sign(memo=issued, lines=[line], actor=somebody(Role.APPROVER))
    return kwargs


def deliberation(world: World) -> Mapping[str, Any]:
    return {"pk": memo(world)["pk"]}


def template(world: World) -> Mapping[str, Any]:
    return {"number": 0}


def uploaded_template(_world: object) -> Mapping[str, Any]:
    """Return a template of the memo that waits for a decision; upload it if there is none."""
    found = MemoTemplate.objects.filter(decision="").first()
    if found is None:
        file = SimpleUploadedFile("memo.docx", TEMPLATE.read_bytes())
        note = "Sample: the office's own heading"
        found = memo_services.take_template(file=file, note=note, actor=somebody(Role.ANALYST))
    return {"number": found.number}


def model(**more: str) -> Callable[[World], Mapping[str, Any]]:
    """Return a function that gives the key of a draft model, and further arguments."""

    def arguments(_world: World) -> Mapping[str, Any]:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        found = ScoringModel.objects.filter(state="draft").first() or lighter(analyst)
        return {"pk": found.pk, **more}

    return arguments


def somebody(role: Role) -> User:
    return User.objects.filter(role=role, is_active=True).first() or make_account(role)


def policy(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.open_policy(somebody(Role.ANALYST)).pk}


def admission(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.open_admission(somebody(Role.ANALYST), "GHA").pk}


def admitted(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.admitted(somebody(Role.ANALYST), somebody(Role.APPROVER), "XKX").pk}


def adopted(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.adopted(somebody(Role.APPROVER)).model_id}


def not_adopted(_world: World) -> Mapping[str, Any]:
    if adoption := adoption_of(shipped()):
        adoptions_services.withdraw_adoption(adoption=adoption, reason="A sample", actor=somebody(Role.APPROVER))
    return {"pk": shipped().pk}


def scenario(_world: World) -> Mapping[str, Any]:
    analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
    return {"key": stored_scenario(analyst).key}


def an_analyst() -> User:
    return User.objects.filter(role="analyst", is_active=True).earliest("pk")


def draft_round(kwargs: Kwargs) -> None:
    """Open a round in draft, and point the URL's arguments at it."""
    made = rounds_services.open_round(
        title="A draft",
        fiscal_year=2028,
        model=SelectionRound.objects.latest("pk").model,
        rule=PoolRule(only=("GHA", "CIV")),
        reference_date=dt.date(2026, 11, 25),
        actor=an_analyst(),
    )
    kwargs["pk"] = made.pk


def draft_request(kwargs: Kwargs) -> None:
    """Draft a request that is not sent yet, and point the URL's arguments at it."""
    found = SelectionRound.objects.get(pk=kwargs["pk"])
    agency, _ = Agency.objects.get_or_create(code="doe", defaults={"name": "Department of Energy"})
    made = requests_services.draft_request(
        selection_round=found,
        agency=agency,
        role="consult",
        due_on=timezone.now().date() + dt.timedelta(days=30),
        questions="What?",
        candidates=found.candidates.in_pool(),
        actor=an_analyst(),
    )
    kwargs["asked"] = made.pk


def extension_is_asked(kwargs: Kwargs) -> None:
    """Submit the agency's request for more time, and point the URL's arguments at it."""
    request = ConsultationRequest.objects.get(round=kwargs["pk"], agency__code="dol")
    day = (request.due_on or timezone.now().date()) + dt.timedelta(days=14)
    candidate = request.round.candidates.in_pool().get(country__code="GHA")
    kwargs["position"] = says(request, candidate, "extension", "Our attorneys travel.", day).pk


def deliberated(kwargs: Kwargs) -> None:
    """Set the round to deliberation."""
    found = SelectionRound.objects.get(pk=kwargs["pk"])
    SelectionRound.objects.filter(pk=found.pk).update(state="deliberation")


def recommended(kwargs: Kwargs) -> None:
    """Record a recommendation on the candidate."""
    deliberated(kwargs)
    candidate = Candidate.objects.get(round=kwargs["pk"], country__code=kwargs["code"])
    deciding.recommend(candidate=candidate, action="not_selected", rationale="Need is low.", actor=an_analyst())


def to_sign(kwargs: Kwargs) -> None:
    """Record a recommendation on Ghana and issue the memo with it."""
    recommended({**kwargs, "code": "GHA"})
    deciding.memo_for(SelectionRound.objects.get(pk=kwargs["pk"]), an_analyst())


def update_with_effect(world: World) -> Mapping[str, Any]:
    """Return an update whose effect on the ranking is computed."""
    found = Update.objects.get(pk=update(world)["pk"])
    with_effect(found)
    return {"pk": found.pk}
