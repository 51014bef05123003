"""Pages of the memo: its issues, each as a print page and a Word document, and its templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.decisions import presenters, queries
from selection.decisions.forms import TemplateForm
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE, Pictures
from selection.models import Memo, MemoTemplate
from selection.page_frame import SelectionAction, or_404, round_or_404

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@requires(Permission.VIEW_NOTES)
def memos(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    selection_round = round_or_404(request, pk)
    is_open = memo_services.may_issue(selection_round)
    context = {
        "round": selection_round,
        "tab": "round-memos",
        "memos": queries.memos(selection_round),
        "may_issue": is_open and user_of(request).allows(Permission.RUN_ROUNDS),
        "open": is_open,
        "frozen": queries.frozen_memos(selection_round),
        "may_edit_template": user_of(request).allows(Permission.RUN_ROUNDS),
    }
    return render(request, "selection/decisions/memos.html", context)


@require_POST
@requires(Permission.RUN_ROUNDS)
def issue(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    selection_round = round_or_404(request, pk)
    newest = selection_round.memos.order_by("-number").first()
    try:
        issued = memo_services.issue_memo(selection_round=selection_round, actor=user_of(request))
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
        return redirect("round-memos", pk)
    if newest is not None and issued.pk == newest.pk:
        messages.info(request, f"Nothing has changed since memo {issued.number}, so it remains the newest.")
    else:
        messages.success(request, f"Memo {issued.number} issued.")
    return redirect("memo", pk, issued.number)


@require_safe
@requires(Permission.VIEW_NOTES)
def memo(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    check_parameters(request, ())
    issued = _memo(request, pk, number)
    drawn = Pictures.of(issued.content)
    pictures = list(enumerate(drawn.all))
    first_card = len(pictures) - len(drawn.scorecards)
    context = {
        "memo": issued,
        "round": issued.round,
        "m": presenters.worded(issued.content),
        "ranking_table": presenters.MEMO_RANKING,
        "restrictions_table": presenters.MEMO_RESTRICTIONS,
        "ranking_pictures": pictures[:first_card],
        "scorecard_pictures": pictures[first_card:],
    }
    return render(request, "selection/decisions/memo.html", context)


@require_safe
@requires(Permission.VIEW_NOTES)
def picture(request: HttpRequest, pk: int, number: int, place: int) -> HttpResponse:
    check_parameters(request, ())
    pictures = Pictures.of(_memo(request, pk, number).content).all
    if place >= len(pictures):
        raise Http404
    return HttpResponse(pictures[place].png, content_type="image/png")


@require_safe
@requires(Permission.VIEW_NOTES)
def document(request: HttpRequest, pk: int, number: int) -> FileResponse:
    check_parameters(request, ())
    issued = _memo(request, pk, number)
    name = f"memo {number} {issued.round.title} FY {issued.round.fiscal_year}.docx"
    file = memo_services.open_memo(memo=issued, actor=user_of(request))
    return FileResponse(file, as_attachment=True, filename=name, content_type=WORD)


def _memo(request: HttpRequest, pk: int, number: int) -> Memo:
    return or_404(queries.find_memo(user_of(request), pk, number))


# ---- templates -----------------------------------------------------------------------------------------------------


class TakeTemplate(SelectionAction):
    permission = Permission.RUN_ROUNDS
    form_class = TemplateForm
    template_name = "selection/decisions/templates.html"
    heading = "Memo template"
    button = "Upload the template"
    done = "Template uploaded. The next memo uses it."
    intro = "To change how the memo looks, download the template, edit it in Word, and upload it."
    back = "memo-templates"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Rounds", reverse("rounds"))]

    def perform(self, values: Mapping[str, Any]) -> None:
        memo_services.take_template(actor=self.actor, **values)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"rows": MemoTemplate.objects.select_related("uploaded_by")}


@require_safe
@requires(Permission.RUN_ROUNDS)
def template(request: HttpRequest, number: int) -> FileResponse:
    """Download a template as a Word document; number 0 is the one in the code."""
    check_parameters(request, ())
    if number == 0:
        return FileResponse(TEMPLATE.open("rb"), as_attachment=True, filename="memo template.docx", content_type=WORD)
    uploaded = get_object_or_404(MemoTemplate, number=number)
    name = f"memo template {number}.docx"
    return FileResponse(uploaded.file.open("rb"), as_attachment=True, filename=name, content_type=WORD)
