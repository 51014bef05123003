"""Models whose check constraints are validated together by one query."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import BaseConstraint, CheckConstraint, Q
from django.db.models.functions import Coalesce


class AllChecks:
    """Check constraints of a model, validated together; only if that fails, one by one to find the broken ones."""

    def __init__(self, checks: Sequence[CheckConstraint]) -> None:
        self.checks = checks

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: set[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise `ValidationError` with the message of each broken constraint, except those on fields in `exclude`."""
        left_out = exclude or set()
        checks = [check for check in self.checks if Q(check.condition).referenced_base_fields.isdisjoint(left_out)]
        if not checks:
            return
        # Null is no breach, as in SQL.
        known = (Q(Coalesce(Q(check.condition), True, output_field=models.BooleanField())) for check in checks)
        try:
            CheckConstraint(condition=reduce(and_, known), name="all").validate(model, instance, exclude, using)
        except ValidationError:
            self._name_the_broken(checks, model, instance, exclude, using)

    def _name_the_broken(
        self,
        checks: Sequence[CheckConstraint],
        model: type[models.Model],
        instance: models.Model,
        exclude: set[str] | None,
        using: str,
    ) -> None:
        errors: dict[str, Any] = {}
        for check in checks:
            try:
                check.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)


class KnownExclusion:
    """An exclusion constraint that is not checked while a field in its condition is invalid.

    Django leaves out a unique constraint then, but fails with a `FieldError` for one that excludes.
    """

    def __init__(self, constraint: ExclusionConstraint) -> None:
        self.constraint = constraint

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: set[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise `ValidationError` if another row excludes this one, and all fields of the condition are valid."""
        condition = self.constraint.condition
        if condition is None or Q(condition).referenced_base_fields.isdisjoint(exclude or set()):
            self.constraint.validate(model, instance, exclude=exclude, using=using)


class CheckedModel(models.Model):
    """A model with many check constraints, which `full_clean` checks with one query."""

    class Meta:
        abstract = True

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[Any]]]:
        return [(model, _together(constraints)) for model, constraints in super().get_constraints()]


def _together(constraints: Sequence[BaseConstraint]) -> list[Any]:
    checks = [each for each in constraints if isinstance(each, CheckConstraint)]
    others = [
        KnownExclusion(each) if isinstance(each, ExclusionConstraint) else each
        for each in constraints
        if not isinstance(each, CheckConstraint)
    ]
    return [*others, AllChecks(checks)] if len(checks) > 1 else [*others, *checks]
