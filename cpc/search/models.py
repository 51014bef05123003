"""Passages: the text of each record that search finds, with its vector.

Triggers write them in the transaction of the record (`cpc.search.indexing`); nothing else does.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Passage(models.Model):
    """Text of one record, and the subject under which search lists it.

    `kind` and `record` name the record, `subject_kind` and `subject` what it is about, such as a country. Passages of
    one `source`, such as the sections of one narrative, appear as one. Keys are not foreign keys, because the records
    belong to other apps; a trigger removes a passage with its record. `title` counts more than `text`.
    """

    kind = models.CharField(max_length=30)
    record = models.BigIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    source = models.BigIntegerField(help_text="The key of what the passage is a part of; else of the record.")
    country = models.BigIntegerField(null=True)
    year = models.SmallIntegerField(null=True, help_text="The year that the record is about, or was written in.")
    author = models.BigIntegerField(null=True, help_text="The account that wrote it.")
    is_sample = models.BooleanField(default=False)
    label = models.TextField(help_text="What the text is, such as TIP Report narrative, 2018.")
    detail = models.TextField(blank=True, help_text="The part of it, such as its section.")
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    vector = SearchVectorField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "record"), name="passage_once"),)
        indexes = (
            GinIndex(fields=("vector",), name="passage_vector", fastupdate=False),
            models.Index(fields=("subject_kind", "subject"), name="passage_subject"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"
