"""World of agencies with different requests, and planted text in every field that people write.

In the first round, Labor is asked about Ghana and Cote d'Ivoire, and Justice about Ghana and Kosovo. Interior was
asked about Ghana and dropped, and a request to Energy is still a draft. In the second round, about Ghana too, only
Treasury is asked. The third round is a draft. The first stays in consultation, the second is decided.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.sessions.models import UnsentForm
from cpc.webhooks.services import create_webhook
from indicators.curated.services import record_row
from indicators.models import Country, NationalPlan, USGProgram
from partnerships.agreements.services import create_partnership
from partnerships.lookups.document_templates import BUILT_IN_FILES
from partnerships.models import TemplateKind
from partnerships.word_documents.services import take_template_step, upload_template
from selection.comment_matrix import services as comment_matrix_services
from selection.consultation.services import requests as requests_services
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE
from selection.model_versions.services import adoptions as adoptions_services
from selection.model_versions.services import versions as versions_services
from selection.models import (
    Admission,
    Candidate,
    ConsultationRequest,
    MatrixUpload,
    Note,
    PoolPolicy,
    RatingEvidence,
    SelectionRound,
)
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import Anchor, NoteContent
from selection.pool import services as pool_services
from selection.ratings import services as ratings_services
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.restrictions import services as restrictions_services
from selection.rounds import services as rounds_services
from tests.security.answers_world import plant_decision, plant_positions, plant_responses
from tests.security.canaries import (
    INTERIOR,
    JUSTICE,
    LABOR,
    NO_READERS,
    OFFICE,
    ON_GHANA,
    PARTNERS,
    RANKINGS,
    ROUNDS,
    TREASURY,
    Planted,
)
from tests.security.criteria_world import plant_criteria
from tests.support.accounts import make_account, set_by_owner
from tests.support.noting import PDF, sample_upload, workbook
from tests.support.rounds import DUE, ON, Office
from tests.support.scenarios import stored_scenario


@dataclass
class Consultees:
    """Planted text, rounds, people by name, and the secrets of their tokens."""

    plant: Planted
    office: Office
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, SelectionRound] = field(default_factory=dict)
    requests: dict[str, ConsultationRequest] = field(default_factory=dict)

    def candidate(self, of: str, code: str = "GHA") -> Candidate:
        """Return a candidate of a round by the names of both."""
        return self.office.candidate(self.rounds[of], code)


def make(folder: Path) -> Consultees:
    """Build the world through the services; `settings.MEDIA_ROOT` must be a folder of the test's own."""
    office = Office.make(folder, 12)
    there = Consultees(Planted(), office)
    _people(there)
    _rounds(there)
    _requests(there)
    _candidate_documents(there)
    for name, codes, visible_to in (
        ("labor", ("GHA", "CIV"), LABOR),
        ("justice", ("GHA", "XKX"), JUSTICE),
        ("treasury", ("GHA",), TREASURY),
    ):
        write_for(there, name, codes, visible_to)
    _office_writes(there)
    plant_positions(there)
    _models(there)
    _pool(there)
    _scenarios(there)
    plant_criteria(there)
    plant_decision(there)
    return there


