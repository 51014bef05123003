"""Registrations of ratings in the kernel."""

from __future__ import annotations

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from cpc.accounts.models import User
from cpc.audit.queries import HiddenEntries, hidden_entries
from selection.models import RatingEvidence
from selection.ratings.queries import hidden_ratings


def register() -> None:
    """Hide the entries on ratings that a rater may not see yet. `AppConfig.ready` calls this once."""
    hidden_entries.add(HiddenEntries("ratings", _entries))


def _entries(user: User) -> Q:
    hidden = hidden_ratings(user)
    if not hidden.exists():
        return Q(pk__in=())
    evidence = RatingEvidence.objects.filter(rating__in=hidden.values("pk"))
    keys = {"selection.rating": hidden, "selection.ratingevidence": evidence}
    found = Q()
    for kind, rows in keys.items():
        found |= Q(object_type=kind, object_id__in=rows.order_by().values_list(Cast("pk", CharField())))
    return found
