"""Loads of documented partnerships: each is writable only in its load's transaction."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import never_truncated

NO_LOAD = "A documented partnership can be written only while its load is open."


def opens_once() -> pgtrigger.Trigger:
    """Return a trigger that opens a load for its inserting transaction and lets it close once."""
    return pgtrigger.Trigger(
        name="a_opens_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("was", "partnerships_documentedload%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                NEW.opened_in := pg_current_xact_id()::text::bigint;
                NEW.opened_at := clock_timestamp();
                NEW.closed_at := NULL;
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' AND cpc_is_loading(OLD.id) AND NEW.closed_at IS NOT NULL THEN
                was := NEW;
                was.closed_at := NULL;
                IF was IS NOT DISTINCT FROM OLD THEN
                    RETURN NEW;
                END IF;
            END IF;
            PERFORM cpc_refuse('documented_record', '{NO_LOAD}');
            RETURN NULL;
        """,
    )


class DocumentedLoad(models.Model):
    """One load of a documented partnership from the facts shipped with the project.

    A load is open in one transaction. The database fills `opened_in`, as it does for an amendment that is applied.
    Rows under a documented partnership can be written only in the transaction of its own load, and only until that
    load is closed. The role that serves pages can only read this table; the owner loads (`documenting`).
    """

    source = models.CharField(max_length=300)
    sha256 = models.CharField("SHA-256", max_length=64)
    opened_in = models.BigIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="documented_load_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_code="sha256",
                violation_error_message="Identify the file by its SHA-256.",
            ),
        )
        triggers = [opens_once(), never_truncated()]

    def __str__(self) -> str:
        return f"Load {self.pk} from {self.source}"
