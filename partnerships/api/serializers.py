"""The shapes of what the REST interface says of partnerships, and of what it takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cpc.api.serializers import BodySerializer, CodeAndNameSerializer
from cpc.findings import Severity
from partnerships.api import examples
from partnerships.api.representation import REASONS, brief, contribution, detail
from partnerships.lifecycle import LIFECYCLE
from partnerships.models import (
    Contribution,
    ContributionKind,
    ContributionStage,
    ExceptionKind,
    FigureKind,
    FundAccount,
    Government,
    LedgerEntry,
    LedgerKind,
    LegalReview,
    Paradigm,
    Partnership,
    RecordKind,
    Status,
    System,
    TraffickingFormCode,
)


def money(words: str) -> serializers.DecimalField:
    """An amount as text with two decimals, or null."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True, help_text=words)


def a_day(words: str, *, may_be_null: bool = True) -> serializers.DateField:
    """A day, or null."""
    return serializers.DateField(allow_null=may_be_null, help_text=words)


def a_text(words: str) -> serializers.CharField:
    """A text, empty where there is none."""
    return serializers.CharField(help_text=words)


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
    latest_end = a_day("The last day on which it may end.")


class FundingSerializer(serializers.Serializer[Any]):
    """TIP Office project funds in U.S. dollars, exact to the cent; null where there is no ledger."""

    currency = a_text("USD.")
    limit = money("The largest funding, exceptions counted.")
    planned = money("What the United States plans for its programmes.")
    notified = money("What Congress was told.")
    awarded = money("What was awarded.")
    obligated = money("What is obligated, net of de-obligations.")
    disbursed = money("What was paid.")


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

    reason = a_text("The stated reason.")
    decision = a_text("The number of the decision.")


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


class ProgrammeSerializer(serializers.Serializer[Any]):
    """A programme and what each government allocates to it."""

    id = serializers.IntegerField(help_text="Its number.")
    title = a_text("Its title.")
    us_amount = money("What the United States allocates.")
    partner_amount = money("What the partner government allocates.")
    missing = missing()


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
    source = serializers.CharField(help_text="Where it can be read.")  # type: ignore[assignment]
    missing = missing()


@extend_schema_serializer(examples=[OpenApiExample("A partnership", value=examples.DETAIL)])
class PartnershipSerializer(PartnershipBriefSerializer):
    """A partnership with its terms, its limits and what was publicly stated about it."""

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
    starts_on = serializers.DateField(required=False, allow_null=True, help_text="The first day.")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="The day it ends.")
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


class StepSerializer(serializers.Serializer[Any]):
    """One step of the lifecycle that leads on from where the partnership stands."""

    name = a_text("Its name, to be sent.")
    label = serializers.CharField(help_text="Its name for people.")  # type: ignore[assignment]
    target = serializers.ChoiceField(choices=Status.choices, help_text="The status it leads to.")
    needs_reason = serializers.BooleanField(help_text="Whether a reason must be sent.")
    takes_determination = serializers.BooleanField(help_text="Whether it takes a determination by statute.")
    allowed = serializers.BooleanField(help_text="Whether this account may take it.")
    findings = FindingSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("Steps", value=examples.STEPS)])
class StepsSerializer(serializers.Serializer[Any]):
    """The steps that lead on from here, with what stands in their way today."""

    status = serializers.ChoiceField(choices=Status.choices, help_text="Where the partnership stands.")
    steps = StepSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("A step", value=examples.STEP)])
class TakeStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=[(t.name, t.label) for t in LIFECYCLE.transitions], help_text="The name of the step."
    )
    on = serializers.DateField(required=False, help_text="The day of the step; today where it is not given.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", help_text="Why, where it is asked.")
    determination = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the determination by statute."
    )


