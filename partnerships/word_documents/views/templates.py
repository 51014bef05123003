"""Pages of templates: the list, upload, preview, release, and withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.buttons import ButtonAction
from cpc.web.pages import breadcrumb
from partnerships.documents.responses import word_response
from partnerships.lookups.document_templates import BUILT_IN_FILES, stored_bytes
from partnerships.models import DocumentTemplate, TemplateKind
from partnerships.models.document_templates import BUILT_IN
from partnerships.page_frame import STYLESHEET
from partnerships.word_documents import presenters, queries, services
from partnerships.word_documents.forms import TemplateDecisionForm, TemplateForm
from partnerships.word_documents.kinds import TYPES

LIST = "document-templates"


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def templates(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ())
    user = user_of(request)
    context = {
        "panels": presenters.kind_panels(queries.templates_by_kind(), user),
        "may_upload": user.allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/word_documents/templates.html", context)


def kind_or_404(kind: str) -> TemplateKind:
    try:
        return TemplateKind(kind)
    except ValueError:
        raise Http404 from None


def _bytes_or_404(kind: str, number: int) -> bytes:
    """Return the file of a version; that of version 1 ships with the product."""
    known = kind_or_404(kind)
    if number == BUILT_IN:
        return BUILT_IN_FILES[known].read_bytes()
    try:
        return stored_bytes(get_object_or_404(DocumentTemplate, kind=known, number=number))
    except ValidationError:
        raise Http404 from None


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def template_file(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    check_parameters(request, ())
    return word_response(_bytes_or_404(kind, number), f"template-{slugify(kind)}-{number}.docx")


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def template_sample(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Download the sample document made with a version, so that a person can decide on it."""
    check_parameters(request, ())
    data = _bytes_or_404(kind, number)
    return word_response(TYPES[TemplateKind(kind)].preview(data), f"sample-{slugify(kind)}-{number}.docx")


class TemplateAction(ActionView):
    stylesheet = STYLESHEET
    back = LIST

    def breadcrumbs(self) -> Breadcrumbs:
        return [breadcrumb("home"), breadcrumb("partnerships"), breadcrumb(LIST)]


class UploadTemplate(TemplateAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = TemplateForm
    button = "Upload the template"
    done = "The template is uploaded. It is used once another person has released it."
    kind: TemplateKind

    def load(self) -> None:
        self.kind = kind_or_404(self.kwargs["kind"])
        self.heading = f"Upload a template: {self.kind.label.lower()}"
        self.intro = (
            "Download the version in use, edit it in Word, and upload it here. Another person releases it; until then "
            "nothing changes."
        )

    def perform(self, values: Mapping[str, Any]) -> None:
        known = set(DocumentTemplate.objects.filter(kind=self.kind).values_list("pk", flat=True))
        template = services.upload_template(kind=self.kind, actor=self.actor, **values)
        if template.pk in known:
            self.unchanged = f"This file is version {template.number} already. Nothing was added."


class OneTemplate(TemplateAction):
    """Base of the actions on a version that a person uploaded."""

    template: DocumentTemplate

    def load(self) -> None:
        kind = kind_or_404(self.kwargs["kind"])
        self.template = get_object_or_404(queries.templates(), kind=kind, number=self.kwargs["number"])


class DecideTemplate(OneTemplate):
    """Release or reject a draft. The person who uploaded it can do neither."""

    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = TemplateDecisionForm
    template_name = "partnerships/word_documents/template_decision.html"
    button = "Record the decision"
    done = "The decision is recorded."
    intro = "Once released, it is used for every later document of its kind. Documents made before stay as they are."

    def load(self) -> None:
        super().load()
        self.heading = f"Release or reject: {self.template.get_kind_display().lower()}, version {self.template.number}"

    def redirect_reason(self) -> str:
        is_open = self.request.method == "POST" or self.template.is_open
        return "" if is_open else f"This template is {self.template.get_state_display().lower()} already."

    def blocked_reason(self) -> str:
        return why_not_decide(self.template, self.actor) if self.template.is_open else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        row = self.template
        return [
            ("Uploaded by", f"{row.uploaded_by}, {formats.day(row.at)}"),
            ("What changed", row.note or formats.DASH),
            ("SHA-256", row.sha256),
        ]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"template": self.template}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.take_template_step(
            template=self.template, name=values["decision"], reason=values["reason"], actor=self.actor
        )


class WithdrawTemplate(OneTemplate, ButtonAction):
    permission = Permission.EDIT_PARTNERSHIPS
    done = "The template is withdrawn."

    def perform(self, values: Mapping[str, Any]) -> None:
        services.take_template_step(template=self.template, name="withdraw", actor=self.actor)
