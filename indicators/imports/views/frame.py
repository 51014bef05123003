"""Base of the pages of an import: its lookup, its actions, and messages for reader failures."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.web.actions import Breadcrumbs
from cpc.web.buttons import ButtonAction
from indicators.imports import services
from indicators.imports.publishing import NotPublishable
from indicators.imports.reading import Choice
from indicators.models import Import, ImportState
from indicators.page_frame import DataAction
from indicators.publications.queries import visible_imports

logger = logging.getLogger(__name__)

UNDER_WAY = (ImportState.RECEIVED, ImportState.READING)


def import_or_404(user: User, pk: int) -> Import:
    return get_object_or_404(visible_imports(user), pk=pk)


def begin_reading(request: HttpRequest, batch: Import, choice: Choice) -> None:
    """Start reading the file after the commit.

    A failure is shown on the import's page or as a message.
    """
    transaction.on_commit(partial(_read, request, batch, choice))


def _read(request: HttpRequest, batch: Import, choice: Choice) -> None:
    with report_faults(request, "The file was stored", batch):
        services.start_reading(batch_id=batch.pk, actor=user_of(request), choice=choice)


@contextmanager
def report_faults(request: HttpRequest, saved: str, batch: Import | None = None) -> Iterator[None]:
    """Turn a failure of the reader or the broker into a message, so that the page still loads.

    `saved` describes what was saved before the failure; the import's page shows its state.
    """
    try:
        yield
    except ValidationError:
        raise
    except Exception:
        logger.exception("%s was not read", batch or "an import")
        if batch is not None:
            batch.refresh_from_db()
        if batch is None or batch.state in UNDER_WAY:
            messages.error(
                request, f"{saved}, but no worker started to read the file. It is tried again within 10 minutes."
            )


class ImportAction(DataAction):
    permission = Permission.IMPORT_DATA
    back = "import"
    batch: Import

    def load(self) -> None:
        self.batch = import_or_404(self.actor, self.kwargs["pk"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.batch.pk]

    def above(self) -> Breadcrumbs:
        return [("Imports", reverse("imports")), (self.batch.title, reverse("import", args=[self.batch.pk]))]

    def run(self) -> tuple[str, bool]:
        try:
            return super().run()
        except NotPublishable as error:
            raise ValidationError(str(error), code=error.code) from error


class ImportButton(ButtonAction, ImportAction):
    pass
