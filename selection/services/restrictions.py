"""Recording what a review of a restriction found."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.writes import create, require
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions import by_code, fiscal_year, last_day


@transaction.atomic
def record_restriction(
    *,
    country: Country,
    code: str,
    status: str,
    basis: str,
    reviewer: str,
    reviewed_on: date,
    expires_on: date,
    actor: User,
    today: date | None = None,
) -> RestrictionFinding:
    """Record what a review found about one restriction; it takes the place of earlier reviews of the same one.

    A section of an annual act is reviewed for the fiscal year of the day, and no longer. Raises `ValidationError` with
    `code`, `fiscal_year_over`, `in_future` or those of the constraints.
    """
    require(actor, Permission.RATE)
    restriction = by_code().get(code)
    if restriction is None:
        raise ValidationError({"code": ValidationError(f"{code} is not on the list of restrictions.", code="code")})
    if today is not None and reviewed_on > today:
        raise ValidationError({"reviewed_on": ValidationError("A day to come.", code="in_future")})
    year = fiscal_year(reviewed_on)
    if restriction.annual and expires_on > last_day(year):
        message = (
            f"The annual act is another text from FY {year + 1}: the review ends by {last_day(year)} at the latest."
        )
        raise ValidationError({"expires_on": ValidationError(message, code="fiscal_year_over")})
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
