"""The REST interface to the pool of the ranking: who is in, who is outside and by which rule. Read-only."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty
from cpc.api.views import Endpoint
from indicators.models import Country
from selection.lookups.pool import pool_on
from selection.pool_rules.policy import NOT_A_STATE, REASONS, rule_in_words
from selection.pool_rules.pools import Pool

REASON_CODES = [(reason.value, rule.label) for reason, rule in REASONS.items()]

EXAMPLE = {
    "on": "2026-11-26",
    "tip_edition": "2025",
    "in_pool": 101,
    "rules": [
        {
            "reason": "high_income",
            "rule": "A country is outside if the World Bank classes it as high income.",
            "why": "The office looks first at countries of low and middle income.",
            "citation": "Default of the project; illustrative until the office decides",
            "in_force_from": "2000-01-01",
            "countries": 56,
        }
    ],
    "countries": [
        {
            "country": {"code": "ROU", "name": "Romania"},
            "in_pool": False,
            "reason_code": "partnership",
            "reason": "A partnership is in force: Child Protection Compact Partnership with Romania.",
            "admitted": False,
            "former_partnerships": [],
        }
    ],
}


class PoolRuleSerializer(serializers.Serializer[dict[str, Any]]):
    """One rule in force, in the order in which the rules are asked."""

    reason = serializers.ChoiceField(choices=REASON_CODES, help_text="The reason for being outside.")
    rule = serializers.CharField(help_text="The rule as a sentence.")
    why = serializers.CharField(help_text="Why it is the rule.")
    citation = serializers.CharField(help_text="The document that sets it.")
    in_force_from = serializers.DateField(help_text="The first day on which it is in force.")
    countries = serializers.IntegerField(help_text="How many countries it puts outside.")


class PoolCountrySerializer(serializers.Serializer[dict[str, Any]]):
    """One place that the TIP Report lists, with the answer of the pool."""

    country = CodeAndNameSerializer()
    in_pool = serializers.BooleanField(help_text="Whether the ranking compares it.")
    reason_code = serializers.ChoiceField(
        choices=[*REASON_CODES, (NOT_A_STATE, "Not a state")],
        allow_null=True,
        help_text="The first reason that puts it outside; null in the pool.",
    )
    reason = NullIfEmpty(allow_null=True, help_text="The reason, or the decision that admits it, as a sentence.")
    admitted = serializers.BooleanField(help_text="It is in the pool by a recorded decision alone.")
    former_partnerships = serializers.ListField(
        child=serializers.CharField(), help_text="Titles of partnerships with it that are over."
    )


@extend_schema_serializer(examples=[OpenApiExample("The pool", value=EXAMPLE)])
class PoolSerializer(serializers.Serializer[dict[str, Any]]):
    """The pool of a day: the rules in force, and every listed place by name."""

    on = serializers.DateField(help_text="The day.")
    tip_edition = NullIfEmpty(allow_null=True, help_text="The newest complete edition of the TIP Report.")
    in_pool = serializers.IntegerField(help_text="How many countries are in the pool.")
    rules = PoolRuleSerializer(many=True)
    countries = PoolCountrySerializer(many=True)


def as_plain(pool: Pool) -> dict[str, Any]:
    """Return a pool as `PoolSerializer` reads it."""
    names = dict(Country.objects.filter(code__in=list(pool.entries)).values_list("code", "name"))
    counts = pool.counts
    return {
        "on": pool.inputs.on,
        "tip_edition": pool.edition,
        "in_pool": counts["in"],
        "rules": [
            {
                "reason": row.reason,
                "rule": rule_in_words(row.reason, row.values),
                "why": row.why,
                "citation": row.citation,
                "in_force_from": row.since,
                "countries": counts[row.reason],
            }
            for row in pool.inputs.policies
        ],
        "countries": [
            {
                "country": {"code": code, "name": names[code]},
                "in_pool": entry.is_in,
                "reason_code": entry.reason_code or None,
                "reason": entry.sentence,
                "admitted": entry.admitted is not None,
                "former_partnerships": list(entry.former),
            }
            for code, entry in sorted(pool.entries.items(), key=lambda item: names[item[0]])
        ],
    }


class TodaysPool(Endpoint):
    """The pool of today."""

    required_permission = Permission.VIEW_RANKINGS

    @extend_schema(
        operation_id="pool",
        summary="The pool",
        description="Which countries the ranking compares today, and by which rule each other one is outside.",
        responses=PoolSerializer,
        tags=["rankings"],
    )
    def get(self, request: Request) -> Response:
        """Answer with the pool of today."""
        return Response(PoolSerializer(as_plain(pool_on(timezone.now().date()))).data)
