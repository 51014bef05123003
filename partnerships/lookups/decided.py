"""Messages to those who wrote or submitted a record, once another person decided on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.authors import authors_of
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from cpc.web import formats
from partnerships.models import (
    Amendment,
    LimitException,
    MonitoringPlan,
    Partnership,
    ReportingPeriod,
    Withholding,
    YearAssessment,
)

RETURNED = "partnerships.returned"
DECIDED = "partnerships.decided"


def register_kinds() -> None:
    register(
        Kind(
            key=RETURNED,
            label="Records that an approver returned to you",
            subject="{what} was returned, {country}",
            text="{who} returned it. The reason is on its page; revise it and submit it again.",
            example={"what": "Amendment 2", "country": "Ghana", "who": "Approver"},
        )
    )
    register(
        Kind(
            key=DECIDED,
            label="Decisions on records that you wrote or submitted",
            subject="{what} was {action}, {country}",
            text="{who} decided on it.",
            example={"what": "The monitoring plan", "action": "approved", "country": "Ghana", "who": "Approver"},
        )
    )


def notify_authors(
    record: models.Model,
    *,
    did: str,
    actor: User | None,
    target: models.Model,
    authors: list[User] | None = None,
    what: str = "",
) -> None:
    """Tell the authors of a record, but not the actor, what was decided: `did` completes "It was ...".

    `target` is the row of the decision, or the record itself. Give the `authors` where a decision ends authorship, and
    `what` was decided if it is not the record.
    """
    called, partnership, link = about(record)
    if actor is None:
        return
    recipients = [user for user in (authors_of(record) if authors is None else authors) if user != actor]
    is_return = did == "returned"
    values = {"what": what or called, "country": partnership.country.name, "who": actor}
    notify(
        recipients=recipients,
        kind=RETURNED if is_return else DECIDED,
        values=values if is_return else values | {"action": did},
        link=link,
        target=target,
        # A record itself is decided on more than once, such as an amendment that is returned twice.
        dedupe=f"{target._meta.label_lower} {target.pk} {did} {timezone.now().isoformat() if target == record else ''}",
        actor=actor,
    )


def about(record: Any) -> tuple[str, Partnership, str]:
    """Return what a record is called at the beginning of a sentence, its partnership, and the link of its page."""
    if isinstance(record, Partnership):
        return "The partnership", record, reverse("partnership", args=[record.pk])
    partnership: Partnership = record.partnership
    key = partnership.pk
    match record:
        case Amendment():
            url = reverse("partnership-amendment", args=[key, record.number])
            return f"Amendment {record.number}", partnership, url
        case MonitoringPlan():
            return "The monitoring plan", partnership, reverse("partnership-monitoring", args=[key])
        case ReportingPeriod():
            span = f"{formats.day(record.starts_on)} to {formats.day(record.ends_on)}"
            return f"The report on {span}", partnership, reverse("partnership-period", args=[key, record.pk])
        case YearAssessment():
            url = f"{reverse('partnership-results', args=[key])}?year={record.fiscal_year}#assessment"
            return f"The assessment of {formats.fiscal_year(record.fiscal_year)}", partnership, url
        case LimitException():
            return "The limit exception", partnership, reverse("partnership-exceptions", args=[key])
        case Withholding():
            return "A determination on a withheld item", partnership, reverse("partnership-publication", args=[key])
    raise TypeError(f"No one decides on {record!r}.")
