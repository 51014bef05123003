"""Base classes, lookups, and ETags of partnership endpoints.

The endpoint of steps tells what blocks each step of a record today, and takes one. A subclass names its machine and
serializers, and defines how to find, lock, represent, and step its record::

    @extend_schema_view(get=extend_schema(operation_id="period_transitions", ...), post=extend_schema(...))
    class PeriodTransitions(_PeriodEndpoint, StepEndpoint[ReportingPeriod]):
        machine, checks = PERIOD, PERIOD_CHECKS
        steps_serializer, body_serializer = PeriodStepsSerializer, TakePeriodStepSerializer
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models, transaction
from django.db.models import (
    BooleanField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
)
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.conditional import etag_for, etag_from, require_match, tagged
from cpc.api.idempotency import idempotent
from cpc.api.permissions import check_scope
from cpc.api.views import Endpoint, Rows
from cpc.audit.authors import decider_findings
from cpc.audit.steps import with_target
from cpc.finding_targets import RecordKeys, located
from cpc.lifecycle import Checks, StateMachine, Transition, step_findings
from indicators.models import NationalPlan
from partnerships.api_base.outside import masked
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.api_base.step_serializers import AvailableStep
from partnerships.models import (
    EventConcern,
    FigureStatement,
    LimitException,
    Objective,
    Partnership,
    PartnershipQuerySet,
    Program,
    ProgramAmount,
    RecordKind,
)
from partnerships.withheld import seen_by, sees_withheld

Row = TypeVar("Row", bound=models.Model)


def number_of(name: str, help_text: str) -> OpenApiParameter:
    return OpenApiParameter(name, int, OpenApiParameter.PATH, description=help_text)


def if_match(what: str) -> OpenApiParameter:
    """Return the `If-Match` header, with which a change names the state that it applies to."""
    return OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description=(
            f"The ETag of the {what} when you last read it. Returns 412 if it has changed since then, 428 if "
            "the header is missing."
        ),
    )


PK = number_of("id", "The number of a partnership.")
IF_MATCH = if_match("partnership")
TAGS = ["partnerships"]
VIEW, EDIT, MONEY = Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY


SAMPLE_HEADER = "CPC-Record"
"""Header of a response about a record that is a sample. The rows of its parts do not say so themselves."""


class PartnershipChild:
    kwargs: dict[str, Any]
    is_sample = False

    def partnership(self) -> Partnership:
        """Return the partnership that the URL names, or raise `Http404`."""
        rows = Partnership.objects.select_related("country", "limit_policy")
        found = get_object_or_404(rows, pk=self.kwargs["id"])
        self.is_sample = found.is_sample
        return found

    def without_withheld(self, data: Any, user: User) -> Any:
        """Return data about this partnership as an account sees them: see `partnerships.withheld`."""
        return masked(data, seen_by(user, [self.kwargs["id"]]), self.kwargs["id"])

    def name_sample(self, response: Response) -> Response:
        """Name the record as a sample in the response, if it is one."""
        if self.is_sample:
            response[SAMPLE_HEADER] = "sample"
        return response

    def record_keys(self) -> RecordKeys:
        """Return the keys of this URL's records, for the pages where findings and errors are resolved."""
        return record_keys_at(self.kwargs["id"])


class PartnershipEndpoint(PartnershipChild, Endpoint):
    required_permission: Any = VIEW

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code == HTTPStatus.OK and request.method != "OPTIONS":
            response.data = self.without_withheld(response.data, user_of(request))
        return self.name_sample(super().finalize_response(request, response, *args, **kwargs))


class PartnershipList(PartnershipChild, Rows[Row], Generic[Row]):
    required_permission: Any = VIEW

    def presented(self, data: Any) -> Any:
        return self.without_withheld(data, user_of(self.request))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        return self.name_sample(super().finalize_response(request, response, *args, **kwargs))


def record_keys_at(number: int) -> RecordKeys:
    """Return the keys of the partnership of this number; none if it isn't there or no one can change it.

    Sample Country has no pages of its own.
    """
    run_here = Partnership.objects.run_here().filter(pk=number)
    found = run_here.values_list("country__code", "kind").first()
    if found is None:
        return {}
    code, kind = found
    return {"partnership": number} if kind == RecordKind.SAMPLE else {"partnership": number, "country": code}


