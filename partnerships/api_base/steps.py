"""Endpoints for the steps of a record: what blocks each step today, and taking one.

A subclass names its machine and serializers, and defines how to find, lock, represent, and step its record::

    @extend_schema_view(get=extend_schema(operation_id="period_transitions", ...), post=extend_schema(...))
    class PeriodTransitions(_PeriodEndpoint, StepEndpoint[ReportingPeriod]):
        machine, checks = PERIOD, PERIOD_CHECKS
        steps_serializer, body_serializer = PeriodStepsSerializer, TakePeriodStepSerializer
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.conditional import etag_for, require_match
from cpc.api.idempotency import idempotent
from cpc.audit.authors import decider_findings
from cpc.finding_targets import located
from cpc.lifecycle import Checks, StateMachine, Transition, step_findings
from partnerships.api_base.endpoints import (
    EDIT,
    VIEW,
    PartnershipEndpoint,
    body_of,
    record_response,
    require_scope,
    today,
)
from partnerships.api_base.step_serializers import AvailableStep

Row = TypeVar("Row", bound=models.Model)


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

    def offered_steps(self, row: Row) -> Iterable[Transition]:
        return self.machine.transitions_from(getattr(row, self.state_field))

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
        offered, subject = tuple(self.offered_steps(row)), self.checked_subject(row)
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
