from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import day_field, example, text_field
from cpc.findings import Finding
from partnerships.api_base.step_serializers import FindingSerializer
from partnerships.lookups.clearance import Clearance
from partnerships.models import (
    AnswerKind,
    ClearanceAnswer,
    ClearanceRequest,
    ClearanceRole,
    LegalFinding,
    LegalReview,
    Signing,
    Silence,
    SilenceDecision,
    TextVersion,
)

VERSION = {
    "number": 1,
    "dated": "2026-10-19",
    "changed": "First text.",
    "material": True,
    "reason": "",
    "second_language": "",
    "languages": ["English"],
}
REQUEST = {
    "version": 1,
    "agency": "lt",
    "role": "clear",
    "asked_on": "2026-10-19",
    "due_on": "2026-11-02",
    "removed_on": None,
    "removed_because": "",
    "missing": {"removed_on": "not_applicable"},
}
ANSWER = {
    "version": 1,
    "agency": "lt",
    "answer": "clear",
    "answered_on": "2026-10-27",
    "comment": "",
    "after_signature": False,
    "recorded_at": "2026-10-27T15:04:11.302145Z",
}
TEXT = {
    "amendment": None,
    "stops": [],
    "versions": [VERSION],
    "requests": [REQUEST],
    "answers": [ANSWER],
    "going_on": [],
    "legal_findings": [{"version": 1, "result": "non_binding", "found_on": "2026-10-27", "note": ""}],
    "signings": [],
    "missing": {"amendment": "not_applicable"},
}


@dataclass(frozen=True, slots=True)
class TextRecord:
    """One text with all that is on record about its clearance and signature."""

    amendment: int | None
    clearance: Clearance
    stops: Sequence[Finding]
    signings: Sequence[Signing]


def _version_field() -> serializers.IntegerField:
    return serializers.IntegerField(source="version.number", help_text="The number of the version.")


def _agency_field() -> serializers.CharField:
    return text_field("The code of the office or agency.", source="agency.code")


class TextVersionSerializer(RowSerializer[TextVersion]):
    """A version of the text."""

    number = serializers.IntegerField(help_text="The number.")
    dated = day_field("The date of the text.", allow_null=False)
    changed = text_field("What changed.")
    material = serializers.BooleanField(source="is_material", help_text="Whether earlier answers ended with it.")
    reason = text_field("Why the change is material, or not; empty for the first version.")
    second_language = text_field("The second language; empty if English is the only one.")
    languages = computed(
        serializers.ListField(child=serializers.CharField(), help_text="The languages whose text is on file."),
        lambda files: [file.language for file in files.all()],
        "files",
    )


class ClearanceRequestSerializer(RowSerializer[ClearanceRequest]):
    """A request to an office to clear a version, or to take note of it."""

    missing_reason = "not_applicable"

    version = _version_field()
    agency = _agency_field()
    role = serializers.ChoiceField(choices=ClearanceRole.choices, help_text="Whether it clears or is informed.")
    asked_on = day_field("The date on which it was asked.", allow_null=False)
    due_on = day_field("The date by which it answers.", allow_null=False)
    removed_on = day_field("The date on which it was taken off the list.")
    removed_because = text_field("Why it was taken off the list.")
    missing = MissingReasons()


class ClearanceAnswerSerializer(RowSerializer[ClearanceAnswer]):
    """An answer of an office. A later one replaces it; none is edited."""

    version = _version_field()
    agency = _agency_field()
    answer = serializers.ChoiceField(source="kind", choices=AnswerKind.choices, help_text="The answer.")
    answered_on = day_field("The date of the answer.", allow_null=False)
    comment = text_field("Its comment.")
    after_signature = serializers.BooleanField(
        help_text="Whether it was recorded after the text was signed, so that the signature does not rest on it."
    )
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was entered.")


class SilenceSerializer(RowSerializer[Silence]):
    """A proposal to go on without the answer of an office, and the decision of an approver."""

    missing_reason = "not_yet"

    version = _version_field()
    agency = _agency_field()
    reason = text_field("Why to go on without its answer.")
    proposed_at = serializers.DateTimeField(source="at", help_text="When it was proposed.")
    decision = serializers.ChoiceField(
        choices=[("", "Not decided"), *SilenceDecision.choices], help_text="The decision; empty before it."
    )
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was decided.")
    note = text_field("The note recorded with the decision.")
    missing = MissingReasons()


class LegalFindingSerializer(RowSerializer[LegalFinding]):
    """A finding of the Legal Adviser on a version (1 U.S.C. 112b)."""

    version = _version_field()
    result = serializers.ChoiceField(
        choices=[pair for pair in LegalReview.choices if pair[0] != LegalReview.NOT_REVIEWED], help_text="The finding."
    )
    found_on = day_field("The date of the finding.", allow_null=False)
    note = text_field("A note.")


class SigningSerializer(RowSerializer[Signing]):
    """Signing days as on the document. The last row counts."""

    missing_reason = "not_recorded"

    us_signed_on = day_field("The date on which the United States signed.")
    partner_signed_on = day_field("The date on which the partner government signed.")
    in_effect_on = day_field("The date on which it took effect.")
    recorded_at = serializers.DateTimeField(source="at", help_text="When the days were entered.")
    missing = MissingReasons()


class ClearanceTextSerializer(RowSerializer[TextRecord]):
    """The clearance of one text: the instrument, or an amendment."""

    missing_reason = "not_applicable"

    amendment = serializers.IntegerField(
        allow_null=True, help_text="The number of the amendment; null for the instrument."
    )
    stops = FindingSerializer(many=True, help_text="What stops the signature (errors), or is printed (warnings).")
    versions = TextVersionSerializer(many=True, source="clearance.versions", help_text="Versions, the newest last.")
    requests = ClearanceRequestSerializer(many=True, source="clearance.requests", help_text="Who was asked.")
    answers = ClearanceAnswerSerializer(many=True, source="clearance.answers", help_text="Answers, as entered.")
    going_on = SilenceSerializer(many=True, source="clearance.silences", help_text="Going on without answers.")
    legal_findings = LegalFindingSerializer(many=True, source="clearance.legal_findings", help_text="Legal findings.")
    signings = SigningSerializer(many=True, help_text="Signing days.")
    missing = MissingReasons()


@example("Clearance of an instrument", {"texts": [TEXT]})
class ClearanceSerializer(serializers.Serializer[Any]):
    """The clearance of the instrument and of each amendment that has a text."""

    texts = ClearanceTextSerializer(many=True)
