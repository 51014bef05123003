"""Service for analysts' verdicts on narratives."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.validation import save_validated
from indicators.models import FormReview, TraffickingForm, Verdict


@transaction.atomic
def review_form(*, form_id: int, verdict: str, reviewer: User) -> FormReview:
    """Record an analyst's verdict on a suggested form of child trafficking.

    The newest verdict counts. Recording the same verdict again (a double click) adds nothing.
    """
    form = TraffickingForm.objects.select_for_update(of=("self",)).get(pk=form_id)
    latest = form.reviews.first()
    if latest is not None and latest.verdict == verdict:
        return latest
    review = FormReview(form=form, verdict=Verdict(verdict), reviewer=reviewer)
    save_validated(review)
    record(
        actor=reviewer,
        action="reviewed",
        target=form,
        before={"verdict": latest.verdict} if latest else None,
        after={"verdict": review.verdict},
    )
    return review
