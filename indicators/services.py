"""What may be done with indicators: the writes that pages, commands, tasks and the REST interface call."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from indicators.ingest.publish import NotPublishable, Outcome, PreviewOutdated, discard, publish, retract
from indicators.ingest.reading import Choice, process, refresh
from indicators.ingest.receive import Receipt, receive_path, receive_stream
from indicators.models import FormReview, TraffickingForm, Verdict

__all__ = (
    "Choice",
    "NotPublishable",
    "Outcome",
    "PreviewOutdated",
    "Receipt",
    "discard",
    "process",
    "publish",
    "receive_path",
    "receive_stream",
    "refresh",
    "retract",
    "review_form",
    "start_reading",
)


def start_reading(*, batch_id: int, actor: User | None, choice: Choice | None = None) -> None:
    """Read an import in a worker once the transaction is through, or at once where there is no broker."""
    from indicators.tasks import read_import

    choice = choice or Choice()
    actor_id = actor.pk if actor else None
    transaction.on_commit(
        lambda: read_import.delay(batch_id=batch_id, actor_id=actor_id, source=choice.source, edition=choice.edition)
    )


@transaction.atomic
def review_form(*, form_id: int, verdict: str, reviewer: User) -> FormReview:
    """Record an analyst's verdict on a suggested form of child trafficking; the newest verdict counts.

    Saying the same again (a double click) adds nothing.
    """
    form = TraffickingForm.objects.select_for_update(of=("self",)).get(pk=form_id)
    latest = form.reviews.first()
    if latest is not None and latest.verdict == verdict:
        return latest
    review = FormReview(form=form, verdict=Verdict(verdict), reviewer=reviewer)
    review.full_clean(exclude=("at",))
    review.save()
    record(
        actor=reviewer,
        action="reviewed",
        target=form,
        before={"verdict": latest.verdict} if latest else None,
        after={"verdict": review.verdict},
    )
    return review
