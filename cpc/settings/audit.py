"""The audit trail: what happens if it can't be written, and how long its entries stay in the database."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from cpc.settings.environment import env, number

# "stop": what can't be recorded is not done, and nothing is downloaded. "go-on": it is done, and the log has the entry.
AUDIT_FAILURE = env("AUDIT_FAILURE", "stop")
if AUDIT_FAILURE not in ("stop", "go-on"):
    raise ImproperlyConfigured(f"AUDIT_FAILURE={AUDIT_FAILURE} is not valid. Set it to stop or go-on.")
# Days after which `manage.py archive_audit` moves entries to a file; 0 is never. OMB M-21-31 asks for 12 months that
# can be searched at once, and 18 more.
AUDIT_ONLINE_DAYS = number("AUDIT_ONLINE_DAYS", 912, least=0)
if AUDIT_ONLINE_DAYS and AUDIT_ONLINE_DAYS < 365:
    raise ImproperlyConfigured(f"AUDIT_ONLINE_DAYS={AUDIT_ONLINE_DAYS} is too short. Set 365 or more, or 0 for never.")
