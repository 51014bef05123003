"""Bodies of requests with the values of omitted fields, and the columns that answers read."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import BodySerializer, Day, day_field, money_field, optional_text, text_field
from partnerships.agreements.serializers import (
    ConfirmOriginSerializer,
    NewPartnershipSerializer,
    PartnershipChangeSerializer,
    StatedReasonSerializer,
)
from partnerships.amendments.serializers import (
    ChangeSerializer,
    NewChangeSerializer,
    TakeAmendmentStepSerializer,
)
from partnerships.api_base import serializers as base
from partnerships.api_base.part_serializers import (
    ExceptionSerializer,
    ParticipantSerializer,
    PartnershipProgramSerializer,
)
from partnerships.api_base.step_serializers import StepSerializer, TakeStepSerializer
from partnerships.awards.serializers import LedgerEntrySerializer, NewLedgerEntrySerializer
from partnerships.money.serializers import ContributionSerializer, NewContributionSerializer
from partnerships.monitoring import serializers as monitoring
from partnerships.terms.serializers import AmountSerializer, NewPartnershipProgramSerializer


class Note(BodySerializer):
    title = text_field("The title.")
    note = optional_text("A note.", 5)


def refused(body: Any, serializer: type[serializers.Serializer[Any]] = Note) -> dict[str, Any]:
    found = serializer(data=body)
    assert not found.is_valid()
    return {field: [str(error) for error in errors] for field, errors in found.errors.items()}


def test_each_unknown_field_is_named_with_those_that_are_valid() -> None:
    message = ["Unknown field. Valid fields: title, note."]
    assert refused({"title": "T", "b": 1, "a": 2}) == {"a": message, "b": message}
    assert list(refused({"title": "T", "b": 1, "a": 2})) == ["a", "b"]
    assert list(refused(["T"])) == ["non_field_errors"]
    assert list(refused({"title": "T", "note": "123456"})) == ["note"]


@pytest.mark.parametrize(
    ("serializer", "body", "values"),
    [
        (Note, {"title": "T"}, {"title": "T", "note": ""}),
        (ConfirmOriginSerializer, {}, {"note": ""}),
        (PartnershipChangeSerializer, {}, {}),
        (
            PartnershipChangeSerializer,
            {"ends_on": None, "coordination_body": ""},
            {"ends_on": None, "coordination_body": ""},
        ),
        (
            NewPartnershipSerializer,
            {"country": "GHA", "title": "T"},
            {"country": "GHA", "title": "T", "origin_reason": "", "decision": None},
        ),
        (TakeStepSerializer, {"name": "invite"}, {"name": "invite", "reason": "", "determination": None}),
        (TakeAmendmentStepSerializer, {"name": "submit"}, {"name": "submit", "reason": ""}),
        (
            NewChangeSerializer,
            {"of": "partnership"},
            {"of": "partnership", "row": None, "field": "", "value": None},
        ),
        (
            NewLedgerEntrySerializer,
            {"award": 1, "kind": "award", "amount": "1.00", "on": "2021-01-01"},
            {
                "award": 1,
                "kind": "award",
                "amount": Decimal(1),
                "on": dt.date(2021, 1, 1),
                "fund": None,
                "reference": "",
                "note": "",
                "authority": "",
            },
        ),
        (
            NewContributionSerializer,
            {
                "government": "us",
                "kind": "staff",
                "stage": "pledged",
                "fiscal_year": 2013,
                "description": "D",
                "source": "S",
            },
            {
                "government": "us",
                "kind": "staff",
                "stage": "pledged",
                "fiscal_year": 2013,
                "description": "D",
                "source": "S",
                "program": None,
                "amount_usd": None,
                "original_amount": None,
                "original_currency": "",
                "rate": None,
                "rate_source": "",
                "valuation_method": "",
                "staff_years": None,
                "account": "",
                "authority": "",
                "replaces": None,
            },
        ),
        (
            monitoring.NewResultSerializer,
            {"period": 1, "indicator": "CV-1", "value": None},
            {
                "period": 1,
                "indicator": "CV-1",
                "award": None,
                "value": None,
                "numerator": None,
                "denominator": None,
                "no_data_reason": "",
                "not_disaggregated": "",
                "narrative": "",
                "evidence": "",
                "replaces": None,
                "parts": [],
            },
        ),
        (
            monitoring.NewPartSerializer,
            {"breakdown": "region", "value": "1"},
            {"breakdown": "region", "sex": "", "age": "", "category": "", "value": Decimal(1)},
        ),
        (NewPartnershipProgramSerializer, {"title": "T"}, {"title": "T", "description": ""}),
    ],
)
def test_what_omitted_fields_count_as(
    serializer: type[serializers.Serializer[Any]], body: dict[str, Any], values: dict[str, Any]
) -> None:
    found = serializer(data=body)
    assert found.is_valid(), found.errors
    assert found.validated_data == OrderedDict(values)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"of": "amount"}, {"government", "amount"}),
        ({"of": "amount", "government": "us"}, {"amount"}),
        ({"of": "amount", "amount": "1"}, {"government"}),
        ({"of": "partnership", "value": {"a": 1}}, {"value"}),
        ({"of": "partnership", "value": [["a"]]}, {"value"}),
        ({"of": "amount", "government": "us", "amount": "-0.01"}, {"amount"}),
    ],
)
def test_a_change_is_a_plain_value_or_an_amount_of_a_government(body: dict[str, Any], codes: set[str]) -> None:
    assert set(refused(body, NewChangeSerializer)) == codes


@pytest.mark.parametrize("value", ["T", 1, 1.5, True, None, ["a", "b"], []])
def test_a_change_takes_plain_values(value: Any) -> None:
    found = NewChangeSerializer(data={"of": "partnership", "value": value})
    assert found.is_valid()
    assert found.validated_data["value"] == value


def test_fields_pass_their_options_on() -> None:
    assert text_field("T", source="a.b").source == "a.b"
    assert day_field("T", source="a.b").source == "a.b"
    assert (day_field("T").allow_null, day_field("T", allow_null=False).allow_null) == (True, False)
    money = money_field("T", source="a.b")
    assert (money.source, money.allow_null, money.max_digits, money.decimal_places) == ("a.b", True, 14, 2)
    with pytest.raises(serializers.ValidationError):
        Day().run_validation("1899-12-31")
    assert Day().run_validation("2021-01-01") == dt.date(2021, 1, 1)


# ---- columns of answers --------------------------------------------------------------------------------------------

# The fields that don't read the column of their own name, each with what it reads.
READ: dict[type[RowSerializer[Any]], dict[str, str]] = {
    StatedReasonSerializer: {
        "reason": "origin_reason",
        "confirmed_at": "kind origin_reason origin_confirmation__at",
        "note": "origin_confirmation__note",
    },
    StepSerializer: {
        "name": "transition.name",
        "label": "transition.label",
        "target": "transition.target",
        "needs_reason": "transition.needs_reason",
        "takes_determination": "transition__name",
    },
    ChangeSerializer: {"of": "row_table", "row": "row_id", "field": "column"},
    LedgerEntrySerializer: {"award": "award_id", "fund": "fund_id", "recorded_at": "at"},
    ContributionSerializer: {"program": "program_id", "replaces": "replaces_id", "recorded_at": "at"},
    AmountSerializer: {"program": "program_id", "stated_at": "at"},
    ExceptionSerializer: {"authority": "grant.authority"},
    ParticipantSerializer: {"leads": "is_lead"},
    PartnershipProgramSerializer: {"us_amount": "amounts", "partner_amount": "amounts"},
    monitoring.RecordedSerializer: {"indicator": "indicator.code", "result": "id"},
    monitoring.OnePeriodSerializer: {"recorded": "results"},
    monitoring.ResultSerializer: {
        "period": "period_id",
        "indicator": "indicator.code",
        "award": "award_id",
        "value": "value",
        "numerator": "numerator",
        "denominator": "denominator",
        "replaces": "replaces_id",
    },
    monitoring.MeasuredSerializer: {
        "code": "indicator.code",
        "title": "indicator.title",
        "level": "indicator.level",
        "measure": "indicator.measure",
        "unit": "indicator.unit",
        "baseline": "indicator__baseline_value",
        "target": "target",
        "value": "value",
    },
    base.TermSerializer: {
        "limit_months": "term_limit_months limit_policy__term_months",
        "policy_months": "limit_policy.term_months",
        "counted_from": "starts_on signed_on",
        "latest_end": "starts_on signed_on limit_policy__term_months term_limit_months funding_limit",
    },
    base.FundingInFullSerializer: {
        "currency": "",
        "limit": "funding_limit limit_policy__term_months",
        "policy_limit": "limit_policy.funding",
        "planned": "kind planned_total",
        "notified": "kind notified_total",
        "awarded": "kind awarded_total",
        "obligated": "kind obligated_total",
        "disbursed": "kind disbursed_total",
        "open_to_obligation": "kind may_obligate obligated_total term_last_day",
        "other_us_cash": "kind other_us_cash",
    },
    base.OriginSerializer: {
        "reason": "origin_reason",
        "decision": "decision_id",
        "superseded_at": "decision_id decision__superseded_at",
        "confirmed_at": "decision_id origin_confirmation__at",
    },
    base.LegalReviewSerializer: {"result": "legal_review", "reviewed_on": "legal_reviewed_on"},
    base.PartnershipBriefSerializer: {
        "revision": "version",
        "region": "country.region",
        "term": "*",
        "origin": "*",
        "same_country": "country__code",
        "legal_review": "*",
        "funding": "*",
    },
    base.PartnershipSerializer: {
        "revision": "version",
        "region": "country.region",
        "term": "*",
        "funding": "*",
        "origin": "*",
        "same_country": "country__code",
        "legal_review": "*",
        "limits_citation": "limits.citation",
        "exceptions": "limit_exceptions",
        "national_plans": "national_plans",
        "events": "event_concerns",
    },
}


@pytest.mark.parametrize("serializer", READ, ids=lambda serializer: serializer.__name__)
def test_what_a_field_of_an_answer_reads(serializer: type[RowSerializer[Any]]) -> None:
    read = {}
    for name, field in serializer().fields.items():
        computed = getattr(serializer._declared_fields.get(name), "computed", None)
        if computed is not None:
            read[name] = " ".join(computed[1])
        elif field.source != name:
            read[name] = str(field.source)
    assert read == READ[serializer]


def test_a_null_has_the_reason_of_its_serializer_or_field() -> None:
    reasons = {
        serializer: (serializer.missing_reason, dict(serializer.missing_reasons))
        for serializer in (base.TermSerializer, base.OriginSerializer, base.PartnershipSerializer)
    }
    assert reasons == {
        base.TermSerializer: ("not_set", {"signed_on": "not_yet", "ended_on": "not_yet"}),
        base.OriginSerializer: ("not_set", {"decision": "not_applicable"}),
        base.PartnershipSerializer: ("not_set", {"status_as_of": "not_yet"}),
    }
    assert (ExceptionSerializer.missing_reason, ExceptionSerializer.missing_reasons) == (
        "not_applicable",
        {"expires_on": "not_recorded"},
    )
    assert (monitoring.ResultSerializer.missing_reason, monitoring.ResultSerializer.missing_reasons) == (
        "not_applicable",
        {"value": "not_recorded"},
    )
