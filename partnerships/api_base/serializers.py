"""The shapes of what the REST interface says of partnerships, and of what it takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cpc.api.serializers import BodySerializer, CodeAndNameSerializer, Day
from cpc.findings import Severity
from partnerships.api_base import examples
from partnerships.api_base.representation import (
    REASONS,
    brief,
    detail,
    programme,
)
from partnerships.models import (
    ExceptionKind,
    FigureKind,
    FundAccount,
    Government,
    LegalReview,
    Paradigm,
    Partnership,
    Programme,
    RecordKind,
    Status,
    System,
    TraffickingFormCode,
)
from partnerships.states import PARTNERSHIP


def money(words: str) -> serializers.DecimalField:
    """An amount as text with two decimals, or null."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True, help_text=words)


def a_day(words: str, *, may_be_null: bool = True) -> serializers.DateField:
    """A day, or null."""
    return serializers.DateField(allow_null=may_be_null, help_text=words)


def a_text(words: str) -> serializers.CharField:
    """A text, empty where there is none."""
    return serializers.CharField(help_text=words)


def optional(words: str, length: int) -> serializers.CharField:
    """A text that need not be sent."""
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", help_text=words)


def missing() -> serializers.DictField:
    """The reasons of nulls."""
    return serializers.DictField(
        child=serializers.ChoiceField(choices=REASONS),
        help_text="For each field that is null, by its name with dots, the reason: "
        + "; ".join(f"{code}: {words}" for code, words in REASONS)
        + ".",
    )


class TermSerializer(serializers.Serializer[Any]):
    """From when to when it lasts, and how long it may."""

    starts_on = a_day("The first day.")
    ends_on = a_day("The day it ends.")
    signed_on = a_day("The day of the signature.")
    ended_on = a_day("The day it actually ended.")
    limit_months = serializers.IntegerField(allow_null=True, help_text="The longest term, exceptions counted.")
    policy_months = serializers.IntegerField(
        allow_null=True, help_text="The longest term by the policy; where the limit is longer, an exception raised it."
    )
    counted_from = a_day("The day from which the limit counts: entry into force or the first day, the earlier one.")
    latest_end = a_day("The last day on which it may end.")


class FundingSerializer(serializers.Serializer[Any]):
    """TIP Office project funds in U.S. dollars, exact to the cent; null where there is no ledger."""

    currency = a_text("USD.")
    limit = money("The largest funding, exceptions counted.")
    policy_limit = money("The largest funding by the policy; where the limit is larger, an exception raised it.")
    planned = money("What the United States plans for its programmes.")
    notified = money("What Congress was told.")
    awarded = money("What was awarded.")
    obligated = money("What is obligated, net of de-obligations.")
    disbursed = money("What was paid.")


class FundingInFullSerializer(FundingSerializer):
    """Project funds as in a list, with the amounts that do not count against the limit."""

    other_us_cash = money("Cash of the United States from other accounts. It doesn't count against the limit.")


