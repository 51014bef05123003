"""The list of all partnerships, with its filters, order, and totals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, IntegerField, Min, OrderBy, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan

from partnerships.limit_position import AHEAD
from partnerships.lookups.late import with_overdue
from partnerships.models import (
    RUN_HERE,
    Award,
    Dialogue,
    DialogueState,
    GeneralEvent,
    Government,
    Objective,
    Participant,
    Partnership,
    PartnershipQuerySet,
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


def partnerships(today: date) -> PartnershipQuerySet:
    return with_overdue(Partnership.objects.select_related("country", "limit_policy"), today)


def filter_partnerships(
    rows: PartnershipQuerySet,
    today: date,
    *,
    q: str = "",
    group: str = "",
    region: str = "",
    kind: str = "",
    attention: str = "",
) -> PartnershipQuerySet:
    """Return the rows that pass every filter; an empty one filters nothing. The values are those of the URL.

    Samples are among them only if their kind is asked for.
    """
    if q:
        rows = rows.filter(_matching(q))
    if group:
        rows = rows.filter(status__in=GROUPS[group][1])
    if region:
        rows = rows.filter(country__region=region)
    rows = rows.filter(kind=kind) if kind else rows.counted()
    return rows.filter(_attention(attention, today)) if attention else rows


def _matching(text: str) -> Q:
    return Q(country__in=_countries_matching(text)) | Q(title__icontains=text.strip())


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
        "overdue": overdue,
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
    return (Q(kind=RecordKind.DOCUMENTED) & practice) | (Q(kind__in=RUN_HERE) & (Q(late) | reduce(or_, totals)))


def sort_partnerships(rows: QuerySet[Partnership], sort: str) -> QuerySet[Partnership]:
    """Sort by a column of `SORTS`, descending with "-". Empty values come last."""
    column = F(SORTS[sort.removeprefix("-")])
    return rows.order_by(OrderBy(column, descending=sort.startswith("-"), nulls_last=True), "pk")


HELD_STATES = (DialogueState.HELD, DialogueState.CONCLUDED)
MORE = ("region", "dialogues-held", "objectives", "ministries", "implementers")
"""Keys of columns that are shown only when a reader chooses them; all but the first are read only then."""


def with_counts(rows: QuerySet[Partnership], columns: str) -> QuerySet[Partnership]:
    """Annotate what the chosen columns need: numbers of records, and names of offices and recipients."""
    wanted = set(MORE) if columns == "all" else set(columns.split(","))
    here = OuterRef("pk")
    found: dict[str, Any] = {
        "dialogues-held": _number(Dialogue.objects.filter(partnership=here, state__in=HELD_STATES)),
        "objectives": _number(Objective.objects.filter(partnership=here)),
        "ministries": ArraySubquery(
            Participant.objects.filter(partnership=here, government=Government.PARTNER).values("name")
        ),
        "implementers": ArraySubquery(
            Award.objects.filter(partnership=here).order_by("recipient").values("recipient").distinct()
        ),
    }
    return rows.annotate(**{key.replace("-", "_") + "_shown": found[key] for key in found if key in wanted})


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("partnership").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def partnerships_in_force(rows: PartnershipQuerySet, today: date, limit: int) -> list[Partnership]:
    """Return the partnerships in force, the earliest last day first.

    Documented partnerships whose last day has passed come last.
    """
    documented = Q(status__in=IN_FORCE, kind=RecordKind.DOCUMENTED)
    passed = Case(When(_running(today), then=0), default=1)
    known = rows.counted().filter(_running(today) | documented)
    return list(known.order_by(passed, F("ends_on").asc(nulls_last=True), "pk")[:limit])


def regions() -> list[str]:
    rows = Partnership.objects.counted().exclude(country__region="").order_by("country__region")
    return list(rows.values_list("country__region", flat=True).distinct())


def summary(today: date) -> dict[str, Any]:
    """Return counts over all partnerships, and sums over those with a ledger."""
    ledger = Q(kind=RecordKind.MANAGED)
    return (
        Partnership.objects.counted()
        .order_by()
        .aggregate(
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
    )


def general_events() -> list[GeneralEvent]:
    """Return events that concern several partnerships, with the number of those in `concerned`."""
    return list(GeneralEvent.objects.annotate(concerned=Count("concerns")).order_by("-happened_on", "pk"))


def samples() -> list[Partnership]:
    return list(Partnership.objects.filter(kind=RecordKind.SAMPLE).select_related("country").order_by("pk"))
