"""Serializers of programs of U.S. agencies and of national plans. Read-only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, example
from indicators.curated.queries import may_read_assessments
from indicators.models import PlanKind, PlanStatus, ProgramSector, USGProgram

CURRENT_VERSION = {
    "recorded_at": "2026-11-20T15:00:00Z",
    "superseded_at": None,
    "superseded_reason": None,
    "replaces": None,
}
PROGRAM_EXAMPLE = {
    "id": 17,
    "country": {"code": "GHA", "name": "Ghana"},
    "agency": "Department of Labor",
    "agency_code": "DOL",
    "title": "Sample program against child labor",
    "sector": "child_labor",
    "implementer": None,
    "starts_on": "2024-10-01",
    "ends_on": "2028-09-30",
    "amount": "5000000.00",
    "source": "Sample of an answer",
    "source_url": None,
    "assessment": None,
    "stated_in": None,
    **CURRENT_VERSION,
}
PLAN_EXAMPLE = {
    "id": 4,
    "country": {"code": "GHA", "name": "Ghana"},
    "kind": "action_plan",
    "title": "Sample action plan",
    "starts_year": 2022,
    "ends_year": 2026,
    "status": "adopted",
    "source": "Sample of an answer",
    "source_url": None,
    "assessment": None,
    **CURRENT_VERSION,
}


class StatedInSerializer(serializers.Serializer[USGProgram]):
    """The published file that states a program, and the cell or line in it."""

    file = serializers.CharField(source="batch.file.name", help_text="The file's name.")
    sha256 = serializers.CharField(source="batch.file.sha256", help_text="SHA-256 of its bytes, in hexadecimal.")
    locator = serializers.CharField(help_text="Sheet and cell, or line.")


class CuratedSerializer(serializers.Serializer[Any]):
    """Fields that programs and plans share."""

    id = serializers.IntegerField(help_text="The number of this version. It never refers to another one.")
    country = CodeAndNameSerializer()
    source: serializers.CharField = serializers.CharField(  # type: ignore[assignment]  # hides `Field.source`
        help_text="Who stated it, where, and when."
    )
    source_url = NullIfEmpty(allow_null=True, help_text="Address of the source; null if there is none.")
    assessment = NullIfEmpty(
        allow_null=True,
        help_text="The office's assessment; null if there is none, or this account may not read it.",
    )
    recorded_at = serializers.DateTimeField(help_text="When this version took effect.")
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="When it ended; null while it is in effect.")
    superseded_reason = NullIfEmpty(allow_null=True, help_text="Why it was replaced or withdrawn.")
    replaces = serializers.IntegerField(
        source="replaces_id", allow_null=True, help_text="The number of the version that this one replaced."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the record, with the office's assessment only for those who may read it."""
        row: dict[str, Any] = super().to_representation(instance)
        if not may_read_assessments(self.context["request"].user):
            row["assessment"] = None
        return row


@example("A program", PROGRAM_EXAMPLE)
class ProgramSerializer(CuratedSerializer):
    """One program of one U.S. agency in one country.

    An unknown value is null, never zero.
    """

    agency = serializers.CharField(help_text="The department, agency, or bureau that runs the program.")
    agency_code = NullIfEmpty(allow_null=True, help_text="The agency's short name.")
    title = serializers.CharField(help_text="The program's title.")
    sector = serializers.ChoiceField(choices=ProgramSector.choices, help_text="What it works on.")
    implementer = NullIfEmpty(allow_null=True, help_text="Who carries it out.")
    starts_on = serializers.DateField(allow_null=True, help_text="Its first day.")
    ends_on = serializers.DateField(allow_null=True, help_text="Its last day.")
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=2, allow_null=True, help_text="U.S. dollars over the whole term."
    )
    stated_in = serializers.SerializerMethodField(help_text="The file that states it; null if it was recorded by hand.")

    @extend_schema_field(StatedInSerializer(allow_null=True))
    def get_stated_in(self, program: USGProgram) -> Any:
        """Return the file and locator, or None if the program was not imported."""
        return StatedInSerializer(program).data if program.batch_id else None


@example("A plan", PLAN_EXAMPLE)
class PlanSerializer(CuratedSerializer):
    """One national action plan or child protection strategy."""

    kind = serializers.ChoiceField(choices=PlanKind.choices, help_text="One of the two kinds that the statute names.")
    title = serializers.CharField(help_text="The plan's title.")
    starts_year = serializers.IntegerField(allow_null=True, help_text="Its first year; null if not known.")
    ends_year = serializers.IntegerField(allow_null=True, help_text="Its last year; null if not known.")
    status = serializers.ChoiceField(
        choices=PlanStatus.choices, help_text="The plan's status; unknown means that no plan was found."
    )