def partnerships() -> PartnershipQuerySet:
    return Partnership.objects.order_by("country__name", "-starts_on", "-pk")


def programs() -> QuerySet[Program]:
    newest = ProgramAmount.objects.order_by("program_id", "government", "-id").distinct("program_id", "government")
    return Program.objects.filter(withdrawn=False).prefetch_related(Prefetch("amounts", newest))


def partnership_in_full(number: int) -> Partnership:
    """Return a partnership with everything that `PartnershipSerializer` shows.

    Raises `Http404` if there is none.
    """
    granted = LimitException.objects.filter(grant__isnull=False).select_related("grant").order_by("pk")
    rows = partnerships().select_related("country", "limit_policy", "decision", "origin_confirmation")
    with_parts = rows.prefetch_related(
        "participants",
        "national_plans",
        Prefetch("objectives", Objective.objects.filter(withdrawn=False)),
        Prefetch("programs", programs()),
        Prefetch("limit_exceptions", granted),
        Prefetch("statements", FigureStatement.objects.order_by("pk")),
        Prefetch("event_concerns", EventConcern.objects.select_related("event")),
    )
    return get_object_or_404(with_parts, pk=number)


def state_of_all() -> str:
    """Return text that differs after any change of any partnership, in one cheap query.

    The text is the sum of all versions. Versions only rise and no partnership is deleted, so two states never have
    the same sum, and no list, however filtered, differs while the sum is the same. A decision that is superseded
    makes no version, so they are counted.
    """
    with connection.cursor() as cursor:
        # SQL, because composing this query takes longer than running it.
        cursor.execute(
            "SELECT sum(p.version), count(d.superseded_at)"
            " FROM partnerships_partnership p LEFT JOIN selection_decision d ON d.id = p.decision_id"
        )
        changes, superseded = cursor.fetchone()
    return f"{changes} {superseded}"


def partnership_etag(request: Request, number: int) -> str:
    """Return the current ETag of a partnership's response, in one query.

    Raises `Http404` if there is no such partnership.
    """
    titles = NationalPlan.objects.filter(partnerships=OuterRef("pk")).order_by("pk").values("title")
    today = timezone.now().date()
    state = Partnership.objects.filter(pk=number).values_list(
        "pk",
        "version",
        "country__name",
        "country__region",
        "decision__superseded_at",
        ArraySubquery(titles),
        # The amount that can be obligated changes by the day alone.
        Func(F("pk"), Value(today), function="cpc_may_obligate", output_field=DecimalField()),
        ExpressionWrapper(Q(ends_on__lt=today), output_field=BooleanField()),
    )
    for values in state:
        return etag_from(request, repr((sees_withheld(user_of(request)), *values)))
    raise Http404


def get_at_revision(request: Request, number: int) -> Partnership:
    """Return the partnership at the client's revision, locked until the transaction ends.

    Responds with 412 if it changed since the client read it, and 428 without an `If-Match` header.
    """
    current = get_locked_or_404(Partnership.objects.all(), pk=number)
    require_match(request, partnership_etag(request, number))
    return current


def partnership_response(number: int, etag: str, status: int = 200) -> Response:
    return tagged(Response(PartnershipSerializer(partnership_in_full(number)).data, status=status), etag)


def updated_response(request: Request, number: int, status: int = 200) -> Response:
    """Return the response to a change: the updated partnership with its new ETag."""
    return partnership_response(number, partnership_etag(request, number), status)


def record_response(request: Request, shown: dict[str, Any], status: int = 200, **headers: str) -> Response:
    """Return the response to a write of another record: its representation, with the ETag of a GET of it."""
    return tagged(Response(shown, status=status, headers=headers), etag_for(request, shown))


