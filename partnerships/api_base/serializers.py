from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from cpc.api.row_serializers import Missing, MissingReasons, RowSerializer, computed
from cpc.api.serializers import CodeAndNameSerializer, day_field, example, money_field, text_field
from partnerships.api_base.part_serializers import (
    PROGRAM,
    EventConcernSerializer,
    ExceptionSerializer,
    ObjectiveSerializer,
    ParticipantSerializer,
    PartnershipProgramSerializer,
    StatementSerializer,
)
from partnerships.limit_position import open_to_obligation
from partnerships.limits import Limits, counted_from, latest_lawful_end
from partnerships.models import (
    RUN_HERE,
    FundAccount,
    LegalReview,
    Partnership,
    RecordKind,
    Status,
    TraffickingFormCode,
)


def _if_limited(limit: Any, policy_months: int | None) -> Any:
    return limit if policy_months is not None else None


def _latest_end(
    starts_on: date | None, signed_on: date | None, policy_months: int | None, months: int, funding: Decimal
) -> date | None:
    first = counted_from(starts_on, signed_on)
    if first is None or policy_months is None:
        return None
    return latest_lawful_end(first, Limits(months, funding, citation=""))


class TermSerializer(RowSerializer[Partnership]):
    """The first and last day of the term, and its limit."""

    missing_reasons = {"signed_on": "not_yet", "ended_on": "not_yet"}

    starts_on = day_field("The first day.")
    ends_on = day_field("The last day as agreed.")
    signed_on = day_field("The date of the signature.")
    ended_on = day_field("The actual end date.")
    limit_months = computed(
        serializers.IntegerField(allow_null=True, help_text="The longest term allowed, including exceptions."),
        _if_limited,
        "term_limit_months",
        "limit_policy__term_months",
    )
    policy_months = serializers.IntegerField(
        source="limit_policy.term_months",
        allow_null=True,
        help_text="The longest term under the policy. If the limit is longer, an exception raised it.",
    )
    counted_from = computed(
        day_field("The date from which the limit counts: entry into force or the first day, whichever is earlier."),
        counted_from,
        "starts_on",
        "signed_on",
    )
    latest_end = computed(
        day_field("The latest allowed last day."),
        _latest_end,
        "starts_on",
        "signed_on",
        "limit_policy__term_months",
        "term_limit_months",
        "funding_limit",
    )


def _total(help_text: str, column: str) -> serializers.DecimalField:
    """Return the field for a total of money, which only a partnership that is run here has."""
    return computed(money_field(help_text), lambda kind, total: total if kind in RUN_HERE else None, "kind", column)


class FundingSerializer(RowSerializer[Partnership]):
    """TIP Office project funds in U.S. dollars, exact to the cent; null without a ledger."""

    currency = computed(text_field("USD."), lambda: "USD")
    limit = computed(
        money_field("The largest funding allowed, including exceptions."),
        _if_limited,
        "funding_limit",
        "limit_policy__term_months",
    )
    policy_limit = money_field(
        "The largest funding under the policy. If the limit is larger, an exception raised it.",
        source="limit_policy.funding",
    )
    planned = _total("The amount that the United States plans for programs.", "planned_total")
    notified = _total("The amount notified to Congress.", "notified_total")
    awarded = _total("The amount awarded.", "awarded_total")
    obligated = _total("The amount obligated, net of de-obligations.", "obligated_total")
    disbursed = _total("The amount paid.", "disbursed_total")


def _open_to_obligation(kind: str, may_obligate: Decimal, obligated: Decimal, last_day: date | None) -> Decimal | None:
    if kind not in RUN_HERE:
        return None
    return open_to_obligation(may_obligate, obligated, last_day, timezone.now().date())


class FundingInFullSerializer(FundingSerializer):
    """Project funds as in a list, with the amounts that do not count toward the limit."""

    open_to_obligation = computed(
        money_field(
            "The amount that can be obligated today: notified at least 15 days ago or exempt, and not obligated yet. "
            "While a raise waits, the amount that it replaces counts. Zero after the last day of the term."
        ),
        _open_to_obligation,
        "kind",
        "may_obligate",
        "obligated_total",
        "term_last_day",
    )
    other_us_cash = _total("U.S. cash from other accounts. It doesn't count toward the limit.", "other_us_cash")


BRIEF: dict[str, Any] = {
    "id": 7,
    "revision": 41,
    "title": "Partnership to protect children in Ghana",
    "country": {"code": "GHA", "name": "Ghana"},
    "region": "Africa",
    "kind": "managed",
    "status": "active",
    "status_as_of": "2026-01-01",
    "term": {
        "starts_on": "2026-01-01",
        "ends_on": "2030-12-31",
        "signed_on": "2026-01-01",
        "ended_on": None,
        "limit_months": 60,
        "policy_months": 60,
        "counted_from": "2026-01-01",
        "latest_end": "2031-01-01",
    },
    "funding": {
        "currency": "USD",
        "limit": "5000000.00",
        "policy_limit": "5000000.00",
        "planned": "4000000.00",
        "notified": "4000000.00",
        "awarded": "2500000.00",
        "obligated": "1000000.00",
        "disbursed": "250000.00",
    },
    "updated_at": "2026-11-20T15:04:11.302145Z",
    "origin": {"decision": 12, "superseded_at": None, "confirmed_at": None},
    "same_country": "/api/v1/partnerships/?country=GHA",
    "focus_regions": ["Volta"],
    "forms": ["forced_labor"],
    "fund_account": "incle",
    "coordination_body": "Joint committee",
    "legal_review": {
        "result": "non_binding",
        "reviewed_on": "2025-11-20",
        "reported_to_congress_on": None,
        "published_on": None,
    },
    "missing": {
        "term.ended_on": "not_yet",
        "origin.superseded_at": "not_yet",
        "origin.confirmed_at": "not_applicable",
        "legal_review.reported_to_congress_on": "not_set",
        "legal_review.published_on": "not_set",
    },
}


