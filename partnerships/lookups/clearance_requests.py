"""Requests to clear a text that an office has not answered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from partnerships.models import AmendmentState, AnswerKind, ClearanceAnswer, ClearanceRequest
from partnerships.states import BEFORE_SIGNATURE

CLOSED = (AmendmentState.APPLIED, AmendmentState.REJECTED, AmendmentState.WITHDRAWN)
AMENDMENT = Coalesce("version__amendment_id", 0)
"""Key of the amendment of a text; 0 for the instrument."""


def open_requests() -> QuerySet[ClearanceRequest]:
    """Return the newest request to each office over each open text, unless it is answered or taken off the list."""
    of_text = {"of": OuterRef("of"), "version__partnership": OuterRef("version__partnership")}
    of_office = of_text | {"agency": OuterRef("agency")}
    later = ClearanceRequest.objects.alias(of=AMENDMENT).filter(
        **of_office, removed_on__isnull=True, pk__gt=OuterRef("pk")
    )
    answers = ClearanceAnswer.objects.alias(of=AMENDMENT).exclude(kind=AnswerKind.EXTENSION)
    answered = answers.filter(**of_office, version__number__gte=OuterRef("version__number"))
    is_open = Q(version__amendment__isnull=True, version__partnership__status__in=BEFORE_SIGNATURE) | (
        Q(version__amendment__isnull=False) & ~Q(version__amendment__state__in=CLOSED)
    )
    rows = ClearanceRequest.objects.alias(of=AMENDMENT).filter(is_open, removed_on__isnull=True)
    return rows.filter(~Exists(later), ~Exists(answered))
