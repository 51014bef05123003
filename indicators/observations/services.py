"""Services to record that a publisher has not published an edition, and to withdraw that."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.web import formats
from indicators.models import Source, UnpublishedEdition
from indicators.models.unpublished_editions import EDITION_YEAR
from indicators.observations.published import dating_of
from indicators.observations.unpublished import is_loaded, newest_year
from indicators.publications import numbering, signals
from indicators.publications.withdrawal import withdraw


@transaction.atomic
def record_unpublished(*, source: Source, edition: str, as_of: date, evidence: str, actor: User) -> UnpublishedEdition:
    """Record that the publisher of a source had not published an edition by a day, and where the person looked.

    Recording the same again (a double click) changes nothing. Raises `ValidationError`: `unpublished_once` if another
    statement on the edition is live, `edition_year`, `edition_loaded`, `edition_earlier` (than the newest loaded one),
    `in_future`, `not_due`, and `evidence`.
    """
    require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    edition, evidence = edition.strip(), " ".join(evidence.split())
    live = UnpublishedEdition.objects.live().filter(source=source, edition=edition).select_related("recorded_by")
    if (current := live.first()) is not None:
        if (current.as_of, current.evidence, current.recorded_by) == (as_of, evidence, actor):
            return current
        message = (
            f"{current.recorded_by} already recorded that edition {edition} was not published as of "
            f"{formats.day(current.as_of)}. Nothing was saved. To record a later date, withdraw that statement first."
        )
        raise ValidationError(message, code="unpublished_once")
    statement = UnpublishedEdition(source=source, edition=edition, as_of=as_of, evidence=evidence, recorded_by=actor)
    _check(statement)
    signals.announce(numbering.current())
    return create(statement, actor=actor, action="recorded")


@transaction.atomic
def withdraw_unpublished(*, statement: UnpublishedEdition, reason: str, actor: User) -> UnpublishedEdition:
    """Withdraw a statement, with the reason. Withdrawing it again changes nothing.

    Raises `ValidationError` with code `reason` if there is none.
    """
    require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    current = UnpublishedEdition.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if current.superseded_at is not None:
        return current
    withdraw(current, reason=reason, actor=actor)
    signals.announce(numbering.current())
    return current


def _check(statement: UnpublishedEdition) -> None:
    """Check a new statement, and set the day on which its edition was due. The database has the same rules.

    Raises `ValidationError` with an error for each field.
    """
    errors: dict[str, ValidationError] = {}
    if not statement.evidence:
        errors["evidence"] = ValidationError("Enter where you looked.", code="evidence")
    if statement.as_of > timezone.now().date():
        message = "The date is in the future. Enter the date on which you looked."
        errors["as_of"] = ValidationError(message, code="in_future")
    if not re.fullmatch(EDITION_YEAR, statement.edition):
        message = "Enter the edition as a year with four digits, such as 2026."
        raise ValidationError({**errors, "edition": ValidationError(message, code="edition_year")})
    newest = newest_year(statement.source)
    if is_loaded(statement.source, statement.edition):
        message = f"Edition {statement.edition} is loaded, so it has been published."
        errors["edition"] = ValidationError(message, code="edition_loaded")
    elif newest is not None and int(statement.edition) < newest:
        message = f"Edition {newest}, a newer one, is loaded. Enter a later edition."
        errors["edition"] = ValidationError(message, code="edition_earlier")
    statement.due_on = dating_of(statement.source.key).value_day(int(statement.edition))
    if statement.due_on is not None and statement.as_of < statement.due_on and "as_of" not in errors:
        due = formats.day(statement.due_on)
        message = f"By the rule of the source, values of {statement.edition} appear by {due}. Until then, none is late."
        errors["as_of"] = ValidationError(message, code="not_due")
    if errors:
        raise ValidationError(errors)
