"""Recording of restriction reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.database.revisions import EditConflict
from cpc.fiscal_years import fiscal_year
from cpc.parameters import whole_number
from cpc.validation import field_error
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions.checklist import by_code, last_day, usual_end


@transaction.atomic
def record_restriction(
    *,
    country: Country,
    code: str,
    status: str,
    basis: str,
    reviewer: str,
    reviewed_on: date,
    actor: User,
    expires_on: date | None = None,
    today: date | None = None,
) -> RestrictionFinding:
    """Record a review of one restriction; it replaces earlier reviews of the same restriction.

    A review of a section of an annual law counts for the fiscal year of its day only. Without `expires_on` a review
    counts for its usual time. Raises `ValidationError` with `code`, `fiscal_year_over`, `in_future`, or the codes of
    the constraints.
    """
    require(actor, Permission.RATE)
    restriction = by_code().get(code)
    if restriction is None:
        raise field_error("code", f"{code} is not on the list of restrictions.", "code")
    if reviewed_on > (today or timezone.now().date()):
        message = "This date is in the future. Enter the date of the office's review."
        raise field_error("reviewed_on", message, "in_future")
    expires_on = expires_on or usual_end(restriction, reviewed_on)
    year = fiscal_year(reviewed_on)
    if restriction.annual and expires_on > last_day(year):
        message = (
            f"{restriction.title}: the annual act changes with FY {year + 1}. The review must end on or before "
            f"{last_day(year)}."
        )
        raise field_error("expires_on", message, "fiscal_year_over")
    finding = RestrictionFinding(
        country=country,
        code=code,
        fiscal_year=year if restriction.annual else None,
        status=status,
        basis=basis.strip(),
        reviewer=reviewer.strip(),
        reviewed_on=reviewed_on,
        expires_on=expires_on,
        recorded_by=actor,
    )
    return create(finding, actor=actor, action="reviewed")


@transaction.atomic
def review_restrictions(
    *,
    country: Country,
    codes: Sequence[str],
    status: str,
    basis: str,
    reviewer: str,
    reviewed_on: date,
    actor: User,
    expires_on: date | None = None,
    expected_revision: str | None = None,
    today: date | None = None,
) -> list[RestrictionFinding]:
    """Record one result for several restrictions reviewed together: all of them, or none.

    `expected_revision` is the key of the newest review of the country that the page showed, "0" for none. Raises
    `EditConflict` if one of these restrictions was reviewed since, and `ValidationError` as `record_restriction` does.
    """
    require(actor, Permission.RATE)
    locked = Country.objects.select_for_update(of=("self",), no_key=True).get(pk=country.pk)
    if expected_revision is not None:
        _check_not_reviewed_since(locked, codes, whole_number(expected_revision) or 0)
    return [
        record_restriction(
            country=locked,
            code=code,
            status=status,
            basis=basis,
            reviewer=reviewer,
            reviewed_on=reviewed_on,
            expires_on=expires_on,
            actor=actor,
            today=today,
        )
        for code in codes
    ]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The result of one restriction of a review of the whole list."""

    code: str
    status: str
    basis: str


@transaction.atomic
def review_list(
    *,
    country: Country,
    results: Sequence[Reviewed],
    reviewer: str,
    reviewed_on: date,
    actor: User,
    expires_on: date | None = None,
    expected_revision: str | None = None,
    today: date | None = None,
) -> list[RestrictionFinding]:
    """Record different results for restrictions that one office reviewed on one day: all of them, or none.

    Raises the errors of `review_restrictions`; those of one restriction stand at its code.
    """
    require(actor, Permission.RATE)
    locked = Country.objects.select_for_update(of=("self",), no_key=True).get(pk=country.pk)
    if expected_revision is not None:
        codes = [result.code for result in results]
        _check_not_reviewed_since(locked, codes, whole_number(expected_revision) or 0)
    made, refused = [], {}
    for result in results:
        try:
            found = record_restriction(
                country=locked,
                code=result.code,
                status=result.status,
                basis=result.basis,
                reviewer=reviewer,
                reviewed_on=reviewed_on,
                expires_on=expires_on if expires_on is None else _at_most(result.code, reviewed_on, expires_on),
                actor=actor,
                today=today,
            )
        except ValidationError as error:
            if getattr(error, "error_dict", {}).keys() & {"reviewed_on", "reviewer"}:
                raise  # wrong for every restriction
            refused[result.code] = error
        else:
            made.append(found)
    if refused:
        raise ListRefused(refused)
    return made


class ListRefused(ValidationError):
    """Errors of some restrictions of a list, by code."""

    def __init__(self, by_code: Mapping[str, ValidationError]) -> None:
        super().__init__("Correct the results below.", code="list")
        self.by_code = by_code


def _at_most(code: str, reviewed_on: date, expires_on: date) -> date:
    """Return the last day of a review, within the fiscal year if its restriction is annual."""
    restriction = by_code().get(code)
    is_annual = restriction is not None and restriction.annual
    return min(expires_on, last_day(fiscal_year(reviewed_on))) if is_annual else expires_on


def _check_not_reviewed_since(country: Country, codes: Sequence[str], newest: int) -> None:
    """Raise `EditConflict` if one of the restrictions has a newer review. Those of the others do not matter."""
    rows = country.restriction_findings.filter(code__in=codes, pk__gt=newest)
    if later := list(rows.select_related("recorded_by").order_by("pk")):
        named = "; ".join(f"{row.code}: {row.get_status_display().lower()} ({row.recorded_by})" for row in later)
        message = f"Reviewed since the page was opened: {named}. What you wrote is kept. Compare, and record it again."
        raise EditConflict(message)