def _people(there: Consultees) -> None:
    office = there.office
    for code, name in (
        ("dol", "Department of Labor"),
        ("doj", "Department of Justice"),
        ("doi", "Department of the Interior"),
        ("tre", "Department of the Treasury"),
        ("doe", "Department of Energy"),
    ):
        office.agency(code, name)
    Agency.objects.filter(code="dol").update(on_criteria=True)
    office.agency("usaid", "Agency for International Development", statutory=True)
    there.users = {
        "analyst": office.analyst,
        "second analyst": office.second,
        "approver": office.approver,
        "administrator": make_account(Role.ADMINISTRATOR),
        "viewer": make_account(Role.VIEWER),
        "api client": make_account(Role.API_CLIENT),
        **{
            name: User.objects.get(username=username)
            for name, username in (
                ("labor", "contact-dol"),
                ("labor drafter", "member-dol"),
                ("justice", "contact-doj"),
                ("justice drafter", "member-doj"),
                ("interior", "contact-doi"),
                ("treasury", "contact-tre"),
                ("energy", "contact-doe"),
            )
        },
    }
    for name, user in there.users.items():
        word = there.plant.plain("accounts.User.email", frozenset({"administrator", name}))
        set_by_owner(User.objects.filter(pk=user.pk), email=f"{word}@cpc.example")
    for name, owner, scope in (
        ("token of selection", "api client", "selection:read"),
        ("token of observations", "api client", "observations:read"),
        ("token of labor", "labor", "observations:read"),
    ):
        word = there.plant.plain("accounts.ApiToken.name", frozenset({owner, "administrator"}), OFFICE)
        issued = issue_token(owner=there.users[owner], name=word, scopes=[scope], days=30)
        there.tokens[name] = issued.secret
    for owner in ("labor", "api client"):
        word = there.plant.plain("webhooks.Webhook.name", frozenset({owner, "administrator"}), OFFICE)
        url = f"https://{word}.example/"
        create_webhook(owner=there.users[owner], name=word, url=url, scopes=["observations:read"])
    for owner in ("labor", "viewer"):
        word = there.plant.plain("sessions.UnsentForm.fields", frozenset({owner}))
        page = "/account/settings/"
        UnsentForm.objects.create(account=there.users[owner], page=page, action=page, fields={"name": [word]})


def _rounds(there: Consultees) -> None:
    office, plant = there.office, there.plant
    first = plant("selection.SelectionRound.title, first", ROUNDS, ON_GHANA)
    second = plant("selection.SelectionRound.title, second", ROUNDS, TREASURY)
    third = plant("selection.SelectionRound.title, third", ROUNDS)
    there.rounds["first"] = office.open(only=("ALB", "CIV", "GHA", "XKX"), title=first)
    there.rounds["second"] = office.open(only=("GHA",), title=second)
    there.rounds["third"] = office.open(only=("CIV",), title=third)
    for name, codes in (("first", 4), ("second", 1)):
        found = there.rounds[name]
        for step in ("screen", "start_scoring"):
            reason = plant("selection.RoundStep.reason", ROUNDS)
            found = rounds_services.take_round_step(
                selection_round=found, name=step, actor=office.analyst, reason=reason, on=ON
            )
        if codes > 1:
            rounds_services.move_candidate(
                candidate=office.candidate(found, "ALB"),
                into_pool=False,
                reason=plant("selection.Candidate.reason", ROUNDS),
                actor=office.analyst,
            )
        _rated(there, office.candidate(found, "GHA"), ON_GHANA if name == "first" else TREASURY)
        _withdrawn(there, office.candidate(found, "GHA"))
        rounds_services.score_round(
            selection_round=found, actor=office.analyst, reason=plant("selection.RoundRun.reason", ROUNDS)
        )
        reason = plant("selection.RoundStep.reason", ROUNDS)
        there.rounds[name] = rounds_services.take_round_step(
            selection_round=found, name="open_consultation", actor=office.analyst, reason=reason, on=ON
        )


def _rated(there: Consultees, candidate: Candidate, asked: frozenset[str]) -> None:
    """Record a rating.

    Readers whose agency was asked see its evidence; the office and its viewers also see the rationale.
    """
    plant = there.plant
    ratings_services.rate(
        candidate=candidate,
        criterion="prosecution",
        step=3,
        rationale=plant("selection.Rating.rationale", ROUNDS),
        evidence=[RatingEvidence(document=plant("selection.RatingEvidence.document", ROUNDS, asked))],
        actor=there.office.analyst,
    )


def _withdrawn(there: Consultees, candidate: Candidate) -> None:
    rating = there.office.rate(candidate, actor=there.office.second)
    ratings_services.withdraw_rating(
        rating=rating, actor=there.office.second, reason=there.plant("selection.Rating.withdrawn_because", ROUNDS)
    )


