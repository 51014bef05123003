"""Reads of the clearance of a text, as the rules of `partnerships.clearing` take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from cpc.accounts.models import Agency
from cpc.findings import Finding
from partnerships import clearing
from partnerships.lookups.changed_terms import changed_terms
from partnerships.models import (
    Amendment,
    AmendmentState,
    ClearanceAnswer,
    ClearanceRequest,
    LegalFinding,
    Partnership,
    Silence,
    SilenceDecision,
    TextVersion,
)

OPEN_AMENDMENT = frozenset({"draft", "submitted", "approved"})


@dataclass(frozen=True, slots=True)
class Clearance:
    """Everything on record about the clearance of one text: rows as stored, and facts for the rules."""

    partnership: Partnership
    amendment: Amendment | None
    versions: Sequence[TextVersion] = ()
    requests: Sequence[ClearanceRequest] = ()
    answers: Sequence[ClearanceAnswer] = ()
    silences: Sequence[Silence] = ()
    legal_findings: Sequence[LegalFinding] = ()
    facts: Sequence[clearing.Version] = ()
    offices: Sequence[clearing.ClearingOffice] = ()
    agencies: dict[int, Agency] = field(default_factory=dict)
    changed: Sequence[str] = ()  # terms that changed after the newest version was sent, as text

    @property
    def newest(self) -> TextVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def is_signed(self) -> bool:
        return is_signed(self.partnership, self.amendment)

    @property
    def late_answers(self) -> list[ClearanceAnswer]:
        """Return the answers that were recorded after the text was signed, which its signature does not rest on."""
        return [row for row in self.answers if row.after_signature]

    @property
    def current_finding(self) -> LegalFinding | None:
        """Return the finding of the Legal Adviser that applies to the newest version, or None."""
        base = clearing.base_of(self.facts)
        status = [row for row in self.legal_findings if row.version.number >= base]
        return max(status, key=lambda row: (row.version.number, row.pk), default=None)

    def findings(self, today: date) -> list[Finding]:
        """Return what stops the signature of the text (errors), and what its record prints (warnings)."""
        found_over = [row.version.number for row in self.legal_findings]
        return clearing.clearance_findings(self.facts, self.offices, found_over, today, self.changed)

    def statuses(self, today: date) -> list[tuple[clearing.ClearingOffice, clearing.Cell]]:
        """Return each office with its status over the newest version."""
        if not self.facts:
            return []
        newest = self.facts[-1]
        return [(office, clearing.cell(office, newest, self.facts, today)) for office in self.offices]

    def refusing(self, today: date) -> list[int]:
        """Return the keys of the offices that do not clear the newest version, in the order of their findings."""
        return [office.key for office, cell in self.statuses(today) if cell.status is clearing.AnswerStatus.REFUSED]

    def silent(self, today: date) -> set[int]:
        """Return the keys of the offices that have not answered."""
        return {office.key for office, cell in self.statuses(today) if cell.status in clearing.SILENT}


def is_signed(partnership: Partnership, amendment: Amendment | None) -> bool:
    """Return whether a text is signed: from then on, no answer changes what its signature rests on."""
    return partnership.signed_on is not None if amendment is None else amendment.state == AmendmentState.APPLIED


def text_versions(partnership: Partnership, amendment: Amendment | None) -> QuerySet[TextVersion]:
    return TextVersion.objects.filter(partnership=partnership, amendment=amendment).order_by("number")


def clearance_of(partnership: Partnership, amendment: Amendment | None = None) -> Clearance:
    """Return the clearance of the instrument, or of an amendment, in seven queries."""
    versions = list(
        text_versions(partnership, amendment).prefetch_related("files__document").select_related("drafted_by")
    )
    if not versions:
        return Clearance(partnership, amendment)
    keys = [version.pk for version in versions]
    related = ("version", "agency__successor")
    requests = list(ClearanceRequest.objects.filter(version__in=keys).select_related(*related).order_by("pk"))
    answers = list(
        ClearanceAnswer.objects.filter(version__in=keys)
        .select_related(*related, "document__document", "recorded_by__agency")
        .order_by("pk")
    )
    silences = list(
        Silence.objects.filter(version__in=keys)
        .select_related(*related, "asked_by", "decided_by", "version__partnership")
        .order_by("pk")
    )
    found = list(LegalFinding.objects.filter(version__in=keys).select_related("version", "recorded_by").order_by("pk"))
    agencies = {row.agency_id: row.agency for row in requests if row.removed_on is None}
    return Clearance(
        partnership=partnership,
        amendment=amendment,
        versions=versions,
        requests=requests,
        answers=answers,
        silences=silences,
        legal_findings=found,
        facts=[_version(row) for row in versions],
        offices=[_office(agency, requests, answers, silences) for agency in agencies.values()],
        agencies=agencies,
        changed=_changed(partnership, amendment, versions[-1]),
    )


def _changed(partnership: Partnership, amendment: Amendment | None, newest: TextVersion) -> list[str]:
    """Return which terms changed after a text was sent. Those of a text that is signed follow amendments."""
    is_open = partnership.signed_on is None if amendment is None else amendment.state in OPEN_AMENDMENT
    return changed_terms(newest) if is_open else []


def _version(row: TextVersion) -> clearing.Version:
    languages = frozenset(file.language for file in row.files.all())
    return clearing.Version(row.number, row.is_material, languages, row.second_language)


def _office(
    agency: Agency,
    requests: Sequence[ClearanceRequest],
    answers: Sequence[ClearanceAnswer],
    silences: Sequence[Silence],
) -> clearing.ClearingOffice:
    return clearing.ClearingOffice(
        key=agency.pk,
        name=agency.name,
        asked=tuple(
            clearing.Asked(row.version.number, row.role, row.asked_on, row.due_on)
            for row in requests
            if row.agency_id == agency.pk and row.removed_on is None
        ),
        answers=tuple(
            clearing.Answer(row.version.number, row.pk, row.kind, row.answered_on, row.comment)
            for row in answers
            if row.agency_id == agency.pk and not row.after_signature
        ),
        consented=tuple(
            row.version.number
            for row in silences
            if row.agency_id == agency.pk and row.decision == SilenceDecision.CONSENTED
        ),
        successor=agency.successor_id,
    )
