"""Legal holds in each state."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.retention.models import LegalHold
from partnerships.models import Partnership


def made_holds(users: Mapping[Role, User], partnership: Partnership) -> tuple[LegalHold, ...]:
    """Place a hold of another office on a partnership, one of the administrator, and one that was lifted."""
    other, own = users[Role.APPROVER], users[Role.ADMINISTRATOR]
    on_record = {"scope": "partnership", "record": partnership.pk, "label": str(partnership)}
    first = LegalHold.objects.create(**on_record, reason="A request of the Inspector General", issued_by=other)
    second = LegalHold.objects.create(**on_record, reason="A claim of a vendor", issued_by=own)
    over = LegalHold.objects.create(scope="office", label="The whole office", reason="A review", issued_by=other)
    over.lifted_by, over.lifted_at, over.lifted_because = own, timezone.now(), "The review has ended"
    over.save(update_fields=("lifted_by", "lifted_at", "lifted_because"))
    return first, second, over
