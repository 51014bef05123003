"""Compacts of a country, as the selection shows them beside a candidate."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse

from cpc.web import formats
from partnerships.limit_position import LimitPosition, limit_positions, stated_by
from partnerships.limits import months_needed
from partnerships.lookups.limit_policies import policy_in_force
from partnerships.models import FigureKind, FigureStatement, LimitPolicy, Partnership, Status
from partnerships.states import ENDED, ONCE_IN_FORCE
from selection.queries import EarlierCompact, PolicyLimits, StatedAmount

_BOUND = re.compile(r"(up to|more than|over|at least|about|near)\b", re.IGNORECASE)


def limits_on(day: date) -> PolicyLimits | None:
    policy = policy_in_force(day)
    return PolicyLimits(policy.term_months, policy.funding, policy.citation) if policy else None


def compacts_of(countries: Collection[str], on: date) -> Mapping[str, Sequence[EarlierCompact]]:
    """Return every compact that was signed or is being prepared, by country code, oldest first; samples never."""
    rows = Partnership.objects.counted().filter(country__code__in=list(countries)).exclude(status=Status.CANCELED)
    policy = policy_in_force(on)
    found: dict[str, list[EarlierCompact]] = {}
    for position in limit_positions(list(rows.select_related("country", "limit_policy"))):
        found.setdefault(position.partnership.country.code, []).append(_compact(position, policy, on))
    return {code: sorted(own, key=lambda row: row.signed or date.max) for code, own in found.items()}


def _compact(position: LimitPosition, policy: LimitPolicy | None, on: date) -> EarlierCompact:
    row = position.partnership
    planned, later = _planned(position), _later(position)
    signed = row.signed_on or (row.starts_on if row.status in ONCE_IN_FORCE else None)
    last = row.term_last_day
    months = months_needed(row.counted_from, last) if row.counted_from and last else 0
    highest = max((amount.amount for amount in (planned, *later) if amount), default=Decimal(0))
    return EarlierCompact(
        country=row.country.code,
        title=row.title,
        status=row.get_status_display().lower(),
        url=reverse("partnership", args=[row.pk]),
        signed=signed,
        ended=row.ended_on,
        ends=row.ends_on,
        planned=planned,
        later=later,
        extended_to=months if position.planned_end and last and position.planned_end < last else None,
        months_over=max(months - policy.term_months, 0) if policy else 0,
        funding_over=max(highest - policy.funding, Decimal(0)) if policy else Decimal(0),
        is_over=row.status in ENDED or bool(signed and last and last < on),
    )


def _planned(position: LimitPosition) -> StatedAmount | None:
    """Return the first amount that was planned; for a compact that is run here, the sum of its programs."""
    if not position.is_documented:
        return StatedAmount(position.planned) if position.planned else None
    return next((_stated(row) for row in _dollars(position, FigureKind.US_PLANNED)), None)


def _later(position: LimitPosition) -> tuple[StatedAmount, ...]:
    """Return the totals that were stated and differ from the amount planned, by day; those without a day come last."""
    if not position.is_documented:
        obligated = position.obligated
        return (StatedAmount(obligated, "obligated"),) if obligated else ()
    rows = sorted(_dollars(position, FigureKind.US_TOTAL), key=lambda row: (stated_by(row) or date.max, row.pk))
    planned = next((row.amount for row in _dollars(position, FigureKind.US_PLANNED)), None)
    return tuple(_stated(row) for row in rows if row.amount != planned)


def _dollars(position: LimitPosition, kind: FigureKind) -> list[FigureStatement]:
    return [row for row in position.statements if row.kind == kind and row.currency == "USD" and row.amount]


def _stated(row: FigureStatement) -> StatedAmount:
    bound = _BOUND.match(row.text)
    return StatedAmount(
        row.amount or Decimal(0),
        bound[1].lower() if bound else "",
        formats.day(row.stated_on) if row.stated_on else row.stated_in,
    )
