"""Saved views in the queue: those that everyone is to see, which an approver consents to."""

from __future__ import annotations

from functools import cache

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.audit.authors import deciders, wrote_part
from cpc.saved_views.models import SavedViewVersion
from cpc.saved_views.presenters import label_of
from cpc.saved_views.queries import waiting
from cpc.site import queue
from cpc.site.queue import Category, Desk, Lane, QueueSource, SentLane, WaitingSource
from cpc.site.queue_rows import ACCOUNT, Branch, Branches, Shown, account

NO_OTHER = "no other approver"


def register() -> None:
    queue.register(QueueSource("views", Permission.CONSENT_TO_VIEWS, lanes, order=55))
    # Administrators share views, too, but rarely one for everyone: their home has no query for it.
    queue.register_waiting(WaitingSource("views", Permission.EDIT_PARTNERSHIPS, sent, order=55))


def lanes(desk: Desk) -> list[Lane]:
    return _to_decide().lanes(desk)


def sent(desk: Desk) -> SentLane:
    return _sent().sent(desk)


@cache
def _to_decide() -> Branches:
    others = waiting().alias(wrote=wrote_part(SavedViewVersion, ACCOUNT)).filter(wrote=False)
    return Branches(
        [
            Branch(
                "view-decide", Category.APPROVALS, others,
                lambda row: Shown(
                    f"Decide whether everyone sees a view of the list {label_of(row.subject)}",
                    reverse("saved-view-decide", args=[row.id]),
                    f"“{row.text('name')}”. It holds filter, order, and columns, and no rows.", "Decide", "filter_list",
                ),
                subject="view__list_key", since="at", who="made_by__name", facts={"name": "view__name"},
            )
        ]
    )  # fmt: skip


@cache
def _sent() -> Branches:
    names = Coalesce(deciders(SavedViewVersion, Permission.CONSENT_TO_VIEWS), Value(NO_OTHER), output_field=CharField())
    return Branches(
        [
            Branch(
                "view-decide", Category.APPROVALS, waiting().filter(made_by=account()),
                lambda row: Shown(
                    f"A view of the list {label_of(row.subject)} for everyone",
                    reverse("saved-view", args=[row.facts["view"]]), "", "Open", "filter_list",
                ),
                subject="view__list_key", since="at", who=names, facts={"view": "view_id"},
            )
        ]
    )  # fmt: skip