@extend_schema_serializer(examples=[OpenApiExample("A partnership in a list", value=examples.BRIEF)])
class PartnershipBriefSerializer(serializers.Serializer[Partnership]):
    """A partnership in brief. Each null has its reason in `missing`; nothing unknown is zero."""

    id = serializers.IntegerField(help_text="The number of the record.")
    title = a_text("Its title.")
    country = CodeAndNameSerializer()
    region = a_text("The geography of the Department of State's regional bureaus.")
    kind = serializers.ChoiceField(choices=RecordKind.choices, help_text="How the record came about.")
    status = serializers.ChoiceField(choices=Status.choices, help_text="Where it stands; changed by steps alone.")
    status_as_of = a_day("The day of which the status is known.")
    term = TermSerializer()
    funding = FundingSerializer()
    updated_at = serializers.DateTimeField(
        help_text="The newest change of its record, terms, money, results or statements."
    )
    missing = missing()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The plain values of the columns of a `Row`; a test holds them to the fields above."""
        return brief(instance)


class OriginSerializer(serializers.Serializer[Any]):
    """What a partnership came from."""

    reason = a_text("The stated reason; empty where it came from a decision.")
    decision = serializers.IntegerField(allow_null=True, help_text="The number of the decision of a selection round.")
    superseded_at = serializers.DateTimeField(
        allow_null=True, help_text="When a later decision superseded that one. The partnership stays as it is."
    )
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="When an approver confirmed the stated reason; until then no step leads on."
    )


class LegalReviewSerializer(serializers.Serializer[Any]):
    """What the Office of the Legal Adviser found (1 U.S.C. 112b)."""

    result = serializers.ChoiceField(choices=LegalReview.choices, help_text="What the instrument is.")
    reviewed_on = a_day("The day of the review.")
    reported_to_congress_on = a_day("The day it was reported to Congress.")
    published_on = a_day("The day it was published.")


class ExceptionSerializer(serializers.Serializer[Any]):
    """An exception from one of the two limits."""

    kind = serializers.ChoiceField(choices=ExceptionKind.choices, help_text="Granted, or documented practice.")
    term_months = serializers.IntegerField(allow_null=True, help_text="The new limit of the term.")
    funding = money("The new limit of funding.")
    reason = a_text("Why it was asked for.")
    authority = a_text("By which authority it was granted.")
    expires_on = a_day("The last day on which it may be used.")
    missing = missing()


class ParticipantSerializer(serializers.Serializer[Any]):
    """A ministry or office that takes part."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="For which government.")
    name = a_text("The ministry or office.")
    leads = serializers.BooleanField(help_text="Whether it leads for its government.")


class ObjectiveSerializer(serializers.Serializer[Any]):
    """What both governments expect to achieve."""

    number = serializers.IntegerField(help_text="Its number.")
    title = a_text("Its title.")
    paradigm = serializers.ChoiceField(choices=Paradigm.choices, help_text="The P it belongs to.")
    system = serializers.ChoiceField(choices=System.choices, help_text="The system it builds.")
    outcome = a_text("The outcome wanted.")


@extend_schema_serializer(examples=[OpenApiExample("A programme", value=examples.DETAIL["programmes"][0])])
class ProgrammeSerializer(serializers.Serializer[Programme]):
    """A programme and what each government allocates to it."""

    id = serializers.IntegerField(help_text="Its number.")
    title = a_text("Its title.")
    us_amount = money("What the United States allocates.")
    partner_amount = money("What the partner government allocates.")
    missing = missing()

    def to_representation(self, instance: Programme) -> dict[str, Any]:
        """The plain values."""
        return programme(instance)


class StatementSerializer(serializers.Serializer[Any]):
    """What a public source said about a figure. Statements disagree over time; none is overwritten."""

    kind = serializers.ChoiceField(choices=FigureKind.choices, help_text="What the figure is.")
    text = a_text("The figure as stated.")
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="The amount, where it is one."
    )
    currency = a_text("Its currency.")
    day = a_day("The day stated in it.")
    stated_on = a_day("The day it was stated.")
    stated_in = a_text("Month or year, where no day is known.")
    source = serializers.CharField(help_text="Where it can be read.")  # type: ignore[assignment]  # hides `Field.source`
    missing = missing()


@extend_schema_serializer(examples=[OpenApiExample("A partnership", value=examples.DETAIL)])
class PartnershipSerializer(PartnershipBriefSerializer):
    """A partnership with its terms, its limits and what was publicly stated about it."""

    funding = FundingInFullSerializer()
    origin = OriginSerializer()
    focus_regions = serializers.ListField(child=serializers.CharField(), help_text="Regions it works in.")
    forms = serializers.ListField(
        child=serializers.ChoiceField(choices=TraffickingFormCode.choices), help_text="Forms of child trafficking."
    )
    fund_account = serializers.ChoiceField(choices=FundAccount.choices, help_text="The appropriation that pays.")
    coordination_body = a_text("The body that coordinates.")
    legal_review = LegalReviewSerializer()
    limits_citation = a_text("Which document sets the limits.")
    exceptions = ExceptionSerializer(many=True)
    participants = ParticipantSerializer(many=True)
    objectives = ObjectiveSerializer(many=True)
    programmes = ProgrammeSerializer(many=True)
    national_plans = serializers.ListField(child=serializers.CharField(), help_text="National plans it builds on.")
    statements = StatementSerializer(many=True)

    def to_representation(self, instance: Partnership) -> dict[str, Any]:
        """The plain values."""
        return detail(instance)


