"""REST interface to the pool of the ranking: countries in the pool, and those outside with the rule. Read-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import RowSerializer, computed
from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, day_field, example, text_field
from cpc.api.views import Endpoint
from indicators.models import Country
from selection.lookups.pool import pool_on
from selection.pool_rules.policy import NOT_A_STATE, REASONS, PolicyRow, describe_rule
from selection.pool_rules.pools import Pool, PoolEntry

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
            "citation": "Project default; illustrative until the office decides",
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


@dataclass(frozen=True, slots=True)
class RuleInForce:
    policy: PolicyRow
    countries: int


@dataclass(frozen=True, slots=True)
class ListedCountry:
    """Country or territory that the TIP Report lists, with its result in the pool."""

    country: Country
    entry: PoolEntry


def _rules(policies: Iterable[PolicyRow], counts: Mapping[str, int]) -> list[RuleInForce]:
    return [RuleInForce(row, counts[row.reason]) for row in policies]


def _countries(entries: Mapping[str, PoolEntry]) -> list[ListedCountry]:
    rows = [ListedCountry(row, entries[row.code]) for row in Country.objects.filter(code__in=list(entries))]
    return sorted(rows, key=lambda row: row.country.name)


class PoolRuleSerializer(RowSerializer[RuleInForce]):
    """One rule in force, in the order in which the rules are applied."""

    reason = serializers.ChoiceField(
        source="policy.reason", choices=REASON_CODES, help_text="The reason for being outside the pool."
    )
    rule = computed(text_field("The rule as a sentence."), describe_rule, "policy__reason", "policy__values")
    why = text_field("The reason for the rule.", source="policy.why")
    citation = text_field("The document that sets the rule.", source="policy.citation")
    in_force_from = day_field("The first day that it is in force.", allow_null=False, source="policy.since")
    countries = serializers.IntegerField(help_text="Number of countries that it puts outside.")


class PoolCountrySerializer(RowSerializer[ListedCountry]):
    """One country or territory that the TIP Report lists, with the answer of the pool."""

    country = CodeAndNameSerializer()
    in_pool = serializers.BooleanField(source="entry.is_in", help_text="Whether the ranking compares it.")
    reason_code = computed(
        serializers.ChoiceField(
            choices=[*REASON_CODES, (NOT_A_STATE, "Not a state")],
            allow_null=True,
            help_text="The first reason that puts it outside; null if it is in the pool.",
        ),
        lambda code: code or None,
        "entry__reason_code",
    )
    reason = NullIfEmpty(
        source="entry.sentence",
        allow_null=True,
        help_text="The reason, or the decision that admits it, as a sentence.",
    )
    admitted = computed(
        serializers.BooleanField(help_text="Whether it is in the pool only because of a recorded decision."),
        lambda decision: decision is not None,
        "entry__admitted",
    )
    former_partnerships = serializers.ListField(
        source="entry.former",
        child=serializers.CharField(),
        help_text="Titles of former partnerships with it.",
    )


@example("The pool", EXAMPLE)
class PoolSerializer(RowSerializer[Pool]):
    """The pool of a day: the rules in force, and every listed country or territory by name."""

    on = day_field("The date of the pool.", allow_null=False, source="inputs.on")
    tip_edition = NullIfEmpty(
        source="edition", allow_null=True, help_text="The newest complete edition of the TIP Report."
    )
    in_pool = computed(
        serializers.IntegerField(help_text="Number of countries in the pool."),
        lambda counts: counts["in"],
        "counts",
    )
    rules = computed(PoolRuleSerializer(many=True), _rules, "inputs__policies", "counts")
    countries = computed(PoolCountrySerializer(many=True), _countries, "entries")


class TodaysPool(Endpoint):
    required_permission = Permission.VIEW_RANKINGS

    @extend_schema(
        operation_id="pool",
        summary="The pool",
        description="Countries that the ranking compares today, and the rule that puts each other country outside.",
        responses=PoolSerializer,
        tags=["rankings"],
    )
    def get(self, request: Request) -> Response:
        return Response(PoolSerializer(pool_on(timezone.now().date())).data)
