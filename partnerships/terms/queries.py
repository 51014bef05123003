"""Data for the page of terms, and the rows that its forms change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Model

from indicators.models import NationalPlan
from partnerships.models import (
    Activity,
    DataPlan,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
)

Amounts = Mapping[str, Decimal]
"""The allocations of governments to a program, by key of the government."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a partnership that are not withdrawn."""

    participants: Sequence[Participant]
    objectives: Sequence[Objective]
    responsibilities: Sequence[Responsibility]
    activities: Sequence[Activity]
    milestones: Sequence[Milestone]
    programs: Sequence[tuple[Program, Amounts]]
    mechanisms: Sequence[Mechanism]
    data_plans: Sequence[DataPlan]
    plans: Sequence[NationalPlan]


def terms_of(partnership: Partnership) -> Terms:
    activities = partnership.activities.filter(withdrawn=False).select_related("objective", "program")
    return Terms(
        participants=list(partnership.participants.all()),
        objectives=list(partnership.objectives.filter(withdrawn=False)),
        responsibilities=list(
            partnership.responsibilities.filter(withdrawn=False)
            .select_related("participant", "objective")
            .order_by("due_on", "pk")
        ),
        activities=list(activities.prefetch_related("milestones")),
        milestones=list(
            Milestone.objects.filter(activity__partnership=partnership, activity__withdrawn=False)
            .select_related("activity")
            .order_by("planned_on", "pk")
        ),
        programs=programs_of(partnership),
        mechanisms=list(partnership.mechanisms.filter(withdrawn=False)),
        data_plans=list(partnership.data_plans.filter(withdrawn=False)),
        plans=list(partnership.national_plans.all()),
    )


def programs_of(partnership: Partnership) -> list[tuple[Program, Amounts]]:
    amounts: dict[int, dict[str, Decimal]] = {}
    rows = ProgramAmount.objects.filter(program__partnership=partnership)
    for row in rows.order_by("program_id", "government", "-id").distinct("program_id", "government"):
        amounts.setdefault(row.program_id, {})[row.government] = row.amount
    return [(row, amounts.get(row.pk, {})) for row in partnership.programs.filter(withdrawn=False)]


def find_row(model: type[Model], owner: str, partnership: Partnership, pk: int) -> Model | None:
    """Return a row that belongs to a partnership, or None.

    `owner` is the lookup from the row to the partnership.
    """
    return model._default_manager.filter(**{owner: partnership}, pk=pk).first()


def next_number(partnership: Partnership) -> int:
    """Return the next number of an objective, counting withdrawn ones."""
    last = partnership.objectives.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