@extend_schema_serializer(examples=[OpenApiExample("A longer term", value=examples.CHANGE)])
class PartnershipChangeSerializer(BodySerializer):
    """Fields to change; from the signature on, terms change only by amendment. The status is changed by steps."""

    title = serializers.CharField(max_length=200, required=False, help_text="Its title.")
    starts_on = Day(required=False, allow_null=True, help_text="The first day.")
    ends_on = Day(required=False, allow_null=True, help_text="The day it ends.")
    focus_regions = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, help_text="Regions it works in."
    )
    forms = serializers.ListField(
        child=serializers.ChoiceField(choices=TraffickingFormCode.choices),
        required=False,
        help_text="Forms of child trafficking.",
    )
    fund_account = serializers.ChoiceField(
        choices=FundAccount.choices, required=False, help_text="The appropriation that pays."
    )
    coordination_body = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="The body that coordinates."
    )


@extend_schema_serializer(examples=[OpenApiExample("A partnership to open", value=examples.NEW_PARTNERSHIP)])
class NewPartnershipSerializer(PartnershipChangeSerializer):
    """The record of a selected country. It came from a decision, or from a stated reason."""

    country = serializers.CharField(max_length=30, help_text="The code of the country, such as GHA.")
    title = serializers.CharField(max_length=200, help_text="Its title.")
    origin_reason = optional("Why this country, where no recorded decision says so.", 2000)
    decision = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The decision that selects the country; it stands, and its round is decided. In place of the reason.",
    )


@extend_schema_serializer(examples=[OpenApiExample("A stated reason", value=examples.STATED_REASON)])
class StatedReasonSerializer(serializers.Serializer[Any]):
    """The stated reason for a partnership, and the approver's confirmation of it."""

    reason = a_text("The stated reason; empty where a decision began the partnership.")
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="When an approver confirmed it.")
    note = a_text("What the approver added.")
    missing = missing()


@extend_schema_serializer(examples=[OpenApiExample("A confirmation", value=examples.CONFIRMATION)])
class ConfirmOriginSerializer(BodySerializer):
    """The confirmation of a stated reason."""

    note = optional("What the approver adds.", 2000)


class FindingSerializer(serializers.Serializer[Any]):
    """One thing that a rule found. Texts are empty where there is nothing to say."""

    code = a_text("A word for programs.")
    severity = serializers.ChoiceField(choices=[(s.value, s.value) for s in Severity], help_text="How much it weighs.")
    message = a_text("A sentence for people.")
    field = a_text("The field it is about.")
    citation = a_text("Where the rule stands.")
    limit = a_text("The bound that is passed.")
    would_be = a_text("What it would be.")


@extend_schema_serializer(examples=[OpenApiExample("Findings", value=examples.FINDINGS)])
class FindingsSerializer(serializers.Serializer[Any]):
    """What the rules find today."""

    findings = FindingSerializer(many=True)


class OfferedStepSerializer(serializers.Serializer[Any]):
    """One step that leads on from where something stands."""

    name = a_text("Its name, to be sent.")
    label = serializers.CharField(help_text="Its name for people.")  # type: ignore[assignment]  # hides `Field.label`
    target = a_text("The state it leads to.")
    needs_reason = serializers.BooleanField(help_text="Whether a reason must be sent.")
    allowed = serializers.BooleanField(help_text="Whether this account may take it.")
    findings = FindingSerializer(many=True)


class StepSerializer(OfferedStepSerializer):
    """One step of the lifecycle that leads on from where the partnership stands."""

    takes_determination = serializers.BooleanField(help_text="Whether it takes a determination by statute.")


@extend_schema_serializer(examples=[OpenApiExample("Steps", value=examples.STEPS)])
class StepsSerializer(serializers.Serializer[Any]):
    """The steps that lead on from here, with what stands in their way today."""

    status = serializers.ChoiceField(choices=Status.choices, help_text="Where the partnership stands.")
    steps = StepSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("A step", value=examples.STEP)])
class TakeStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=[(t.name, t.label) for t in PARTNERSHIP.transitions], help_text="The name of the step."
    )
    on = Day(required=False, help_text="The day of the step; today where it is not given.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", help_text="Why, where it is asked.")
    determination = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the determination by statute."
    )
