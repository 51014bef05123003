"""What the REST interface says of a partnership, as plain values. A list of them is made without a query each.

What is not known is null, and the object's `missing` says of each null why; nothing unknown is ever zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet, Sum

from indicators.models import NationalPlan
from partnerships.limits import Limits, counted_from, latest_lawful_end
from partnerships.models import (
    Contribution,
    FigureStatement,
    LimitException,
    Partnership,
    Programme,
    ProgrammeAmount,
    RecordKind,
)

TOTALS = ("planned", "notified", "awarded", "obligated", "disbursed")
REASONS = (
    ("not_set", "nobody has settled it yet"),
    ("not_yet", "it has not happened yet"),
    ("not_recorded", "the record does not say"),
    ("not_applicable", "there is none for this"),
    ("suppressed", "a count of few people that is not shown"),
)
_NOT_YET = frozenset({"status_as_of", "term.signed_on", "term.ended_on"})


class Row(NamedTuple):
    """The columns that a row of the list is made of: fifty rows are cheaper as tuples than as instances."""

    id: int
    title: str
    country_code: str
    country_name: str
    region: str
    kind: str
    status: str
    status_as_of: date | None
    starts_on: date | None
    ends_on: date | None
    signed_on: date | None
    ended_on: date | None
    policy_months: int | None
    policy_funding: Decimal | None
    term_limit_months: int
    funding_limit: Decimal
    planned: Decimal
    notified: Decimal
    awarded: Decimal
    obligated: Decimal
    disbursed: Decimal
    updated_at: datetime


COLUMNS = {
    "country_code": "country__code",
    "country_name": "country__name",
    "region": "country__region",
    "policy_months": "limit_policy__term_months",
    "policy_funding": "limit_policy__funding",
    **{name: f"{name}_total" for name in TOTALS},
}
"""Where a column of `Row` is found, if not under its own name."""


def partnerships() -> QuerySet[Partnership]:
    """Every partnership, by country, the newest first."""
    return Partnership.objects.order_by("country__name", "-starts_on", "-pk")


def as_rows(found: QuerySet[Partnership]) -> QuerySet[Partnership, Any]:
    """Tuples with the columns of `Row` in place of instances."""
    return found.values_list(*(COLUMNS.get(name, name) for name in Row._fields))


def state_of_all() -> str:
    """What has happened to all partnerships: their versions added up, in one cheap query.

    Versions only rise and no partnership is deleted, so that two states never have the same sum, and no list of some
    of them, however it is filtered, differs while the sum is the same.
    """
    return str(Partnership.objects.order_by().aggregate(changes=Sum("version"))["changes"])


def state_of_one(number: int) -> str | None:
    """What the answer about one partnership says, in one query; None where there is none."""
    titles = NationalPlan.objects.filter(partnerships=OuterRef("pk")).order_by("pk").values("title")
    said = Partnership.objects.filter(pk=number).values_list(
        "pk", "version", "country__name", "country__region", "decision__superseded_at", ArraySubquery(titles)
    )
    return next((repr(values) for values in said), None)


def programmes() -> QuerySet[Programme]:
    """Programmes with the newest amount of each government."""
    newest = ProgrammeAmount.objects.order_by("programme_id", "government", "-id").distinct(
        "programme_id", "government"
    )
    return Programme.objects.prefetch_related(Prefetch("amounts", newest))


def with_details(rows: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """The same with what the answer about one partnership needs."""
    granted = LimitException.objects.filter(grant__isnull=False).select_related("grant").order_by("pk")
    return rows.select_related("country", "limit_policy", "decision", "origin_confirmation").prefetch_related(
        "participants",
        "objectives",
        "national_plans",
        Prefetch("programmes", programmes()),
        Prefetch("limit_exceptions", granted),
        Prefetch("statements", FigureStatement.objects.order_by("pk")),
    )


def exact(value: Decimal | None) -> str | None:
    """A decimal as text, so that no reader makes a float of it."""
    return None if value is None else format(value, "f")


def reasoned(values: dict[str, Any], reason: Callable[[str], str] | str) -> dict[str, Any]:
    """The values with `missing`: for each null in them, and in objects inside them, the reason by its dotted name.

    `reason` is the same for all, or says it by the name.
    """
    nulls = _nulls(values, "")
    return values | {"missing": {name: reason if isinstance(reason, str) else reason(name) for name in nulls}}


def _nulls(values: Mapping[str, Any], prefix: str) -> Iterable[str]:
    for name, value in values.items():
        if value is None:
            yield f"{prefix}{name}"
        elif isinstance(value, dict) and "missing" not in value:
            yield from _nulls(value, f"{prefix}{name}.")


def brief(values: tuple[Any, ...]) -> dict[str, Any]:
    """A partnership as a row of the list, from the columns of `Row`."""
    row = Row._make(values)
    return reasoned(_brief(row), _reason(row.kind))


def _reason(kind: str) -> Callable[[str], str] | str:
    if kind == RecordKind.DOCUMENTED:
        return "not_recorded"
    return lambda name: "not_yet" if name in _NOT_YET else "not_set"


def _reason_in(row: Partnership) -> Callable[[str], str] | str:
    usual = _reason(row.kind)
    if isinstance(usual, str):
        return usual
    origin = {
        "origin.decision": "not_applicable",
        "origin.superseded_at": "not_yet" if row.decision_id else "not_applicable",
        "origin.confirmed_at": "not_applicable" if row.decision_id else "not_yet",
    }
    return lambda name: origin.get(name) or usual(name)


def _row_of(partnership: Partnership) -> Row:
    country, policy = partnership.country, partnership.limit_policy
    own = {
        "country_code": country.code,
        "country_name": country.name,
        "region": country.region,
        "policy_months": policy.term_months if policy else None,
        "policy_funding": policy.funding if policy else None,
    }
    return Row._make(
        own[name] if name in own else getattr(partnership, COLUMNS.get(name, name)) for name in Row._fields
    )


def _brief(row: Row) -> dict[str, Any]:
    ledger = row.kind == RecordKind.MANAGED
    limited = row.policy_months is not None
    latest = None
    first = counted_from(row.starts_on, row.signed_on)
    if limited and first:
        latest = latest_lawful_end(first, Limits(row.term_limit_months, row.funding_limit, ""))
    return {
        "id": row.id,
        "title": row.title,
        "country": {"code": row.country_code, "name": row.country_name},
        "region": row.region,
        "kind": row.kind,
        "status": row.status,
        "status_as_of": row.status_as_of,
        "term": {
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "signed_on": row.signed_on,
            "ended_on": row.ended_on,
            "limit_months": row.term_limit_months if limited else None,
            "policy_months": row.policy_months,
            "counted_from": first,
            "latest_end": latest,
        },
        "funding": {
            "currency": "USD",
            "limit": exact(row.funding_limit) if limited else None,
            "policy_limit": exact(row.policy_funding),
            "planned": exact(row.planned) if ledger else None,
            "notified": exact(row.notified) if ledger else None,
            "awarded": exact(row.awarded) if ledger else None,
            "obligated": exact(row.obligated) if ledger else None,
            "disbursed": exact(row.disbursed) if ledger else None,
        },
        "updated_at": row.updated_at,
    }


def detail(row: Partnership) -> dict[str, Any]:
    """A partnership with its terms, its limits and what was publicly stated about it."""
    confirmation = getattr(row, "origin_confirmation", None)
    said = _brief(_row_of(row)) | {
        "origin": {
            "reason": row.origin_reason,
            "decision": row.decision_id,
            "superseded_at": row.decision.superseded_at if row.decision else None,
            "confirmed_at": confirmation.at if confirmation else None,
        },
        "focus_regions": row.focus_regions,
        "forms": row.forms,
        "fund_account": row.fund_account,
        "coordination_body": row.coordination_body,
        "legal_review": {
            "result": row.legal_review,
            "reviewed_on": row.legal_reviewed_on,
            "reported_to_congress_on": row.reported_to_congress_on,
            "published_on": row.published_on,
        },
        "limits_citation": row.limits.citation,
    }
    ledger = row.kind == RecordKind.MANAGED
    said["funding"]["other_us_cash"] = exact(row.other_us_cash()) if ledger else None
    return reasoned(said, _reason_in(row)) | {
        "exceptions": [_exception(exception) for exception in row.limit_exceptions.all()],
        "participants": [
            {"government": p.government, "name": p.name, "leads": p.is_lead} for p in row.participants.all()
        ],
        "objectives": [
            {"number": o.number, "title": o.title, "paradigm": o.paradigm, "system": o.system, "outcome": o.outcome}
            for o in row.objectives.all()
            if not o.withdrawn
        ],
        "programmes": [programme(p) for p in row.programmes.all() if not p.withdrawn],
        "national_plans": [plan.title for plan in row.national_plans.all()],
        "statements": [_statement(s) for s in row.statements.all()],
    }


def _exception(row: LimitException) -> dict[str, Any]:
    said = {
        "kind": row.kind,
        "term_months": row.term_months,
        "funding": exact(row.funding),
        "reason": row.reason,
        "authority": row.grant.authority,
        "expires_on": row.expires_on,
    }
    return reasoned(said, lambda name: "not_recorded" if name == "expires_on" else "not_applicable")


def programme(row: Programme) -> dict[str, Any]:
    """A programme with what each government allocates to it now."""
    amounts = {amount.government: exact(amount.amount) for amount in row.amounts.all()}
    said = {"id": row.pk, "title": row.title, "us_amount": amounts.get("us"), "partner_amount": amounts.get("partner")}
    return reasoned(said, "not_set")


def _statement(row: FigureStatement) -> dict[str, Any]:
    said = {
        "kind": row.kind,
        "text": row.text,
        "amount": exact(row.amount),
        "currency": row.currency,
        "day": row.day,
        "stated_on": row.stated_on,
        "stated_in": row.stated_in,
        "source": row.source,
    }
    return reasoned(said, lambda name: "not_recorded" if name == "stated_on" else "not_applicable")


def stated_reason(row: Partnership) -> dict[str, Any]:
    """Return the stated reason for a partnership, and the confirmation of it."""
    confirmation = getattr(row, "origin_confirmation", None)
    said = {
        "reason": row.origin_reason,
        "confirmed_at": confirmation.at if confirmation else None,
        "note": confirmation.note if confirmation else "",
    }
    return reasoned(said, "not_yet" if row.origin_reason and row.kind == RecordKind.MANAGED else "not_applicable")


def contribution(row: Contribution) -> dict[str, Any]:
    """One contribution; it never counts against the limit of funding."""
    said = {
        "id": row.pk,
        "government": row.government,
        "kind": row.kind,
        "stage": row.stage,
        "fiscal_year": row.fiscal_year,
        "programme": row.programme_id,
        "description": row.description,
        "amount_usd": exact(row.amount_usd),
        "original_amount": exact(row.original_amount),
        "original_currency": row.original_currency,
        "rate": exact(row.rate),
        "rate_source": row.rate_source,
        "valuation_method": row.valuation_method,
        "staff_years": exact(row.staff_years),
        "account": row.account,
        "authority": row.authority,
        "source": row.source,
        "replaces": row.replaces_id,
        "recorded_at": row.at,
    }
    return reasoned(said, lambda name: "not_recorded" if name == "amount_usd" else "not_applicable")