def _requests(there: Consultees) -> None:
    office, plant = there.office, there.plant
    asked = (
        ("labor", "first", "dol", ("GHA", "CIV"), LABOR),
        ("justice", "first", "doj", ("GHA", "XKX"), JUSTICE),
        ("interior", "first", "doi", ("GHA",), INTERIOR),
        ("energy", "first", "doe", ("GHA",), NO_READERS),
        ("treasury", "second", "tre", ("GHA",), TREASURY),
    )
    for name, of, code, countries, visible_to in asked:
        found = there.rounds[of]
        made = requests_services.draft_request(
            selection_round=found,
            agency=Agency.objects.get(code=code),
            role="consult",
            due_on=DUE,
            questions=plant("selection.ConsultationRequest.questions", ROUNDS, visible_to),
            candidates=found.candidates.filter(country__code__in=countries),
            actor=office.analyst,
            today=ON,
        )
        if name != "energy":
            made = requests_services.send_request(request=made, actor=office.analyst, today=ON)
        there.requests[name] = made
    requests_services.drop_request(
        request=there.requests["interior"],
        reason=plant("selection.ConsultationRequest.drop_reason", ROUNDS, INTERIOR),
        actor=office.analyst,
    )
    requests_services.move_due(
        request=there.requests["justice"],
        due_on=DUE + dt.timedelta(days=1),
        reason=plant("selection.DueChange.reason", ROUNDS, JUSTICE),
        actor=office.analyst,
        today=ON,
    )
    for of in ("first", "second"):
        requests_services.record_not_applicable(
            selection_round=there.rounds[of],
            agency=Agency.objects.get(code="usaid"),
            reason=plant("selection.NotApplicable.reason", ROUNDS),
            actor=office.analyst,
        )


def _candidate_documents(there: Consultees) -> None:
    """Add the office's documents on candidates, and reviews of restrictions."""
    office, plant = there.office, there.plant
    for of, asked in (("first", ON_GHANA), ("second", TREASURY)):
        candidate_documents_services.add_document(
            candidate=there.candidate(of),
            title=plant("selection.CandidateDocument.title", ROUNDS, asked),
            kind="report",
            source=plant("selection.CandidateDocument.source", ROUNDS, asked),
            file=sample_upload(content=PDF + plant.plain("selection.CandidateDocument.file", ROUNDS, asked).encode()),
            actor=office.analyst,
        )
    asked = ON_GHANA | TREASURY
    restrictions_services.record_restriction(
        country=there.candidate("first").country,
        code="tier_3",
        status="clear",
        basis=plant("selection.RestrictionFinding.basis", ROUNDS, asked),
        reviewer=plant("selection.RestrictionFinding.reviewer", ROUNDS, asked),
        reviewed_on=ON,
        expires_on=dt.date(2099, 1, 1),
        actor=office.analyst,
        today=ON,
    )


def _note_content(plant: Planted, visible_to: frozenset[str], *, of_agency: bool) -> NoteContent:
    fields = ("text", "proposed_text", "rationale", "section", "document_version") + (
        ("reviewer",) if of_agency else ()
    )
    return NoteContent(kind="substantive", **{name: plant(f"selection.Note.{name}", visible_to) for name in fields})


def write_for(there: Consultees, name: str, codes: tuple[str, ...], own: frozenset[str]) -> None:
    """Write an agency's notes for each audience on each candidate, with files, replies, answers, and agreement."""
    contact = there.users[name]
    found = there.requests[name].round
    of = "second" if name == "treasury" else "first"
    for code in codes:
        on_it = {"GHA": ON_GHANA if of == "first" else TREASURY}.get(code, own)
        for visibility, visible_to in (("agency", own), ("office", own | OFFICE), ("all", own | OFFICE | on_it)):
            note = _noted(there, found, there.candidate(of, code), visibility, visible_to, contact)
            if visibility != "agency":
                _answered(there, note, visible_to, contact)
    everybody = (ON_GHANA if of == "first" else TREASURY) | OFFICE
    _noted(there, found, None, "all", everybody, contact)
    _taken_back(there, found, of, own, contact)
    for visibility, visible_to in (("agency", own), ("office", own | frozenset({"analyst", "second analyst"}))):
        upload(there, name, visibility, visible_to)
    plant_responses(there, name, there.candidate(of), own)


