"""Rights of the application's role to the tables of the kernel and of the packages that it uses."""

from __future__ import annotations

from cpc.database.rights import ADD, EVERY, READ, Rights, declare, editable

RIGHTS = {
    "accounts": {
        "AccessChange": Rights(add=True, change=("account", "outcome", "decided_by", "decided_at")),
        "Agency": Rights(add=True, change=editable()),
        "ApiToken": Rights(add=True, change=("last_used_at", "revoked_at", "revoked_by")),
        "Invitation": Rights(add=True, change=("digest", "sent_at", "used_at", "withdrawn_at")),
        "User": Rights(add=True, change=EVERY),
    },
    "api": {"IdempotentAnswer": Rights(add=True, change=EVERY, remove=True)},
    "audit": {
        # Only the owner archives entries.
        "AuditArchive": READ,
        "AuditEntry": ADD,
        "AuditSeal": ADD,
        "AuditVerification": ADD,
        "Authorship": ADD,
        # Only triggers write it.
        "UnsealedEntry": READ,
    },
    # Only triggers write the outbox.
    "changes": {"Change": READ, "PrunedChanges": ADD},
    "notifications": {
        "Digest": Rights(add=True, change=("claimed_at", "count", "sent_at", "refused_at")),
        "MailPreference": Rights(add=True, change=("frequency",)),
        "Notification": Rights(add=True, change=("read_at", "mailed_at")),
    },
    "recovery": {
        "Backup": Rights(add=True, change=("verified_at", "removed_at")),
        "Restoration": ADD,
    },
    "retention": {
        "Disposal": ADD,
        "LegalHold": Rights(add=True, change=("lifted_by", "lifted_at", "lifted_because")),
    },
    "openid": {"LinkedIdentity": Rights(add=True, change=("ended_at", "ended_because", "ended_by"))},
    "saved_views": {
        "SavedView": Rights(add=True, change=("withdrawn_by", "withdrawn_at")),
        "SavedViewVersion": Rights(add=True, change=("outcome", "reason", "decided_by", "decided_at")),
    },
    "search": {"Passage": READ},
    "site": {
        "BackgroundTask": Rights(
            add=True,
            change=(
                "succeeded_at",
                "failing_since",
                "failed_at",
                "failures",
                "error",
                "run",
                "runs_succeeded",
                "runs_failed",
                "seconds",
            ),
        ),
        "FailedTask": Rights(
            add=True, change=("run", "error", "failed_at", "tries", "state", "decided_by", "decided_at", "reason")
        ),
        "SchedulerLease": Rights(add=True, change=("holder", "until", "ticked_at", "sent")),
    },
    "webhooks": {
        "Webhook": Rights(
            add=True,
            change=(
                "seed",
                "older_seed",
                "older_until",
                "xid",
                "event",
                "epoch",
                "failures",
                "failing_since",
                "next_at",
                "accepted_at",
                "stopped_because",
                "stopped_at",
                "stopped_by",
            ),
        ),
        "WebhookDelivery": Rights(add=True, remove=True),
    },
    "web": {"SheetDraft": Rights(add=True, change=("rows", "stored_at"), remove=True)},
    # allauth saves whole rows; a trigger keeps the account and the key of a factor.
    "mfa": {"Authenticator": Rights(add=True, change=EVERY, remove=True)},
    # allauth keeps addresses in a table of its own, which this product doesn't use.
    "account": {"EmailAddress": READ, "EmailConfirmation": READ},
    "auth": {"Group": READ, "Group_permissions": READ, "Permission": READ},
    "contenttypes": {"ContentType": READ},
    "sessions": {
        "Session": Rights(add=True, change=EVERY, remove=True),
        "UnsentForm": Rights(add=True, change=EVERY, remove=True),
        "FailureCount": Rights(add=True, change=("failures", "last_failed_at"), remove=True),
    },
}


def declare_kernel_rights() -> None:
    for label, rights in RIGHTS.items():
        declare(label, rights)
