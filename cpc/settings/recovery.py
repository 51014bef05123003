"""Backups, and the time for which records are stored."""

from __future__ import annotations

from cpc.settings.environment import env, number

# The destination of backups: a folder, better of another machine, or a bucket. Without one, none are scheduled.
BACKUP_DIRECTORY = env("BACKUP_DIRECTORY")
BACKUP_S3_BUCKET = env("BACKUP_S3_BUCKET")
BACKUP_S3 = {
    name: value
    for name, value in {
        "endpoint_url": env("BACKUP_S3_ENDPOINT"),
        "region_name": env("BACKUP_S3_REGION"),
        "access_key": env("BACKUP_S3_ACCESS_KEY"),
        "secret_key": env("BACKUP_S3_SECRET_KEY"),
        "location": env("BACKUP_S3_PREFIX"),
    }.items()
    if value
}
BACKUP_EVERY_HOURS = number("BACKUP_EVERY_HOURS", 24)
BACKUPS_KEPT = number("BACKUPS_KEPT", 14)
# File with the public key (PEM) of whoever may read a backup.
BACKUP_RECIPIENT = env("BACKUP_RECIPIENT")

# Days after which what is no record is removed, unless a legal hold covers it; 0 is never.
CHANGES_RETAINED_DAYS = number("CHANGES_RETAINED_DAYS", 400, least=0)
WEBHOOK_LOG_DAYS = number("WEBHOOK_LOG_DAYS", 30, least=0)
SESSIONS_RETAINED_DAYS = number("SESSIONS_RETAINED_DAYS", 1, least=0)
