"""Drafts of sheets: what a person typed and has not saved."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from cpc.accounts.models import User


class SheetDraft(models.Model):
    """The unsaved rows of one sheet, of one account. Saving the sheet deletes it.

    `subject` names what the sheet is about, for example a partnership. `rows` is what `cpc.web.sheets.rows` keeps of a
    row, with the revision that the page showed, so that a draft never overwrites newer records without a word.
    """

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sheet = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    rows: models.JSONField[Any, Any] = models.JSONField(default=list)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(name="sheet_draft_once", fields=("account", "sheet", "subject")),)

    def __str__(self) -> str:
        return f"{self.sheet} of {self.subject}"
