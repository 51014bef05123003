"""Pages of the memo: its issues, each as a print page and a Word document, and its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.findings import Finding
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.decisions import presenters, queries
from selection.decisions.forms import SendMemoForm, TemplateDecisionForm, TemplateForm
from selection.decisions.memo import length
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import OWN_HASH, TEMPLATE, pictures_of
from selection.decisions.memo.sheets import memo_sheets
from selection.models import Memo, MemoTemplate
from selection.page_frame import RoundAction, SelectionAction, or_404, round_or_404

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@requires(Permission.VIEW_NOTES)
def memos(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    selection_round, user = round_or_404(request, pk), user_of(request)
    is_open = memo_services.may_issue(selection_round)
    context = {
        "round": selection_round,
        "tab": "round-memos",
        "memos": queries.memos(selection_round),
        "may_issue": is_open and user.allows(Permission.RUN_ROUNDS),
        "open": is_open,
        "frozen": queries.frozen_memos(selection_round),
        "may_edit_template": user.allows(Permission.RUN_ROUNDS),
    }
    return render(request, "selection/decisions/memos.html", context)


class SendMemo(RoundAction):
    """Send the memo for decision: its next version, unless something stops it."""

    permission = Permission.RUN_ROUNDS
    form_class = SendMemoForm
    template_name = "selection/decisions/send_memo.html"
    heading = "Send the memo for decision"
    button = "Send the memo for decision"
    intro = "The version is frozen and goes to the approvers, who sign its lines. A later version replaces it."
    back = "round-memos"
    draft: Mapping[str, Any]

    def load(self) -> None:
        super().load()
        self.newest = queries.newest_memo(self.round)
        self.draft = memo_services.draft_memo(self.round, self.actor, self.today)

    def above(self) -> Breadcrumbs:
        return [("Memo", self.back_url)]

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or memo_services.may_issue(self.round):
            return ""
        return f"The memo is sent for decision in deliberation. The round is {self.round.state_phrase}."

    def findings(self) -> Sequence[Finding]:
        return [*memo_services.what_stops(self.round, self.today), *memo_services.length_findings(self.draft)]

    def get_initial(self) -> dict[str, Any]:
        held = self.newest.content if self.newest else {}
        return {name: held.get(name, "") for name in ("decide_by", "longer_because")}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "newest": self.newest,
            "changes": self.draft["changes"],
            "pages": length.page_count(self.draft),
            "bottom_line": self.draft["bottom_line"],
        }

    def perform(self, values: Mapping[str, Any]) -> str:
        issued = memo_services.issue_memo(selection_round=self.round, actor=self.actor, **values)
        if self.newest is not None and issued.pk == self.newest.pk:
            self.unchanged = f"Nothing has changed since version {issued.number}, so it remains the newest."
        self.done = f"Version {issued.number} of the memo was sent for decision."
        return reverse("memo", args=[self.round.pk, issued.number])


@require_safe
@requires(Permission.VIEW_NOTES)
def memo(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    check_parameters(request, ())
    issued = _memo(request, pk, number)
    newest = queries.newest_memo(issued.round)
    is_newest = newest is not None and newest.pk == issued.pk
    may_be_decided = is_newest and issued.is_for_decision and memo_services.may_issue(issued.round)
    sheets = memo_sheets(issued.content)
    context = {
        "memo": issued,
        "round": issued.round,
        "m": presenters.worded(issued.content),
        "sheets": sheets,
        "pages": sheets[-1].of,
        "own_hash": OWN_HASH,
        "number_before": issued.number - 1,
        "pictures": list(enumerate(pictures_of(issued.content))),
        "newer": newest.number if newest is not None and not is_newest else None,
        "outdated": memo_services.changes_since(issued, timezone.now().date()) if may_be_decided else [],
        "may_issue": user_of(request).allows(Permission.RUN_ROUNDS),
    }
    return render(request, "selection/decisions/memo.html", context)


@require_safe
@requires(Permission.VIEW_NOTES)
def picture(request: HttpRequest, pk: int, number: int, place: int) -> HttpResponse:
    check_parameters(request, ())
    pictures = pictures_of(_memo(request, pk, number).content)
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


class TemplateAction(SelectionAction):
    back = "memo-templates"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Rounds", reverse("rounds"))]


class TakeTemplate(TemplateAction):
    permission = Permission.RUN_ROUNDS
    form_class = TemplateForm
    template_name = "selection/decisions/templates.html"
    heading = "Memo template"
    button = "Upload the template"
    done = "Template uploaded. The next memo uses it once another person has approved it."
    intro = (
        "To change how the memo looks, download the template, edit it in Word, and upload it. It is used once "
        "another person has approved it."
    )

    def perform(self, values: Mapping[str, Any]) -> None:
        memo_services.take_template(actor=self.actor, **values)

    def get_context(self) -> dict[str, Any]:
        in_use = memo_services.newest_template()
        rows = MemoTemplate.objects.select_related("uploaded_by", "decided_by")
        return super().get_context() | {"rows": rows, "in_use": in_use}


class DecideTemplate(TemplateAction):
    """Approve or reject an uploaded template. The person who uploaded it cannot decide on it."""

    permission = Permission.APPROVE_SELECTION
    form_class = TemplateDecisionForm
    template_name = "selection/decisions/template_decision.html"
    button = "Record the decision"
    done = "The decision is recorded."
    intro = "If you approve it, every memo that is sent from now on has this form. Earlier memos stay as they are."
    back = "queue"
    template: MemoTemplate

    def load(self) -> None:
        rows = MemoTemplate.objects.select_related("uploaded_by", "decided_by")
        self.template = get_object_or_404(rows, number=self.kwargs["number"])
        self.heading = f"Decide on template {self.template.number} of the memo"

    def redirect_reason(self) -> str:
        is_open = self.request.method == "POST" or self.template.is_open
        return "" if is_open else "Someone has already decided on this template."

    def blocked_reason(self) -> str:
        return why_not_decide(self.template, self.actor) if self.template.is_open else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        row = self.template
        facts = [("Uploaded by", f"{row.uploaded_by}, {formats.day(row.at.date())}")]
        return [*facts, ("What changed", row.note or formats.DASH)]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"template": self.template}

    def perform(self, values: Mapping[str, Any]) -> None:
        approve = values["decision"] == "approve"
        memo_services.decide_template(template=self.template, approve=approve, note=values["note"], actor=self.actor)


@require_safe
@requires(Permission.VIEW_NOTES)
def template(request: HttpRequest, number: int) -> FileResponse:
    """Download a template as a Word document; number 0 is the one in the code."""
    check_parameters(request, ())
    if number == 0:
        return FileResponse(TEMPLATE.open("rb"), as_attachment=True, filename="memo template.docx", content_type=WORD)
    uploaded = get_object_or_404(MemoTemplate, number=number)
    name = f"memo template {number}.docx"
    return FileResponse(uploaded.file.open("rb"), as_attachment=True, filename=name, content_type=WORD)


@require_safe
@requires(Permission.VIEW_NOTES)
def template_sample(request: HttpRequest, number: int) -> HttpResponse:
    """Download the sample memo made with an uploaded template, so that a person can decide on it."""
    check_parameters(request, ())
    uploaded = get_object_or_404(MemoTemplate, number=number)
    with uploaded.file.open("rb") as file:
        sample = memo_services.sample_of(file)
    headers = {"Content-Disposition": f'attachment; filename="sample memo, template {number}.docx"'}
    return HttpResponse(sample, content_type=WORD, headers=headers)