class OriginInBriefSerializer(RowSerializer[Partnership]):
    """The origin of a partnership, without the stated reason, which may name what is withheld outside."""

    missing_reasons = {"decision": "not_applicable"}

    decision = serializers.IntegerField(
        source="decision_id", allow_null=True, help_text="The number of the decision of a selection round."
    )
    superseded_at = computed(
        serializers.DateTimeField(
            allow_null=True, help_text="When a later decision superseded that one. The partnership doesn't change."
        ),
        lambda decision, at: at or Missing("not_yet" if decision else "not_applicable"),
        "decision_id",
        "decision__superseded_at",
    )
    confirmed_at = computed(
        serializers.DateTimeField(
            allow_null=True,
            help_text="When an approver confirmed the stated reason. Until then, the partnership can't move forward.",
        ),
        lambda decision, at: at or Missing("not_applicable" if decision else "not_yet"),
        "decision_id",
        "origin_confirmation__at",
    )


class OriginSerializer(OriginInBriefSerializer):
    """The origin of a partnership."""

    reason = text_field("The stated reason; empty if a decision started the partnership.", source="origin_reason")


class LegalReviewSerializer(RowSerializer[Partnership]):
    """The finding of the Office of the Legal Adviser (1 U.S.C. 112b)."""

    result = serializers.ChoiceField(
        source="legal_review", choices=LegalReview.choices, help_text="The result of the legal review."
    )
    reviewed_on = day_field("The date of the legal review.", source="legal_reviewed_on")
    reported_to_congress_on = day_field("The date it was reported to Congress.")
    published_on = day_field("The date it was published.")


class _PartnershipSerializer(RowSerializer[Partnership]):
    missing_reasons = {"status_as_of": "not_yet"}

    id = serializers.IntegerField(help_text="The number of the record.")
    revision = serializers.IntegerField(
        source="version", help_text="Counts the changes of the record and of everything below it, as in the changes."
    )
    title = text_field("The title.")
    country = CodeAndNameSerializer()
    region = text_field("The geography of the Department of State's regional bureaus.", source="country.region")
    kind = serializers.ChoiceField(choices=RecordKind.choices, help_text="The kind of record.")
    status = serializers.ChoiceField(choices=Status.choices, help_text="The status; changed only by steps.")
    status_as_of = day_field("The date as of which the status is known.")
    term = TermSerializer(source="*")
    updated_at = serializers.DateTimeField(
        help_text="The latest change to the record, terms, money, results, or statements."
    )
    origin = OriginInBriefSerializer(source="*")
    same_country = computed(
        text_field("The list of all partnerships with the country, this one included, with the money of each."),
        lambda code: f"{reverse('api:partnerships')}?country={code}",
        "country__code",
    )
    focus_regions = serializers.ListField(child=serializers.CharField(), help_text="Focus regions.")
    forms = serializers.ListField(
        child=serializers.ChoiceField(choices=TraffickingFormCode.choices), help_text="Forms of child trafficking."
    )
    fund_account = serializers.ChoiceField(choices=FundAccount.choices, help_text="The appropriation account.")
    coordination_body = text_field("The coordination body.")
    legal_review = LegalReviewSerializer(source="*")

    @classmethod
    def reason_for_row(cls, row: Mapping[str, Any]) -> str | None:
        """Return the reason "not recorded" for a row known only from public statements."""
        return "not_recorded" if row["kind"] == RecordKind.DOCUMENTED else None


@example("A partnership in a list", BRIEF)
class PartnershipBriefSerializer(_PartnershipSerializer):
    """A partnership in a list. Each null has its reason in `missing`; no unknown value is zero."""

    funding = FundingSerializer(source="*")
    missing = MissingReasons()


PARTNERSHIP: dict[str, Any] = {
    **BRIEF,
    "origin": {**BRIEF["origin"], "reason": ""},
    "funding": {**BRIEF["funding"], "open_to_obligation": "3000000.00", "other_us_cash": "0.00"},
    "limits_citation": "Fact sheet on Child Protection Compact Partnerships",
    "exceptions": [],
    "participants": [{"government": "partner", "name": "Ministry of Gender", "leads": True}],
    "objectives": [
        {
            "number": 1,
            "title": "Courts",
            "paradigm": "prosecution",
            "system": "justice",
            "outcome": "More cases are brought, and faster",
        }
    ],
    "programs": [PROGRAM],
    "national_plans": ["National plan of action 2026 to 2030"],
    "statements": [],
    "events": [],
}


@example("A partnership", PARTNERSHIP)
class PartnershipSerializer(_PartnershipSerializer):
    """A partnership with its terms, its limits, and public statements about it."""

    origin = OriginSerializer(source="*")
    funding = FundingInFullSerializer(source="*")
    limits_citation = text_field("The document that sets the limits.", source="limits.citation")
    missing = MissingReasons()
    exceptions = ExceptionSerializer(source="limit_exceptions", many=True)
    participants = ParticipantSerializer(many=True)
    objectives = ObjectiveSerializer(many=True)
    programs = PartnershipProgramSerializer(many=True)
    national_plans = computed(
        serializers.ListField(child=serializers.CharField(), help_text="National plans it builds on."),
        lambda plans: [plan.title for plan in plans.all()],
        "national_plans",
    )
    statements = StatementSerializer(many=True)
    events = EventConcernSerializer(source="event_concerns", many=True)
