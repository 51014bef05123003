"""The list of all partnerships: filters, order, counts, and sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, Min, OrderBy, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan

from partnerships.limit_position import AHEAD
from partnerships.lookups.duties import with_overdue
from partnerships.models import (
    Partnership,
    RecordKind,
    Status,
)
from partnerships.models.term_expressions import LastLawfulDay
from partnerships.states import BEFORE_SIGNATURE, ENDED, IN_FORCE
from selection.queries import plain

GROUPS = {
    "preparing": ("Before signature", BEFORE_SIGNATURE),
    "in_force": ("In force", IN_FORCE),
    "over": ("Ended", ENDED | {Status.CANCELED}),
}
"""Groups of statuses that a reader can filter by: label and statuses."""

ATTENTION = {
    "risk": "Needs attention",
    "ending": f"Ends within {AHEAD} days",
    "overdue": "Has overdue items",
    "exception": "Over a limit",
}
"""Filters by needed attention, by their value in the URL."""

SORTS = {
    "country": "country__name",
    "status": "status",
    "start": "starts_on",
    "end": "ends_on",
    "planned": "planned_total",
    "obligated": "obligated_total",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts and sums over all partnerships.

    Sums cover partnerships with a ledger; the others are counted separately.
    """

    total: int
    in_force: int
    lapsed: int
    ending: int
    with_ledger: int
    documented: int
    planned: Decimal
    obligated: Decimal
    disbursed: Decimal
    first_start: date | None


def partnerships(today: date) -> QuerySet[Partnership]:
    """Return every partnership with its country, its policy, and its number of overdue items."""
    return with_overdue(Partnership.objects.select_related("country", "limit_policy"), today)


def filter_partnerships(
    rows: QuerySet[Partnership],
    today: date,
    *,
    q: str = "",
    group: str = "",
    region: str = "",
    kind: str = "",
    attention: str = "",
) -> QuerySet[Partnership]:
    """Return the rows that pass every filter; an empty one filters nothing. The values are those of the URL."""
    if q:
        rows = rows.filter(Q(country__in=_countries_matching(q)) | Q(title__icontains=q.strip()))
    if group:
        rows = rows.filter(status__in=GROUPS[group][1])
    if region:
        rows = rows.filter(country__region=region)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(_attention(attention, today)) if attention else rows


def _countries_matching(text: str) -> list[int]:
    """Return countries with a partnership whose name or code matches.

    Accents and apostrophes are ignored.
    """
    wanted = plain(text)
    countries = Partnership.objects.order_by().values_list("country", "country__name", "country__code").distinct()
    return [pk for pk, name, code in countries if wanted in plain(name) or wanted == plain(code)]


def _running(today: date) -> Q:
    return Q(status__in=IN_FORCE) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def _attention(kind: str, today: date) -> Q:
    ending = Q(status__in=IN_FORCE, ends_on__lte=today + timedelta(days=AHEAD))
    overdue = Q(overdue__gt=0)
    known = {
        "ending": ending & Q(ends_on__gte=today),
        "overdue": overdue | (ending & Q(ends_on__lt=today, kind=RecordKind.MANAGED)),
        "exception": _past_policy(),
        "risk": ending | overdue | Q(status=Status.SUSPENDED),
    }
    return known[kind]


def _past_policy() -> Q:
    """Return the condition of a term or money past the limit of the policy, as the badge of limits has it.

    Of a documented partnership, practice past a limit is what raised its own limit.
    """
    policy_end = LastLawfulDay(Least("starts_on", "signed_on"), F("limit_policy__term_months"))
    totals = [Q(**{f"{name}__gt": F("limit_policy__funding")}) for name in ("planned_total", "notified_total")]
    practice = Q(funding_limit__gt=F("limit_policy__funding")) | Q(term_limit_months__gt=F("limit_policy__term_months"))
    late = GreaterThan(Coalesce("ended_on", "ends_on"), policy_end)
    return (Q(kind=RecordKind.DOCUMENTED) & practice) | (Q(kind=RecordKind.MANAGED) & (Q(late) | reduce(or_, totals)))


def sort_partnerships(rows: QuerySet[Partnership], sort: str) -> QuerySet[Partnership]:
    """Sort by a column of `SORTS`, descending with "-". Empty values come last."""
    column = F(SORTS[sort.removeprefix("-")])
    return rows.order_by(OrderBy(column, descending=sort.startswith("-"), nulls_last=True), "pk")


def partnerships_in_force(rows: QuerySet[Partnership], today: date, limit: int) -> list[Partnership]:
    """Return the partnerships in force, the earliest last day first.

    Documented partnerships whose last day has passed come last.
    """
    documented = Q(status__in=IN_FORCE, kind=RecordKind.DOCUMENTED)
    passed = Case(When(_running(today), then=0), default=1)
    known = rows.filter(_running(today) | documented)
    return list(known.order_by(passed, F("ends_on").asc(nulls_last=True), "pk")[:limit])


def regions() -> list[str]:
    rows = Partnership.objects.exclude(country__region="").order_by("country__region")
    return list(rows.values_list("country__region", flat=True).distinct())


def summary(today: date) -> Summary:
    ledger = Q(kind=RecordKind.MANAGED)
    totals = Partnership.objects.order_by().aggregate(
        total=Count("pk"),
        in_force=Count("pk", filter=_running(today)),
        lapsed=Count("pk", filter=Q(status__in=IN_FORCE, ends_on__lt=today)),
        ending=Count("pk", filter=_attention("ending", today)),
        with_ledger=Count("pk", filter=ledger),
        documented=Count("pk", filter=~ledger),
        planned=Sum("planned_total", filter=ledger, default=Decimal(0)),
        obligated=Sum("obligated_total", filter=ledger, default=Decimal(0)),
        disbursed=Sum("disbursed_total", filter=ledger, default=Decimal(0)),
        first_start=Min("starts_on"),
    )
    return Summary(**totals)


def managed_keys(keys: Iterable[int]) -> list[int]:
    rows = Partnership.objects.filter(pk__in=list(keys), kind=RecordKind.MANAGED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def find_by_name(query: str, limit: int = 8) -> list[Partnership]:
    rows = filter_partnerships(Partnership.objects.select_related("country"), date.min, q=query)
    return list(rows.order_by("country__name", "pk")[:limit])