def _noted(
    there: Consultees,
    found: SelectionRound,
    candidate: Candidate | None,
    visibility: str,
    visible_to: frozenset[str],
    author: User,
) -> Note:
    plant = there.plant
    note = notes_services.write_note(
        selection_round=found,
        candidate=candidate,
        content=_note_content(plant, visible_to, of_agency=author.agency_id is not None),
        visibility=visibility,
        actor=author,
        files=[_file(plant, visible_to)],
    )
    text = plant("selection.NoteReply.text", visible_to)
    notes_services.reply_to_note(note=note, text=text, actor=author, files=[_file(plant, visible_to)])
    return note


def _file(plant: Planted, visible_to: frozenset[str]) -> Any:
    name, inside = (
        plant.plain("selection.NoteAttachment.name", visible_to),
        plant.plain("selection.NoteAttachment.file", visible_to),
    )
    return sample_upload(f"{name}.pdf", PDF + inside.encode())


def _answered(there: Consultees, note: Note, visible_to: frozenset[str], contact: User) -> None:
    for _ in range(2):  # the first answer is superseded
        adjudications_services.adjudicate(
            note=note,
            outcome="rejected",
            rationale=there.plant("selection.Adjudication.rationale", visible_to),
            actor=there.office.analyst,
        )
        text = there.plant("selection.Concurrence.text", visible_to)
        adjudications_services.concur(note=note, concurs=False, text=text, actor=contact)


def _taken_back(there: Consultees, found: SelectionRound, of: str, own: frozenset[str], contact: User) -> None:
    """Write a withdrawn note and a superseded note, visible only to the agency."""
    candidate = there.candidate(of)
    note = _noted(there, found, candidate, "agency", own, contact)
    notes_services.withdraw_note(note=note, reason=there.plant("selection.Note.withdrawn_because", own), actor=contact)
    note = _noted(there, found, candidate, "agency", own, contact)
    content = _note_content(there.plant, own, of_agency=True)
    notes_services.supersede_note(note=note, content=content, visibility="agency", actor=contact)


def upload(there: Consultees, name: str, visibility: str, visible_to: frozenset[str]) -> MatrixUpload:
    """Upload a filled comment matrix of an agency; it is received but not applied."""
    plant = there.plant
    row = {"candidate": "Ghana", "kind": "Major", "text": plant.plain("selection.MatrixUpload.lines", visible_to)}
    return comment_matrix_services.receive_matrix(
        selection_round=there.requests[name].round,
        agency=there.requests[name].agency,
        file=workbook([row], name=f"{plant('selection.MatrixUpload.name', visible_to)}.xlsx"),
        visibility=visibility,
        actor=there.users[name],
    )


def _office_writes(there: Consultees) -> None:
    """Write notes of the office itself."""
    office = there.office
    for of, asked in (("first", ON_GHANA), ("second", TREASURY)):
        for candidate in (there.candidate(of), None):
            for visibility, visible_to in (("office", OFFICE), ("all", OFFICE | asked)):
                _noted(there, there.rounds[of], candidate, visibility, visible_to, office.analyst)
    key = there.rounds["first"].model.as_table.criteria[0].key
    notes_services.write_note(
        selection_round=there.rounds["first"],
        candidate=there.candidate("first"),
        content=_note_content(there.plant, OFFICE, of_agency=False),
        anchor=Anchor(criterion=key),
        visibility="office",
        actor=office.approver,
    )


