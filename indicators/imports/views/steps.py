"""Actions on an import: read again, compare again, publish, discard, take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from cpc.database.revisions import EditConflict
from indicators.imports import matching, publishing, queries, reading
from indicators.imports.forms import PublishForm, ReadAgainForm, TakeBackForm
from indicators.imports.publishing import PreviewOutdated
from indicators.imports.reading import Choice
from indicators.imports.views.frame import UNDER_WAY, ImportAction, ImportButton, begin_reading
from indicators.models import ImportState


class ReadAgain(ImportButton):
    form_class = ReadAgainForm
    form: ReadAgainForm

    def respond_invalid(self) -> HttpResponseBase:
        text = "The file was not read. Choose a source from the list, and enter an edition of at most 40 characters."
        messages.error(self.request, text)
        return redirect(self.back_url)

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.batch.state not in (*UNDER_WAY, ImportState.FAILED):
            self.unchanged = "The file has already been read. Nothing changed."
        elif (sibling := queries.open_sibling(self.batch)) is not None:
            text = "The same file was received as <a href='{}'>import {}</a>. Continue with that import."
            self.unchanged = format_html(text, reverse("import", args=[sibling.pk]), sibling.pk)
        else:
            begin_reading(self.request, self.batch, self.form.choice)


class PreviewButton(ImportButton):
    def compare(self) -> None:
        """Compare the preview with the live values again.

        If names were mapped since, the file is matched again first.
        """
        if matching.names_changed(self.batch):
            begin_reading(self.request, self.batch, Choice(self.batch.adapter))
        else:
            reading.refresh(batch_id=self.batch.pk)


class CompareAgain(PreviewButton):
    unchanged = "Compared with the current values."

    def perform(self, values: Mapping[str, Any]) -> None:
        self.compare()


class Publish(PreviewButton):
    """Button to publish a preview.

    If the preview is outdated, nothing is published and the new one is shown.
    """

    form_class = PublishForm
    form: PublishForm

    def perform(self, values: Mapping[str, Any]) -> None:
        batch = self.batch
        try:
            outcome = publishing.publish(
                batch_id=batch.pk,
                actor=self.actor,
                previewed=True,
                partial=values["partial"],
                expected_revision=self.form.expected_revision,
            )
        except (PreviewOutdated, EditConflict):
            return self._show_new_preview()
        if outcome.publication is None:
            self.unchanged = "This import was already published. Nothing changed."
            return None
        text = "{} was published as number {}: {} new, {} replaced, {} rejected. <a href='{}'>Take it back</a>"
        figures = [f"{outcome.batch.counts.get(key, 0):,}" for key in ("new", "changed", "rejected")]
        back = reverse("import-take-back", args=[batch.pk])
        self.done = format_html(text, batch.title, outcome.publication.seq, *figures, back)
        return None

    def _show_new_preview(self) -> None:
        why = "mapped a name of this source" if matching.names_changed(self.batch) else "published another import"
        self.compare()
        messages.warning(
            self.request,
            f"Nothing was published, because someone {why} after you opened this page. "
            "The comparison below is up to date. Check the counts again before you publish.",
        )


class Discard(ImportButton):
    done = "The import was discarded. Nothing was published. To use the file after all, import it again."

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.batch.state == ImportState.DISCARDED:
            self.unchanged = "This import was already discarded. Nothing changed."
        publishing.discard(batch_id=self.batch.pk, actor=self.actor)


class TakeBack(ImportAction):
    form_class = TakeBackForm
    template_name = "indicators/imports/import_take_back.html"
    button = "Take the import back"
    intro = "Nothing is deleted. The values of this import end, and the values they replaced become current again."
    here = "Take back"
    leave = "Don't take it back"
    consequence = "Nothing was taken back."

    def load(self) -> None:
        super().load()
        self.kicker = f"Import {self.batch.pk}"
        self.heading = f"Take back {self.batch.title}?"

    def title(self) -> str:
        return f"Take back import {self.batch.pk}"

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.batch.state == ImportState.PUBLISHED:
            return ""
        return "This import is not published, so it can't be taken back."

    def perform(self, values: Mapping[str, Any]) -> None:
        outcome = publishing.retract(batch_id=self.batch.pk, actor=self.actor, reason=values["reason"])
        if outcome.publication is None:
            self.unchanged = "This import was already taken back. Nothing changed."
        else:
            number = outcome.publication.seq
            self.done = (
                f"{self.batch.title} was taken back, as number {number}. The values it had replaced are current again."
            )

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"counts_today": queries.published_counts(self.batch)}
