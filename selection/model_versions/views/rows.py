"""Editing a draft of a scoring model: its settings, the weights below a node, and its rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from selection.lookups import model_versions
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_definition.differences import Place, differences
from selection.model_definition.editing import (
    OF_METHOD,
    Change,
    below,
    find,
    moved,
    with_row,
    with_settings,
    with_weights,
    without_row,
)
from selection.model_definition.rules import BRANCHES
from selection.model_versions.forms.criteria import CriterionForm, chosen_in, filled_for
from selection.model_versions.forms.method import ChoiceForm, RuleForm
from selection.model_versions.forms.rows import (
    GateForm,
    HurdleForm,
    NodeForm,
    RowForm,
    WeightsForm,
)
from selection.model_versions.forms.versions import SettingsForm, VersionForm
from selection.model_versions.presenters.versions import PointsTotal, siblings
from selection.model_versions.services import versions as versions_services
from selection.model_versions.views.steps import address, trail_of
from selection.model_versions.views.versions import model_or_404
from selection.models import ModelState, ScoringModel
from selection.page_frame import (
    METHODS,
    Act,
    carried_out,
    sent,
)
from selection.ranking.forms import refusal

SWITCH = "switch"
WHAT: Mapping[str, str] = {
    "nodes": "node",
    "criteria": "criterion",
    "hurdles": "hurdle",
    "mandatory": "criterion of the statute",
    "rules": "rule of evidence",
    "choices": "choice of the method",
}
WHOLE = "total"


def draft_or_redirect(request: HttpRequest, pk: int) -> ScoringModel | HttpResponseRedirect:
    """The draft, or the way to the version where it is none any more and the page is only opened."""
    found = model_or_404(pk)
    if found.state == ModelState.DRAFT or request.method == "POST":
        return found
    state = found.get_state_display().lower()
    messages.info(request, f"{found} is {state} and does not change; clone it into a new draft.")
    return redirect(address(found))


def save(
    request: HttpRequest,
    model: ScoringModel,
    form: VersionForm,
    act: Act,
    change: Callable[[], Change],
    done: str,
    note: Callable[[], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form of a change, or save it once. Who comes second is told what the first did, and keeps the draft."""
    changed: Sequence[Place] = ()
    if request.method == "POST" and form.is_valid():

        def work() -> str:
            versions_services.edit_model(
                model=model,
                change=change(),
                actor=user_of(request),
                edit=form.cleaned_data["seen"] or 0,
                note=note() if note else None,
            )
            return act.back

        if (led := carried_out(request, form, work, done)) is not None:
            return led
        changed = _since(request, model, form)
    return _shown(request, form, act, model=model, places=changed, one="Then", other="Now", **context)


def _shown(request: HttpRequest, form: VersionForm, act: Act, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, act.template, {"form": form, "act": act, **context}, status=status)