def body_of(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the values of the body. Raises `ValidationError` (400) with each wrong field."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def get_or_400(rows: QuerySet[Any], field: str, value: object, *, by: str = "pk") -> Any:
    """Return the row that a field of the body names, or None for None.

    Raises `ValidationError` (400) if the partnership has no such row.
    """
    if value is None:
        return None
    row = rows.filter(**{by: value}).first()
    if row is None:
        raise ValidationError({field: [f"No such row: {value}."]}, code="does_not_exist")
    return row


def require_scope(request: Request, permission: str) -> None:
    """Raise an error (403) if the request's token lacks the scope of a permission.

    The error names the scope. It is not raised if the account lacks the permission itself.
    """
    check_scope(request, Permission(permission))


def get_locked_or_404(rows: QuerySet[Row], **which: Any) -> Row:
    """Return one row, locked until the transaction ends, or raise `Http404`.

    A row under a partnership is locked before its partnership, as every writer does.
    """
    return get_object_or_404(rows.select_for_update(of=("self",), no_key=True), **which)


def today() -> date:
    return timezone.now().date()


class RevisionEndpoint(PartnershipChild):
    """Base of the endpoints whose POST writes to a partnership at the revision that the client read."""

    required_permission: Any = {"GET": VIEW, "POST": EDIT}
    body_serializer: type[serializers.Serializer[Any]]
    also_requires: Permission | None = None
    """A permission whose scope the token needs beside that of the endpoint."""

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        raise NotImplementedError

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, self.body_serializer)
        if self.also_requires is not None:
            require_scope(request, self.also_requires)
        current = get_at_revision(request, kwargs["id"])
        self.write(current, values, user_of(request))
        return updated_response(request, current.pk, status=201)


class StepEndpoint(PartnershipEndpoint, Generic[Row]):
    required_permission = {"GET": VIEW, "POST": EDIT}
    machine: StateMachine
    checks: Checks[Any]
    steps_serializer: type[serializers.Serializer[Any]]
    body_serializer: type[serializers.Serializer[Any]]
    state_field = "state"

    def get_record(self) -> Row:
        """Return the record that the URL names, or raise `Http404`."""
        raise NotImplementedError

    def get_locked_record(self) -> Row:
        """Return the same record, locked until the transaction ends, or raise `Http404`."""
        raise NotImplementedError

    def represent(self, row: Row) -> dict[str, Any]:
        """Return the current representation of the record, read from the database."""
        raise NotImplementedError

    def take(self, row: Row, **step: Any) -> None:
        """Take a step with the locked record; `step` has `actor`, `on`, and the other values of the body."""
        raise NotImplementedError

    def offered_steps(self, row: Row) -> Sequence[Transition]:
        return [with_target(step, row) for step in self.machine.transitions_from(getattr(row, self.state_field))]

    def checked_subject(self, row: Row) -> Any:
        """Return what the checks of the machine read; the record itself unless a machine checks values of it."""
        return row

    def current_etag(self, request: Request, row: Row) -> str:
        return etag_for(request, self.represent(row))

    def respond(self, request: Request, row: Row) -> Response:
        return record_response(request, self.represent(row))

    def get(self, request: Request, **url: Any) -> Response:
        """Return the steps from the current state, each with the account's permission and today's findings."""
        row = self.get_record()
        user, on, keys = user_of(request), today(), self.record_keys()
        offered, subject = self.offered_steps(row), self.checked_subject(row)
        own = decider_findings(row, user) if any(step.by_another for step in offered) else []
        steps = [
            AvailableStep(
                step,
                permitted=user.allows(Permission(step.permission)),
                findings=located(
                    [*(own if step.by_another else ()), *step_findings(self.checks, step.name, subject, on)], keys
                ),
            )
            for step in offered
        ]
        state = getattr(row, self.state_field)
        return Response(self.steps_serializer({self.state_field: state, "steps": steps}).data)

    @idempotent
    @transaction.atomic
    def post(self, request: Request, **url: Any) -> Response:
        """Take a step with the record that the client read: 412 if it has changed since."""
        values = body_of(request, self.body_serializer)
        require_scope(request, self.machine.transition(values["name"]).permission)
        # Locked before its ETag is compared: otherwise, another step could come in between.
        row = self.get_locked_record()
        require_match(request, self.current_etag(request, row))
        self.take(row, **values | {"actor": user_of(request), "on": values.get("on") or today()})
        return self.respond(request, row)
