"""Services to save, change, share, and delete views of lists."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import check_may_decide
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.saved_views import notifications
from cpc.saved_views.decidable import CONSENTED, REFUSED
from cpc.saved_views.models import Audience, Outcome, SavedView, SavedViewVersion
from cpc.saved_views.queries import current_revision, find_version
from cpc.validation import field_error, save_validated
from cpc.web.lists import held_query, list_of

LONGEST_QUERY = 2000


@transaction.atomic
def save_view(*, owner: User, list_key: str, name: str, parameters: str, audience: str) -> SavedViewVersion:
    """Save filter, order, and columns of a list under a name.

    A view for everyone is its owner's alone until an approver consents to it. Raises `ValidationError` with code
    `name_taken` if the owner has a view of this list with that name, `may_not_share` for an account that may only save
    views for itself, `list` for an unknown list, or `parameters` for a query that is too long.
    """
    require(owner, Permission.USE_PAGES)
    query = _held(list_key, parameters)
    _check_audience(owner, audience)
    view = SavedView(owner=owner, list_key=list_key, name=" ".join(name.split()))
    save_validated(view, force_insert=True)
    return _add_version(view, query, audience, owner, "shared")


@transaction.atomic
def change_view(
    *, view: SavedView, parameters: str, audience: str, actor: User, expected_revision: str | None = None
) -> SavedViewVersion:
    """Give a view other parameters or another audience, as a new version; the earlier ones stay on record.

    Raises `SavedView.DoesNotExist` for an account that may not see it, `PermissionDenied` for one that may not change
    it, `EditConflict` if another version was made since, and as `save_view`.
    """
    current = _locked(view, actor)
    check_revision(current_revision(current), expected_revision)
    _check_audience(actor, audience)
    if audience == Audience.PRIVATE and current.owner_id != actor.pk:
        raise field_error("audience", "Only its owner can keep a view private. You can delete it.", "not_owner")
    return _add_version(current, _held(current.list_key, parameters), audience, actor, "changed")


@transaction.atomic
def withdraw_view(*, view: SavedView, actor: User) -> SavedView:
    """Delete a view from every list; its versions stay on record. A deleted view is left as it is."""
    if SavedView.objects.filter(pk=view.pk, withdrawn_at__isnull=False, withdrawn_by=actor).exists():
        return view
    current = _locked(view, actor)
    version = find_version(actor, current.pk)
    current.withdrawn_by, current.withdrawn_at = actor, timezone.now()
    save_validated(current, update_fields=("withdrawn_by", "withdrawn_at"))
    if version is not None and version.is_shared:
        record(actor=actor, action="deleted", target=current, before={"audience": version.audience})
    return current


@transaction.atomic
def decide(*, version: SavedViewVersion, consents: bool, reason: str = "", actor: User) -> SavedViewVersion:
    """Consent to a view that everyone sees, or refuse it with a reason.

    Raises `PermissionDenied` without the permission, `ValidationError` with code `two_people` for its author,
    `not_waiting` if it was decided, replaced, or deleted meanwhile, or `reason` if it is refused without one.
    """
    require(actor, Permission.CONSENT_TO_VIEWS)
    view = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=version.view_id)
    current = SavedViewVersion.objects.select_related("view__owner", "made_by").get(pk=version.pk)
    if view.withdrawn_at or not current.is_waiting:
        raise ValidationError("This view does not wait for consent anymore.", code="not_waiting")
    check_may_decide(current, actor)
    outcome = Outcome.CONSENTED if consents else Outcome.REFUSED
    values: dict[str, object] = {"outcome": outcome.value, "reason": "" if consents else reason.strip()}
    values |= {"decided_by": actor, "decided_at": timezone.now()}
    decided = set_fields(current, values, actor=actor, action=CONSENTED if consents else REFUSED)
    notifications.notify_of_decision(decided, actor=actor)
    return decided


def _held(list_key: str, parameters: str) -> str:
    """Return the part of a query that a view of the list can hold."""
    page = list_of(list_key)
    if page is None:
        raise field_error("list_key", f"There is no list “{list_key}”.", "list")
    query = held_query(QueryDict(parameters), page)
    if len(query) > LONGEST_QUERY:
        raise field_error("parameters", "These filters and columns are too long for a view. Remove some.", "parameters")
    return query


def _check_audience(actor: User, audience: str) -> None:
    if audience != Audience.PRIVATE and not actor.allows(Permission.SHARE_VIEWS):
        raise field_error("audience", "Your account can save views only for itself.", "may_not_share")


def _add_version(view: SavedView, query: str, audience: str, actor: User, action: str) -> SavedViewVersion:
    version = SavedViewVersion(view=view, parameters=query, audience=audience, made_by=actor)
    if audience != Audience.PRIVATE:
        return create(version, actor=actor, action=action)
    # The audit trail has readers, and a private view has none but its owner.
    save_validated(version, force_insert=True)
    version.refresh_from_db()
    return version


def _locked(view: SavedView, actor: User) -> SavedView:
    """Return the view under a lock, if the actor may change it."""
    require(actor, Permission.USE_PAGES)
    current = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=view.pk, withdrawn_at=None)
    version = find_version(actor, current.pk)
    if version is None:
        raise SavedView.DoesNotExist
    if current.owner_id != actor.pk and not actor.allows(Permission.MANAGE_PEOPLE):
        raise PermissionDenied(f"Only {current.owner} or an administrator can change this view.")
    return current
