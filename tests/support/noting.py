"""A round in consultation with two agencies, and the notes that they write about it.

The round is stored directly, without scores: notes don't depend on scores, and scoring is slow.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.comment_matrix import services as comment_matrix_services
from selection.models import (
    Candidate,
    ConsultationRequest,
    EvidenceVersion,
    MatrixUpload,
    Note,
    RequestCandidate,
    ScoringModel,
    SelectionRound,
)
from selection.notes.matrix_columns import COLUMNS, SHEET
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import Anchor, NoteContent
from selection.pool_rules.pools import PoolRule
from tests.support.rounds import DUE, ON, Office

PDF = b"%PDF-1.7 sample"


POOL = ("CIV", "GHA", "XKX")


@dataclass
class Desk:
    """People of the office, of Labor (asked about Ghana and Cote d'Ivoire), and of Justice (asked about Ghana)."""

    office: Office
    round: SelectionRound
    labor: Agency
    justice: Agency
    labor_contact: User
    labor_member: User
    justice_contact: User

    @classmethod
    def make(cls) -> Desk:
        """Create a round in consultation in which each candidate has a version of evidence."""
        office = Office()
        found = SelectionRound.objects.create(
            title="Round 1",
            fiscal_year=2027,
            model=ScoringModel.objects.get(state="published"),
            as_of=1,
            reference_date=ON,
            pool_rule=PoolRule(only=POOL).to_dict(),
            state="consultation",
        )
        for code in POOL:
            row = Candidate.objects.create(round=found, country=Country.objects.get(code=code))
            EvidenceVersion.objects.create(candidate=row, number=1, as_of=1, digest="0" * 64, cells={})
        labor, justice = office.agency(), office.agency("doj", "Department of Justice")
        for agency, codes in ((labor, ("GHA", "CIV")), (justice, ("GHA",))):
            ask(found, agency, codes, office.analyst)
        people = (office.contact(labor), office.member(labor), office.contact(justice))
        return cls(office, found, labor, justice, *people)

    def candidate(self, code: str = "GHA") -> Candidate:
        """Return the candidate of a country in the round."""
        return self.office.candidate(self.round, code)

    def write(self, actor: User, *, code: str | None = "GHA", visibility: str = "office", **more: Any) -> Note:
        """Write a note; `more` gives the note's text fields, or `anchor`, `files`, and `on_behalf_of`."""
        passed = {name: more.pop(name) for name in ("anchor", "files", "on_behalf_of") if name in more}
        content = NoteContent(**{"kind": "substantive", "text": "Show the later figure.", **more})
        return notes_services.write_note(
            selection_round=self.round,
            candidate=self.candidate(code) if code else None,
            content=content,
            visibility=visibility,
            actor=actor,
            **passed,
        )

    def critical(self, **more: Any) -> Note:
        """Write a critical note of Labor."""
        return self.write(self.labor_contact, kind="critical", rationale="It would break the law.", **more)

    def answer(self, note: Note, outcome: str = "rejected", rationale: str = "It is not in the source.") -> Any:
        """Record the office's adjudication of a note."""
        return adjudications_services.adjudicate(
            note=note, outcome=outcome, rationale=rationale, actor=self.office.analyst
        )


def ask(selection_round: SelectionRound, agency: Agency, codes: Sequence[str], actor: User) -> ConsultationRequest:
    """Create a request that was sent to an agency."""
    made = ConsultationRequest.objects.create(
        round=selection_round, agency=agency, role="consult", due_on=DUE, drafted_by=actor
    )
    for candidate in selection_round.candidates.filter(country__code__in=codes):
        RequestCandidate.objects.create(request=made, candidate=candidate, added_by=actor)
    made.sent_at, made.sent_by = timezone.now(), actor
    made.save()
    return made


def sample_upload(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """Return a small file as an upload."""
    return SimpleUploadedFile(name, content)


def filled(rows: Sequence[Mapping[str, Any]], *, headings: Sequence[str] = (), sheets: Sequence[str] = ()) -> bytes:
    """Return a workbook in the layout of the comment matrix; a row gives values by the key of the column."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(list(headings) or [column.heading for column in COLUMNS])
    for row in rows:
        sheet.append([row.get(column.key) for column in COLUMNS])
    for title in sheets:
        book.create_sheet(title)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROW = {"candidate": "Ghana", "kind": "Major", "text": "Two programs overlap.", "section": "Question 2"}


def workbook(rows: Sequence[Mapping[str, Any]] = (ROW,), name: str = "matrix.xlsx", **more: Any) -> SimpleUploadedFile:
    """Return a filled comment matrix as an upload."""
    return SimpleUploadedFile(name, filled(rows, **more))


@dataclass(frozen=True)
class Noted:
    """Notes of a consultation and its uploaded comment matrices, by name."""

    round: SelectionRound
    notes: Mapping[str, Note]
    uploads: Mapping[str, MatrixUpload]


def noted(found: SelectionRound, users: Mapping[Role, User]) -> Noted:
    """Write notes of Labor and of the office in each state, and upload a valid and an invalid comment matrix.

    One note has a file and a thread of replies.
    """
    analyst, labor = users[Role.ANALYST], users[Role.REVIEWER]
    assert labor.agency is not None
    pool = list(found.candidates.in_pool().select_related("country", "round__model").order_by("country__name"))
    keys = [row.key for row in found.model.as_table.criteria]

    def write(
        actor: User, index: int | None, visibility: str, text: str, kind: str = "substantive", **more: Any
    ) -> Note:
        passed = {name: more.pop(name) for name in ("anchor", "files") if name in more}
        candidate = pool[index] if index is not None else None
        content = NoteContent(kind=kind, text=text, **more)
        return notes_services.write_note(
            selection_round=found, candidate=candidate, visibility=visibility, actor=actor, content=content, **passed
        )

    notes = {
        "closed": write(labor, 0, "all", "The two estimates rest on different methods.", anchor=Anchor(keys[0])),
        "thread": write(
            labor,
            0,
            "office",
            "With household chores counted the figure is higher. The dossier should show both.",
            "major",
            proposed_text="Child labor: with household chores, and without.",
            anchor=Anchor(keys[1]),
            files=[sample_upload("survey.pdf")],
        ),
        "critical": write(
            labor, 1, "office", "Vetting has not begun.", "critical", rationale="22 U.S.C. 2378d", section="Paragraph 4"
        ),
        "escalated": write(labor, 1, "office", "Add online exploitation to the forms of child trafficking."),
        "office": write(analyst, None, "office", "Spell out the name of the ministry.", "administrative"),
        "withdrawn": write(labor, 2, "office", "The same note again."),
        "private": write(labor, 2, "agency", "Let us agree among us first."),
    }
    notes_services.reply_to_note(note=notes["thread"], text="Which survey is that?", actor=analyst)
    notes_services.reply_to_note(note=notes["thread"], text="The one that is attached.", actor=labor)
    for name, outcome, concurs in (("closed", "accepted", True), ("escalated", "deferred", False)):
        adjudications_services.adjudicate(
            note=notes[name], outcome=outcome, rationale="No source on file yet.", actor=analyst
        )
        adjudications_services.concur(note=notes[name], concurs=concurs, text="The narrative names it.", actor=labor)
    notes_services.withdraw_note(note=notes["withdrawn"], reason="Written twice.", actor=labor)
    name = pool[0].country.name
    good = {**ROW, "candidate": name}
    bad = [good, {**good, "candidate": "Atlantis"}, {**good, "text": "=cmd|x!A0", "kind": "Huge"}]
    uploads = {
        key: comment_matrix_services.receive_matrix(
            selection_round=found, agency=labor.agency, file=workbook(rows), visibility="office", actor=labor
        )
        for key, rows in (("good", [good]), ("bad", bad))
    }
    return Noted(found, notes, uploads)
