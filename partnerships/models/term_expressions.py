"""SQL expressions on the term of a partnership."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import Func


class Term(Func):
    """SQL expression for the range of days from the first to the last, both included."""

    function = "DATERANGE"
    output_field = DateRangeField()

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__(first, last, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class LastLawfulDay(Func):
    """SQL expression that adds calendar months to a day, as `partnerships.limits.add_months` does."""

    arity = 2
    template = "(%(expressions)s))::date"
    arg_joiner = " + make_interval(0, "
    output_field = models.DateField()
