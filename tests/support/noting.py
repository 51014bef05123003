"""A round in consultation with two agencies, and what they write about it.

The round is put into the database as it would stand, without its scores: notes rest on none, and scoring takes long.
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
from indicators.models import Country
from selection import services
from selection.comment_matrix import COLUMNS, SHEET
from selection.models import (
    Candidate,
    ConsultationRequest,
    EvidenceVersion,
    Note,
    RequestCandidate,
    ScoringModel,
    SelectionRound,
)
from selection.pool import PoolRule
from selection.services import Words
from tests.support.rounds import DUE, ON, Office

PDF = b"%PDF-1.7 sample"


POOL = ("CIV", "GHA", "XKX")


@dataclass
class Desk:
    """The office, Labor (asked about Ghana and Cote d'Ivoire) and Justice (asked about Ghana), and their people."""

    office: Office
    round: SelectionRound
    labor: Agency
    justice: Agency
    labor_contact: User
    labor_member: User
    justice_contact: User

    @classmethod
    def make(cls) -> Desk:
        """A round in consultation, each candidate with a version of evidence."""
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
        """One country of the round."""
        return self.office.candidate(self.round, code)

    def write(self, actor: User, *, code: str | None = "GHA", visibility: str = "office", **more: Any) -> Note:
        """A note; `more` are words, or `anchor`, `files` and `on_behalf_of`."""
        passed = {name: more.pop(name) for name in ("anchor", "files", "on_behalf_of") if name in more}
        words = Words(**{"kind": "substantive", "text": "Show the later figure.", **more})
        return services.write_note(
            selection_round=self.round,
            candidate=self.candidate(code) if code else None,
            words=words,
            visibility=visibility,
            actor=actor,
            **passed,
        )

    def critical(self, **more: Any) -> Note:
        """A critical note of Labor."""
        return self.write(self.labor_contact, kind="critical", rationale="It would break the law.", **more)

    def answer(self, note: Note, outcome: str = "rejected", rationale: str = "It is not in the source.") -> Any:
        """An answer of the office."""
        return services.adjudicate(note=note, outcome=outcome, rationale=rationale, actor=self.office.analyst)


def ask(selection_round: SelectionRound, agency: Agency, codes: Sequence[str], actor: User) -> ConsultationRequest:
    """A request that was sent."""
    made = ConsultationRequest.objects.create(
        round=selection_round, agency=agency, role="consult", due_on=DUE, drafted_by=actor
    )
    for candidate in selection_round.candidates.filter(country__code__in=codes):
        RequestCandidate.objects.create(request=made, candidate=candidate, added_by=actor)
    made.sent_at, made.sent_by = timezone.now(), actor
    made.save()
    return made


def paper(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A small file."""
    return SimpleUploadedFile(name, content)


def filled(rows: Sequence[Mapping[str, Any]], *, headings: Sequence[str] = (), sheets: Sequence[str] = ()) -> bytes:
    """A workbook in the layout of the matrix; a row gives values by the key of the column."""
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
    """The same as an upload."""
    return SimpleUploadedFile(name, filled(rows, **more))