def _since(request: HttpRequest, model: ScoringModel, form: VersionForm) -> Sequence[Place]:
    """What others changed since a refused form was opened; it then carries the count of now and can be saved."""
    if not form.has_error(NON_FIELD_ERRORS, "changed"):
        return ()
    now = model_or_404(model.pk)
    seen = model_versions.as_it_was(now, form.cleaned_data["seen"] or 0)
    kept = request.POST.copy()
    kept["seen"] = str(now.edit)
    form.data = kept
    return differences(seen, now.as_table) if seen else ()


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def settings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What belongs to the whole: title, notes, what must be known, draws, who is never a candidate."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    form = SettingsForm.of(found, found.as_table, sent(request))
    act = act_on(found, "Settings", "Save the settings", "What holds for the whole of this version?")
    return save(
        request,
        found,
        form,
        act,
        lambda: with_settings(form.values),
        "The settings are saved.",
        note=lambda: str(form.cleaned_data["changes"]),
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def weights(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """The points of everything right below a node, with the shares that follow from them."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    table = found.as_table
    node = next((node for node in table.nodes if node.key == key), None)
    if node is None and key != WHOLE:
        raise Http404
    rows = [
        (name, row)
        for name, row in siblings(table, "" if node is None else key)
        if not isinstance(row, CriterionRow) or row.stage != "shown"
    ]
    form = WeightsForm(sent(request), rows=rows, edit=found.edit)
    above = table.shares()[key] if node else 1.0
    label = node.label if node else "the whole"
    act = act_on(
        found,
        f"Weights below {label}",
        "Save the weights",
        f"How do they share the {formats.share(above)} of the whole?" if node else "How do they share the whole?",
        template="selection/models/weights.html",
    )
    if request.method == "POST":
        form.full_clean()
    # The number is written without grouping or rounding: the script of the page multiplies by it.
    more: dict[str, Any] = {
        "node": node,
        "above": repr(above),
        "total": PointsTotal(sum(form.points().values()), label),
    }
    if request.method == "POST" and SWITCH in request.POST:
        return _shown(request, form, act, model=found, lines=_lines(form, above), **more)
    return save(
        request,
        found,
        form,
        act,
        lambda: with_weights(form.weights),
        "The weights are saved.",
        lines=_lines(form, above),
        **more,
    )


def _lines(form: WeightsForm, above: float) -> list[dict[str, Any]]:
    """Each sibling with its field, its share among them, and its share of the whole, both in percent."""
    points = form.points()
    whole = sum(points.values())
    return [
        {
            "field": form[f"w_{row.key}"],
            "row": row,
            "is_node": name == "nodes",
            "here": 100 * points[row.key] / whole if whole else 0.0,
            "whole": 100 * above * points[row.key] / whole if whole else 0.0,
        }
        for name, row in form.rows
    ]


# ---- rows ----------------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def new(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Add a node, a criterion, a hurdle, or more that the statute is taken to ask for."""
    check_parameters(request, ("under",))
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    _known(kind)
    table, under = found.as_table, request.GET.get("under", "")
    if kind in OF_METHOD and table.method is None:
        messages.info(request, "The version has no method yet. Set it up first.")
        return redirect("model-method", pk=pk)
    if under and under not in {node.key for node in table.nodes}:
        raise BadRequest(f"The model has no node “{under}”.")
    row = {"nodes": {"parent": under or BRANCHES[0]}, "criteria": {"node": under or BRANCHES[0]}}.get(kind, {})
    form = _form(request, kind, found, table, row)
    more = {"template": TEMPLATES[kind], "facts": _keys(table, kind)}
    act = act_on(found, f"Add a {WHAT[kind]}", f"Add the {WHAT[kind]}", LEDES[kind], **more)
    done = f"The {WHAT[kind]} is added."
    return _row(request, found, form, act, lambda: with_row(kind, "", form.values()), done)


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def edit(request: HttpRequest, pk: int, kind: str, key: str) -> HttpResponseBase:
    """Edit one row of a draft."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    row = _found(found, kind, key)
    form = _form(request, kind, found, found.as_table, row)
    facts = _keys(found.as_table, kind)
    act = act_on(found, str(row["label"]), f"Save the {WHAT[kind]}", LEDES[kind], template=TEMPLATES[kind], facts=facts)
    done = f"The {WHAT[kind]} is saved."
    more = {
        "kind": kind,
        "key": key,
        "directions": DIRECTIONS if kind in MOVED else (),
        "move_form": VersionForm(initial={"seen": found.edit}, auto_id=False),  # it stands there once a direction
    }
    return _row(request, found, form, act, lambda: with_row(kind, key, form.values()), done, **more)


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def remove(request: HttpRequest, pk: int, kind: str, key: str) -> HttpResponseBase:
    """Take a row out of a draft; what stands below a node goes with it."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    row = _found(found, kind, key)
    form = VersionForm(sent(request), initial={"seen": found.edit})
    act = act_on(found, f"Remove {row['label']}", f"Remove the {WHAT[kind]}", "", facts=_goes(found, kind, key))
    return save(request, found, form, act, lambda: without_row(kind, key), f"{row['label']} is removed.")


@require_POST
@requires(Permission.EDIT_MODELS)
def move(request: HttpRequest, pk: int, kind: str, key: str) -> HttpResponseRedirect:
    """Move a node or criterion one place up or down among those beside it."""
    check_parameters(request, ())
    found = model_or_404(pk)
    _found(found, kind, key)
    if kind not in MOVED:
        raise Http404
    by = BY.get(request.POST.get("by", ""))
    if by is None:
        raise BadRequest("Say whether it goes up or down.")
    form = VersionForm(request.POST)
    back = reverse("model-row", args=[pk, kind, key])
    if not form.is_valid():
        raise BadRequest(refusal(form))

    def work() -> str:
        seen = form.cleaned_data["seen"] or 0
        versions_services.edit_model(model=found, change=moved(kind, key, by), actor=user_of(request), edit=seen)
        return back

    led = carried_out(request, form, work, f"Moved {request.POST['by']}.")
    if led is None:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return led or HttpResponseRedirect(back)


MOVED = ("nodes", "criteria")
BY: Mapping[str, int] = {"up": -1, "down": 1}
DIRECTIONS = (("up", "arrow_upward", "Move it up"), ("down", "arrow_downward", "Move it down"))
FORMS: Mapping[str, type[RowForm]] = {
    "nodes": NodeForm,
    "hurdles": HurdleForm,
    "mandatory": GateForm,
    "rules": RuleForm,
    "choices": ChoiceForm,
}
TEMPLATES: Mapping[str, str] = {
    **dict.fromkeys(WHAT, "selection/models/row.html"),
    "criteria": "selection/models/criterion.html",
}
LEDES: Mapping[str, str] = {
    "nodes": "What does it gather, and how much does it count?",
    "criteria": "What does it measure, how much does it count, and how does a value become 0 to 1?",
    "hurdles": "Which rule stands beside the score, and how binding is it?",
    "mandatory": "What must hold for every partner? No weight makes up for it.",
    "rules": "What must be published of a country before it has a rank? Weights play no part.",
    "choices": "How else could it be decided? The list is computed under every combination of these ways.",
}


def _known(kind: str) -> None:
    if kind not in WHAT:
        raise Http404


def _found(model: ScoringModel, kind: str, key: str) -> dict[str, Any]:
    _known(kind)
    try:
        return find(model.table, kind, key)
    except KeyError:
        raise Http404 from None


def act_on(model: ScoringModel, heading: str, button: str, lede: str, **more: Any) -> Act:
    """Return the page of one act on a version, which leads back to it."""
    template = more.pop("template", "selection/models/edit.html")
    return Act(heading, button, address(model), trail_of(model), str(model), lede, template=template, **more)


def _form(request: HttpRequest, kind: str, model: ScoringModel, table: ModelTable, row: Mapping[str, Any]) -> RowForm:
    """The form of a row; that of a criterion for the kind of function and the indicator that it was filled in for."""
    shared: dict[str, Any] = {"table": table, "row": row, "edit": model.edit}
    if kind != "criteria":
        return FORMS[kind](sent(request), **shared)
    known = model_versions.all_indicators()
    usual = (str(row.get("function", {}).get("kind", "goalposts")), str(row.get("indicator", "")))
    data = sent(request)
    if data is None:
        return CriterionForm(None, chosen=usual, indicators=known, **shared)
    form = CriterionForm(data, chosen=filled_for(data, usual, known), indicators=known, **shared)
    if SWITCH not in data and not form.is_for_another:
        return form
    again = CriterionForm(None, chosen=chosen_in(data, usual, known), indicators=known, **shared)
    again.take(data)
    return again


def _row(
    request: HttpRequest,
    model: ScoringModel,
    form: RowForm,
    act: Act,
    change: Callable[[], Change],
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show or save the form of a row; one that is shown again for another kind of function is not saved."""
    if request.method == "POST" and not form.is_bound:
        again = SWITCH not in request.POST
        return _shown(request, form, act, model=model, again=again, **context)
    return save(request, model, form, act, change, done, **context)


def _goes(model: ScoringModel, kind: str, key: str) -> list[tuple[str, Any]]:
    """What goes with a row that is removed."""
    if kind != "nodes":
        return []
    gone = below(model.table, key)
    names = [row["label"] for row in model.table["nodes"] if row["key"] in gone and row["key"] != key]
    names += [row["label"] for row in model.table["criteria"] if row["node"] in gone]
    return [("Goes with it", ", ".join(names) or "nothing")]


def _keys(table: ModelTable, kind: str) -> list[tuple[str, Any]]:
    """Return the keys by which the lines of a choice name what they change."""
    if kind != "choices":
        return []
    series = [f"{row.key}: {', '.join(part['key'] for part in row.series_rows)}" for row in table.criteria]
    return [
        ("Keys of nodes", ", ".join(node.key for node in table.nodes)),
        ("Keys of criteria", ", ".join(row.key for row in table.rows(Stage.SCREEN) if row.weight > 0)),
        ("Series", "; ".join(line for line in series if not line.endswith(": ")) or "none"),
    ]
