"""Validation errors with the same codes, whether a rule in Python or the database rejects a change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, Error, IntegrityError, models, transaction

from cpc import plausible
from cpc.findings import Finding, errors

WRITTEN_BY_THE_DATABASE = ("at", "requested_at")
"""Columns of times that the database fills."""


def validation_error(findings: Iterable[Finding]) -> ValidationError:
    """Return findings as a `ValidationError`: the code, with limit, would-be, and citation among the parameters."""
    by_field: dict[str, list[ValidationError]] = {}
    for finding in findings:
        error = ValidationError(
            finding.message.replace("%", "%%"),
            code=finding.code,
            params={"limit": finding.limit, "would_be": finding.would_be, "citation": finding.citation},
        )
        by_field.setdefault(finding.field or NON_FIELD_ERRORS, []).append(error)
    return ValidationError(by_field)


def field_error(field: str, message: str, code: str) -> ValidationError:
    """Return an error of one field. Django formats only messages with parameters, so a percent sign stays single."""
    return ValidationError({field: ValidationError(message, code=code)})


def reject(findings: Iterable[Finding]) -> None:
    """Raise the errors among findings as a `ValidationError`, if there are any; warnings and notes pass."""
    if found := errors(findings):
        raise validation_error(found)


@cache
def _constraints() -> dict[str, tuple[str, str]]:
    """Return code and message of every named constraint of all apps, and of the type of days."""
    return {plausible.CODE: (plausible.CODE, plausible.MESSAGE)} | {
        constraint.name: (
            constraint.violation_error_code or constraint.name,
            str(constraint.get_violation_error_message()),
        )
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }


def _constraint_name(error: Error) -> str:
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def as_validation_error(error: IntegrityError) -> ValidationError:
    """Convert a database error into the `ValidationError` that a rule in Python would have raised.

    Raises the error itself if it names no constraint.
    """
    name = _constraint_name(error)
    if not name:
        raise error
    code, message = _constraints().get(name, (name, ""))
    if not message:
        message = str(getattr(error.__cause__, "diag").message_primary)  # noqa: B009  # the cause's type doesn't name it
    return ValidationError(message, code=code)


@contextmanager
def db_errors_as_validation() -> Iterator[None]:
    """Run a write in its own savepoint and convert an `IntegrityError` of a rule into a `ValidationError`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise as_validation_error(error) from error


def save_validated(row: models.Model, *, unchecked: Collection[str] = (), **how: Any) -> None:
    """Validate a row and save it; `how` are the arguments of `save`. Raises `ValidationError` with every error.

    Fields in `unchecked` are not validated, nor those that the database fills. The database checks its constraints
    while it saves, and related rows at hand exist. To ask for both before would cost several queries a row, so Python
    does so only after an error, to name the fields. A row with a file is validated whole first: saving it stores the
    file.
    """
    fields = row._meta.concrete_fields
    has_file = any(isinstance(field, models.FileField) for field in fields)
    related = [field for field in fields if isinstance(field, models.ForeignKey)]
    at_hand = {field.name for field in related if field.is_cached(row) and getattr(row, field.name)}
    left_out = {*unchecked, *WRITTEN_BY_THE_DATABASE}
    try:
        row.full_clean(
            left_out if has_file else left_out | at_hand, validate_unique=has_file, validate_constraints=has_file
        )
        with db_errors_as_validation():
            row.save(**how)
    except (ValidationError, DatabaseError):
        row.full_clean(left_out)
        raise
