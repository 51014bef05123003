"""Parts that the branches of the queue share: open rounds, requests that wait for answers, and names of rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse

from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Row, Shown
from selection.consultation.queries import ASKED
from selection.models import (
    ANSWERING,
    EvidenceVersion,
    PoolReason,
    Position,
    PositionValue,
    ProceedWithout,
    RequestCandidate,
)

OWN_AGENCIES = f"""WITH RECURSIVE own (id) AS (
    SELECT agency_id FROM accounts_user WHERE id = {ACCOUNT}
    UNION SELECT a.id FROM accounts_agency a JOIN own ON a.successor_id = own.id) SELECT id FROM own"""  # noqa: S608  # a constant
"""SQL for the agency of the reader and those that it succeeds."""


def round_name(prefix: str) -> Concat:
    """Return SQL for the name of a round, as `SelectionRound` prints it."""
    year = Cast(f"{prefix}fiscal_year", CharField())
    return Concat(F(f"{prefix}title"), Value(", FY "), year, output_field=CharField())


def of_round(
    key: str, category: Category, rows: QuerySet[Any], show: Callable[[Row], Shown], prefix: str = "", **columns: Any
) -> Branch:
    """Return a branch whose titles name the round; `prefix` leads from its rows to it."""
    return Branch(key, category, rows, show, subject=round_name(prefix), **columns)


def page(name: str, *parts: Any) -> str:
    return reverse(name, args=list(parts))


def note_page(row: Row, name: str) -> str:
    """Return the URL of a form on the page of the first note of a round, among the facts of its row."""
    reference = f"{row.facts['series']}-{row.facts['number']}"
    return f"{page('note', row.id, reference)}#{name}"


def count(rows: QuerySet[Any], key: str) -> Coalesce:
    """Return the number of rows that point to the record by `key`; they must name it by `OuterRef`."""
    counted = rows.order_by().values(key).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def first(rows: QuerySet[Any], column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def label_of(model: type[Model], name: str) -> Case:
    """Return the label of a choice as SQL."""
    choices: Mapping[str, str] = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    whens = [When(**{name: value}, then=Value(label)) for value, label in choices.items()]
    return Case(*whens, default=F(name), output_field=CharField())


def short_name(prefix: str) -> Case:
    """Return SQL for the short name of an agency."""
    from django.db.models.functions import Upper

    return Case(When(**{f"{prefix}short_name": ""}, then=Upper(f"{prefix}code")), default=F(f"{prefix}short_name"))


def owed() -> QuerySet[RequestCandidate]:
    """Return the candidates on which an agency owes a position and has given none."""
    own = {"request": OuterRef("request"), "candidate": OuterRef("candidate")}
    final = Position.objects.live().final().filter(**own)
    return RequestCandidate.objects.filter(
        ASKED,
        ~Exists(final),
        ~Exists(ProceedWithout.objects.filter(**own)),
        request__round__state__in=ANSWERING,
        request__due_on__isnull=False,
        candidate__excluded_because=PoolReason.CANDIDATE,
    )


def more_time() -> Exists:
    """Return the condition, on candidates of requests, that a request for more time has no answer."""
    wishes = Position.objects.live().filter(
        request=OuterRef("request"),
        candidate=OuterRef("candidate"),
        value=PositionValue.EXTENSION,
        extension_answer__isnull=True,
    )
    return Exists(wishes)


def positions() -> QuerySet[Position]:
    """Return the current positions on candidates in the pool of rounds whose answers still count."""
    return Position.objects.live().filter(
        ASKED, request__round__state__in=ANSWERING, candidate__excluded_because=PoolReason.CANDIDATE
    )


def newest_evidence() -> Subquery:
    """Return the newest version of the evidence, on positions."""
    rows = EvidenceVersion.objects.filter(candidate=OuterRef("candidate")).order_by("-pk")
    return Subquery(rows.values("pk")[:1])
