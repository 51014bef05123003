"""Pages of updates: drop several files, look at them together, and publish those ticked together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.database.revisions import EditConflict
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from cpc.web.buttons import ButtonAction
from cpc.web.lists import PASSING, OpenList, listing, open_list, reordered
from cpc.web.tables import export_format
from indicators.imports.publishing import NotPublishable, PreviewOutdated
from indicators.imports.reading import Choice
from indicators.imports.views.frame import begin_reading
from indicators.models import Update
from indicators.page_frame import DataAction
from indicators.publications import results
from indicators.publications.numbering import current
from indicators.updates import queries, services
from indicators.updates.bundling import Sent
from indicators.updates.effects import Asked, EffectParts, effects
from indicators.updates.forms import AddForm, DropForm, TakeFilesBackForm, TickForm
from indicators.updates.presenters import updates as presenters


def _sent(files: Iterable[UploadedFile[bytes]]) -> list[Sent]:
    return [Sent(file.name or "", file.size or 0, file.chunks()) for file in files]


class Updates(DataAction):
    """List of the updates, with the form that starts one."""

    permission = Permission.IMPORT_DATA
    parameters = (*presenters.UPDATES_LIST.held, *PASSING)
    form_class = DropForm
    template_name = "indicators/updates/updates.html"
    heading = "Updates"
    button = "Read the files"
    consequence = "Nothing was received."
    back = "updates"

    def above(self) -> Breadcrumbs:
        return [("Imports", reverse("imports"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return reordered(request) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or return it as a file."""
        if kind := export_format(request):
            shown = open_list(request, presenters.UPDATES_LIST)
            shown.table(presenters.UPDATES)
            return cast(HttpResponse, shown.export(kind, queries.updates(), "updates"))
        return super().get(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> str:
        update, fresh = services.receive(sent=_sent([*values["sent"], *values["folder"]]), actor=self.actor)
        for batch in fresh:
            begin_reading(self.request, batch, Choice())
        if not fresh:
            services.ask_for_effects(update, self.actor)
        return reverse("update", args=[update.pk])

    def get_context(self) -> dict[str, Any]:
        shown = open_list(self.request, presenters.UPDATES_LIST)
        table = shown.table(presenters.UPDATES)
        page = table.page(self.request, queries.updates())
        shown.counted(page.paginator.count)
        return super().get_context() | {"shown": shown, "table": table, "page": page}


@never_cache
@require_safe
@requires(Permission.IMPORT_DATA)
def update_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an update: its files, and what publishing those ticked would do."""
    check_parameters(request, ())
    update = get_object_or_404(Update.objects.select_related("created_by"), pk=pk)
    files = queries.files_of(update)
    number = current()
    parts = _parts(request, update, files, number)
    alone = {key: text for part in parts for key, text in part.alone.items()}
    alone_label = next((part.alone_label for part in parts if part.alone), "Alone")
    newest = queries.newest_publication(update) if files.published else None
    ticked = [row for row in files.rows if row.is_ticked]
    context = {
        "update": update,
        "files": files,
        "read": len(files.rows) - len(files.of(queries.FileStatus.READING)),
        "number": number,
        "shown": ",".join(map(str, files.ticked)),
        "parts": parts,
        "is_known": all(part.is_known for part in parts),
        "is_computing": any(part.is_computing for part in parts),
        "table": presenters.files_table(files, alone, alone_label),
        "ready": len(files.ready),
        "ticked": len(ticked),
        "totals": {key: sum(row.count.get(key, 0) for row in ticked) for key in ("new", "changed", "rejected")},
        "add": AddForm(auto_id="a-%s"),
        "bad": files.of(queries.FileStatus.BAD),
        "unclear": files.of(queries.FileStatus.SOURCE),
        "older": [
            (row, files.loaded.get(row.batch.source_id or 0, ""))
            for row in files.of(queries.FileStatus.OLDER)
            if row.batch
        ],
        "twins": [(pair, files.row_of(pair.later), files.row_of(pair.earlier)) for pair in files.twins],
        "published": files.published,
        "results": [] if newest is None else results.results(request, results.ChangedData(number=newest)),
        "has_issues": queries.issues_of(update).exists(),
    }
    return render(request, "indicators/updates/update.html", context)


def _parts(request: HttpRequest, update: Update, files: queries.UpdateFiles, number: int) -> list[EffectParts]:
    if files.is_reading or not files.ticked:
        return []
    asked = Asked(update, files.ticked, files.ready, number)
    return [part for effect in effects if (part := effect.parts(request, asked)) is not None]


class UpdateAction(DataAction):
    permission = Permission.IMPORT_DATA
    back = "update"
    update: Update

    def load(self) -> None:
        self.update = get_object_or_404(Update, pk=self.kwargs["pk"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.update.pk]

    def above(self) -> Breadcrumbs:
        return [("Imports", reverse("imports")), (str(self.update), reverse("update", args=[self.update.pk]))]

    def run(self) -> tuple[str, bool]:
        try:
            return super().run()
        except NotPublishable as error:
            raise ValidationError(str(error), code=error.code) from error


class UpdateButton(ButtonAction, UpdateAction):
    pass


class AddFiles(UpdateButton):
    form_class = AddForm

    def perform(self, values: Mapping[str, Any]) -> None:
        _, fresh = services.receive(sent=_sent(values["sent"]), actor=self.actor, update=self.update)
        for batch in fresh:
            begin_reading(self.request, batch, Choice())
        if not fresh:
            services.ask_for_effects(self.update, self.actor)
        self.done = f"{formats.count_of(len(values['sent']), 'file was', 'files were')} received."


class TickButton(UpdateButton):
    form_class = TickForm
    form: TickForm

    def form_arguments(self) -> dict[str, Any]:
        return {"known": tuple(self.update.files.filter(batch__isnull=False).values_list("batch", flat=True))}

    def show_effect(self, imports: Sequence[int]) -> None:
        """Save which files are ticked, and compute what they would do."""
        services.tick(
            update=self.update,
            imports=imports,
            actor=self.actor,
            expected_revision=self.form.expected_revision or None,
        )
        services.ask_for_effects(self.update, self.actor)


class ShowEffect(TickButton):
    """Button that saves which files are ticked and computes the effect of publishing them."""

    def perform(self, values: Mapping[str, Any]) -> None:
        self.show_effect(values["imports"])


class PublishTogether(TickButton):
    """Button that publishes the ticked files together.

    If other files are ticked than those of the effect on the page, or something was published meanwhile, nothing is
    published and the new effect is computed.
    """

    def perform(self, values: Mapping[str, Any]) -> None:
        imports = values["imports"]
        if ",".join(map(str, sorted(imports))) != values["shown"]:
            self.show_effect(imports)
            text = (
                "Nothing was published, because you ticked other files. Check what those would do, then publish them."
            )
            messages.warning(self.request, text)
            return
        try:
            made = services.publish_update(
                update=self.update,
                imports=imports,
                number=values["number"] or 0,
                actor=self.actor,
                expected_revision=self.form.expected_revision or None,
            )
        except PreviewOutdated:
            services.ask_for_effects(self.update, self.actor)
            text = (
                "Nothing was published, because someone published other data after you opened this page. The effect "
                "is computed again. Check it before you publish."
            )
            messages.warning(self.request, text)
            return
        except EditConflict:
            text = "Nothing was published, because someone ticked other files. Check them before you publish."
            messages.warning(self.request, text)
            return
        if not made:
            self.unchanged = "These files were already published. Nothing changed."
            return
        numbers = formats.listing([str(publication.seq) for publication in made])
        text = "{} published together, as {} {}. <a href='{}'>Take them back</a>"
        self.done = format_html(
            text,
            formats.count_of(len(made), "file was", "files were"),
            formats.agree(len(made), "number", "numbers"),
            numbers,
            reverse("update-take-back", args=[self.update.pk]),
        )


class DiscardAll(UpdateButton):
    def perform(self, values: Mapping[str, Any]) -> None:
        count = services.discard(update=self.update, actor=self.actor)
        if count:
            self.done = f"{formats.count_of(count, 'file was', 'files were')} discarded. Nothing was published."
        else:
            self.unchanged = "Nothing is left to discard."


class TakeFilesBack(UpdateAction):
    form_class = TakeFilesBackForm
    button = "Take them back"
    intro = "Nothing is deleted. The values of these files end, and the values they replaced become current again."
    here = "Take back"
    leave = "Don't take them back"
    consequence = "Nothing was taken back."

    def load(self) -> None:
        super().load()
        self.kicker = str(self.update)
        self.published = queries.files_of(self.update).published
        self.heading = f"Take back {formats.count_of(len(self.published), 'published file')}?"

    def title(self) -> str:
        return f"Take back the files of {self.update}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Files", formats.listing([row.batch.title for row in self.published if row.batch is not None]))]

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.published:
            return ""
        return "No file of this update is published, so none can be taken back."

    def perform(self, values: Mapping[str, Any]) -> None:
        made = services.take_back(update=self.update, reason=values["reason"], actor=self.actor)
        if not made:
            self.unchanged = "These files were already taken back. Nothing changed."
        else:
            numbers = formats.listing([str(publication.seq) for publication in made])
            files = formats.count_of(len(made), "file was", "files were")
            self.done = f"{files} taken back, as {formats.agree(len(made), 'number', 'numbers')} {numbers}."


@require_safe
@requires(Permission.IMPORT_DATA)
@listing(presenters.UPDATE_ISSUES)
def update_issues(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    """Show the issues of all files of an update; `?format=csv|xlsx` exports them."""
    update = get_object_or_404(Update, pk=pk)
    rows = queries.issues_of(update)
    table = shown.table(presenters.ISSUES_OF_UPDATE)
    if kind := export_format(request):
        return shown.export(kind, rows.iterator(), f"update-{update.pk}-issues")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    context = {"update": update, "shown": shown, "table": table, "page": page}
    return render(request, "indicators/updates/issues.html", context)
