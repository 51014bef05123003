"""Services of webhooks: create, stop, start, and give them another secret."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.scopes import Scope
from cpc.accounts.sign_ins import check_recent
from cpc.api_tokens.services import check_scopes
from cpc.audit.services import record
from cpc.changes import feed
from cpc.changes.cursors import FeedPosition, epoch_of
from cpc.changes.pruning import pruned_to
from cpc.changes.queries import NOW, position_of
from cpc.validation import field_error, save_validated
from cpc.webhooks.models import StopReason, Webhook, new_seed
from cpc.webhooks.sending import is_public
from cpc.webhooks.signing import secret_of

MOST = 10
"""The most running webhooks of one account."""
BOTH_FOR = dt.timedelta(days=1)
"""Time for which the older secret signs as well, after another one was given."""


class CreatedWebhook(NamedTuple):
    """A webhook and its secret, which is shown only once."""

    webhook: Webhook
    secret: str


def present() -> tuple[FeedPosition, str]:
    """Return the position of the present in the feed, and the epoch of the database."""
    with connection.cursor() as cursor:
        return position_of(NOW), epoch_of(cursor).hex()


@transaction.atomic
def create_webhook(
    *,
    owner: User,
    name: str,
    url: str,
    scopes: Collection[str],
    kinds: Collection[str] = (),
    partnership: int | None = None,
) -> CreatedWebhook:
    """Create a webhook that is sent the changes from now on, within the role of its owner and `scopes`.

    Raises `ValidationError` at its field for a name, URL, scope, or kind that cannot be, and with code `too_many` above
    the most that an account may have; `PermissionDenied` if the account may not use the REST interface; `StaleSignIn`
    in a session that confirmed too long ago who uses it, since a webhook works without it.
    """
    check_recent()
    if not owner.allows(Permission.USE_API):
        raise PermissionDenied(f"Your account does not have permission to {Permission.USE_API}.")
    check_scopes(owner, scopes)
    _check_url(url)
    known = feed.kinds()
    if unknown := sorted(set(kinds) - set(known)):
        raise field_error("kinds", f"There is no kind {', '.join(unknown)}. See the guide to the changes.", "kinds")
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two forms at once count each other's webhook
    if Webhook.objects.running().filter(owner=owner).count() >= MOST:
        message = f"An account can have {MOST} running webhooks. Stop one first, or let one receive more kinds."
        raise ValidationError(message, code="too_many")
    position, epoch = present()
    webhook = Webhook(
        owner=owner,
        name=name.strip(),
        url=url,
        scopes=[scope.value for scope in Scope if scope.value in scopes],
        kinds=[kind for kind in known if kind in kinds],
        partnership=partnership,
        xid=position.xid,
        event=position.id,
        epoch=epoch,
    )
    save_validated(webhook)
    after = {"owner": owner.username, "url": webhook.url, "scopes": webhook.scopes, "kinds": webhook.kinds}
    record(actor=owner, action="created a webhook", target=webhook, after=after)
    return CreatedWebhook(webhook, secret_of(webhook.seed))


def _check_url(url: str) -> None:
    message = ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise field_error("url", "This is no URL.", "url") from None
    if parts.scheme != "https" or not host:
        message = "Enter a URL that starts with https://."
    elif parts.username or parts.password:
        message = "Leave out the name and password. Check the signature of a message instead."
    elif parts.fragment:
        message = "Leave out what follows #. It is never sent."
    elif port == 0 or not _may_be_public(host):
        message = "Enter the address of a server on the public internet."
    if message:
        raise field_error("url", message, "url")


def _may_be_public(host: str) -> bool:
    """Return whether a host can be public, as far as its name tells. Its address is checked again at each send."""
    if "." not in host and ":" not in host:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not host.rstrip(".").endswith((".local", ".localhost", ".internal", ".home.arpa"))
    return is_public(host)


def _locked(webhook_id: int, actor: User) -> Webhook:
    """Return a webhook that the account may see, locked. Raises `Webhook.DoesNotExist` for any other."""
    return Webhook.objects.visible_to(actor).select_for_update(of=("self",)).select_related("owner").get(pk=webhook_id)


def _check_owner(webhook: Webhook, actor: User) -> None:
    if webhook.owner_id != actor.pk:
        raise PermissionDenied("Only the account that created a webhook can do this. You can stop it.")


@transaction.atomic
def rotate_secret(*, webhook_id: int, actor: User) -> CreatedWebhook:
    """Give a webhook another secret. Messages carry signatures by both secrets for a day.

    Raises `PermissionDenied` for another account than the owner's, and `StaleSignIn` as `create_webhook`.
    """
    check_recent()
    webhook = _locked(webhook_id, actor)
    _check_owner(webhook, actor)
    webhook.older_seed, webhook.older_until = webhook.seed, timezone.now() + BOTH_FOR
    webhook.seed = new_seed()
    webhook.save(update_fields=("seed", "older_seed", "older_until"))
    record(
        actor=actor, action="gave a webhook another secret", target=webhook, after={"both_until": webhook.older_until}
    )
    return CreatedWebhook(webhook, secret_of(webhook.seed))


@transaction.atomic
def stop_webhook(*, webhook_id: int, actor: User) -> Webhook:
    """Stop a webhook; one that is stopped stays as it is. The owner and who manages accounts can do this."""
    webhook = _locked(webhook_id, actor)
    if webhook.is_running:
        stop(webhook, StopReason.PERSON, actor=actor)
    return webhook


def stop(webhook: Webhook, reason: StopReason, *, actor: User | None) -> None:
    """Stop a locked webhook, in the caller's transaction."""
    webhook.stopped_because, webhook.stopped_at, webhook.stopped_by = reason.value, timezone.now(), actor
    webhook.save(update_fields=("stopped_because", "stopped_at", "stopped_by"))
    record(actor=actor, action="stopped a webhook", target=webhook, after={"reason": reason.value})


@transaction.atomic
def start_webhook(*, webhook_id: int, actor: User) -> Webhook:
    """Start a stopped webhook where it stopped, so that it misses nothing.

    After a restore of the database, or if events since are no longer stored, it starts from now.

    Raises `PermissionDenied` for another account than the owner's, and `ValidationError` as `create_webhook` does.
    """
    webhook = _locked(webhook_id, actor)
    _check_owner(webhook, actor)
    if webhook.is_running:
        return webhook
    check_scopes(actor, webhook.scopes)
    position, epoch = present()
    if webhook.epoch != epoch or FeedPosition(webhook.xid, webhook.event) < pruned_to():
        webhook.xid, webhook.event, webhook.epoch = position.xid, position.id, epoch
    webhook.stopped_because, webhook.stopped_at, webhook.stopped_by = "", None, None
    webhook.failures, webhook.failing_since, webhook.next_at = 0, None, timezone.now()
    webhook.save(
        update_fields=(
            "xid",
            "event",
            "epoch",
            "stopped_because",
            "stopped_at",
            "stopped_by",
            "failures",
            "failing_since",
            "next_at",
        )
    )
    record(actor=actor, action="started a webhook", target=webhook, after={"url": webhook.url})
    return webhook
