"""Retention classes of the kernel's tables, and the disposal of those that are over by age."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from cpc.api.models import IdempotentAnswer
from cpc.changes.pruning import prune
from cpc.database.holds import held_sql
from cpc.database.own_sql import own_sql
from cpc.retention.schedule import RetentionClass, add_all
from cpc.sessions import throttle, throttle_rules, unsent_forms
from cpc.sessions.models import Session
from cpc.webhooks.models import WebhookDelivery


def _sessions(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


def _answers(before: dt.datetime) -> int:
    return IdempotentAnswer.objects.filter(answered_at__lt=before).delete()[0]


def _deliveries(before: dt.datetime) -> int:
    is_held = own_sql(held_sql("webhooks_webhookdelivery"))
    return WebhookDelivery.objects.alias(held=is_held).filter(at__lt=before, held=False).delete()[0]


AUDIT_TIME = (
    f"As long as the record; in the database for at least {settings.AUDIT_ONLINE_DAYS} days, then in an archive"
    if settings.AUDIT_ONLINE_DAYS
    else "As long as the record"
)

KERNEL = [
    RetentionClass(
        "audit",
        "Audit trail, authors, and its seals",
        "GRS 3.2, item 030 at least; the Department's schedule of the record that an entry is about",
        ("audit",),
        AUDIT_TIME,
        is_held=True,
    ),
    RetentionClass(
        "accounts",
        "Accounts, agencies, invitations, tokens, and grants of access",
        "GRS 3.2, item 030: system access records",
        (
            "accounts",
            "auth",
            "account",
            "contenttypes",
            "saved_views",
            "identity",
            "mfa",
            "openid",
        ),
        "As long as the product: the audit trail names them",
        is_held=True,
    ),
    RetentionClass(
        "sessions",
        "Sessions in browsers that have ended",
        "GRS 3.2, item 030: system access records; the audit trail has each sign-in",
        ("sessions.Session",),
        days=lambda: settings.SESSIONS_RETAINED_DAYS,
        dispose=_sessions,
    ),
    RetentionClass(
        "failures",
        "Counts of failed sign-ins that no longer make anyone wait",
        "GRS 3.2, item 030: system access records; the audit trail has each failure",
        ("sessions.FailureCount",),
        days=lambda: throttle_rules.FORGOTTEN_AFTER.days,
        dispose=throttle.clear,
    ),
    RetentionClass(
        "unsent",
        "Forms that were not sent when a session ended",
        "GRS 5.2, item 010: transitory records",
        ("sessions.UnsentForm",),
        days=lambda: unsent_forms.STORED_FOR.days,
        dispose=unsent_forms.clear,
    ),
    RetentionClass(
        "answers",
        "Answers to requests, for a request that is sent again",
        "GRS 5.2, item 010: transitory records",
        ("api.IdempotentAnswer", "api"),
        days=lambda: 1,
        dispose=_answers,
    ),
    RetentionClass(
        "drafts",
        "Rows typed into a sheet and not saved yet",
        "GRS 5.2, item 010: transitory records",
        ("web",),
        "Until the sheet is saved or cleared by its writer",
    ),
    RetentionClass(
        "changes",
        "Outbox of changes for programs",
        "GRS 5.2, item 020: intermediary records",
        ("changes",),
        days=lambda: settings.CHANGES_RETAINED_DAYS,
        dispose=prune,
        is_held=True,
    ),
    RetentionClass(
        "deliveries",
        "Log of messages to webhooks",
        "GRS 3.1, item 020: operations and maintenance records",
        ("webhooks.WebhookDelivery",),
        days=lambda: settings.WEBHOOK_LOG_DAYS,
        dispose=_deliveries,
        is_held=True,
    ),
    RetentionClass(
        "webhooks",
        "Webhooks",
        "GRS 3.2, item 030: system access records",
        ("webhooks",),
    ),
    RetentionClass(
        "notifications",
        "Notifications and emails sent",
        "GRS 5.1, item 010: administrative records",
        ("notifications",),
    ),
    RetentionClass(
        "search",
        "Index of the search",
        "GRS 5.2, item 020: intermediary records",
        ("search",),
        "Made again from the records at any time",
    ),
    RetentionClass(
        "operations",
        "Background tasks, backups, and restore tests",
        "GRS 3.2, item 040 and 050: backup files; GRS 3.1, item 020",
        ("site", "recovery"),
        f"As long as the product; the last {settings.BACKUPS_KEPT} backups themselves",
    ),
    RetentionClass(
        "holds",
        "Legal holds and disposals",
        "GRS 4.1, item 030: records of holds and of destruction",
        ("retention",),
        is_held=True,
    ),
]


def register() -> None:
    add_all(KERNEL)
