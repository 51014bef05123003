from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer, computed
from cpc.api.serializers import BodySerializer, Day, example, text_field
from cpc.findings import Finding, Severity, errors
from cpc.lifecycle import Transition
from partnerships.models import Status
from partnerships.states import BY_DETERMINATION, PARTNERSHIP

FINDING = {
    "code": "element_g",
    "severity": "error",
    "message": "Child protection data: describe how child protection data is collected, tracked and managed.",
    "field": "data_plans",
    "citation": "22 U.S.C. 7103a(d)(2)(G)",
    "limit": "",
    "would_be": "",
    "url": "/partnerships/9/terms/#data-plan",
}
AVAILABLE_STEP = {
    "name": "submit",
    "label": "Submit",
    "target": "submitted",
    "needs_reason": False,
    "allowed": True,
    "findings": [],
}
STEPS = {
    "status": "in_clearance",
    "steps": [
        {
            "name": "sign",
            "label": "Record the signature",
            "target": "signed",
            "needs_reason": False,
            "takes_determination": False,
            "allowed": False,
            "findings": [FINDING],
        }
    ],
}


@dataclass(frozen=True, slots=True)
class AvailableStep:
    """A step from the current state, with the account's permission and today's findings."""

    transition: Transition
    permitted: bool
    findings: list[Finding]

    @property
    def allowed(self) -> bool:
        """Return whether the account can take the step now: it has the permission, and no finding is an error."""
        return self.permitted and not errors(self.findings)


class FindingSerializer(RowSerializer[Finding]):
    """One finding of a rule. Texts are empty if they do not apply."""

    code = text_field("A code for programs.")
    severity = serializers.ChoiceField(choices=[(s.value, s.value) for s in Severity], help_text="The severity.")
    message = text_field("A message for people.")
    field = text_field("The field concerned.")
    citation = text_field("The source of the rule.")
    limit = text_field("The limit that would be exceeded.")
    would_be = text_field("The value that would exceed the limit.")
    url = text_field("The page where a person can resolve it.")


@example("Findings", {"findings": [FINDING]})
class FindingsSerializer(serializers.Serializer[Any]):
    """The findings of today."""

    findings = FindingSerializer(many=True)


class OfferedStepSerializer(RowSerializer[AvailableStep]):
    """One step that is available from the current state."""

    name = text_field("The name to send.", source="transition.name")
    label = text_field(  # type: ignore[assignment]  # hides `Field.label`
        "The label to show.", source="transition.label"
    )
    target = text_field("The state it leads to.", source="transition.target")
    needs_reason = serializers.BooleanField(
        source="transition.needs_reason", help_text="Whether a reason must be sent."
    )
    allowed = serializers.BooleanField(
        help_text="Whether this account can take the step today: it has the permission, and no finding is an error."
    )
    findings = FindingSerializer(many=True)


class StepSerializer(OfferedStepSerializer):
    """One step of the lifecycle that is available from the current status."""

    takes_determination = computed(
        serializers.BooleanField(help_text="Whether the step requires a statutory determination."),
        lambda name: name in BY_DETERMINATION,
        "transition__name",
    )


@example("Steps", STEPS)
class StepsSerializer(serializers.Serializer[Any]):
    """The steps available from the current status, with the findings that block them today."""

    status = serializers.ChoiceField(choices=Status.choices, help_text="The status of the partnership.")
    steps = StepSerializer(many=True)


@example("A step", {"name": "invite", "on": "2026-11-20"})
class TakeStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=[(t.name, t.label) for t in PARTNERSHIP.transitions], help_text="The name of the step."
    )
    on = Day(required=False, help_text="The date of the step; today if omitted.")
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="The reason, if the step requires one."
    )
    determination = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the statutory determination."
    )