@extend_schema_serializer(examples=[OpenApiExample("A contribution", value=examples.CONTRIBUTION)])
class ContributionSerializer(serializers.Serializer[Contribution]):
    """What one government gives in one fiscal year. It never counts against the limit of funding."""

    id = serializers.IntegerField(help_text="Its number.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    kind = serializers.ChoiceField(choices=ContributionKind.choices, help_text="What is given.")
    stage = serializers.ChoiceField(choices=ContributionStage.choices, help_text="How firm it is.")
    fiscal_year = serializers.IntegerField(help_text="The U.S. fiscal year.")
    programme = serializers.IntegerField(allow_null=True, help_text="The number of the programme it goes to.")
    description = a_text("What it is.")
    amount_usd = money("In U.S. dollars.")
    original_amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="In its own currency."
    )
    original_currency = a_text("That currency, by ISO 4217.")
    rate = serializers.DecimalField(max_digits=16, decimal_places=8, allow_null=True, help_text="Dollars a unit.")
    rate_source = a_text("Where the rate is from.")
    valuation_method = a_text("How a contribution in kind was valued.")
    staff_years = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True, help_text="Years of work.")
    source = serializers.CharField(help_text="Where it can be checked.")  # type: ignore[assignment]
    replaces = serializers.IntegerField(allow_null=True, help_text="The number of the statement that it replaces.")
    recorded_at = serializers.DateTimeField(help_text="When it was recorded.")
    missing = missing()

    def to_representation(self, instance: Contribution) -> dict[str, Any]:
        """The plain values."""
        return contribution(instance)


def _optional(words: str, length: int) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", help_text=words)


@extend_schema_serializer(examples=[OpenApiExample("A contribution to record", value=examples.NEW_CONTRIBUTION)])
class NewContributionSerializer(BodySerializer):
    """A contribution to record. What was recorded wrong is replaced by another, never edited."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    kind = serializers.ChoiceField(choices=ContributionKind.choices, help_text="What is given.")
    stage = serializers.ChoiceField(choices=ContributionStage.choices, help_text="How firm it is.")
    fiscal_year = serializers.IntegerField(min_value=2013, max_value=2100, help_text="The U.S. fiscal year.")
    description = serializers.CharField(max_length=300, help_text="What it is.")
    source = serializers.CharField(max_length=500, help_text="Where it can be checked.")  # type: ignore[assignment]
    programme = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the programme it goes to."
    )
    amount_usd = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True, default=None, help_text="In U.S. dollars."
    )
    original_amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, required=False, allow_null=True, default=None, help_text="In its own currency."
    )
    original_currency = _optional("That currency, by ISO 4217.", 3)
    rate = serializers.DecimalField(
        max_digits=16, decimal_places=8, required=False, allow_null=True, default=None, help_text="Dollars a unit."
    )
    rate_source = _optional("Where the rate is from.", 200)
    valuation_method = _optional("How a contribution in kind was valued.", 300)
    staff_years = serializers.DecimalField(
        max_digits=8, decimal_places=2, required=False, allow_null=True, default=None, help_text="Years of work."
    )
    replaces = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the statement that it replaces."
    )


@extend_schema_serializer(examples=[OpenApiExample("A movement of money", value=examples.ENTRY)])
class LedgerEntrySerializer(serializers.ModelSerializer[LedgerEntry]):
    """One movement of money under an award, in U.S. dollars. The kind says which way it counts."""

    award = serializers.IntegerField(source="award_id", help_text="The number of the award.")
    kind = serializers.ChoiceField(choices=LedgerKind.choices, help_text="What it does.")
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was recorded.")

    class Meta:
        model = LedgerEntry
        fields = ("id", "award", "kind", "amount", "on", "fiscal_year", "reference", "note", "recorded_at")
        extra_kwargs = {
            "id": {"help_text": "Its number."},
            "amount": {"help_text": "Above zero."},
            "on": {"help_text": "The day."},
            "reference": {"help_text": "Its number in the accounts."},
            "note": {"help_text": "What is to be known of it."},
        }


@extend_schema_serializer(examples=[OpenApiExample("An obligation", value=examples.NEW_ENTRY)])
class NewLedgerEntrySerializer(BodySerializer):
    """A movement of money to record. What was wrong is set right by another row."""

    award = serializers.IntegerField(help_text="The number of an award of the partnership.")
    kind = serializers.ChoiceField(choices=LedgerKind.choices, help_text="What it does.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="Above zero.")
    on = serializers.DateField(help_text="The day.")
    reference = _optional("Its number in the accounts.", 60)
    note = _optional("What is to be known of it.", 300)
