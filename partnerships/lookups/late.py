"""Late work on a day: the one definition that pages, files, notices, the queue, mail, and REST read.

A record is late from the day after its own. The rows are those of the queue: a close-out counts once, whatever its
steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import add, attrgetter
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, JSONObject

from cpc.web import formats
from partnerships.lookups import duties
from partnerships.lookups.field_findings import findings_without_evidence
from partnerships.models import Evaluation, NoticeKind, Partnership, PartnershipQuerySet, RecordKind, ReportDue

LONGEST = 80
"""The most characters of what a person wrote in the line of a row."""


def label_of(model: type[Model], name: str) -> Case:
    """Return the label of a choice as SQL."""
    choices = model._meta.get_field(name).flatchoices  # type: ignore[union-attr]  # a column with choices
    whens = [When(**{name: value}, then=Value(label)) for value, label in choices]
    return Case(*whens, default=F(name), output_field=CharField())


@dataclass(frozen=True, slots=True)
class Facts:
    """Columns that the line of a row shows, as read with its day."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        return str(self.values[name])[:LONGEST]

    def day(self, name: str) -> str:
        return formats.day(date.fromisoformat(self.values[name]))


@dataclass(frozen=True, slots=True)
class Announcement:
    """Announcement of a late row: `begin` begins the sentence that ends with the due day.

    A row with another day is announced again, unless `is_once`.
    """

    kind: NoticeKind
    key: str
    begin: Callable[[Any], str]
    related: tuple[str, ...] = ()
    is_once: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of work with a day: its open rows, the day, lookup of the partnership, line, and part of the page.

    `rows` take the day of the reader, as a date or as SQL, for what is open only before or after it. `of_all` are the
    same rows, found faster among those of all partnerships.
    """

    key: str
    rows: Callable[[Any], QuerySet[Any]]
    day: str | Callable[[], Any]
    partnership: str
    line: Callable[[Facts], str]
    anchor: str
    facts: Mapping[str, str | Combinable] = field(default_factory=dict)
    notified: Announcement | None = None
    of_all: Callable[[], QuerySet[Any]] | None = None

    @property
    def on(self) -> Any:
        """Return the day as SQL."""
        return F(self.day) if isinstance(self.day, str) else self.day()

    def dated(self, today: date, *, of_all: bool = False) -> QuerySet[Any]:
        """Return the open rows with their day as `late_day`."""
        rows = self.of_all() if of_all and self.of_all is not None else self.rows(today)
        dated: QuerySet[Any] = rows.order_by().alias(late_day=Cast(self.on, DateField()))
        return dated

    def late(self, today: date, *, of_all: bool = False) -> QuerySet[Any]:
        return self.dated(today, of_all=of_all).filter(late_day__lt=today)

    def path(self, column: str) -> str:
        """Return the lookup of a column of the partnership."""
        return f"{self.partnership}__{column}" if self.partnership else column

    def partnership_of(self, row: Any) -> Partnership:
        found: Partnership = attrgetter(self.partnership.replace("__", "."))(row) if self.partnership else row
        return found


def _any_day(rows: Callable[[], QuerySet[Any]]) -> Callable[[Any], QuerySet[Any]]:
    return lambda _today: rows()


def _owned(what: str) -> Callable[[Facts], str]:
    return lambda facts: f"{facts.text('owner')}: {what.format(facts.text('text'))}"


DUTIES = (
    Duty(
        "report", _any_day(duties.reports_open), "due_on", "award__partnership",
        lambda facts: f"{facts.text('kind')} of {facts.values['recipient']}", "money",
        {"kind": label_of(ReportDue, "kind"), "recipient": "award__recipient"},
        Announcement(
            NoticeKind.REPORT_OVERDUE, "report", lambda row: f"{row.award.recipient}: {row}", is_once=True,
        ),
        duties.reports_open_of_all,
    ),
    Duty(
        "award-start", _any_day(duties.awards_to_start), "starts_on", "partnership",
        lambda facts: f"Start of the award of {facts.values['recipient']}", "money", {"recipient": "recipient"},
    ),
    Duty(
        "award-end", _any_day(duties.awards_to_end), "ends_on", "partnership",
        lambda facts: f"End of the award of {facts.values['recipient']}", "money", {"recipient": "recipient"},
    ),
    Duty(
        "award-closeout", _any_day(duties.awards_to_close), duties.closeout_day, "partnership",
        lambda facts: f"Close-out of the award of {facts.values['recipient']}", "money", {"recipient": "recipient"},
    ),
    Duty(
        "notification", _any_day(duties.notifications_open), duties.notification_day, "",
        lambda _: "Notification of Congress, before the first award that needs it", "money",
    ),
    Duty(
        "responsibility", _any_day(duties.responsibilities_open), "due_on", "partnership", _owned("{}"), "elements",
        {"owner": "participant__name", "text": "text"},
        Announcement(
            NoticeKind.RESPONSIBILITY_OVERDUE, "responsibility", lambda row: f"{row.participant}: {row}",
            ("participant",),
        ),
    ),
    Duty(
        "period", _any_day(duties.periods_open), "due_on", "partnership",
        lambda facts: f"Report on {facts.day('first')} to {facts.day('last')}", "objectives",
        {"first": "starts_on", "last": "ends_on"},
        Announcement(NoticeKind.PERIOD_OVERDUE, "period", lambda row: f"The report on {row}"),
    ),
    Duty(
        "dialogue", _any_day(duties.dialogues_open), "planned_on", "partnership",
        lambda facts: f"Hold dialogue {facts.values['number']}", "dialogues", {"number": "number"},
    ),
    Duty(
        "dialogue-due", duties.dialogues_to_plan, duties.dialogue_day, "",
        lambda _: "The yearly dialogue; none is planned", "dialogues",
    ),
    Duty(
        "action", _any_day(duties.actions_open), "due_on", "dialogue__partnership", _owned("{}"), "dialogues",
        {"owner": "owner__name", "text": "text"},
        Announcement(NoticeKind.ACTION_OVERDUE, "action", lambda row: f"{row.owner}: {row}", ("owner",)),
    ),
    Duty(
        "measure", _any_day(duties.measures_open), "review_on", "partnership",
        lambda facts: f"Review of the measure “{facts.text('text')}”", "elements", {"text": "text"},
        Announcement(
            NoticeKind.REVIEW_OVERDUE, "measure", lambda row: f"{row.owner}: the review of the measure “{row}”",
            ("owner",),
        ),
    ),
    Duty(
        "risk", _any_day(duties.risks_open), "review_on", "partnership",
        lambda facts: f"Review of the risk “{facts.text('text')}”", "elements", {"text": "text"},
        Announcement(
            NoticeKind.REVIEW_OVERDUE, "risk", lambda row: f"{row.owner}: the review of the risk “{row}”", ("owner",),
        ),
    ),
    Duty(
        "activity", _any_day(duties.activities_open), "planned_end", "partnership",
        lambda facts: f"End of the activity “{facts.values['title']}”", "objectives", {"title": "title"},
    ),
    Duty(
        "milestone", _any_day(duties.milestones_open), "planned_on", "activity__partnership",
        lambda facts: f"Milestone “{facts.values['title']}”", "objectives", {"title": "title"},
    ),
    Duty(
        "finding", _any_day(findings_without_evidence), "due_on", "partnership",
        lambda facts: f"Finding “{facts.text('text')}”: {facts.text('action')}", "objectives",
        {"text": "text", "action": "action"},
    ),
    Duty(
        "evaluation", _any_day(duties.evaluations_open), "planned_on", "partnership",
        lambda facts: f"{facts.text('kind')}: {facts.values['title']}", "elements",
        {"kind": label_of(Evaluation, "kind"), "title": "title"},
    ),
    Duty("term-start", _any_day(duties.terms_to_start), "starts_on", "", lambda _: "Start of the term", "limits"),
    Duty(
        "term-end", duties.terms_over, "ends_on", "", lambda _: "Term ended; completion not recorded", "limits",
    ),
    Duty(
        "publication", duties.instruments_to_publish, duties.publication_day, "",
        lambda _: "Publication of the instrument (1 U.S.C. 112b)", "limits",
    ),
)  # fmt: skip
"""All work with a day on partnerships that people run here. The queue shows the same rows, with their forms."""


# ---- counts ----------------------------------------------------------------------------------------------------------


def with_overdue(partnerships: PartnershipQuerySet, today: date) -> PartnershipQuerySet:
    """Annotate partnerships with `overdue`: the number of late records."""
    return partnerships.annotate(overdue=reduce(add, (_count_of(duty, today) for duty in DUTIES)))


def _count_of(duty: Duty, today: date) -> Coalesce:
    key = duty.path("pk")
    late = duty.late(today).filter(**{key: OuterRef("pk")})
    counted = late.values(key).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class LateCounts:
    """Numbers of late records of all partnerships; those of samples are in no total."""

    counted: int
    of_samples: int


def late_counts(today: date) -> LateCounts:
    """Count what is late in all partnerships, in one query."""
    counts = [
        duty.late(today, of_all=True).values_list(duty.path("kind")).annotate(number=Count("pk")) for duty in DUTIES
    ]
    first, *others = counts
    by_kind = {True: 0, False: 0}
    for kind, number in first.union(*others, all=True):
        by_kind[kind == RecordKind.SAMPLE] += number
    return LateCounts(by_kind[False], by_kind[True])


# ---- rows ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DatedRow:
    """One record with a day: its line, and the partnership it is about."""

    day: date
    text: str
    anchor: str
    partnership_id: int
    country: str
    is_sample: bool


def dated_rows(
    today: date, first: date, last: date, *, partnership: Partnership | None = None, limit: int
) -> list[DatedRow]:
    """Return the first open records with a day between two days, of one partnership or of all, in one query."""
    parts = [_between(slot, duty, today, (first, last), partnership)[:limit] for slot, duty in enumerate(DUTIES)]
    if not limit:
        return []
    found = parts[0].union(*parts[1:], all=True).order_by("day_found", "slot", "key_found")[:limit]
    return [
        DatedRow(
            row["day_found"],
            DUTIES[row["slot"]].line(Facts(_loaded(row["facts_found"]))),
            DUTIES[row["slot"]].anchor,
            row["partnership_found"],
            row["country_found"],
            row["kind_found"] == RecordKind.SAMPLE,
        )
        for row in found
    ]


def _between(
    slot: int, duty: Duty, today: date, days: tuple[date, date], partnership: Partnership | None
) -> QuerySet[Any, dict[str, Any]]:
    rows = duty.dated(today, of_all=partnership is None).filter(late_day__gte=days[0], late_day__lte=days[1])
    if partnership is not None:
        rows = rows.filter(**{duty.path("pk"): partnership.pk})
    return rows.order_by("late_day", "pk").values(
        slot=Value(slot),
        key_found=F("pk"),
        day_found=Cast(duty.on, DateField()),
        partnership_found=F(duty.path("pk")),
        country_found=F(duty.path("country__name")),
        kind_found=F(duty.path("kind")),
        facts_found=JSONObject(**duty.facts),
    )


def _loaded(facts: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(facts) if isinstance(facts, str) else facts
    return found
