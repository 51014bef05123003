"""Titles of the queue name countries, numbers, and days, and never what a person wrote: the daily email prints them."""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from cpc.site.queue import Item, Sent
from tests.partnerships.queue.open_states import TODAY, Forge
from tests.partnerships.queue.reading import items, sent
from tests.partnerships.queue.test_census import everyone
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

WRITTEN = "written by a person"
ORGANIZATIONS = {("award", "recipient")}
"""Names of organizations, which are published with each award."""


def write_into_all_fields() -> int:
    """Put a text into every column of the partnerships that people fill in; return how many columns took it."""
    written = 0
    for model in apps.get_app_config("partnerships").get_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if not is_text or (model._meta.model_name, field.name) in ORGANIZATIONS:
                continue
            if field.max_length is not None and field.max_length < 40:
                continue
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s', [WRITTEN]
                    )  # our own names
                    written += cursor.rowcount > 0
            except IntegrityError:
                continue  # a column with values of its own, such as a hash
    return written


def test_no_title_holds_what_a_person_wrote(stage: Stage) -> None:
    Forge(stage)
    with unguarded():
        assert write_into_all_fields() > 20
    rows: list[Item | Sent] = []
    for user in everyone(stage):
        rows += items(user, TODAY)
        rows += sent(user, TODAY)
    assert len({row.key for row in rows}) > 50
    assert any(WRITTEN in row.why for row in rows), "the text is in the lines that are not mailed"
    assert [row.title for row in rows if WRITTEN in row.title] == []