def _models(there: Consultees) -> None:
    """Create a withdrawn draft of a model, a memo template, notes on a program and a plan, and a partnership."""
    office, plant = there.office, there.plant
    model = there.rounds["first"].model
    draft = versions_services.clone_model(
        model=model, note=plant("selection.ScoringModel.note", ROUNDS), actor=office.analyst
    )
    reason = plant("selection.ScoringModel.withdrawn_because", ROUNDS)
    versions_services.withdraw_model(model=draft, reason=reason, actor=office.analyst)
    template = SimpleUploadedFile("memo.docx", TEMPLATE.read_bytes())
    note = plant("selection.MemoTemplate.note", OFFICE)
    taken = memo_services.take_template(file=template, note=note, actor=office.analyst)
    memo_services.decide_template(
        template=taken, approve=True, note=plant("selection.MemoTemplate.decision_note", OFFICE), actor=office.approver
    )
    uploaded = upload_template(
        kind="notification",
        file=SimpleUploadedFile("notification.docx", BUILT_IN_FILES[TemplateKind.NOTIFICATION].read_bytes()),
        note=plant("partnerships.DocumentTemplate.note", PARTNERS),
        actor=office.analyst,
    )
    reason = plant("partnerships.DocumentTemplate.reason", PARTNERS)
    take_template_step(template=uploaded, name="reject", reason=reason, actor=office.approver)
    ghana = there.candidate("first").country
    basis = {"country": ghana, "source": "A sample", "title": "Sample"}
    for row in (
        USGProgram(agency="Department", sector="other", assessment=plant("indicators.USGProgram", RANKINGS), **basis),
        NationalPlan(
            kind="action_plan", status="adopted", assessment=plant("indicators.NationalPlan", RANKINGS), **basis
        ),
    ):
        record_row(row=row, actor=office.analyst)
    title = plant("partnerships.Partnership.title", PARTNERS)
    create_partnership(country=ghana, title=title, origin_reason="Chosen", actor=office.analyst)


def _pool(there: Consultees) -> None:
    """Record the office's texts about the pool of the ranking and about the adoption of a model."""
    office, plant = there.office, there.plant
    today = timezone.now().date()

    def word(field_name: str) -> str:
        return plant(f"selection.{field_name}", RANKINGS)

    def rule(reason: str) -> PoolPolicy:
        return pool_services.propose_policy(
            reason=reason,
            puts_outside=[],
            in_force_from=today,
            citation=word("PoolPolicy.citation"),
            why=word("PoolPolicy.why"),
            legal_note=word("PoolPolicy.legal_note"),
            actor=office.analyst,
        )

    def admission(code: str) -> Admission:
        return pool_services.propose_admission(
            country=Country.objects.get(code=code),
            why=word("Admission.why"),
            legal_note=word("Admission.legal_note"),
            until=today,
            actor=office.analyst,
        )

    rule("high_income")
    note = word("PoolPolicy.decision_note")
    pool_services.decide_policy(policy=rule("tier3"), approve=False, note=note, actor=office.approver)
    admission("ROU")
    note = word("Admission.decision_note")
    ended = pool_services.decide_admission(admission=admission("TCD"), approve=True, note=note, actor=office.approver)
    pool_services.end_admission(admission=ended, reason=word("Admission.ended_because"), actor=office.approver)
    adoption = adoptions_services.adopt_model(
        model=there.rounds["first"].model,
        reason=word("Adoption.reason"),
        document=word("Adoption.document"),
        adopted_on=today,
        actor=office.approver,
        unanswered={"dol": word("Adoption.unanswered")},
    )
    reason = word("Adoption.withdrawn_because")
    adoptions_services.withdraw_adoption(adoption=adoption, reason=reason, actor=office.approver)


def _scenarios(there: Consultees) -> None:
    """Store a scenario for its author alone, and a shared one."""
    office, plant = there.office, there.plant
    stored_scenario(office.analyst, plant("selection.Scenario.name", frozenset({"analyst"})), shared=False)
    stored_scenario(office.analyst, plant("selection.Scenario.name, shared", RANKINGS))
