from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from cpc.accounts.models import User
from partnerships.api_base.endpoints import (
    IF_MATCH,
    PK,
    TAGS,
    RevisionEndpoint,
    get_or_400,
    programs,
)
from partnerships.api_base.part_serializers import PartnershipProgramSerializer
from partnerships.api_base.parts import PartRows, part
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    OpeningTerms,
    Participant,
    Partnership,
    PlanTakenIntoAccount,
    Program,
    ProgramAmount,
    Responsibility,
)
from partnerships.terms import services
from partnerships.terms.serializers import (
    AmountSerializer,
    NewAmountsSerializer,
    NewPartnershipProgramSerializer,
)

PARTICIPANTS = part(
    "participants",
    "participant",
    Participant,
    title="Participants of a partnership",
    description="The ministries and offices of both governments that take part.",
    fields="id government name is_lead contact_office",
    notes={"name": "The ministry or office.", "is_lead": "Whether it leads for its government."},
    order=("government", "name"),
    filters="government",
)
OBJECTIVES = part(
    "objectives",
    "objective",
    Objective,
    title="Objectives of a partnership",
    description="What both governments want to reach, in order.",
    fields="id number title text paradigm system outcome withdrawn",
    notes={"text": "The objective in full.", "outcome": "The intended outcome."},
    order=("number", "pk"),
    filters="paradigm system",
)
RESPONSIBILITIES = part(
    "responsibilities",
    "responsibility",
    Responsibility,
    title="Responsibilities in a partnership",
    description="What each participant undertakes, with how far it is.",
    fields="id participant objective text due_on status evidence withdrawn",
    notes={"text": "What it undertakes.", "status": "How far it is.", "evidence": "The evidence of it."},
    reasons={"objective": "not_applicable"},
    filters="participant objective status",
)
ACTIVITIES = part(
    "activities",
    "activity",
    Activity,
    title="Activities of a partnership",
    description="What is done toward each objective, by its planned first day.",
    fields=(
        "id objective program title region=place implementer planned_start planned_end actual_start actual_end status "
        "withdrawn"
    ),
    notes={
        "region": "The region or town; never the address of a shelter.",
        "implementer": "Who carries it out.",
        "status": "How far it is.",
    },
    reasons={"program": "not_applicable"},
    order=("planned_start", "pk"),
    filters="objective program status",
)
MILESTONES = part(
    "milestones",
    "milestone",
    Milestone,
    title="Milestones of a partnership's activities",
    description="The milestones of each activity, by the planned day.",
    fields="id activity title planned_on reached_on",
    notes={"reached_on": "The day on which it was reached."},
    reasons={"reached_on": "not_yet"},
    order=("planned_on", "pk"),
    filters="activity",
)
MECHANISMS = part(
    "mechanisms",
    "mechanism",
    Mechanism,
    title="Mechanisms of a partnership",
    description="How the partnership is implemented, monitored, assessed, and sustained.",
    fields="id kind body procedure frequency withdrawn",
    notes={"body": "The body that runs it.", "frequency": "How often it meets or reports."},
    filters="kind",
)
DATA_PLANS = part(
    "data-plans",
    "data plan",
    DataPlan,
    title="Data plans of a partnership",
    description="The kinds of data that the partner government collects, where, and how they are protected.",
    fields="id what institution system safeguards use withdrawn",
    notes={"what": "The kinds of data; never data about a child.", "use": "What they are used for."},
)
NATIONAL_PLANS = part(
    "national-plans",
    "national plan",
    PlanTakenIntoAccount,
    title="National plans that a partnership builds on",
    description="The partner government's plans that the partnership takes into account; see `/api/v1/plans/`.",
    fields="id plan plan_title=plan.title",
    notes={"plan": "The number of the plan.", "plan_title": "The title of the plan."},
)
OPENING_TERMS = part(
    "opening-terms",
    "opening term",
    OpeningTerms,
    title="Opening terms of a partnership",
    description="The amount and the months that a partnership began with, and why they differ from the decision.",
    fields="id amount months reason recorded_by=recorded_by.name at",
    notes={"amount": "In U.S. dollars.", "months": "The length of the term.", "reason": "Why they differ."},
)
PROGRAMS = part(
    "programs",
    "program",
    Program,
    title="Programs of a partnership",
    description="Programs and what each government allocates to them now.",
    serializer=PartnershipProgramSerializer,
    from_instances=True,
    rows=lambda _user: programs(),
    order=("title", "pk"),
)
AMOUNTS = part(
    "amounts",
    "amount",
    ProgramAmount,
    prefix="",
    title="Amounts of programs",
    description="Every amount stated for a program, newest first.",
    serializer=AmountSerializer,
    order=("-pk",),
)


@extend_schema_view(
    create=extend_schema(
        operation_id="partnership_program_open",
        summary="Open a program",
        description="Adds a program before signature. Returns the updated partnership.",
        parameters=[PK, IF_MATCH],
        request=NewPartnershipProgramSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Programs(RevisionEndpoint, PartRows):
    resource = PROGRAMS
    required_permission = RevisionEndpoint.required_permission
    body_serializer = NewPartnershipProgramSerializer

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        services.add_term(term=Program(partnership=partnership, **values), actor=actor)


@extend_schema_view(
    create=extend_schema(
        operation_id="amounts_state",
        summary="State amounts of programs",
        description=(
            "States what each government allocates to programs (22 U.S.C. 7103a(d)(2)(C)), before signature. Amounts "
            "that would exceed the funding limit return 422 with code, limit, would_be, and citation."
        ),
        parameters=[PK, IF_MATCH],
        request=NewAmountsSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Amounts(RevisionEndpoint, PartRows):
    resource = AMOUNTS
    required_permission = RevisionEndpoint.required_permission
    body_serializer = NewAmountsSerializer

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        own = partnership.programs.filter(withdrawn=False)
        amounts = [
            (get_or_400(own, "program", row["program"]), Government(row["government"]), row["amount"])
            for row in values["amounts"]
        ]
        services.set_amounts(partnership=partnership, amounts=amounts, actor=actor)
